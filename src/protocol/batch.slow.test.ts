/**
 * Adversarial batches of the size that blocks have: one bad ballot among 2,048, at each kind of position, at each place
 * where the batch is cut; errors that would cancel. Every verdict is the oracle's, every other ballot stays good.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, test } from "vitest";
import { concat } from "#base/bytes.js";
import { EIGHTH, ORDER, pointFromTrustedAffine, pointToAffine, pointToEighth } from "#crypto/group.js";
import { type Kernel, openKernel } from "#crypto/kernel/kernel.js";
import { mod, scalarToBytes } from "#crypto/scalar.js";
import { sign } from "#crypto/schnorr.js";
import { type BallotTask, type BallotVerdict, ballotMessage, electionObject, judgeBallot } from "#protocol/ballot.js";
import { judgeBatch } from "#protocol/batch.js";
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
  trustees,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";

const SIZE = 2048;
/** Borders of decoding steps and of the halves that a search makes, and the ends. */
const PLACES = [0, 3, 4, 31, 32, 63, 511, 512, 1023, 1024, 1025, 2015, 2016, 2047];
const QUESTIONS: Plan["questions"] = [{ question: "?", answers: ["Yes", "No"], min: 0, max: 1, blank: true }];
const G = ed25519.Point.BASE;
const T8 = ed25519.Point.fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");

const ledger = new TestLedger();
const voters = votersOf(4, UUID);
openElection(ledger, trustees(1, 0), 0, voters, { questions: QUESTIONS });
const good = voters.map(
  (voter, i) => taskOf(ledger.state, ballotWire(ledger, UUID, voter, [i % 2 ? [0, 1, 0] : [1, 0, 0]])) as BallotTask,
);
const [voter, first] = [voters[0], good[0]] as [(typeof voters)[number], BallotTask];
const points = layoutOf(electionObject(first.electionText).questions as readonly HomomorphicQuestion[]).pointCount;

function changed(bytes: Uint8Array, at: number, put: Uint8Array): Uint8Array {
  const out = bytes.slice();
  out.set(put, at);
  return out;
}

/** The wire ballot under an envelope of its owner's that holds. */
function enveloped(who: (typeof voters)[number], task: BallotTask): BallotTask {
  const decoded = decodeWire(task.wire, electionObject(task.electionText), who.credential.key);
  if (!decoded.ok) throw new Error(decoded.error.detail);
  const { trackerBytes } = canonicalOf(decoded.value);
  const message = ballotMessage(task.type, task.uuid, task.credential, task.sequence, trackerBytes);
  const signature = sign(
    { tag: "cast", chainId: task.chainId },
    who.credential.secret,
    message,
    seededRandom("envelope"),
  );
  return { ...task, commitment: pointToEighth(signature.commitment), response: scalarToBytes(signature.response) };
}

/** The commitment of the ballot's own signature moved by g^error; all other equations hold. */
function withError(who: (typeof voters)[number], task: BallotTask, error: bigint): BallotTask {
  const nonce = 12345n;
  const at = 64 * (points - 1);
  const wire = changed(task.wire, at, pointToAffine(G.multiplyUnsafe(mod((nonce + error) * EIGHTH))));
  const decoded = decodeWire(wire, electionObject(task.electionText), who.credential.key);
  if (!decoded.ok) throw new Error(decoded.error.detail);
  const response = mod(nonce - decoded.value.signature.proof.challenge * who.credential.secret);
  return enveloped(who, { ...task, wire: changed(wire, wire.length - 32, scalarToBytes(response)) });
}

