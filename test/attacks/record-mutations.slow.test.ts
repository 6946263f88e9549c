/**
 * A finished election's record, changed in every way that we could think of, and judged by the verifier. Three hands:
 * somebody who only has the file; the operator, who holds the node's key and signs every header anew; the operator who
 * also runs the machine anew, so that state roots fit what the changed blocks give; and, with the operator, whoever holds
 * another key (officers, registrar, trustee, voter). Every change is refused, and the report names the step.
 */
import { beforeAll, expect, test } from "vitest";
import { bigintToBytes, concat, utf8 } from "#base/bytes.js";
import { ed25519Key } from "#crypto/ed25519.js";
import { pointToBytes, pointToEighth } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { encodeHeader, signHeader } from "#evidence/embedded.js";
import { plainVerdicts } from "#protocol/ballot.js";
import { elections, positions, results, sealeds, tallies } from "#protocol/election.js";
import { encodeCbor } from "#protocol/encoding/cbor.js";
import { encode } from "#protocol/encoding/shape.js";
import { applyGenesis, type Genesis, genesisHash, genesisShape } from "#protocol/genesis.js";
import { apply, describe } from "#protocol/machine.js";
import { manifestHash, manifestOf } from "#protocol/manifest.js";
import { frameBytes, recordStart } from "#protocol/record.js";
import { Draft, MemoryState } from "#protocol/state.js";
import { encryptedTallyOf } from "#protocol/tally.js";
import { encodeTransaction } from "#protocol/transaction.js";
import { acceptShares } from "#protocol/transactions/accept-shares.js";
import { castBallot } from "#protocol/transactions/cast-ballot.js";
import { commitTrustee } from "#protocol/transactions/commit-trustee.js";
import { createElection } from "#protocol/transactions/create-election.js";
import { dealShares } from "#protocol/transactions/deal-shares.js";
import { enterRoll } from "#protocol/transactions/enter-roll.js";
import { extendElection } from "#protocol/transactions/extend-election.js";
import { rehearseDecryption } from "#protocol/transactions/rehearse-decryption.js";
import { reissueCredential } from "#protocol/transactions/reissue-credential.js";
import { reportMismatch } from "#protocol/transactions/report-mismatch.js";
import { revealTrustee } from "#protocol/transactions/reveal-trustee.js";
import { sealElection } from "#protocol/transactions/seal-election.js";
import { shareDecryption } from "#protocol/transactions/share-decryption.js";
import { spoilBallot } from "#protocol/transactions/spoil-ballot.js";
import { shareOf } from "#protocol/trustee.js";
import { verifyRecord } from "#verify/record.js";
import type { RecordReport } from "#verify/record-checks.js";
import {
  approved,
  ballotWire,
  HOUR,
  MINUTE,
  OFFICERS,
  REGISTRAR,
  SECOND,
  START,
  signed,
  type TestVoter,
  trustees,
  UUID,
} from "../protocol-kit.js";
import {
  type KeptBlock,
  type Life,
  RecordedLedger,
  recordOf,
  resigned,
  type SignedBlock,
  wholeLife,
} from "../record-kit.js";

const SPECS = trustees(1, 3);
const CLOSE = START + 2n * HOUR + MINUTE;
let ledger: RecordedLedger;
let life: Life;

beforeAll(() => {
  ledger = new RecordedLedger("a record to be changed");
  life = wholeLife(ledger, SPECS, 2, [2, 0, 3]);
});

// What is changed -----------------------------------------------------------------------------------------------------

// biome-ignore lint/suspicious/noExplicitAny: bodies of many kinds are changed alike
type Loose = any;
const KINDS: readonly Loose[] = [
  acceptShares,
  castBallot,
  commitTrustee,
  createElection,
  dealShares,
  enterRoll,
  extendElection,
  rehearseDecryption,
  reissueCredential,
  reportMismatch,
  revealTrustee,
  sealElection,
  shareDecryption,
  spoilBallot,
];

const blocks = (): SignedBlock[] => [...ledger.blocks];
const typesOf = (block: KeptBlock) => block.transactions.map((wire) => describe(wire)?.type);
/** Index of the block with the n-th transaction of a type (0 is the first; -1 the last). */
const at = (type: string, which = 0): number => {
  const all = ledger.blocks.flatMap((block, i) => (typesOf(block).includes(type) ? [i] : []));
  return all.at(which) as number;
};
const block = (i: number): SignedBlock => ledger.blocks[i] as SignedBlock;
const wireAt = (i: number, n = 0): Uint8Array => block(i).transactions[n] as Uint8Array;
const voter = (i: number): TestVoter => life.voters[i] as TestVoter;
const flipped = (bytes: Uint8Array, i: number): Uint8Array =>
  bytes.map((byte, k) => (k === (i < 0 ? bytes.length + i : i) ? byte ^ 1 : byte));

type Change = (blocks: KeptBlock[]) => KeptBlock[];
const replaced =
  (i: number, change: Partial<KeptBlock>): Change =>
  (all) =>
    all.map((each, k) => (k === i ? { ...each, ...change } : each));
const without =
  (i: number): Change =>
  (all) =>
    all.filter((_, k) => k !== i);
