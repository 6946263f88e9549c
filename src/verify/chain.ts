/**
 * A ledger's headers, whichever engine made them: what a replay and a receipt need of one, and its judgement against the
 * genesis. SPEC 5.4, SPEC 6.4
 */
import { bytesEqual } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import {
  type CometHeader,
  cometHeaderHash,
  cometTransactionsFit,
  decodeCometHeader,
} from "#evidence/cometbft/header.js";
import { type CometFault, CometJudge, decodeFinality, judgeFinal } from "#evidence/cometbft/judge.js";
import { judgeMisconduct, type Misconduct, namesMisconduct } from "#evidence/cometbft/misconduct.js";
import { inSetOrder, type Validator, validatorsHash } from "#evidence/cometbft/validators.js";
import {
  decodeHeader,
  type EmbeddedHeader,
  type EvidenceFault,
  headerHash,
  judgeEmbedded,
  transactionsFit,
} from "#evidence/embedded.js";
import { type Genesis, genesisHash } from "#protocol/genesis.js";
import type { NetworkValidator } from "#protocol/network.js";

export interface ChainHeader {
  readonly height: number;
  /** Nanoseconds. */
  readonly time: bigint;
  readonly hash: Uint8Array;
  /** Hash of the header below. */
  readonly previous: Uint8Array;
  /** State root after the block (embedded) or after the block below (CometBFT), and which of the two it is. */
  readonly stateRoot: Uint8Array;
  readonly rootOf: "block" | "block-below";
  /** Version of the rules that the header names, on a network. */
  readonly rules?: number;
  /** Whether the block holds proof of a validator's misconduct ({@link misconductIn}). */
  readonly misconduct: boolean;
  /** Whether these are the block's transactions. */
  fits(transactions: readonly Uint8Array[]): boolean;
}

export interface ChainJudge {
  /** What the first header points to. */
  readonly start: Uint8Array;
  /** Who signs the next header: a node's key, or the hash of a network's set. */
  readonly signer: Uint8Array;
  /** Whether every transaction of a block must take effect. */
  readonly onlyEffective: boolean;
  /**
   * The header, if it is final. Blocks come in ascending order, each once: on a network each final header names the set
   * that signs the next, so a record carries no set changes (SPEC 6.4).
   */
  judge(header: Uint8Array, evidence: Uint8Array): Result<ChainHeader, EvidenceFault>;
  /** The header as it says of itself; `undefined` when it is none. */
  read(header: Uint8Array): ChainHeader | undefined;
}

/** What is trusted of a genesis: which engine, which chain, whose key or which validators. */
export type ChainTrust = Pick<Genesis, "engine" | "chainId" | "engineKey">;

/** Whether the operators' list in a genesis, where it has one, is the set that its engine key names. */
export function namesItsValidators({ validators, engineKey }: Genesis): boolean {
  return validators === undefined || bytesEqual(validatorsHash(inSetOrder(validators.map(asVoting))), engineKey);
}

function asVoting({ key, power }: NetworkValidator): Validator {
  return { key, power: BigInt(power) };
}

/** Judges the headers of the ledger that begins with this genesis; `signer`: where a judge before has come to. */
export function chainJudge(genesis: Genesis, signer: Uint8Array = genesis.engineKey): ChainJudge {
  return genesis.engine === "embedded" ? embeddedChain(genesis) : cometChain(genesis, signer);
}

function embeddedChain(genesis: Genesis): ChainJudge {
  const view = (header: EmbeddedHeader, hash: Uint8Array): ChainHeader => ({
    height: header.height,
    time: header.time,
    hash,
    previous: header.previous,
    stateRoot: header.stateRoot,
    rootOf: "block",
    misconduct: false,
    fits: (transactions) => transactionsFit(header, transactions),
  });
  return {
    start: genesisHash(genesis),
    signer: genesis.engineKey,
    onlyEffective: true,
    judge: (bytes, evidence) => {
      const judged = judgeEmbedded(genesis, bytes, evidence);
      return judged.ok ? ok(view(judged.value, judged.value.hash)) : judged;
    },
    read: (bytes) => {
      const header = decodeHeader(bytes);
      return header.ok ? view(header.value, headerHash(bytes)) : undefined;
    },
  };
}

function cometChain({ chainId }: ChainTrust, signer: Uint8Array): ChainJudge {
  let set = signer;
  const view = (header: CometHeader, hash: Uint8Array): ChainHeader => ({
    height: header.height,
    time: header.time,
    hash,
    previous: header.lastBlockId.hash,
    stateRoot: header.appHash,
    rootOf: "block-below",
    rules: Number(header.appVersion),
    misconduct: namesMisconduct(header),
    fits: (transactions) => cometTransactionsFit(header, transactions),
  });
  return {
    // Nothing stands below the first block of CometBFT.
    start: new Uint8Array(0),
    get signer() {
      return set;
    },
    onlyEffective: false,
    judge: (bytes, evidence) => {
      const judged = judgeFinal({ chainId, validatorsHash: set }, bytes, evidence);
      if (judged.ok) set = judged.value.nextValidatorsHash;
      return judged.ok ? ok(view(judged.value, judged.value.hash)) : fail(embeddedFault(judged.error));
    },
    read: (bytes) => {
      const header = decodeCometHeader(bytes);
      return header.ok ? view(header.value, cometHeaderHash(header.value)) : undefined;
    },
  };
}

/**
 * The misconduct that a network's block proves, by the proofs served with it. The block was judged before; its own set is
 * the one in which the accused are looked for.
 */
export function misconductIn(
  header: Uint8Array,
  evidence: Uint8Array,
  items: readonly Uint8Array[],
): Result<readonly Misconduct[], string> {
  const [decoded, finality] = [decodeCometHeader(header), decodeFinality(evidence)];
  if (!decoded.ok || !finality.ok) return fail("the block is malformed");
  return judgeMisconduct(decoded.value, items, finality.value.validators);
}

/** What a receipt shows of the header that its proof leads to. */
export interface JudgedState {
  readonly chainId: string;
  readonly height: number;
  readonly time: bigint;
  readonly stateRoot: Uint8Array;
}

/** Whether a state root was final, by the header and evidence of a receipt. */
export function judgeState(
  trust: ChainTrust,
  header: Uint8Array,
  evidence: Uint8Array,
): Result<JudgedState, EvidenceFault> {
  if (trust.engine === "embedded") return judgeEmbedded(trust, header, evidence);
  const judged = new CometJudge({ chainId: trust.chainId, validatorsHash: trust.engineKey }).root(header, evidence);
  if (!judged.ok) return fail(embeddedFault(judged.error));
  const { height, time, stateRoot } = judged.value;
  return ok({ chainId: trust.chainId, height, time, stateRoot });
}

/** One list of codes for both engines: evidence that is not even in form is bad evidence. */
function embeddedFault({ code, detail }: CometFault): EvidenceFault {
  return { code: code === "malformed-evidence" ? "bad-evidence" : code, detail };
}
