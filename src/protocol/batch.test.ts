/** The kernel's verdicts are the oracle's: for good ballots, for each kind of bad one, alone and among many. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { beforeAll, describe, expect, test } from "vitest";
import { ORDER, pointFromBytes, pointFromTrustedAffine, pointToAffine, pointToBytes } from "#crypto/group.js";
import { type Kernel, openKernel } from "#crypto/kernel/kernel.js";
import { scalarToBytes } from "#crypto/scalar.js";
import { type BallotTask, judgeBallot } from "#protocol/ballot.js";
import { judgeBatch } from "#protocol/batch.js";
import { taskOf } from "#protocol/machine.js";
import type { Plan } from "#protocol/plan.js";
import {
  ballotWire,
  openElection,
  seededRandom,
  TestLedger,
  trustees,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";

const QUESTIONS: Plan["questions"] = [
  { question: "?", answers: ["A", "B"], min: 0, max: 2, blank: true },
  { question: "??", answers: ["C", "D", "E"], min: 1, max: 1, blank: false },
];

let good: BallotTask[];
const builds = ["simd", "scalar"] as const;
const kernels = new Map<string, Kernel>();

beforeAll(() => {
  for (const build of builds) kernels.set(build, openKernel(build) as Kernel);
  const ledger = new TestLedger();
  const voters = votersOf(5, UUID);
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
    ["a neutral credential", { ...task, credential: pointToBytes(ed25519.Point.ZERO) }],
    ["a credential off the curve", { ...task, credential: new Uint8Array(32).fill(2) }],
    ["another sequence", { ...task, sequence: task.sequence + 1 }],
    ["a longer sequence", { ...task, sequence: 1000 }],
    ["another chain", { ...task, chainId: "other" }],
    ["another type", { ...task, type: "spoil-ballot" }],
    ["another uuid", { ...task, uuid: "other" }],
    ...[1n, 2n, 4n].map((multiple): [string, BallotTask] => {
      const key = pointFromBytes(task.credential) as InstanceType<typeof ed25519.Point>;
      return [
        `torsion in the credential: ${multiple}`,
        { ...task, credential: key.add(T8.multiplyUnsafe(multiple)).toBytes() },
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
});
