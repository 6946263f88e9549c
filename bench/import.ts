// bench: a long list of voters: preview, import, the same list again, export; with the largest memory of the server
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptVoters, importVoters, previewVoters } from "#client/officer.js";
import { foundLedger, startWorld } from "../test/election/kit.js";
import { note, option, report } from "./kit.js";

const people = option("voters", 200_000);
// As docs/operate/psephos.service starts it: the garbage of a long list is young, and more room for it saves no time.
process.env.NODE_OPTIONS ??= "--max-semi-space-size=8";
// The server is a process of its own over the built files, with a PostgreSQL of its own: the client's memory is not in it.
const world = await startWorld();
const { http } = await foundLedger(world, "Town of Example", "Olga Officer");

const directory = mkdtempSync(join(tmpdir(), "psephos-bench-"));
const names = ["Zoë Ångström", "Σωκράτης Παπαδόπουλος", "محمد بن سلمان", "王小明", "Nguyễn Thị Hà", "Łukasz Żółć"];

/** A list; with `move` some two in a hundred live in another district. */
function listOf(move: number): Buffer {
  const path = join(directory, `list-${move}.csv`);
  const file = openSync(path, "w");
  writeSync(file, "name;email;group;district;weight;language;external_id\r\n");
  for (let i = 0; i < people; i++) {
    const district = (i % 100) + (i % 50 === 0 ? move : 0);
    const person = `"${names[i % names.length]} ${i}";voter-${i}@example.org`;
    writeSync(file, `${person};members|group ${i % 7};District ${district};1;en;M-${i}\r\n`);
  }
  closeSync(file);
  return readFileSync(path);
}

/** Name, parent and processor seconds of a process: its own, and those of its children that ended. */
function processFacts(pid: number) {
  const [, name, rest] = /\((.*)\) (.*)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
  const fields = (rest ?? "").split(" ").map(Number) as number[];
  // Clock ticks of 1/100 s, in user and in system mode.
  const ticks = (at: number) => ((fields[at] as number) + (fields[at + 1] as number)) / 100;
  return { name, parent: fields[1], busy: ticks(11), children: ticks(13) };
}

function childrenOf(parent: number) {
  const pids = readdirSync("/proc").map(Number).filter(Boolean);
  return pids.flatMap((pid) => {
    try {
      const facts = processFacts(pid);
      return facts.parent === parent ? [{ pid, ...facts }] : [];
    } catch {
      return [];
    }
  });
}

const postmaster = childrenOf(world.serverPid()).find(({ name }) => name === "postgres")?.pid as number;

/** Resident memory of the server in MB, at its highest so far or now; processor seconds of it and of its PostgreSQL. */
function serverFacts() {
  const status = readFileSync(`/proc/${world.serverPid()}/status`, "utf8");
  const megabytes = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  const own = processFacts(postmaster);
  const database = childrenOf(postmaster).reduce((sum, each) => sum + each.busy, own.busy + own.children);
  return {
    peak: megabytes("VmHWM"),
    now: megabytes("VmRSS"),
    busy: processFacts(world.serverPid()).busy,
    database,
  };
}

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const before = serverFacts();
  const start = performance.now();
  const answer = await work();
  note(name, "s", [(performance.now() - start) / 1000]);
  const after = serverFacts();
  note("  processor time of the server", "s", [after.busy - before.busy]);
  note("  processor time of its PostgreSQL", "s", [after.database - before.database]);
  note("  largest memory of the server until then", "MB", [after.peak]);
  return answer;
}

const [first, second] = [listOf(0), listOf(1000)];
const base = serverFacts().now;
const preview = await timed("preview of a new list", () => previewVoters(http, first));
const stored = await timed("import of the list, with invitations", () => acceptVoters(http, first, preview.preview));
if (stored.added !== people) throw new Error(JSON.stringify(stored));
const again = await timed("the same list again", () => importVoters(http, first));
const changed = await timed("preview with 2 % changed", () => previewVoters(http, second, { gone: "suspend" }));
const exported = await timed("export", async () => (await http.raw("/officer/voters/export")).arrayBuffer());
await world.stop();
rmSync(directory, { recursive: true, force: true });
report("import", {
  voters: people,
  NODE_OPTIONS: process.env.NODE_OPTIONS,
  "the list, MB": Math.round(first.length / 1e6),
  "memory of the server before, MB": Math.round(base),
  changed: changed.updated,
  "unchanged when repeated": again.unchanged,
  "exported, MB": Math.round(exported.byteLength / 1e6),
});
