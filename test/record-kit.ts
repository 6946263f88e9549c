/**
 * A ledger in memory whose blocks are kept and signed as the embedded engine does: for tests of records and receipts,
 * and of what verifiers say when somebody who holds the node's key (or nobody) has changed them.
 */
import { concat, fromHex, utf8 } from "#base/bytes.js";
import { ed25519Key } from "#crypto/ed25519.js";
import { pointToEighth } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { listRoot } from "#crypto/merkle.js";
import { encodeHeader, headerHash, signHeader } from "#evidence/embedded.js";
import { encode } from "#protocol/encoding/shape.js";
import { type Genesis, genesisHash, genesisShape } from "#protocol/genesis.js";
import type { Applied } from "#protocol/machine.js";
import {
  type BallotProof,
  ballotProofShape,
  encodeProof,
  positionProofShape,
  proveBallot,
  provePosition,
} from "#protocol/proof.js";
import { frameBytes, recordStart } from "#protocol/record.js";
import { extendElection } from "#protocol/transactions/extend-election.js";
import { reissueCredential } from "#protocol/transactions/reissue-credential.js";
import { reportMismatch } from "#protocol/transactions/report-mismatch.js";
import {
  approved,
  ballotWire,
  genesisOf,
  HOUR,
  MINUTE,
  openElection,
  SECOND,
  START,
  shareWire,
  signed,
  TestLedger,
  type TestVoter,
  type TrusteeSpec,
  toDecryption,
  UUID,
  votersOf,
} from "./protocol-kit.js";

export const NODE_SECRET: Uint8Array = sha256(utf8("test node"));

export interface KeptBlock {
  readonly height: number;
  readonly time: bigint;
  readonly root: Uint8Array;
  readonly transactions: readonly Uint8Array[];
}

export interface SignedBlock extends KeptBlock {
  readonly header: Uint8Array;
  readonly evidence: Uint8Array;
}

/** Keeps every block. */
export class RecordedLedger extends TestLedger {
  readonly genesis: Genesis;
  readonly blocks: SignedBlock[] = [];

  constructor(seed = "ledger", change: Partial<Genesis> = {}) {
    const genesis = genesisOf({ engineKey: ed25519Key(NODE_SECRET), ...change });
    super(seed, genesis);
    this.genesis = genesis;
  }

  /** As the embedded engine does, only what takes effect becomes a block. */
  override block(...transactions: readonly Uint8Array[]): Applied {
    const { time } = this;
    const applied = super.block(...transactions);
    const kept = transactions.filter((_, i) => applied.rejections[i] === null);
    if (kept.length === 0 && transactions.length > 0) return applied;
    const previous = this.blocks.at(-1);
    const below = previous === undefined ? genesisHash(this.genesis) : headerHash(previous.header);
    const block = { height: this.blocks.length + 1, time, root: applied.root, transactions: kept };
    this.blocks.push(signedBlock(this.chainId, block, below));
    return applied;
  }

  /** The record up to now. */
  record(): Uint8Array {
    return recordOf(this.genesis, this.blocks);
  }

  /** The receipt of a ballot (tracker: 32 bytes) as of the last block. */
  receipt(uuid: string, tracker: Uint8Array) {
    const proof = proveBallot(this.state, uuid, tracker) as BallotProof;
    return this.#receipt(encodeProof(ballotProofShape, proof));
  }

  /** The receipt of a credential's place on the roll as of the last block. */
  credentialReceipt(uuid: string, credential: Uint8Array) {
    const proof = provePosition(this.state, uuid, credential);
    if (proof === undefined) throw new Error("not on the roll");
    return this.#receipt(encodeProof(positionProofShape, proof));
  }

  #receipt(proof: Uint8Array) {
    const { height, time, header, evidence } = this.blocks.at(-1) as SignedBlock;
    return { chainId: this.chainId, height, time, header, evidence, proof };
  }
}

/** A block as the node would sign it, whatever it says. */
export function signedBlock(
  chainId: string,
  block: KeptBlock,
  previous: Uint8Array,
  secret = NODE_SECRET,
): SignedBlock {
  const { height, time, root, transactions } = block;
  const transactionsRoot = listRoot(transactions);
  const header = encodeHeader({ chainId, height, time, previous, transactionsRoot, stateRoot: root });
  return { ...block, header, evidence: signHeader(secret, header) };
}

