import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fromBase64Url, fromHex, toHex, utf8 } from "#base/bytes.js";
import {
  GENERATOR,
  multiplySecret,
  type Point,
  pointFromBytes,
  pointToAffine,
  pointToBytes,
  pointToEighth,
} from "#crypto/group.js";
import { scalarFromBytes } from "#crypto/scalar.js";
import { ceremonies } from "#protocol/ceremony.js";
import { credentialOfVoter } from "#protocol/credential.js";
import { elections, positionOf, sealeds } from "#protocol/election.js";
import { decode } from "#protocol/encoding/shape.js";
import { manifestHash, manifestOf } from "#protocol/manifest.js";
import { expectedRoll } from "#protocol/officer.js";
import { cancelElection } from "#protocol/transactions/cancel-election.js";
import { createElection } from "#protocol/transactions/create-election.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { reissueCredential, reissueCredentialBody } from "#protocol/transactions/reissue-credential.js";
import { sealElection } from "#protocol/transactions/seal-election.js";
import { nextAct } from "#protocol/trustee.js";
import { must } from "../../test/ledger-kit.js";
import {
  approved,
  ballotWire,
  base58,
  CHAIN_ID,
  HOUR,
  OFFICERS,
  planOf,
  REGISTRAR,
  SECOND,
  seededRandom,
  type TestLedger,
  trustees,
} from "../../test/protocol-kit.js";
import {
  confirmation,
  dumpTable,
  keyHex,
  mailedToken,
  newVoter,
  type Registry,
  signIn,
  startRegistry,
  voterIdentity,
} from "../../test/registration-kit.js";

let registry: Registry;
let session: string;
let foreign: string;
const club = base58("club", 14);
const chair = OFFICERS[2] as (typeof OFFICERS)[0];
const specs = trustees(1, 0);
const people = Array.from({ length: 30 }, (_, i) => `v${i}@people.example`);
let count = 0;

beforeAll(async () => {
  registry = await startRegistry();
  const officers = [{ key: pointToBytes(chair.key), name: "Chair" }];
  const fields = { id: club, name: "Club", officers, threshold: 1, registrarKey: pointToBytes(REGISTRAR.key) };
  await must(registry.ledger, approved(createOrganisation, fields));
  await registry.follow();
  session = await signIn(registry, OFFICERS[0] as typeof chair);
  foreign = await signIn(registry, chair, club);
  const lines = people.map(
    (email, i) =>
      `Person Number ${i},${email},${keyHex(voterIdentity(email))},${i % 3 ? "North" : "South"},${i < 5 ? "board" : ""}`,
  );
  const content = `name,email,public_key,district,group\n${lines.join("\n")}\n`;
  const answer = await registry.send("POST", "/officer/voters/import", {
    session,
    text: { type: "text/csv", content },
  });
  expect(answer.body).toMatchObject({ added: people.length });
});
afterAll(() => registry.close());
beforeEach(() => {
  registry.time += 5n * SECOND;
});

const send: Registry["send"] = (method, url, options = {}) => registry.send(method, url, { session, ...options });
const path = (uuid: string, rest: string) => `/officer/elections/${uuid}/${rest}`;
const enter = (uuid: string, selection: object = { kind: "all" }) =>
  send("POST", path(uuid, "roll"), { json: { selection } });
const entryOf = (uuid: string) =>
  (
    elections.get(registry.ledger.state(), uuid) as {
      entry: { rollCount: number; rollRoot: Uint8Array; rollWeight: number };
    }
  ).entry;

async function announced(change: object = {}): Promise<string> {
  const uuid = base58(`roll election ${count++}`, 14);
  const { body } = await send("POST", path(uuid, "roll-key"), { json: {} });
  const [opensAt, closesAt] = [registry.time + HOUR, registry.time + 2n * HOUR];
  const base = planOf(specs, 0, { uuid, opensAt, closesAt, rollKey: fromHex(body.roll_key) as Uint8Array });
  const plan = { ...base, rules: { ...base.rules, latestClose: closesAt }, ...change };
  await must(registry.ledger, approved(createElection, plan));
  return uuid;
}