/** A block of these transactions a nanosecond after block i. */
const after =
  (i: number, ...transactions: Uint8Array[]): Change =>
  (all) => [...all.slice(0, i + 1), { ...block(i), time: block(i).time + 1n, transactions }, ...all.slice(i + 1)];
const exchanged =
  (i: number, k: number): Change =>
  (all) =>
    all.map((each, n) => {
      const other = n === i ? block(k) : n === k ? block(i) : each;
      return { ...other, time: each.time };
    });
/** The n-th transaction of a type with a body changed and the old signatures. */
const forged = (
  type: string,
  body: (body: Loose) => object,
  which = 0,
  signatures = (s: Loose): unknown => s,
): Change => {
  const i = at(type, which);
  const n = typesOf(block(i)).indexOf(type);
  const genuine = describe(wireAt(i, n)) as Loose;
  const kind = KINDS.find((each) => each.type === type);
  const wire = encodeTransaction(kind, ledger.chainId, body(genuine.body), signatures(genuine.signatures) as Loose);
  return replaced(i, { transactions: block(i).transactions.map((each, k) => (k === n ? wire : each)) });
};
const bodyOf = (type: string): Loose => describe(wireAt(at(type)))?.body;
/** In place of the first transaction of a type. */
const instead = (type: string, wire: Uint8Array): Change => replaced(at(type), { transactions: [wire] });

// By whose hand -------------------------------------------------------------------------------------------------------

/** Whoever only has the file: headers and signatures stay what they are. */
const outsider = (change: (blocks: SignedBlock[]) => SignedBlock[]) => () => recordOf(ledger.genesis, change(blocks()));
/** Bytes of a record with frames of one's own making. */
const framed = (make: (genesis: Uint8Array, frames: Uint8Array[]) => Uint8Array[]) => () =>
  concat(
    ...make(
      recordStart(encode(genesisShape, ledger.genesis)),
      ledger.blocks.map(({ height, header, evidence, transactions }) =>
        frameBytes({ kind: "block", height, header, evidence, transactions }),
      ),
    ),
  );
const end = (height = ledger.blocks.length): Uint8Array => frameBytes({ kind: "end", height });
/** Any CBOR as a frame. */
const frame = (body: Uint8Array, length = body.length): Uint8Array => concat(bigintToBytes(BigInt(length), 4), body);

/** The operator signs every header anew, links repaired. */
const operator =
  (change: () => Change, genesis: () => Genesis = () => ledger.genesis) =>
  () =>
    recordOf(genesis(), resigned(genesis(), change()(blocks())));

/** The same, and every state root is what the machine gives for the changed blocks, refused transactions left without effect. */
const machinist =
  (change: () => Change, genesis: () => Genesis = () => ledger.genesis) =>
  () =>
    recordOf(genesis(), resigned(genesis(), rerun(genesis(), change()(blocks()))));

function rerun(genesis: Genesis, changed: readonly KeptBlock[], lie?: (draft: Draft, i: number) => void): KeptBlock[] {
  const state = new MemoryState();
  state.commit(applyGenesis(genesis).changes());
  return changed.map((each, i) => {
    const applied = apply(state, each, plainVerdicts);
    state.commit(applied.changes);
    if (lie !== undefined) {
      const draft = new Draft(state);
      lie(draft, i);
      state.commit(draft.changes());
    }
    return { ...each, root: applied.root };
  });
}

/** The operator's machine keeps something false from block i on, and its roots say so. */
const liar = (i: () => number, lie: (draft: Draft) => void) => () => {
  const kept = rerun(ledger.genesis, blocks(), (draft, n) => n === i() && lie(draft));
  return recordOf(ledger.genesis, resigned(ledger.genesis, kept));
};

const genesisWith = (change: Partial<Genesis>) => (): Genesis => ({ ...ledger.genesis, ...change });
const founderWith = (change: Partial<Genesis["founder"]>) => (): Genesis => ({
  ...ledger.genesis,
  founder: { ...ledger.genesis.founder, ...change },
});
const unchanged = (): Change => (all) => all;

// What the report says ------------------------------------------------------------------------------------------------

/** Failed checks, those of the election with its name before them, and everything they say. */
function failures(report: RecordReport): { readonly ids: string[]; readonly evidence: string } {
  const failed = [
    ...report.checks
      .filter((each) => each.status === "fail" && each.id !== "elections")
      .map((each) => ["", each] as const),
    ...report.elections.flatMap(({ checks }) =>
      checks.filter((each) => each.status === "fail").map((each) => ["election ", each] as const),
    ),
  ];
  return {
    ids: failed.map(([of, { id }]) => `${of}${id}`),
    evidence: failed.flatMap(([, { evidence }]) => evidence).join("; "),
  };
}

/** What was done, the record it gives, the checks that must fail (no others may), and what their evidence must say. */
type Row = readonly [what: string, record: () => Uint8Array, checks: string, says: string];

