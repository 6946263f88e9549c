/**
 * Writes down what officers do, before it is done: who, what, when, in which role. Each organisation's entries form a
 * chain, and its head is put on the ledger from time to time, so that nobody rewrites it afterwards unseen.
 */
import { type Kysely, sql } from "kysely";
import type { OfficerActor } from "#api/actor.js";
import { bytesEqual } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import type { Random } from "#crypto/scalar.js";
import { tablesOf } from "#db/database.js";
import type { LedgerPort } from "#ledger/port.js";
import { AUDIT_START, auditContentHash, auditEntryHash } from "#protocol/audit-log.js";
import { anchorLogTransaction } from "#protocol/officer.js";
import { organisationOf } from "#protocol/organisation.js";
import { type AuditTables, auditSchema } from "./audit-tables.js";
import type { ErasedEntries } from "./purge-list.js";
import type { RegistrarKey } from "./registrar-key.js";

export interface AuditOptions {
  readonly db: Kysely<unknown>;
  readonly ledger: LedgerPort;
  readonly registrar: RegistrarKey;
  readonly random: Random;
  /** Nanoseconds since 1970. */
  readonly clock: () => bigint;
  /** Which contents were erased; outside the database. */
  readonly erased: ErasedEntries;
}

/** One act, as it stands in the log. Field names are those of the JSON text. */
export interface Act {
  /** Method and path pattern, for example `POST /officer/voters/:id/approve`. */
  readonly act: string;
  /** The path's parts and the query. */
  readonly about?: unknown;
  /** What was sent, where it is short, else its SHA-256. */
  readonly sent?: unknown;
  /** Set in a second entry, when the act was refused: the number of the first one and the status. */
  readonly refused?: { readonly entry: number; readonly status: number };
}

export interface AuditLog {
  /** Appends an entry; durable when it resolves. Returns its number. */
  record(actor: OfficerActor, act: Act): Promise<number>;
  /** Puts the heads of grown chains on the ledger; returns how many. */
  anchor(): Promise<number>;
  /** Erases again what the list outside the database names, after a backup was put back. Returns how many. */
  eraseAgain(): Promise<number>;
  /** A part of an organisation's log, with its head. */
  read(organisation: string, from: number, limit: number): Promise<AuditPart>;
}

export interface AuditPart {
  readonly total: number;
  readonly head: Uint8Array;
  readonly rows: readonly AuditTables["entries"][];
}

export function createAuditLog(options: AuditOptions): AuditLog {
  const tables = tablesOf<AuditTables>(options.db, auditSchema);
  return {
    record: (actor, act) => append(options, actor, act),
    anchor: () => anchorAll(options, tables),
    eraseAgain: async () => eraseEntries(tables, await options.erased.read()),
    read: async (organisation, from, limit) => {
      const head = await tables
        .selectFrom("heads")
        .select(["number", "hash"])
        .where("organisation", "=", organisation)
        .executeTakeFirst();
      const rows = await tables
        .selectFrom("entries")
        .selectAll()
        .where("organisation", "=", organisation)
        .where("number", ">=", BigInt(from))
        .orderBy("number")
        .limit(limit)
        .execute();
      return { total: Number(head?.number ?? 0n), head: head?.hash ?? AUDIT_START, rows };
    },
  };
}

function append({ db, random, clock }: AuditOptions, actor: OfficerActor, act: Act): Promise<number> {
  const { organisation, key, name, role } = actor;
  return db
    .transaction()
    .execute((trx) => appendWithin(trx, { organisation, officer: key, name, role }, act, { random, now: clock() }));
}

/** Who acted, as an entry names it: an officer, or the server's operator, who has no key. */
export interface Acting {
  readonly organisation: string;
  readonly officer: string;
  readonly name: string;
  readonly role: string;
}

/** Appends an entry within a transaction; returns its number. */
export async function appendWithin(
  trx: Kysely<unknown>,
  { organisation, ...acting }: Acting,
  act: Act,
  { random, now }: { readonly random: Random; readonly now: bigint },
): Promise<number> {
  const content = JSON.stringify({ at: formatInstant(now), ...acting, ...act });
  const salt = random(32);
  const contentHash = auditContentHash(salt, content);
  const tables = tablesOf<AuditTables>(trx, auditSchema);
  await tables
    .insertInto("heads")
    .values({ organisation, hash: Buffer.from(AUDIT_START) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  // Whoever appends to this chain at the same time waits here.
  const head = await tables
    .selectFrom("heads")
    .select(["number", "hash"])
    .where("organisation", "=", organisation)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const number = head.number + 1n;
  const hash = Buffer.from(auditEntryHash(head.hash, Number(number), contentHash));
  await tables
    .insertInto("entries")
    .values({
      organisation,
      number,
      recorded_at: new Date(Number(now / 1_000_000n)),
      content,
      salt: Buffer.from(salt),
      content_hash: Buffer.from(contentHash),
      hash,
    })
    .execute();
  await tables.updateTable("heads").set({ number, hash }).where("organisation", "=", organisation).execute();
  return Number(number);
}

/** Erases contents by their hashes (hexadecimal), which are as good as numbers and hold in a chain that went on elsewhere. */
export async function eraseEntries(tables: Kysely<AuditTables>, hashes: readonly string[]): Promise<number> {
  if (hashes.length === 0) return 0;
  const { numUpdatedRows } = await tables
    .updateTable("entries")
    .set({ content: null, salt: null })
    .where("content", "is not", null)
    .where(sql<boolean>`encode(content_hash, 'hex') = any (${hashes}::text[])`)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

async function anchorAll({ ledger, registrar, random }: AuditOptions, tables: Kysely<AuditTables>): Promise<number> {
  const current = ledger.current();
  if (current === undefined) return 0;
  let anchored = 0;
  for (const { organisation, number, hash } of await tables.selectFrom("heads").selectAll().execute()) {
    const found = organisationOf(current.state(), organisation)?.entry;
    if (found === undefined || BigInt(found.logEntries) >= number) continue;
    if (!bytesEqual(found.fields.registrarKey, registrar.key)) continue;
    const body = { organisation, entries: Number(number), head: new Uint8Array(hash) };
    const wire = anchorLogTransaction(current.status().chainId, body, registrar.secret, random);
    // Another server of ours may have been faster: that is as good.
    if ((await current.submit(wire)).ok) anchored += 1;
  }
  return anchored;
}
