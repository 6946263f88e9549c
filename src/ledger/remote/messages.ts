/**
 * What a node and the servers in front of it say to each other over the node's socket: requests `[id, kind, …]`, answers
 * `[id, …]` behind one byte of outcome, and, for who follows, a head for each block (id 0). The socket is the node's own
 * (a file of mode 0600, or a port of the loopback interface): both ends are of one operator and one version, and what
 * cannot be read ends the connection.
 */
import { concat } from "#base/bytes.js";
import { type Cbor, decodeCbor, encodeCbor } from "#protocol/encoding/cbor.js";
import type { RejectionCode } from "#protocol/rejections.js";
import type { Block, Evidence, LedgerStatus, Place, Submitted } from "../ledger.js";

export type RequestKind = "follow" | "get" | "get-many" | "block" | "place" | "evidence" | "submit" | "found";

/** `later`: this node cannot answer now, another one may; the sentence says why. `busy`: try again after a pause. */
export type Outcome = "answer" | "later" | "busy" | "failed";
const OUTCOMES: readonly Outcome[] = ["answer", "later", "busy", "failed"];
/** First byte of an answer that another node may give instead. */
export const LATER = OUTCOMES.indexOf("later");

export interface Request {
  readonly id: number;
  readonly kind: RequestKind;
  readonly parts: readonly Cbor[];
}

export function encodeRequest({ id, kind, parts }: Request): Uint8Array {
  return encodeCbor([id, kind, ...parts]);
}

export function decodeRequest(bytes: Uint8Array): Request | undefined {
  const value = decodeCbor(bytes);
  if (!value.ok || !Array.isArray(value.value)) return undefined;
  const [id, kind, ...parts] = value.value as readonly Cbor[];
  return typeof id === "number" && typeof kind === "string" ? { id, kind: kind as RequestKind, parts } : undefined;
}

export interface Answer {
  readonly id: number;
  readonly outcome: Outcome;
  readonly value: Cbor;
}

export function encodeAnswer({ id, outcome, value }: Answer): Uint8Array {
  return concat(Uint8Array.of(OUTCOMES.indexOf(outcome)), encodeCbor([id, value]));
}

export function decodeAnswer(bytes: Uint8Array): Answer | undefined {
  const outcome = OUTCOMES[bytes[0] ?? -1];
  const value = decodeCbor(bytes.subarray(1));
  if (outcome === undefined || !value.ok || !Array.isArray(value.value) || value.value.length !== 2) return undefined;
  const [id, answer] = value.value as readonly Cbor[];
  return typeof id === "number" && answer !== undefined ? { id, outcome, value: answer } : undefined;
}

/** A key and its value; `null`: none. */
export type Changed = readonly [key: string, value: Uint8Array | null];

/** What followers hear of each block, and once at the beginning. */
export interface Head {
  /** The genesis as it is encoded; `null` while the network is not founded. */
  readonly genesis: Uint8Array | null;
  readonly height: number;
  readonly time: bigint;
  readonly root: Uint8Array;
  readonly waiting: number;
  readonly stopped: string | null;
  /** Keys whose values differ from those at the head before, with what they are now; `null` when any may differ. */
  readonly changed: readonly Changed[] | null;
}

export function headValue(head: Head): Cbor {
  const { genesis, height, time, root, waiting, stopped, changed } = head;
  return [genesis, height, time, root, waiting, stopped, changed];
}

export function headFrom(value: Cbor): Head {
  const [genesis, height, time, root, waiting, stopped, changed] = value as unknown as readonly [
    Uint8Array | null,
    number,
    number | bigint,
    Uint8Array,
    number,
    string | null,
    readonly Changed[] | null,
  ];
  return { genesis, height, time: BigInt(time), root, waiting, stopped, changed };
}

export function blockValue(block: Block | undefined): Cbor {
  if (block === undefined) return null;
  const { height, time, root, header, evidence, transactions, rejections, misconduct = [] } = block;
  const refused = rejections.map((each) => (each === null ? null : [each.code, each.detail]));
  return [height, time, root, header, evidence, transactions, refused, misconduct];
}

export function blockFrom(value: Cbor): Block | undefined {
  if (value === null) return undefined;
  const [height, time, root, header, evidence, transactions, refused, misconduct] = value as unknown as readonly [
    number,
    number | bigint,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    readonly Uint8Array[],
    readonly (readonly [RejectionCode, string] | null)[],
    readonly Uint8Array[],
  ];
  const rejections = refused.map((each) => (each === null ? null : { code: each[0], detail: each[1] }));
  const block = { height, time: BigInt(time), root, header, evidence, transactions, rejections };
  return misconduct.length === 0 ? block : { ...block, misconduct };
}

export function placeFrom(value: Cbor): Place | undefined {
  if (value === null) return undefined;
  const [height, index] = value as readonly [number, number];
  return { height, index };
}

export function evidenceFrom(value: Cbor): Evidence {
  const [header, evidence] = value as readonly [Uint8Array, Uint8Array];
  return { header, evidence };
}

export function submittedFrom([height, index, time, id]: readonly Cbor[]): Submitted {
  return {
    height: height as number,
    index: index as number,
    time: BigInt(time as number | bigint),
    id: id as Uint8Array,
  };
}

/** The part of a status that every server can say. */
export type HeadStatus = Pick<LedgerStatus, "height" | "time" | "root" | "waiting" | "stopped">;

/** Where a node's socket is: a path, or `tcp://host:port` (a loopback address, or the near end of a tunnel). */
export type NodeAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** Reads an address; a failure is a sentence. */
export function nodeAddress(text: string): NodeAddress | string {
  const match = /^tcp:\/\/(\[[0-9a-f:]+\]|[^:/]+):([0-9]{1,5})$/.exec(text);
  if (match !== null) return { host: (match[1] as string).replace(/^\[|\]$/g, ""), port: Number(match[2]) };
  if (/^[a-z]+:\/\//.test(text)) return `A node's address is tcp://host:port or the path of its socket, not "${text}".`;
  return { path: text.replace(/^unix:/, "") };
}