async function sealed(uuid: string): Promise<void> {
  const code = specs[0]?.code as string;
  for (;;) {
    const ceremony = ceremonies.get(registry.ledger.state(), uuid);
    if (ceremony === undefined) throw new Error("no ceremony");
    const act = nextAct(code, { chainId: CHAIN_ID, uuid, ceremony }, seededRandom(uuid));
    if (!act.ok) throw new Error(act.error.detail);
    if (act.value.kind !== "send") break;
    await must(registry.ledger, act.value.wire);
  }
  const { rollCount, rollWeight, rollRoot } = entryOf(uuid);
  const manifest = manifestHash(
    manifestOf(registry.ledger.state(), uuid, { letters: rollCount, uniqueWeights: false }),
  );
  const body = {
    uuid,
    rollCount,
    rollWeight,
    rollRoot,
    manifestHash: manifest,
    letters: rollCount,
    uniqueWeights: false,
  };
  await must(registry.ledger, approved(sealElection, body));
  await registry.follow();
}

interface Line {
  readonly digital_id: string;
  readonly public_key: string;
  readonly blinding: string;
  readonly credential: string;
  readonly weight: number;
}

async function recomputed(uuid: string): Promise<Line[]> {
  const lines: Line[] = [];
  for (;;) {
    const { body } = await send("GET", path(uuid, `roll/recomputation?from=${lines.length}&limit=12`));
    lines.push(...body.entries);
    if (lines.length >= body.count) return lines;
  }
}

function credentialOf(email: string, uuid: string, rollKey: string) {
  const point = pointFromBytes(fromHex(rollKey) as Uint8Array) as Point;
  return credentialOfVoter({ chainId: CHAIN_ID, uuid }, voterIdentity(email), point);
}

test("the roll on the ledger is the one that officers recompute and on which voters find themselves", async () => {
  const uuid = await announced();
  const { roll_key } = (await send("POST", path(uuid, "roll-key"), { json: {} })).body;
  const answer = await enter(uuid);
  expect([answer.status, answer.body]).toEqual([
    200,
    { count: 30, weight: 30, root: toHex(entryOf(uuid).rollRoot), letters: 30, reissued: 0, skipped: [] },
  ]);
  const lines = await recomputed(uuid);
  const roll = expectedRoll(
    lines.map((line) => ({
      key: pointFromBytes(fromHex(line.public_key) as Uint8Array) as Point,
      blinding: scalarFromBytes(fromHex(line.blinding) as Uint8Array) as bigint,
      weight: line.weight,
    })),
  );
  expect([roll.count, toHex(roll.root)]).toEqual([30, answer.body.root]);
  const state = registry.ledger.state();
  for (const email of people) {
    const mine = credentialOf(email, uuid, roll_key);
    expect(positionOf(state, elections.get(state, uuid)?.entry as never, pointToBytes(mine.key))?.weight).toBe(1);
    expect(multiplySecret(GENERATOR, mine.secret).equals(mine.key)).toBe(true);
  }
});

test("R-06: no credential is missing or stands twice", async () => {
  const uuid = await announced();
  await enter(uuid);
  const lines = await recomputed(uuid);
  expect(new Set(lines.map((line) => line.credential)).size).toBe(people.length);
  expect(new Set(lines.map((line) => line.public_key)).size).toBe(people.length);
  expect(entryOf(uuid).rollCount).toBe(people.length);
});

test("R-07: neither the order of a roll nor two rolls together say who is who", async () => {
  const [first, second] = [await announced(), await announced()];
  for (const uuid of [first, second]) await enter(uuid);
  const [a, b] = [await recomputed(first), await recomputed(second)];
  // Sorted by what nobody can predict.
  expect(a.map((line) => line.credential)).toEqual(a.map((line) => line.credential).sort());
  const rank = (lines: readonly Line[], key: string) => lines.findIndex((line) => line.public_key === key);
  const keys = people.map((email) => keyHex(voterIdentity(email)));
  const sameRank = keys.filter((key) => rank(a, key) === rank(b, key)).length;
  const inOrder = keys.filter((key, i) => rank(a, key) === i).length;
  expect(sameRank).toBeLessThan(8);
  expect(inOrder).toBeLessThan(8);
  const values = (lines: readonly Line[]) => lines.flatMap((line) => [line.credential, line.blinding]);
  expect(new Set([...values(a), ...values(b), ...keys]).size).toBe(4 * people.length + keys.length);
});

