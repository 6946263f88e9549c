/** What organisations say of voters: pending, approved, rejected, suspended. */
import { refuse } from "#api/problem.js";
import type { VoterStatus } from "#api/registration.js";
import { type Context, registryOf, type Tables } from "./context.js";
import { letterTo } from "./letters.js";

const byMerit: readonly VoterStatus[] = ["approved", "pending", "suspended", "rejected"];

/** The best that any organisation says; `pending` when none says anything. */
export async function bestStatus(tables: Tables, voterId: string): Promise<VoterStatus> {
  const rows = await tables.selectFrom("standings").select("status").where("voter_id", "=", voterId).execute();
  return byMerit.find((status) => rows.some((row) => row.status === status)) ?? "pending";
}

/**
 * Changes what the officer's organisation says of a voter and writes to the voter when that is news. A voter of whom
 * this organisation says nothing does not exist for its officers (row H-02).
 */
export async function setStanding(
  context: Context,
  organisation: string,
  voterId: string,
  status: Exclude<VoterStatus, "pending">,
): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    const before = await tables
      .selectFrom("standings")
      .innerJoin("voters", "voters.id", "standings.voter_id")
      .select(["standings.status", "voters.name", "voters.mailbox", "voters.language"])
      .where("voter_id", "=", voterId)
      .where("organisation", "=", organisation)
      .forUpdate("standings")
      .executeTakeFirst();
    if (before === undefined) refuse("not-found", "There is no such voter.");
    if (before.status === status) return;
    await tables
      .updateTable("standings")
      .set({ status })
      .where("voter_id", "=", voterId)
      .where("organisation", "=", organisation)
      .execute();
    await context.mail.queue(trx, [letterTo(context, before, (letters, values) => letters[status](values))]);
  });
}
