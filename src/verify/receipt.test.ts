import { beforeAll, expect, test } from "vitest";
import { toBase64Url } from "#base/bytes.js";
import { ed25519Key } from "#crypto/ed25519.js";
import { sealeds } from "#protocol/election.js";
import { type BallotProof, ballotProofShape, decodeProof, encodeProof } from "#protocol/proof.js";
import { finishBallot, prepareBallot } from "#protocol/voter.js";
import { openElection, type TestVoter, trustees, UUID, votersOf } from "../../test/protocol-kit.js";
import { NODE_SECRET, RecordedLedger } from "../../test/record-kit.js";
import {
  type ExpectedBallot,
  judgeCredentialReceipt,
  judgeElectionReceipt,
  judgeReceipt,
  type Receipt,
  type ReceiptTrust,
} from "./receipt.js";

let ledger: RecordedLedger;
let voters: TestVoter[];
let trust: ReceiptTrust;
const first = new Map<string, { receipt: Receipt; tracker: Uint8Array; text: string }>();

function cast(
  voter: TestVoter,
  choice: number,
  sequence: number,
  type: "cast-ballot" | "spoil-ballot" = "cast-ballot",
) {
  const election = { chainId: ledger.chainId, uuid: UUID, electionText: trust.electionText as string };
  const choices = [choice === 1 ? [1, 0] : [0, 1]];
  const prepared = prepareBallot(election, voter.credential, choices, ledger.random);
  if (!prepared.ok) throw new Error(prepared.error.detail);
  const ballot = finishBallot(type, election, voter.credential, sequence, prepared.value, ledger.random);
  ledger.must(ballot.transaction);
  return { tracker: ballot.trackerBytes, text: ballot.text };
}

beforeAll(() => {
  ledger = new RecordedLedger("receipts");
  voters = votersOf(3);
  openElection(ledger, trustees(1, 0), 0, voters);
  const { electionText, fingerprint } = sealeds.get(ledger.state, UUID) as {
    electionText: string;
    fingerprint: string;
  };
  trust = { chainId: ledger.chainId, engineKey: ed25519Key(NODE_SECRET), uuid: UUID, electionText, fingerprint };
  const [a, b] = voters as [TestVoter, TestVoter];
  const revoted = cast(a, 1, 1);
  first.set("revoted", { ...revoted, receipt: ledger.receipt(UUID, revoted.tracker) });
  const spoiled = cast(b, 1, 1, "spoil-ballot");
  first.set("spoiled", { ...spoiled, receipt: ledger.receipt(UUID, spoiled.tracker) });
  const last = cast(a, 0, 2);
  first.set("last", { ...last, receipt: ledger.receipt(UUID, last.tracker) });
});

const of = (name: string) => first.get(name) as { receipt: Receipt; tracker: Uint8Array; text: string };
const failing = (report: { checks: readonly { id: string; status: string }[] }) =>
  report.checks.filter((check) => check.status === "fail").map((check) => check.id);

test("a receipt shows a counted ballot, with every check made", () => {
  const { receipt, tracker, text } = of("last");
  const expected: ExpectedBallot = {
    tracker,
    credential: voters[0]?.bytes as Uint8Array,
    sequence: 2,
    kind: "cast",
    ballotText: text,
  };
  const { report, shows } = judgeReceipt(receipt, trust, expected);
  expect(report.verdict).toBe("valid");
  expect(report.checks.map((check) => check.status)).toEqual(report.checks.map(() => "pass"));
  expect(shows).toMatchObject({ status: "counted", index: 2, sequence: 2, height: ledger.blocks.length });
});

test("T-10: a superseded ballot says so in a later receipt, never counted; before it was counted", () => {
  const { receipt, tracker } = of("revoted");
  expect(judgeReceipt(receipt, trust, { tracker }).shows?.status).toBe("counted");
  const later = ledger.receipt(UUID, tracker);
  expect(judgeReceipt(later, trust, { tracker }).shows?.status).toBe("superseded");
});

test("a spoiled ballot is recorded as spoiled", () => {
  const { receipt, tracker } = of("spoiled");
  expect(judgeReceipt(receipt, trust, { tracker }).shows?.status).toBe("spoiled");
});

