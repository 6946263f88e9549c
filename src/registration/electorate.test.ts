/** Who may vote: admission by rule, doubles, groups and districts, re-enrolling after a lost device. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { pointToBytes } from "#crypto/group.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { must } from "../../test/ledger-kit.js";
import { approved, base58, OFFICERS, REGISTRAR } from "../../test/protocol-kit.js";
import {
  confirmation,
  emptyRegistry,
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
/** Of an officer of another organisation. */
let foreign: string;
const club = base58("club", 14);
const chair = OFFICERS[2] as (typeof OFFICERS)[0];

beforeAll(async () => {
  registry = await startRegistry();
  const officers = [{ key: pointToBytes(chair.key), name: "Chair" }];
  const fields = { id: club, name: "Club", officers, threshold: 1, registrarKey: pointToBytes(REGISTRAR.key) };
  await must(registry.ledger, approved(createOrganisation, fields));
});
afterAll(() => registry.close());
beforeEach(async () => {
  registry.time += 10n * 1_000_000_000n;
  await registry.tables.insertInto("organisations").values({ id: club }).execute();
  session = await signIn(registry, OFFICERS[0] as typeof chair);
  foreign = await signIn(registry, chair, club);
});
afterEach(() => emptyRegistry(registry));

const send: Registry["send"] = (method, url, options = {}) => registry.send(method, url, { session, ...options });
const list = async (query = "", by = session) => (await send("GET", `/officer/voters${query}`, { session: by })).body;
const imported = (rows: readonly object[], by = session) =>
  send("POST", "/officer/voters/import?invite=false", { session: by, json: { rows } });
const subjects = async (to: string) => (await registry.mail.kept({ to, limit: 100 })).map((letter) => letter.subject);
const idOf = async (q: string): Promise<string> => (await list(`?q=${q}`)).voters[0].id;

test("a registrant of an allowed domain is approved by rule; subdomains and look-alikes wait", async () => {
  const set = await send("PUT", "/officer/admission/domains", { json: { domains: ["@Exämple.org", "town.example"] } });
  expect(set.body).toEqual({ domains: ["town.example", "xn--exmple-cua.org"], approved: 0 });
  await newVoter(registry, "ada@town.example");
  await newVoter(registry, "eve@xn--exmple-cua.org");
  for (const email of ["a@sub.town.example", "b@town.example.org", "c@nottown.example", '"x@town.example"@x.org'])
    await newVoter(registry, email).catch(() => undefined);
  const all = (await list()).voters.map((voter: { email: string; status: string }) => `${voter.email} ${voter.status}`);
  expect(all.sort()).toEqual([
    "a@sub.town.example pending",
    "ada@town.example approved",
    "b@town.example.org pending",
    "c@nottown.example pending",
    "eve@xn--exmple-cua.org approved",
  ]);
  for (const domains of [["a b"], ["x@y.org"], ["post.invalid"], [""]])
    expect((await send("PUT", "/officer/admission/domains", { json: { domains } })).status).toBe(400);
});

test("an address of the allow-list is approved; those who wait already when the officer says so", async () => {
  await newVoter(registry, "ada@x.org");
  await newVoter(registry, "bob@x.org");
  const change = await send("POST", "/officer/admission/addresses", {
    json: { add: [" ADA@x.org", "carol@x.org", "nobody"], apply: true },
  });
  expect(change.body).toEqual({
    added: 2,
    removed: 0,
    total: 2,
    faulty: [{ place: 2, reason: "the address is not of the form name@domain" }],
    approved: 1,
  });
  expect(await subjects("ada@x.org")).toContain("Your registration is approved");
  await newVoter(registry, "carol@x.org");
  expect((await list("?status=approved")).total).toBe(2);
  expect((await list("?status=pending")).voters).toMatchObject([{ email: "bob@x.org" }]);
  const again = await send("POST", "/officer/admission/addresses", { json: { remove: ["Carol@X.org"] } });
  expect(again.body).toMatchObject({ removed: 1, total: 1 });
  expect((await send("GET", "/officer/admission/addresses")).body.addresses).toEqual(["ada@x.org"]);
  expect((await send("GET", "/officer/admission")).body).toEqual({
    domains: [],
    addresses: 1,
    claims: [],
    provider: null,
  });
});

test("E-11: rules of one organisation admit to that one only, and no other sees them", async () => {
  const json = { domains: ["club.example"] };
  await send("PUT", "/officer/admission/domains", { session: foreign, json });
  await newVoter(registry, "ada@club.example");
  expect((await list()).total).toBe(0);
  expect((await list("", foreign)).voters).toMatchObject([{ email: "ada@club.example", status: "approved" }]);
  expect((await send("GET", "/officer/admission")).body).toEqual({
    domains: [],
    addresses: 0,
    claims: [],
    provider: null,
  });
});

test("O-05: an erased voter's address leaves the allow-list, too", async () => {
  await send("POST", "/officer/admission/addresses", { json: { add: ["ada@x.org"] } });
  const voter = await newVoter(registry, "ada@x.org");
  await send("DELETE", `/officer/voters/${voter.id}`);
  expect((await send("GET", "/officer/admission")).body.addresses).toBe(0);
});

/** Binds a new key by the mailbox alone, as somebody does who lost the device. */
async function recover(email: string, name: string): Promise<void> {
  await registry.send("POST", "/register", { json: { name: "anybody", email } });
  const json = confirmation(await mailedToken(registry, email), voterIdentity(name));
  expect((await registry.send("POST", "/register/confirm", { json })).status).toBe(200);
}

