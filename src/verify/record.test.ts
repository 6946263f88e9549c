import { beforeAll, expect, test } from "vitest";
import { concat } from "#base/bytes.js";
import { ed25519Key } from "#crypto/ed25519.js";
import { headerHash } from "#evidence/embedded.js";
import { judgeBallot } from "#protocol/ballot.js";
import { elections, positions, results, shares, tallies, tallyShape } from "#protocol/election.js";
import { encode } from "#protocol/encoding/shape.js";
import { type Genesis, genesisHash } from "#protocol/genesis.js";
import { VerdictCache } from "#protocol/judge.js";
import { describe } from "#protocol/machine.js";
import { type Changes, Draft, MemoryState } from "#protocol/state.js";
import { encodeTransaction } from "#protocol/transaction.js";
import { castBallot } from "#protocol/transactions/cast-ballot.js";
import { sealElection } from "#protocol/transactions/seal-election.js";
import { shareDecryption } from "#protocol/transactions/share-decryption.js";
import {
  ballotWire,
  base58,
  HOUR,
  MINUTE,
  openElection,
  SECOND,
  START,
  type TestVoter,
  trustees,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";
import {
  type KeptBlock,
  RecordedLedger,
  recordOf,
  resigned,
  type SignedBlock,
  wholeLife,
} from "../../test/record-kit.js";
import { recordVerifier, verifyRecord, verifyRecordWith } from "./record.js";
import type { RecordReport } from "./record-checks.js";

const OTHER = base58("second election", 14);
/** With 1 and 2 of 3 trustees, and a second election that is still open. */
let great: RecordedLedger;
/** The same life with two mandatory trustees: the ledger that is changed below. */
let ledger: RecordedLedger;
let voters: readonly TestVoter[];
let stranger: TestVoter;

beforeAll(() => {
  great = new RecordedLedger("a whole life");
  wholeLife(great, trustees(1, 3), 2, [2, 0, 3]);
  const plan = { uuid: OTHER, opensAt: great.time + HOUR, closesAt: great.time + 2n * HOUR };
  const rules = { ...great.plan(UUID).rules, latestClose: great.time + 3n * HOUR };
  openElection(great, trustees(1, 0, " other"), 0, votersOf(3, OTHER), { ...plan, rules });
  great.must(ballotWire(great, OTHER, votersOf(3, OTHER)[0] as TestVoter, [[1, 0]], 1));
  ledger = new RecordedLedger("a life to be changed");
  ({ voters, stranger } = wholeLife(ledger, trustees(2, 0), 0, [1, 0]));
});

/** Proofs of ballots that are the same in all these records are judged once. */
const verdicts = new VerdictCache(1000);
const judged = (record: Uint8Array) => verifyRecord([record], { verdicts });

const failing = (report: RecordReport): string[] => {
  const ids = (checks: RecordReport["checks"]) =>
    checks.filter((each) => each.status === "fail").map((each) => each.id);
  return [...ids(report.checks), ...report.elections.flatMap((each) => ids(each.checks).map((id) => `election ${id}`))];
};

/** Feeds in pieces of odd sizes. */
function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const weightOf = (...places: number[]): number => places.reduce((sum, i) => sum + (voters[i]?.weight ?? 0), 0);

test("a genuine record of two elections verifies, whole and in pieces of any size", () => {
  const record = great.record();
  const report = verifyRecord(record, { genesisHash: genesisHash(great.genesis) });
  expect(failing(report)).toEqual([]);
  expect(report.verdict).toBe("valid");
  const [whole, open] = report.elections;
  expect(whole).toMatchObject({ uuid: UUID, stage: "tallied", verdict: "valid", complete: true });
  expect(whole?.checks.map((each) => [each.id, each.status])).toEqual(whole?.checks.map((each) => [each.id, "pass"]));
  expect(whole?.result).toEqual([
    {
      question: "Which bridge?",
      blank: voters[2]?.weight,
      answers: [
        { answer: "Stone", count: weightOf(1, 3, 5) },
        { answer: "Steel", count: weightOf(1, 4) },
        { answer: "None", count: voters[0]?.weight },
      ],
    },
    {
      question: "And the road?",
      answers: [{ answer: "Yes", count: weightOf(2, 3, 4) }],
    },
  ]);
  expect(open).toMatchObject({ uuid: OTHER, stage: "open", verdict: "valid" });
  expect(open?.checks.filter((each) => each.status === "skipped").map((each) => each.id)).toEqual(["shares", "result"]);
  expect(verifyRecord(pieces(record, 4_099))).toEqual(report);
});

test("proofs judged beforehand give the same report, and every proof is asked for", async () => {
  const record = ledger.record();
  let asked = 0;
  const judge = {
    judge: async (tasks: readonly Parameters<typeof judgeBallot>[0][]) => {
      asked += tasks.length;
      return tasks.map(judgeBallot);
    },
    close: async () => {},
  };
  const seen: number[] = [];
  const report = await verifyRecordWith(pieces(record, 30_000), {
    judge,
    progress: (step) => void seen.push(step.height),
  });
  expect(report).toEqual(verifyRecord([record]));
  expect(asked).toBe(8);
  expect(seen.at(-1)).toBe(ledger.blocks.length);
});

// What somebody can do who holds no key -------------------------------------------------------------------------------

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
type Blocks = SignedBlock[];
const at = (blocks: Blocks, type: string, which = 0): number =>
  blocks
    .map((block, i) => [block, i] as const)
    .filter(([block]) => block.transactions.some((tx) => describe(tx)?.type === type))[which]?.[1] as number;
const withBlock = (blocks: Blocks, i: number, change: Partial<SignedBlock>): Blocks =>
  blocks.map((block, k) => (k === i ? { ...block, ...change } : block));

const OUTSIDER: [string, (blocks: Blocks, genesis: Genesis) => Uint8Array, string[], string?][] = [
  ["another first line", (b, g) => flipped(recordOf(g, b), 3), ["container"], "unusable"],
  ["nothing at all", () => new Uint8Array(0), ["container"], "unusable"],
  ["an end in the middle of a block", (b, g) => recordOf(g, b).slice(0, -400), ["container"]],
  ["bytes after the end", (b, g) => concat(recordOf(g, b), Uint8Array.of(0)), ["container"]],
  ["another height at the end", (b, g) => recordOf(g, b, b.length + 1), ["container"]],
  [
    "a block left out",
    (b, g) =>
      recordOf(
        g,
        b.filter((_, i) => i !== 7),
      ),
    ["container"],
  ],
  [
    "two blocks exchanged",
    (b, g) => recordOf(g, [...b.slice(0, 5), b[6] as SignedBlock, b[5] as SignedBlock, ...b.slice(7)]),
    ["container"],
  ],
  [
    "L-05: another state root in a header",
    (b, g) => recordOf(g, withBlock(b, 9, { header: flipped(b[9]?.header as Uint8Array, 120) })),
    ["evidence", "chain"],
  ],
  [
    "another time in a header",
    (b, g) => recordOf(g, withBlock(b, 9, { header: flipped(b[9]?.header as Uint8Array, 27) })),
    ["evidence", "chain"],
  ],
  [
    "a signature by nobody",
    (b, g) => recordOf(g, withBlock(b, 9, { evidence: flipped(b[9]?.evidence as Uint8Array, 40) })),
    ["evidence"],
  ],
  ["no signature", (b, g) => recordOf(g, withBlock(b, 9, { evidence: new Uint8Array(0) })), ["evidence"]],
  [
    "a ballot left out of its block",
    (b, g) => recordOf(g, withBlock(b, at(b, "cast-ballot"), { transactions: [] })),
    ["transactions"],
  ],
  [
    "a ballot exchanged for another",
    (b, g) =>
      recordOf(g, withBlock(b, at(b, "cast-ballot"), { transactions: b[at(b, "cast-ballot", 2)]?.transactions ?? [] })),
    ["transactions"],
  ],
  [
    "two ballots of a block in another order",
    (b, g) =>
      recordOf(
        g,
        withBlock(b, at(b, "cast-ballot", 1), {
          transactions: [...(b[at(b, "cast-ballot", 1)]?.transactions ?? [])].reverse(),
        }),
      ),
    ["transactions"],
  ],
  [
    "a ballot added",
    (b, g) =>
      recordOf(
        g,
        withBlock(b, 9, {
          transactions: [...(b[9]?.transactions ?? []), ...(b[at(b, "cast-ballot")]?.transactions ?? [])],
        }),
      ),
    ["transactions"],
  ],
  [
    "another name in the genesis",
    (b, g) => recordOf({ ...g, founder: { ...g.founder, name: "Usurpers" } }, b),
    ["chain"],
  ],
  ["another key in the genesis", (b, g) => recordOf({ ...g, engineKey: ed25519Key(genesisHash(g)) }, b), ["evidence"]],
  [
    "a genesis that contradicts itself",
    (b, g) => recordOf({ ...g, founder: { ...g.founder, threshold: 9 } }, b),
    ["genesis"],
    "unusable",
  ],
];

test.each(OUTSIDER)("a record with %s is refused by name", (_what, change, expected, verdict = "invalid") => {
  const report = judged(change([...ledger.blocks], ledger.genesis));
  expect([report.verdict, failing(report).sort()]).toEqual([verdict, expect.arrayContaining(expected)]);
  expect(failing(report)).toHaveLength(expected.length);
});

test("a genuine record of another ledger is refused when the genesis is known", () => {
  const report = verifyRecord([ledger.record()], { genesisHash: new Uint8Array(32) });
  expect(failing(report)).toEqual(["genesis"]);
});

// What somebody can do who holds the node's key: everything but break the rules ------------------------------------------

type Change = (blocks: KeptBlock[]) => KeptBlock[];
const insert =
  (i: number, block: Pick<KeptBlock, "time" | "transactions">): Change =>
  (blocks) => {
    const root = (blocks[i - 1] as KeptBlock).root;
    return [...blocks.slice(0, i), { height: i + 1, root, ...block }, ...blocks.slice(i)];
  };
const replaced =
  (i: number, change: Partial<KeptBlock>): Change =>
  (blocks) =>
    blocks.map((block, k) => (k === i ? { ...block, ...change } : block));
const timeOf = (i: number): bigint => (ledger.blocks[i] as SignedBlock).time;
const firstCast = (): number => at(ledger.blocks, "cast-ballot");
const wireAt = (i: number): Uint8Array => (ledger.blocks[i] as SignedBlock).transactions[0] as Uint8Array;

// biome-ignore lint/suspicious/noExplicitAny: bodies of several kinds are changed alike
type Loose = any;
const KINDS: Record<string, Loose> = {
  "cast-ballot": castBallot,
  "share-decryption": shareDecryption,
  "seal-election": sealElection,
};

/** The first transaction of a type with its body (or signatures) changed, signed by nobody, in place of the genuine one. */
function forged(
  type: string,
  body: (body: Loose) => object,
  signatures: (signatures: Loose) => unknown = (s) => s,
): Change {
  const i = at(ledger.blocks, type);
  const genuine = describe(wireAt(i)) as Loose;
  const wire = encodeTransaction(KINDS[type], ledger.chainId, body(genuine.body), signatures(genuine.signatures));
  return replaced(i, { transactions: [wire] });
}

const later = (i: number, ...transactions: Uint8Array[]): Change =>
  insert(i + 1, { time: timeOf(i) + 1n, transactions });
const sooner = (i: number, ...transactions: Uint8Array[]): Change => insert(i, { time: timeOf(i) - 1n, transactions });
const cast = (which: number): number => at(ledger.blocks, "cast-ballot", which);
const same = (body: object): object => body;
/** Changes the last digit of the last response of a share. */
const otherProof = ({ share, ...body }: { share: string }) => {
  const digit = share.length - 6;
  return { ...body, share: `${share.slice(0, digit)}${(Number(share[digit]) + 1) % 10}${share.slice(digit + 1)}` };
};

const NODE: [string, () => Change, string[]][] = [
  ["another state root", () => replaced(9, { root: new Uint8Array(32) }), ["state"]],
  ["T-07: a ballot left out", () => (b) => b.filter((_, i) => i !== firstCast()), ["state"]],
  [
    "an act of officers left out",
    () => (b) => b.filter((_, i) => i !== at(ledger.blocks, "extend-election")),
    ["state"],
  ],
  ["block time that stands still", () => replaced(cast(0) + 1, { time: timeOf(cast(0)) }), ["time"]],
  ["T-08: an old ballot over a newer one", () => later(cast(2), wireAt(cast(0))), ["rules", "election sequence"]],
  [
    "L-11: a ballot twice",
    () => replaced(cast(0), { transactions: [wireAt(cast(0)), wireAt(cast(0))] }),
    ["rules", "election sequence"],
  ],
  [
    "E-04: a ballot at closing time",
    () => replaced(cast(5), { time: START + 2n * HOUR + MINUTE }),
    ["rules", "election boundaries"],
  ],
  [
    "a ballot just before opening",
    () => replaced(cast(0), { time: START + HOUR - 1n }),
    ["rules", "election boundaries"],
  ],
  ["a ballot of nobody on the roll", () => later(cast(0), ballotOf(stranger, 1)), ["rules", "election eligibility"]],
  [
    "a replaced credential's ballot",
    () => sooner(cast(5), ballotOf(voters[3] as TestVoter, 1)),
    ["rules", "election eligibility"],
  ],
  ["a number too high", () => later(cast(0), ballotOf(voters[5] as TestVoter, 6)), ["rules", "election sequence"]],
  [
    "a proof changed",
    () => forged("cast-ballot", (b) => ({ ...b, ballot: flipped(b.ballot, b.ballot.length - 40) })),
    ["rules", "election ballots"],
  ],
  [
    "T-01: a ballot under another credential",
    () => forged("cast-ballot", (b) => ({ ...b, credential: voters[6]?.bytes })),
    ["rules", "election ballots"],
  ],
  [
    "an envelope by nobody",
    () => forged("cast-ballot", same, (s) => ({ ...s, response: flipped(s.response, 31) })),
    ["rules", "election ballots"],
  ],
  ["C-07: a decryption changed", () => forged("share-decryption", otherProof), ["rules"]],
  ["K-06: a share under another's name", () => forged("share-decryption", (b) => ({ ...b, owner: 1 })), ["rules"]],
  ["a share of nobody", () => forged("share-decryption", (b) => ({ ...b, owner: 3 })), ["rules", "election shares"]],
  [
    "a share before its time",
    () => replaced(at(ledger.blocks, "share-decryption"), { time: START + 2n * HOUR + MINUTE + SECOND }),
    ["rules"],
  ],
  [
    "another manifest sealed",
    () => forged("seal-election", (b) => ({ ...b, letters: 3 })),
    ["rules", "election manifest"],
  ],
  ["another roll sealed", () => forged("seal-election", (b) => ({ ...b, rollCount: 7 })), ["rules", "election roll"]],
  ["too few approvals", () => forged("seal-election", same, (s) => s.slice(1)), ["rules"]],
  ["no transaction", () => later(4, Uint8Array.of(0x85)), ["rules"]],
];

function ballotOf(voter: TestVoter, sequence: number): Uint8Array {
  return ballotWire(ledger, UUID, voter, [[0, 1, 0, 0], [1]], sequence);
}

test.each(NODE)("a re-signed record with %s is refused by name", (_what, change, expected) => {
  const blocks = resigned(ledger.genesis, change()(ledger.blocks));
  const report = judged(recordOf(ledger.genesis, blocks));
  const failed = failing(report).filter((id) => id !== "elections");
  expect([report.verdict, failed]).toEqual(["invalid", expected]);
});

test("what passed before the replay stopped is not called the whole", () => {
  const blocks = resigned(ledger.genesis, replaced(cast(2), { root: new Uint8Array(32) })(ledger.blocks));
  const report = judged(recordOf(ledger.genesis, blocks));
  const status = (id: string) => report.checks.find((each) => each.id === id)?.status;
  expect([status("state"), status("rules"), status("elections")]).toEqual(["fail", "skipped", "skipped"]);
  const [election] = report.elections;
  expect([election?.complete, election?.result]).toEqual([false, undefined]);
  expect(election?.checks.find((each) => each.id === "ballots")?.evidence[0]).toContain("the replay stopped at height");
});

test("after the replay has stopped, headers and transactions of the rest are still judged", () => {
  const i = firstCast();
  const blocks = resigned(ledger.genesis, replaced(i, { root: new Uint8Array(32) })(ledger.blocks));
  const later = blocks[i + 3] as SignedBlock;
  blocks[i + 3] = { ...later, evidence: flipped(later.evidence, 1) };
  expect(failing(judged(recordOf(ledger.genesis, blocks)))).toEqual(["evidence", "state"]);
  blocks[i + 3] = { ...later, transactions: [] };
  expect(failing(judged(recordOf(ledger.genesis, blocks)))).toEqual(["transactions", "state"]);
  const [first, second] = [blocks[i + 2], blocks[i + 3]] as [SignedBlock, SignedBlock];
  const resealed = resigned(ledger.genesis, [...blocks.slice(0, i + 2), { ...first, time: second.time }]).at(
    -1,
  ) as SignedBlock;
  blocks[i + 3] = later;
  blocks[i + 2] = resealed;
  expect(headerHash(resealed.header)).not.toEqual(headerHash(first.header));
  expect(failing(judged(recordOf(ledger.genesis, blocks)))).toEqual(["chain", "time", "state"]);
});

// What a mistake in the machine would look like: the second computation disagrees ------------------------------------------

/** A state that answers some keys wrongly from the moment on that it is told to. */
class LyingState extends MemoryState {
  lies = new Map<string, Uint8Array | undefined>();
  override get(key: string): Uint8Array | undefined {
    return this.lies.has(key) ? this.lies.get(key) : super.get(key);
  }
}

function liesAbout(change: (draft: Draft) => void): RecordReport {
  const store = new LyingState();
  const verifier = recordVerifier({ store, verdicts });
  for (const _ of verifier.push(ledger.record()));
  const draft = new Draft(store);
  change(draft);
  const changes: Changes = draft.changes();
  for (const [key, value] of changes) store.lies.set(key, value ?? undefined);
  return verifier.finish();
}

const entryWith = (draft: Draft, change: object): void => {
  const found = elections.get(draft, UUID) as NonNullable<ReturnType<typeof elections.get>>;
  elections.set(draft, { ...found, entry: { ...found.entry, ...change } }, UUID);
};

const LIES: [string, (draft: Draft) => void, string[]][] = [
  [
    "tally",
    (d) => tallies.set(d, { sums: [...(tallies.get(d, UUID)?.sums ?? [])].reverse() }, UUID),
    ["election tally"],
  ],
  ["tally's hash", (d) => entryWith(d, { tallyHash: new Uint8Array(32) }), ["election tally"]],
  ["root of the ballot log", (d) => entryWith(d, { ballotRoot: new Uint8Array(32) }), ["election log"]],
  ["number of counted voters", (d) => entryWith(d, { counted: 4 }), ["election counts"]],
  ["weight of counted voters", (d) => entryWith(d, { countedWeight: 99 }), ["election counts"]],
  ["number of spoiled ballots", (d) => entryWith(d, { spoiled: 0 }), ["election counts"]],
  ["number of mismatch reports", (d) => entryWith(d, { mismatches: 0 }), ["election counts"]],
  ["number of re-issues", (d) => entryWith(d, { reissued: 0 }), ["election counts"]],
  ["plan's hash", (d) => entryWith(d, { planHash: new Uint8Array(32) }), ["election plan"]],
  ["number of shares", (d) => entryWith(d, { shares: 1 }), ["election shares"]],
  [
    "T-17: result",
    (d) =>
      results.set(
        d,
        {
          ...(results.get(d, UUID) as NonNullable<ReturnType<typeof results.get>>),
          text: '{"result":[[0,9,9,9],[9]]}',
        },
        UUID,
      ),
    ["election result"],
  ],
  ["missing result", (d) => d.remove(results.key(UUID)), ["election result"]],
];

test.each(LIES)(
  "T-07: a %s that the machine kept wrongly shows in the second computation",
  (_what, change, expected) => {
    const report = liesAbout(change);
    expect(failing(report)).toEqual(["elections", ...expected]);
    expect(report.elections[0]?.result).toBeUndefined();
  },
);

test("the lies of these tests are about things that are there", () => {
  expect(tallies.get(ledger.state, UUID)?.sums.length).toBe(10);
  expect(encode(tallyShape, { sums: [] }).length).toBeGreaterThan(0);
  expect(positions.get(ledger.state, UUID, 0)).toBeDefined();
  expect(shares.get(ledger.state, UUID, 1)).toBeDefined();
});
