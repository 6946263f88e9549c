/**
 * What a server holds after an election, looked at byte by byte: every table, every log line, every letter, every byte
 * of the ledger. Nobody's secret is there and nobody's choice, and the ledger knows no voter. On the way the power fails
 * in the middle of the voting, and at the end the tables that follow the ledger are thrown away and made again.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { signIn } from "#client/session.js";
import {
  credentialFor,
  findBallot,
  type RecordedBallot,
  sealChoices,
  send,
  type TrustedElection,
} from "#client/voter.js";
import { scalarToBytes } from "#crypto/scalar.js";
import { type Database, openDatabase } from "#db/database.js";
import { dropModule } from "#db/migrations.js";
import { type Identity, identityFromCode, keyBytes } from "#protocol/identity.js";
import type { Choices } from "#protocol/suite/belenios-v1/seal.js";
import { envelopeIdentity } from "#protocol/trustee.js";
import { placesIn } from "#server/data-directory.js";
import {
  announceElection,
  bytesAt,
  countsOf,
  type Election,
  enterAndSeal,
  eventually,
  foundLedger,
  importWithLetters,
  makeKeys,
  members,
  type Officer,
  openSum,
  people,
  random,
  registerByMail,
  resultOf,
  schedule,
  setupTokenOf,
  startWorld,
  trustedElection,
  type Voter,
  type World,
} from "./election/kit.js";

// Each step is short on a machine of its own; on a busy one it must not fail for that.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const CHOICES: readonly Choices[] = [[[0, 1, 0]], [[0, 0, 1]], [[1, 0, 0]]];

let world: World;
let officer: Officer;
let voters: Voter[];
let election: Election;
let paper: TrustedElection;
const ballots: (RecordedBallot & { readonly voter: number })[] = [];
/** Scalars that opened ballots would need; known to the voters' devices alone. */
const ballotRandomness: bigint[] = [];
const cookies: string[] = [];
const mailedTokens: string[] = [];

