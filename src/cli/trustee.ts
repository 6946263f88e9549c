/** `psephos trustee`: register a key, take part in the ceremony, open the sum. Works on files without a network, too. */
import { createReadStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { platformRandom } from "#client/http.js";
import { type ReplayedLedger, replayLedger, replayStream } from "#client/record.js";
import {
  acceptInvitation,
  ceremonyStep,
  decryptionShare,
  isAlreadyDone,
  type OpenedNotes,
  submit,
} from "#client/trustee.js";
import { newCode, readCode, withCode } from "./code.js";
import { httpOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, note, paint, progress, readInput, say, shown } from "./terminal.js";

interface TrusteeOptions extends ServerOptions {
  readonly codeFile?: string;
  readonly record?: string;
  readonly out?: string;
  readonly watch?: boolean;
  readonly notes?: string;
}

export function addTrusteeCommands(program: Command): void {
  const trustee = program.command("trustee").description("hold a share of an election's key and open the sum");
  trustee
    .command("new-code")
    .description("make the code for one election; destroy it after the count")
    .option("--out <file>", "write the code to a new file instead of the screen")
    .action(async (options: { out?: string }) => {
      await newCode(options.out);
    });
  withCode(
    withServer(trustee.command("accept").description("register your key with the link that an officer gave you")),
  )
    .argument("<link>", "the invitation, or its part after #")
    .action(async (link: string, options: TrusteeOptions) => {
      const token = link.includes("#") ? (link.split("#")[1] as string) : link;
      const url = link.startsWith("http") ? new URL(link).origin : options.url;
      const invitation = await acceptInvitation(httpOf({ url }), token, await readCode(options), platformRandom);
      say(
        `Your key is registered for “${shown(invitation.election)}” of ${shown(invitation.organisation)}; election ${invitation.uuid}.`,
      );
    });
  addStep(trustee);
  addShare(trustee);
  addSubmit(trustee);
}

function offline(command: Command): Command {
  return command
    .option("--record <file>", "work offline on a downloaded record instead of asking the server")
    .option("--out <file>", "write the transaction to this file instead of sending it");
}

function addStep(trustee: Command): void {
  offline(withCode(withServer(trustee.command("step").description("do your next step of the key ceremony"))))
    .argument("<election>")
    .option("--watch", "go on until the ceremony is done, waiting for the others")
    .action(async (uuid: string, options: TrusteeOptions) => {
      const code = await readCode(options);
      for (;;) {
        const ledger = await ledgerOf(uuid, options);
        const act = ceremonyStep(ledger, uuid, code, platformRandom);
        if (act.kind === "send") {
          if (act.accused !== undefined)
            note(paint("A share that you were dealt is wrong: this step is a complaint.", "bad", process.stderr));
          await deliver(options, act.wire, act.type);
        } else if (act.kind === "done") {
          say(paint("The key ceremony is done. Keep your code until the count.", "good"));
          return;
        } else
          say(
            `Nothing to do now: the ceremony is in its phase “${act.phase}” and waits for ${act.missing.length} others.`,
          );
        if (options.watch !== true) return;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    });
}

function addShare(trustee: Command): void {
  offline(
    withCode(
      withServer(trustee.command("share").description("recompute the sum from the ledger and open your part of it")),
    ),
  )
    .argument("<election>")
    .option("--notes <file>", "where this client remembers what it opened", join(homedir(), ".psephos-opened.json"))
    .action(async (uuid: string, options: TrusteeOptions) => {
      const code = await readCode(options);
      const ledger = await ledgerOf(uuid, options);
      const share = decryptionShare(ledger, uuid, code, notesIn(options.notes as string), platformRandom);
      note(`Sum recomputed from the ledger at block ${ledger.height}; its hash is ${share.tallyHash}.`);
      await deliver(options, share.wire, "share-decryption");
    });
}

function addSubmit(trustee: Command): void {
  withServer(trustee.command("submit").description("send a transaction that was made offline"))
    .argument("<file>")
    .action(async (path: string, options: TrusteeOptions) => {
      const { height } = await submit(httpOf(options), readInput(path));
      say(`Recorded in block ${height}.`);
    });
}

async function ledgerOf(uuid: string, options: TrusteeOptions): Promise<ReplayedLedger> {
  const bar = progress("Replaying", 1);
  const onBlock = (height: number) => bar.update(0, `block ${height}`);
  const replayed =
    options.record === undefined
      ? await replayLedger(httpOf(options), uuid, { onBlock })
      : await replayStream(createReadStream(options.record), { onBlock });
  bar.stop();
  if (!replayed.ok) throw new CommandError(replayed.error);
  return replayed.value;
}

async function deliver(options: TrusteeOptions, wire: Uint8Array, type: string): Promise<void> {
  if (options.out !== undefined) {
    writeFileSync(options.out, wire);
    say(`${type} is in ${options.out}; send it with: psephos trustee submit ${options.out} --url ADDRESS`);
    return;
  }
  try {
    const { height } = await submit(httpOf(options), wire);
    say(`${paint("✓", "good")} ${type} is recorded in block ${height}.`);
  } catch (error) {
    if (!isAlreadyDone(error)) throw error;
    say(`${type} was recorded before.`);
  }
}

/** Which sum was opened, by election: kept in a file, so that a second, different one is refused (row K-09). */
export function notesIn(path: string): OpenedNotes {
  const read = (): Record<string, string> =>
    existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, string>) : {};
  return {
    get: (uuid) => read()[uuid],
    set: (uuid, hash) =>
      writeFileSync(path, `${JSON.stringify({ ...read(), [uuid]: hash }, undefined, 2)}\n`, { mode: 0o600 }),
  };
}