const STRUCTURE: readonly Row[] = [
  ["another first line", framed((genesis, all) => [flipped(genesis, 3), ...all, end()]), "container", "not-a-record"],
  [
    "an unknown version",
    framed((genesis, all) => [genesis.map((b, i) => (i === 15 ? 0x32 : b)), ...all, end()]),
    "container",
    "not-a-record",
  ],
  ["no bytes", () => new Uint8Array(0), "container", "truncated"],
  ["no genesis", framed((_, all) => [utf8("psephos-record 1\n"), ...all, end()]), "container", "out-of-order"],
  [
    "a second genesis",
    framed((genesis, all) => [genesis, genesis.subarray(17), ...all, end()]),
    "container",
    "out-of-order",
  ],
  [
    "a genesis with a byte more",
    framed((_, all) => [recordStart(concat(encode(genesisShape, ledger.genesis), Uint8Array.of(0))), ...all, end()]),
    "genesis",
    "genesis",
  ],
  [
    "an end in the middle of a block",
    framed((genesis, all) => [genesis, ...all, end()].map((b, i) => (i === 9 ? b.subarray(0, 90) : b))),
    "container",
    "bad-frame",
  ],
  ["no end", framed((genesis, all) => [genesis, ...all]), "container", "truncated"],
  [
    "an end too early",
    framed((genesis, all) => [genesis, ...all.slice(0, -2), end(), ...all.slice(-2)]),
    "container",
    "out-of-order",
  ],
  [
    "an end that counts one more",
    framed((genesis, all) => [genesis, ...all, end(all.length + 1)]),
    "container",
    "out-of-order",
  ],
  ["two ends", framed((genesis, all) => [genesis, ...all, end(), end()]), "container", "out-of-order"],
  [
    "a block left out",
    framed((genesis, all) => [genesis, ...all.filter((_, i) => i !== 7), end()]),
    "container",
    "out-of-order",
  ],
  [
    "a block twice",
    framed((genesis, all) => [genesis, ...all.slice(0, 8), ...all.slice(7), end()]),
    "container",
    "out-of-order",
  ],
  [
    "a frame of unknown kind",
    framed((genesis, all) => [genesis, ...all, frame(encodeCbor(["note", "hello"])), end()]),
    "container",
    "unknown kind",
  ],
  [
    "a frame with a field more",
    framed((genesis, all) => [genesis, ...all, frame(encodeCbor(["end", all.length, 1]))]),
    "container",
    "bad-frame",
  ],
  [
    "a frame that is not canonical",
    framed((genesis, all) => [
      genesis,
      ...all,
      frame(concat(Uint8Array.of(0x98, 2), encodeCbor(["end", all.length]).subarray(1))),
    ]),
    "container",
    "bad-frame",
  ],
  [
    "a frame beyond every limit",
    framed((genesis, all) => [genesis, ...all, frame(end(), 0xffffffff)]),
    "container",
    "a frame of 4294967295 bytes",
  ],
  [
    "a frame that says it is longer",
    framed((genesis, all) => [genesis, ...all, frame(encodeCbor(["end", all.length]), 100)]),
    "container",
    "truncated",
  ],
];

const EVIDENCE: readonly Row[] = [
  [
    "a block left out and heights repaired",
    outsider((b) => without(7)(b).map((each, i) => ({ ...each, height: i + 1 })) as SignedBlock[]),
    "headers",
    "height 8",
  ],
  [
    "two headers exchanged",
    outsider((b) =>
      b.map((each, i) =>
        i === 5
          ? { ...each, header: block(6).header, evidence: block(6).evidence }
          : i === 6
            ? { ...each, header: block(5).header, evidence: block(5).evidence }
            : each,
      ),
    ),
    "headers,chain,time,transactions",
    "height 6",
  ],
  [
    "a header cut short",
    outsider((b) => replaced(9, { header: block(9).header.slice(0, -1) } as object)(b) as SignedBlock[]),
    "headers,chain",
    "malformed-header",
  ],
  [
    "a header of another version",
    outsider((b) => replaced(9, { header: flipped(block(9).header, 0) } as object)(b) as SignedBlock[]),
    "headers,chain",
    "unknown version",
  ],
  [
    "a header of another ledger",
    outsider((b) => replaced(9, { header: flipped(block(9).header, 2) } as object)(b) as SignedBlock[]),
    "headers,chain",
    "wrong-chain",
  ],
  [
    "L-05: another time in a header",
    outsider((b) => replaced(9, { header: flipped(block(9).header, 27) } as object)(b) as SignedBlock[]),
    "evidence,chain",
    "bad-evidence",
  ],
  [
    "L-05: another state root in a header",
    outsider((b) => replaced(9, { header: flipped(block(9).header, -1) } as object)(b) as SignedBlock[]),
    "evidence,chain",
    "bad-evidence",
  ],
  [
    "a changed signature",
    outsider((b) => replaced(9, { evidence: flipped(block(9).evidence, 40) } as object)(b) as SignedBlock[]),
    "evidence",
    "bad-evidence",
  ],
  [
    "no signature",
    outsider((b) => replaced(9, { evidence: new Uint8Array(0) } as object)(b) as SignedBlock[]),
    "evidence",
    "bad-evidence",
  ],
  [
    "the signature of another block",
    outsider((b) => replaced(9, { evidence: block(8).evidence } as object)(b) as SignedBlock[]),
    "evidence",
    "bad-evidence",
  ],
  [
    "signatures by another node",
    () => recordOf(ledger.genesis, resigned(ledger.genesis, blocks(), sha256(utf8("another node")))),
    "evidence",
    "bad-evidence",
  ],
  [
    "a link to another block below",
    operatorHeader(9, { previous: sha256(utf8("elsewhere")) }),
    "chain",
    "broken-chain",
  ],
  ["a height that jumps", operatorHeader(9, { height: 11 }), "headers,chain", "height-gap"],
  ["a second, signed header in place of one", operatorHeader(9, { time: START + 17n }), "chain,time", "time-order"],
  [
    "a transaction left out of its block",
    outsider((b) => replaced(at("cast-ballot"), { transactions: [] })(b) as SignedBlock[]),
    "transactions",
    "transactions-root",
  ],
  [
    "a transaction twice in its block",
    outsider(
      (b) =>
        replaced(at("cast-ballot"), { transactions: [wireAt(at("cast-ballot")), wireAt(at("cast-ballot"))] })(
          b,
        ) as SignedBlock[],
    ),
    "transactions",
    "transactions-root",
  ],
  [
    "ballots of a block in another order",
    outsider(
      (b) =>
        replaced(at("cast-ballot", 1), { transactions: block(at("cast-ballot", 1)).transactions.toReversed() })(
          b,
        ) as SignedBlock[],
    ),
    "transactions",
    "transactions-root",
  ],
  ["block time that stands still", operator(() => replaced(12, { time: block(11).time })), "time", "time-order"],
  ["block time before the genesis", operator(() => replaced(0, { time: START - SECOND })), "time", "time-order"],
];

