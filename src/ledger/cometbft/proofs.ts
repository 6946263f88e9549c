/**
 * What proves a node's blocks: signed headers, the sets that signed them, and the misconduct that blocks convict. CometBFT
 * gives its application none of it, so it is asked over its RPC, after each commit; judged; and kept beside the block.
 */
import { bytesEqual, toHex } from "#base/bytes.js";
import { decodeCometHeader } from "#evidence/cometbft/header.js";
import { decodeFinality, encodeFinality, judgeFinal, type SetChange } from "#evidence/cometbft/judge.js";
import { misconductFits, namesMisconduct } from "#evidence/cometbft/misconduct.js";
import type { Validator } from "#evidence/cometbft/validators.js";
import type { Genesis } from "#protocol/genesis.js";
import { networkOf } from "#protocol/network.js";
import type { StateReader } from "#protocol/state.js";
import type { Store } from "../embedded/store.js";
import { type Evidence, LedgerDamaged } from "../ledger.js";
import { decodeRecord } from "./record.js";
import type { CometRpc } from "./rpc.js";
import { voteHolds } from "./votes.js";

export class Proofs {
  readonly #store: Store;
  readonly #genesis: Genesis;
  readonly #rpc: Pick<CometRpc, "signedHeader" | "validators" | "misconduct">;
  readonly #sets = new Map<string, readonly Validator[]>();
  readonly #changes = new Map<number, SetChange | null>();

  constructor(store: Store, genesis: Genesis, rpc: Pick<CometRpc, "signedHeader" | "validators" | "misconduct">) {
    this.#store = store;
    this.#genesis = genesis;
    this.#rpc = rpc;
  }

  /**
   * Fetches, judges and keeps the proof of a committed block; the one below has its own. Rejects with `RpcFailed` when
   * CometBFT cannot answer now, with {@link LedgerDamaged} when what it shows does not hold.
   */
  async fetch(height: number): Promise<void> {
    const record = decodeRecord((this.#store.header(height) as Evidence).header);
    const signed = await this.#rpc.signedHeader(height);
    const validators = await this.#setAt(height, signed.validatorsHash);
    const finality = encodeFinality({ commit: signed.commit, validators, changes: [] });
    const trust = { chainId: this.#genesis.chainId, validatorsHash: this.#setHashAt(height) };
    const judged = judgeFinal(trust, signed.header, finality, voteHolds);
    if (!judged.ok)
      throw new LedgerDamaged(`CometBFT's header of block ${height} does not hold: ${judged.error.detail}.`);
    if (!bytesEqual(judged.value.hash, record.hash) || judged.value.time !== record.time)
      throw new LedgerDamaged(`CometBFT shows another block ${height} than it gave the application.`);
    const misconduct = namesMisconduct(judged.value) ? await this.#rpc.misconduct(height) : [];
    // What cannot be read is left out; the header says all the same that there is some.
    const kept = misconductFits(judged.value, misconduct) ? misconduct : [];
    this.#store.sign(height, { header: signed.header, evidence: finality, misconduct: kept });
  }

  /** Headers below a height that end one set and name the next: the way from the genesis to the set of that height. */
  changesBelow(height: number, state: StateReader): SetChange[] {
    const heights = (networkOf(state)?.changes ?? []).map((changed) => changed + 1);
    return heights.flatMap((each) => {
      if (each >= height) return [];
      let change = this.#changes.get(each);
      if (change === undefined) {
        const signed = this.#store.signed(each) as Evidence;
        change = setChangeOf(signed.header, signed.evidence);
        this.#changes.set(each, change);
      }
      return change ?? [];
    });
  }

  /** Hash of the set that signs the block of a height: as the header below, which was judged, says. */
  #setHashAt(height: number): Uint8Array {
    const below = height === 1 ? undefined : this.#store.signed(height - 1);
    const header = below === undefined ? undefined : decodeCometHeader(below.header);
    if (header === undefined) return this.#genesis.engineKey;
    if (!header.ok) throw new LedgerDamaged(`The proof of block ${height - 1} cannot be read.`);
    return header.value.nextValidatorsHash;
  }

  async #setAt(height: number, hash: Uint8Array): Promise<readonly Validator[]> {
    const name = toHex(hash);
    const known = this.#sets.get(name);
    if (known !== undefined) return known;
    const validators = await this.#rpc.validators(height);
    this.#sets.set(name, validators);
    return validators;
  }
}

/** The change that a signed header names; `null` when the set stays as it is. */
function setChangeOf(header: Uint8Array, evidence: Uint8Array): SetChange | null {
  const [parsed, finality] = [decodeCometHeader(header), decodeFinality(evidence)];
  if (!parsed.ok || !finality.ok) throw new LedgerDamaged("The proof of a change of validators cannot be read.");
  if (bytesEqual(parsed.value.nextValidatorsHash, parsed.value.validatorsHash)) return null;
  return { header, commit: finality.value.commit, validators: finality.value.validators };
}
