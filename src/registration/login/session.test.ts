import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { concat, fromBase64Url, utf8 } from "#base/bytes.js";
import { pointToBytes } from "#crypto/group.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { removeOfficer } from "#protocol/transactions/remove-officer.js";
import { must } from "../../../test/ledger-kit.js";
import { approved, base58, CHAIN_ID, FOUNDER, OFFICERS, REGISTRAR } from "../../../test/protocol-kit.js";
import {
  confirmation,
  dumpTable,
  emptyRegistry,
  keyHex,
  mailedToken,
  newVoter,
  PUBLIC_URL,
  type Registry,
  signatureJson,
  signIn,
  signInBody,
  startRegistry,
  tokenOf,
  voterIdentity,
} from "../../../test/registration-kit.js";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());
afterEach(() => emptyRegistry(registry));

const [officer, second, third] = OFFICERS as [(typeof OFFICERS)[0], (typeof OFFICERS)[0], (typeof OFFICERS)[0]];
const who = async (session?: string) => (await registry.send("GET", "/session", { session })).body;
const signInWith = (json: unknown, session?: string) => registry.send("POST", "/sessions", { json, session });

test("a voter signs in with a signed challenge and out again", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const answer = await signInWith(await signInBody(registry, voter.identity));
  const actor = { kind: "voter", id: voter.id, digital_id: voter.digital_id, name: "Voter ada@x.org" };
  expect([answer.status, answer.body.actor]).toEqual([200, actor]);
  expect(answer.headers["set-cookie"]).toMatch(
    /^__Host-psephos-voter=[A-Za-z0-9_-]{43}; Max-Age=28800; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
  );
  const session = tokenOf(answer);
  expect(await who(session)).toEqual({ actor, method: "key", expires_at: answer.body.expires_at });
  const out = await registry.send("DELETE", "/sessions", { session });
  expect([out.status, String(out.headers["set-cookie"]).match(/Max-Age=0/g)?.length]).toEqual([204, 2]);
  expect(await who(session)).toEqual({ actor: null, method: null, expires_at: null });
});

test("an officer signs in with the key that the ledger names", async () => {
  expect((await who(await signIn(registry, officer))).actor).toEqual({
    kind: "officer",
    organisation: FOUNDER,
    key: keyHex(officer),
    name: expect.stringMatching(/^Officer \d$/),
    role: "owner",
  });
});

test("R-11: signing in gives a new token, and the session before ends", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const before = await signIn(registry, voter.identity);
  const after = tokenOf(await signInWith(await signInBody(registry, voter.identity), before));
  expect(after).not.toBe(before);
  expect((await who(before)).actor).toBeNull();
  expect((await who(after)).actor).not.toBeNull();
  // A token that somebody planted in the browser is not taken over either.
  const planted = "A".repeat(43);
  expect(tokenOf(await signInWith(await signInBody(registry, voter.identity), planted))).not.toBe(planted);
  expect((await who(planted)).actor).toBeNull();
});

test("R-01: the table holds hashes of sessions and challenges only", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const body = await signInBody(registry, voter.identity);
  const challenges = await dumpTable(registry, "challenges");
  for (const form of [body.challenge, Buffer.from(body.challenge, "base64url").toString("hex")])
    expect(challenges).not.toContain(form);
  const token = tokenOf(await signInWith(body));
  const sessions = await dumpTable(registry, "sessions");
  for (const form of [token, Buffer.from(token, "base64url").toString("hex")]) expect(sessions).not.toContain(form);
});

test("a challenge works once, for the key that asked, and for five minutes", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const other = await newVoter(registry, "bob@x.org");
  const body = await signInBody(registry, voter.identity);
  const both = await Promise.all([signInWith(body), signInWith(body)]);
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 401]);

  const late = await signInBody(registry, voter.identity);
  registry.time += 301n * 1_000_000_000n;
  expect((await signInWith(late)).status).toBe(401);

  const asked = await signInBody(registry, voter.identity);
  const message = concat(fromBase64Url(asked.challenge) as Uint8Array, utf8(PUBLIC_URL));
  const stolen = {
    ...asked,
    public_key: keyHex(other.identity),
    signature: signatureJson("login", CHAIN_ID, other.identity, message),
  };
  expect((await signInWith(stolen)).status).toBe(401);
  // It was used up by the attempt.
  expect((await signInWith(asked)).status).toBe(401);
});

