import { beforeAll, expect, test } from "vitest";
import { bytesEqual } from "#base/bytes.js";
import { addCiphertexts } from "#crypto/elgamal.js";
import { GENERATOR, type Point, pointFromTrustedAffine, pointToText } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { mod } from "#crypto/scalar.js";
import {
  announce,
  approved,
  ballotWire,
  base58,
  HOUR,
  MINUTE,
  openElection,
  planOf,
  shareWire,
  signed,
  TestLedger,
  toDecryption,
  trustees,
  UUID,
  votersOf,
} from "../../../test/protocol-kit.js";
import { plainVerdicts } from "../ballot.js";
import { type ElectionResult, resultShape, results, sealeds, stageOf, tallies } from "../election.js";
import { encode } from "../encoding/shape.js";
import { apply, describe as read } from "../machine.js";
import type { RejectionCode } from "../rejections.js";
import { envelopeSecret } from "../suite/belenios-v1/ceremony.js";
import {
  type PartialDecryption,
  partialDecryptionFromText,
  partialDecryptionToText,
} from "../suite/belenios-v1/decryption.js";
import { encryptedTallyOf } from "../tally.js";
import { shareOf } from "../trustee.js";
import { cancelElection } from "./cancel-election.js";
import { type ShareBody, shareDecryption } from "./share-decryption.js";

/** Owner 1 is mandatory, 2 to 4 are the members, 2 of whom are needed. */
const SPECS = trustees(1, 3);
const code = (owner: number): string => SPECS[owner - 1]?.code as string;

const QUESTIONS = [
  { question: "Shall the bridge be built?", answers: ["Yes", "No"], min: 1, max: 1, blank: false },
  { question: "Who shall build it?", answers: ["A", "B", "C"], min: 0, max: 2, blank: true },
];

/** With weights 3, 3, 1, 1 in the order of the roll; the last voter changed her mind. */
const BALLOTS = [
  [
    [1, 0],
    [0, 1, 1, 0],
  ],
  [
    [1, 0],
    [1, 0, 0, 0],
  ],
  [
    [0, 1],
    [0, 0, 0, 1],
  ],
  [
    [1, 0],
    [0, 0, 0, 0],
  ],
];
const COUNTS = [
  [6, 2],
  [3, 3, 3, 1],
];

let atClose: TestLedger;

beforeAll(() => {
  const ledger = new TestLedger();
  const voters = votersOf(4, UUID, []).map((voter, i) => ({ ...voter, weight: i < 2 ? 3 : 1 }));
  openElection(ledger, SPECS, 2, voters, { questions: QUESTIONS });
  for (const [i, voter] of voters.entries()) ledger.must(ballotWire(ledger, UUID, voter, BALLOTS[i] as number[][]));
  ledger.must(
    ballotWire(
      ledger,
      UUID,
      voters[3] as (typeof voters)[number],
      [
        [0, 1],
        [0, 0, 0, 0],
      ],
      2,
    ),
  );
  toDecryption(ledger, UUID);
  atClose = ledger;
});

const honest: Uint8Array[] = [];

/** The owner's honest share of the election at `atClose`, made once. */
function share(owner: number): Uint8Array {
  honest[owner] ??= shareWire(atClose, UUID, code(owner));
  return honest[owner];
}

function resultAfter(owners: readonly number[]): { ledger: TestLedger; result: ElectionResult | undefined } {
  const ledger = atClose.fork();
  for (const owner of owners) ledger.must(share(owner));
  return { ledger, result: results.get(ledger.state, UUID) };
}

function bodyOf(wire: Uint8Array): ShareBody {
  return read(wire)?.body as ShareBody;
}

/** The owner's share with its object changed, signed by the owner (or by another). */
function changed(
  owner: number,
  change: (partial: PartialDecryption) => PartialDecryption | string,
  by = owner,
): Uint8Array {
  const body = bodyOf(share(owner));
  const partial = partialDecryptionFromText(body.share);
  if (!partial.ok) throw new Error(partial.error.reason);
  const made = change(partial.value);
  return signedShare({ ...body, share: typeof made === "string" ? made : partialDecryptionToText(made) }, by);
}

function signedShare(body: ShareBody, by: number): Uint8Array {
  return signed(shareDecryption, body, "trustee", envelopeSecret(code(by), "test-chain", body.uuid));
}

/** One factor or proof replaced. */
function replaced<T>(rows: readonly (readonly T[])[], change: (value: T) => T): T[][] {
  return rows.map((row, i) => row.map((value, j) => (i === 1 && j === 2 ? change(value) : value)));
}

