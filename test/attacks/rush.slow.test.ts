/** The last moments before the close: more ballots at once than the queue takes, and some that come too late. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromBase64Url, toHex } from "#base/bytes.js";
import { describe } from "#protocol/machine.js";
import { openElection, type TestVoter, trustees, UUID, votersOf } from "../protocol-kit.js";
import { type Board, ballotFor, startBoard, voteJson } from "../voting-kit.js";

const VOTERS = 150;
const QUEUE = 40;
let board: Board;
let voters: readonly TestVoter[];

beforeAll(async () => {
  board = await startBoard({ engine: { maxWaiting: QUEUE, gatherMs: 20 } });
  voters = votersOf(VOTERS + 1);
  openElection(board.memory, trustees(1, 0), 0, voters);
  await board.perform();
  await board.begin();
});

afterAll(async () => board?.close());

function ballotsOnLedger(): Set<string> {
  const found = new Set<string>();
  for (let height = 1; height <= board.ledger.status().height; height++)
    for (const wire of board.ledger.block(height)?.transactions ?? []) {
      const { ballot } = (describe(wire)?.body ?? {}) as { ballot?: Uint8Array };
      if (ballot !== undefined) found.add(toHex(ballot));
    }
  return found;
}

test("O-11: in a rush everybody is told yes or no at once; a yes is on the ledger, a no can be sent again, and late is late", async () => {
  const bodies = voters.slice(0, VOTERS).map((voter) => voteJson(voter, ballotFor(board, voter, [[1, 0]])));
  let waiting = [...bodies];
  let refused = 0;
  for (let round = 0; waiting.length > 0; round++) {
    expect(round, "the rush comes to an end").toBeLessThan(VOTERS);
    const answers = await Promise.all(waiting.map((body) => board.post("/vote", body)));
    const on = ballotsOnLedger();
    for (const [i, { status, body, headers }] of answers.entries()) {
      expect([201, 503]).toContain(status);
      const { ballot } = waiting[i] as (typeof bodies)[number];
      const isOn = on.has(toHex(fromBase64Url(ballot) as Uint8Array));
      expect(isOn, "exactly those who heard yes are on the ledger").toBe(status === 201);
      if (status !== 503) continue;
      refused++;
      expect(body.code).toBe("overloaded");
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    }
    waiting = waiting.filter((_, i) => answers[i]?.status === 503);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(refused, "the queue was full").toBeGreaterThan(0);
  expect(ballotsOnLedger().size).toBe(VOTERS);
  const late = voteJson(voters[VOTERS] as TestVoter, ballotFor(board, voters[VOTERS] as TestVoter, [[1, 0]]));
  board.time = board.memory.entry(UUID).closesAt;
  expect(await board.post("/vote", late)).toMatchObject({ body: { code: "closed" } });
  expect(ballotsOnLedger().size).toBe(VOTERS);
});
