/**
 * Reading a node's state from a thread that must not wait in the ordinary way: the rules read synchronously. A thread of
 * its own owns the connection, and the reading thread stands still until the answer is there (some 0.1 ms on one machine;
 * what was read is kept, see ledger.ts). When a node goes away the next one is asked, so that a request at hand survives
 * the restart of a node.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { LedgerUnavailable } from "../ledger.js";
import { framed, MAX_FRAME_BYTES } from "./frames.js";
import { LATER, type NodeAddress } from "./messages.js";

/** Longest standstill. A server that stands still for longer sheds load. */
const LIMIT_MS = 1500;

// As text, because it must run without being built, too. It only moves frames; reading them is the other thread's work.
const SOURCE = `
const { workerData } = require("node:worker_threads");
const net = require("node:net");
const { port, signal, maxFrame, later } = workerData;
const flag = new Int32Array(signal);
let socket, order, turn = 0, unread = Buffer.alloc(0), timer;
const tell = (answer) => {
  if (order === undefined) return;
  clearTimeout(timer);
  port.postMessage({ number: order.number, ...answer });
  order = undefined;
  Atomics.add(flag, 0, 1);
  Atomics.notify(flag, 0);
};
const elsewhere = () => {
  turn++;
  const old = socket;
  socket = undefined;
  old?.destroy();
  timer = setTimeout(ask, 20);
};
const connect = () => {
  unread = Buffer.alloc(0);
  const mine = net.connect(order.addresses[turn % order.addresses.length]);
  socket = mine;
  mine.setNoDelay(true);
  mine.on("data", (chunk) => {
    if (mine !== socket) return;
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    if (unread.length < 4) return;
    const length = unread.readUInt32BE(0);
    if (length > maxFrame) return mine.destroy();
    if (unread.length < 4 + length) return;
    const frame = new Uint8Array(unread.subarray(4, 4 + length));
    unread = Buffer.alloc(0);
    if (frame[0] === later) elsewhere();
    else tell({ frame });
  });
  mine.on("error", () => mine.destroy());
  mine.on("close", () => { if (mine === socket) { socket = undefined; if (order !== undefined) elsewhere(); } });
};
const ask = () => {
  if (order === undefined) return;
  if (performance.now() > order.until) return tell({});
  if (socket === undefined) connect();
  socket.write(order.bytes);
};
port.on("message", (message) => {
  if (order !== undefined) elsewhere();
  clearTimeout(timer);
  order = { ...message, until: performance.now() + message.limitMs };
  ask();
});
`;

export interface Bridge {
  /** The answer to a request, asked of one node after the other; throws {@link LedgerUnavailable}. */
  ask(request: Uint8Array): Uint8Array;
  close(): Promise<void>;
}

export function openBridge(addresses: readonly NodeAddress[]): Bridge {
  const signal = new SharedArrayBuffer(4);
  const flag = new Int32Array(signal);
  const { port1: here, port2: there } = new MessageChannel();
  const worker = new Worker(SOURCE, {
    eval: true,
    workerData: { port: there, signal, maxFrame: MAX_FRAME_BYTES, later: LATER },
    transferList: [there],
  });
  worker.unref();
  let number = 0;
  return {
    ask: (request) => {
      const mine = ++number;
      const until = performance.now() + LIMIT_MS + 200;
      here.postMessage({ number: mine, addresses, bytes: framed(request), limitMs: LIMIT_MS });
      for (;;) {
        const seen = Atomics.load(flag, 0);
        const received = receiveMessageOnPort(here) as { message: { number: number; frame?: Uint8Array } } | undefined;
        if (received === undefined) {
          if (Atomics.wait(flag, 0, seen, Math.max(1, until - performance.now())) !== "timed-out") continue;
          throw new LedgerUnavailable("The node did not answer in time.");
        }
        const { message } = received;
        if (message.number !== mine) continue;
        if (message.frame === undefined) throw new LedgerUnavailable("No node answers.");
        return message.frame;
      }
    },
    close: async () => {
      here.close();
      await worker.terminate();
    },
  };
}