/** The operator signs one header that says something else; the blocks above stay as they are. */
function operatorHeader(i: number, change: object): () => Uint8Array {
  return () => {
    const { height, time, root, transactions } = block(i);
    const [genuine] = resigned(ledger.genesis, [block(i)]);
    const previous = i === 0 ? genesisHash(ledger.genesis) : block(i).header.subarray(-96, -64);
    const transactionsRoot = (genuine as SignedBlock).header.subarray(-64, -32);
    const fields = { chainId: ledger.chainId, height, time, previous, transactionsRoot, stateRoot: root, ...change };
    const header = encodeHeader(fields);
    const evidence = signHeader(sha256(utf8("test node")), header);
    return recordOf(
      ledger.genesis,
      blocks().map((each, k) => (k === i ? { ...each, header, evidence, transactions } : each)),
    );
  };
}

const GENESIS: readonly Row[] = [
  ["another name of the founders", outsiderGenesis(founderWith0({ name: "Usurpers" })), "chain", "broken-chain"],
  [
    "another key of the node",
    outsiderGenesis(() => ({ ...ledger.genesis, engineKey: ed25519Key(sha256(utf8("other"))) })),
    "evidence",
    "bad-evidence",
  ],
  ["a threshold above the number of officers", outsiderGenesis(founderWith0({ threshold: 9 })), "genesis", "threshold"],
  [
    "another name of the founders, all signed anew",
    machinist(unchanged, founderWith0({ name: "Usurpers" })),
    "rules,election manifest",
    "manifest-mismatch",
  ],
  [
    "a practice ledger made a real one, all signed anew",
    machinist(unchanged, genesisWith0({ practice: true })),
    "rules,election manifest",
    "manifest-mismatch",
  ],
  [
    "an earlier beginning, all signed anew",
    machinist(unchanged, genesisWith0({ time: START - HOUR })),
    "rules,election manifest",
    "manifest-mismatch",
  ],
  [
    "another ledger's name, all signed anew",
    machinist(unchanged, genesisWith0({ chainId: "other-chain" })),
    "rules",
    "wrong-chain",
  ],
  [
    "other officers, all signed anew",
    machinist(unchanged, () =>
      founderWith({ officers: [{ key: pointToBytes(REGISTRAR.key), name: "Usurper" }], threshold: 1 })(),
    ),
    "rules",
    "too-few-approvals",
  ],
  [
    "another registrar, all signed anew",
    machinist(unchanged, () =>
      founderWith({ registrarKey: pointToBytes((OFFICERS[0] as (typeof OFFICERS)[0]).key) })(),
    ),
    "rules",
    "bad-signature",
  ],
];

// Rows are made before the ledger is there, so what depends on it is asked late.
function founderWith0(change: Partial<Genesis["founder"]>): () => Genesis {
  return () => founderWith(change)();
}
function genesisWith0(change: Partial<Genesis>): () => Genesis {
  return () => genesisWith(change)();
}
function outsiderGenesis(genesis: () => Genesis): () => Uint8Array {
  return () => recordOf(genesis(), blocks());
}

