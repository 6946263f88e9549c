/** One line of a list of voters: what it must hold, and its one form. */
import type { z } from "zod";
import { type importRowSchema, languageTag, personName } from "#api/registration.js";
import { fromHex } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { isIdentity, pointFromBytes } from "#crypto/group.js";
import { type Address, readAddress } from "./address.js";

/** As typed: from a file all values are text. */
export type RawRow = z.output<typeof importRowSchema>;

export interface ImportRow {
  readonly name: string;
  readonly address: Address;
  readonly key: Buffer | undefined;
  /** `undefined`: the list does not say; a known voter keeps what is there. */
  readonly groups: readonly string[] | undefined;
  readonly district: string | undefined;
  readonly weight: number | undefined;
  readonly language: string | undefined;
}

/** Largest weight of one voter; the sum of a roll has its own limit on the ledger. */
const maxWeight = 1_000_000;
const maxGroups = 20;

export const importColumns = ["name", "email", "public_key", "group", "district", "weight", "language"] as const;
export type ImportColumn = (typeof importColumns)[number];

/** Columns by the first line: names in any case and order; name and email must be there, others are optional. */
export function readHeader(cells: readonly string[]): Result<readonly ImportColumn[], string> {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const unknown = names.filter((name) => !importColumns.includes(name as ImportColumn));
  if (unknown.length > 0)
    return fail(
      `unknown column "${unknown[0]?.slice(0, 40)}"; the first line names columns out of ${importColumns.join(", ")}`,
    );
  if (new Set(names).size !== names.length) return fail("a column stands twice in the first line");
  for (const needed of ["name", "email"]) if (!names.includes(needed)) return fail(`the column ${needed} is missing`);
  return ok(names as ImportColumn[]);
}

/** A line by its columns; empty cells count as not there. */
export function rowOfCells(columns: readonly ImportColumn[], cells: readonly string[]): Result<RawRow, string> {
  if (cells.length !== columns.length) return fail(`${cells.length} cells, but the first line has ${columns.length}`);
  const row: Partial<Record<ImportColumn, string>> = {};
  for (const [i, column] of columns.entries()) {
    const cell = (cells[i] as string).trim();
    if (cell !== "") row[column] = cell;
  }
  const { name = "", email = "", ...rest } = row;
  return ok({ name, email, ...rest });
}

/** Everything that can be said about a line by itself. Total: any text may come in. */
export function readImportRow(raw: RawRow): Result<ImportRow, string> {
  const name = personName.safeParse(raw.name.normalize("NFC"));
  if (!name.success) return fail("the name is empty, too long or has control characters");
  const address = readAddress(raw.email);
  if (!address.ok) return fail(address.error);
  const key = raw.public_key === undefined ? ok(undefined) : readKey(raw.public_key);
  if (!key.ok) return key;
  const groups = readGroups(raw.group);
  if (!groups.ok) return groups;
  const district = raw.district?.normalize("NFC").trim();
  if (district !== undefined && !isLabel(district)) return fail("the district is too long or has control characters");
  const weight = readWeight(raw.weight);
  if (!weight.ok) return weight;
  const { language } = raw;
  if (language !== undefined && !languageTag.safeParse(language).success)
    return fail("the language is not a tag like en or pt-BR");
  return ok({
    name: name.data,
    address: address.value,
    key: key.value,
    groups: groups.value,
    district,
    weight: weight.value,
    language,
  });
}

function readKey(text: string): Result<Buffer, string> {
  const bytes = fromHex(text);
  const point = bytes === undefined ? undefined : pointFromBytes(bytes);
  if (bytes === undefined || point === undefined || isIdentity(point))
    return fail("the public key is not 64 lower-case hexadecimal digits of a valid key");
  return ok(Buffer.from(bytes));
}

function readGroups(text: string | undefined): Result<readonly string[] | undefined, string> {
  if (text === undefined) return ok(undefined);
  const parts = text.split("|").map((part) => part.normalize("NFC").trim());
  const groups = [...new Set(parts.filter((part) => part !== ""))].sort();
  if (groups.length > maxGroups) return fail(`more than ${maxGroups} groups`);
  return groups.every(isLabel) ? ok(groups) : fail("a group is too long or has control characters");
}

function isLabel(text: string): boolean {
  return text.length <= 100 && (text === "" || personName.safeParse(text).success);
}

/** A whole number in its one spelling: neither 1e3 nor 007 nor 1,000 (rows H-05, H-06). */
function readWeight(value: string | number | undefined): Result<number | undefined, string> {
  if (value === undefined) return ok(undefined);
  const text = String(value);
  const weight = /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : 0;
  return weight >= 1 && weight <= maxWeight
    ? ok(weight)
    : fail(`the weight is not a whole number from 1 to ${maxWeight}`);
}