/** Each point of the ballot and each scalar changed: behind signatures that hold where that is possible, and not. */
function badBallots(): [string, BallotTask][] {
  const { wire } = first;
  const moved = (i: number, by: typeof G): BallotTask => {
    const q = pointFromTrustedAffine(wire.slice(64 * i, 64 * i + 64));
    return { ...first, wire: changed(wire, 64 * i, pointToAffine(q.add(by))) };
  };
  const owned = Array.from({ length: points }, (_, i): [string, BallotTask] => {
    const task = moved(i, G);
    const signed = resignedWire(task.wire, task.electionText, voter.credential, seededRandom("resigned"));
    return [`point ${i}, signed again`, enveloped(voter, i === points - 1 ? task : { ...task, wire: signed })];
  });
  const foreign = Array.from({ length: points }, (_, i): [string, BallotTask] => [`point ${i}`, moved(i, G)]);
  const scalars = Array.from({ length: (wire.length - 64 * points) / 32 }, (_, i): [string, BallotTask] => {
    const at = 64 * points + 32 * i + 31;
    return [`scalar ${i}`, { ...first, wire: changed(wire, at, Uint8Array.of((wire[at] as number) ^ 1)) }];
  });
  const key = voter.credential.key;
  return [
    ...owned,
    ...foreign,
    ...scalars,
    ["the envelope's R", { ...first, commitment: pointToAffine(pointFromTrustedAffine(first.commitment).add(G)) }],
    ["the envelope's response", { ...first, response: scalarToBytes(7n) }],
    ["torsion in the credential", { ...first, enrolled: false, credential: key.add(T8).toBytes() }],
    ["another's credential", { ...first, credential: (good[1] as BallotTask).credential }],
    ["a point off the curve", { ...first, wire: changed(wire, 64, new Uint8Array(64).fill(3)) }],
    ["a scalar of q", { ...first, wire: changed(wire, wire.length - 32, scalarToBytes(ORDER)) }],
  ];
}

/** Verdicts of a batch that is good but for what `put` says, by place. */
function judged(kernel: Kernel, put: ReadonlyMap<number, BallotTask>, seed: string): BallotVerdict[] {
  const tasks = Array.from({ length: SIZE }, (_, i) => put.get(i) ?? (good[i % good.length] as BallotTask));
  return judgeBatch(tasks, kernel, seededRandom(seed));
}

function refused(verdicts: readonly BallotVerdict[]): number[] {
  return verdicts.flatMap((verdict, i) => (verdict.ok ? [] : [i]));
}

describe.each(["simd", "scalar"] as const)("%s", (build) => {
  const kernel = openKernel(build) as Kernel;
  const bad = badBallots().filter((_, i) => build === "simd" || i % 9 === 0);

  test.each(bad)("C-18: one bad ballot among 2,048: %s", { timeout: 60_000 }, (name, task) => {
    const at = PLACES[bad.findIndex(([each]) => each === name) % PLACES.length] as number;
    const verdicts = judged(kernel, new Map([[at, task]]), name);
    expect(refused(verdicts)).toEqual([at]);
    expect(verdicts[at]).toEqual(judgeBallot(task));
  });

  test("C-18: torsion in every Q of one among 2,048 changes nothing", { timeout: 60_000 }, () => {
    const torsioned = Array.from({ length: points }, (_, i) =>
      pointToAffine(
        pointFromTrustedAffine(first.wire.slice(64 * i, 64 * i + 64)).add(T8.multiplyUnsafe(BigInt(i % 8))),
      ),
    );
    const task = { ...first, wire: changed(first.wire, 0, concat(...torsioned)) };
    expect(refused(judged(kernel, new Map([[1000, task]]), "torsion"))).toEqual([]);
  });

  test("C-18: errors that cancel under equal weights are refused, far apart and side by side", {
    timeout: 60_000,
  }, () => {
    const plus = withError(voter, first, 1n);
    const minus = withError(voters[1] as typeof voter, good[1] as BallotTask, ORDER - 1n);
    expect([plus, minus].map((task) => judgeBallot(task).ok)).toEqual([false, false]);
    for (const [a, b] of [
      [0, 2047],
      [1023, 1024],
      [5, 6],
      [31, 32],
    ] as const) {
      const verdicts = judged(
        kernel,
        new Map([
          [a, plus],
          [b, minus],
        ]),
        `cancel ${a}`,
      );
      expect(refused(verdicts)).toEqual([a, b]);
    }
  });
});
