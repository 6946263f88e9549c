// bench: casting over HTTP to a durable receipt (embedded ledger, PostgreSQL, load generator in a thread beside it)
import { existsSync, readFileSync } from "node:fs";
import { workerJudge } from "#pool/node.js";
import { wireLength } from "#protocol/suite/belenios-v1/wire.js";
import { openElection, START, trustees, votersOf } from "../test/protocol-kit.js";
import { ballotFor, startBoard, voteJson } from "../test/voting-kit.js";
import { startGenerator } from "./http-load.js";
import { note, option, percentile, report } from "./kit.js";

const ballots = option("ballots", 2_000);
/** Voters who wait at one moment. Each has one connection and sends when its last ballot was answered. */
const connections = option("connections", 128);
const runs = option("runs", 3);

/** Milliseconds of processor time that this thread, the server's, has had; Linux tells in hundredths of a second. */
function threadMs(): number {
  const file = `/proc/self/task/${process.pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  const fields = readFileSync(file, "latin1").split(") ")[1]?.split(" ") ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** Bytes of the wire ballot of a yes/no question that asks for at least `min` answers. */
function wireOf(min: number): number {
  return wireLength([{ kind: "homomorphic", question: "?", answers: ["Yes", "No"], min, max: 1, blank: false }]);
}

const judge = workerJudge();
// Block time is the kit's until the election is open, then it runs with the real clock.
let now: () => bigint = () => START;
const board = await startBoard({ engine: { judge, clock: () => now(), gatherMs: 2 } });
now = () => board.time;
const voters = votersOf(ballots);
openElection(board.memory, trustees(1, 0), 0, voters);
await board.perform();
const [opened, started] = [board.time, process.hrtime.bigint()];
now = () => opened + process.hrtime.bigint() - started;
const url = await (await board.begin()).listen({ host: "127.0.0.1", port: 0 });
const generator = startGenerator();

const rates: number[] = [];
const [median, tail]: [number[], number[]] = [[], []];
const [own, all]: [number[], number[]] = [[], []];
let bytes = 0;
// Each run is everybody's next ballot; sealing is not measured here.
for (let run = 0; run <= runs; run++) {
  const some = run === 0 ? voters.slice(0, Math.min(1_000, ballots)) : voters;
  const bodies: string[] = [];
  for (const voter of some) {
    const ballot = ballotFor(board, voter, [[1, 0]], run + 1);
    bytes = ballot.transaction.length;
    bodies.push(JSON.stringify(voteJson(voter, ballot)));
    // The server shares this thread: without a turn of its own it would think itself overloaded and shed the run.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const before = { thread: threadMs(), process: process.cpuUsage() };
  const { latencies, refusals, seconds } = await generator.load(Number(new URL(url).port), bodies, connections);
  const used = process.cpuUsage(before.process);
  if (Object.keys(refusals).length > 0) throw new Error(`refused: ${JSON.stringify(refusals)}`);
  if (run === 0) continue;
  const sorted = [...latencies].sort((a, b) => a - b);
  rates.push(bodies.length / seconds);
  own.push((threadMs() - before.thread) / bodies.length);
  all.push((used.user + used.system) / 1000 / bodies.length);
  median.push(percentile(sorted, 0.5));
  tail.push(percentile(sorted, 0.99));
}
note("POST /vote, durable and final, with receipt", "per second", rates);
note("POST /vote, median", "ms", median);
note("POST /vote, 99th percentile", "ms", tail);
note("processor time of the server's main thread", "ms per ballot", own);
note("processor time with judge, generator and collector", "ms per ballot", all);
note("bytes on the ledger, one of two answers or none", "bytes", [bytes]);
note("bytes on the ledger, exactly one of two answers", "bytes", [bytes - wireOf(0) + wireOf(1)]);
const blocks = board.ledger.status().height;
await generator.close();
await board.close();
await judge.close();
report("cast", { question: "one, two answers", ballots: ballots * runs, connections, blocks });
