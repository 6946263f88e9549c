import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Authenticator, createAuthenticator, type Twist } from "../../../test/authenticator.js";
import {
  confirmation,
  dumpTable,
  emptyRegistry,
  mailedToken,
  newVoter,
  PUBLIC_URL,
  type Registry,
  signIn,
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

let number = 0;
const device = (origin = PUBLIC_URL) =>
  createAuthenticator({ seed: `${number++}`, origin, rpId: new URL(origin).hostname });

async function challengeFor(path: string, session?: string): Promise<{ challenge: string }> {
  const { body } = await registry.send("POST", path, { session, json: {} });
  return body.public_key;
}

async function add(session: string, authenticator: Authenticator, twist: Twist = {}) {
  const response = authenticator.create(await challengeFor("/me/passkeys/options", session), twist);
  return registry.send("POST", "/me/passkeys", { session, json: { name: "My telephone", response } });
}

async function enter(authenticator: Authenticator, twist: Twist = {}) {
  const json = authenticator.get(await challengeFor("/sessions/passkey/options"), twist);
  return registry.send("POST", "/sessions/passkey", { json });
}

async function voterWithPasskey(email: string) {
  const voter = await newVoter(registry, email);
  const session = await signIn(registry, voter.identity);
  const authenticator = device();
  const made = await add(session, authenticator);
  expect(made.status, made.text + registry.logged.filter((l) => l.includes("failed")).at(-1)).toBe(201);
  return { ...voter, session, authenticator };
}

test("a voter adds a passkey, is told by mail, and signs in with it", async () => {
  const ada = await voterWithPasskey("ada@x.org");
  const [letter] = await registry.mail.kept({ to: "ada@x.org", limit: 1 });
  expect(letter?.subject).toBe("A passkey was added");
  expect(letter?.text).toContain("My telephone");
  const answer = await enter(ada.authenticator);
  expect([answer.status, answer.body.method, answer.body.actor.id]).toEqual([200, "passkey", ada.id]);
  const session = tokenOf(answer);
  const { body } = await registry.send("GET", "/me/passkeys", { session });
  expect(body.passkeys).toEqual([
    {
      id: ada.authenticator.id,
      name: "My telephone",
      backed_up: false,
      created_at: expect.any(String),
      last_used_at: expect.any(String),
    },
  ]);
  expect((await registry.send("GET", "/officer/voters", { session })).status).toBe(403);
});

test("what browsers are asked for: this site, a resident key, a verified person, no address", async () => {
  const ada = await voterWithPasskey("ada@x.org");
  const adding = (await registry.send("POST", "/me/passkeys/options", { session: ada.session, json: {} })).body;
  expect(adding.public_key).toMatchObject({
    rp: { id: "vote.example" },
    attestation: "none",
    excludeCredentials: [{ id: ada.authenticator.id }],
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  const entering = (await registry.send("POST", "/sessions/passkey/options", { json: {} })).body.public_key;
  expect(entering).toMatchObject({ rpId: "vote.example", userVerification: "required" });
  expect(entering.allowCredentials ?? []).toEqual([]);
});

test("a recorded answer is worth nothing: neither again, nor after five minutes, nor at another's session", async () => {
  const ada = await voterWithPasskey("ada@x.org");
  const recorded = ada.authenticator.get(await challengeFor("/sessions/passkey/options"));
  const send = (json: unknown) => registry.send("POST", "/sessions/passkey", { json });
  expect((await send(recorded)).status).toBe(200);
  expect((await send(recorded)).status).toBe(401);
  const late = ada.authenticator.get(await challengeFor("/sessions/passkey/options"));
  registry.time += 301n * 1_000_000_000n;
  expect((await send(late)).status).toBe(401);
  // A challenge for adding signs nobody in, nor does one of another voter add.
  const adding = await challengeFor("/me/passkeys/options", ada.session);
  expect((await send(ada.authenticator.get(adding))).status).toBe(401);
  const bob = await newVoter(registry, "bob@x.org");
  const bobs = await signIn(registry, bob.identity);
  const response = device().create(await challengeFor("/me/passkeys/options", bobs));
  const json = { name: "x", response };
  expect((await registry.send("POST", "/me/passkeys", { session: ada.session, json })).status).toBe(400);
});

test.each<[string, Twist]>([
  ["another site's page", { origin: "https://evil.example" }],
  ["http instead of https", { origin: "http://vote.example" }],
  ["another port", { origin: "https://vote.example:8443" }],
  ["another relying party", { rpId: "evil.example" }],
  ["a challenge that was not issued", { challenge: "A".repeat(43) }],
  ["the other ceremony's type", { type: "webauthn.create" }],
  ["a person who was not verified", { userVerified: false }],
  ["a spoiled signature", { spoilSignature: true }],
])("signing in is refused for %s", async (_what, twist) => {
  const ada = await voterWithPasskey("ada@x.org");
  const answer = await enter(ada.authenticator, twist);
  expect([answer.status, answer.body.code]).toEqual([401, "not-signed-in"]);
  const unknown = await enter(device());
  expect(answer.body).toEqual(unknown.body);
});

test.each<[string, Twist]>([
  ["another site's page", { origin: "https://evil.example" }],
  ["another relying party", { rpId: "evil.example" }],
  ["a challenge that was not issued", { challenge: "A".repeat(43) }],
  ["the other ceremony's type", { type: "webauthn.get" }],
  ["a person who was not verified", { userVerified: false }],
])("adding is refused for %s", async (_what, twist) => {
  const voter = await newVoter(registry, "ada@x.org");
  expect((await add(await signIn(registry, voter.identity), device(), twist)).status).toBe(400);
  expect(await registry.tables.selectFrom("passkeys").selectAll().execute()).toEqual([]);
});

test("a counter that does not go up is a clone's: refused, and the stored one stays", async () => {
  const ada = await voterWithPasskey("ada@x.org");
  expect((await enter(ada.authenticator, { counter: 7 })).status).toBe(200);
  for (const counter of [7, 6, 1, 0]) expect((await enter(ada.authenticator, { counter })).status).toBe(401);
  const row = await registry.tables.selectFrom("passkeys").select("counter").executeTakeFirstOrThrow();
  expect(Number(row.counter)).toBe(7);
  expect((await enter(ada.authenticator, { counter: 8 })).status).toBe(200);
});

test("authenticators that do not count are fine", async () => {
  const ada = await voterWithPasskey("ada@x.org");
  for (let i = 0; i < 2; i++) expect((await enter(ada.authenticator, { counter: 0 })).status).toBe(200);
});

test("H-02: somebody else's passkey cannot be removed; one's own can, and the sessions it began end", async () => {
  const ada = await voterWithPasskey("ada@x.org");
  const bob = await voterWithPasskey("bob@x.org");
  const byPasskey = tokenOf(await enter(ada.authenticator));
  const remove = (session: string) => registry.send("DELETE", `/me/passkeys/${ada.authenticator.id}`, { session });
  expect((await remove(bob.session)).status).toBe(404);
  expect((await enter(ada.authenticator)).status).toBe(200);
  expect((await remove(ada.session)).status).toBe(204);
  expect((await registry.send("GET", "/me", { session: byPasskey })).status).toBe(401);
  expect((await registry.send("GET", "/me", { session: ada.session })).status).toBe(200);
  expect((await enter(ada.authenticator)).status).toBe(401);
  expect((await remove(ada.session)).status).toBe(404);
});

test("one passkey belongs to one voter, and a voter has at most ten", async () => {
  const ada = await voterWithPasskey("ada@x.org");
  const bob = await newVoter(registry, "bob@x.org");
  const session = await signIn(registry, bob.identity);
  expect((await add(session, ada.authenticator)).body.code).toBe("already-exists");
  for (let i = 0; i < 10; i++) expect((await add(session, device())).status).toBe(201);
  expect((await add(session, device())).status).toBe(409);
});

test("replacing the key removes the passkeys: a thief may have added one", async () => {
  const ada = await voterWithPasskey("ada@x.org");
  await registry.send("POST", "/me/key/letter", { session: ada.session, json: {} });
  const json = confirmation(await mailedToken(registry, "ada@x.org"), voterIdentity("fresh"));
  expect((await registry.send("PUT", "/me/key", { session: ada.session, json })).status).toBe(200);
  expect((await enter(ada.authenticator)).status).toBe(401);
});

test("challenges are stored as hashes and purged", async () => {
  const { challenge } = await challengeFor("/sessions/passkey/options");
  expect(await dumpTable(registry, "passkey_challenges")).not.toContain(challenge);
  registry.time += 301n * 1_000_000_000n;
  await registry.module.purge();
  expect(await registry.tables.selectFrom("passkey_challenges").selectAll().execute()).toEqual([]);
});

test("nonsense is refused with a sentence and changes nothing", async () => {
  const ada = await voterWithPasskey("ada@x.org");
  const good = ada.authenticator.get(await challengeFor("/sessions/passkey/options")) as {
    response: Record<string, string>;
  };
  const broken = [
    { ...good, response: { ...good.response, clientDataJSON: "" } },
    { ...good, response: { ...good.response, clientDataJSON: "AAAA" } },
    { ...good, response: { ...good.response, authenticatorData: "AAAA" } },
    { ...good, response: { ...good.response, signature: "" } },
    { ...good, rawId: "AAAA" },
    { ...good, id: "A" },
  ];
  for (const json of broken) expect((await registry.send("POST", "/sessions/passkey", { json })).status).toBe(401);
  for (const json of [{}, { ...good, more: 1 }, { ...good, type: "password" }, { ...good, id: "" }])
    expect((await registry.send("POST", "/sessions/passkey", { json })).status).toBe(400);
});
