/** The kernel's verdicts are the oracle's: for good ballots, for each kind of bad one, alone and among many. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { beforeAll, describe, expect, test } from "vitest";
import { bigintFromBytes, bigintToBytes, concat, toHex } from "#base/bytes.js";
import { freshSeed, verifyBatchWith } from "#crypto/batch.js";
import {
  EIGHTH,
  ORDER,
  pointFromBytes,
  pointFromTrustedAffine,
  pointToAffine,
  pointToBytes,
  pointToEighth,
} from "#crypto/group.js";
import { type Kernel, openKernel } from "#crypto/kernel/kernel.js";
import { mod, scalarToBytes } from "#crypto/scalar.js";
import { sign } from "#crypto/schnorr.js";
import { type BallotTask, ballotMessage, electionObject, judgeBallot } from "#protocol/ballot.js";
import { judgeBatch, judgeBatchBy } from "#protocol/batch.js";
import { taskOf } from "#protocol/machine.js";
import type { Plan } from "#protocol/plan.js";
import type { HomomorphicQuestion } from "#protocol/suite/belenios-v1/election.js";
import { layoutOf } from "#protocol/suite/belenios-v1/layout.js";
import { canonicalOf, decodeWire } from "#protocol/suite/belenios-v1/wire.js";
import { resignedWire } from "../../test/ballot-forge.js";
import {
  ballotWire,
  openElection,
  seededRandom,
  TestLedger,
  type TestVoter,
  trustees,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";

const QUESTIONS: Plan["questions"] = [
  { question: "?", answers: ["A", "B"], min: 0, max: 2, blank: true },
  { question: "??", answers: ["C", "D", "E"], min: 1, max: 1, blank: false },
];

let good: BallotTask[];
let voters: TestVoter[];
const builds = ["simd", "scalar"] as const;
const kernels = new Map<string, Kernel>();

beforeAll(() => {
  for (const build of builds) kernels.set(build, openKernel(build) as Kernel);
  const ledger = new TestLedger();
  voters = votersOf(5, UUID);
  openElection(ledger, trustees(1, 0), 0, voters, { questions: QUESTIONS });
  good = voters.map(
    (voter, i) =>
      taskOf(
        ledger.state,
        ballotWire(ledger, UUID, voter, [i % 2 === 0 ? [1, 0, 0] : [0, 1, 1], [0, 1, 0]]),
      ) as BallotTask,
  );
});

/** A point of order 8. */
const T8 = ed25519.Point.fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");

function changed(bytes: Uint8Array, at: number, put: Uint8Array): Uint8Array {
  const out = bytes.slice();
  out.set(put, at);
  return out;
}

function withWire(task: BallotTask, at: number, put: Uint8Array): BallotTask {
  return { ...task, wire: changed(task.wire, at, put) };
}

const identity = pointToAffine(ed25519.Point.ZERO);

