/** `psephos officer roll sample`: people of the roll, drawn by a later block, to be asked by another channel. */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { toHex } from "#base/bytes.js";
import { type RollSample, sampleRoll } from "#client/roll-sample.js";
import { type CodeOptions, withCode } from "./code.js";
import { officerOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, note, paint, say, table } from "./terminal.js";

type Options = ServerOptions & CodeOptions & { size: string; json?: boolean; csv?: string; wait: string };

const HELP = `
Before you seal: ask each of these people by a way that the registrar does not control (in person, by telephone, out of
the register of members) whether they exist, whether they registered, and whether the key is theirs (psephos identity
show). Nobody could know whom this would be when the roll was entered: the first block after it draws them. Whoever
orders the blocks of a one-node ledger could, though; with several validators none of them alone can.

How many to ask: if one entry in a hundred is invented, 300 people find one of them with a probability of 95 percent.`;

export function addSampleCommand(roll: Command): void {
  withCode(withServer(roll.command("sample").description("draw people of the roll, to be asked by another channel")))
    .argument("<uuid>")
    .option("--size <number>", "how many people", "20")
    .option("--wait <seconds>", "how long to wait for the block that draws", "10")
    .option("--json", "print the list as JSON")
    .option("--csv <file>", "also write the list to this file, with columns for what is asked and answered")
    .addHelpText("after", HELP)
    .action(async (uuid: string, options: Options) => {
      const size = positive(options.size, "--size");
      const { http } = await officerOf(options);
      const deadline = Date.now() + 1000 * positive(options.wait, "--wait");
      let sample = await sampleRoll(http, uuid, size);
      while (sample === "not-drawn-yet" && Date.now() < deadline) {
        await sleep(500);
        sample = await sampleRoll(http, uuid, size);
      }
      if (sample === "not-drawn-yet")
        throw new CommandError("No block stands above the roll yet, so nothing is drawn. Any later act makes one.");
      if (options.json === true) say(JSON.stringify(jsonOf(sample)));
      else show(sample);
      if (options.csv !== undefined) writeCsv(options.csv, sample);
    });
}

function positive(text: string, option: string): number {
  const number = Number(text);
  if (!/^[0-9]{1,7}$/.test(text) || number < 1) throw new CommandError(`${option} must be a number from 1 on.`, 2);
  return number;
}

function show(sample: RollSample): void {
  say(`${sample.voters.length} of ${sample.rollCount} on the roll, drawn by block ${sample.height}:`);
  for (const line of table(
    sample.voters.map((v) => [String(v.position + 1), v.digitalId, toHex(v.publicKey), `${v.name} <${v.email}>`]),
  ))
    say(line);
  if (sample.generation > 1)
    say(
      paint(
        `The roll was begun ${sample.generation} times, and each time draws others. Ask the registrar why.`,
        "warn",
      ),
    );
  note("Ask these people by a way that the registrar does not control, before you seal the roll.");
}

/** Names and addresses are personal data: a new file that only the user can read. */
function writeCsv(path: string, sample: RollSample): void {
  const rows = sample.voters.map((v) => [
    String(v.position + 1),
    v.digitalId,
    toHex(v.publicKey),
    v.name,
    v.email,
    String(v.weight),
    "",
    "",
  ]);
  const header = ["position", "digital_id", "public_key", "name", "email", "weight", "asked_how", "answer"];
  const text = [header, ...rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
  try {
    writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new CommandError(`${path} cannot be written: ${code === "EEXIST" ? "it exists already" : message}.`, 2);
  }
  note(`The list is in ${path}. It holds names and addresses: delete it when the seal is done.`);
}

/** Quoted where RFC 4180 asks for it; what a spreadsheet would take for a formula begins with an apostrophe (row R-16). */
export function csvCell(text: string): string {
  const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

function jsonOf(sample: RollSample): unknown {
  return {
    height: sample.height,
    roll_count: sample.rollCount,
    generation: sample.generation,
    voters: sample.voters.map((v) => ({
      position: v.position,
      digital_id: v.digitalId,
      name: v.name,
      email: v.email,
      public_key: toHex(v.publicKey),
      weight: v.weight,
    })),
  };
}
