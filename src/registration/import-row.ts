/** One line of a list of voters: what it must hold, and its one form. */
import type { z } from "zod";
import { type importRowSchema, languageTag, personName } from "#api/registration.js";
import { fromHex } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { isIdentity, pointFromBytes } from "#crypto/group.js";
import { type Address, readAddress } from "./address.js";
import { withoutApostrophe } from "./csv.js";
import { isPostal, postalAddress } from "./postal.js";

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
  readonly externalId: string | undefined;
}

/** Largest weight of one voter; the sum of a roll has its own limit on the ledger. */
const maxWeight = 1_000_000;
const maxGroups = 20;

const columnNames = ["name", "email", "public_key", "group", "district", "weight", "language", "external_id"] as const;
/** Columns of an export or of faulty lines that say nothing to an import: so both can come back when they were edited. */
const passedOver = ["digital_id", "status", "key_source", "line", "reason"] as const;
export type ImportColumn = (typeof columnNames)[number] | (typeof passedOver)[number];
const importColumns: readonly string[] = [...columnNames, ...passedOver];

/**
 * Columns by the first line: names in any case and order. The name must be there, and the address or, for people who
 * have none, the organisation's own id; others are optional.
 */
export function readHeader(cells: readonly string[]): Result<readonly ImportColumn[], string> {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const unknown = names.filter((name) => !importColumns.includes(name));
  if (unknown.length > 0)
    return fail(
      `unknown column "${unknown[0]?.slice(0, 40)}"; the first line names columns out of ${columnNames.join(", ")}`,
    );
  if (new Set(names).size !== names.length) return fail("a column stands twice in the first line");
  if (!names.includes("name")) return fail("the column name is missing");
  if (!names.includes("email") && !names.includes("external_id")) return fail("the column email is missing");
  return ok(names as ImportColumn[]);
}

/** A line by its columns; empty cells count as not there, and so do columns that an import passes over. */
export function rowOfCells(columns: readonly ImportColumn[], cells: readonly string[]): Result<RawRow, string> {
  if (cells.length !== columns.length) return fail(`${cells.length} cells, but the first line has ${columns.length}`);
  const row: Partial<Record<(typeof columnNames)[number], string>> = {};
  for (const [i, column] of columns.entries()) {
    const cell = withoutApostrophe((cells[i] as string).trim());
    if (cell !== "" && !passedOver.includes(column as "status")) row[column as "name"] = cell;
  }
  const { name = "", email = "", ...rest } = row;
  return ok({ name, email, ...rest });
}

/** Everything that can be said about a line by itself. Total: any text may come in. */
export function readImportRow(raw: RawRow, organisation: string): Result<ImportRow, string> {
  const name = personName.safeParse(raw.name.normalize("NFC"));
  if (!name.success) return fail("the name is empty, too long or has control characters");
  const externalId = raw.external_id?.normalize("NFC").trim() || undefined;
  if (externalId !== undefined && !isLabel(externalId))
    return fail("the external id is too long or has control characters");
  const address = addressOf(raw.email, externalId, organisation);
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
    externalId,
  });
}

function addressOf(email: string, externalId: string | undefined, organisation: string): Result<Address, string> {
  if (email.trim() === "" && externalId !== undefined) return ok(postalAddress(organisation, externalId));
  const address = readAddress(email);
  if (address.ok && isPostal(address.value.normal)) return fail("no mail can reach this address");
  return address;
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