const SETUP: readonly Row[] = [
  [
    "another question",
    machinist(() => forged("create-election", (b) => ({ ...b, name: "Another bridge" }))),
    "rules",
    "bad-signature",
  ],
  [
    "E-01: another closing time in the plan",
    machinist(() => forged("create-election", (b) => ({ ...b, closesAt: b.closesAt + 1n }))),
    "rules",
    "bad-signature",
  ],
  ["the announcement left out", machinist(() => without(at("create-election"))), "rules", "unknown-election"],
  [
    "the announcement by one officer",
    machinist(() =>
      forged(
        "create-election",
        (b) => b,
        0,
        (s) => s.slice(1),
      ),
    ),
    "rules",
    "too-few-approvals",
  ],
  [
    "an opening time that has passed",
    machinist(() =>
      instead("create-election", approved(createElection, { ...bodyOf("create-election"), opensAt: START })),
    ),
    "rules",
    "invalid-plan",
  ],
  [
    "another plan, approved anew",
    machinist(() =>
      instead("create-election", approved(createElection, { ...bodyOf("create-election"), name: "Another bridge" })),
    ),
    "rules,election manifest",
    "manifest-mismatch",
  ],
  [
    "another commitment of a trustee",
    machinist(() => forged("commit-trustee", (b) => ({ ...b, commitment: sha256(utf8("rushing")) }))),
    "rules",
    "bad-signature",
  ],
  ["a commitment left out", machinist(() => without(at("commit-trustee"))), "rules", "out-of-order"],
  [
    "commitments exchanged",
    machinist(() => (all) => exchangedSignatures(all, "commit-trustee")),
    "rules",
    "bad-signature",
  ],
  [
    "K-01: the reveal of another trustee in one's place",
    machinist(() =>
      forged("reveal-trustee", (b) => ({
        ...b,
        reveal: (describe(wireAt(at("reveal-trustee", 1))) as Loose).body.reveal,
      })),
    ),
    "rules",
    "bad-commitment",
  ],
  [
    "a reveal before everybody committed",
    machinist(() => exchanged(at("commit-trustee", -1), at("reveal-trustee"))),
    "rules",
    "out-of-order",
  ],
  ["a dealing left out", machinist(() => without(at("deal-shares"))), "rules", "out-of-order"],
  [
    "a changed acceptance",
    machinist(() => forged("accept-shares", (b) => ({ ...b, dealings: sha256(utf8("other")) }))),
    "rules",
    "wrong-ceremony",
  ],
  [
    "a rehearsal of another ceremony",
    machinist(() => forged("rehearse-decryption", (b) => ({ ...b, transcript: sha256(utf8("other")) }))),
    "rules",
    "wrong-ceremony",
  ],
  ["a rehearsal left out", machinist(() => without(at("rehearse-decryption"))), "rules", "out-of-order"],
];

/** The first two transactions of a type, each with the other's signature. */
function exchangedSignatures(all: KeptBlock[], type: string): KeptBlock[] {
  const second = (describe(wireAt(at(type, 1))) as Loose).signatures;
  return forged(
    type,
    (b) => b,
    0,
    () => second,
  )(all);
}

const entered = (change: (entries: Loose[]) => Loose[]): Uint8Array => {
  const body = bodyOf("enter-roll");
  return signed(enterRoll, { ...body, entries: change(body.entries) }, "registrar", REGISTRAR.secret);
};
const resealed = (change: object): Uint8Array => approved(sealElection, { ...bodyOf("seal-election"), ...change });

const ROLL: readonly Row[] = [
  [
    "a weight changed",
    machinist(() =>
      forged("enter-roll", (b) => ({
        ...b,
        entries: b.entries.map((e: Loose, i: number) => (i === 0 ? { ...e, weight: 9 } : e)),
      })),
    ),
    "rules",
    "bad-signature",
  ],
  [
    "E-02: a weight changed by the registrar",
    machinist(() =>
      instead(
        "enter-roll",
        entered((e) => e.map((each, i) => (i === 0 ? { ...each, weight: 3 - each.weight } : each))),
      ),
    ),
    "rules,election roll",
    "roll-mismatch",
  ],
  [
    "R-05: a voter added by the registrar",
    machinist(() =>
      instead(
        "enter-roll",
        entered((e) => withEntry(e, life.late)),
      ),
    ),
    "rules,election roll",
    "roll-mismatch",
  ],
  [
    "a voter removed by the registrar",
    machinist(() =>
      instead(
        "enter-roll",
        entered((e) => e.slice(1)),
      ),
    ),
    "rules,election roll",
    "roll-mismatch",
  ],
  [
    "R-06: a voter twice",
    machinist(() =>
      instead(
        "enter-roll",
        entered((e) => [e[0], ...e]),
      ),
    ),
    "rules,election roll",
    "roll-order",
  ],
  [
    "a roll in another order",
    machinist(() =>
      instead(
        "enter-roll",
        entered((e) => e.toReversed()),
      ),
    ),
    "rules,election roll",
    "roll-order",
  ],
  [
    "C-06: an entry that is no point",
    machinist(() =>
      instead(
        "enter-roll",
        entered((e) => e.map((each, i) => (i === 0 ? { ...each, eighth: flipped(each.eighth, 0) } : each))),
      ),
    ),
    "rules,election roll",
    "roll-point",
  ],
  [
    "a chunk that leaves a gap",
    machinist(() =>
      after(at("enter-roll"), signed(enterRoll, { ...bodyOf("enter-roll"), start: 3 }, "registrar", REGISTRAR.secret)),
    ),
    "rules,election roll",
    "roll-gap",
  ],
  [
    "a roll entered anew after the seal",
    machinist(() =>
      after(
        at("seal-election"),
        entered((e) => withEntry(e, life.late)),
      ),
    ),
    "rules",
    "wrong-stage",
  ],
  ["the roll left out", machinist(() => without(at("enter-roll"))), "rules,election roll", "roll-too-small"],
];

