/**
 * Rows K-12, K-13, K-15, E-01, E-02, E-08, E-12, T-04, T-17 over HTTP: a whole server in this process, logging all it
 * can, with an election whose words are markup, and a network that lies.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseInstant } from "#api/instant.js";
import { toHex, utf8 } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { mailedToken, registerTrustees, replayed } from "#client/demonstration.js";
import { createHttp, type Http, platformRandom as random } from "#client/http.js";
import {
  announce,
  createDraft,
  type DraftAnswer,
  enterRoll,
  getDraft,
  seal,
  setUp,
  updateDraft,
} from "#client/officer.js";
import { signIn, signJson } from "#client/session.js";
import { ceremonyStep, decryptionShare, submit } from "#client/trustee.js";
import { anchorOf, confirm, electionOf, register, vote } from "#client/voter.js";
import { makeCode } from "#crypto/base58.js";
import { scalarToText } from "#crypto/scalar.js";
import { openDatabase } from "#db/database.js";
import { removeEmbedded } from "#db/embedded.js";
import { identityFromCode, keyBytes } from "#protocol/identity.js";
import type { Plan } from "#protocol/plan.js";
import { compose, type Server } from "#server/compose.js";
import { placesIn } from "#server/data-directory.js";

const MARKUP = `<img src=x onerror="alert(1)">`;
const MINUTE = 60_000_000_000n;

const dataDir = mkdtempSync(join(tmpdir(), "psephos-attacks-"));
const logged: string[] = [];
let now = (parseInstant("2026-12-01T09:00:00Z") as { value: bigint }).value;
let server: Server;
let officer: Http;
let plan: Plan;
let uuid: string;
/** The draft as it was before it was announced. */
let draft: DraftAnswer;
/** What an officer got who had the roll entered again while people voted. */
let secondRoll: unknown;
/** Codes, secrets, tokens, cookies: what no log, table or ledger byte may hold. */
const secrets = new Map<string, string>();
const voters: { readonly code: string; readonly http: Http }[] = [];

const client = (): Http => createHttp({ url: server.url, cookies: true, fetch: watched });

/** Keeps every cookie and bearer of authority that the network sees. */
const watched: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  for (const cookie of response.headers.getSetCookie()) {
    const value = cookie.split(";")[0]?.split("=")[1] ?? "";
    if (value !== "") secrets.set("a session", value);
  }
  return response;
};

/** A client to whom `change` lies in the answer's JSON. */
const lied = (change: (path: string, json: Record<string, unknown>) => void): Http =>
  createHttp({
    url: server.url,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const json = (await response.json()) as Record<string, unknown>;
      change(new URL(String(input)).pathname, json);
      return new Response(JSON.stringify(json), { status: response.status });
    },
  });

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

async function forwardTo(instant: bigint): Promise<void> {
  now = instant;
  await eventually("the ledger's time", async () => {
    const { time } = await client().request<{ time: string }>("/ledger/status");
    const at = parseInstant(time);
    return at.ok && at.value >= instant;
  });
}

function codeFor(whose: string): string {
  const code = makeCode(random);
  secrets.set(`code of ${whose}`, code);
  return code;
}

