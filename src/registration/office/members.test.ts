import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { pointToBytes } from "#crypto/group.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { must } from "../../../test/ledger-kit.js";
import { approved, base58, FOUNDER, OFFICERS, REGISTRAR } from "../../../test/protocol-kit.js";
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
} from "../../../test/registration-kit.js";

const [ada, bob, cleo] = OFFICERS as [(typeof OFFICERS)[0], (typeof OFFICERS)[0], (typeof OFFICERS)[0]];
const rita = voterIdentity("rita");
const club = base58("club", 14);

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
  const fields = {
    id: club,
    name: "Club",
    officers: [ada, cleo]
      .map((each) => ({ key: pointToBytes(each.key), name: "Chair" }))
      .sort((a, b) => Buffer.compare(a.key, b.key)),
    threshold: 1,
    registrarKey: pointToBytes(REGISTRAR.key),
  };
  await must(registry.ledger, approved(createOrganisation, fields));
});
afterAll(() => registry.close());
afterEach(() => emptyRegistry(registry));

const knowClub = () => registry.tables.insertInto("organisations").values({ id: club }).execute();

async function appoint(by: string, identity: typeof rita, role: string, name?: string) {
  const json = name === undefined ? { role } : { role, name };
  return registry.send("PUT", `/officer/members/${keyHex(identity)}`, { session: by, json });
}
const dismiss = (by: string, identity: typeof rita) =>
  registry.send("DELETE", `/officer/members/${keyHex(identity)}`, { session: by });
const roleOf = async (session: string) =>
  (await registry.send("GET", "/session?as=officer", { session })).body.actor?.role;

/** Statuses of reading, of keeping the lists, of preparing a roll, and of appointing. */
async function may(session: string) {
  const { id } = await newVoter(registry, `v${registry.logged.length}@x.org`);
  return [
    (await registry.send("GET", "/officer/voters", { session })).status,
    (await registry.send("POST", `/officer/voters/${id}/approve`, { session, json: {} })).status,
    (await registry.send("POST", "/officer/elections/11111111111111/roll-key", { session, json: {} })).status,
    (await appoint(session, voterIdentity("someone"), "observer", "Someone")).status,
  ];
}

test("each role may what it may, with a real session, and what those before it may", async () => {
  const owner = await signIn(registry, ada);
  await appoint(owner, ada, "owner");
  expect(await roleOf(owner)).toBe("owner");
  const officer = await signIn(registry, bob);
  expect(await roleOf(officer)).toBe("officer");
  expect((await appoint(owner, rita, "registrar", "Rita")).status).toBe(200);
  const registrar = await signIn(registry, rita);
  const observing = voterIdentity("oscar");
  await appoint(owner, observing, "observer", "Oscar");
  const observer = await signIn(registry, observing);
  const table: number[][] = [];
  for (const session of [observer, registrar, officer, owner]) table.push(await may(session));
  expect(table).toEqual([
    [200, 403, 403, 403],
    [200, 200, 403, 403],
    [200, 200, 200, 403],
    [200, 200, 200, 200],
  ]);
  expect((await registry.send("GET", "/session?as=officer", { session: registrar })).body.actor).toEqual({
    kind: "officer",
    organisation: FOUNDER,
    key: keyHex(rita),
    name: "Rita",
    role: "registrar",
  });
});

test("a refusal says which role it takes", async () => {
  const owner = await signIn(registry, ada);
  await appoint(owner, rita, "observer", "Rita");
  const answer = await dismiss(await signIn(registry, rita), bob);
  expect(answer.body).toMatchObject({ status: 403, detail: expect.stringMatching(/observer.*owner/) });
});

test("while no owner is named every officer is one; who names the first stays one", async () => {
  const [a, b, c] = [await signIn(registry, ada), await signIn(registry, bob), await signIn(registry, cleo)];
  expect(await Promise.all([a, b, c].map(roleOf))).toEqual(["owner", "owner", "owner"]);
  expect((await appoint(a, bob, "officer")).body.code).toBe("conflict");
  expect((await appoint(a, bob, "owner")).status).toBe(200);
  expect(await Promise.all([a, b, c].map(roleOf))).toEqual(["owner", "owner", "officer"]);
  expect((await appoint(c, cleo, "owner")).status).toBe(403);
  expect((await appoint(b, ada, "officer")).status).toBe(200);
  expect(await roleOf(a)).toBe("officer");
  expect((await appoint(b, bob, "officer")).body.detail).toContain("only owner");
});

test("officers stand on the ledger: here they are neither made nor dismissed", async () => {
  const owner = await signIn(registry, ada);
  for (const role of ["officer", "owner"])
    expect((await appoint(owner, rita, role, "Rita")).body.code).toBe("conflict");
  for (const role of ["observer", "registrar"])
    expect((await appoint(owner, bob, role, "Bob")).body.code).toBe("conflict");
  expect((await dismiss(owner, bob)).body.code).toBe("conflict");
  expect((await appoint(owner, rita, "registrar")).status).toBe(400);
  expect((await appoint(owner, rita, "chief", "Rita")).status).toBe(400);
  expect((await dismiss(owner, rita)).status).toBe(404);
});

