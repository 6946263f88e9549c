/** Casts over HTTP as fast as they are answered, from a thread of its own. */
import { Worker } from "node:worker_threads";

/**
 * Sends bodies over `connections` kept connections; answers with a latency in milliseconds for each, and the refusals.
 * Requests are bytes before the clock starts and answers are only searched for their status and length: the generator
 * shares the two cores with what it measures.
 */
const GENERATOR = `
  const { parentPort } = require("node:worker_threads");
  const net = require("node:net");
  parentPort.on("message", async ({ port, bodies, connections }) => {
    const requests = bodies.map((body) => Buffer.from("POST /vote HTTP/1.1\\r\\nhost: 127.0.0.1\\r\\ncontent-type: application/json\\r\\ncontent-length: " + Buffer.byteLength(body) + "\\r\\n\\r\\n" + body));
    const latencies = [];
    const refusals = {};
    let next = 0;
    const drive = () => new Promise((resolve, reject) => {
      const socket = net.connect(port, "127.0.0.1");
      socket.setNoDelay(true);
      let started = 0n;
      let got = [];
      let size = 0;
      let needed = Infinity;
      const send = () => {
        if (next >= requests.length) { socket.end(); resolve(); return; }
        got = []; size = 0; needed = Infinity;
        started = process.hrtime.bigint();
        socket.write(requests[next++]);
      };
      socket.on("connect", send);
      socket.on("error", reject);
      socket.on("data", (bytes) => {
        got.push(bytes);
        size += bytes.length;
        if (needed === Infinity) {
          const head = Buffer.concat(got).toString("latin1");
          const end = head.indexOf("\\r\\n\\r\\n");
          if (end < 0) return;
          const length = /content-length: (\\d+)/i.exec(head.slice(0, end));
          if (length === null) return reject(new Error("an answer without a length"));
          needed = end + 4 + Number(length[1]);
        }
        if (size < needed) return;
        const status = got[0].toString("latin1", 9, 12);
        if (status === "201") latencies.push(Number(process.hrtime.bigint() - started) / 1e6);
        else refusals[status] = (refusals[status] ?? 0) + 1;
        send();
      });
    });
    const start = process.hrtime.bigint();
    await Promise.all(Array.from({ length: connections }, drive));
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    parentPort.postMessage({ latencies, refusals, seconds });
  });
`;

export interface HttpLoad {
  /** Of those that were answered 201. */
  readonly latencies: readonly number[];
  /** Answers that were not 201, by status. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export interface Generator {
  /** Posts each body to `/vote`. */
  load(port: number, bodies: readonly string[], connections: number): Promise<HttpLoad>;
  close(): Promise<void>;
}

export function startGenerator(): Generator {
  const worker = new Worker(GENERATOR, { eval: true });
  return {
    load: (port, bodies, connections) =>
      new Promise((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
        worker.postMessage({ port, bodies, connections });
      }),
    close: async () => void (await worker.terminate()),
  };
}
