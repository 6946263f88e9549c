/**
 * Importing a list of voters: read as a stream, a few hundred lines to a transaction, each faulty line named with its
 * reason. Doing it again with the same list changes nothing. Whoever comes without a key gets an invitation by mail;
 * a key that comes with the list was made by somebody else than the voter and is counted as a letter's.
 */
import { setImmediate as breathe } from "node:timers/promises";
import { refuse } from "#api/problem.js";
import type { ImportAnswer } from "#api/registration.js";
import type { Letter } from "#mail/letter.js";
import { type Context, later, registryOf, type Tables } from "./context.js";
import { readCsv } from "./csv.js";
import { type ImportRow, type RawRow, readHeader, readImportRow, rowOfCells } from "./import-row.js";
import { invitationHours, letterTo, mailedLink } from "./letters.js";
import { newDigitalId, newToken, newUuid } from "./token.js";

/** A line of the list, or why it is none. */
export type ListLine =
  | { readonly line: number; readonly row: RawRow }
  | { readonly line: number; readonly fault: string };

const linesPerBatch = 500;
const maxLines = 1_000_000;
const listedFaults = 1_000;

/** Lines of a CSV file. Refuses a file whose first line does not name its columns. */
export async function* linesOfCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ListLine> {
  let columns: Parameters<typeof rowOfCells>[0] | undefined;
  for await (const record of readCsv(chunks)) {
    if (columns === undefined) {
      const header = "cells" in record ? readHeader(record.cells) : { ok: false as const, error: record.fault };
      if (!header.ok) refuse("invalid-request", `line ${record.line}: ${header.error}`);
      columns = header.value;
    } else if ("fault" in record) yield record;
    else {
      const row = rowOfCells(columns, record.cells);
      yield row.ok ? { line: record.line, row: row.value } : { line: record.line, fault: row.error };
    }
  }
  if (columns === undefined) refuse("invalid-request", "The file is empty; its first line names the columns.");
}

/** Rows of a JSON body, counted from 1. */
export async function* linesOfRows(rows: readonly RawRow[]): AsyncGenerator<ListLine> {
  for (const [i, row] of rows.entries()) yield { line: i + 1, row };
}

interface Running {
  readonly counts: { added: number; updated: number; unchanged: number; letters: number; faults: number };
  readonly faulty: { line: number; reason: string }[];
  /** Normal address and key (hex) → line where it stands first. */
  readonly seen: Map<string, number>;
}

/** Imports the lines for an organisation. With `dryRun` everything runs and nothing is stored. */
export async function importVoters(
  context: Context,
  organisation: string,
  lines: AsyncIterable<ListLine>,
  dryRun: boolean,
): Promise<ImportAnswer> {
  const running: Running = {
    counts: { added: 0, updated: 0, unchanged: 0, letters: 0, faults: 0 },
    faulty: [],
    seen: new Map(),
  };
  let batch: Numbered[] = [];
  let count = 0;
  for await (const line of lines) {
    if (++count > maxLines) refuse("too-large", `The list has more than ${maxLines} lines; split it.`);
    const row = readLine(running, line);
    if (row !== undefined) batch.push(row);
    // Checking a key takes a millisecond: others must be served in between.
    if (count % 20 === 0) await breathe();
    if (batch.length < linesPerBatch) continue;
    await importBatch(context, organisation, running, batch, dryRun);
    batch = [];
  }
  if (batch.length > 0) await importBatch(context, organisation, running, batch, dryRun);
  return { ...running.counts, faulty: running.faulty, dry_run: dryRun };
}

interface Numbered extends ImportRow {
  readonly line: number;
}

function complain(running: Running, line: number, reason: string): undefined {
  running.counts.faults++;
  if (running.faulty.length < listedFaults) running.faulty.push({ line, reason });
}

function readLine(running: Running, line: ListLine): Numbered | undefined {
  if ("fault" in line) return complain(running, line.line, line.fault);
  const row = readImportRow(line.row);
  if (!row.ok) return complain(running, line.line, row.error);
  const { address, key } = row.value;
  const first = running.seen.get(address.normal);
  if (first !== undefined) return complain(running, line.line, `the same address stands in line ${first}`);
  const hex = key?.toString("hex");
  const firstKey = hex === undefined ? undefined : running.seen.get(hex);
  if (firstKey !== undefined) return complain(running, line.line, `the same public key stands in line ${firstKey}`);
  running.seen.set(address.normal, line.line);
  if (hex !== undefined) running.seen.set(hex, line.line);
  return { ...row.value, line: line.line };
}

/** Thrown to undo what a dry run did. */
class DryRun extends Error {}