test("a credential's state is shown with the same means", () => {
  const states = voters.map((voter) => {
    const receipt = ledger.credentialReceipt(UUID, voter.bytes);
    return judgeCredentialReceipt(receipt, trust, voter.bytes).shows;
  });
  expect(states.map((each) => [each?.status, each?.lastSequence])).toEqual([
    ["counted", 2],
    ["only-spoiled", 1],
    ["never-used", 0],
  ]);
  const [a, b] = voters as [TestVoter, TestVoter];
  const foreign = judgeCredentialReceipt(ledger.credentialReceipt(UUID, a.bytes), trust, b.bytes);
  expect([foreign.shows, failing(foreign.report)]).toEqual([undefined, ["credential"]]);
});

test("L-06: without a proof, or with the proof of another key or height, nothing is called verified", () => {
  const [own, other] = [of("last"), of("spoiled")];
  const expected = { tracker: own.tracker };
  expect(judgeReceipt(own.receipt, trust, expected).report.verdict).toBe("valid");
  const nothing = new Uint8Array(0);
  const { header, evidence, height, time } = other.receipt;
  const answers: readonly Receipt[] = [
    { ...own.receipt, proof: nothing },
    { ...own.receipt, header: nothing },
    { ...own.receipt, evidence: nothing },
    { ...own.receipt, proof: nothing, header: nothing, evidence: nothing },
    // Each part is true of something: of another ballot, of another height.
    { ...own.receipt, proof: other.receipt.proof },
    { ...own.receipt, header, evidence },
    { ...own.receipt, header, evidence, height, time },
    { ...own.receipt, header },
    other.receipt,
  ];
  for (const [i, answer] of answers.entries()) {
    const { report, shows } = judgeReceipt(answer, trust, expected);
    expect(report.verdict, `answer ${i}`).not.toBe("valid");
    expect(shows, `answer ${i}`).toBeUndefined();
  }
  const [a, b] = voters as [TestVoter, TestVoter];
  const state = ledger.credentialReceipt(UUID, a.bytes);
  for (const answer of [{ ...state, proof: nothing }, { ...state, header, evidence, height, time }, own.receipt])
    expect(judgeCredentialReceipt(answer, trust, a.bytes).shows).toBeUndefined();
  expect(judgeCredentialReceipt(ledger.credentialReceipt(UUID, b.bytes), trust, a.bytes).shows).toBeUndefined();
});

test("an election's entry alone is judged, too", () => {
  const { receipt } = of("last");
  const proof = decodeProof(ballotProofShape, receipt.proof);
  expect(proof.ok).toBe(true);
  expect(failing(judgeElectionReceipt(receipt, trust).report)).toEqual(["form"]);
});

/** A receipt with its proof changed. */
/** Deeply writable. */
type Loose<T> = T extends Uint8Array ? T : { -readonly [K in keyof T]: Loose<T[K]> };

function altered(change: (proof: Loose<BallotProof>) => unknown): Receipt {
  const { receipt } = of("last");
  const proof = decodeProof(ballotProofShape, receipt.proof);
  if (!proof.ok) throw new Error(proof.error);
  const copy = structuredClone(proof.value) as Loose<BallotProof>;
  change(copy);
  return { ...receipt, proof: encodeProof(ballotProofShape, copy) };
}

const flip = (bytes: Uint8Array, at = 0): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

const MUTATIONS: [string, () => Receipt, string[]][] = [
  ["chain id", () => ({ ...of("last").receipt, chainId: "other-chain" }), ["stated"]],
  ["height", () => ({ ...of("last").receipt, height: 1 }), ["stated"]],
  ["height, to a later one", () => ({ ...of("last").receipt, height: of("last").receipt.height + 1 }), ["stated"]],
  ["time", () => ({ ...of("last").receipt, time: of("last").receipt.time + 1n }), ["stated"]],
  ["time, to an earlier one", () => ({ ...of("last").receipt, time: of("last").receipt.time - 1n }), ["stated"]],
  [
    "L-05: a byte of the header's state root",
    () => ({ ...of("last").receipt, header: flip(of("last").receipt.header, 110) }),
    ["evidence"],
  ],
  [
    "L-05: a byte of the header's time",
    () => ({ ...of("last").receipt, header: flip(of("last").receipt.header, 25) }),
    ["evidence"],
  ],
  ["the header's length", () => ({ ...of("last").receipt, header: of("last").receipt.header.slice(1) }), ["header"]],
  ["the signature", () => ({ ...of("last").receipt, evidence: flip(of("last").receipt.evidence) }), ["evidence"]],
  ["no signature", () => ({ ...of("last").receipt, evidence: new Uint8Array(0) }), ["evidence"]],
  ["proof bytes", () => ({ ...of("last").receipt, proof: of("last").receipt.proof.slice(0, -1) }), ["form"]],
  [
    "proof of another ballot",
    () => ({ ...of("last").receipt, proof: of("revoted").receipt.proof }),
    ["election", "tracker"],
  ],
  ["the counted number in the entry", () => altered((p) => p.election.entry.counted++), ["election"]],
  ["the roll path", () => altered((p) => (p.positionPath[0] = flip(p.positionPath[0] as Uint8Array))), ["roll"]],
  ["the position's tracker", () => altered((p) => (p.position.tracker = of("revoted").tracker)), ["roll"]],
  ["the log path", () => altered((p) => (p.path[0] = flip(p.path[0] as Uint8Array))), ["log"]],
  ["the log index", () => altered((p) => p.index--), ["log"]],
  ["the leaf's weight", () => altered((p) => (p.leaf.weight = 2)), ["log"]],
  ["a cut directory path", () => altered((p) => p.election.directory.path.pop()), ["election"]],
];

