/** Carries blocks into the module's tables. Depends on the tables and the block alone, so they can be made anew. */
import type { Kysely } from "kysely";
import type { Block } from "#ledger/ledger.js";
import { describe } from "#protocol/machine.js";
import type { Plan } from "#protocol/plan.js";
import type { CancelElection } from "#protocol/transactions/cancel-election.js";
import type { ExtendElection } from "#protocol/transactions/extend-election.js";
import type { ManagementTables } from "./tables.js";

type Tables = Kysely<ManagementTables>;

/** Ballots have a log of their own on the board; everything else that names an election is an event of it. */
const BALLOTS: ReadonlySet<string> = new Set(["cast-ballot", "spoil-ballot"]);

export async function project(tables: Tables, block: Block): Promise<void> {
  for (const [index, wire] of block.transactions.entries()) {
    if (block.rejections[index] !== null) continue;
    const transaction = describe(wire);
    if (transaction === undefined || BALLOTS.has(transaction.type)) continue;
    const { uuid } = transaction.body as { uuid?: string };
    if (uuid === undefined) continue;
    if (transaction.type === "create-election") await announce(tables, transaction.body as Plan, block);
    else if (transaction.type === "extend-election") await extend(tables, transaction.body as ExtendElection);
    else if (transaction.type === "seal-election") await mark(tables, uuid, "sealed");
    else if (transaction.type === "cancel-election")
      await mark(tables, (transaction.body as CancelElection).uuid, "cancelled");
    await appendEvent(tables, uuid, transaction, block);
  }
}

async function announce(tables: Tables, plan: Plan, block: Block): Promise<void> {
  await tables
    .insertInto("elections")
    .values({
      id: plan.uuid,
      title: plan.name,
      start_date: dateOf(plan.opensAt),
      end_date: dateOf(plan.closesAt),
      organisation: plan.organisation,
      sitting: plan.sitting,
      opens_ns: plan.opensAt.toString(),
      closes_ns: plan.closesAt.toString(),
      mark: "announced",
      announced_height: block.height.toString(),
    })
    .execute();
}

async function extend(tables: Tables, body: ExtendElection): Promise<void> {
  await tables
    .updateTable("elections")
    .set({ end_date: dateOf(body.closesAt), closes_ns: body.closesAt.toString() })
    .where("id", "=", body.uuid)
    .execute();
}

async function mark(tables: Tables, uuid: string, word: string): Promise<void> {
  await tables.updateTable("elections").set({ mark: word }).where("id", "=", uuid).execute();
}

async function appendEvent(
  tables: Tables,
  uuid: string,
  transaction: { type: string; id: string },
  block: Block,
): Promise<void> {
  const { count } = await tables
    .selectFrom("events")
    .select(({ fn }) => fn.countAll<string>().as("count"))
    .where("election_id", "=", uuid)
    .executeTakeFirstOrThrow();
  await tables
    .insertInto("events")
    .values({
      election_id: uuid,
      number: Number(count),
      height: block.height.toString(),
      time_ns: block.time.toString(),
      type: transaction.type,
      transaction: transaction.id,
    })
    .execute();
}

/** For people and queries: to the millisecond, and never beyond what PostgreSQL and the platform can say. */
function dateOf(instant: bigint): Date {
  const latest = 253_402_300_799_999n;
  const milliseconds = instant / 1_000_000n;
  return new Date(Number(milliseconds < latest ? milliseconds : latest));
}