beforeAll(async () => {
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      logged.push(String(chunk));
      done();
    },
  });
  const fixed = { databaseUrl: undefined, smtpUrl: undefined, tls: undefined, publicUrl: "https://vote.example.org" };
  const options = { host: "127.0.0.1", port: 0, dataDir, reset: false, production: false, logLevel: "trace", ...fixed };
  server = await compose(options, pino({ level: "trace" }, sink), () => now);
  officer = client();
  const token = server.setupLink?.split("#")[1] as string;
  secrets.set("set-up token", token);
  const identity = identityFromCode(codeFor("officer"), "officer");
  secrets.set("secret of officer", scalarToText(identity.secret));
  const founded = await setUp(officer, token, "Town", { name: MARKUP, identity }, random);
  await signIn(officer, identity, random);
  const signer = { identity, chainId: founded.chain_id, random };
  for (const name of ["Ada", "Bob", "Cy"]) {
    const [http, email] = [client(), `${name}@x.example`.toLowerCase()];
    const code = codeFor(name);
    const voter = identityFromCode(code, "voter");
    secrets.set(`secret of ${name}`, scalarToText(voter.secret));
    await register(http, { name: `${name} ${MARKUP}`, email });
    const mailed = await mailedToken(http, email);
    await confirm(http, mailed, voter, random);
    voters.push({ code, http });
  }
  await officer.request("/officer/voters/approve-all", { method: "POST", json: {} });
  const first = await createDraft(officer, {
    name: `Bridge ${MARKUP}`,
    description: MARKUP,
    questions: [{ question: MARKUP, answers: [MARKUP, "No"], min: 1, max: 1, blank: false }],
    opens_at: formatInstant(now + 30n * MINUTE),
    closes_at: formatInstant(now + 60n * MINUTE),
    rules: { privacy_floor: 3 },
    trustees: [{ name: `Tom ${MARKUP}`, part: "mandatory" }],
  } as Parameters<typeof createDraft>[1]);
  uuid = first.uuid;
  const trusteeCode = codeFor("trustee");
  await registerTrustees(officer, client(), uuid, [trusteeCode], random);
  draft = await getDraft(officer, uuid);
  plan = (await announce(officer, signer, uuid)).plan;
  for (;;) {
    const act = ceremonyStep(await replayed(client(), uuid), uuid, trusteeCode, random);
    if (act.kind !== "send") break;
    await submit(client(), act.wire);
  }
  await enterRoll(officer, uuid, { kind: "all" });
  await seal(officer, signer, await replayed(client(), uuid), plan, {});
  await forwardTo(plan.opensAt);
  secondRoll = await enterRoll(officer, uuid, { kind: "all" }).catch((error: unknown) => error);
  const paper = await electionOf(client(), uuid, await anchorOf(client()));
  for (const { code } of voters) await vote(client(), paper, identityFromCode(code, "voter"), [[1, 0]], random);
  await forwardTo(plan.closesAt + BigInt(plan.rules.objectionPeriod));
  const share = decryptionShare(await replayed(client(), uuid), uuid, trusteeCode, new Map(), random);
  await submit(client(), share.wire);
});

afterAll(async () => {
  await server?.close();
  removeEmbedded(placesIn(dataDir).postgres);
  rmSync(dataDir, { recursive: true, force: true });
});

test("E-01: an announced election's draft cannot be edited, nor its trustees exchanged", async () => {
  await expect(updateDraft(officer, uuid, draft.revision, { ...draft.body, name: "Tunnel" })).rejects.toMatchObject({
    status: 409,
  });
  const invite = officer.request(`/officer/drafts/${uuid}/trustees/0/invitation`, { method: "POST", json: {} });
  await expect(invite).rejects.toMatchObject({ status: 409 });
  expect((await getDraft(officer, uuid)).body.name).toBe(`Bridge ${MARKUP}`);
});

test("E-02: a sealed election's roll cannot be entered again", async () => {
  const before = await client().request<{ roll: number; roll_root: string }>(`/elections/${uuid}`);
  expect(secondRoll).toMatchObject({ status: 409, code: "conflict" });
  await expect(enterRoll(officer, uuid, { kind: "all" })).rejects.toMatchObject({ name: "ApiError" });
  const { roll, roll_root } = await client().request<typeof before>(`/elections/${uuid}`);
  expect({ roll, roll_root }).toEqual({ roll: before.roll, roll_root: before.roll_root });
});

