// bench: registering over HTTP (POST /register to a committed row and a queued letter), and importing a list
import autocannon from "autocannon";
import { OFFICERS } from "../test/protocol-kit.js";
import { signIn, startRegistry } from "../test/registration-kit.js";
import { measure, note, option, percentile, report } from "./kit.js";

const connections = option("connections", 32);
const seconds = option("seconds", 5);
const people = option("people", 5_000);

const registry = await startRegistry();
const url = await registry.app.listen({ host: "127.0.0.1", port: 0 });

// The load generator runs beside the server, in the same process: what it takes, the server lacks.
const rates: number[] = [];
const p99: number[] = [];
for (let run = -1; run < 5; run++) {
  const result = await autocannon({
    url: `${url}/register`,
    method: "POST",
    connections,
    duration: run < 0 ? 2 : seconds,
    headers: { "content-type": "application/json" },
    // Every request has an address of its own.
    body: JSON.stringify({ name: "Ada Lovelace", email: `v[<id>]@run${run + 1}.example.org` }),
    idReplacement: true,
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`);
  if (run < 0) continue;
  rates.push(result["2xx"] / result.duration);
  p99.push(result.latency.p99);
}
note("POST /register", "per second", rates);
note("POST /register, 99th percentile", "ms", p99);

const session = await signIn(registry, OFFICERS[0] as (typeof OFFICERS)[0]);
let list = 0;
await measure(
  "import of a CSV list",
  async () => {
    list++;
    const lines = Array.from({ length: people }, (_, i) => `Voter ${i},v${i}@list${list}.example.org,${i % 10}`);
    const content = `name,email,district\n${lines.join("\n")}\n`;
    const answer = await registry.send("POST", "/officer/voters/import", {
      session,
      text: { type: "text/csv", content },
    });
    if (answer.body.added !== people) throw new Error(answer.text);
    return people;
  },
  { runs: 3 },
);

const stored = await registry.tables
  .selectFrom("requests")
  .select((eb) => eb.fn.countAll().as("n"))
  .executeTakeFirstOrThrow();
await registry.close();
report("register", {
  connections,
  "lines of a list": people,
  "requests stored": String(stored.n),
  "median of the 99th percentiles, ms": Math.round(
    percentile(
      [...p99].sort((a, b) => a - b),
      0.5,
    ),
  ),
});