/** Every kind of bad ballot, and some that look bad and are not. */
function variants(task: BallotTask): [string, BallotTask][] {
  const { wire } = task;
  const points = Array.from({ length: wire.length / 32 }, (_, i) => i).filter((i) => i * 64 + 64 <= wire.length);
  const first = pointFromTrustedAffine(wire.slice(0, 64));
  const torsion = (at: number, multiple: bigint): Uint8Array =>
    pointToAffine(pointFromTrustedAffine(wire.slice(at, at + 64)).add(T8.multiplyUnsafe(multiple)));
  const scalarAt = wire.length - 32;
  return [
    ["the neutral element as first α", withWire(task, 0, identity)],
    ["torsion in Q of α", withWire(task, 0, torsion(0, 1n))],
    ["torsion in Q of β", withWire(task, 64, torsion(64, 4n))],
    ["another α", withWire(task, 0, pointToAffine(first.add(ed25519.Point.BASE)))],
    ["a coordinate above the prime", withWire(task, 128, new Uint8Array(64).fill(255))],
    ["a point off the curve", withWire(task, 192, new Uint8Array(64).fill(3))],
    ["a scalar of q", withWire(task, scalarAt, scalarToBytes(ORDER))],
    ["a scalar of q − 1", withWire(task, scalarAt, scalarToBytes(ORDER - 1n))],
    ["a scalar of 0", withWire(task, scalarAt - 64, new Uint8Array(32))],
    ["one byte less", { ...task, wire: wire.slice(1) }],
    ["no bytes", { ...task, wire: new Uint8Array(0) }],
    ["the envelope's R off the curve", { ...task, commitment: new Uint8Array(64).fill(9) }],
    ["the envelope's R neutral", { ...task, commitment: identity }],
    ["torsion in R", { ...task, commitment: pointToAffine(pointFromTrustedAffine(task.commitment).add(T8)) }],
    ["another response", { ...task, response: scalarToBytes(5n) }],
    ["a response of q", { ...task, response: scalarToBytes(ORDER) }],
    ["a short response", { ...task, response: new Uint8Array(31) }],
    ["a neutral credential", { ...task, enrolled: false, credential: pointToBytes(ed25519.Point.ZERO) }],
    ["a credential off the curve", { ...task, enrolled: false, credential: new Uint8Array(32).fill(2) }],
    ["another sequence", { ...task, sequence: task.sequence + 1 }],
    ["a longer sequence", { ...task, sequence: 1000 }],
    ["another chain", { ...task, chainId: "other" }],
    ["another type", { ...task, type: "spoil-ballot" }],
    ["another uuid", { ...task, uuid: "other" }],
    ...[1n, 2n, 4n].map((multiple): [string, BallotTask] => {
      const key = pointFromBytes(task.credential) as InstanceType<typeof ed25519.Point>;
      return [
        `torsion in the credential: ${multiple}`,
        { ...task, enrolled: false, credential: key.add(T8.multiplyUnsafe(multiple)).toBytes() },
      ];
    }),
    [
      "one response changed by a bit",
      withWire(task, scalarAt - 32, Uint8Array.of((wire[scalarAt - 32] as number) ^ 1)),
    ],
    ...points.slice(4, 40).flatMap((i): [string, BallotTask][] => {
      const at = 64 * i;
      // Only true points: behind them scalars begin.
      try {
        const q = ed25519.Point.fromAffine(pointFromTrustedAffine(wire.slice(at, at + 64)).toAffine());
        q.assertValidity();
        return i % 5 === 0
          ? [[`commitment ${i} moved`, withWire(task, at, pointToAffine(q.add(ed25519.Point.BASE)))]]
          : ([[`torsion in Q of ${i}`, withWire(task, at, pointToAffine(q.add(T8)))]].slice(0, i % 7 === 0 ? 1 : 0) as [
              string,
              BallotTask,
            ][]);
      } catch {
        return [];
      }
    }),
  ];
}

/**
 * A ballot whose owner moved the commitment of the ballot's own signature by g^error, everything else answered honestly:
 * exactly one equation (number 1) does not hold.
 */
function withError(voter: TestVoter, task: BallotTask, error: bigint): BallotTask {
  const election = electionObject(task.electionText);
  const { secret, key } = voter.credential;
  const nonce = 12345n;
  const moved = ed25519.Point.BASE.multiplyUnsafe(mod((nonce + error) * EIGHTH));
  const at = wirePoints(task) * 64 - 64;
  const first = decodeWire(changed(task.wire, at, pointToAffine(moved)), election, key);
  if (!first.ok) throw new Error(first.error.detail);
  const response = scalarToBytes(mod(nonce - first.value.signature.proof.challenge * secret));
  const wire = changed(changed(task.wire, at, pointToAffine(moved)), task.wire.length - 32, response);
  return enveloped(voter, { ...task, wire });
}

function wirePoints(task: BallotTask): number {
  const questions = electionObject(task.electionText).questions as readonly HomomorphicQuestion[];
  return layoutOf(questions).pointCount;
}

