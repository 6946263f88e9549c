/**
 * A node's side of its socket: servers read blocks and states of recent heights, offer transactions, and hear of each
 * block. Who reaches the socket may found the network while it is not founded, and offer transactions; it cannot change
 * what is recorded, nor sign.
 */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { Busy } from "#base/busy.js";
import type { Cbor } from "#protocol/encoding/cbor.js";
import { decode, encode } from "#protocol/encoding/shape.js";
import { genesisShape } from "#protocol/genesis.js";
import { organisationShape } from "#protocol/organisation.js";
import { type Ledger, type LedgerLog, type LedgerState, LedgerUnavailable } from "../ledger.js";
import type { Founding } from "../port.js";
import { Snapshot } from "../snapshots.js";
import { framed, frameReader } from "./frames.js";
import {
  blockValue,
  type Changed,
  decodeRequest,
  encodeAnswer,
  type Head,
  headValue,
  type NodeAddress,
  type Outcome,
  type Request,
} from "./messages.js";

/** The node as its servers see it; the same as a server's own. */
export interface ServedNode {
  current(): Ledger | undefined;
  readonly founded: Promise<Ledger>;
  create(founding: Founding): Promise<Ledger>;
}

export interface NodeSocket {
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 256;
/** Requests of one connection that may be unanswered before it is not read any more. */
const MAX_PENDING = 6000;
const MAX_REQUEST_BYTES = 1024 * 1024;
/** States that stay readable: servers read one for the length of a request. */
const KEPT_STATES = 64;
/** What a head carries at most; a block of 2 MiB changes less. */
const MAX_CHANGED_BYTES = 16 * 1024 * 1024;
/** How often followers hear the status although nothing changed. */
const STATUS_MS = 1000;
const NO_BYTES = new Uint8Array(0);

export async function serveNode(node: ServedNode, address: NodeAddress, log: LedgerLog): Promise<NodeSocket> {
  const serving = new Serving(node, log);
  const server = createServer((socket) => serving.accept(socket));
  if ("path" in address) rmSync(address.path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      resolve();
    });
  });
  if ("path" in address) chmodSync(address.path, 0o600);
  serving.start();
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      serving.stop();
      await closed;
    },
  };
}

