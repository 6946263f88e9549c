/**
 * Compares what two nodes of one ledger show for one height. Blocks of a height that differ are a fork, whoever made it:
 * the reader stops and keeps both (rows L-01, L-02). Pure and total. SPEC 6.6
 */
import { bytesEqual, toHex } from "#base/bytes.js";
import { decodeCometHeader } from "#evidence/cometbft/header.js";
import { conflictOf, decodeFinality, encodeFinality, judgeFinal, rootEvidenceParts } from "#evidence/cometbft/judge.js";
import { judgeEmbedded } from "#evidence/embedded.js";
import type { ChainTrust } from "./chain.js";

/** A header and its evidence: a receipt's, or a block's as a node serves it. */
export interface Shown {
  readonly header: Uint8Array;
  readonly evidence: Uint8Array;
}

export type Comparison =
  | { readonly kind: "same" }
  /** Two blocks of one height, both proved: fraud, whatever else is true. `signers` name who signed both, in hex. */
  | { readonly kind: "fork"; readonly signers: readonly string[] }
  /** The second node shows another block, and cannot prove it. */
  | { readonly kind: "unproved"; readonly detail: string };

/** Height of the block that is to be asked of the second node, as it serves blocks: the one that the evidence is about. */
export function comparedHeight(trust: ChainTrust, receiptHeight: number): number {
  return trust.engine === "cometbft" ? receiptHeight + 1 : receiptHeight;
}

/** Compares a judged receipt's block with the block of {@link comparedHeight} that the second node serves. */
export function compareShown(trust: ChainTrust, receipt: Shown, second: Shown): Comparison {
  return trust.engine === "cometbft" ? compareComet(trust, receipt, second) : compareEmbedded(trust, receipt, second);
}

/**
 * Who signed both, in hex, where two blocks of one height are both proved and differ; `null` where they do not. `below`: the
 * judged header below them, absent at height 1: on a network it names the set that signs them.
 */
export function signersOfFork(
  trust: ChainTrust,
  below: Uint8Array | undefined,
  one: Shown,
  two: Shown,
): readonly string[] | null {
  if (trust.engine === "embedded") {
    const outcome = compareEmbedded(trust, one, two);
    return outcome.kind === "fork" ? outcome.signers : null;
  }
  const parent = below === undefined ? undefined : decodeCometHeader(below);
  if (parent !== undefined && !parent.ok) return null;
  const root = { chainId: trust.chainId, validatorsHash: parent?.value.nextValidatorsHash ?? trust.engineKey };
  const [first, second] = [judgeFinal(root, one.header, one.evidence), judgeFinal(root, two.header, two.evidence)];
  if (!first.ok || !second.ok) return null;
  const sides = [
    { header: first.value, finality: one.evidence },
    { header: second.value, finality: two.evidence },
  ] as const;
  return conflictOf(...sides)?.signers ?? null;
}

function compareEmbedded(trust: ChainTrust, receipt: Shown, second: Shown): Comparison {
  if (bytesEqual(receipt.header, second.header)) return { kind: "same" };
  const judged = judgeEmbedded(trust, second.header, second.evidence);
  const own = judgeEmbedded(trust, receipt.header, receipt.evidence);
  if (!judged.ok || !own.ok) return { kind: "unproved", detail: judged.ok ? "" : judged.error.detail };
  if (judged.value.height !== own.value.height) return { kind: "unproved", detail: "a block of another height" };
  return { kind: "fork", signers: [toHex(trust.engineKey)] };
}

function compareComet(trust: ChainTrust, receipt: Shown, second: Shown): Comparison {
  const parts = rootEvidenceParts(receipt.evidence);
  if (parts === undefined) return { kind: "unproved", detail: "the receipt's evidence is malformed" };
  if (bytesEqual(parts.header, second.header)) return { kind: "same" };
  const [own, other, header] = [
    decodeFinality(parts.finality),
    decodeFinality(second.evidence),
    decodeCometHeader(second.header),
  ];
  if (!own.ok || !other.ok || !header.ok) return { kind: "unproved", detail: "it is not in form" };
  // Served blocks carry no way from the genesis; that of the receipt leads to the same height.
  const finality = encodeFinality({ ...other.value, changes: own.value.changes });
  const root = { chainId: trust.chainId, validatorsHash: trust.engineKey };
  const [one, two] = [judgeFinal(root, parts.header, parts.finality), judgeFinal(root, second.header, finality)];
  if (!one.ok || !two.ok) return { kind: "unproved", detail: two.ok ? "" : two.error.detail };
  const conflict = conflictOf({ header: one.value, finality: parts.finality }, { header: two.value, finality });
  if (conflict === null) return { kind: "unproved", detail: "a block of another height" };
  return { kind: "fork", signers: conflict.signers };
}