test("K-12, T-04: a server that shows other words, another key or another ledger is caught by the voter's client", async () => {
  const anchor = await anchorOf(client());
  await expect(electionOf(client(), uuid, anchor)).resolves.toMatchObject({ uuid });
  const stop = (change: (json: Record<string, unknown>) => void) =>
    electionOf(
      lied((path, json) => {
        if (path.endsWith("/manifest")) change(json);
      }),
      uuid,
      anchor,
    );
  const otherKey = toHex(keyBytes(identityFromCode(makeCode(random), "voter")));
  const lies: Record<string, (json: Record<string, unknown>) => void> = {
    "another key in the text": (json) => {
      json.election = String(json.election).replace(/"public_key":"[0-9a-f]+"/, `"public_key":"${otherKey}"`);
    },
    "other words": (json) => {
      json.election = String(json.election).replace("Bridge", "Tunnel");
    },
    "another manifest": (json) => {
      const bytes = Buffer.from(String(json.manifest), "base64url");
      const at = bytes.indexOf("Bridge");
      bytes.write("Tunnel", at);
      json.manifest = bytes.toString("base64url");
    },
    "a receipt of another ledger": (json) => {
      json.receipt = { ...(json.receipt as object), chain_id: "another" };
    },
  };
  for (const [name, lie] of Object.entries(lies))
    await expect(stop(lie), name).rejects.toMatchObject({ name: "Untrustworthy" });
  // All of it consistently another election: only the fingerprint from the letter, or the ledger's proof, can tell.
  await expect(electionOf(client(), uuid, anchor, "A".repeat(43))).rejects.toMatchObject({ name: "Untrustworthy" });
  await expect(electionOf(client(), uuid, { ...anchor, engineKey: new Uint8Array(32).fill(7) })).rejects.toMatchObject({
    name: "Untrustworthy",
  });
});