test("R-13: a key that the mailbox alone replaced waits for an officer, one by one", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  await send("POST", `/officer/voters/${voter.id}/approve`, { json: {} });
  await recover("ada@x.org", "new device");
  const waits = { voters: [{ id: voter.id, status: "pending", key_source: "reissue" }] };
  expect(await list()).toMatchObject(waits);
  expect(await subjects("ada@x.org")).toContain("Your key was changed");
  // Nothing that approves many at once takes it along.
  expect((await send("POST", "/officer/voters/approve-all", { json: {} })).body.approved).toBe(0);
  expect((await imported([{ name: "Voter ada@x.org", email: "ada@x.org" }])).body.updated).toBe(0);
  const add = { add: ["ada@x.org"], apply: true };
  expect((await send("POST", "/officer/admission/addresses", { json: add })).body.approved).toBe(0);
  expect(await list()).toMatchObject(waits);
  await send("POST", `/officer/voters/${voter.id}/approve`, { json: {} });
  expect(await list()).toMatchObject({ voters: [{ status: "approved" }] });
});

test("an organisation whose rule trusts the mailbox need not look again", async () => {
  await send("PUT", "/officer/admission/domains", { json: { domains: ["x.org"] } });
  await newVoter(registry, "ada@x.org");
  await recover("ada@x.org", "new device");
  expect(await list()).toMatchObject({ voters: [{ status: "approved", key_source: "reissue" }] });
});

test("doubles are found whatever order and case their names have", async () => {
  await imported([
    { name: "Ada King  Lovelace", email: "a@x.org" },
    { name: "LOVELACE, Ada King", email: "b@x.org" },
    { name: "Ada Lovelace", email: "c@x.org" },
    { name: "Ｚoë", email: "d@x.org" },
    { name: "zoe\u0308", email: "e@x.org" },
  ]);
  const { body } = await send("GET", "/officer/voters/doubles");
  expect(body.total).toBe(2);
  const found = body.doubles.map(({ voters }: { voters: { email: string }[] }) => voters.map(({ email }) => email));
  expect(found.sort()).toEqual([
    ["a@x.org", "b@x.org"],
    ["d@x.org", "e@x.org"],
  ]);
  expect((await send("GET", "/officer/voters/doubles", { session: foreign })).body).toEqual({ total: 0, doubles: [] });
});

test("merging makes one voter of two, and tells both addresses", async () => {
  await imported([
    { name: "Ada", email: "old@x.org", group: "a|b", district: "North", external_id: "7" },
    { name: "Ada", email: "new@x.org", group: "b|c", public_key: keyHex(voterIdentity("new")), weight: 2 },
  ]);
  const [gone, kept] = [await idOf("old@x.org"), await idOf("new@x.org")];
  const merge = (id: string, into: string, by = session) =>
    send("POST", `/officer/voters/${id}/merge`, { session: by, json: { into } });
  expect((await merge(gone, kept, foreign)).status).toBe(404);
  expect((await merge(gone, gone)).status).toBe(400);
  // No key goes from one to the other.
  expect((await merge(kept, gone)).body.detail).toContain("the other way round");
  expect((await merge(gone, kept)).body).toEqual({ id: kept });
  expect(await list()).toMatchObject({
    total: 1,
    voters: [{ id: kept, groups: ["a", "b", "c"], district: "North", weight: 2, external_id: "7" }],
  });
  expect(await registry.tables.selectFrom("voters").select("id").execute()).toEqual([{ id: kept }]);
  for (const address of ["old@x.org", "new@x.org"])
    expect(await subjects(address)).toContain("Two registrations became one");
  expect((await merge(gone, kept)).status).toBe(404);
});

test("a suspended voter cannot slip back by a merge, and who belongs elsewhere stays there", async () => {
  await imported([
    { name: "Ada", email: "a@x.org" },
    { name: "Ada", email: "b@x.org" },
  ]);
  await imported([{ name: "Ada", email: "a@x.org" }], foreign);
  const [a, b] = [await idOf("a@x.org"), await idOf("b@x.org")];
  await send("POST", `/officer/voters/${a}/suspend`, { json: {} });
  expect((await send("POST", `/officer/voters/${a}/merge`, { json: { into: b } })).status).toBe(409);
  await send("POST", `/officer/voters/${a}/approve`, { json: {} });
  expect((await send("POST", `/officer/voters/${a}/merge`, { json: { into: b } })).status).toBe(200);
  expect((await list("", foreign)).total).toBe(1);
});

test("groups and districts are counted", async () => {
  await imported([
    { name: "A", email: "a@x.org", group: "staff|parents", district: "North", public_key: keyHex(voterIdentity("a")) },
    { name: "B", email: "b@x.org", group: "staff", district: "South" },
    { name: "C", email: "c@x.org" },
  ]);
  expect((await send("GET", "/officer/voters/constituencies")).body).toEqual({
    groups: [
      { name: "parents", voters: 1, ready: 1 },
      { name: "staff", voters: 2, ready: 1 },
    ],
    districts: [
      { name: "", voters: 1, ready: 0 },
      { name: "North", voters: 1, ready: 1 },
      { name: "South", voters: 1, ready: 0 },
    ],
  });
});