/** The same wire ballot under an envelope that holds. */
function enveloped(voter: TestVoter, task: BallotTask): BallotTask {
  const decoded = decodeWire(task.wire, electionObject(task.electionText), voter.credential.key);
  if (!decoded.ok) throw new Error(decoded.error.detail);
  const { trackerBytes } = canonicalOf(decoded.value);
  const message = ballotMessage(task.type, task.uuid, task.credential, task.sequence, trackerBytes);
  const random = seededRandom("envelope");
  const signature = sign({ tag: "cast", chainId: task.chainId }, voter.credential.secret, message, random);
  return { ...task, commitment: pointToEighth(signature.commitment), response: scalarToBytes(signature.response) };
}

/** The coefficient that a known seed gives equation `number` of the batch. */
function coefficientOf(seed: Uint8Array, number: number): bigint {
  const counter = bigintToBytes(BigInt(Math.floor(number / 4)), 8).reverse();
  const block = sha512(concat(seed, counter));
  return bigintFromBytes(block.slice(16 * (number % 4), 16 * (number % 4) + 16).reverse());
}

describe.each(builds)("%s", (build) => {
  test("good ballots hold, with the oracle's tracker and ciphertexts", () => {
    const verdicts = judgeBatch(good, kernels.get(build) as Kernel, seededRandom("batch"));
    expect(verdicts.map((verdict) => verdict.ok)).toEqual(good.map(() => true));
    expect(verdicts).toEqual(good.map(judgeBallot));
  });

  test("C-18: every kind of bad ballot gets the oracle's code and detail, and spoils no other verdict", () => {
    const all = variants(good[0] as BallotTask);
    const tasks = [...good, ...all.map(([, task]) => task), ...good];
    const verdicts = judgeBatch(tasks, kernels.get(build) as Kernel, seededRandom("batch"));
    for (const [i, [name, task]] of all.entries())
      expect({ name, verdict: verdicts[good.length + i] }).toEqual({ name, verdict: judgeBallot(task) });
    for (let i = 0; i < good.length; i++) expect([verdicts[i]?.ok, verdicts.at(-1 - i)?.ok]).toEqual([true, true]);
  });

  test("C-18: faults behind an envelope that holds: each kind of position, torsion included", () => {
    const kernel = kernels.get(build) as Kernel;
    const [voter, task] = [voters[0] as TestVoter, good[0] as BallotTask];
    const count = wirePoints(task);
    const bad = Array.from({ length: count }, (_, i) => {
      const q = pointFromTrustedAffine(task.wire.slice(64 * i, 64 * i + 64));
      const moved = withWire(task, 64 * i, pointToAffine(q.add(ed25519.Point.BASE)));
      if (i === count - 1) return enveloped(voter, moved);
      const wire = resignedWire(moved.wire, task.electionText, voter.credential, seededRandom("resigned"));
      return enveloped(voter, { ...moved, wire });
    });
    const neutral = enveloped(voter, withWire(task, 0, identity));
    // P = 8·Q does not feel torsion: an envelope over the same tracker stays good.
    const torsioned = enveloped(
      voter,
      withWire(task, 0, pointToAffine(pointFromTrustedAffine(task.wire.slice(0, 64)).add(T8))),
    );
    const tasks = [...bad, neutral, torsioned, ...good];
    const verdicts = judgeBatch(tasks, kernel, seededRandom("batch"));
    expect(verdicts).toEqual(tasks.map(judgeBallot));
    expect(new Set(verdicts.slice(0, count).map((verdict) => (verdict.ok ? "ok" : verdict.error.code)))).toEqual(
      new Set(["bad-proof", "bad-ballot-signature"]),
    );
    expect(verdicts[count + 1]?.ok).toBe(true);
  });

  test("C-18: errors that cancel under equal or known coefficients pass there, and never with fresh ones", () => {
    const kernel = kernels.get(build) as Kernel;
    const seed = new Uint8Array(64).fill(7);
    const per =
      2 +
      2 *
        layoutOf(electionObject((good[0] as BallotTask).electionText).questions as readonly HomomorphicQuestion[])
          .branchCount;
    const known = (number: number): bigint => coefficientOf(seed, number);
    const [one, two] = [known(1), known(per + 1)];
    const first = withError(voters[0] as TestVoter, good[0] as BallotTask, two);
    const second = withError(voters[1] as TestVoter, good[1] as BallotTask, mod(-one));
    const pair = [first, second];
    expect(pair.map((task) => judgeBallot(task).ok)).toEqual([false, false]);
    const foreseen = judgeBatchBy(pair, kernel, (batch) => verifyBatchWith(kernel, batch, () => seed));
    expect(foreseen.map((verdict) => verdict.ok)).toEqual([true, true]);
    const equal = [
      withError(voters[0] as TestVoter, good[0] as BallotTask, 1n),
      withError(voters[1] as TestVoter, good[1] as BallotTask, ORDER - 1n),
    ];
    for (const tasks of [pair, equal]) {
      for (let i = 0; i < 10; i++) {
        const verdicts = judgeBatch([...tasks, ...good], kernel, seededRandom(`fresh ${i}`));
        expect(verdicts.map((verdict) => verdict.ok)).toEqual([false, false, ...good.map(() => true)]);
      }
    }
  });

  test("the seed depends on every byte of the batch and on the fresh bytes", () => {
    const kernel = kernels.get(build) as Kernel;
    const digests = new Set<string>();
    const seeds = new Set<string>();
    const hear = (tasks: readonly BallotTask[], fill = 1): void => {
      judgeBatchBy(tasks, kernel, (batch) =>
        verifyBatchWith(kernel, batch, (digest) => {
          digests.add(toHex(digest));
          const seed = freshSeed(batch, (length) => new Uint8Array(length).fill(fill))(digest);
          seeds.add(toHex(seed));
          return seed;
        }),
      );
    };
    hear(good);
    hear(good);
    expect(digests.size).toBe(1);
    hear([...good].reverse());
    hear(good.slice(1));
    hear([withWire(good[0] as BallotTask, 70, Uint8Array.of(1)), ...good.slice(1)]);
    hear([{ ...(good[0] as BallotTask), response: scalarToBytes(1n) }, ...good.slice(1)]);
    expect([digests.size, seeds.size]).toEqual([5, 5]);
    hear(good, 2);
    expect([digests.size, seeds.size]).toEqual([5, 6]);
  });

  test("one bad ballot anywhere in a larger batch is found, at the borders of chunks too", () => {
    const kernel = kernels.get(build) as Kernel;
    const many = Array.from({ length: 150 }, (_, i) => good[i % good.length] as BallotTask);
    const bad = withError(voters[0] as TestVoter, good[0] as BallotTask, 1n);
    for (const places of [[0], [149], [31, 32], [64, 65, 66, 67], [7, 70, 140]]) {
      const tasks = many.map((task, i) => (places.includes(i) ? bad : task));
      const verdicts = judgeBatch(tasks, kernel, seededRandom("places"));
      expect(verdicts.flatMap((verdict, i) => (verdict.ok ? [] : [i]))).toEqual(places);
    }
  });

  test("L-15: a batch in which every ballot is bad is judged as such, each by itself", () => {
    const kernel = kernels.get(build) as Kernel;
    const bad = withError(voters[0] as TestVoter, good[0] as BallotTask, 1n);
    const verdicts = judgeBatch(
      Array.from({ length: 80 }, () => bad),
      kernel,
      seededRandom("all"),
    );
    expect(new Set(verdicts.map((verdict) => (verdict.ok ? "ok" : verdict.error.code)))).toEqual(
      new Set(["bad-ballot-signature"]),
    );
  });
});