export function recordOf(genesis: Genesis, blocks: readonly SignedBlock[], end = blocks.length): Uint8Array {
  const frames = blocks.map(({ height, header, evidence, transactions }) =>
    frameBytes({ kind: "block", height, header, evidence, transactions }),
  );
  return concat(recordStart(encode(genesisShape, genesis)), ...frames, frameBytes({ kind: "end", height: end }));
}

/** Signs all blocks again with their links repaired: what somebody who holds the node's key could publish. */
export function resigned(genesis: Genesis, blocks: readonly KeptBlock[], secret = NODE_SECRET): SignedBlock[] {
  const out: SignedBlock[] = [];
  let previous = genesisHash(genesis);
  for (const [i, block] of blocks.entries()) {
    const signed = signedBlock(genesis.chainId, { ...block, height: i + 1 }, previous, secret);
    previous = headerHash(signed.header);
    out.push(signed);
  }
  return out;
}

/** The people of {@link wholeLife}. */
export interface Life {
  /** On the roll from the seal on, in its order. The fourth was given another credential. */
  readonly voters: readonly TestVoter[];
  /** The credential issued for the fourth voter. */
  readonly stranger: TestVoter;
  /** Issued for the sixth voter, who voted with the old one in time: void. */
  readonly late: TestVoter;
  /** Tracker of the spoiled ballot. */
  readonly spoiled: Uint8Array;
}

/** Blank votes, weights, a revote, a spoiled ballot with a mismatch report, re-issues, an extension, shares, result. */
export function wholeLife(
  life: RecordedLedger,
  specs: readonly TrusteeSpec[],
  threshold: number,
  opening: readonly number[],
): Life {
  const all = votersOf(10, UUID, [1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
  const [voters, stranger, late] = [all.slice(0, 8), all[8] as TestVoter, all[9] as TestVoter];
  const questions = [
    { question: "Which bridge?", answers: ["Stone", "Steel", "None"], min: 1, max: 2, blank: true },
    { question: "And the road?", answers: ["Yes"], min: 0, max: 1, blank: false },
  ];
  openElection(life, specs, threshold, voters, { questions });
  const [a, b, c, d, e, f] = voters as [TestVoter, TestVoter, TestVoter, TestVoter, TestVoter, TestVoter];
  const ballot = (voter: TestVoter, first: number[], second: number, n = 1) =>
    ballotWire(life, UUID, voter, [first, [second]], n);
  life.must(ballot(a, [0, 1, 0, 0], 1));
  life.block(ballot(b, [0, 1, 1, 0], 0), ballot(c, [1, 0, 0, 0], 1));
  const before = new Set(life.state.entries.keys());
  life.must(ballotWire(life, UUID, b, [[0, 0, 0, 1], [1]], 2, "spoil-ballot"));
  const added = [...life.state.entries.keys()].find((key) => key.startsWith(`ballot/${UUID}/`) && !before.has(key));
  const spoiled = fromHex((added as string).split("/")[2] as string) as Uint8Array;
  life.must(
    signed(reportMismatch, { uuid: UUID, tracker: spoiled, kind: "other-choice" }, "voter", b.credential.secret),
  );
  life.must(ballot(a, [0, 0, 0, 1], 0, 2));
  for (const [old, next] of [
    [d, stranger],
    [f, late],
  ] as const)
    life.must(
      approved(reissueCredential, { uuid: UUID, old: old.bytes, credential: pointToEighth(next.credential.key) }),
    );
  life.must(ballot(f, [0, 1, 0, 0], 0));
  life.must(approved(extendElection, { uuid: UUID, closesAt: START + 2n * HOUR + MINUTE }));
  life.time += 2n * MINUTE;
  life.must(ballot(stranger, [0, 1, 0, 0], 1));
  life.time = START + 2n * HOUR + MINUTE - SECOND;
  life.must(ballot(e, [0, 0, 1, 0], 1));
  toDecryption(life, UUID);
  for (const i of opening) life.must(shareWire(life, UUID, (specs[i] as TrusteeSpec).code));
  return { voters, stranger, late, spoiled };
}
