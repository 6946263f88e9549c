/** Rows of the board, and how they come to follow the ledger. */
import { type Kysely, sql } from "kysely";
import { edgeProblem, ProblemError } from "#api/problem.js";
import { canonicalBallot } from "#archive/ledger-election.js";
import { fromBase64, toBase64, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import type { Block, Ledger } from "#ledger/ledger.js";
import { ballots, electionOf, positionOf, rollIndex } from "#protocol/election.js";
import { describe } from "#protocol/machine.js";
import type { StateReader } from "#protocol/state.js";
import type { BallotBody } from "#protocol/transactions/cast-ballot.js";
import type { VotingTables } from "./tables.js";

export type Tables = Kysely<VotingTables>;
export type VoteRow = VotingTables["votes"];

/** Body of a ballot transaction, or `undefined` for any other. */
export function ballotBodyOf(wire: Uint8Array): { readonly type: string; readonly body: BallotBody } | undefined {
  const transaction = describe(wire);
  if (transaction?.type !== "cast-ballot" && transaction?.type !== "spoil-ballot") return undefined;
  return { type: transaction.type, body: transaction.body as BallotBody };
}

/**
 * Carries one block into the tables. Depends on the block and on facts that never change once they are on the ledger (the
 * sealed election, the ballot's place in the log), so the tables can be made anew at any time.
 */
export async function projectBlock(tables: Tables, reader: StateReader, block: Block): Promise<void> {
  const rows: VoteRow[] = [];
  for (const [position, wire] of block.transactions.entries()) {
    if (block.rejections[position] !== null) continue;
    const ballot = ballotBodyOf(wire);
    if (ballot !== undefined) rows.push(rowOf(reader, block, position, ballot));
  }
  if (rows.length === 0) return;
  await insertRows(tables, rows);
  await countBlock(tables, BigInt(block.height));
}

/** State keys that {@link projectBlock} reads and that the block did not change: where each voter stands on the roll. */
export function keysOfBlock(block: Block): readonly string[] {
  return block.transactions.flatMap((wire, position) => {
    const ballot = block.rejections[position] === null ? ballotBodyOf(wire) : undefined;
    return ballot === undefined ? [] : [rollIndex.key(ballot.body.uuid, toHex(ballot.body.credential))];
  });
}

/** As one parameter: eleven for each row would cost this process more than all else that it does for the board. */
async function insertRows(tables: Tables, rows: readonly VoteRow[]): Promise<void> {
  const json = JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  await sql`insert into voting.votes select * from json_populate_recordset(null::voting.votes, ${json}::json)`.execute(
    tables,
  );
}

/**
 * The tracker (32 bytes) of a ballot that took effect. The state has it as long as it is the voter's last cast ballot;
 * otherwise it is computed, which takes a hundred times as long.
 */
export function recordedTracker(
  reader: StateReader,
  type: string,
  body: Pick<BallotBody, "uuid" | "credential" | "sequence" | "ballot">,
): Uint8Array | undefined {
  const found = electionOf(reader, body.uuid);
  const position = found && positionOf(reader, found.record.entry, body.credential);
  if (type === "cast-ballot" && position?.sequence === body.sequence && position.tracker !== null)
    return position.tracker;
  return canonicalBallot(reader, body)?.trackerBytes;
}

function rowOf(
  reader: StateReader,
  block: Block,
  position: number,
  { type, body }: NonNullable<ReturnType<typeof ballotBodyOf>>,
): VoteRow {
  const found = recordedTracker(reader, type, body);
  const recorded = found && ballots.get(reader, body.uuid, toHex(found));
  if (recorded === undefined) throw new Error(`a ballot of block ${block.height} is not in the log`);
  const { index, leaf } = recorded;
  return {
    election_id: body.uuid,
    number: index,
    kind: leaf.kind,
    tracker: toBase64(leaf.tracker),
    credential: toHex(leaf.credential),
    sequence: leaf.sequence,
    weight: leaf.weight,
    height: BigInt(block.height),
    position,
    // To the microsecond, cut off rather than rounded: never after the block.
    timestamp: formatInstant(block.time - (block.time % 1000n)) as unknown as Date,
    time_ns: block.time.toString(),
  };
}

/** Adds a block's ballots to the turnout: how many, and how many were a voter's first. */
async function countBlock(tables: Tables, height: bigint): Promise<void> {
  await sql`
    insert into voting.turnout (election_id, since, ballots, voters)
    select v.election_id, date_bin('5 minutes', v."timestamp", timestamptz 'epoch'), count(*),
      count(*) filter (where v.kind = 'cast' and not exists (
        select from voting.votes e where e.election_id = v.election_id and e.credential = v.credential
          and e.kind = 'cast' and e.number < v.number))
    from voting.votes v where v.height = ${height} group by 1, 2
    on conflict (election_id, since) do update
      set ballots = turnout.ballots + excluded.ballots, voters = turnout.voters + excluded.voters`.execute(tables);
}

/** How long a reader waits for the tables to follow the ledger before it is asked to come again. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 25;

/** Waits until the tables hold the first `count` ballots of an election. */
export async function followedUpTo(tables: Tables, uuid: string, count: number): Promise<void> {
  if (count === 0) return;
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const row = await tables
      .selectFrom("votes")
      .select("number")
      .where("election_id", "=", uuid)
      .where("number", "=", count - 1)
      .executeTakeFirst();
    if (row !== undefined) return;
    if (Date.now() > deadline) {
      const problem = edgeProblem("unavailable", "The board is being brought up to date; try again in a moment.");
      throw new ProblemError(problem, { headers: { "retry-after": "2" } });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** The row of a ballot that the state holds, by its tracker (Base64). */
export async function voteByTracker(
  tables: Tables,
  state: StateReader,
  uuid: string,
  tracker: string,
): Promise<VoteRow | undefined> {
  const recorded = ballots.get(state, uuid, toHex(fromBase64(tracker) as Uint8Array));
  if (recorded === undefined) return undefined;
  await followedUpTo(tables, uuid, recorded.index + 1);
  return tables
    .selectFrom("votes")
    .selectAll()
    .where("election_id", "=", uuid)
    .where("tracker", "=", tracker)
    .executeTakeFirst();
}

/** The transaction that a row stands for. */
export function transactionAt(ledger: Ledger, row: Pick<VoteRow, "height" | "position">): Uint8Array {
  const wire = ledger.block(Number(row.height))?.transactions[row.position];
  if (wire === undefined) throw new Error(`block ${row.height} has no transaction ${row.position}`);
  return wire;
}
