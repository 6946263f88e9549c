/**
 * The part of CometBFT's JSON-RPC that a node's own application uses, over the loopback interface: offering
 * transactions, and fetching signed headers with the sets that signed them. What comes from here is judged by
 * `evidence/` before it is kept: the RPC is asked, not believed.
 */
import { Agent, request } from "node:http";
import { fromHex } from "#base/bytes.js";
import { type Commit, encodeCommit, type VoteFlag, ZERO_TIME } from "#evidence/cometbft/commit.js";
import { type BlockId, type CometHeader, encodeCometHeader } from "#evidence/cometbft/header.js";
import { encodeDoubleVote, type SignedVote } from "#evidence/cometbft/misconduct.js";
import type { Validator } from "#evidence/cometbft/validators.js";

/** A header with the commit that this node has seen for it. */
export interface SignedHeader {
  readonly header: Uint8Array;
  readonly commit: Commit;
  readonly validatorsHash: Uint8Array;
}

/**
 * What CometBFT says of a transaction that is offered: taken in (its application is asked afterwards), known already, or
 * refused for lack of room; `failed` when it said something else.
 */
export type Offered =
  | { readonly kind: "taken" | "known" | "full" }
  | { readonly kind: "failed"; readonly message: string };

/** CometBFT cannot be reached, or answers with something else than an answer. */
export class RpcFailed extends Error {
  override readonly name = "RpcFailed";
}

const TIMEOUT_MS = 10_000;

export class CometRpc {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

  /** `url`: `http://host:port`. */
  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Offers transactions, in their order, and does not wait for what the application says of them: the application is ours
   * and knows. At most {@link MOST_OFFERED} at once.
   */
  async offer(transactions: readonly Uint8Array[]): Promise<readonly Offered[]> {
    const params = transactions.map((each) => ({ tx: Buffer.from(each).toString("base64") }));
    return (await this.#calls("broadcast_tx_async", params)).map(({ error }): Offered => {
      if (error === undefined) return { kind: "taken" };
      if (/already exists in cache/.test(error)) return { kind: "known" };
      return /mempool is full/.test(error) ? { kind: "full" } : { kind: "failed", message: error };
    });
  }

  async signedHeader(height: number): Promise<SignedHeader> {
    const { signed_header: signed } = (await this.#ask("commit", { height: String(height) })) as {
      signed_header: { header: JsonHeader; commit: JsonCommit };
    };
    const header = headerFrom(signed.header);
    return {
      header: encodeCometHeader(header),
      commit: commitFrom(signed.commit),
      validatorsHash: header.validatorsHash,
    };
  }

  /** Proofs of misconduct in a block, as its header commits to them; of a kind that is not known here, nothing. */
  async misconduct(height: number): Promise<readonly Uint8Array[]> {
    const { block } = (await this.#ask("block", { height: String(height) })) as {
      block: { evidence?: { evidence?: readonly JsonMisconduct[] | null } };
    };
    return (block.evidence?.evidence ?? []).map(misconductFrom);
  }

  /** The set that signs the block at `height`, in its order. */
  async validators(height: number): Promise<readonly Validator[]> {
    const found: Validator[] = [];
    for (let page = 1; ; page++) {
      const { validators, total } = (await this.#ask("validators", {
        height: String(height),
        page: String(page),
        per_page: "100",
      })) as { validators: { pub_key: { value: string }; voting_power: string }[]; total: string };
      for (const each of validators)
        found.push({ key: fromBase64(each.pub_key.value), power: BigInt(each.voting_power) });
      if (validators.length === 0 || found.length >= Number(total)) return found;
    }
  }

  /** Latest height of CometBFT's own store, whether it is still fetching blocks, and how many peers it has. */
  async status(): Promise<{ readonly height: number; readonly catchingUp: boolean; readonly peers: number }> {
    const [status, net] = (await Promise.all([this.#ask("status", {}), this.#ask("net_info", {})])) as [
      { sync_info: { latest_block_height: string; catching_up: boolean } },
      { n_peers: string },
    ];
    const { latest_block_height: height, catching_up: catchingUp } = status.sync_info;
    return { height: Number(height), catchingUp, peers: Number(net.n_peers) };
  }

  close(): void {
    this.#agent.destroy();
  }

  async #ask(method: string, params: object): Promise<unknown> {
    const [answer] = await this.#calls(method, [params]);
    if (answer?.error !== undefined) throw new RpcFailed(answer.error);
    return answer?.result;
  }

  /** Several calls of one method in one request; answers in the order of the calls. */
  async #calls(method: string, params: readonly object[]): Promise<readonly Answer[]> {
    const calls = params.map((each, id) => ({ jsonrpc: "2.0", id, method, params: each }));
    const said = await this.#post(JSON.stringify(calls));
    // One call is answered without a list around it.
    const answers = (Array.isArray(said) ? said : [said]) as readonly JsonAnswer[];
    const byId = new Map(answers.map((answer) => [answer?.id, answer]));
    return calls.map(({ id }) => {
      const answer = byId.get(id);
      if (answer === undefined) throw new RpcFailed("CometBFT left a call without an answer.");
      if (answer.error) return { error: `${answer.error.message}: ${answer.error.data ?? ""}` };
      return { result: answer.result };
    });
  }

  /** By hand: `fetch` costs more than all the rest of what a ballot costs here. */
  #post(body: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const failed = (cause: unknown) => reject(new RpcFailed("CometBFT does not answer.", { cause }));
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const asked = request(
        this.#url,
        { method: "POST", agent: this.#agent, headers, timeout: TIMEOUT_MS },
        (answer) => {
          const chunks: Uint8Array[] = [];
          answer.on("data", (chunk: Uint8Array) => chunks.push(chunk));
          answer.on("error", failed);
          answer.on("end", () => {
            try {
              resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")));
            } catch (error) {
              failed(error);
            }
          });
        },
      );
      asked.on("timeout", () => asked.destroy(new Error("no answer in time")));
      asked.on("error", failed);
      asked.end(body);
    });
  }
}