class Serving {
  readonly #node: ServedNode;
  readonly #log: LedgerLog;
  readonly #sockets = new Set<Socket>();
  readonly #followers = new Set<Socket>();
  readonly #states = new Map<number, LedgerState>();
  readonly #stopping = new AbortController();
  #latest: LedgerState | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(node: ServedNode, log: LedgerLog) {
    this.#node = node;
    this.#log = log;
  }

  start(): void {
    void this.#node.founded.then((ledger) => this.#watch(ledger));
    this.#timer = setInterval(() => this.#push([]), STATUS_MS);
  }

  stop(): void {
    this.#stopping.abort();
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  accept(socket: Socket): void {
    if (this.#sockets.size >= MAX_CONNECTIONS) return void socket.destroy();
    this.#sockets.add(socket);
    const read = frameReader(MAX_REQUEST_BYTES);
    let pending = 0;
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#followers.delete(socket);
    });
    socket.on("data", (chunk: Uint8Array) => {
      const frames = read(chunk);
      if (frames === undefined) return void socket.destroy();
      for (const frame of frames) {
        const request = decodeRequest(frame);
        if (request === undefined) return void socket.destroy();
        if (++pending > MAX_PENDING) socket.pause();
        void this.#answer(socket, request).finally(() => {
          if (--pending <= MAX_PENDING / 2 && socket.isPaused()) socket.resume();
        });
      }
    });
  }

  /** Keeps recent states and tells followers of each new one. */
  async #watch(ledger: Ledger): Promise<void> {
    this.#keep(ledger.state());
    this.#push(null);
    try {
      for await (const _ of ledger.follow(ledger.state().height + 1, this.#stopping.signal)) this.#look(ledger);
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#log.error({ err: error }, "servers are not told of blocks any more");
    }
  }

  #look(ledger: Ledger): void {
    const before = this.#latest;
    const state = ledger.state();
    if (state === before) return;
    this.#keep(state);
    const known = before instanceof Snapshot && state instanceof Snapshot;
    this.#push(known ? changedBetween(before, state) : null);
  }

  #keep(state: LedgerState): void {
    this.#latest = state;
    this.#states.set(state.height, state);
    if (this.#states.size > KEPT_STATES) this.#states.delete(this.#states.keys().next().value as number);
  }

  #push(changed: readonly Changed[] | null): void {
    if (this.#followers.size === 0) return;
    const bytes = framed(encodeAnswer({ id: 0, outcome: "answer", value: headValue(this.#head(changed)) }));
    for (const socket of this.#followers) socket.write(bytes);
  }

  #head(changed: readonly Changed[] | null): Head {
    const ledger = this.#node.current();
    const state = this.#latest;
    if (ledger === undefined || state === undefined)
      return { genesis: null, height: 0, time: 0n, root: NO_BYTES, waiting: 0, stopped: null, changed };
    const { waiting, stopped } = ledger.status();
    const { height, time, root } = state;
    return { genesis: encode(genesisShape, ledger.genesis()), height, time, root, waiting, stopped, changed };
  }

  async #answer(socket: Socket, request: Request): Promise<void> {
    const { id } = request;
    const send = (outcome: Outcome, value: Cbor): void => {
      if (!socket.destroyed) socket.write(framed(encodeAnswer({ id, outcome, value })));
    };
    try {
      // What can be said at once is said in the same turn: the other side may be standing still for it.
      const answer = this.#answerTo(socket, request);
      send("answer", answer instanceof Promise ? await answer : answer);
    } catch (error) {
      if (error instanceof Busy) send("busy", error.retryAfterMs);
      else if (error instanceof LedgerUnavailable) send("later", error.message);
      else {
        this.#log.error({ err: error, kind: request.kind }, "a server's request failed");
        send("failed", error instanceof Error ? error.message : "it failed");
      }
    }
  }

  #answerTo(socket: Socket, { kind, parts }: Request): Cbor | Promise<Cbor> {
    const [first, second] = parts;
    if (kind === "follow") {
      this.#followers.add(socket);
      return headValue(this.#head(null));
    }
    if (kind === "found") return this.#found(first as string, second as Uint8Array);
    const ledger = this.#node.current();
    if (ledger === undefined) throw new LedgerUnavailable("This node's network is not founded yet.");
    switch (kind) {
      case "get":
        return this.#stateAt(ledger, first as number).get(second as string) ?? null;
      case "get-many": {
        const state = ledger.state();
        return [state.height, (first as readonly string[]).map((key) => state.get(key) ?? null)];
      }
      case "block":
        return blockValue(ledger.block(first as number));
      case "place": {
        const place = ledger.place(first as Uint8Array);
        return place === undefined ? null : [place.height, place.index];
      }
      case "evidence":
        return ledger.evidence(first as number).then(({ header, evidence }) => [header, evidence]);
      case "submit":
        return submitted(ledger, first as Uint8Array);
      default:
        throw new Error(`There is no request ${String(kind)}.`);
    }
  }

  #stateAt(ledger: Ledger, height: number): LedgerState {
    if (ledger.state().height === height) return ledger.state();
    const state = this.#states.get(height);
    if (state === undefined) throw new LedgerUnavailable(`The state at height ${height} is not at hand here.`);
    return state;
  }

  async #found(chainId: string, founderBytes: Uint8Array): Promise<Cbor> {
    const founder = decode(organisationShape, founderBytes);
    if (!founder.ok) throw new Error(`The founding organisation cannot be read: ${founder.error}`);
    await this.#node.create({ chainId, founder: founder.value });
    return null;
  }
}

/** With their values, so that servers need not ask for what every receipt reads; without any beyond all measure. */
function changedBetween(before: Snapshot, state: Snapshot): readonly Changed[] | null {
  const changed: Changed[] = [];
  let bytes = 0;
  for (const key of before.changedUntil(state)) {
    const value = state.get(key) ?? null;
    bytes += key.length + (value?.length ?? 0);
    if (bytes > MAX_CHANGED_BYTES) return null;
    changed.push([key, value]);
  }
  return changed;
}

async function submitted(ledger: Ledger, wire: Uint8Array): Promise<Cbor> {
  const outcome = await ledger.submit(wire);
  if (!outcome.ok) return [outcome.error.code, outcome.error.detail];
  const { height, index, time, id } = outcome.value;
  return [height, index, time, id];
}
