/** A whole election through the machine: every stage, a revote, a test of the device, a re-issue, the result; and its proofs. */
import { expect, test } from "vitest";
import { fromHex, toHex } from "#base/bytes.js";
import { pointToEighth } from "#crypto/group.js";
import {
  approved,
  ballotWire,
  openElection,
  shareWire,
  signed,
  TestLedger,
  type TestVoter,
  toDecryption,
  trustees,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";
import { stateRoot } from "./directory.js";
import { ballots, results, sealeds, stageOf } from "./election.js";
import { decode } from "./encoding/shape.js";
import { electionTextOf, MANIFEST_LINE, manifestHash, manifestShape } from "./manifest.js";
import {
  type BallotProof,
  ballotProofShape,
  decodeProof,
  encodeProof,
  judgeBallotProof,
  judgePosition,
  type PositionProof,
  positionProofShape,
  positionStatus,
  proveBallot,
  provePosition,
} from "./proof.js";
import { electionFromText } from "./suite/belenios-v1/election.js";
import { reissueCredential } from "./transactions/reissue-credential.js";
import { reportMismatch } from "./transactions/report-mismatch.js";

const YES = [[1, 0]];
const NO = [[0, 1]];

function trackers(ledger: TestLedger): string[] {
  return [...ledger.state.entries.keys()]
    .filter((key) => key.startsWith(`ballot/${UUID}/`))
    .map((key) => key.split("/")[2] as string);
}

test("a referendum from announcement to result", () => {
  const ledger = new TestLedger();
  const specs = trustees(1, 3);
  const all = votersOf(6, UUID, [2, 1, 1, 2, 1, 1]);
  const spare = all[5] as TestVoter;
  const voters = all.slice(0, 5);
  const plan = openElection(ledger, specs, 2, voters);
  const sealed = sealeds.get(ledger.state, UUID);
  if (sealed === undefined) throw new Error("not sealed");

  // The manifest binds the plan, and the Belenios object binds the manifest.
  const manifest = decode(manifestShape, sealed.manifest);
  if (!manifest.ok) throw new Error(manifest.error);
  expect(manifest.value.plan).toEqual(plan);
  expect(electionTextOf(manifest.value)).toBe(sealed.electionText);
  const object = electionFromText(sealed.electionText);
  if (!object.ok) throw new Error(object.error.reason);
  expect(object.value.fingerprint).toBe(sealed.fingerprint);
  expect(object.value.description.split("\n").at(-1)).toBe(MANIFEST_LINE + toHex(manifestHash(manifest.value)));

  const [a, b, c, d, e] = voters as [TestVoter, TestVoter, TestVoter, TestVoter, TestVoter];
  ledger.must(ballotWire(ledger, UUID, a, NO, 1));
  ledger.must(ballotWire(ledger, UUID, a, YES, 2));
  ledger.must(ballotWire(ledger, UUID, b, NO, 1, "spoil-ballot"));
  ledger.must(ballotWire(ledger, UUID, b, NO, 3));
  ledger.must(ballotWire(ledger, UUID, c, YES, 1));
  const spoiled = trackers(ledger).find(
    (tracker) => ballots.get(ledger.state, UUID, tracker)?.leaf.kind === "spoiled",
  ) as string;
  const report = { uuid: UUID, tracker: fromHex(spoiled) as Uint8Array, kind: "other-choice" } as const;
  ledger.must(signed(reportMismatch, report, "voter", b.credential.secret));

  // d lost the code before voting; the new credential votes with the same weight.
  ledger.must(
    approved(reissueCredential, { uuid: UUID, old: d.bytes, credential: pointToEighth(spare.credential.key) }),
  );
  ledger.time += plan.rules.reissueDelay;
  expect(ledger.send(ballotWire(ledger, UUID, d, NO, 1))).toBe("credential-revoked");
  ledger.must(ballotWire(ledger, UUID, spare, YES, 1));

  const entry = ledger.entry(UUID);
  expect(entry).toMatchObject({
    counted: 4,
    countedWeight: a.weight + b.weight + c.weight + d.weight,
    spoiled: 1,
    mismatches: 1,
    reissued: 1,
    rollCount: 6,
    rollWeight: 7, // the re-issued one is not counted twice
    ballotCount: 6,
  });

  // One position proof says what became of each.
  const root = stateRoot(ledger.state);
  for (const [voter, status] of [
    [a, "counted"],
    [d, "replaced"],
    [e, "never-used"],
  ] as const) {
    const wire = encodeProof(positionProofShape, provePosition(ledger.state, UUID, voter.bytes) as PositionProof);
    const proof = decodeProof(positionProofShape, wire);
    if (!proof.ok) throw new Error(proof.error);
    const judged = judgePosition(proof.value, root);
    if (!judged.ok) throw new Error(judged.error);
    expect(positionStatus(judged.value.position, ledger.time)).toBe(status);
  }

  // T-10: an old tracker never looks counted.
  const statuses = trackers(ledger).map((tracker) => {
    const wire = encodeProof(
      ballotProofShape,
      proveBallot(ledger.state, UUID, fromHex(tracker) as Uint8Array) as BallotProof,
    );
    const proof = decodeProof(ballotProofShape, wire);
    if (!proof.ok) throw new Error(proof.error);
    const judged = judgeBallotProof(proof.value, root);
    return judged.ok ? judged.value.status : judged.error;
  });
  expect(statuses.sort()).toEqual(["counted", "counted", "counted", "counted", "spoiled", "superseded"]);

  toDecryption(ledger, UUID);
  const codes = specs.map((spec) => spec.code);
  ledger.must(shareWire(ledger, UUID, codes[0] as string));
  ledger.must(shareWire(ledger, UUID, codes[3] as string));
  expect(stageOf(ledger.entry(UUID), plan, ledger.time)).toBe("closed");
  ledger.must(shareWire(ledger, UUID, codes[1] as string));
  expect(stageOf(ledger.entry(UUID), plan, ledger.time)).toBe("tallied");
  expect(results.get(ledger.state, UUID)?.counts).toEqual([[a.weight + c.weight + d.weight, b.weight]]);
});
