// bench: public reads over HTTP (GET /elections, board, turnout, one ballot with receipt), with the cache's hit rate
import autocannon from "autocannon";
import { pathOfTracker } from "#api/values.js";
import { createManagement } from "#management/module.js";
import { openElection, trustees, UUID, votersOf } from "../test/protocol-kit.js";
import { ballotFor, startBoard, voteJson } from "../test/voting-kit.js";
import { note, option, report } from "./kit.js";

const ballots = option("ballots", 300);
const connections = option("connections", 32);
const seconds = option("seconds", 3);
const runs = option("runs", 3);

const board = await startBoard({
  beside: ({ db, ledger, answers, now }) =>
    createManagement({
      db,
      ledger: ledger as never,
      answers,
      actorOf: () => null,
      random: (length) => new Uint8Array(length),
      now,
      publicUrl: () => "https://vote.example",
      setupToken: undefined,
      minutes: { turnout: async () => [], sign: () => Promise.reject(new Error("not in this bench")) as never },
    }),
});
const voters = votersOf(ballots);
openElection(board.memory, trustees(1, 0), 0, voters);
await board.perform();
let tracker = "";
for (const voter of voters) {
  const ballot = ballotFor(board, voter, [[0, 1]]);
  tracker = ballot.tracker;
  const answer = await board.post("/vote", voteJson(voter, ballot));
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
}
const url = await (await board.begin()).listen({ host: "127.0.0.1", port: 0 });

const paths: readonly (readonly [string, string])[] = [
  ["GET /elections", "/elections"],
  ["GET /elections/{id}", `/elections/${UUID}`],
  ["GET /elections/{id}/ballots?limit=100", `/elections/${UUID}/ballots?limit=100`],
  ["GET /elections/{id}/turnout", `/elections/${UUID}/turnout`],
  ["GET /elections/{id}/ballots/{tracker}", `/elections/${UUID}/ballots/${pathOfTracker(tracker)}`],
];
// The load generator runs beside the server, in the same process: what it takes, the server lacks.
for (const [name, path] of paths) {
  const rates: number[] = [];
  board.outcomes.length = 0;
  for (let run = -1; run < runs; run++) {
    const result = await autocannon({ url: url + path, connections, duration: run < 0 ? 1 : seconds });
    if (result.non2xx > 0 || result.errors > 0)
      throw new Error(`${path}: ${result.non2xx} refused, ${result.errors} failed`);
    if (run >= 0) rates.push(result["2xx"] / result.duration);
  }
  note(name, "per second", rates);
  const hits = board.outcomes.filter((outcome) => outcome !== "miss").length;
  note(`${name}, answers from the cache`, "%", [(100 * hits) / board.outcomes.length]);
}
const first = await board.get(`/elections/${UUID}/ballots?limit=100`);
const etag = first.headers.etag as string;
const rates: number[] = [];
for (let run = 0; run < runs; run++) {
  const result = await autocannon({
    url: `${url}/elections/${UUID}/ballots?limit=100`,
    connections,
    duration: seconds,
    headers: { "if-none-match": etag },
  });
  rates.push(result["3xx"] / result.duration);
}
note("board, confirmed with 304", "per second", rates);
await board.close();
report("reads", { ballots, connections, seconds });