test("K-05: the mandatory trustee and any 2 of 3 members, in any order, open the same result", () => {
  for (const owners of [
    [1, 2, 3],
    [4, 1, 2],
    [4, 3, 1],
  ]) {
    const { ledger, result } = resultAfter(owners);
    expect(result?.counts).toEqual(COUNTS);
    expect(result?.text).toBe(`{"result":${JSON.stringify(COUNTS)}}`);
    expect(result?.owners).toEqual([...owners].sort());
    const entry = ledger.entry(UUID);
    expect([entry.mark, entry.shares]).toEqual(["tallied", 3]);
    expect(bytesEqual(entry.resultHash as Uint8Array, sha256(encode(resultShape, result as ElectionResult)))).toBe(
      true,
    );
  }
});

test("K-05: one share too few opens nothing; without the mandatory trustee no number of members does", () => {
  for (const owners of [
    [1, 2],
    [2, 3, 4],
  ]) {
    const { ledger, result } = resultAfter(owners);
    expect(result).toBeUndefined();
    expect(ledger.entry(UUID).mark).toBe("sealed");
    expect(ledger.entry(UUID).resultHash).toBeNull();
  }
  const { result } = resultAfter([4, 3, 2, 1]);
  expect(result?.counts).toEqual(COUNTS);
  expect(result?.owners).toEqual([1, 2, 3]);
});

test("K-06: a garbage share is refused, its owner named, and the others open the right result", () => {
  const ledger = atClose.fork();
  const garbage = changed(2, ({ factors, proofs }) => ({
    factors: replaced(factors, (factor) => factor.add(GENERATOR)),
    proofs,
  }));
  const applied = apply(ledger.state, { time: ledger.time, transactions: [garbage] }, plainVerdicts);
  expect(applied.rejections[0]).toEqual({ code: "bad-factor", detail: "owner 2: bad-proof at question 2, choice 3" });
  expect(applied.changes.size).toBe(0);
  for (const owner of [1, 3, 4]) ledger.must(share(owner));
  expect(results.get(ledger.state, UUID)?.counts).toEqual(COUNTS);
});

test("K-08: a share of one election does not open another with the same trustees", () => {
  const ledger = new TestLedger();
  const other = base58("other election", 14);
  const voters = votersOf(2, other);
  openElection(ledger, SPECS, 2, voters, { uuid: other, questions: QUESTIONS });
  for (const voter of voters)
    ledger.must(
      ballotWire(ledger, other, voter, [
        [1, 0],
        [0, 1, 0, 0],
      ]),
    );
  toDecryption(ledger, other);
  const body = { ...bodyOf(share(2)), uuid: other };
  expect(ledger.send(signedShare(body, 2))).toBe("bad-factor");
  const carried = signed(shareDecryption, body, "trustee", envelopeSecret(code(2), "test-chain", UUID));
  expect(ledger.send(carried)).toBe("bad-signature");
});

test("C-13: a share of another sum, or under another trustee's key, is refused", () => {
  const ledger = atClose.fork();
  const view = { chainId: "test-chain", uuid: UUID, ceremony: ledger.ceremony(UUID) };
  const tally = encryptedTallyOf(QUESTIONS, tallies.get(ledger.state, UUID)?.sums as Uint8Array[]);
  const other = tally.map((row) => row.map((each) => addCiphertexts(each, each)));
  const wrong = shareOf(code(2), view, sealeds.get(ledger.state, UUID)?.fingerprint as string, other, ledger.random);
  if (!wrong.ok) throw new Error(wrong.error.detail);
  expect(ledger.send(wrong.value.wire)).toBe("bad-factor");
  const borrowed = { ...bodyOf(share(2)), owner: 3 };
  expect(ledger.send(signedShare(borrowed, 3))).toBe("bad-factor");
});

test("K-08: a share of the very same sum, proved for another election, is refused", () => {
  const ledger = atClose.fork();
  const view = { chainId: "test-chain", uuid: UUID, ceremony: ledger.ceremony(UUID) };
  const tally = encryptedTallyOf(QUESTIONS, tallies.get(ledger.state, UUID)?.sums as Uint8Array[]);
  const phi = shareOf(code(2), view, "A".repeat(43), tally, ledger.random);
  expect(phi.ok && ledger.send(phi.value.wire)).toBe("bad-factor");
});

/** y = −1: the point of order 2. */
const TORSION: Point = pointFromTrustedAffine(
  Uint8Array.from({ length: 64 }, (_, i) => (i < 32 ? 0 : i === 32 ? 0xec : i === 63 ? 0x7f : 0xff)),
);