/** Transactions in one offer; CometBFT is told (home.ts). */
export const MOST_OFFERED = 100;
/** Their bytes: as base64 in JSON they stay below what CometBFT reads of a request (home.ts). */
export const MOST_OFFERED_BYTES = 600_000;

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

interface JsonAnswer extends Omit<Answer, "error"> {
  readonly id?: number;
  readonly error?: { readonly message: string; readonly data?: string };
}

interface JsonBlockId {
  readonly hash: string;
  readonly parts: { readonly total: number; readonly hash: string };
}

interface JsonHeader {
  readonly version: { readonly block: string; readonly app?: string };
  readonly chain_id: string;
  readonly height: string;
  readonly time: string;
  readonly last_block_id: JsonBlockId;
  readonly last_commit_hash: string;
  readonly data_hash: string;
  readonly validators_hash: string;
  readonly next_validators_hash: string;
  readonly consensus_hash: string;
  readonly app_hash: string;
  readonly last_results_hash: string;
  readonly evidence_hash: string;
  readonly proposer_address: string;
}

interface JsonCommit {
  readonly height: string;
  readonly round: number;
  readonly block_id: JsonBlockId;
  readonly signatures: readonly {
    readonly block_id_flag: number;
    readonly validator_address: string;
    readonly timestamp: string;
    readonly signature: string | null;
  }[];
}

interface JsonVote {
  readonly type: number;
  readonly height: string;
  readonly round: number;
  readonly block_id: JsonBlockId;
  readonly timestamp: string;
  readonly validator_address: string;
  readonly validator_index: number;
  readonly signature: string | null;
}

interface JsonMisconduct {
  readonly type: string;
  readonly value: {
    readonly vote_a?: JsonVote;
    readonly vote_b?: JsonVote;
    readonly TotalVotingPower: string;
    readonly ValidatorPower: string;
    readonly Timestamp: string;
  };
}

