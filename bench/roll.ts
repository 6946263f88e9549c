// bench: the roll of a large election: entering it on the ledger, and the officer's recomputation before the seal
/**
 * `entered` is the officers' request from press to answer: voters chosen, credentials computed (threads, noble for r_e),
 * transactions signed, checked, applied and synced. `recomputed` is what an officer's client then does before it approves
 * the seal: it fetches every line and computes every credential, on one thread as a browser does. Server, client and
 * PostgreSQL share this machine.
 */

import { sql } from "kysely";
import { bytesEqual, fromHex, toHex } from "#base/bytes.js";
import type { Http } from "#client/http.js";
import { recomputeRoll } from "#client/officer.js";
import { GENERATOR, multiplySecret, normalize, type Point, pointToBytes } from "#crypto/group.js";
import { computeSwiftly } from "#pool/swift.js";
import { elections } from "#protocol/election.js";
import { createElection } from "#protocol/transactions/create-election.js";
import { must } from "../test/ledger-kit.js";
import { approved, base58, HOUR, OFFICERS, planOf, trustees } from "../test/protocol-kit.js";
import { type Registry, signIn, startRegistry } from "../test/registration-kit.js";
import { note, option, report } from "./kit.js";

const voters = option("voters", 200_000);
const AT_ONCE = 10_000;

/** Approved voters with keys: g^a, g^(a+1), … */
async function invent(registry: Registry, organisation: string): Promise<void> {
  let point = multiplySecret(GENERATOR, 123_456_789n);
  for (let from = 0; from < voters; from += AT_ONCE) {
    const points: Point[] = [];
    for (let i = 0; i < Math.min(AT_ONCE, voters - from); i++) {
      points.push(point);
      point = point.add(GENERATOR);
    }
    const rows = normalize(points).map((each, i) => {
      const number = (from + i).toString(16).padStart(12, "0");
      return {
        id: `00000000-0000-4000-8000-${number}`,
        name: `Voter ${from + i}`,
        email: `v${from + i}@people.example`,
        mailbox: `v${from + i}@people.example`,
        digital_id: `0x${number.padStart(40, "0")}`,
        public_key: `\\x${toHex(pointToBytes(each))}`,
        key_source: "own",
        language: "en",
        created_at: new Date(0).toISOString(),
      };
    });
    const { db } = registry.database;
    await sql`insert into registration.voters
      select * from json_populate_recordset(null::registration.voters, ${JSON.stringify(rows)}::json)`.execute(db);
    await sql`insert into registration.standings (voter_id, organisation, status)
      select id, ${organisation}, 'approved' from json_populate_recordset(null::registration.voters, ${JSON.stringify(rows)}::json)`.execute(
      db,
    );
  }
}

// As the server does.
computeSwiftly();
const registry = await startRegistry();
const session = await signIn(registry, OFFICERS[0] as (typeof OFFICERS)[0]);
const organisation = registry.ledger.genesis().founder.id;
await invent(registry, organisation);
const specs = trustees(1, 0);
const uuid = base58("a large roll", 14);
const path = (rest: string): string => `/officer/elections/${uuid}/${rest}`;
const { body: key } = await registry.send("POST", path("roll-key"), { json: {}, session });
const [opensAt, closesAt] = [registry.time + HOUR, registry.time + 2n * HOUR];
const plan = planOf(specs, 0, { uuid, opensAt, closesAt, rollKey: fromHex(key.roll_key) as Uint8Array });
await must(registry.ledger, approved(createElection, { ...plan, rules: { ...plan.rules, latestClose: closesAt } }));

const seconds = (from: bigint): number => Number(process.hrtime.bigint() - from) / 1e9;
const before = { at: process.hrtime.bigint(), cpu: process.cpuUsage() };
const answer = await registry.send("POST", path("roll"), { json: { selection: { kind: "all" } }, session });
const entered = seconds(before.at);
const cpu = process.cpuUsage(before.cpu);
if (answer.status !== 200 || answer.body.count !== voters) throw new Error(answer.text.slice(0, 500));
note("entered", "s", [entered]);
note("entered: processor time of server and threads", "s", [(cpu.user + cpu.system) / 1e6]);

const http: Pick<Http, "request"> = {
  request: async <T>(url: string): Promise<T> => (await registry.send("GET", url, { session })).body as T,
};
const from = process.hrtime.bigint();
const { roll } = await recomputeRoll(http as Http, uuid);
note("recomputed by an officer's client", "s", [seconds(from)]);
const entry = elections.get(registry.ledger.state(), uuid)?.entry;
if (entry === undefined || !bytesEqual(entry.rollRoot, roll.root)) throw new Error("another roll than the ledger's");
note("both", "s", [entered + seconds(from)]);
const blocks = registry.ledger.status().height;
await registry.close();
report("roll", { voters, blocks });