test("rolls by district, group and list; who is left out is counted with the reason", async () => {
  const uuid = await announced();
  expect((await enter(uuid, { kind: "district", district: "South" })).body).toMatchObject({ count: 10, skipped: [] });
  expect((await enter(uuid, { kind: "group", group: "board" })).body).toMatchObject({ count: 5 });
  const pending = await newVoter(registry, "pending@people.example");
  const content = "name,email\nNo Key,nokey@people.example\n";
  await send("POST", "/officer/voters/import", { text: { type: "text/csv", content } });
  const ids: string[] = (await send("GET", "/officer/voters?q=people.example")).body.voters.map(
    (voter: { id: string }) => voter.id,
  );
  const unknown = "00000000-0000-4000-8000-000000000000";
  const answer = await enter(uuid, { kind: "list", ids: [...ids, unknown] });
  expect(answer.body.count).toBe(30);
  const skipped = new Map(
    answer.body.skipped.map((each: { reason: string; count: number }) => [each.reason, each.count]),
  );
  expect(skipped).toEqual(
    new Map([
      ["pending", 1],
      ["no key yet", 1],
      ["unknown", 1],
    ]),
  );
  expect((await enter(uuid, { kind: "list", ids: [pending.id] })).body.code).toBe("conflict");
  expect((await enter(uuid, { kind: "district", district: "Nowhere" })).body.code).toBe("conflict");
  expect(entryOf(uuid).rollCount).toBe(30);
});

test("a sitting: each election has exactly its constituency as roll, and a later change shows before the seal", async () => {
  const part = (name: string, groups: string[]) => ({ kind: "where", districts: [name], groups });
  const north = await announced({ sitting: "sitting2" });
  const board = await announced({ sitting: "sitting2" });
  const check = async (uuid: string) => (await send("GET", path(uuid, "roll/check"))).body;
  expect((await check(north)).code).toBe("conflict");
  expect((await enter(north, part("North", []))).body).toMatchObject({ count: 20 });
  expect((await enter(board, part("South", ["board", "nobody"]))).body).toMatchObject({ count: 2 });
  expect(await check(north)).toMatchObject({ entered: 20, exact: true, selection: part("North", []) });
  expect(await check(board)).toMatchObject({ entered: 2, exact: true });
  const { id } = (await send("GET", "/officer/voters?q=v1@")).body.voters[0];
  await send("POST", `/officer/voters/${id}/suspend`, { json: {} });
  const rows = [
    { name: "Person Number 3", email: people[3], district: "North", weight: 1 },
    { name: "Person Number 4", email: people[4], weight: 2 },
  ];
  await send("POST", "/officer/voters/import", { json: { rows } });
  expect(await check(north)).toMatchObject({ missing: 1, outside: 1, changed_weights: 1, exact: false });
  expect(await check(board)).toMatchObject({ entered: 2, outside: 1, exact: false });
  expect((await send("GET", path(north, "roll/check"), { session: foreign })).status).toBe(404);
  // As it was, for the tests after this one.
  await send("POST", `/officer/voters/${id}/approve`, { json: {} });
  const back = rows.map((row) => ({ ...row, weight: 1, district: row.email === people[3] ? "South" : "North" }));
  await send("POST", "/officer/voters/import", { json: { rows: back } });
  expect(await check(north)).toMatchObject({ exact: true });
});

test("H-02, E-11: another organisation's election does not exist for an officer", async () => {
  const uuid = await announced();
  await enter(uuid);
  const before = entryOf(uuid);
  for (const [method, rest, json] of [
    ["POST", "roll-key", {}],
    ["POST", "roll", { selection: { kind: "all" } }],
    ["GET", "roll/recomputation", undefined],
    ["POST", "reissue", { voter_id: "00000000-0000-4000-8000-000000000000" }],
  ] as const) {
    const options = json === undefined ? {} : { json };
    const answer = await registry.send(method, path(uuid, rest), { session: foreign, ...options });
    expect([rest, answer.status, answer.body.code]).toEqual([rest, 404, "not-found"]);
    const voter = await registry.send(method, path(uuid, rest), options);
    expect(voter.status).toBe(401);
  }
  expect(entryOf(uuid)).toEqual(before);
  // A roll key that is prepared belongs to who prepared it, before the election is on the ledger, too.
  const draft = base58("a draft", 14);
  expect((await send("POST", path(draft, "roll-key"), { json: {} })).status).toBe(200);
  expect((await registry.send("POST", path(draft, "roll-key"), { session: foreign, json: {} })).status).toBe(404);
});