test("K-13: invitations that never were, that were replaced, and that are malformed in no visible way answer alike", async () => {
  const other = await createDraft(officer, {
    name: "Second",
    trustees: [{ name: "T", part: "mandatory" }],
  } as Parameters<typeof createDraft>[1]);
  const invite = () =>
    officer.request<{ token: string }>(`/officer/drafts/${other.uuid}/trustees/0/invitation`, {
      method: "POST",
      json: {},
    });
  const { token: replaced } = await invite();
  const { token: good } = await invite();
  for (const token of [replaced, good]) secrets.set(`invitation ${token.slice(0, 4)}`, token);
  const invented = Buffer.from(random(24)).toString("base64url");
  const ask = async (token: string) => {
    const start = performance.now();
    const response = await fetch(`${server.url}/trustee/invitations/${token}`);
    const body = await response.text();
    const headers = [...response.headers.keys()].filter((name) => !name.startsWith("x-ratelimit")).join();
    return { said: `${response.status} ${headers} ${body}`, took: performance.now() - start };
  };
  const answers = new Set<string>();
  const times = { replaced: [] as number[], invented: [] as number[] };
  for (let i = 0; i < 40; i++) {
    const [a, b] = [await ask(replaced), await ask(invented)];
    answers.add(a.said);
    answers.add(b.said);
    times.replaced.push(a.took);
    times.invented.push(b.took);
  }
  expect([...answers]).toHaveLength(1);
  expect([...answers][0]).toMatch(/^404 /);
  // How often one takes longer than the other: half of the time; with 40 of each the standard deviation is 0.065.
  const wins = times.replaced.filter((took, i) => took > (times.invented[i] as number)).length / 40;
  expect(Math.abs(wins - 0.5)).toBeLessThan(0.35);
  // Registering a key with either says the same, too.
  const identity = identityFromCode(makeCode(random), "voter");
  const { chain_id } = await client().request<{ chain_id: string }>("/ledger/status");
  const refusals = await Promise.all(
    [replaced, invented].map(async (token) => {
      const signature = signJson("confirm", chain_id, identity, utf8(`trustee|${token}`), random);
      const response = await fetch(`${server.url}/trustee/invitations/${token}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ key: toHex(keyBytes(identity)), signature }),
      });
      return `${response.status} ${await response.text()}`;
    }),
  );
  expect(new Set(refusals).size).toBe(1);
  expect((await fetch(`${server.url}/trustee/invitations/${good}`)).status).toBe(200);
});

test("E-08: markup in titles, answers and names stays text in the API and in letters, and no answer is HTML", async () => {
  for (const path of [`/elections/${uuid}`, "/elections", `/elections/${uuid}/ceremony`, `/elections/${uuid}/result`]) {
    const response = await fetch(server.url + path);
    const body = await response.text();
    expect(response.headers.get("content-type"), path).toMatch(/^application\/json/);
    expect(response.headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(body, path).toContain(JSON.stringify(MARKUP).slice(1, -1));
  }
  const { mails } = await client().request<{ mails: { subject: string; text: string }[] }>(
    "/dev/outbox?to=ada@x.example",
  );
  expect(mails.some(({ text }) => text.includes(`Ada ${MARKUP}`))).toBe(true);
  // Letters have no HTML part in which it could run.
  for (const mail of mails) expect(Object.keys(mail)).not.toContain("html");
  const missing = await fetch(`${server.url}/${encodeURIComponent(MARKUP)}`);
  expect(missing.headers.get("content-type")).toMatch(/json/);
});

test("E-12: the manifest names every holder of the key; one alone is warned of; the server holds none", async () => {
  const answer = await client().request<{ trustees: string; manifest: string }>(`/elections/${uuid}/manifest`);
  expect(Buffer.from(answer.manifest, "base64url").toString("utf8")).toContain(`Tom ${MARKUP}`);
  expect(draft.warnings.join(" ")).toMatch(/alone can read every ballot/);
  expect(draft.warnings.join(" ")).toMatch(/loses the election/);
  // No election without trustees of its own: nothing stands in for them.
  const none = await createDraft(officer, { ...draft.body, trustees: [] });
  expect(none.blockers).toContain("There are no trustees.");
});

test("T-17: tables edited in the database change no published result or stage, and give no false turnout", async () => {
  const look = async () => (await fetch(`${server.url}/elections/${uuid}/result`)).text();
  const before = await look();
  expect(before).toContain('"counted":3');
  await server.close();
  const database = await openDatabase({
    url: undefined,
    directory: placesIn(dataDir).postgres,
    log: () => undefined,
  });
  const tables = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_schema in ('voting', 'management') and table_type = 'BASE TABLE'`.execute(database.db);
  expect(tables.rows.map(({ name }) => name).filter((name) => name.includes("result"))).toEqual([]);
  await sql`update management.elections set title = 'Forged', mark = 'cancelled'`.execute(database.db);
  await sql`delete from voting.votes`.execute(database.db);
  await database.close();
  const fixed = { databaseUrl: undefined, smtpUrl: undefined, tls: undefined, publicUrl: "https://vote.example.org" };
  const options = {
    host: "127.0.0.1",
    port: 0,
    dataDir,
    reset: false,
    production: false,
    logLevel: "silent",
    ...fixed,
  };
  server = await compose(options, pino({ level: "silent" }), () => now);
  expect(await look()).toBe(before);
  const { title, counted, stage } = await client().request<{ title: string; counted: number; stage: string }>(
    `/elections/${uuid}`,
  );
  expect({ title, counted, stage }).toEqual({ title: `Bridge ${MARKUP}`, counted: 3, stage: "tallied" });
  // The board's tables no longer fit the ledger: it refuses rather than tell another number.
  const turnout = await fetch(`${server.url}/elections/${uuid}/turnout`);
  if (turnout.ok) expect(await turnout.text()).toContain('"counted":3');
  else expect(turnout.status).toBe(503);
});

test("K-15: a run with the most talkative log leaves no code, key, token or session in log, ledger or database files", async () => {
  const text = logged.join("");
  expect(text).toContain("/register");
  const bytes = Buffer.concat(filesIn(placesIn(dataDir).ledger).map((path) => readFileSync(path)));
  expect(bytes.length).toBeGreaterThan(1000);
  const registrar = filesIn(placesIn(dataDir).keys).map((path) => readFileSync(path, "utf8").trim());
  const node = readFileSync(join(placesIn(dataDir).ledger, "node.key"), "utf8").trim();
  for (const [i, key] of [...registrar, node].entries()) secrets.set(`server key ${i}`, key);
  expect(secrets.size).toBeGreaterThan(10);
  for (const [what, secret] of secrets) {
    for (const form of [secret, encodeURIComponent(secret), secret.replaceAll("-", "")]) {
      expect(text.includes(form), `${what} in the log`).toBe(false);
    }
    if (!what.startsWith("server key")) expect(bytes.includes(secret), `${what} on the ledger`).toBe(false);
  }
});

function filesIn(directory: string): string[] {
  if (statSync(directory).isFile()) return [directory];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
