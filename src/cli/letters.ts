/**
 * `psephos letters`: recovery codes for voters without a device, made on a computer that needs no network. The codes
 * stand on the pages for the printer and nowhere else; the server gets the public keys.
 */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { toHex } from "#base/bytes.js";
import { platformRandom } from "#client/http.js";
import { makeCode } from "#crypto/base58.js";
import { identityFromCode, keyBytes } from "#protocol/identity.js";
import { csvLine, readCsv } from "#registration/csv.js";
import {
  type ImportColumn,
  type ImportRow,
  type RawRow,
  readHeader,
  readImportRow,
  rowOfCells,
} from "#registration/import-row.js";
import { isPostal } from "#registration/postal.js";
import { readIdentity, withCode } from "./code.js";
import { letterPage, lettersFoot, lettersHead, type PaperFacts } from "./letter-page.js";
import { CommandError, counted, note, progress, readInput, say, shown } from "./terminal.js";

/** Pages of one file: what a printer's queue and a browser take without trouble. */
const pagesPerFile = 250;
const keyColumns = ["name", "email", "public_key", "group", "district", "weight", "language", "external_id"];

export function addLettersCommand(program: Command): void {
  const letters = program
    .command("letters")
    .description("codes on paper for voters without a device; works offline, on a computer that you trust");
  letters
    .command("make")
    .description("make a code and a page for each voter of a list, and the list of public keys to import")
    .argument("<list>", "CSV: name, email or external_id, and optionally address, group, district, weight, language")
    .requiredOption("--out <directory>", "a new directory for the pages and the list of keys")
    .requiredOption("--organisation <name>", "who sends the letters")
    .requiredOption("--address <url>", "where people vote, as they will type it")
    .option("--language <tag>", "for voters of whom the list names none: en, de, fr, es, ar", "en")
    .option("--chain-id <id>", "identifier of the ledger, to be printed")
    .option("--fingerprint <text>", "fingerprint of the election, once it is sealed, to be printed")
    .action(makeLetters);
  withCode(
    letters.command("check").description("whose letter a code is on: for checking a sample before the post takes them"),
  )
    .argument("<keys>", "public-keys.csv of letters make")
    .action(async (path: string, options: { codeFile?: string }) => {
      const key = toHex(keyBytes(await readIdentity(options, "voter")));
      for await (const { cells } of recordsOf(path))
        if (cells.includes(key)) return say(`This code belongs to ${shown(cells[0] as string)} (key ${key}).`);
      throw new CommandError("This code belongs to nobody on the list.");
    });
}

interface MakeOptions {
  readonly out: string;
  readonly organisation: string;
  readonly address: string;
  readonly language: string;
  readonly chainId?: string;
  readonly fingerprint?: string;
}

async function makeLetters(path: string, options: MakeOptions): Promise<void> {
  const voters = await votersOf(path);
  try {
    mkdirSync(options.out, { mode: 0o700 });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === "EEXIST" ? "exists already; letters are never overwritten" : message;
    throw new CommandError(`The directory ${options.out}: ${reason}.`, 2);
  }
  const { organisation, chainId, fingerprint, address: url } = options;
  const facts: PaperFacts = { organisation, url, chainId, fingerprint };
  const keys = openNew(join(options.out, "public-keys.csv"));
  writeSync(keys, `\ufeff${csvLine(keyColumns)}`);
  const bar = progress("Making codes", voters.length);
  for (let at = 0; at < voters.length; at += pagesPerFile) {
    const name = `letters-${String(at / pagesPerFile + 1).padStart(4, "0")}.html`;
    const pages = openNew(join(options.out, name));
    writeSync(pages, lettersHead(organisation));
    for (const [i, voter] of voters.slice(at, at + pagesPerFile).entries()) {
      const code = makeCode(platformRandom);
      const key = toHex(keyBytes(identityFromCode(code, "voter")));
      writeSync(pages, letterPage(paperOf(voter, code, options.language), facts));
      writeSync(keys, csvLine(cellsOf(voter.row, key)));
      bar.update(at + i + 1);
    }
    writeSync(pages, lettersFoot);
    closeSync(pages);
  }
  closeSync(keys);
  bar.stop();
  say(`${counted(voters.length, "letter")} in ${options.out}.`);
  note("Print the pages, then delete them: they are the only place of the codes.");
  note("Import public-keys.csv with: psephos officer voters import. It has no secrets.");
}