test("a role that is taken away ends at once, and so does a greater one", async () => {
  const owner = await signIn(registry, ada);
  await appoint(owner, rita, "registrar", "Rita");
  const session = await signIn(registry, rita);
  await appoint(owner, rita, "observer", "Rita");
  expect(await roleOf(session)).toBe("observer");
  expect((await dismiss(owner, rita)).status).toBe(204);
  expect((await registry.send("GET", "/officer/voters", { session })).status).toBe(401);
  const { body } = await registry.send("GET", "/officer/members", { session: owner });
  expect(body.members.map((each: { on_ledger: boolean }) => each.on_ledger)).toEqual([true, true, true]);
});

test("H-02: a role is one organisation's; another one's people see nothing of it and cannot take it away", async () => {
  await knowClub();
  const town = await signIn(registry, ada);
  const chair = await signIn(registry, cleo, club);
  await appoint(town, rita, "registrar", "Rita");
  expect((await registry.send("GET", "/officer/members", { session: chair })).text).not.toContain("Rita");
  expect((await dismiss(chair, rita)).status).toBe(404);
  await newVoter(registry, "ada@x.org");
  await appoint(chair, voterIdentity("oscar"), "observer", "Oscar");
  const observer = await signIn(registry, voterIdentity("oscar"));
  expect((await registry.send("GET", "/officer/voters", { session: observer })).body.total).toBe(0);
  const places = (await registry.send("GET", "/officer/organisations", { session: chair })).body.organisations;
  expect(places).toEqual([
    { id: FOUNDER, name: expect.any(String), role: "owner", current: false },
    { id: club, name: "Club", role: "owner", current: true },
  ]);
});

test("H-02: a voter asks a further organisation; each one's officers see and decide about their own", async () => {
  await knowClub();
  const town = await signIn(registry, ada);
  const chair = await signIn(registry, cleo, club);
  const emails = async (session: string) =>
    (await registry.send("GET", "/officer/voters", { session })).body.voters.map(
      (each: { email: string }) => each.email,
    );
  const eve = { name: "Eve", email: "eve@x.org" };
  expect((await registry.send("POST", "/register", { json: { ...eve, organisation: "1".repeat(14) } })).status).toBe(
    404,
  );
  await registry.send("POST", "/register", { json: { ...eve, organisation: club } });
  const json = confirmation(await mailedToken(registry, "eve@x.org"), voterIdentity("eve"));
  expect((await registry.send("POST", "/register/confirm", { json })).body.status).toBe("pending");
  expect([await emails(town), await emails(chair)]).toEqual([[], ["eve@x.org"]]);

  const { id, identity } = await newVoter(registry, "ada@x.org");
  const session = await signIn(registry, identity);
  const join = (organisation: string) =>
    registry.send("POST", "/me/organisations", { session, json: { organisation } });
  expect((await registry.send("POST", `/officer/voters/${id}/approve`, { session: chair, json: {} })).status).toBe(404);
  expect((await join(club)).body).toEqual({ organisation: club, status: "pending" });
  expect((await join("1".repeat(14))).status).toBe(404);
  expect((await registry.send("POST", `/officer/voters/${id}/reject`, { session: chair, json: {} })).status).toBe(200);
  expect((await join(club)).body.status).toBe("rejected");
  const { standings } = (await registry.send("GET", "/me", { session })).body;
  expect(standings).toContainEqual({ organisation: FOUNDER, status: "pending" });
});

test("one browser holds a voter's and an officer's session; the route says whose counts, a token is good in its own cookie", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const [asVoter, asOfficer] = [await signIn(registry, voter.identity), await signIn(registry, ada)];
  const both = (v: string, o: string) => ({ cookie: `__Host-psephos-voter=${v}; __Host-psephos-officer=${o}` });
  const get = async (url: string, headers: Record<string, string>) =>
    (await registry.send("GET", url, { headers })).status;
  const headers = both(asVoter, asOfficer);
  expect([await get("/me", headers), await get("/officer/voters", headers)]).toEqual([200, 200]);
  const swapped = both(asOfficer, asVoter);
  expect([await get("/me", swapped), await get("/officer/voters", swapped)]).toEqual([401, 401]);
  const kinds = await Promise.all(
    ["", "?as=voter", "?as=officer"].map(async (query) => {
      const { body } = await registry.send("GET", `/session${query}`, { headers });
      return body.actor?.kind;
    }),
  );
  expect(kinds).toEqual(["voter", "voter", "officer"]);
  expect((await registry.send("DELETE", "/sessions?as=officer", { headers })).status).toBe(204);
  expect([await get("/me", headers), await get("/officer/voters", headers)]).toEqual([200, 403]);
});
