// bench: a long list of voters: preview, import, the same list again, export; the largest memory of the server's process
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OFFICERS } from "../test/protocol-kit.js";
import { signIn, startRegistry } from "../test/registration-kit.js";
import { note, option, report } from "./kit.js";

const people = option("voters", 200_000);
const registry = await startRegistry({ unwatched: true });
const { port } = new URL(await registry.app.listen({ host: "127.0.0.1", port: 0 }));
const session = await signIn(registry, OFFICERS[0] as (typeof OFFICERS)[0]);

const directory = mkdtempSync(join(tmpdir(), "psephos-bench-"));
const names = ["Zoë Ångström", "Σωκράτης Παπαδόπουλος", "محمد بن سلمان", "王小明", "Nguyễn Thị Hà", "Łukasz Żółć"];
/** Written line by line: the list must not count as memory of the server. */
function listOf(move: number): string {
  const path = join(directory, `list-${move}.csv`);
  const file = openSync(path, "w");
  writeSync(file, "name;email;group;district;weight;language;external_id\r\n");
  for (let i = 0; i < people; i++) {
    const district = (i % 100) + (i % 50 === 0 ? move : 0);
    const name = `${names[i % names.length]} ${i}`;
    writeSync(file, `"${name}";voter-${i}@example.org;members|group ${i % 7};District ${district};1;en;M-${i}\r\n`);
  }
  closeSync(file);
  return path;
}

let peak = 0;
let base = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);

interface Sent {
  readonly seconds: number;
  /** Of the processor, in this process: what a busy machine does not change. */
  readonly busy: number;
  readonly body: Record<string, number | string>;
}

/** Sends a file as a stream. */
async function send(path: string, query: string): Promise<Sent> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const text = await new Promise<string>((resolve, reject) => {
    const headers = { "content-type": "text/csv", cookie: `__Host-psephos-officer=${session}` };
    const sent = request({ port, method: "POST", path: `/officer/voters/import${query}`, headers }, async (answer) => {
      let body = "";
      for await (const chunk of answer) body += String(chunk);
      if (answer.statusCode === 200) resolve(body);
      else reject(new Error(body));
    });
    sent.on("error", reject);
    createReadStream(path).pipe(sent);
  });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, busy: (user + system) / 1e6, body: JSON.parse(text) };
}

const [first, second] = [listOf(0), listOf(1000)];
globalThis.gc?.();
base = process.memoryUsage.rss();
peak = base;
const preview = await send(first, "/preview");
note("preview of a new list", "s", [preview.seconds]);
const stored = await send(first, `?preview=${preview.body.preview}`);
note("import of the list, with invitations", "s", [stored.seconds]);
note("  of these, processor time of this process", "s", [stored.busy]);
if (stored.body.added !== people) throw new Error(JSON.stringify(stored.body));
const again = await send(first, "");
note("the same list again", "s", [again.seconds]);
const changed = await send(second, "/preview?gone=suspend");
note("preview of a list with 2 % changed", "s", [changed.seconds]);
const begun = performance.now();
const exported = await fetch(`http://127.0.0.1:${port}/officer/voters/export`, {
  headers: { cookie: `__Host-psephos-officer=${session}` },
});
let bytes = 0;
for await (const chunk of exported.body as ReadableStream<Uint8Array>) bytes += chunk.length;
note("export", "s", [(performance.now() - begun) / 1000]);
clearInterval(watch);
note("largest memory of the process (client and server)", "MB", [peak / 1e6]);
const mails = await registry.mail.kept({ to: undefined, limit: 1 });
await registry.close();
rmSync(directory, { recursive: true, force: true });
report("import", {
  voters: people,
  "memory before, MB": Math.round(base / 1e6),
  changed: Number(changed.body.updated),
  "unchanged when repeated": Number(again.body.unchanged),
  "exported, MB": Math.round(bytes / 1e6),
  "letters queued": mails.length > 0 ? "yes" : "no",
});