function withEntry(entries: readonly Loose[], { credential, bytes }: TestVoter): Loose[] {
  const place = life.voters.findIndex((each) => compare(each.bytes, bytes) > 0);
  const entry = { eighth: pointToEighth(credential.key), weight: 1 };
  return place < 0 ? [...entries, entry] : entries.toSpliced(place, 0, entry);
}
function compare(a: Uint8Array, b: Uint8Array): number {
  const i = a.findIndex((byte, k) => byte !== b[k]);
  return i < 0 ? 0 : (a[i] as number) - (b[i] as number);
}

const MANIFEST: readonly Row[] = [
  [
    "another number of keys by letter",
    machinist(() => forged("seal-election", (b) => ({ ...b, letters: 3 }))),
    "rules,election manifest",
    "manifest-mismatch",
  ],
  [
    "another manifest's hash",
    machinist(() => forged("seal-election", (b) => ({ ...b, manifestHash: sha256(utf8("other")) }))),
    "rules,election manifest",
    "manifest-mismatch",
  ],
  [
    "another hash, approved anew",
    machinist(() => instead("seal-election", resealed({ manifestHash: sha256(utf8("other")) }))),
    "rules,election manifest",
    "manifest-mismatch",
  ],
  [
    "another roll root, approved anew",
    machinist(() => instead("seal-election", resealed({ rollRoot: sha256(utf8("other")) }))),
    "rules,election roll",
    "roll-mismatch",
  ],
  [
    "another length of the roll, approved anew",
    machinist(() => instead("seal-election", resealed({ rollCount: 7 }))),
    "rules,election roll",
    "roll-mismatch",
  ],
  [
    "a seal by one officer",
    machinist(() =>
      forged(
        "seal-election",
        (b) => b,
        0,
        (s) => s.slice(1),
      ),
    ),
    "rules",
    "too-few-approvals",
  ],
  [
    "a seal before the roll",
    machinist(() => exchanged(at("seal-election"), at("enter-roll"))),
    "rules,election roll",
    "roll",
  ],
  ["a second seal", machinist(() => after(at("seal-election"), wireAt(at("seal-election")))), "rules", "wrong-stage"],
  ["no seal", machinist(() => without(at("seal-election"))), "rules,election boundaries", "cast-ballot refused"],
  [
    "T-03: another manifest in full, sealed by the officers anew",
    machinist(() => instead("seal-election", resealed(otherManifest()))),
    "rules,election ballots",
    "bad-",
  ],
];

/** What officers who work with the operator could seal: everything as it was, except one number. */
function otherManifest(): object {
  const { letters, uniqueWeights } = { letters: 1, uniqueWeights: false };
  const state = stateBelow(at("seal-election"));
  return { letters, uniqueWeights, manifestHash: manifestHash(manifestOf(state, UUID, { letters, uniqueWeights })) };
}
function stateBelow(i: number): MemoryState {
  const state = new MemoryState();
  state.commit(applyGenesis(ledger.genesis).changes());
  for (const each of ledger.blocks.slice(0, i)) state.commit(apply(state, each, plainVerdicts).changes);
  return state;
}

const cast = (which: number): number => at("cast-ballot", which);
const ballot = (of: TestVoter, sequence: number, which = 0): Uint8Array =>
  ballotWire(ledger, UUID, of, [[0, 1, 0, 0], [which]], sequence);

