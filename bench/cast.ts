// bench: casting over HTTP to a durable receipt (embedded ledger, PostgreSQL, load generator in a thread beside it)
import { Worker } from "node:worker_threads";
import { workerJudge } from "#pool/node.js";
import { openElection, START, trustees, votersOf } from "../test/protocol-kit.js";
import { ballotFor, startBoard, voteJson } from "../test/voting-kit.js";
import { note, option, percentile, report } from "./kit.js";

const ballots = option("ballots", 2_000);
const connections = option("connections", 64);
const runs = option("runs", 3);

/** Sends bodies over `connections` kept connections; answers with a latency in milliseconds for each, and the refusals. */
const GENERATOR = `
  const { parentPort } = require("node:worker_threads");
  const http = require("node:http");
  parentPort.on("message", async ({ url, bodies, connections }) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
    const latencies = [];
    const refusals = {};
    let next = 0;
    const one = (body) => new Promise((resolve, reject) => {
      const start = process.hrtime.bigint();
      const request = http.request(url + "/vote", { method: "POST", agent, headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) } }, (response) => {
        response.resume();
        response.on("end", () => {
          latencies.push(Number(process.hrtime.bigint() - start) / 1e6);
          if (response.statusCode !== 201) refusals[response.statusCode] = (refusals[response.statusCode] ?? 0) + 1;
          resolve();
        });
      });
      request.on("error", reject);
      request.end(body);
    });
    const start = process.hrtime.bigint();
    await Promise.all(Array.from({ length: connections }, async () => { while (next < bodies.length) await one(bodies[next++]); }));
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    agent.destroy();
    parentPort.postMessage({ latencies, refusals, seconds });
  });
`;

interface Load {
  readonly latencies: readonly number[];
  readonly refusals: Readonly<Record<string, number>>;
  readonly seconds: number;
}

const judge = workerJudge();
// Block time is the kit's until the election is open, then it runs with the real clock.
let now: () => bigint = () => START;
const board = await startBoard({ engine: { judge, clock: () => now() } });
now = () => board.time;
const voters = votersOf(ballots);
openElection(board.memory, trustees(1, 0), 0, voters);
await board.perform();
const [opened, started] = [board.time, process.hrtime.bigint()];
now = () => opened + process.hrtime.bigint() - started;
const url = await (await board.begin()).listen({ host: "127.0.0.1", port: 0 });
const generator = new Worker(GENERATOR, { eval: true });

function load(bodies: readonly string[]): Promise<Load> {
  return new Promise((resolve, reject) => {
    generator.once("message", resolve);
    generator.once("error", reject);
    generator.postMessage({ url, bodies, connections });
  });
}

const rates: number[] = [];
const [median, tail]: [number[], number[]] = [[], []];
let bytes = 0;
// Each run is everybody's next ballot; sealing is not measured here.
for (let run = 0; run <= runs; run++) {
  const some = run === 0 ? voters.slice(0, Math.min(200, ballots)) : voters;
  const bodies: string[] = [];
  for (const voter of some) {
    const ballot = ballotFor(board, voter, [[1, 0]], run + 1);
    bytes = ballot.transaction.length;
    bodies.push(JSON.stringify(voteJson(voter, ballot)));
    // The server shares this thread: without a turn of its own it would think itself overloaded and shed the run.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { latencies, refusals, seconds } = await load(bodies);
  if (Object.keys(refusals).length > 0) throw new Error(`refused: ${JSON.stringify(refusals)}`);
  if (run === 0) continue;
  const sorted = [...latencies].sort((a, b) => a - b);
  rates.push(bodies.length / seconds);
  median.push(percentile(sorted, 0.5));
  tail.push(percentile(sorted, 0.99));
}
note("POST /vote, durable and final, with receipt", "per second", rates);
note("POST /vote, median", "ms", median);
note("POST /vote, 99th percentile", "ms", tail);
note("bytes on the ledger for a yes/no ballot", "bytes", [bytes]);
const blocks = board.ledger.status().height;
await generator.terminate();
await board.close();
await judge.close();
report("cast", { question: "one, two answers", ballots: ballots * runs, connections, blocks });
