/** Rows of the attack catalogue that are a matter of the machine as a whole: ballots and tally (T), administration (E). */
import { beforeEach, expect, test } from "vitest";
import { bytesEqual, toHex } from "#base/bytes.js";
import { pointToEighth } from "#crypto/group.js";
import { leafHash } from "#crypto/merkle.js";
import { envelopedWire } from "../../test/ballot-forge.js";
import {
  announce,
  approved,
  ballotWire,
  base58,
  CHAIN_ID,
  enterVoters,
  openElection,
  planOf,
  REGISTRAR,
  runCeremony,
  sealNow,
  seededRandom,
  shareWire,
  signed,
  TestLedger,
  type TestVoter,
  toDecryption,
  trustees,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";
import { type BallotTask, electionObject, plainVerdicts } from "./ballot.js";
import { ballots, results, sealeds } from "./election.js";
import { apply, check, describe, taskOf } from "./machine.js";
import type { Plan } from "./plan.js";
import { judgeBallotProof, judgePosition, positionStatus, proveBallot, provePosition } from "./proof.js";
import { ballotFromText } from "./suite/belenios-v1/ballot.js";
import { checkOpening } from "./suite/belenios-v1/seal.js";
import type { BallotBody } from "./transactions/cast-ballot.js";
import { enterRoll } from "./transactions/enter-roll.js";
import { extendElection } from "./transactions/extend-election.js";
import { reissueCredential } from "./transactions/reissue-credential.js";
import { finishBallot, mismatchTransaction, prepareBallot } from "./voter.js";

const SPECS = trustees(1, 0);
const YES = [[1, 0]];
const NO = [[0, 1]];
const VOTERS = votersOf(4);
const [alice, bob, carol] = VOTERS as [TestVoter, TestVoter, TestVoter];
let ledger: TestLedger;
let plan: Plan;

beforeEach(() => {
  ledger = new TestLedger();
  plan = openElection(ledger, SPECS, 0, VOTERS);
});

const ballotOf = (wire: Uint8Array): Uint8Array => (describe(wire) as { body: BallotBody }).body.ballot;
const text = (uuid = UUID): string => sealeds.get(ledger.state, uuid)?.electionText as string;
const parts = (who: TestVoter, sequence: number, uuid = UUID) =>
  ({
    type: "cast-ballot",
    chainId: CHAIN_ID,
    uuid,
    electionText: text(uuid),
    credential: who.credential,
    sequence,
  }) as const;

function count(): readonly (readonly number[])[] | undefined {
  toDecryption(ledger, UUID);
  ledger.must(shareWire(ledger, UUID, SPECS[0]?.code as string));
  return results.get(ledger.state, UUID)?.counts;
}

test("T-01, T-02: a copied ballot, as it is or rearranged, changes no tally", () => {
  const wire = ballotWire(ledger, UUID, alice, YES);
  ledger.must(wire);
  ledger.must(ballotWire(ledger, UUID, bob, NO));
  const stolen = ballotOf(wire);
  expect(ledger.send(envelopedWire(parts(carol, 1), stolen, seededRandom("copy")))).toBe("bad-ballot-signature");
  const turned = new Uint8Array(stolen);
  turned.set(stolen.subarray(128, 256), 0);
  turned.set(stolen.subarray(0, 128), 128);
  expect(ledger.send(envelopedWire(parts(carol, 1), turned, seededRandom("turn")))).toBe("bad-ballot-signature");
  expect(count()).toEqual([[1, 1]]);
});

test("T-03, T-04: a ballot made for other words, or another election with the same questions, is refused", () => {
  const later = new TestLedger("other");
  openElection(later, SPECS, 0, VOTERS, { description: "Shall the bridge be built of gold?" });
  // The same ledger, credential and key; one word of the description differs, so the manifest and φ do.
  expect(ledger.send(ballotWire(later, UUID, alice, YES))).toBe("bad-signature");
  const foreign = ballotOf(ballotWire(later, UUID, alice, YES));
  expect(ledger.send(envelopedWire(parts(alice, 1), foreign, seededRandom("words")))).toBe("bad-ballot-signature");
  // In another election of the ledger a voter has another credential, so its ballots are not even on this roll.
  const others = votersOf(4, base58("the other election", 14));
  expect(others.some((each) => VOTERS.some((voter) => bytesEqual(voter.bytes, each.bytes)))).toBe(false);
});

test("T-08, L-11: what was accepted once is never accepted again, in the same block or later", () => {
  const first = ballotWire(ledger, UUID, alice, YES, 1);
  const second = ballotWire(ledger, UUID, alice, NO, 2);
  expect(ledger.block(first, first).rejections.map((each) => each?.code)).toEqual([undefined, "stale-sequence"]);
  ledger.must(second);
  for (let i = 0; i < 3; i++) expect(ledger.send(first)).toBe("stale-sequence");
  ledger.must(ballotWire(ledger, UUID, bob, YES));
  expect(count()).toEqual([[1, 1]]);
});

test("T-09: a proposer who reorders revotes changes nothing: only the number inside the signature decides", () => {
  const [one, two, three] = [
    ballotWire(ledger, UUID, alice, YES, 1),
    ballotWire(ledger, UUID, alice, NO, 2),
    ballotWire(ledger, UUID, alice, YES, 3),
  ];
  const codes = ledger.block(three, one, two).rejections.map((each) => each?.code);
  expect(codes).toEqual([undefined, "stale-sequence", "stale-sequence"]);
  expect(provePosition(ledger.state, UUID, alice.bytes)?.position.sequence).toBe(3);
  // Block times may stand still; order of numbers still decides.
  ledger.must(ballotWire(ledger, UUID, bob, NO, 4));
  expect(count()).toEqual([[1, 1]]);
});

test("T-10: of three ballots of one voter exactly the last looks counted, the others superseded", () => {
  for (const [sequence, choice] of [
    [1, YES],
    [2, NO],
    [3, YES],
  ] as const)
    ledger.must(ballotWire(ledger, UUID, alice, choice, sequence));
  const root = ledger.block().root;
  const statuses = [...ledger.state.entries.keys()]
    .filter((key) => key.startsWith(`ballot/${UUID}/`))
    .map((key) => ballots.get(ledger.state, UUID, key.split("/")[2] as string))
    .map((ballot) => {
      const proof = proveBallot(ledger.state, UUID, ballot?.leaf.tracker as Uint8Array);
      const judged = proof && judgeBallotProof(proof, root);
      return judged?.ok ? [judged.value.leaf.sequence, judged.value.status] : undefined;
    })
    .sort();
  expect(statuses).toEqual([
    [1, "superseded"],
    [2, "superseded"],
    [3, "counted"],
  ]);
});

test("proofs: every part altered, the verdict is no", () => {
  ledger.must(ballotWire(ledger, UUID, alice, YES));
  ledger.must(ballotWire(ledger, UUID, bob, YES));
  const root = ledger.block().root;
  const position = provePosition(ledger.state, UUID, alice.bytes);
  if (position === undefined) throw new Error("on the roll");
  const { election } = position;
  const altered = [
    { ...position, position: { ...position.position, tracker: null } },
    { ...position, position: { ...position.position, weight: 2 } },
    { ...position, position: { ...position.position, index: position.position.index + 1 } },
    { ...position, path: position.path.slice(1) },
    { ...position, election: { ...election, entry: { ...election.entry, counted: 3 } } },
    { ...position, election: { ...election, entry: { ...election.entry, rollCount: 5 } } },
    { ...position, election: { ...election, directory: { ...election.directory, index: 0 } } },
  ];
  expect(judgePosition(position, root).ok).toBe(true);
  expect(judgePosition(position, leafHash(root)).ok).toBe(false);
  for (const each of altered) expect(judgePosition(each, root).ok).toBe(false);
  const ballot = proveBallot(ledger.state, UUID, position.position.tracker as Uint8Array);
  if (ballot === undefined) throw new Error("in the log");
  const bobs = provePosition(ledger.state, UUID, bob.bytes);
  expect(judgeBallotProof(ballot, root)).toMatchObject({ value: { status: "counted" } });
  expect(judgeBallotProof({ ...ballot, leaf: { ...ballot.leaf, kind: "spoiled" } }, root)).toEqual({
    ok: false,
    error: "not-in-ballot-log",
  });
  expect(judgeBallotProof({ ...ballot, index: 1 - ballot.index }, root).ok).toBe(false);
  // Bob's true position beside alice's true ballot does not make it superseded.
  const mixed = { ...ballot, position: bobs?.position ?? ballot.position, positionPath: bobs?.path ?? [] };
  expect(judgeBallotProof(mixed, root)).toEqual({ ok: false, error: "parts-disagree" });
});

test("OEV-5-2b: who did not vote gets a proof that nobody voted with the credential", () => {
  ledger.must(ballotWire(ledger, UUID, alice, YES));
  const root = ledger.block().root;
  const proof = provePosition(ledger.state, UUID, carol.bytes);
  const judged = proof && judgePosition(proof, root);
  expect(judged?.ok && positionStatus(judged.value.position, ledger.time)).toBe("never-used");
  // A credential that is replaced is so from the first nanosecond of its replacement on.
  const replacedFrom = ledger.time + 10n;
  const replaced = { ...(proof as NonNullable<typeof proof>).position, replacedFrom };
  const statuses = [replacedFrom - 1n, replacedFrom].map((time) => positionStatus(replaced, time));
  expect(statuses).toEqual(["never-used", "replaced"]);
  expect(provePosition(ledger.state, UUID, new Uint8Array(32))).toBeUndefined();
});

test("T-12: the documented maximum of weight is entered and counted; one more is refused", () => {
  const other = new TestLedger("heavy");
  announce(other, planOf(SPECS, 0));
  runCeremony(
    other,
    UUID,
    SPECS.map((spec) => spec.code),
  );
  const heavy = VOTERS.map((voter, i) => ({ ...voter, weight: i < 2 ? 4_999_999 : 1 }));
  const entries = (last: number) =>
    heavy.map(({ credential, weight }, i) => ({
      eighth: pointToEighth(credential.key),
      weight: i === 3 ? last : weight,
    }));
  const send = (last: number): string =>
    other.send(signed(enterRoll, { uuid: UUID, start: 0, entries: entries(last) }, "registrar", REGISTRAR.secret));
  expect(send(2)).toBe("roll-limit");
  expect(send(1)).toBe("ok");
});

test("T-14: blank ballots and ballots without a mark are on the board and in the turnout", () => {
  const other = new TestLedger("blank");
  const questions = [{ question: "Who?", answers: ["A", "B"], min: 0, max: 1, blank: true }];
  openElection(other, SPECS, 0, VOTERS, { questions });
  other.must(ballotWire(other, UUID, alice, [[1, 0, 0]]));
  other.must(ballotWire(other, UUID, bob, [[0, 0, 0]]));
  expect(other.entry(UUID)).toMatchObject({ counted: 2, ballotCount: 2 });
  toDecryption(other, UUID);
  other.must(shareWire(other, UUID, SPECS[0]?.code as string));
  expect(results.get(other.state, UUID)?.counts).toEqual([[1, 0, 0]]);
});

test("E-04: opening and closing to the nanosecond, by block time alone", () => {
  const fresh = new TestLedger("nanoseconds");
  const { opensAt, closesAt } = openElection(fresh, SPECS, 0, VOTERS);
  const wire = ballotWire(fresh, UUID, alice, YES);
  const at = (time: bigint): string => check(fresh.state, time, wire, plainVerdicts)?.code ?? "ok";
  expect([at(opensAt - 1n), at(opensAt), at(closesAt - 1n), at(closesAt)]).toEqual([
    "not-yet-open",
    "ok",
    "ok",
    "closed",
  ]);
});

test("E-03, E-05: an extension before the end holds to the nanosecond; afterwards nothing opens the election again", () => {
  const longer = plan.rules.latestClose;
  ledger.time = plan.closesAt - 1n;
  expect(ledger.block(approved(extendElection, { uuid: UUID, closesAt: longer })).rejections).toEqual([null]);
  const wire = ballotWire(ledger, UUID, alice, YES);
  const at = (time: bigint): string => check(ledger.state, time, wire, plainVerdicts)?.code ?? "ok";
  expect([at(plan.closesAt), at(longer - 1n), at(longer)]).toEqual(["ok", "ok", "closed"]);
  ledger.time = longer;
  expect(ledger.send(approved(extendElection, { uuid: UUID, closesAt: longer + 1n }))).toBe("too-late");
});

test("R-13: a re-issue waits; a cast by the old credential meanwhile voids it, a test does not", () => {
  const spare = votersOf(6).filter((each) => !VOTERS.some((voter) => bytesEqual(voter.bytes, each.bytes)));
  const [one, two] = spare as [TestVoter, TestVoter];
  const reissue = (old: TestVoter, fresh: TestVoter): string =>
    ledger.send(
      approved(reissueCredential, { uuid: UUID, old: old.bytes, credential: pointToEighth(fresh.credential.key) }),
    );
  expect(reissue(alice, one)).toBe("ok");
  expect(reissue(bob, two)).toBe("ok");
  expect(ledger.send(ballotWire(ledger, UUID, one, YES))).toBe("too-early");
  expect(ledger.send(ballotWire(ledger, UUID, alice, YES))).toBe("ok");
  expect(ledger.send(ballotWire(ledger, UUID, bob, YES, 1, "spoil-ballot"))).toBe("ok");
  ledger.time += plan.rules.reissueDelay;
  expect(ledger.send(ballotWire(ledger, UUID, one, NO))).toBe("credential-revoked");
  expect(ledger.send(ballotWire(ledger, UUID, alice, NO, 2))).toBe("ok");
  expect(ledger.send(ballotWire(ledger, UUID, bob, YES, 2))).toBe("credential-revoked");
  expect(ledger.send(ballotWire(ledger, UUID, two, YES))).toBe("ok");
  expect(ledger.entry(UUID)).toMatchObject({ counted: 2, countedWeight: 2, reissued: 2, rollCount: 6, rollWeight: 4 });
  expect(count()).toEqual([[1, 1]]);
});

test("R-05: who stood only on a roll that was replaced is not on the one that is sealed", () => {
  const other = new TestLedger("replaced");
  const codes = SPECS.map((spec) => spec.code);
  announce(other, planOf(SPECS, 0));
  runCeremony(other, UUID, codes);
  enterVoters(other, UUID, VOTERS);
  // Without the first: every credential moves, and the last place is empty now.
  enterVoters(other, UUID, VOTERS.slice(1));
  sealNow(other, UUID);
  other.time = plan.opensAt;
  expect(other.entry(UUID)).toMatchObject({ rollCount: 3, rollWeight: 3 });
  expect(other.send(ballotWire(other, UUID, alice, YES))).toBe("not-on-roll");
  expect(provePosition(other.state, UUID, alice.bytes)).toBeUndefined();
  for (const voter of VOTERS.slice(1)) expect(other.send(ballotWire(other, UUID, voter, YES))).toBe("ok");
  // Without the last: its place lies beyond the roll.
  const shorter = new TestLedger("shorter");
  announce(shorter, planOf(SPECS, 0));
  runCeremony(shorter, UUID, codes);
  enterVoters(shorter, UUID, VOTERS);
  enterVoters(shorter, UUID, VOTERS.slice(0, 3));
  sealNow(shorter, UUID);
  shorter.time = plan.opensAt;
  expect(shorter.send(ballotWire(shorter, UUID, VOTERS[3] as TestVoter, YES))).toBe("not-on-roll");
  expect(provePosition(shorter.state, UUID, (VOTERS[3] as TestVoter).bytes)).toBeUndefined();
});

test("L-14, L-15, L-16: no proof is looked at for who is not on the roll, repeats, or exceeds the limit", () => {
  const wire = ballotWire(ledger, UUID, alice, YES);
  expect(taskOf(ledger.state, wire)).not.toBeNull();
  ledger.must(wire);
  expect(taskOf(ledger.state, wire)).toBeNull();
  const ballot = ballotOf(wire);
  const stranger = votersOf(9).find(
    (each) => !VOTERS.some((voter) => bytesEqual(voter.bytes, each.bytes)),
  ) as TestVoter;
  expect(taskOf(ledger.state, envelopedWire(parts(stranger, 1), ballot, seededRandom("s")))).toBeNull();
  expect(taskOf(ledger.state, envelopedWire(parts(alice, 6), ballot, seededRandom("s")))).toBeNull();
  let asked = 0;
  const verdicts = {
    ballot: (task: BallotTask) => {
      asked++;
      return plainVerdicts.ballot(task);
    },
  };
  apply(
    ledger.state,
    { time: ledger.time, transactions: [wire, envelopedWire(parts(stranger, 1), ballot, seededRandom("s"))] },
    verdicts,
  );
  expect(asked).toBe(0);
});

test("the voter's own side: prepared, tested, opened on a second device, reported, then cast", () => {
  const random = seededRandom("booth");
  const election = { chainId: CHAIN_ID, uuid: UUID, electionText: text() };
  const prepared = prepareBallot(election, alice.credential, YES, random);
  if (!prepared.ok) throw new Error(prepared.error.detail);
  const test = finishBallot("spoil-ballot", election, alice.credential, 1, prepared.value, random);
  ledger.must(test.transaction);
  expect(ballots.get(ledger.state, UUID, toHex(test.trackerBytes))?.leaf.kind).toBe("spoiled");
  const read = ballotFromText(test.text);
  if (!read.ok) throw new Error(read.error.reason);
  expect(checkOpening(electionObject(election.electionText), read.value, YES, test.randomness)).toBe(true);
  expect(checkOpening(electionObject(election.electionText), read.value, NO, test.randomness)).toBe(false);
  const report = { uuid: UUID, tracker: test.trackerBytes, kind: "not-opened" } as const;
  expect(ledger.send(mismatchTransaction(CHAIN_ID, report, bob.credential, random))).toBe("bad-signature");
  expect(ledger.send(mismatchTransaction(CHAIN_ID, report, alice.credential, random))).toBe("ok");
  expect(ledger.send(mismatchTransaction(CHAIN_ID, report, alice.credential, random))).toBe("already-done");
  const again = prepareBallot(election, alice.credential, YES, random);
  if (!again.ok) throw new Error(again.error.detail);
  expect(again.value.tracker).not.toBe(prepared.value.tracker);
  ledger.must(finishBallot("cast-ballot", election, alice.credential, 2, again.value, random).transaction);
  expect(prepareBallot(election, alice.credential, [[1, 1]], random)).toMatchObject({ ok: false });
});