const BALLOTS: readonly Row[] = [
  ["T-07: a ballot left out, roots as they were", operator(() => without(cast(0))), "state", "state-root"],
  [
    "T-07: a ballot left out, roots made anew",
    machinist(() => without(cast(3))),
    "rules,election shares",
    "bad-factor",
  ],
  ["a spoiled ballot left out", machinist(() => without(at("spoil-ballot"))), "rules", "unknown-tracker"],
  [
    "T-08: an old ballot over a newer one",
    machinist(() => after(cast(2), wireAt(cast(0)))),
    "rules,election sequence",
    "stale-sequence",
  ],
  [
    "T-09: two ballots of one voter exchanged",
    machinist(() => exchanged(cast(0), cast(2))),
    "rules,election sequence",
    "stale-sequence",
  ],
  [
    "L-11: a ballot twice",
    machinist(() => after(cast(0), wireAt(cast(0)))),
    "rules,election sequence",
    "stale-sequence",
  ],
  [
    "a number above the limit",
    machinist(() => after(cast(0), ballot(voter(6), 6))),
    "rules,election sequence",
    "sequence-too-high",
  ],
  [
    "E-04: a ballot at closing time",
    machinist(() => replaced(cast(-1), { time: CLOSE })),
    "rules,election boundaries",
    "closed",
  ],
  [
    "a ballot a nanosecond before opening",
    machinist(() => replaced(cast(0), { time: START + HOUR - 1n })),
    "rules,election boundaries",
    "not-yet-open",
  ],
  [
    "a ballot of nobody on the roll",
    machinist(() => after(cast(0), ballot(life.stranger, 1))),
    "rules,election eligibility",
    "not-on-roll",
  ],
  [
    "a ballot by a credential that was replaced",
    machinist(() => after(cast(4), ballot(voter(3), 1))),
    "rules,election eligibility",
    "credential-revoked",
  ],
  [
    "T-01: a ballot under another credential",
    machinist(() => forged("cast-ballot", (b) => ({ ...b, credential: voter(6).bytes }))),
    "rules,election ballots",
    "bad-",
  ],
  [
    "another number in a ballot",
    machinist(() => forged("cast-ballot", (b) => ({ ...b, sequence: 2 }))),
    "rules,election ballots",
    "bad-",
  ],
  [
    "C-01: a changed proof",
    machinist(() => forged("cast-ballot", (b) => ({ ...b, ballot: flipped(b.ballot, -40) }))),
    "rules,election ballots",
    "bad-",
  ],
  [
    "a changed ciphertext",
    machinist(() => forged("cast-ballot", (b) => ({ ...b, ballot: flipped(b.ballot, 4) }))),
    "rules,election ballots",
    "bad-wire",
  ],
  [
    "a ballot cut short",
    machinist(() => forged("cast-ballot", (b) => ({ ...b, ballot: b.ballot.slice(0, -1) }))),
    "rules,election ballots",
    "bad-wire",
  ],
  [
    "an envelope that nobody signed",
    machinist(() =>
      forged(
        "cast-ballot",
        (b) => b,
        0,
        (s) => ({ ...s, response: flipped(s.response, 31) }),
      ),
    ),
    "rules,election ballots",
    "bad-",
  ],
  [
    "a test made a vote",
    machinist(() =>
      replaced(at("spoil-ballot"), {
        transactions: [
          encodeTransaction(
            castBallot,
            ledger.chainId,
            bodyOf("spoil-ballot"),
            (describe(wireAt(at("spoil-ballot"))) as Loose).signatures,
          ),
        ],
      }),
    ),
    "rules,election ballots",
    "bad-",
  ],
  [
    "a vote made a test",
    machinist(() =>
      replaced(cast(0), {
        transactions: [
          encodeTransaction(
            spoilBallot,
            ledger.chainId,
            bodyOf("cast-ballot"),
            (describe(wireAt(cast(0))) as Loose).signatures,
          ),
        ],
      }),
    ),
    "rules,election ballots",
    "bad-",
  ],
  [
    "T-08: a further vote of one voter, by the voter, after closing",
    machinist(() => after(at("share-decryption"), ballot(voter(6), 1))),
    "rules,election boundaries",
    "closed",
  ],
  [
    "a further vote of one voter, by the voter, before closing",
    machinist(() => after(cast(3), ballot(voter(6), 1))),
    "rules,election shares",
    "bad-factor",
  ],
  [
    "a mismatch report on no ballot",
    machinist(() => forged("report-mismatch", (b) => ({ ...b, tracker: sha256(utf8("none")) }))),
    "rules",
    "unknown-tracker",
  ],
  [
    "R-13: a re-issue by one officer",
    machinist(() =>
      forged(
        "reissue-credential",
        (b) => b,
        0,
        (s) => s.slice(1),
      ),
    ),
    "rules",
    "too-few-approvals",
  ],
  [
    "a re-issue for somebody who voted",
    machinist(() => after(cast(2), reissued(voter(0), life.late))),
    "rules,election reissues",
    "has-voted",
  ],
  [
    "a re-issue above the cap",
    machinist(() => after(at("reissue-credential", -1), reissued(voter(6), voter(7)))),
    "rules,election reissues",
    "reissue-limit",
  ],
  [
    "E-03: an extension beyond what the plan allows",
    machinist(() => instead("extend-election", approved(extendElection, { uuid: UUID, closesAt: START + 9n * HOUR }))),
    "rules",
    "extension-limit",
  ],
  [
    "E-03: the extension left out",
    machinist(() => without(at("extend-election"))),
    "rules,election boundaries",
    "closed",
  ],
];

function reissued(old: TestVoter, next: TestVoter): Uint8Array {
  return approved(reissueCredential, { uuid: UUID, old: old.bytes, credential: pointToEighth(next.credential.key) });
}

/** A share of trustee i for the sum of other ciphertexts, signed by the trustee. */
function shareOfOther(i: number): Uint8Array {
  const sums = tallies.get(ledger.state, UUID)?.sums ?? [];
  const text = sealeds.get(ledger.state, UUID)?.fingerprint as string;
  const view = { chainId: ledger.chainId, uuid: UUID, ceremony: ledger.ceremony(UUID) };
  // The same ciphertexts in another order: a sum that nobody may open.
  const other = [...sums.slice(2, 4), ...sums.slice(0, 2), ...sums.slice(4)];
  const tally = encryptedTallyOf(ledger.plan(UUID).questions, other);
  const share = shareOf((SPECS[i] as (typeof SPECS)[0]).code, view, text, tally, ledger.random);
  if (!share.ok) throw new Error(share.error.detail);
  return share.value.wire;
}
/** Changes the last digit of the last response of a share. */
const otherProof = ({ share, ...body }: { share: string }) => {
  const digit = share.length - 6;
  return { ...body, share: `${share.slice(0, digit)}${(Number(share[digit]) + 1) % 10}${share.slice(digit + 1)}` };
};

