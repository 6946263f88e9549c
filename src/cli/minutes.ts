/** `psephos minutes`: the minutes of an election, fetched, signed, checked against the ledger. */
import { createReadStream, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { type SignedMinutes, signedMinutesSchema } from "#api/minutes.js";
import { platformRandom } from "#client/http.js";
import { faultsOfMinutes, gatherMinutes, withOfficer } from "#client/minutes.js";
import { replayLedger, replayStream } from "#client/record.js";
import { type CodeOptions, readIdentity, withCode } from "./code.js";
import { httpOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, note, paint, readInput, say, shown } from "./terminal.js";

type Options = ServerOptions &
  CodeOptions & { check?: string; record?: string; out?: string; html?: string; language: string; sign?: string };

const HELP = `
The minutes follow from the ledger alone: --check makes them again from the replayed record and compares, whoever signed
them. Officers sign the file one after the other, each with the own code.

Examples:
  psephos minutes 4eUJG2iYJxUzQj --out minutes.json --html minutes.html --language de
  psephos minutes --check minutes.json --record record.psephos
  psephos minutes --check minutes.json --sign "Ada Officer" --code-file ada.code --out minutes.json`;

export function addMinutesCommand(program: Command): void {
  withCode(withServer(program.command("minutes").description("minutes of an election: fetch, check, sign")))
    .argument("[election]", "identifier of the election")
    .option("--check <file>", "make these minutes again from the ledger's record and compare")
    .option("--record <file>", "a record that was saved, instead of the server's")
    .option("--sign <name>", "add an officer's signature, under this name (after checking)")
    .option("--out <file>", "write the minutes as JSON")
    .option("--html <file>", "write the page to print")
    .option("--language <tag>", "language of the page: en, de, fr, es, ar", "en")
    .addHelpText("after", HELP)
    .action(async (election: string | undefined, options: Options) => {
      process.exitCode = await minutesCommand(election, options);
    });
}

async function minutesCommand(election: string | undefined, options: Options): Promise<number> {
  const given = options.check === undefined ? await fetchMinutes(election, options) : readMinutes(options.check);
  const toCheck = options.check !== undefined || options.sign !== undefined;
  if (toCheck) {
    const faults = await check(given, options);
    for (const fault of faults) say(paint(shown(fault), "bad"));
    if (faults.length > 0) return 1;
    note("The minutes follow from the ledger, and the signatures hold.");
  }
  const signed = options.sign === undefined ? given : await withSignature(given, options.sign, options);
  if (options.html !== undefined) await savePage(given, options.html, options);
  if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(signed, undefined, 1)}\n`);
  else if (!toCheck && options.html === undefined) say(JSON.stringify(signed));
  return 0;
}

async function fetchMinutes(election: string | undefined, options: Options): Promise<SignedMinutes> {
  if (election === undefined) throw new CommandError("Name an election, or a file with --check.", 2);
  return httpOf(options).request<SignedMinutes>(`/elections/${encodeURIComponent(election)}/minutes`);
}

function readMinutes(path: string): SignedMinutes {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(readInput(path)));
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(`${path} is not JSON.`, 2);
  }
  const parsed = signedMinutesSchema.safeParse(value);
  if (!parsed.success) throw new CommandError(`${path} does not hold minutes of this version.`, 2);
  return parsed.data;
}

async function check(signed: SignedMinutes, options: Options): Promise<string[]> {
  const { election, ledger } = signed.minutes;
  const gatherer = gatherMinutes(election.id, ledger.height);
  const replayed =
    options.record === undefined
      ? await replayLedger(httpOf(options), election.id, { onBlock: gatherer.onBlock })
      : await replayStream(createReadStream(options.record), { onBlock: gatherer.onBlock });
  if (!replayed.ok) throw new CommandError(replayed.error);
  return faultsOfMinutes(signed, gatherer.minutes(), replayed.value.state);
}

async function withSignature(signed: SignedMinutes, name: string, options: Options): Promise<SignedMinutes> {
  const identity = await readIdentity(options, "officer");
  return withOfficer(signed, name, identity, platformRandom);
}

async function savePage(signed: SignedMinutes, path: string, options: Options): Promise<void> {
  const language = encodeURIComponent(options.language);
  const address = `/elections/${signed.minutes.election.id}/minutes.html?language=${language}`;
  const response = await httpOf(options).raw(address);
  writeFileSync(path, await response.text());
}
