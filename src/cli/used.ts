/** `psephos used`: whether somebody used the credential of a code; for people who have not voted, above all. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { credentialUse } from "#client/used.js";
import { readIdentity, withCode } from "./code.js";
import { httpOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, note, say } from "./terminal.js";
import { sentencesOf } from "./use-sentences.js";
import { keepingEvidence, SECOND_NODE, trustedElection } from "./voter.js";

interface UsedOptions extends ServerOptions {
  readonly codeFile?: string;
  readonly fingerprint?: string;
  readonly secondNode?: string;
  readonly out?: string;
}

export function addUsedCommand(program: Command): void {
  withCode(
    withServer(program.command("used").description("was my credential used? proved from the roll; nobody is asked")),
  )
    .argument("<election>", "identifier of the election")
    .option("--fingerprint <text>", "the election's fingerprint as your mail or letter gives it")
    .option("--second-node <address>", SECOND_NODE)
    .option("--out <file>", "write the proof to this file; psephos receipt check judges it")
    .action((uuid: string, options: UsedOptions) => keepingEvidence(() => tellUse(uuid, options)));
}

async function tellUse(uuid: string, options: UsedOptions): Promise<void> {
  const http = httpOf(options);
  const election = await trustedElection(http, uuid, options);
  const use = await credentialUse(http, election, await readIdentity(options, "voter"));
  if (use === undefined)
    throw new CommandError(
      "The server says that this code is not on the roll. If you should be, ask the election office.",
    );
  for (const line of sentencesOf(use)) say(line);
  if (use.lastSequence > 0)
    note("If that was not you, keep the proof (--out) and tell the election office: with it, it can be counted.");
  if (options.out !== undefined) {
    writeFileSync(options.out, use.evidence, { flag: "wx" });
    note(`The proof is in ${options.out}. It names neither you nor a choice.`);
  }
}
