/**
 * The ledger of a server that has no node of its own: it reads and offers through the socket of any node, keeps no copy
 * of the ledger, and moves to the next node when one goes away. What was taken in is offered again, on whichever node,
 * until it is final; that is safe, because the same bytes count once.
 */
import { assert } from "#base/assert.js";
import { bytesEqual } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import type { Cbor } from "#protocol/encoding/cbor.js";
import { decode, encode } from "#protocol/encoding/shape.js";
import { type Genesis, genesisShape } from "#protocol/genesis.js";
import { organisationShape } from "#protocol/organisation.js";
import type { Rejection, RejectionCode } from "#protocol/rejections.js";
import { Waiters } from "../embedded/follow.js";
import {
  type Block,
  type Evidence,
  type Ledger,
  type LedgerLog,
  type LedgerState,
  type LedgerStatus,
  LedgerUnavailable,
  type Place,
  type Submitted,
} from "../ledger.js";
import type { Founding } from "../port.js";
import { type Bridge, openBridge } from "./bridge.js";
import { Connection, Disconnected } from "./connection.js";
import {
  blockFrom,
  type Changed,
  decodeAnswer,
  encodeRequest,
  evidenceFrom,
  type Head,
  headFrom,
  type NodeAddress,
  placeFrom,
  type RequestKind,
  submittedFrom,
} from "./messages.js";

export interface RemoteOptions {
  readonly nodes: readonly NodeAddress[];
  readonly log: LedgerLog;
  readonly clock: () => bigint;
  /** How long a transaction is offered before its sender is told that it is unknown what became of it. */
  readonly patienceMs?: number;
}

const RETRY_MS = 250;
/** How long closing waits for what was taken in. */
const CLOSE_MS = 15_000;
const CLOSE_LOOK_MS = 20;
/** Values kept: about 50 MB. */
const KEPT_VALUES = 200_000;
const KEPT_BLOCKS = 64;
const KEPT_EVIDENCE = 64;

/** A server's view on the nodes behind it. */
export class RemoteNode {
  readonly founded: Promise<Ledger>;
  readonly #options: RemoteOptions;
  readonly #ledger: RemoteLedger;
  #connection: Connection | undefined;
  #turn = 0;
  #closing = false;
  #running: Promise<void> | undefined;
  readonly #waiters = new Waiters();
  #tellFounded: (ledger: Ledger) => void = () => {};