test("an election that was announced with another key, or has another registrar, is refused", async () => {
  const uuid = await announced({ rollKey: pointToBytes(multiplySecret(GENERATOR, 7n)) });
  expect((await enter(uuid)).body).toMatchObject({ code: "conflict", detail: expect.stringContaining("roll key") });
  expect((await enter(base58("nothing", 14))).status).toBe(404);
});

test("two who enter at once: one is told to wait, and the roll is whole", async () => {
  const uuid = await announced();
  const answers = await Promise.all([enter(uuid), enter(uuid, { kind: "district", district: "South" })]);
  const statuses = answers.map((answer) => answer.status).sort();
  // On a busy machine the second may come only when the first is done: then it replaces that roll.
  expect([
    [200, 409],
    [200, 200],
  ]).toContainEqual(statuses);
  const roots = answers.filter((answer) => answer.status === 200).map((answer) => answer.body.root);
  expect(roots).toContain(toHex(entryOf(uuid).rollRoot));
  expect((await enter(uuid)).body.count).toBe(30);
});

test("from the seal on the roll is closed, links are shown no more, and each voter gets one letter with the marks", async () => {
  const uuid = await announced();
  await enter(uuid, { kind: "district", district: "South" });
  await sealed(uuid);
  expect((await enter(uuid)).body.code).toBe("conflict");
  expect((await send("GET", path(uuid, "roll/recomputation"))).body.code).toBe("conflict");
  const fingerprint = sealeds.get(registry.ledger.state(), uuid)?.fingerprint as string;
  const letters = (await registry.mail.kept({ to: undefined, limit: 1000 })).filter((letter) =>
    letter.text.includes(fingerprint),
  );
  expect(letters.map((letter) => letter.to).sort()).toEqual(people.filter((_, i) => i % 3 === 0).sort());
  expect(letters[0]?.text).toContain(CHAIN_ID);
  expect(letters[0]?.links).toEqual([`https://vote.example/booth/${uuid}`]);
  // Blocks that are followed again (after a rebuild) write to nobody twice.
  const block = registry.ledger.block(registry.ledger.status().height);
  await registry.database.db.transaction().execute((trx) => registry.module.project(trx, block as never));
  expect(
    (await registry.mail.kept({ to: undefined, limit: 1000 })).filter((letter) => letter.text.includes(fingerprint))
      .length,
  ).toBe(10);
  const mine = await signIn(registry, voterIdentity("v0@people.example"));
  const listed = (await registry.send("GET", "/me/elections", { session: mine })).body.elections;
  const upcoming = {
    election_id: uuid,
    title: "Referendum on the bridge",
    weight: 1,
    reissued_at: null,
    when: "upcoming",
    stage: "sealed",
  };
  expect(listed).toContainEqual(expect.objectContaining(upcoming));
});