async function importBatch(
  context: Context,
  organisation: string,
  running: Running,
  rows: readonly Numbered[],
  dryRun: boolean,
): Promise<void> {
  try {
    await context.db.transaction().execute(async (trx) => {
      const work = await planBatch(registryOf(trx), organisation, running, rows);
      const letters = await store(context, registryOf(trx), organisation, work);
      await context.mail.queue(trx, letters);
      const { counts } = running;
      counts.added += work.fresh.length + work.joining.length;
      counts.updated += work.changed.length;
      counts.letters += work.fresh.filter((row) => row.key !== undefined).length + work.binding.length;
      if (dryRun) throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
}

interface Known {
  readonly id: string;
  readonly name: string;
  readonly mailbox: string;
  readonly language: string;
  readonly public_key: Buffer | null;
  /** What this organisation says of the voter; null: nothing. */
  readonly standing: { status: string; groups: readonly string[]; district: string; weight: number } | null;
  readonly elsewhere: boolean;
}

interface Work {
  readonly fresh: readonly Numbered[];
  /** Known to others, new to this organisation. */
  readonly joining: readonly { readonly row: Numbered; readonly voter: Known }[];
  readonly changed: readonly { readonly row: Numbered; readonly voter: Known }[];
  /** Keys for known voters who have none. */
  readonly binding: readonly { readonly key: Buffer; readonly voter: Known }[];
}

/** Decides for each line what is to be done. */
async function planBatch(
  tables: Tables,
  organisation: string,
  running: Running,
  rows: readonly Numbered[],
): Promise<Work> {
  const known = await knownVoters(tables, organisation, rows);
  const owners = await keyOwners(tables, rows);
  const fresh: Numbered[] = [];
  const joining: { row: Numbered; voter: Known }[] = [];
  const changed: { row: Numbered; voter: Known }[] = [];
  const binding: { key: Buffer; voter: Known }[] = [];
  for (const row of rows) {
    const voter = known.get(row.address.normal);
    const fault = row.key === undefined ? undefined : faultOfKey(row.key, voter, owners);
    if (fault !== undefined) complain(running, row.line, fault);
    else if (voter === undefined) fresh.push(row);
    else {
      const binds = row.key !== undefined && voter.public_key === null;
      if (binds) binding.push({ key: row.key as Buffer, voter });
      if (voter.standing === null) joining.push({ row, voter });
      else if (binds || differs(row, voter)) changed.push({ row, voter });
      else running.counts.unchanged++;
    }
  }
  return { fresh, joining, changed, binding };
}

/** Why this key cannot be bound to this voter. */
function faultOfKey(key: Buffer, voter: Known | undefined, owners: ReadonlyMap<string, string>): string | undefined {
  const owner = owners.get(key.toString("hex"));
  if (owner !== undefined) return owner === voter?.id ? undefined : "another voter has this public key";
  if (voter === undefined) return undefined;
  if (voter.public_key !== null) return "the voter has another key already; only the voter can replace it";
  return voter.elsewhere ? "the voter belongs to another organisation, too, and has to make the key alone" : undefined;
}

function differs(row: Numbered, { standing, name, language, elsewhere }: Known): boolean {
  if (standing === null) return true;
  return (
    standing.status === "pending" ||
    (row.groups !== undefined && row.groups.join("|") !== standing.groups.join("|")) ||
    (row.district !== undefined && row.district !== standing.district) ||
    (row.weight !== undefined && row.weight !== standing.weight) ||
    (!elsewhere && (row.name !== name || (row.language !== undefined && row.language !== language)))
  );
}

async function knownVoters(
  tables: Tables,
  organisation: string,
  rows: readonly Numbered[],
): Promise<Map<string, Known>> {
  const found = await tables
    .selectFrom("voters")
    .selectAll()
    .where(
      "email",
      "in",
      rows.map((row) => row.address.normal),
    )
    .execute();
  if (found.length === 0) return new Map();
  const standings = await tables
    .selectFrom("standings")
    .selectAll()
    .where(
      "voter_id",
      "in",
      found.map((voter) => voter.id),
    )
    .execute();
  return new Map(
    found.map((voter) => {
      const all = standings.filter((standing) => standing.voter_id === voter.id);
      const standing = all.find((each) => each.organisation === organisation) ?? null;
      return [voter.email, { ...voter, standing, elsewhere: all.some((each) => each.organisation !== organisation) }];
    }),
  );
}

/** Owners of the keys that the lines bring: key (hex) → voter id. */
async function keyOwners(tables: Tables, rows: readonly Numbered[]): Promise<Map<string, string>> {
  const keys = rows.flatMap((row) => (row.key === undefined ? [] : [row.key]));
  if (keys.length === 0) return new Map();
  const found = await tables
    .selectFrom("voters")
    .select(["id", "public_key"])
    .where("public_key", "in", keys)
    .execute();
  return new Map(found.map((row) => [(row.public_key as Buffer).toString("hex"), row.id]));
}

/** Writes what was decided; returns the letters that go out. */
async function store(context: Context, tables: Tables, organisation: string, work: Work): Promise<Letter[]> {
  const now = context.date();
  const letters: Letter[] = [];
  const standing = (row: Numbered, voter_id: string) => ({
    voter_id,
    organisation,
    status: "approved" as const,
    groups: [...(row.groups ?? [])],
    district: row.district ?? "",
    weight: row.weight ?? 1,
  });
  if (work.fresh.length > 0) {
    const people = work.fresh.map((row) => ({ row, voter: newVoter(context, row, now) }));
    await tables
      .insertInto("voters")
      .values(people.map(({ voter }) => voter))
      .execute();
    await tables
      .insertInto("standings")
      .values(people.map(({ row, voter }) => standing(row, voter.id)))
      .execute();
    letters.push(
      ...people.filter(({ voter }) => voter.public_key !== null).map(({ voter }) => approvedLetter(context, voter)),
    );
    letters.push(
      ...(await invite(
        context,
        tables,
        organisation,
        people.map(({ voter }) => voter),
        now,
      )),
    );
  }
  if (work.joining.length > 0) {
    await tables
      .insertInto("standings")
      .values(work.joining.map(({ row, voter }) => standing(row, voter.id)))
      .execute();
    letters.push(...work.joining.map(({ voter }) => approvedLetter(context, voter)));
  }
  for (const { key, voter } of work.binding) {
    await tables
      .updateTable("voters")
      .set({ public_key: key, key_source: "letter", key_changed_at: now })
      .where("id", "=", voter.id)
      .execute();
    letters.push(letterTo(context, voter, (words, values) => words.keyChanged(values)));
  }
  for (const { row, voter } of work.changed) {
    await change(tables, organisation, row, voter);
    if (voter.standing?.status === "pending") letters.push(approvedLetter(context, voter));
  }
  return letters;
}

function newVoter(context: Context, row: Numbered, now: Date) {
  return {
    id: newUuid(context.random),
    digital_id: newDigitalId(context.random),
    name: row.name,
    email: row.address.normal,
    mailbox: row.address.display,
    language: row.language ?? "en",
    public_key: row.key ?? null,
    key_source: row.key === undefined ? null : ("letter" as const),
    created_at: now,
    key_changed_at: row.key === undefined ? null : now,
  };
}

function approvedLetter(context: Context, person: { name: string; mailbox: string; language: string }): Letter {
  return letterTo(context, person, (words, values) => words.approved(values));
}

/** Links by which new voters without a key make one. */
async function invite(
  context: Context,
  tables: Tables,
  organisation: string,
  voters: readonly ReturnType<typeof newVoter>[],
  now: Date,
): Promise<Letter[]> {
  const invited = voters
    .filter((voter) => voter.public_key === null)
    .map((voter) => ({ voter, token: newToken(context.random) }));
  if (invited.length === 0) return [];
  const rows = invited.map(({ voter, token }) => ({
    hash: token.hash,
    purpose: "invitation" as const,
    voter_id: voter.id,
    created_at: now,
    expires_at: later(now, invitationHours * 3600),
  }));
  await tables.insertInto("tokens").values(rows).execute();
  const name = context.organisationName(organisation);
  return invited.map(({ voter, token }) =>
    letterTo(context, voter, (words, values) =>
      words.invitation({
        ...values,
        link: mailedLink(context, "confirm", token.text),
        hours: invitationHours,
        organisation: name,
      }),
    ),
  );
}

/** What the list says now; where it says nothing, what was there stays. Rejected and suspended voters stay so. */
async function change(tables: Tables, organisation: string, row: Numbered, voter: Known): Promise<void> {
  const { groups, district, weight, language } = row;
  const standing = {
    ...(voter.standing?.status === "pending" ? { status: "approved" as const } : {}),
    ...(groups === undefined ? {} : { groups: [...groups] }),
    ...(district === undefined ? {} : { district }),
    ...(weight === undefined ? {} : { weight }),
  };
  if (Object.keys(standing).length > 0)
    await tables
      .updateTable("standings")
      .set(standing)
      .where("voter_id", "=", voter.id)
      .where("organisation", "=", organisation)
      .execute();
  if (voter.elsewhere) return;
  await tables
    .updateTable("voters")
    .set({ name: row.name, ...(language === undefined ? {} : { language }) })
    .where("id", "=", voter.id)
    .execute();
}
