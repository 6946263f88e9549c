import { beforeAll, expect, test } from "vitest";
import { bytesEqual, concat, toBase64, toHex } from "#base/bytes.js";
import { describe } from "#protocol/machine.js";
import type { BallotBody } from "#protocol/transactions/cast-ballot.js";
import { verifyArchive } from "#verify/archive.js";
import { verifyRecord } from "#verify/record.js";
import { judgeArchive } from "../../test/belenios-tool.js";
import { capability } from "../../test/capabilities.js";
import { type TestVoter, trustees, UUID } from "../../test/protocol-kit.js";
import { type Life, RecordedLedger, wholeLife } from "../../test/record-kit.js";
import { readRecords } from "./container.js";
import { archiveOf, archivePartsOf, canonicalBallot, effectiveRoll } from "./ledger-election.js";

let ledger: RecordedLedger;
let life: Life;
let archive: Uint8Array;

function* castBodies(): Generator<BallotBody> {
  for (const wire of ledger.blocks.flatMap((block) => block.transactions)) {
    const { type, body } = describe(wire) as { type: string; body: BallotBody };
    if (type === "cast-ballot") yield body;
  }
}

beforeAll(async () => {
  ledger = new RecordedLedger("archive");
  // One mandatory trustee and two of three others; weights, blank votes, a revote, a spoiled ballot, two re-issues.
  life = wholeLife(ledger, trustees(1, 3), 2, [3, 0, 1]);
  const parts: Uint8Array[] = [];
  for await (const part of archiveOf(ledger.state, UUID, castBodies())) parts.push(part);
  archive = concat(...parts);
});

test("the effective roll has one credential for each voter: the one in force", () => {
  const roll = effectiveRoll(ledger.state, ledger.entry(UUID)).map(({ key }) => toHex(key));
  const [, , , replaced, , kept] = life.voters.map((voter) => toHex(voter.bytes)) as string[];
  expect(roll).toHaveLength(life.voters.length);
  expect(new Set(roll).size).toBe(roll.length);
  expect(roll).not.toContain(replaced);
  expect(roll).toContain(toHex(life.stranger.bytes));
  expect(roll).toContain(kept);
  expect(roll).not.toContain(toHex(life.late.bytes));
  const weights = effectiveRoll(ledger.state, ledger.entry(UUID));
  const issued = weights.find(({ key }) => bytesEqual(key, life.stranger.bytes));
  expect(issued?.weight).toBe((life.voters[3] as TestVoter).weight);
});

test("the archive holds every cast ballot and no spoiled one", () => {
  const texts: string[] = [];
  for (const record of readRecords([archive])) if (record.ok) texts.push(Buffer.from(record.value.body).toString());
  const ballots = texts.filter((text) => text.startsWith('{"election_uuid"'));
  expect(ballots).toEqual([...castBodies()].map((body) => canonicalBallot(ledger.state, body)?.text));
  expect(texts.join("")).not.toContain(toBase64(life.spoiled));
});

test("our own strict verifier accepts it, too, and finds the same result", () => {
  const report = verifyArchive(archive);
  expect([report.verdict, report.checks.filter((check) => check.status !== "pass").map(({ id }) => id)]).toEqual([
    "valid",
    ["credentials-certificate"],
  ]);
  expect(report.result).toEqual(verifyRecord(ledger.record()).elections[0]?.result);
});

test("there is no archive before the result", () => {
  const young = new RecordedLedger("young");
  expect(archivePartsOf(young.state, UUID)).toBeUndefined();
});

test.skipIf(!capability("belenios-tool"))("belenios-tool accepts the archive and each of its ballots", () => {
  expect(judgeArchive(archive, UUID)).toEqual({
    accepted: true,
    words: [expect.stringContaining("all checks passed")],
    ballots: 7,
  });
});

test.skipIf(!capability("belenios-tool"))(
  "belenios-tool refuses the archive with a count changed, so its word means something",
  () => {
    const at = Buffer.from(archive).indexOf('{"result":[[');
    const changed = archive.slice();
    changed[at + 12] = (changed[at + 12] as number) ^ 1;
    expect(judgeArchive(changed, UUID).accepted).toBe(false);
  },
);