test("R-13: a re-issue is prepared for a replaced key only, approved by officers, and told to the voter", async () => {
  const uuid = await announced();
  const { roll_key } = (await send("POST", path(uuid, "roll-key"), { json: {} })).body;
  await enter(uuid);
  const email = "v1@people.example";
  const { id } = (await send("GET", `/officer/voters?q=${email}`)).body.voters[0];
  const prepare = () => send("POST", path(uuid, "reissue"), { json: { voter_id: id } });
  expect((await prepare()).body.code).toBe("conflict");
  await sealed(uuid);
  expect((await prepare()).body).toMatchObject({ code: "conflict", detail: expect.stringContaining("not replaced") });
  const fresh = voterIdentity("v1 lost the code");
  await registry.send("POST", "/register", { json: { name: "x", email } });
  await registry.send("POST", "/register/confirm", { json: confirmation(await mailedToken(registry, email), fresh) });
  const prepared = (await prepare()).body;
  const point = pointFromBytes(fromHex(roll_key) as Uint8Array) as Point;
  const mine = credentialOfVoter({ chainId: CHAIN_ID, uuid }, fresh, point);
  expect(prepared).toMatchObject({
    old: toHex(pointToBytes(credentialOf(email, uuid, roll_key).key)),
    credential: toHex(pointToBytes(mine.key)),
    public_key: keyHex(fresh),
    tell_by: "mail",
  });
  const body = decode(reissueCredentialBody, fromBase64Url(prepared.body) as Uint8Array);
  if (!body.ok) throw new Error(body.error);
  await must(registry.ledger, approved(reissueCredential, body.value));
  await registry.follow();
  const [letter] = await registry.mail.kept({ to: email, limit: 1 });
  expect(letter?.subject).toBe("A new credential: Referendum on the bridge");
  const rows = await registry.tables
    .selectFrom("roll_entries")
    .select("kind")
    .where("election", "=", uuid)
    .where("voter_id", "=", id)
    .execute();
  expect(rows.map((row) => row.kind).sort()).toEqual(["entered", "reissued"]);
  // Told by mail, and whoever signs in sees it.
  const hers = await signIn(registry, fresh);
  const seen = (await registry.send("GET", "/me/elections", { session: hers })).body.elections;
  expect(seen).toContainEqual(
    expect.objectContaining({ election_id: uuid, reissued_at: expect.stringMatching(/^20/) }),
  );
  // The next roll takes the new key and counts it, but not before an officer has looked at it.
  const next = await announced();
  const without = (await enter(next)).body;
  expect(without.count).toBe(29);
  expect(without.skipped).toContainEqual({ reason: "pending", count: 2 });
  await send("POST", `/officer/voters/${id}/approve`, { json: {} });
  expect((await enter(next)).body).toMatchObject({ count: 30, letters: 29, reissued: 1 });
});

test("O-03: a copy of all tables links nobody to a credential, not even while the election lives", async () => {
  const uuid = await announced();
  await enter(uuid);
  const lines = await recomputed(uuid);
  const dump = await dumpTables(registry);
  for (const line of lines) {
    expect(dump).toContain(line.public_key);
    expect(dump).not.toContain(line.credential);
    expect(dump).not.toContain(line.blinding);
  }
});

test("O-04: no name, address, identity key or digital id, nor a hash of one, is on the ledger", async () => {
  const bytes: Buffer[] = [];
  for (let height = 1; height <= registry.ledger.status().height; height++)
    bytes.push(...(registry.ledger.block(height)?.transactions ?? []).map((wire) => Buffer.from(wire)));
  const ledger = Buffer.concat(bytes);
  expect(ledger.length, "rolls stand on it").toBeGreaterThan(10_000);
  const sha256 = (value: string | Buffer) => createHash("sha256").update(value).digest();
  for (const voter of await registry.tables.selectFrom("voters").selectAll().execute()) {
    const key = voter.public_key ?? Buffer.alloc(32);
    for (const value of [voter.name, voter.email, voter.mailbox, voter.digital_id, voter.id].map((text) =>
      Buffer.from(utf8(text)),
    )) {
      expect(ledger.includes(value)).toBe(false);
      expect(ledger.includes(sha256(value))).toBe(false);
    }
    // The ledger's own form of a point, and of its eighth: a roll of identity keys would stand there so.
    const point = pointFromBytes(key);
    const forms =
      point === undefined ? [] : [pointToEighth(point), pointToAffine(point)].map((each) => Buffer.from(each));
    for (const value of [
      key,
      sha256(key),
      ...forms,
      Buffer.from(voter.digital_id.slice(2), "hex"),
      Buffer.from(voter.id.replaceAll("-", ""), "hex"),
    ])
      expect(ledger.includes(value)).toBe(false);
  }
});