  constructor(options: RemoteOptions) {
    this.#options = options;
    this.founded = new Promise((resolve) => (this.#tellFounded = resolve));
    this.#ledger = new RemoteLedger(options, openBridge(options.nodes), this);
  }

  /** Resolves when a node has answered; rejects with {@link LedgerUnavailable} when none does in time. */
  async start(limitMs: number): Promise<void> {
    this.#running = this.#run();
    await this.connected(performance.now() + limitMs);
  }

  current(): Ledger | undefined {
    return this.#ledger.known ? this.#ledger : undefined;
  }

  /** Whether a node is there at this moment. */
  get ready(): boolean {
    return this.#connection !== undefined;
  }

  async create({ chainId, founder }: Founding): Promise<Ledger> {
    const connection = await this.connected(performance.now() + 10_000);
    await connection.ask("found", chainId, encode(organisationShape, founder));
    return this.founded;
  }

  /** The connection that is in use, waiting for one until then (`performance.now()`). */
  async connected(until: number): Promise<Connection> {
    for (;;) {
      if (this.#connection !== undefined) return this.#connection;
      if (this.#closing) throw new LedgerUnavailable("The server is closing.");
      const left = until - performance.now();
      if (left <= 0) throw new LedgerUnavailable("No node answers.");
      await this.#waiters.wait(AbortSignal.timeout(Math.ceil(left)));
    }
  }

  /** Leaves a node that cannot help; the next one is tried. */
  leave(connection: Connection): void {
    if (this.#connection === connection) connection.end();
  }

  async close(): Promise<void> {
    await this.#ledger.finish();
    this.#closing = true;
    this.#connection?.end();
    this.#waiters.close();
    await this.#running;
    await this.#ledger.close();
  }

  async #run(): Promise<void> {
    while (!this.#closing) {
      const { nodes, log } = this.#options;
      const address = nodes[this.#turn++ % nodes.length] as NodeAddress;
      const connection = new Connection(address, (value) => this.#hear(headFrom(value)));
      try {
        const head = headFrom(await connection.ask("follow"));
        if (this.#ledger.fits(head)) await this.#stayWith(connection, head);
        else log.error({ node: address }, "this node belongs to another network and is not used");
      } catch (error) {
        if (!(error instanceof Disconnected)) log.warn({ err: error, node: address }, "a node's answer is not used");
      }
      connection.end();
      this.#connection = undefined;
      if (!this.#closing) await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }

  async #stayWith(connection: Connection, head: Head): Promise<void> {
    this.#ledger.forget();
    this.#hear(head);
    // A node that lags behind what was shown already is of no use yet.
    const { nodes } = this.#options;
    if (head.genesis !== null && head.height < this.#ledger.height && nodes.length > 1) return;
    this.#connection = connection;
    this.#waiters.wakeAll();
    await connection.ended;
  }

  #hear(head: Head): void {
    if (head.genesis === null) return;
    this.#ledger.hear(head);
    this.#tellFounded(this.#ledger);
  }
}

class RemoteState implements LedgerState {
  readonly height: number;
  readonly time: bigint;
  readonly root: Uint8Array;
  readonly #read: (height: number, key: string) => Uint8Array | undefined;

  constructor({ height, time, root }: Head, read: (height: number, key: string) => Uint8Array | undefined) {
    this.height = height;
    this.time = time;
    this.root = root;
    this.#read = read;
  }

  get(key: string): Uint8Array | undefined {
    return this.#read(this.height, key);
  }
}

class RemoteLedger implements Ledger {
  readonly #options: RemoteOptions;
  readonly #bridge: Bridge;
  readonly #node: RemoteNode;
  readonly #followers = new Waiters();
  /** Values as they are at the head, with the height at which they were read: unchanged since. */
  readonly #values = new Map<string, { readonly from: number; readonly value: Uint8Array | undefined }>();
  readonly #blocks = new Map<number, Block>();
  readonly #evidence = new Map<number, Promise<Evidence>>();
  #genesis: { readonly bytes: Uint8Array; readonly genesis: Genesis } | undefined;
  #head: Head | undefined;
  #state: LedgerState | undefined;
  #underway = 0;
  #closing = false;

  constructor(options: RemoteOptions, bridge: Bridge, node: RemoteNode) {
    this.#options = options;
    this.#bridge = bridge;
    this.#node = node;
  }

  get known(): boolean {
    return this.#head !== undefined;
  }

  get height(): number {
    return this.#head?.height ?? 0;
  }

  fits(head: Head): boolean {
    return head.genesis === null
      ? this.#genesis === undefined
      : this.#genesis === undefined || bytesEqual(head.genesis, this.#genesis.bytes);
  }

  /** Another node is asked from here on: which values changed in between is not known. */
  forget(): void {
    this.#values.clear();
  }

  hear(head: Head): void {
    if (this.#genesis === undefined) {
      const bytes = head.genesis as Uint8Array;
      const genesis = decode(genesisShape, bytes);
      if (!genesis.ok) throw new Error(`The node's genesis cannot be read: ${genesis.error}`);
      this.#genesis = { bytes, genesis: genesis.value };
    }
    if (this.#head !== undefined && head.height < this.#head.height) return;
    if (head.changed === null) this.#values.clear();
    else this.#keepValues(head.height, head.changed);
    const grown = this.#head === undefined || head.height > this.#head.height;
    this.#head = head;
    if (!grown) return;
    this.#state = new RemoteState(head, (height, key) => this.#read(height, key));
    this.#followers.wakeAll();
  }

  #keepValues(height: number, values: readonly Changed[]): void {
    for (const [key, value] of values) {
      // What is used goes out last.
      this.#values.delete(key);
      this.#values.set(key, { from: height, value: value ?? undefined });
    }
    shorten(this.#values, KEPT_VALUES);
  }

  /** Where the head has moved on meanwhile, they are read one by one after all. */
  async fetchAhead(keys: readonly string[]): Promise<void> {
    const unknown = keys.filter((key) => !this.#values.has(key));
    if (unknown.length === 0) return;
    const [height, values] = (await this.#insist("get-many", unknown)) as readonly [number, readonly Cbor[]];
    if (height !== this.height) return;
    this.#keepValues(
      height,
      unknown.map((key, i) => [key, values[i] as Uint8Array | null]),
    );
  }

  genesis(): Genesis {
    assert(this.#genesis !== undefined, "a node has answered");
    return this.#genesis.genesis;
  }

  status(): LedgerStatus {
    const { chainId, engine } = this.genesis();
    const { height, time, root, waiting, stopped } = this.#head as Head;
    return { engine, chainId, height, time, root, waiting, stopped: this.#node.ready ? stopped : "No node answers." };
  }

  state(): LedgerState {
    assert(this.#state !== undefined, "a node has answered");
    return this.#state;
  }

  now(): bigint {
    const clock = this.#options.clock();
    const { time } = this.state();
    return clock > time ? clock : time + 1n;
  }

  block(height: number): Block | undefined {
    if (height < 1 || height > this.height) return undefined;
    const kept = this.#blocks.get(height);
    if (kept !== undefined) return kept;
    const block = blockFrom(this.#ask("block", height));
    if (block === undefined) throw new LedgerUnavailable(`The node does not have block ${height} yet.`);
    return this.#keepBlock(block);
  }

  place(id: Uint8Array): Place | undefined {
    const place = placeFrom(this.#ask("place", id));
    return place !== undefined && place.height <= this.height ? place : undefined;
  }

  evidence(height: number): Promise<Evidence> {
    const kept = this.#evidence.get(height);
    if (kept !== undefined) return kept;
    const found = this.#insist("evidence", height).then(evidenceFrom);
    this.#evidence.set(height, found);
    found.catch(() => this.#evidence.delete(height));
    shorten(this.#evidence, KEPT_EVIDENCE);
    return found;
  }

  async *follow(fromHeight: number, signal: AbortSignal): AsyncIterable<Block> {
    for (let next = Math.max(1, fromHeight); !signal.aborted && !this.#followers.closed; ) {
      if (next > this.height) {
        await this.#followers.wait(signal);
        continue;
      }
      const block = this.#blocks.get(next) ?? blockFrom(await this.#insist("block", next));
      if (block === undefined) throw new LedgerUnavailable(`The node does not have block ${next} yet.`);
      next++;
      yield this.#keepBlock(block);
    }
  }

  async submit(wire: Uint8Array): Promise<Result<Submitted, Rejection>> {
    if (this.#closing) throw new LedgerUnavailable("The server is closing.");
    this.#underway++;
    try {
      return await this.#submit(Uint8Array.from(wire));
    } finally {
      this.#underway--;
    }
  }

  async #submit(wire: Uint8Array): Promise<Result<Submitted, Rejection>> {
    const answer = (await this.#insist("submit", wire)) as readonly Cbor[];
    if (typeof answer[0] === "string")
      return fail({ code: answer[0] as RejectionCode, detail: String(answer[1] ?? "") });
    const submitted = submittedFrom(answer);
    // The sender reads on at once: what he reads must know of it.
    while (this.height < submitted.height && !this.#followers.closed) await this.#followers.wait();
    return ok(submitted);
  }

  async backup(): Promise<void> {
    throw new Error("A backup is made where a node is.");
  }

  async close(): Promise<void> {
    await this.finish();
    this.#followers.close();
    await this.#bridge.close();
  }

  /** Takes nothing in any more, and brings what was taken in to its end, as long as there is a node to ask. */
  async finish(): Promise<void> {
    this.#closing = true;
    const until = performance.now() + CLOSE_MS;
    while (this.#underway > 0 && this.#node.ready && performance.now() < until)
      await new Promise((done) => setTimeout(done, CLOSE_LOOK_MS));
  }

  /** Asks until there is an answer, of one node after the other, as long as patience lasts. */
  async #insist(kind: RequestKind, ...parts: readonly Cbor[]): Promise<Cbor> {
    const until = performance.now() + (this.#options.patienceMs ?? 30_000);
    for (;;) {
      const connection = await this.#node.connected(until);
      try {
        return await connection.ask(kind, ...parts);
      } catch (error) {
        if (!(error instanceof Disconnected || error instanceof LedgerUnavailable)) throw error;
        if (performance.now() > until) throw new LedgerUnavailable("No node did it in time.", { cause: error });
        if (error instanceof LedgerUnavailable) this.#node.leave(connection);
        await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }
  }

  #read(height: number, key: string): Uint8Array | undefined {
    const kept = this.#values.get(key);
    if (kept !== undefined && kept.from <= height) return kept.value;
    const value = (this.#ask("get", height, key) ?? undefined) as Uint8Array | undefined;
    if (height === this.height) {
      this.#values.set(key, { from: height, value });
      shorten(this.#values, KEPT_VALUES);
    }
    return value;
  }

  #ask(kind: RequestKind, ...parts: readonly Cbor[]): Cbor {
    const answer = decodeAnswer(this.#bridge.ask(encodeRequest({ id: 1, kind, parts })));
    if (answer?.outcome !== "answer") throw new LedgerUnavailable(`The node failed: ${String(answer?.value)}`);
    return answer.value;
  }

  #keepBlock(block: Block): Block {
    this.#blocks.set(block.height, block);
    shorten(this.#blocks, KEPT_BLOCKS);
    return block;
  }
}

/** Drops the oldest entries of a map. */
function shorten<K, V>(map: Map<K, V>, size: number): void {
  for (const key of map.keys()) {
    if (map.size <= size) return;
    map.delete(key);
  }
}