test("unknown keys, wrong signatures and signatures for other uses get one and the same answer", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const stranger = voterIdentity("stranger");
  const good = () => signInBody(registry, voter.identity);
  const resigned = async (sign: (message: Uint8Array) => object) => {
    const body = await good();
    return { ...body, signature: sign(concat(fromBase64Url(body.challenge) as Uint8Array, utf8(PUBLIC_URL))) };
  };
  const tries = [
    await signInBody(registry, stranger),
    await resigned((message) => signatureJson("login", CHAIN_ID, stranger, message)),
    await resigned((message) => signatureJson("confirm", CHAIN_ID, voter.identity, message)),
    await resigned((message) => signatureJson("login", "another-chain", voter.identity, message)),
    await resigned((message) => signatureJson("login", CHAIN_ID, voter.identity, message.subarray(0, 32))),
    await resigned((message) =>
      signatureJson("login", CHAIN_ID, voter.identity, concat(message.subarray(0, 32), utf8("https://evil.example"))),
    ),
    { ...(await good()), challenge: "A".repeat(43) },
    { ...(await good()), signature: { challenge: "f".repeat(64), response: "f".repeat(64) } },
  ];
  const answers = await Promise.all(tries.map((body) => signInWith(body)));
  expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1);
  expect(answers[0]?.body.code).toBe("not-signed-in");
  expect(await registry.tables.selectFrom("sessions").selectAll().execute()).toEqual([]);
});

test("a voter's session is no officer's, and none is nobody's", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const session = await signIn(registry, voter.identity);
  const statuses = async (options: { session?: string }) => [
    (await registry.send("GET", "/officer/voters", options)).status,
    (await registry.send("GET", "/me", options)).status,
    (await registry.send("POST", "/officer/voters/approve-all", { ...options, json: {} })).status,
  ];
  expect(await statuses({ session })).toEqual([403, 200, 403]);
  expect(await statuses({ session: await signIn(registry, officer) })).toEqual([200, 403, 200]);
  expect(await statuses({})).toEqual([401, 401, 401]);
});

test("a session ends after eight hours", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const session = await signIn(registry, voter.identity);
  registry.time += 8n * 3_600n * 1_000_000_000n - 1_000_000_000n;
  expect((await who(session)).actor).not.toBeNull();
  registry.time += 2_000_000_000n;
  expect((await who(session)).actor).toBeNull();
  await registry.module.purge();
  expect(await registry.tables.selectFrom("sessions").selectAll().execute()).toEqual([]);
});

test("R-02: tries for one key from one address are slowed; H-09: others are not, and headers make no new address", async () => {
  const ask = (key: string, headers = {}) =>
    registry.send("POST", "/sessions/challenge", { json: { public_key: key }, headers });
  const key = keyHex(voterIdentity("somebody"));
  const answers = await Promise.all(
    Array.from({ length: 25 }, (_, i) => ask(key, { "x-forwarded-for": `10.0.0.${i}` })),
  );
  expect(answers.filter((answer) => answer.status === 200).length).toBe(20);
  const refused = answers.find((answer) => answer.status === 429);
  expect(Number(refused?.headers["retry-after"])).toBeGreaterThan(0);
  // 100 other voters of the same office get in at the same moment.
  const others = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(keyHex(voterIdentity(`office ${i}`)))));
  expect(new Set(others.map((answer) => answer.status))).toEqual(new Set([200]));
  registry.time += 61n * 1_000_000_000n;
  expect((await ask(key)).status).toBe(200);
});

