/** A server's connection to a node: requests with answers in any order, and what the node says by itself. */
import { connect, type Socket } from "node:net";
import { Busy } from "#base/busy.js";
import type { Cbor } from "#protocol/encoding/cbor.js";
import { LedgerUnavailable } from "../ledger.js";
import { framed, frameReader, MAX_FRAME_BYTES } from "./frames.js";
import { type Answer, decodeAnswer, encodeRequest, type NodeAddress, type RequestKind } from "./messages.js";

/** The node is gone; whether it did what it was asked is not known. */
export class Disconnected extends Error {
  override readonly name = "Disconnected";
}

interface Asked {
  resolve(value: Cbor): void;
  reject(error: Error): void;
}

export class Connection {
  readonly #socket: Socket;
  readonly #asked = new Map<number, Asked>();
  readonly #onPush: (value: Cbor) => void;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  #next = 1;

  constructor(address: NodeAddress, onPush: (value: Cbor) => void) {
    this.#onPush = onPush;
    this.#socket = connect(address);
    this.#socket.setNoDelay(true);
    const read = frameReader(MAX_FRAME_BYTES);
    this.#socket.on("error", () => this.#socket.destroy());
    this.#socket.on("data", (chunk: Uint8Array) => {
      const frames = read(chunk);
      if (frames === undefined) return void this.#socket.destroy();
      for (const frame of frames) this.#take(decodeAnswer(frame));
    });
    this.ended = new Promise((resolve) => {
      this.#socket.once("close", () => {
        for (const { reject } of this.#asked.values()) reject(new Disconnected("The node is gone."));
        this.#asked.clear();
        resolve();
      });
    });
  }

  ask(kind: RequestKind, ...parts: readonly Cbor[]): Promise<Cbor> {
    if (this.#socket.destroyed) return Promise.reject(new Disconnected("The node is gone."));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#socket.write(framed(encodeRequest({ id, kind, parts })));
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(answer: Answer | undefined): void {
    if (answer === undefined) return void this.#socket.destroy();
    if (answer.id === 0) {
      this.#onPush(answer.value);
      return;
    }
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if (answer.outcome === "answer") asked?.resolve(answer.value);
    else if (answer.outcome === "busy") asked?.reject(new Busy("the node", Number(answer.value)));
    else if (answer.outcome === "later") asked?.reject(new LedgerUnavailable(String(answer.value)));
    else asked?.reject(new Error(String(answer.value)));
  }
}
