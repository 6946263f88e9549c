/**
 * The socket on which CometBFT talks to the application: frames of a length and a message, on four connections, each
 * answered strictly in the order of its requests. Checks of transactions may overlap, so that their proofs are judged
 * together; every other request waits for those before it. Bounded: a connection that has sent too much is not read
 * until enough is answered, and a frame that is too long ends it.
 */
import { createServer, type Server, type Socket } from "node:net";
import { concat } from "#base/bytes.js";
import { readSmall, varint } from "#evidence/cometbft/protobuf.js";
import type { LedgerLog } from "../ledger.js";
import {
  type AbciHandlers,
  type AbciRequest,
  decodeRequest,
  encodeException,
  encodeResponse,
} from "./abci-messages.js";

/** Longest message: a block of the largest size that CometBFT allows does not occur with our 2 MiB blocks. */
const MAX_FRAME_BYTES = 32 * 1024 * 1024;
/** Requests of one connection that may be unanswered before it is not read any more. */
const MAX_PENDING = 512;
/** CometBFT makes four; a little more while it restarts. */
const MAX_CONNECTIONS = 12;

export interface AbciServer {
  /** Where CometBFT finds it: `unix:///path` or `tcp://host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Where to listen: a socket file, or a port of the loopback interface (0 takes a free one). */
export type AbciPlace = { readonly path: string } | { readonly port: number };

/** Listens for CometBFT. The place must not be reachable by anybody else: who connects can drive the application. */
export async function serveAbci(handlers: AbciHandlers, place: AbciPlace, log: LedgerLog): Promise<AbciServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (sockets.size >= MAX_CONNECTIONS) return void socket.destroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    new Connection(socket, handlers, log).start();
  });
  await listen(server, place);
  const address = server.address();
  return {
    address: typeof address === "string" || address === null ? `unix://${address}` : `tcp://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server, place: AbciPlace): Promise<void> {
  const where = "path" in place ? { path: place.path } : { host: "127.0.0.1", port: place.port };
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

class Connection {
  readonly #socket: Socket;
  readonly #handlers: AbciHandlers;
  readonly #log: LedgerLog;
  /** What came and is no whole message yet. */
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  /** Bytes without which there is no use in looking again. */
  #needed = 1;
  /** Answers that go out together at the end of the turn. */
  #unsent: Uint8Array[] = [];
  /** Ends when everything before has been answered. */
  #tail: Promise<void> = Promise.resolve();
  /** Requests that are not answered yet. */
  #pending = 0;
  #broken = false;

  constructor(socket: Socket, handlers: AbciHandlers, log: LedgerLog) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#log = log;
  }

  start(): void {
    this.#socket.setNoDelay(true);
    this.#socket.on("error", () => this.#socket.destroy());
    this.#socket.on("data", (chunk: Uint8Array) => this.#read(chunk));
  }

  #read(buffer: Uint8Array): void {
    // Not Node's kind of array, whose `slice` does not copy.
    const chunk = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
    this.#unread.push(chunk);
    this.#unreadBytes += chunk.length;
    // A block comes in many chunks: they are put together once.
    if (this.#unreadBytes < this.#needed) return;
    const bytes = this.#unread.length === 1 ? chunk : concat(...this.#unread);
    this.#needed = 1;
    let at = 0;
    while (!this.#broken) {
      const length = readSmall(bytes, at);
      if (length === undefined) {
        // Ten bytes always hold a whole length.
        if (bytes.length - at >= 10) this.#break("a length of more than ten bytes");
        this.#needed = bytes.length - at + 1;
        break;
      }
      if (length.value > MAX_FRAME_BYTES) {
        this.#break(`a message of ${length.value} bytes`);
        break;
      }
      const end = length.next + length.value;
      if (end > bytes.length) {
        this.#needed = end - at;
        break;
      }
      this.#take(bytes.subarray(length.next, end));
      at = end;
    }
    this.#unread = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#unreadBytes = bytes.length - at;
    if (this.#pending > MAX_PENDING) this.#socket.pause();
  }

  #take(message: Uint8Array): void {
    const request = decodeRequest(message);
    if (!request.ok) {
      this.#break(request.error);
      return;
    }
    this.#pending++;
    // A check starts at once and waits for its turn only with the answer; everything else starts at its turn.
    const before = this.#tail;
    const answer =
      request.value.kind === "check-tx" ? this.#answer(request.value) : before.then(() => this.#answer(request.value));
    // Whoever fails out of turn is told at its turn.
    answer.catch(() => {});
    this.#tail = before.then(async () => {
      try {
        this.#write(await answer);
      } catch (error) {
        this.#log.error({ err: error, request: request.value.kind }, "the application cannot answer CometBFT");
        this.#break((error as Error).message);
      }
      this.#pending--;
      if (this.#pending <= MAX_PENDING / 2) this.#socket.resume();
    });
  }

  async #answer<K extends AbciRequest["kind"]>(request: Extract<AbciRequest, { kind: K }>): Promise<Uint8Array> {
    const handler = this.#handlers[request.kind as K] as (
      asked: typeof request,
    ) => Parameters<typeof encodeResponse<K>>[1];
    return encodeResponse(request.kind as K, await handler(request));
  }

  #write(message: Uint8Array): void {
    if (this.#broken) return;
    if (this.#unsent.length === 0) setImmediate(() => this.#send());
    this.#unsent.push(varint(message.length), message);
  }

  #send(): void {
    const unsent = this.#unsent;
    this.#unsent = [];
    if (unsent.length > 0 && !this.#socket.destroyed) this.#socket.write(concat(...unsent));
  }

  /** Says why and ends the connection; CometBFT then ends, too, and is started again by whoever watches it. */
  #break(sentence: string): void {
    if (this.#broken) return;
    this.#write(encodeException(sentence));
    this.#broken = true;
    this.#send();
    this.#socket.end();
  }
}