test.each(MUTATIONS)("T-18: a receipt changed in its %s is refused by name", (_what, make, expected) => {
  const { tracker } = of("last");
  const { report, shows } = judgeReceipt(make(), trust, { tracker });
  expect(shows).toBeUndefined();
  expect(report.verdict).toBe("invalid");
  expect(failing(report)).toEqual(expected);
});

test("a valid receipt for something else than expected is refused", () => {
  const { receipt, tracker, text } = of("last");
  const cases: [Partial<ReceiptTrust>, Partial<ExpectedBallot>, string][] = [
    [{ engineKey: ed25519Key(tracker) }, {}, "evidence"],
    [{ chainId: "other-chain" }, {}, "header"],
    [{ uuid: "11111111111111" }, {}, "election"],
    [{ fingerprint: toBase64Url(tracker) }, {}, "manifest"],
    [{ electionText: `${trust.electionText} ` }, {}, "manifest"],
    [{}, { tracker: of("revoted").tracker }, "tracker"],
    [{}, { credential: voters[1]?.bytes as Uint8Array }, "tracker"],
    [{}, { sequence: 1 }, "tracker"],
    [{}, { kind: "spoiled" }, "tracker"],
    [{}, { ballotText: `${text} ` }, "tracker"],
  ];
  for (const [otherTrust, otherExpected, id] of cases) {
    const { report, shows } = judgeReceipt(receipt, { ...trust, ...otherTrust }, { tracker, ...otherExpected });
    expect([id, shows, failing(report)]).toEqual([id, undefined, [id]]);
  }
});

test("T-04: an election object with other words has another fingerprint and another manifest line", () => {
  const { receipt, tracker } = of("last");
  const other = (trust.electionText as string).replace("Shall the bridge be built?", "Shall the bridge be razed?");
  const { report } = judgeReceipt(receipt, { ...trust, electionText: other }, { tracker });
  expect(failing(report)).toEqual(["manifest"]);
});

test("without the election object the manifest is said to be unchecked, not passed", () => {
  const { receipt, tracker } = of("last");
  const { electionText: _, fingerprint: __, ...bare } = trust;
  const { report } = judgeReceipt(receipt, bare, { tracker });
  expect(report.checks.find((check) => check.id === "manifest")?.status).toBe("skipped");
});

test("any bytes give a report, of a credential and of an election alone, too", () => {
  const { bytes } = voters[0] as TestVoter;
  const receipt = ledger.credentialReceipt(UUID, bytes);
  for (const name of ["header", "evidence", "proof"] as const)
    for (const changed of [new Uint8Array(0), flip(receipt[name]), receipt[name].slice(1)]) {
      const forged = { ...receipt, [name]: changed };
      const judged = judgeCredentialReceipt(forged, trust, bytes);
      expect([name, judged.report.verdict, judged.shows]).toEqual([name, "invalid", undefined]);
      const entry = judgeElectionReceipt(forged, trust);
      expect([name, entry.report.verdict, entry.entry]).toEqual([name, "invalid", undefined]);
    }
});

test("any bytes give a report", () => {
  const { receipt, tracker } = of("last");
  for (const name of ["header", "evidence", "proof"] as const) {
    for (let at = 0; at < receipt[name].length; at += 7) {
      const { report } = judgeReceipt({ ...receipt, [name]: flip(receipt[name], at) }, trust, { tracker });
      expect([name, at, report.verdict]).toEqual([name, at, "invalid"]);
    }
  }
});
