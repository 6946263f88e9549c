/**
 * Erasing what the log of officers' acts says of a person, or all that is older than it has to be kept. Content and salt go,
 * the hash stays: the chain and the heads on the ledger hold, and show that something was done then, by its place in the
 * chain, but no more what or about whom. Nobody can find out by trying contents: 32 random bytes were hashed with each.
 * SPEC 2.9
 */
import { type Kysely, sql } from "kysely";
import { toHex } from "#base/bytes.js";
import type { Random } from "#crypto/scalar.js";
import { tablesOf } from "#db/database.js";
import { appendWithin, eraseEntries } from "./audit-log.js";
import { type AuditTables, auditSchema } from "./audit-tables.js";
import type { ErasedEntries } from "./purge-list.js";

/** Which contents: those that hold one of the texts, in whatever case; without texts all that are old enough. */
export interface ErasureChoice {
  readonly texts: readonly string[] | undefined;
  readonly before: Date;
}

export interface FoundEntry {
  readonly organisation: string;
  readonly number: bigint;
  readonly recorded_at: Date;
  readonly content: string;
  readonly content_hash: Buffer;
}

/** The shortest text that is looked for: a shorter one would be found by accident. */
export const shortestText = 3;

export function findContents(db: Kysely<unknown>, { texts, before }: ErasureChoice): Promise<FoundEntry[]> {
  // Contents are JSON: what it escapes is looked for as it stands there.
  const written = texts?.map((text) => JSON.stringify(text.normalize("NFC")).slice(1, -1).toLowerCase());
  return tablesOf<AuditTables>(db, auditSchema)
    .selectFrom("entries")
    .select(["organisation", "number", "recorded_at", "content_hash"])
    .select(sql<string>`content`.as("content"))
    .where("content", "is not", null)
    .where("recorded_at", "<", before)
    .$if(written !== undefined, (query) =>
      query.where(
        sql<boolean>`exists (select from unnest(${written ?? []}::text[]) as given where strpos(lower(content), given) > 0)`,
      ),
    )
    .orderBy("organisation")
    .orderBy("number")
    .execute();
}

/**
 * Erases the contents of these entries for good, and writes into each chain that the server's operator did so, naming
 * numbers only. What was erased is on the list outside the database before it is final: no backup brings it back.
 */
export async function eraseContents(
  db: Kysely<unknown>,
  found: readonly FoundEntry[],
  { erased, random, now }: { readonly erased: ErasedEntries; readonly random: Random; readonly now: bigint },
): Promise<void> {
  const numbers = new Map<string, number[]>();
  for (const { organisation, number } of found)
    numbers.set(organisation, [...(numbers.get(organisation) ?? []), Number(number)]);
  await db.transaction().execute(async (trx) => {
    const hashes = found.map((entry) => toHex(entry.content_hash));
    await eraseEntries(tablesOf<AuditTables>(trx, auditSchema), hashes);
    for (const [organisation, entries] of numbers) {
      const acting = { organisation, officer: "", name: "", role: "operator" };
      await appendWithin(trx, acting, { act: "erase contents", about: { entries } }, { random, now });
    }
    await erased.add(hashes);
  });
}