/** A header from the RPC's JSON. */
export function headerFrom(json: JsonHeader): CometHeader {
  return {
    blockVersion: BigInt(json.version.block),
    appVersion: BigInt(json.version.app ?? "0"),
    chainId: json.chain_id,
    height: Number(json.height),
    time: instantFrom(json.time),
    lastBlockId: blockIdFrom(json.last_block_id),
    lastCommitHash: hexFrom(json.last_commit_hash),
    dataHash: hexFrom(json.data_hash),
    validatorsHash: hexFrom(json.validators_hash),
    nextValidatorsHash: hexFrom(json.next_validators_hash),
    consensusHash: hexFrom(json.consensus_hash),
    appHash: hexFrom(json.app_hash),
    lastResultsHash: hexFrom(json.last_results_hash),
    evidenceHash: hexFrom(json.evidence_hash),
    proposerAddress: hexFrom(json.proposer_address),
  };
}

const FLAGS: readonly VoteFlag[] = ["absent", "block", "nil"];

/** A commit from the RPC's JSON. */
export function commitFrom(json: JsonCommit): Commit {
  const commit: Commit = {
    height: Number(json.height),
    round: json.round,
    blockId: blockIdFrom(json.block_id),
    votes: json.signatures.map((each) => {
      const flag = FLAGS[each.block_id_flag - 1];
      if (flag === undefined) throw new RpcFailed(`a vote with flag ${each.block_id_flag}`);
      if (flag === "absent") return { flag, address: NOTHING, time: ZERO_TIME, signature: NOTHING };
      const address = hexFrom(each.validator_address);
      return { flag, address, time: instantFrom(each.timestamp), signature: fromBase64(each.signature ?? "") };
    }),
  };
  // Whatever cannot be encoded is no commit; better to hear of it here.
  encodeCommit(commit);
  return commit;
}

const NOTHING = new Uint8Array(0);

/** The bytes of a proof of misconduct, which the header's root is over; none for what is not a pair of votes. */
export function misconductFrom({ value }: JsonMisconduct): Uint8Array {
  const { vote_a: one, vote_b: two } = value;
  if (one === undefined || two === undefined) return NOTHING;
  return encodeDoubleVote({
    votes: [voteFrom(one), voteFrom(two)],
    totalPower: BigInt(value.TotalVotingPower),
    power: BigInt(value.ValidatorPower),
    time: instantFrom(value.Timestamp),
  });
}

function voteFrom(json: JsonVote): SignedVote {
  if (json.type !== 1 && json.type !== 2) throw new RpcFailed(`a vote of type ${json.type}`);
  return {
    type: json.type,
    height: Number(json.height),
    round: json.round,
    blockId: blockIdFrom(json.block_id),
    time: instantFrom(json.timestamp),
    address: hexFrom(json.validator_address),
    index: json.validator_index,
    signature: fromBase64(json.signature ?? ""),
  };
}

function blockIdFrom(json: JsonBlockId): BlockId {
  return { hash: hexFrom(json.hash), partsTotal: json.parts.total, partsHash: hexFrom(json.parts.hash) };
}

function hexFrom(text: string): Uint8Array {
  const bytes = fromHex(text.toLowerCase());
  if (bytes === undefined) throw new RpcFailed(`not hexadecimal: ${text.slice(0, 80)}`);
  return bytes;
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}

/** Nanoseconds of an RFC 3339 time with up to nine digits of a second, in UTC; `Date` alone would lose six of them. */
export function instantFrom(text: string): bigint {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text);
  if (match === null) throw new RpcFailed(`not a time: ${text.slice(0, 80)}`);
  const seconds = BigInt(Date.parse(`${match[1]}Z`)) / 1000n;
  return seconds * 1_000_000_000n + BigInt((match[2] ?? "").padEnd(9, "0"));
}