test("when an election has ended, what linked its roll to people is erased", async () => {
  const [cancelled, lapsed, living] = [
    await announced(),
    await announced(),
    await announced({
      opensAt: registry.time + 1000n * HOUR,
      closesAt: registry.time + 1001n * HOUR,
      rules: { ...planOf(specs, 0).rules, latestClose: registry.time + 1002n * HOUR },
    }),
  ];
  for (const uuid of [cancelled, lapsed, living]) await enter(uuid);
  const mine = () => registry.tables.selectFrom("roll_entries").select("election").distinct().execute();
  const kept = async () => (await mine()).map((row) => row.election);
  expect(await kept()).toEqual(expect.arrayContaining([cancelled, lapsed, living]));
  await must(registry.ledger, approved(cancelElection, { uuid: cancelled, reason: "Wrong question" }));
  await registry.follow();
  expect(await kept()).not.toContain(cancelled);
  const erased = await registry.tables
    .selectFrom("roll_secrets")
    .selectAll()
    .where("election", "=", cancelled)
    .executeTakeFirstOrThrow();
  expect([erased.secret, erased.erased_at === null]).toEqual([null, false]);
  expect((await send("GET", path(cancelled, "roll/recomputation"))).body.code).toBe("gone");
  expect((await send("POST", path(cancelled, "roll-key"), { json: {} })).body.code).toBe("gone");

  // Nobody sealed it in time: block time alone ends it.
  registry.time += 3n * HOUR;
  await must(
    registry.ledger,
    approved(createOrganisation, {
      id: base58("late", 14),
      name: "Late",
      officers: [{ key: pointToBytes(chair.key), name: "c" }],
      threshold: 1,
      registrarKey: pointToBytes(REGISTRAR.key),
    }),
  );
  await registry.follow();
  expect(await kept()).toEqual([living]);
  expect((await send("GET", path(living, "roll/recomputation"))).body.count).toBe(30);
});

test("a voter on the roll of a living election cannot be erased; afterwards it works", async () => {
  const uuid = await announced();
  await enter(uuid, { kind: "group", group: "board" });
  const { id } = (await send("GET", "/officer/voters?q=v4@people.example")).body.voters[0];
  expect((await send("DELETE", `/officer/voters/${id}`)).body.code).toBe("conflict");
  expect((await send("GET", "/officer/voters?q=v4@people.example")).body.total).toBe(1);
});

test("H-07: bodies with extra or wrong fields are refused", async () => {
  const uuid = base58("whatever", 14);
  for (const json of [
    { selection: { kind: "everybody" } },
    { selection: { kind: "all", ids: [] } },
    { selection: "all" },
    { selection: { kind: "list", ids: [] } },
    {},
  ])
    expect((await send("POST", path(uuid, "roll"), { json })).status).toBe(400);
  expect((await send("POST", path("not-an-id", "roll-key"), { json: {} })).status).toBe(400);
  expect((await send("GET", path(uuid, "roll/recomputation?limit=1e3"))).status).toBe(400);
});

async function dumpTables(of: Registry): Promise<string> {
  const names = ["voters", "standings", "requests", "tokens", "sessions", "roll_secrets", "roll_entries"] as const;
  return (await Promise.all(names.map((name) => dumpTable(of, name)))).join("\n");
}

test("O-08: a vote leads to no letter, and voters and abstainers have had the same ones", async () => {
  const uuid = await announced();
  const { roll_key } = (await send("POST", path(uuid, "roll-key"), { json: {} })).body;
  await enter(uuid, { kind: "district", district: "South" });
  await sealed(uuid);
  const letters = () => registry.mail.kept({ to: undefined, limit: 10_000 });
  const before = await letters();
  registry.time += HOUR + SECOND;
  const state = registry.ledger.state();
  const view = { state, chainId: CHAIN_ID, random: seededRandom("a vote") } as unknown as TestLedger;
  for (const email of ["v0@people.example", "v3@people.example"]) {
    const credential = credentialOf(email, uuid, roll_key);
    const voter = { credential, bytes: pointToBytes(credential.key) };
    await must(registry.ledger, ballotWire(view, uuid, voter, [[1, 0]]));
  }
  await registry.follow();
  expect(await letters()).toEqual(before);
  const ofElection = (email: string) =>
    before.filter((letter) => letter.to === email && letter.text.includes(uuid)).map((letter) => letter.subject);
  expect(ofElection("v0@people.example")).toEqual(ofElection("v6@people.example"));
  expect(ofElection("v6@people.example")).toHaveLength(1);
});