/** A file that only the user can read, and that was not there. */
function openNew(path: string): number {
  return openSync(path, "wx", 0o600);
}

interface ListedVoter {
  readonly row: ImportRow;
  readonly address: readonly string[];
}

/** Every voter of the list. One faulty line and nothing is made: half a batch of letters is worse than none. */
async function votersOf(path: string): Promise<readonly ListedVoter[]> {
  const voters: ListedVoter[] = [];
  const seen = new Map<string, number>();
  const faults: string[] = [];
  let columns: readonly ImportColumn[] | undefined;
  let addressAt = -1;
  for await (const { line, cells, fault } of recordsOf(path)) {
    // The column of the postal address is for the envelope only; the registry does not know it.
    if (columns === undefined) addressAt = cells.findIndex((cell) => cell.trim().toLowerCase() === "address");
    const kept = cells.filter((_, i) => i !== addressAt);
    if (columns === undefined) {
      const header = fault === undefined ? readHeader(kept) : { ok: false as const, error: fault };
      if (!header.ok) throw new CommandError(`${path}, line ${line}: ${shown(header.error)}`, 2);
      columns = header.value;
      continue;
    }
    const read = fault === undefined ? readVoter(columns, kept) : { ok: false as const, error: fault };
    const who = read.ok ? read.value.address.normal : "";
    if (!read.ok) faults.push(`line ${line}: ${read.error}`);
    else if (seen.has(who)) faults.push(`line ${line}: the same voter stands in line ${seen.get(who)}`);
    else {
      seen.set(who, line);
      const address = addressAt < 0 ? [] : (cells[addressAt] as string).split(/\n|\|/).map((part) => part.trim());
      voters.push({ row: read.value, address: address.filter((part) => part !== "") });
    }
  }
  for (const fault of faults.slice(0, 100)) note(shown(fault));
  if (faults.length > 0)
    throw new CommandError(`${counted(faults.length, "faulty line")}: mend the list. No letter was made.`, 2);
  if (voters.length === 0) throw new CommandError(`${path} has no voters.`, 2);
  return voters;
}

function readVoter(columns: readonly ImportColumn[], cells: readonly string[]): ReturnType<typeof readImportRow> {
  const row = rowOfCells(columns, cells);
  if (!row.ok) return row;
  const raw: RawRow = row.value;
  if (raw.public_key !== undefined) return { ok: false, error: "this voter has a key already" };
  return readImportRow(raw, "");
}

async function* recordsOf(
  path: string,
): AsyncGenerator<{ readonly line: number; readonly cells: readonly string[]; readonly fault?: string }> {
  const bytes = readInput(path);
  async function* chunks() {
    yield bytes;
  }
  for await (const record of readCsv(chunks())) yield "cells" in record ? record : { ...record, cells: [] };
}

function paperOf({ row, address }: ListedVoter, code: string, language: string) {
  const reference = row.externalId ?? row.address.display;
  return { name: row.name, address, language: row.language ?? language, code, reference };
}

/** A line of the list to import: what the list said, and the key. */
function cellsOf(row: ImportRow, key: string): readonly string[] {
  const { name, address, groups, district, weight, language, externalId } = row;
  const email = isPostal(address.normal) ? "" : address.display;
  const optional = [groups?.join("|"), district, weight?.toString(), language, externalId];
  return [name, email, key, ...optional.map((cell) => cell ?? "")];
}
