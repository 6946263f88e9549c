/**
 * ABCI 2.0 (protobuf package `tendermint.abci`), as far as an application without vote extensions, snapshots and events
 * needs it: requests are read leniently, as protobuf wants (unknown fields are skipped, so that a newer CometBFT works);
 * responses are written in full. Numbers are those of CometBFT's types.proto.
 */
import { concat, fromUtf8 } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { always, blob, Fields, integer, string, timeOf } from "#evidence/cometbft/protobuf.js";
import type { Validator } from "#evidence/cometbft/validators.js";

/** A block as CometBFT hands it over: proposed or decided. */
export interface AbciBlock {
  readonly transactions: readonly Uint8Array[];
  /** Hash of the block's header. */
  readonly hash: Uint8Array;
  readonly height: number;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  /** Validators whose misconduct is proved in this block. */
  readonly misconduct: readonly Accused[];
}

/** A validator that CometBFT convicts, and of what. */
export interface Accused {
  readonly kind: "two-votes" | "other";
  readonly address: Uint8Array;
  /** Height of the deed. */
  readonly height: number;
}

export type AbciRequest =
  | { readonly kind: "echo"; readonly message: string }
  | { readonly kind: "flush" }
  | { readonly kind: "info"; readonly version: string }
  | {
      readonly kind: "init-chain";
      readonly time: bigint;
      readonly chainId: string;
      readonly validators: readonly Validator[];
      readonly appState: Uint8Array;
      readonly initialHeight: number;
    }
  | { readonly kind: "query" }
  | { readonly kind: "check-tx"; readonly transaction: Uint8Array; readonly recheck: boolean }
  | { readonly kind: "commit" }
  | { readonly kind: "list-snapshots" }
  | { readonly kind: "offer-snapshot" }
  | { readonly kind: "load-snapshot-chunk" }
  | { readonly kind: "apply-snapshot-chunk" }
  | {
      readonly kind: "prepare-proposal";
      readonly maxBytes: number;
      readonly transactions: readonly Uint8Array[];
      readonly height: number;
      readonly time: bigint;
    }
  | { readonly kind: "process-proposal"; readonly block: AbciBlock }
  | { readonly kind: "extend-vote" }
  | { readonly kind: "verify-vote-extension"; readonly extension: Uint8Array }
  | { readonly kind: "finalize-block"; readonly block: AbciBlock };

export type AbciKind = AbciRequest["kind"];
type RequestOf<K extends AbciKind> = Extract<AbciRequest, { readonly kind: K }>;

/** Field of each request in `Request`; its response stands one higher in `Response`. */
const NUMBERS: Readonly<Record<AbciKind, number>> = {
  echo: 1,
  flush: 2,
  info: 3,
  "init-chain": 5,
  query: 6,
  "check-tx": 8,
  commit: 11,
  "list-snapshots": 12,
  "offer-snapshot": 13,
  "load-snapshot-chunk": 14,
  "apply-snapshot-chunk": 15,
  "prepare-proposal": 16,
  "process-proposal": 17,
  "extend-vote": 18,
  "verify-vote-extension": 19,
  "finalize-block": 20,
};
const KINDS = new Map(Object.entries(NUMBERS).map(([kind, number]) => [number, kind as AbciKind]));

/** Reads one request (without its length). */
export function decodeRequest(bytes: Uint8Array): Result<AbciRequest, string> {
  const outer = Fields.of(bytes);
  if (!outer.ok) return outer;
  for (const [number, kind] of KINDS) {
    if (!outer.value.has(number)) continue;
    const fields = Fields.of(outer.value.blob(number));
    return fields.ok ? requestFrom(kind, fields.value) : fail(`${kind}: ${fields.error}`);
  }
  return fail("an unknown kind of request");
}

function requestFrom(kind: AbciKind, f: Fields): Result<AbciRequest, string> {
  switch (kind) {
    case "echo":
      return ok({ kind, message: textOf(f.blob(1)) });
    case "info":
      return ok({ kind, version: textOf(f.blob(1)) });
    case "init-chain":
      return initChainFrom(f);
    case "check-tx":
      return ok({ kind, transaction: f.blob(1), recheck: f.int(2) === 1n });
    case "prepare-proposal": {
      const time = timeOf(f.blob(6));
      if (time === undefined) return fail(`${kind}: time`);
      return ok({ kind, maxBytes: Number(f.int(1)), transactions: f.blobs(2), height: Number(f.int(5)), time });
    }
    case "process-proposal":
    case "finalize-block": {
      const time = timeOf(f.blob(6));
      if (time === undefined) return fail(`${kind}: time`);
      const misconduct = accusedFrom(f.blobs(3));
      if (misconduct === undefined) return fail(`${kind}: misbehavior`);
      const block = { transactions: f.blobs(1), hash: f.blob(4), height: Number(f.int(5)), time, misconduct };
      return ok({ kind, block });
    }
    case "verify-vote-extension":
      return ok({ kind, extension: f.blob(4) });
    default:
      return ok({ kind });
  }
}

function accusedFrom(items: readonly Uint8Array[]): readonly Accused[] | undefined {
  const accused: Accused[] = [];
  for (const item of items) {
    const fields = Fields.of(item);
    const validator = fields.ok ? Fields.of(fields.value.blob(2)) : fields;
    if (!fields.ok || !validator.ok) return undefined;
    const kind = fields.value.int(1) === 1n ? "two-votes" : "other";
    accused.push({ kind, address: validator.value.blob(1), height: Number(fields.value.int(3)) });
  }
  return accused;
}