/** Each row: what is sent, the code it is refused with, and how it is made. */
const REFUSALS: readonly (readonly [
  string,
  RejectionCode,
  () => { readonly ledger: TestLedger; readonly wire: Uint8Array },
])[] = [
  [
    "an election that does not exist",
    "unknown-election",
    () => sent(signedShare({ ...bodyOf(share(1)), uuid: "1".repeat(14) }, 1)),
  ],
  [
    "an election that was cancelled",
    "ended",
    () => unsealed((ledger) => ledger.must(approved(cancelElection, { uuid: UUID, reason: "x" }))),
  ],
  ["an election that lapsed", "ended", () => unsealed((ledger) => (ledger.time += 2n * HOUR))],
  ["before the seal", "wrong-stage", () => unsealed(() => undefined)],
  ["while it is open", "wrong-stage", () => moved((ledger) => ledger.entry(UUID).closesAt - 1n)],
  ["when it is tallied", "wrong-stage", () => ({ ledger: resultAfter([1, 2, 3]).ledger, wire: share(4) })],
  ["within the objection period", "too-early", () => moved((ledger) => ledger.entry(UUID).closesAt + MINUTE - 1n)],
  ["after the deadline", "too-late", () => moved((ledger) => ledger.entry(UUID).closesAt + MINUTE + HOUR)],
  ["with fewer ballots than the privacy floor", "not-decrypted", withheld],
  ["an owner that does not exist", "unknown-trustee", () => sent(signedShare({ ...bodyOf(share(1)), owner: 5 }, 1))],
  ["a share once more", "already-done", () => ({ ledger: resultAfter([1]).ledger, wire: share(1) })],
  ["another trustee's signature", "bad-signature", () => sent(changed(2, (partial) => partial, 3))],
  ["no object", "bad-factor", () => sent(changed(2, () => "{}"))],
  ["C-07: a factor outside the subgroup", "bad-factor", () => sent(changed(2, torsioned))],
  [
    "a factor of another exponent",
    "bad-factor",
    () =>
      sent(changed(2, ({ factors, proofs }) => ({ factors: replaced(factors, (factor) => factor.double()), proofs }))),
  ],
  [
    "a proof with another challenge",
    "bad-factor",
    () =>
      sent(
        changed(2, ({ factors, proofs }) => ({
          factors,
          proofs: replaced(proofs, (proof) => ({ ...proof, challenge: mod(proof.challenge + 1n) })),
        })),
      ),
  ],
  [
    "a proof with another response",
    "bad-factor",
    () =>
      sent(
        changed(2, ({ factors, proofs }) => ({
          factors,
          proofs: replaced(proofs, (proof) => ({ ...proof, response: mod(proof.response + 1n) })),
        })),
      ),
  ],
  [
    "a question too few",
    "bad-factor",
    () => sent(changed(2, ({ factors, proofs }) => ({ factors: factors.slice(1), proofs: proofs.slice(1) }))),
  ],
];

test.each(REFUSALS)("refused: %s (%s)", (_name, expected, make) => {
  const { ledger, wire } = make();
  const applied = apply(ledger.state, { time: ledger.time, transactions: [wire] }, plainVerdicts);
  expect(applied.rejections.map((rejection) => rejection?.code)).toEqual([expected]);
  expect(applied.changes.size).toBe(0);
  expect(ledger.send(wire)).toBe(expected);
});

test("C-07: a factor outside the subgroup is refused where it is read, whatever its proof", () => {
  const { ledger, wire } = sent(changed(2, torsioned));
  const applied = apply(ledger.state, { time: ledger.time, transactions: [wire] }, plainVerdicts);
  expect(applied.rejections[0]?.detail).toMatch(/^owner 2: decryption_factors/);
});

test("shares are accepted from the first to the last nanosecond of their time", () => {
  for (const after of [MINUTE, MINUTE + HOUR - 1n]) {
    const { ledger, wire } = moved((each) => each.entry(UUID).closesAt + after);
    expect(ledger.send(wire)).toBe("ok");
  }
});

test("too few shares by the deadline leave the election undecided", () => {
  const { ledger } = resultAfter([1, 2]);
  ledger.time = ledger.entry(UUID).closesAt + MINUTE + HOUR;
  expect(stageOf(ledger.entry(UUID), ledger.plan(UUID), ledger.time)).toBe("undecided");
});

function sent(wire: Uint8Array) {
  return { ledger: atClose.fork(), wire };
}

/** An honest share at another time. */
function moved(time: (ledger: TestLedger) => bigint) {
  const ledger = atClose.fork();
  const wire = share(2);
  ledger.time = time(ledger);
  return { ledger, wire };
}

function unsealed(happen: (ledger: TestLedger) => unknown) {
  const ledger = new TestLedger();
  announce(ledger, planOf(SPECS, 2));
  happen(ledger);
  return { ledger, wire: share(2) };
}

function withheld() {
  const ledger = new TestLedger();
  const voters = votersOf(2);
  openElection(ledger, SPECS, 2, voters);
  ledger.must(ballotWire(ledger, UUID, voters[0] as (typeof voters)[number], [[1, 0]]));
  toDecryption(ledger, UUID);
  return { ledger, wire: share(2) };
}

function torsioned(partial: PartialDecryption): string {
  const factor = partial.factors[0]?.[0] as Point;
  return partialDecryptionToText(partial).replace(pointToText(factor), pointToText(factor.add(TORSION)));
}