/** Notes what secrets the server itself gives to clients, so that logs can be searched for them. */
const noting: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  for (const cookie of response.headers.getSetCookie()) cookies.push(/=([^;]+)/.exec(cookie)?.[1] ?? "");
  if (String(input).includes("/dev/outbox"))
    mailedTokens.push(
      ...[...(await response.clone().text()).matchAll(/#([\w-]{43})/g)].map((match) => match[1] as string),
    );
  return response;
};

beforeAll(async () => {
  world = await startWorld(noting);
  officer = await foundLedger(world, "Society of Friends", "Olga Officer");
  const listed = await importWithLetters(world, officer, people(9, "friends.example"));
  const mailed = [
    await registerByMail(world, { name: "Zoë Q. Quisenberry", email: "Zoe.Quisenberry@Example.ORG" }),
    await registerByMail(world, { name: "Łukasz Źdźbło", email: "lukasz.zdzblo@example.org" }),
  ];
  await officer.http.request("/officer/voters/approve-all", { method: "POST", json: {} });
  voters = [...mailed, ...listed];
  await signIn((voters[0] as Voter).http, (voters[0] as Voter).identity, random);
  await (voters[0] as Voter).http.request("/me");
  election = await announceElection(world, [officer], {
    name: "Where shall we meet?",
    questions: [{ question: "Where shall we meet?", answers: ["Harbour", "Hill"], min: 1, max: 1, blank: true }],
    ...schedule(world, 60, 120),
    trustees: members("Tara Trustee", "Tom Trustee", "Tilda Trustee"),
    threshold: 2,
  });
  await makeKeys(world, election);
  await enterAndSeal(world, [officer], election, { kind: "all" });
  paper = await trustedElection(world, election);
  await world.until(election.plan.opensAt);
});

afterAll(async () => world?.stop());

async function castOne(voter: number, type: "cast" | "spoil", sequence: number): Promise<void> {
  const { http, identity } = voters[voter] as Voter;
  const credential = credentialFor(paper, identity);
  const prepared = sealChoices(paper, credential, CHOICES[voter % 3] as Choices, random);
  ballotRandomness.push(...prepared.randomness.flat());
  ballots.push({ ...(await send(http, type, paper, credential, sequence, prepared, random)), voter });
}

async function statusOf(tracker: string): Promise<string | undefined> {
  return (await findBallot(world.client(), paper, tracker)).judged.shows?.status;
}

test("the power fails in the middle of the voting; nothing that was acknowledged is lost, and voting goes on", async () => {
  for (let i = 0; i < 5; i++) await castOne(i, "cast", 1);
  await castOne(5, "spoil", 1);
  await world.halt("SIGKILL");
  await world.start();
  for (const { tracker, voter } of ballots) expect(await statusOf(tracker)).toBe(voter === 5 ? "spoiled" : "counted");
  // The same ballot number is not free again, and the next one is.
  await expect(castOne(0, "cast", 1)).rejects.toMatchObject({ code: "stale-sequence" });
  await castOne(0, "cast", 2);
  for (let i = 5; i < 11; i++) await castOne(i, "cast", 2);
  expect(await statusOf(ballots[0]?.tracker ?? "")).toBe("superseded");
  // Sessions outlive it, too.
  expect(await (voters[0] as Voter).http.request("/me")).toMatchObject({ key_bound: true });
});

test("kill -9 is no excuse: the election closes, is counted, and everybody is in it", async () => {
  await world.until(election.plan.closesAt);
  await world.halt("SIGKILL");
  await world.start();
  await openSum(world, election, election.trustees.slice(0, 2));
  expect(countsOf(await resultOf(world, election))).toEqual([4, 4, 3]);
  expect(await bytesAt(world.client(), `/elections/${election.uuid}/archive.bel`)).not.toHaveLength(0);
});

// The dump ------------------------------------------------------------------------------------------------------------

interface Dump {
  /** Each row of each table as JSON text, bytea as \\x hex. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  readonly ledger: Buffer;
  readonly log: string;
}

async function withDatabase<T>(use: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase({
    url: undefined,
    directory: placesIn(world.dataDir).postgres,
    log: () => undefined,
  });
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

async function tablesOf(database: Database): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
    order by 1, 2`.execute(database.db);
  const tables = new Map<string, string[]>();
  for (const { schema, name } of rows) {
    const table = sql.id(schema, name);
    const found = await sql<{ row: string }>`select row_to_json(t)::text as row from ${table} t order by 1`.execute(
      database.db,
    );
    tables.set(
      `${schema}.${name}`,
      found.rows.map(({ row }) => row),
    );
  }
  return tables;
}

let dump: Dump;

test("the server is stopped and everything that it holds is read", async () => {
  // Projections may lag by a moment; what they say of the end must be in the dump.
  await eventually("the end in the tables", async () => {
    const { events } = await world
      .client()
      .request<{ events: { type: string }[] }>(`/elections/${election.uuid}/events`);
    return events.filter(({ type }) => type === "share-decryption").length === 2;
  });
  await world.halt("SIGTERM");
  const tables = await withDatabase(tablesOf);
  const { ledger } = placesIn(world.dataDir);
  const parts = ["ledger.mdb", "genesis.cbor"].map((name) => readFileSync(join(ledger, name)));
  dump = { tables, ledger: Buffer.concat(parts), log: world.logged.join("") };
  expect([...tables.keys()]).toEqual(
    expect.arrayContaining(["registration.voters", "mail.outbox", "voting.votes", "management.elections"]),
  );
  expect(tables.get("voting.votes")).toHaveLength(13);
});

/** Every way in which these bytes could stand in a text or a file. */
function formsOf(bytes: Uint8Array): Buffer[] {
  const forward = Buffer.from(bytes);
  const backward = Buffer.from(bytes).reverse();
  return [forward, backward].flatMap((each) => [
    each,
    ...["hex", "base64", "base64url"].map((encoding) =>
      Buffer.from(each.toString(encoding as BufferEncoding).replace(/=+$/, ""), "latin1"),
    ),
    Buffer.from(each.toString("hex").toUpperCase(), "latin1"),
  ]);
}

function formsOfScalar(scalar: bigint): Buffer[] {
  return [...formsOf(scalarToBytes(scalar)), Buffer.from(scalar.toString(), "latin1")];
}

function formsOfCode(code: string): Buffer[] {
  const bare = code.replaceAll("-", "");
  const texts = [code, bare, code.split("-").join(" ")];
  return [
    ...texts.map((text) => Buffer.from(text)),
    ...texts.flatMap((text) => formsOf(Buffer.from(text)).slice(1, 4)),
  ];
}

interface Needle {
  readonly what: string;
  readonly forms: readonly Buffer[];
}

/** Places of the dump where a needle is found. */
function found(places: Readonly<Record<string, Buffer>>, needles: readonly Needle[]): string[] {
  return needles.flatMap(({ what, forms }) =>
    Object.entries(places).flatMap(([place, bytes]) =>
      forms.some((form) => bytes.includes(form)) ? [`${what} in ${place}`] : [],
    ),
  );
}

function everything(): Record<string, Buffer> {
  const tables = [...dump.tables].map(([name, rows]) => [name, Buffer.from(rows.join("\n"))] as const);
  return { ...Object.fromEntries(tables), ledger: dump.ledger, log: Buffer.from(dump.log) };
}

test("K-15: no code and no secret scalar of anybody, and nothing that opens a ballot, in any table, letter, log or block", () => {
  const identities: [string, Identity][] = [
    ...voters.map(({ name, identity }): [string, Identity] => [`${name}: identity`, identity]),
    ...voters.map(({ name, identity }): [string, Identity] => [`${name}: credential`, credentialFor(paper, identity)]),
    ["officer", officer.signer.identity],
    ...election.trustees.map(({ name, code }): [string, Identity] => [
      name,
      envelopeIdentity(code, paper.chainId, election.uuid),
    ]),
  ];
  const codes: [string, string][] = [...voters, officer, ...election.trustees].map(({ name, code }) => [name, code]);
  const needles: Needle[] = [
    ...codes.map(([name, code]) => ({ what: `code of ${name}`, forms: formsOfCode(code) })),
    ...identities.map(([name, { secret }]) => ({ what: `secret of ${name}`, forms: formsOfScalar(secret) })),
    ...ballotRandomness.map((scalar) => ({ what: "randomness of a ballot", forms: formsOfScalar(scalar) })),
  ];
  expect(needles.length).toBeGreaterThan(70);
  expect(found(everything(), needles)).toEqual([]);
});

test("the search would have found them: what is public is found where it belongs", () => {
  const { identity } = voters[0] as Voter;
  const { email } = voters[1] as Voter;
  const places = everything();
  const key = { what: "identity key", forms: formsOf(keyBytes(identity)) };
  expect(found(places, [key])).toContain("identity key in registration.voters");
  const credential = { what: "credential", forms: formsOf(keyBytes(credentialFor(paper, identity))) };
  expect(found(places, [credential])).toEqual(["credential in voting.votes", "credential in ledger"]);
  const address = { what: "address", forms: [Buffer.from(email)] };
  expect(found(places, [address])).toEqual(expect.arrayContaining(["address in mail.outbox"]));
  const code = { what: "code", forms: formsOfCode((voters[0] as Voter).code) };
  const planted = { ...places, log: Buffer.from(`${dump.log} code=${(voters[0] as Voter).code}`) };
  expect(found(planted, [code])).toEqual(["code in log"]);
  expect(identityFromCode((voters[0] as Voter).code, "voter").secret).toBe(identity.secret);
});

test("H-14, K-15: logs hold no token, session, tracker, credential, address or name, even when they tell everything", () => {
  expect(dump.log.split("\n").length).toBeGreaterThan(100);
  expect(mailedTokens.length).toBeGreaterThan(1);
  expect(cookies.filter((cookie) => cookie !== "").length).toBeGreaterThan(1);
  const texts: [string, string][] = [
    ["set-up token", setupTokenOf(world)],
    ...mailedTokens.map((token): [string, string] => ["mailed token", token]),
    ...cookies.filter((cookie) => cookie !== "").map((cookie): [string, string] => ["session", cookie]),
    ...ballots.map(({ tracker }): [string, string] => ["tracker", tracker]),
    ...ballots.map(({ tracker }): [string, string] => ["tracker", tracker.replaceAll("+", "-").replaceAll("/", "_")]),
    ...voters.flatMap(({ name, email }): [string, string][] => [
      ["name", name],
      ["address", email],
      ["address", email.toLowerCase()],
    ]),
  ];
  const needles = [
    ...texts.map(([what, text]) => ({ what, forms: [Buffer.from(text)] })),
    ...voters.map(({ identity }) => ({
      what: "credential",
      forms: formsOf(keyBytes(credentialFor(paper, identity))).slice(1),
    })),
  ];
  expect(found({ log: Buffer.from(dump.log) }, needles)).toEqual([]);
  // One record is one line, whatever a client sends.
  const lines = dump.log.split("\n").filter((line) => line.startsWith("{"));
  expect(lines.every((line) => typeof JSON.parse(line) === "object")).toBe(true);
});

/** How a name or an address may have been written before somebody hashed it. */
function spellingsOf(text: string): string[] {
  const forms = ["NFC", "NFD", "NFKC"].map((form) => text.normalize(form));
  const all = [text, ...forms].flatMap((each) => [each, each.toLowerCase(), each.toUpperCase(), each.trim()]);
  return [...new Set(all.flatMap((each) => [each, `${each}\n`, each.replaceAll(" ", "")]))];
}

test("O-04: the ledger holds no voter's name, address or identity, nor a hash of any, nor an address of the network", () => {
  const voterIds = (dump.tables.get("registration.voters") ?? []).map(
    (row) => JSON.parse(row) as { id: string; digital_id: string; public_key: string; name: string; email: string },
  );
  expect(voterIds).toHaveLength(11);
  const needles = voterIds.flatMap(({ id, digital_id, public_key, name, email }): Needle[] => {
    const plain = voters.find((voter) => voter.name === name);
    const texts = [name, email, plain?.email ?? email, id, digital_id, digital_id.slice(2)].flatMap(spellingsOf);
    const hashes = texts.flatMap((text) =>
      ["sha256", "sha1", "md5", "sha512"].flatMap((algorithm) => {
        const digest = createHash(algorithm).update(text).digest();
        return [...formsOf(digest), digest.subarray(0, 16)];
      }),
    );
    const key = Buffer.from(public_key.replace(/^\\x/, ""), "hex");
    return [
      { what: `${name}, as text`, forms: texts.filter((text) => text.length > 3).map((text) => Buffer.from(text)) },
      { what: `${name}, hashed`, forms: hashes },
      {
        what: `${name}, identity key`,
        forms: [...formsOf(key), ...formsOf(createHash("sha256").update(key).digest())],
      },
    ];
  });
  const network = [{ what: "network address", forms: [Buffer.from("127.0.0.1")] }];
  expect(found({ ledger: dump.ledger }, [...needles, ...network])).toEqual([]);
});

test("O-03: after the count the registry cannot link anybody to a ballot any more; no table joins person and choice", () => {
  const secrets = (dump.tables.get("registration.roll_secrets") ?? []).map(
    (row) => JSON.parse(row) as { secret: unknown },
  );
  expect(secrets.map(({ secret }) => secret)).toEqual([null]);
  expect(dump.tables.get("registration.roll_entries")).toEqual([]);
  const columns = Object.keys(JSON.parse(dump.tables.get("voting.votes")?.[0] ?? "{}") as object);
  expect(columns).not.toEqual(expect.arrayContaining(["voter_id"]));
  expect(columns.filter((name) => /voter|vote_type|choice|answer/.test(name))).toEqual([]);
});

/** Tables that follow the ledger. */
const READ_MODELS = ["voting.votes", "voting.turnout", "management.elections", "management.events"];

test("L-21: the tables that follow the ledger are dropped, made again from it, and are the same", async () => {
  await withDatabase(async ({ db }) => {
    await dropModule(db, "voting");
    await sql`truncate management.elections, management.events`.execute(db);
    await sql`delete from psephos.projected where module = 'management'`.execute(db);
  });
  await world.start();
  const http = world.client();
  const kept = (name: string) => dump.tables.get(name) ?? [];
  await eventually("the tables follow again", async () => {
    const { events } = await http.request<{ events: unknown[] }>(`/elections/${election.uuid}/events`);
    const { ballots: listed } = await http.request<{ ballots: unknown[] }>(
      `/elections/${election.uuid}/ballots?limit=1000`,
    );
    return events.length === kept("management.events").length && listed.length === kept("voting.votes").length;
  });
  await world.halt("SIGTERM");
  const again = await withDatabase(tablesOf);
  for (const name of READ_MODELS) {
    expect(kept(name).length, name).toBeGreaterThan(0);
    expect(again.get(name), name).toEqual(kept(name));
  }
  for (const [name, rows] of dump.tables)
    if (name.startsWith("registration.")) expect(again.get(name), name).toEqual(rows);
});
