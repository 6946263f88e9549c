/** `psephos inspect`: what stands in a transaction, a record, an archive or a receipt, in words. Judges nothing. */
import type { Command } from "commander";
import { recordReader } from "#archive/container.js";
import { fromBase64Url, fromHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { decodeHeader } from "#evidence/embedded.js";
import { decode } from "#protocol/encoding/shape.js";
import { genesisShape } from "#protocol/genesis.js";
import { describe } from "#protocol/machine.js";
import { ballotProofShape } from "#protocol/proof.js";
import { type Frame, RecordReader } from "#protocol/record.js";
import { describeValue } from "./inspect-value.js";
import { CommandError, counted, readInput, say, shown } from "./terminal.js";

export function addInspectCommand(program: Command): void {
  program
    .command("inspect")
    .description("show what stands in a transaction, record, archive or receipt; judges nothing")
    .argument("<file>", "a file, or - for standard input")
    .option("--limit <number>", "at most so many blocks or entries", "20")
    .action((path: string, options: { limit: string }) => {
      if (!/^[1-9]\d{0,8}$/.test(options.limit)) throw new CommandError("--limit takes a number from 1 on.", 2);
      const bytes = readInput(path === "-" ? 0 : path);
      if (!inspect(bytes, Number(options.limit)))
        throw new CommandError(`${path} is neither a transaction nor a record, an archive or a receipt.`, 2);
    });
}

function inspect(bytes: Uint8Array, limit: number): boolean {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 16));
  if (start.startsWith("psephos-record")) return inspectRecord(bytes, limit);
  if (start.startsWith("BELENIOS")) return inspectArchive(bytes, limit);
  if (start.trimStart().startsWith("{")) return inspectJson(bytes);
  return inspectTransaction(bytes) || inspectTransaction(decodedText(bytes) ?? new Uint8Array(0));
}

/** Transactions travel as base64url in JSON and as hex in logs; both may be pasted. */
function decodedText(bytes: Uint8Array): Uint8Array | undefined {
  const text = new TextDecoder("latin1").decode(bytes).trim();
  return fromHex(text) ?? fromBase64Url(text);
}

function inspectTransaction(bytes: Uint8Array): boolean {
  const transaction = describe(bytes);
  if (transaction === undefined) return false;
  say(`transaction ${transaction.id} (${bytes.length} bytes)`);
  for (const line of describeValue({
    type: transaction.type,
    body: transaction.body,
    signatures: transaction.signatures,
  }))
    say(`  ${line}`);
  return true;
}

function inspectRecord(bytes: Uint8Array, limit: number): boolean {
  const reader = new RecordReader();
  const frames = reader.push(bytes);
  if (!frames.ok)
    throw new CommandError(`The record is damaged at byte ${frames.error.offset}: ${frames.error.detail}.`, 2);
  let shown = 0;
  for (const frame of frames.value) if (frame.kind !== "block" || shown++ < limit) showFrame(frame);
  if (shown > limit) say(`… and ${counted(shown - limit, "more block")}`);
  return true;
}

function showFrame(frame: Frame): void {
  if (frame.kind === "genesis") {
    const genesis = decode(genesisShape, frame.genesis, "genesis");
    for (const line of describeValue({ genesis: genesis.ok ? genesis.value : genesis.error })) say(line);
  } else if (frame.kind === "block") {
    const header = decodeHeader(frame.header);
    const time = header.ok ? formatInstant(header.value.time) : "malformed header";
    say(`block ${frame.height}, ${time}, ${counted(frame.transactions.length, "transaction")}`);
    for (const wire of frame.transactions) say(`  ${describe(wire)?.type ?? "malformed"} ${wire.length} bytes`);
  } else say(`end at block ${frame.height}`);
}

function inspectArchive(bytes: Uint8Array, limit: number): boolean {
  let count = 0;
  for (const record of recordReader().push(bytes)) {
    if (!record.ok)
      throw new CommandError(`The archive is damaged at byte ${record.error.offset}: ${record.error.detail}.`, 2);
    if (count++ < limit) say(`${shown(record.value.name)}  ${record.value.body.length} bytes`);
  }
  if (count > limit) say(`… and ${count - limit} more`);
  return true;
}

function inspectJson(bytes: Uint8Array): boolean {
  const json = JSON.parse(new TextDecoder().decode(bytes)) as { receipt?: { proof?: string; header?: string } };
  for (const line of describeValue(json)) say(line);
  const proof = fromBase64Url(json.receipt?.proof ?? "");
  const decoded = proof === undefined ? undefined : decode(ballotProofShape, proof, "proof");
  if (decoded?.ok === true) for (const line of describeValue({ "proof, decoded": decoded.value })) say(line);
  const header = decodeHeader(fromBase64Url(json.receipt?.header ?? "") ?? new Uint8Array(0));
  if (header.ok) for (const line of describeValue({ "header, decoded": header.value })) say(line);
  return true;
}