function initChainFrom(f: Fields): Result<AbciRequest, string> {
  const time = timeOf(f.blob(1));
  if (time === undefined) return fail("init-chain: time");
  const validators: Validator[] = [];
  for (const item of f.blobs(4)) {
    const update = Fields.of(item);
    const key = update.ok ? Fields.of(update.value.blob(1)) : update;
    if (!update.ok || !key.ok) return fail("init-chain: validators");
    validators.push({ key: key.value.blob(1), power: update.value.int(2) });
  }
  const chainId = textOf(f.blob(2));
  return ok({ kind: "init-chain", time, chainId, validators, appState: f.blob(5), initialHeight: Number(f.int(6)) });
}

function textOf(bytes: Uint8Array): string {
  const text = fromUtf8(bytes);
  return text.ok ? text.value : "";
}

/** What the application answers, by the kind of request. */
export interface AbciAnswers {
  readonly echo: { readonly message: string };
  readonly flush: null;
  readonly info: { readonly height: number; readonly appHash: Uint8Array; readonly appVersion: number };
  readonly "init-chain": { readonly appHash: Uint8Array };
  readonly query: { readonly code: number; readonly log: string };
  /** `log` and `codespace` are for people and for our own client; consensus sees the code only. */
  readonly "check-tx": { readonly code: number; readonly log: string };
  readonly commit: { readonly retainHeight: number };
  readonly "list-snapshots": null;
  readonly "offer-snapshot": { readonly accept: false };
  readonly "load-snapshot-chunk": null;
  readonly "apply-snapshot-chunk": { readonly accept: false };
  readonly "prepare-proposal": { readonly transactions: readonly Uint8Array[] };
  readonly "process-proposal": { readonly accept: boolean };
  readonly "extend-vote": null;
  readonly "verify-vote-extension": { readonly accept: boolean };
  readonly "finalize-block": {
    readonly codes: readonly number[];
    readonly appHash: Uint8Array;
    /** Validators that come, go (power 0) or have another power, from two heights above on. */
    readonly validatorUpdates: readonly Validator[];
    /** Version of the rules from the next height on, where it changes. */
    readonly appVersion: number | null;
  };
}

const CODESPACE = "psephos";
const ACCEPT = 1;
const REJECT = 2;
const REJECT_SNAPSHOT = 3;
const ABORT_SNAPSHOT = 2;
const EMPTY = new Uint8Array(0);
const TAKEN = string(8, CODESPACE);

const WRITERS: { readonly [K in AbciKind]: (answer: AbciAnswers[K]) => Uint8Array } = {
  echo: ({ message }) => string(1, message),
  flush: () => EMPTY,
  info: ({ height, appHash, appVersion }) =>
    concat(string(1, CODESPACE), integer(3, appVersion), integer(4, height), blob(5, appHash)),
  "init-chain": ({ appHash }) => blob(3, appHash),
  query: ({ code, log }) => concat(integer(1, code), string(3, log)),
  "check-tx": ({ code, log }) => (code === 0 ? TAKEN : concat(integer(1, code), string(3, log), string(8, CODESPACE))),
  commit: ({ retainHeight }) => integer(3, retainHeight),
  "list-snapshots": () => EMPTY,
  "offer-snapshot": () => integer(1, REJECT_SNAPSHOT),
  "load-snapshot-chunk": () => EMPTY,
  "apply-snapshot-chunk": () => integer(1, ABORT_SNAPSHOT),
  "prepare-proposal": ({ transactions }) => concat(...transactions.map((transaction) => always(1, transaction))),
  "process-proposal": ({ accept }) => integer(1, accept ? ACCEPT : REJECT),
  "extend-vote": () => EMPTY,
  "verify-vote-extension": ({ accept }) => integer(1, accept ? ACCEPT : REJECT),
  "finalize-block": ({ codes, appHash, validatorUpdates, appVersion }) =>
    concat(
      ...codes.map((code) => always(2, integer(1, code))),
      ...validatorUpdates.map(({ key, power }) => always(3, concat(always(1, blob(1, key)), integer(2, power)))),
      // ConsensusParams with nothing but its version: the others stay.
      appVersion === null ? EMPTY : always(4, always(4, integer(1, appVersion))),
      blob(5, appHash),
    ),
};

/** Writes the response to a request of this kind (without its length). */
export function encodeResponse<K extends AbciKind>(kind: K, answer: AbciAnswers[K]): Uint8Array {
  return always(NUMBERS[kind] + 1, WRITERS[kind](answer));
}

/** Tells CometBFT that the application cannot go on; CometBFT ends its process. */
export function encodeException(sentence: string): Uint8Array {
  return always(1, string(1, sentence));
}

/** What an application does for each kind of request. Whatever throws stops the node. */
export type AbciHandlers = {
  readonly [K in AbciKind]: (request: RequestOf<K>) => AbciAnswers[K] | Promise<AbciAnswers[K]>;
};

/** Framed size of a transaction in a proposal, as CometBFT counts it. */
export function framedSize(transaction: Uint8Array): number {
  return 1 + lengthBytes(transaction.length) + transaction.length;
}

function lengthBytes(length: number): number {
  let bytes = 1;
  for (let rest = length; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