test("H-03: a page of another site cannot act with the cookie", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const session = await signIn(registry, voter.identity);
  const send = (headers: Record<string, string>) =>
    registry.send("POST", "/me/key/letter", { session, json: {}, headers });
  expect((await send({ origin: "https://evil.example" })).status).toBe(403);
  expect((await send({ origin: PUBLIC_URL })).status).toBe(202);
  const form = { type: "application/x-www-form-urlencoded", content: "a=b" };
  expect(
    (await registry.send("POST", "/officer/voters/approve-all", { session, text: form })).status,
  ).toBeGreaterThanOrEqual(400);
});

test("replacing one's key needs the session, the mailed link and the new key; then the old one is dead", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const other = await newVoter(registry, "bob@x.org");
  const session = await signIn(registry, voter.identity);
  const fresh = voterIdentity("fresh");
  const put = (json: unknown, by: string | undefined = session) =>
    registry.send("PUT", "/me/key", { json, session: by });
  expect((await put(confirmation("A".repeat(43), fresh))).body.code).toBe("gone");
  expect((await registry.send("POST", "/me/key/letter", { session, json: {} })).status).toBe(202);
  const token = await mailedToken(registry, "ada@x.org");
  expect((await put(confirmation(token, fresh, voter.identity))).body.code).toBe("bad-signature");
  expect((await put(confirmation(token, fresh), await signIn(registry, other.identity))).body.code).toBe("gone");
  expect((await put(confirmation(token, other.identity))).body.code).toBe("already-exists");
  // A link for replacing is none for confirming: without the session it is worth nothing.
  expect((await registry.send("POST", "/register/confirm", { json: confirmation(token, fresh) })).body.code).toBe(
    "gone",
  );
  expect((await put(confirmation(token, fresh))).status).toBe(200);
  expect((await who(session)).actor).toBeNull();
  expect((await signInWith(await signInBody(registry, voter.identity))).status).toBe(401);
  expect((await who(await signIn(registry, fresh))).actor).toMatchObject({ id: voter.id });
  const [notice] = await registry.mail.kept({ to: "ada@x.org", limit: 1 });
  expect(notice?.subject).toBe("Your key was changed");
  expect((await put(confirmation(token, voterIdentity("again")), await signIn(registry, fresh))).body.code).toBe(
    "gone",
  );
});

test("GET /me tells a voter what the registry holds", async () => {
  const voter = await newVoter(registry, "Ada@x.org");
  const me = await registry.send("GET", "/me", { session: await signIn(registry, voter.identity) });
  expect(me.body).toMatchObject({
    id: voter.id,
    digital_id: voter.digital_id,
    email: "Ada@x.org",
    status: "pending",
    key_bound: true,
    key_source: "own",
    standings: [{ organisation: FOUNDER, status: "pending" }],
  });
  expect(me.headers["cache-control"]).toBe("no-store");
});

test("officers of several organisations choose; a removed officer is out at once", async () => {
  const club = base58("club", 14);
  const fields = {
    id: club,
    name: "Club",
    officers: [officer, third]
      .map((each) => ({ key: pointToBytes(each.key), name: "Chair" }))
      .sort((a, b) => Buffer.compare(a.key, b.key)),
    threshold: 1,
    registrarKey: pointToBytes(REGISTRAR.key),
  };
  await must(registry.ledger, approved(createOrganisation, fields));
  await registry.follow();
  expect((await who(await signIn(registry, officer))).actor.organisation).toBe(FOUNDER);
  const session = await signIn(registry, officer, club);
  expect((await who(session)).actor).toMatchObject({ organisation: club, name: "Chair" });
  const json = { ...(await signInBody(registry, second)), organisation: club };
  expect((await signInWith(json)).status).toBe(401);
  const key = pointToBytes(officer.key);
  await must(registry.ledger, approved(removeOfficer, { organisation: club, revision: 0, key, threshold: 1 }, [third]));
  expect((await who(session)).actor).toBeNull();
  expect((await registry.send("GET", "/officer/voters", { session })).status).toBe(401);
});
