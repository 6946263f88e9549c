/** The module over HTTP: what a voter, an observer and another program see. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { parseInstant } from "#api/instant.js";
import { pathOfTracker } from "#api/values.js";
import {
  blockSchema,
  blocksSchema,
  boardBallotSchema,
  boardSchema,
  credentialStateSchema,
  genesisSchema,
  ledgerStatusSchema,
  manifestSchema,
  rollSchema,
  turnoutSchema,
} from "#api/voting.js";
import { fromBase64, fromBase64Url, toBase64Url, toHex } from "#base/bytes.js";
import { dropModule, migrate } from "#db/migrations.js";
import { sealeds } from "#protocol/election.js";
import { mismatchTransaction } from "#protocol/voter.js";
import { verifyArchive } from "#verify/archive.js";
import {
  judgeCredentialReceipt,
  judgeElectionReceipt,
  judgeReceipt,
  type Receipt,
  type ReceiptTrust,
} from "#verify/receipt.js";
import { verifyRecord } from "#verify/record.js";
import { judgeArchive } from "../../test/belenios-tool.js";
import { capability } from "../../test/capabilities.js";
import {
  openElection,
  shareWire,
  type TestVoter,
  toDecryption,
  trustees,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";
import { type Board, ballotFor, startBoard, voteJson, voteJsonText } from "../../test/voting-kit.js";
import { votingMigrations } from "./tables.js";

let board: Board;
let voters: TestVoter[];
let trust: ReceiptTrust;
const specs = trustees(1, 2);
const YES = [[1, 0]];
const NO = [[0, 1]];
const BLANK = [[0, 0]];

beforeAll(async () => {
  board = await startBoard();
  voters = votersOf(8);
  openElection(board.memory, specs, 1, voters);
  await board.perform();
  const { chainId, engineKey } = board.ledger.genesis();
  const { electionText, fingerprint } = sealeds.get(board.ledger.state(), UUID) as {
    electionText: string;
    fingerprint: string;
  };
  trust = { chainId, engineKey, uuid: UUID, electionText, fingerprint };
});

afterAll(async () => {
  await board.close();
});

const voter = (i: number): TestVoter => voters[i] as TestVoter;

function receiptOf(json: {
  chain_id: string;
  height: number;
  time: string;
  proof: string;
  header: string;
  evidence: string;
}): Receipt {
  const time = parseInstant(json.time);
  if (!time.ok) throw new Error(time.error);
  const [proof, header, evidence] = [json.proof, json.header, json.evidence].map(
    (each) => fromBase64Url(each) as Uint8Array,
  ) as [Uint8Array, Uint8Array, Uint8Array];
  return { chainId: json.chain_id, height: json.height, time: time.value, proof, header, evidence };
}

test("a ballot is cast as wire bytes, and its receipt proves it", async () => {
  const ballot = ballotFor(board, voter(0), YES);
  const answer = await board.post("/vote", voteJson(voter(0), ballot));
  expect([answer.status, answer.body.tracker, answer.body.status]).toEqual([201, ballot.tracker, "recorded"]);
  expect(answer.headers["set-cookie"]).toBeUndefined();
  expect(answer.headers["cache-control"]).toBe("no-store");
  const expected = {
    tracker: ballot.trackerBytes,
    credential: voter(0).bytes,
    sequence: 1,
    kind: "cast",
    ballotText: ballot.text,
  } as const;
  expect(judgeReceipt(receiptOf(answer.body.receipt), trust, expected).shows?.status).toBe("counted");
});

test("the same ballot again, in either form, gets the same place and counts once", async () => {
  const ballot = ballotFor(board, voter(1), NO);
  const first = await board.post("/vote", voteJsonText(ballot));
  expect([first.status, first.body.tracker]).toEqual([201, ballot.tracker]);
  const counted = (await board.get(`/elections/${UUID}/turnout`)).body.counted;
  for (const body of [voteJsonText(ballot), voteJson(voter(1), ballot)]) {
    const again = await board.post("/vote", body);
    expect([again.status, again.body.tracker, again.body.height]).toEqual([200, ballot.tracker, first.body.height]);
    expect(judgeReceipt(receiptOf(again.body.receipt), trust, { tracker: ballot.trackerBytes }).shows?.status).toBe(
      "counted",
    );
  }
  expect((await board.get(`/elections/${UUID}/turnout`)).body.counted).toBe(counted);
});

test("H-15: fifty identical casts at once are one ballot and fifty equal receipts", async () => {
  const body = voteJson(voter(2), ballotFor(board, voter(2), YES));
  const before = board.ledger.status().height;
  const answers = await Promise.all(Array.from({ length: 50 }, () => board.post("/vote", body)));
  expect(new Set(answers.map((each) => each.status))).toEqual(new Set([200, 201]));
  expect(answers.filter((each) => each.status === 201)).toHaveLength(1);
  expect(new Set(answers.map((each) => JSON.stringify(each.body))).size).toBe(1);
  // The ledger makes blocks of its own accord, too, where a time is due.
  const { height } = board.ledger.status();
  const since = Array.from(
    { length: height - before },
    (_, i) => board.ledger.block(before + 1 + i)?.transactions ?? [],
  );
  expect(since.flat()).toHaveLength(1);
});

test("T-10: after a revote the old tracker is superseded by the new one, never counted", async () => {
  const [first, second] = [ballotFor(board, voter(3), YES, 1), ballotFor(board, voter(3), NO, 2)];
  const early = await board.post("/vote", voteJson(voter(3), first));
  await board.post("/vote", voteJson(voter(3), second));
  const old = await board.get(`/elections/${UUID}/ballots/${pathOfTracker(first.tracker)}`);
  expect(old.body).toMatchObject({
    status: "superseded",
    superseded_by: second.tracker,
    ballot: first.text,
    sequence: 1,
  });
  expect(judgeReceipt(receiptOf(old.body.receipt), trust, { tracker: first.trackerBytes }).shows?.status).toBe(
    "superseded",
  );
  // What was proved at its time stays true of that time.
  expect(judgeReceipt(receiptOf(early.body.receipt), trust, { tracker: first.trackerBytes }).shows?.status).toBe(
    "counted",
  );
  const present = await board.get(`/elections/${UUID}/ballots/${pathOfTracker(second.tracker)}`);
  expect(present.body).toMatchObject({ status: "counted", superseded_by: null });
  const { body } = await board.get(`/elections/${UUID}/ballots?limit=1000`);
  const statuses = new Map(
    body.ballots.map((each: { tracker: string; status: string }) => [each.tracker, each.status]),
  );
  expect([statuses.get(first.tracker), statuses.get(second.tracker)]).toEqual(["superseded", "counted"]);
});

test("T-14: a ballot without any mark stands on the board and in the turnout", async () => {
  const before = (await board.get(`/elections/${UUID}/turnout`)).body;
  const ballot = ballotFor(board, voter(4), BLANK);
  expect((await board.post("/vote", voteJson(voter(4), ballot))).status).toBe(201);
  const after = (await board.get(`/elections/${UUID}/turnout`)).body;
  expect(after.counted).toBe(before.counted + 1);
  const { body } = await board.get(`/elections/${UUID}/ballots?limit=1000`);
  expect(body.ballots.at(-1)).toMatchObject({ tracker: ballot.tracker, status: "counted" });
});

test("T-11: two voters with the same choice have two trackers, each of exactly one credential", async () => {
  const trackers = [0, 2].map(async (i) => {
    const { body } = await board.get(`/elections/${UUID}/credentials/${toHex(voter(i).bytes)}`);
    const found = await board.get(`/elections/${UUID}/ballots/${pathOfTracker(body.tracker)}`);
    expect(found.body.credential).toBe(toHex(voter(i).bytes));
    return body.tracker as string;
  });
  expect(new Set(await Promise.all(trackers)).size).toBe(2);
});

test("a test of the device is recorded as spoiled and does not count", async () => {
  const ballot = ballotFor(board, voter(5), YES, 1, "spoil-ballot");
  const before = (await board.get(`/elections/${UUID}/turnout`)).body;
  expect((await board.post("/vote", voteJson(voter(5), ballot))).status).toBe(201);
  const after = (await board.get(`/elections/${UUID}/turnout`)).body;
  expect([after.counted, after.spoiled]).toEqual([before.counted, before.spoiled + 1]);
  const repeated = await board.post("/vote", voteJsonText(ballot));
  expect(repeated.status).toBe(200);
  const found = await board.get(`/elections/${UUID}/ballots/${pathOfTracker(ballot.tracker)}`);
  expect(found.body).toMatchObject({ status: "spoiled", kind: "spoiled", superseded_by: null });
});

test("a credential's state comes with its proof, on the roll or not", async () => {
  const { body } = await board.get(`/elections/${UUID}/credentials/${toHex(voter(3).bytes)}`);
  expect(body).toMatchObject({ on_roll: true, last_sequence: 2, status: "valid", weight: 1, max_casts: 5 });
  const judged = judgeCredentialReceipt(receiptOf(body.receipt), trust, voter(3).bytes);
  expect(judged.shows).toMatchObject({ status: "counted", lastSequence: 2 });
  const nobody = await board.get(`/elections/${UUID}/credentials/${"11".repeat(32)}`);
  expect(nobody.body).toMatchObject({ on_roll: false, status: "not-on-roll", receipt: null, last_sequence: 0 });
});

test("roll and board come page by page, in order and complete", async () => {
  for (const [path, list, key] of [
    ["roll", "entries", "credential"],
    ["ballots", "ballots", "tracker"],
  ] as const) {
    const seen: string[] = [];
    for (let after = ""; ; ) {
      const { body } = await board.get(`/elections/${UUID}/${path}?limit=3${after}`);
      seen.push(...body[list].map((each: Record<string, string>) => each[key]));
      if (body.next === null) {
        expect(seen).toHaveLength(body.count);
        break;
      }
      after = `&after=${body.next}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    if (path === "roll") expect(seen).toEqual(voters.map((each) => toHex(each.bytes)));
  }
});

test("turnout adds up over its intervals", async () => {
  for (const interval of ["5m", "1h", "1d"]) {
    const { body } = await board.get(`/elections/${UUID}/turnout?interval=${interval}`);
    const sum = (key: string) =>
      body.intervals.reduce((total: number, each: Record<string, number>) => total + (each[key] ?? 0), 0);
    expect([sum("voters"), sum("ballots")]).toEqual([body.counted, body.ballots]);
  }
});

test("the manifest comes with its proof", async () => {
  const { body } = await board.get(`/elections/${UUID}/manifest`);
  expect([body.election, body.fingerprint]).toEqual([trust.electionText, trust.fingerprint]);
  expect(judgeElectionReceipt(receiptOf(body.receipt), trust).report.verdict).toBe("valid");
});

test("the ledger's own pages: status, genesis, blocks", async () => {
  const { height, root } = board.ledger.status();
  const status = (await board.get("/ledger/status")).body;
  expect(status).toMatchObject({ chain_id: trust.chainId, height, root: toHex(root), practice: false });
  expect((await board.get("/ledger/genesis")).body.hash).toBe(status.genesis_hash);
  const block = await board.get(`/ledger/blocks/${height}`);
  expect(block.headers["cache-control"]).toContain("immutable");
  expect(block.body.transactions[0]).toMatchObject({ type: "spoil-ballot", rejection: null });
  const page = (await board.get(`/ledger/blocks?from=${height - 1}&limit=1`)).body;
  expect([page.blocks.length, page.next]).toEqual([1, height]);
  const missing = await board.get(`/ledger/blocks/${height + 1}`);
  expect([missing.status, missing.body.code]).toEqual([404, "not-found"]);
});

test("answers are kept per version and confirmed without work", async () => {
  for (const path of [
    `/elections/${UUID}/ballots`,
    `/elections/${UUID}/turnout`,
    "/ledger/status",
    `/elections/${UUID}/manifest`,
  ]) {
    const first = await board.get(path);
    board.outcomes.length = 0;
    expect((await board.get(path)).bytes).toEqual(first.bytes);
    const confirmed = await board.get(path, { "if-none-match": first.headers.etag as string });
    expect([confirmed.status, confirmed.bytes.length]).toEqual([304, 0]);
    expect(board.outcomes).toEqual(["hit", "not-modified"]);
  }
});

test("a transaction of another kind goes the same way, and is idempotent", async () => {
  const { body } = await board.get(`/elections/${UUID}/ballots?limit=1000`);
  const spoiled = body.ballots.find((each: { kind: string }) => each.kind === "spoiled").tracker as string;
  const tracker = fromBase64(spoiled) as Uint8Array;
  const wire = mismatchTransaction(
    trust.chainId,
    { uuid: UUID, tracker, kind: "other-choice" },
    voter(5).credential,
    board.memory.random,
  );
  const first = await board.post("/transactions", { transaction: toBase64Url(wire) });
  expect(first.status).toBe(201);
  const again = await board.post("/transactions", { transaction: toBase64Url(wire) });
  expect(again.body).toEqual(first.body);
  expect((await board.get(`/elections/${UUID}/turnout`)).body.mismatches).toBe(1);
  const garbage = await board.post("/transactions", { transaction: "AAAA" });
  expect([garbage.status, garbage.body.code]).toEqual([400, "malformed"]);
});

test("L-21: dropped tables come back the same from the ledger", async () => {
  const rows = async () => [
    await board.tables.selectFrom("votes").selectAll().orderBy("number").execute(),
    await board.tables.selectFrom("turnout").selectAll().orderBy("since").execute(),
  ];
  const before = await rows();
  expect(before[0]?.length).toBeGreaterThan(6);
  await dropModule(board.database.db, "voting");
  await migrate(board.database.db, [votingMigrations]);
  for (let height = 1; height <= board.ledger.status().height; height++) {
    const block = board.ledger.block(height);
    if (block !== undefined) await board.database.db.transaction().execute((trx) => board.module.project(trx, block));
  }
  expect(await rows()).toEqual(before);
});

test("every answer has the form that the API describes", async () => {
  const tracker = (await board.get(`/elections/${UUID}/ballots?limit=1`)).body.ballots[0].tracker as string;
  const answers: [string, z.ZodType][] = [
    [`/elections/${UUID}/credentials/${toHex(voter(0).bytes)}`, credentialStateSchema],
    [`/elections/${UUID}/roll`, rollSchema],
    [`/elections/${UUID}/ballots`, boardSchema],
    [`/elections/${UUID}/ballots/${pathOfTracker(tracker)}`, boardBallotSchema],
    [`/elections/${UUID}/turnout`, turnoutSchema],
    [`/elections/${UUID}/manifest`, manifestSchema],
    ["/ledger/status", ledgerStatusSchema],
    ["/ledger/genesis", genesisSchema],
    ["/ledger/blocks?from=3&limit=5", blocksSchema],
    ["/ledger/blocks/1", blockSchema],
  ];
  for (const [path, schema] of answers) {
    const { status, body } = await board.get(path);
    expect([path, status, schema.safeParse(body).error?.issues]).toEqual([path, 200, undefined]);
  }
});

test("no row joins a person to a ballot, nor holds a choice", async () => {
  const [row] = await board.tables.selectFrom("votes").selectAll().limit(1).execute();
  expect(Object.keys(row ?? {}).sort()).toEqual([
    "credential",
    "election_id",
    "height",
    "kind",
    "number",
    "position",
    "sequence",
    "time_ns",
    "timestamp",
    "tracker",
    "weight",
  ]);
});

test("after the count the record verifies, and independent tools accept the archive", async () => {
  const early = await board.get(`/elections/${UUID}/archive.bel`);
  expect([early.status, early.body.code]).toEqual([404, "not-found"]);
  const turnout = (await board.get(`/elections/${UUID}/turnout`)).body;
  board.recall();
  toDecryption(board.memory, UUID);
  for (const i of [0, 2]) {
    board.time = board.memory.time;
    const wire = shareWire(board.memory, UUID, (specs[i] as { code: string }).code);
    const sent = await board.post("/transactions", { transaction: toBase64Url(wire) });
    expect([sent.status, sent.body]).toEqual([201, expect.anything()]);
    board.recall();
  }
  const record = await board.get(`/elections/${UUID}/record`);
  expect(record.headers["content-disposition"]).toContain(`${UUID}.psephos`);
  const report = verifyRecord(record.bytes);
  expect(report.verdict).toBe("valid");
  expect(report.elections[0]).toMatchObject({ stage: "tallied", result: [{ answers: [{ count: 2 }, { count: 2 }] }] });
  const archive = await board.get(`/elections/${UUID}/archive.bel`);
  expect(archive.status).toBe(200);
  const judged = verifyArchive(archive.bytes);
  expect(judged.checks.filter((check) => check.status === "fail")).toEqual([]);
  expect(judged).toMatchObject({ verdict: "valid", result: report.elections[0]?.result });
  if (capability("belenios-tool"))
    expect(judgeArchive(archive.bytes, UUID)).toEqual({
      accepted: true,
      words: [expect.stringContaining("all checks passed")],
      ballots: turnout.ballots - turnout.spoiled,
    });
});