const SHARES: readonly Row[] = [
  [
    "C-07: a changed decryption proof",
    machinist(() => forged("share-decryption", otherProof)),
    "rules",
    "bad-signature",
  ],
  [
    "K-06: a share under another's name",
    machinist(() => forged("share-decryption", (b) => ({ ...b, owner: 1 }))),
    "rules",
    "bad-signature",
  ],
  [
    "a share of nobody",
    machinist(() => forged("share-decryption", (b) => ({ ...b, owner: 5 }))),
    "rules,election shares",
    "unknown-trustee",
  ],
  [
    "C-13: a share for another sum, by its trustee",
    machinist(() => instead("share-decryption", shareOfOther(2))),
    "rules,election shares",
    "bad-factor",
  ],
  [
    "a share twice",
    machinist(() => after(at("share-decryption"), wireAt(at("share-decryption")))),
    "rules",
    "already-done",
  ],
  [
    "E-10: a share in the objection period",
    machinist(() => replaced(at("share-decryption"), { time: CLOSE + SECOND })),
    "rules",
    "too-early",
  ],
  [
    "a share after the deadline",
    machinist(() => replaced(at("share-decryption", -1), { time: CLOSE + 3n * HOUR })),
    "rules",
    "too-late",
  ],
  [
    "a share that is no JSON",
    machinist(() => forged("share-decryption", (b) => ({ ...b, share: "{}" }))),
    "rules",
    "bad-",
  ],
];

const entryWith = (draft: Draft, change: object): void => {
  const found = elections.get(draft, UUID) as NonNullable<ReturnType<typeof elections.get>>;
  elections.set(draft, { ...found, entry: { ...found.entry, ...change } }, UUID);
};
const nothing = new Uint8Array(32);

const RESULT: readonly Row[] = [
  [
    "T-17: another state root under the result",
    operator(() => replaced(ledger.blocks.length - 1, { root: nothing })),
    "state",
    "state-root",
  ],
  ["another state root in the middle", operator(() => replaced(9, { root: nothing })), "state", "state-root"],
  [
    "state roots one block late",
    operator(() => (all) => all.map((each, i) => ({ ...each, root: block(Math.max(0, i - 1)).root }))),
    "state",
    "state-root",
  ],
  [
    "T-17: a machine that keeps another tally",
    liar(
      () => cast(2),
      (draft) => tallies.set(draft, { sums: (tallies.get(draft, UUID)?.sums ?? []).toReversed() }, UUID),
    ),
    "state",
    "state-root",
  ],
  [
    "a machine that counts a voter more",
    liar(
      () => cast(2),
      (draft) => entryWith(draft, { counted: 7 }),
    ),
    "state",
    "state-root",
  ],
  [
    "a machine that hides a mismatch report",
    liar(
      () => at("report-mismatch"),
      (draft) => entryWith(draft, { mismatches: 0 }),
    ),
    "state",
    "state-root",
  ],
  [
    "a machine that keeps another weight",
    liar(
      () => at("seal-election"),
      (draft) =>
        positions.set(
          draft,
          { ...(positions.get(draft, UUID, 0) as NonNullable<ReturnType<typeof positions.get>>), weight: 3 },
          UUID,
          0,
        ),
    ),
    "state",
    "state-root",
  ],
  [
    "a machine that counts a share more",
    liar(
      () => at("share-decryption", -1) - 1,
      (draft) => entryWith(draft, { shares: 3 }),
    ),
    "state",
    "state-root",
  ],
];

test.each(STRUCTURE.concat(EVIDENCE, GENESIS))("form and chain: %s is refused, naming the step", judge);
test.each(SETUP.concat(ROLL, MANIFEST))("before opening: %s is refused, naming the step", judge);
test.each(BALLOTS)("ballots: %s is refused, naming the step", judge);
test.each(SHARES.concat(RESULT))("count: %s is refused, naming the step", judge);

function judge(_what: string, record: () => Uint8Array, checks: string, says: string): void {
  const report = verifyRecord([record()]);
  const { ids, evidence } = failures(report);
  expect([report.verdict === "valid", ids.join(","), evidence]).toEqual([false, checks, expect.stringContaining(says)]);
}

test("what was changed is a record that verifies, and the machine run anew gives its roots", () => {
  expect(verifyRecord([ledger.record()]).verdict).toBe("valid");
  expect(machinist(unchanged)()).toEqual(ledger.record());
  expect(results.get(ledger.state, UUID)).toBeDefined();
});

test("a record alone cannot show that its last blocks are missing: receipts and other copies do", () => {
  const shorter = recordOf(ledger.genesis, blocks().slice(0, cast(-1)));
  const report = verifyRecord([shorter]);
  expect([report.verdict, report.elections[0]?.stage, report.elections[0]?.result]).toEqual([
    "valid",
    "open",
    undefined,
  ]);
});
