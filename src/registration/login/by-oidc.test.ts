import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { pointToBytes } from "#crypto/group.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { lettersIn } from "#words/mail.js";
import { createProvider, type TestProvider } from "../../../test/identity-provider.js";
import { must } from "../../../test/ledger-kit.js";
import { approved, base58, FOUNDER, OFFICERS, REGISTRAR } from "../../../test/protocol-kit.js";
import {
  type Answer,
  confirmation,
  dumpTable,
  emptyRegistry,
  mailedToken,
  newVoter,
  type Registry,
  signIn,
  startRegistry,
  tokenOf,
  voterIdentity,
} from "../../../test/registration-kit.js";
import { type OidcSettings, type Provider, readProviders } from "./providers.js";

const club = base58("club", 14);
const issuers = { [FOUNDER]: "https://login.example", [club]: "https://club.example" } as const;
const providers: Provider[] = [];
const hosts: Record<string, TestProvider> = {};
const oidc: OidcSettings = {
  providers,
  fetch: (input, init) => (hosts[new URL(String(input)).host] as TestProvider).fetch(input, init),
};

let registry: Registry;
let provider: TestProvider;
beforeAll(async () => {
  registry = await startRegistry({ oidc });
  const fields = {
    id: club,
    name: "Club",
    officers: [{ key: pointToBytes((OFFICERS[0] as (typeof OFFICERS)[0]).key), name: "Chair" }],
    threshold: 1,
    registrarKey: pointToBytes(REGISTRAR.key),
  };
  await must(registry.ledger, approved(createOrganisation, fields));
});
afterAll(() => registry.close());
beforeEach(async () => {
  await registry.tables
    .insertInto("organisations")
    .values({ id: club })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  // New objects each time: metadata is kept for each provider.
  providers.length = 0;
  for (const [organisation, issuer] of Object.entries(issuers)) {
    const plain = { organisation, name: "Login", issuer, client_id: "psephos", client_auth: "basic" as const };
    const rules = { approve: [{ claim: "groups", value: "members" }], otherwise: "pending" as const };
    providers.push({ ...plain, ...rules, scope: "openid email", secret: "client-secret" });
    hosts[new URL(issuer).host] = createProvider({ issuer, clientId: "psephos" });
  }
  provider = hosts["login.example"] as TestProvider;
  says({ email: "ada@x.org", email_verified: true, name: "Ada Lovelace" });
});
afterEach(() => emptyRegistry(registry));

function says(claims: Record<string, unknown>): void {
  provider.says.claims = claims;
}

async function begin(organisation: string = FOUNDER) {
  const answer = await registry.send("POST", "/sessions/oidc", { json: { organisation } });
  const cookie = String(answer.headers["set-cookie"]).split(";")[0] as string;
  return { answer, cookie, location: answer.body?.location as string };
}

function finish(begun: { cookie: string }, query: string, organisation: string = FOUNDER): Promise<Answer> {
  const headers = begun.cookie === "" ? {} : { cookie: begun.cookie };
  return registry.send("POST", "/sessions/oidc/answer", { json: { organisation, query }, headers });
}

async function wholeWay(change: Record<string, string | undefined> = {}): Promise<Answer> {
  const begun = await begin();
  return finish(begun, provider.comeBack(begun.location, change));
}

test("a new person becomes a voter without a key, and makes one with the mailed link", async () => {
  const answer = await wholeWay();
  expect([answer.status, answer.body.method, answer.body.actor.name]).toEqual([200, "oidc", "Ada Lovelace"]);
  const me = (await registry.send("GET", "/me", { session: tokenOf(answer) })).body;
  expect(me).toMatchObject({ email: "ada@x.org", key_bound: false, status: "pending" });
  const token = await mailedToken(registry, "ada@x.org");
  const json = confirmation(token, voterIdentity("ada"));
  expect((await registry.send("POST", "/register/confirm", { json })).body).toMatchObject({ id: me.id });
  const row = await registry.tables.selectFrom("voters").select("key_source").executeTakeFirstOrThrow();
  expect(row.key_source).toBe("own");
});

test.each<[string, unknown, string | undefined, string]>([
  ["of the provider", "de-CH", "fr", "de-CH"],
  ["of the provider, with an underscore", "es_MX", undefined, "es-MX"],
  ["of the browser", undefined, "ar,en;q=0.5", "ar"],
  ["of the browser, where the provider says nonsense", { de: 1 }, "fr-CA;q=0.9, en", "fr-CA"],
  ["of nobody", "?", "*", "en"],
])("the invitation is in the language %s", async (_what, locale, accepted, language) => {
  says({ email: "ada@x.org", email_verified: true, locale });
  const begun = await begin();
  const headers = { cookie: begun.cookie, ...(accepted === undefined ? {} : { "accept-language": accepted }) };
  const json = { organisation: FOUNDER, query: provider.comeBack(begun.location) };
  expect((await registry.send("POST", "/sessions/oidc/answer", { json, headers })).status).toBe(200);
  const voter = await registry.tables.selectFrom("voters").select("language").executeTakeFirstOrThrow();
  expect(voter.language).toBe(language);
  const [letter] = await registry.mail.kept({ to: undefined, limit: 1 });
  const values = { name: "", service: "", link: "", hours: 336, organisation: "" };
  expect(letter?.subject).toBe(lettersIn(language).invitation(values).subject);
});

test("what is asked: code, PKCE, state, nonce, and exactly the address of this organisation", async () => {
  const { location, answer } = await begin();
  const url = new URL(location);
  expect(url.origin + url.pathname).toBe("https://login.example/auth");
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: "code",
    client_id: "psephos",
    redirect_uri: `https://vote.example/sign-in/from/${FOUNDER}`,
    code_challenge_method: "S256",
    scope: "openid email",
  });
  for (const name of ["state", "nonce", "code_challenge"])
    expect(url.searchParams.get(name)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  const secret = String(answer.headers["set-cookie"]).split(/[=;]/)[1] as string;
  const dump = await dumpTable(registry, "oidc_attempts");
  for (const text of [secret, url.searchParams.get("state") as string]) {
    expect(dump).not.toContain(text);
    expect(dump).not.toContain(Buffer.from(text, "base64url").toString("hex"));
  }
  const begun = await begin();
  await finish(begun, provider.comeBack(begun.location));
  const [sent] = provider.redeemed;
  expect(sent?.get("redirect_uri")).toBe(`https://vote.example/sign-in/from/${FOUNDER}`);
  expect(sent?.get("code_verifier")).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test.each<[string, Record<string, string | undefined>]>([
  ["another state", { state: "A".repeat(43) }],
  ["no state", { state: undefined }],
  ["no code", { code: undefined }],
  ["a code of somebody else", { code: "code-2" }],
  ["another issuer's answer (mix-up)", { iss: "https://evil.example" }],
  ["no issuer although the provider says it sends one", { iss: undefined }],
  ["a refusal", { code: undefined, error: "access_denied" }],
])("an answer with %s is refused", async (_what, change) => {
  const answer = await wholeWay(change);
  expect([answer.status, answer.body.code]).toEqual([401, "not-signed-in"]);
  expect(await registry.tables.selectFrom("voters").selectAll().execute()).toEqual([]);
});

test.each<[string, Record<string, unknown>]>([
  ["another issuer", { iss: "https://evil.example" }],
  ["another audience", { aud: "another-client" }],
  ["another nonce", { nonce: "A".repeat(43) }],
  ["no nonce", { nonce: undefined }],
  ["an end in the past", { exp: 1_000_000_000 }],
  ["no subject", { sub: undefined }],
])("an identity token with %s is refused", async (_what, claims) => {
  says({ email: "ada@x.org", email_verified: true, ...claims });
  const answer = await wholeWay();
  expect([answer.status, answer.body.code]).toEqual([401, "not-signed-in"]);
  expect(await registry.tables.selectFrom("voters").selectAll().execute()).toEqual([]);
});

test("an identity token that another key signed is refused", async () => {
  provider.says.signedByOther = true;
  expect((await wholeWay()).status).toBe(401);
});

test.each<[string, Record<string, unknown>]>([
  ["not verified", { email_verified: false }],
  ["verified in words only", { email_verified: "true" }],
  ["of which nothing is said", { email_verified: undefined }],
  ["that is none", { email: "ada", email_verified: true }],
  ["with a line break", { email: "ada@x.org\r\nBcc: b@x.org", email_verified: true }],
])("an address %s is refused", async (_what, claims) => {
  says({ email: "ada@x.org", ...claims });
  const answer = await wholeWay();
  expect([answer.status, answer.body.code]).toEqual([403, "not-allowed"]);
  expect(await registry.tables.selectFrom("voters").selectAll().execute()).toEqual([]);
});

test("an answer works once, in the browser that began, for ten minutes, for its own organisation", async () => {
  const begun = await begin();
  const query = provider.comeBack(begun.location);
  expect((await finish({ cookie: "" }, query)).status).toBe(401);
  expect((await finish(await begin(), query)).status).toBe(401);
  expect((await finish(begun, query)).status).toBe(200);
  expect((await finish(begun, query)).status).toBe(401);
  const late = await begin();
  registry.time += 601n * 1_000_000_000n;
  expect((await finish(late, provider.comeBack(late.location))).status).toBe(401);
  const mixed = await begin();
  expect((await finish(mixed, provider.comeBack(mixed.location), club)).status).toBe(401);
  await registry.module.purge();
  expect(await registry.tables.selectFrom("oidc_attempts").selectAll().execute()).toEqual([]);
});

test("claims approve: at the first sign-in and later, but never against officers", async () => {
  const status = async () => (await registry.tables.selectFrom("standings").select("status").execute())[0]?.status;
  await wholeWay();
  expect(await status()).toBe("pending");
  const set = (to: "suspended" | "pending") => registry.tables.updateTable("standings").set({ status: to }).execute();
  says({ ...provider.says.claims, groups: ["guests", "members"] });
  await wholeWay();
  expect(await status()).toBe("approved");
  await set("suspended");
  await wholeWay();
  expect(await status()).toBe("suspended");
  await set("pending");
  for (const groups of ["member", ["Members"], { members: true }, null, 1]) {
    says({ ...provider.says.claims, groups });
    await wholeWay();
    expect(await status()).toBe("pending");
  }
  says({ ...provider.says.claims, groups: "members" });
  await wholeWay();
  expect(await status()).toBe("approved");
});

const asOfficer = (organisation: string) => signIn(registry, OFFICERS[0] as (typeof OFFICERS)[0], organisation);
const setClaims = async (claims: readonly object[], organisation: string = FOUNDER) =>
  registry.send("PUT", "/officer/admission/claims", { session: await asOfficer(organisation), json: { claims } });

test("an organisation's own rules approve by claim, for its own voters only", async () => {
  const status = async () => (await registry.tables.selectFrom("standings").select("status").execute())[0]?.status;
  await setClaims([{ claim: "department", value: "Physics" }], club);
  says({ ...provider.says.claims, department: "Physics" });
  await wholeWay();
  expect(await status()).toBe("pending");
  const physics = { claim: "department", value: "Physics" };
  const set = await setClaims([{ claim: "group", value: "staff" }, physics, physics]);
  expect([set.status, set.body.claims]).toEqual([200, [physics, { claim: "group", value: "staff" }]]);
  const session = await asOfficer(FOUNDER);
  const shown = (await registry.send("GET", "/officer/admission", { session })).body;
  expect(shown).toMatchObject({ claims: set.body.claims, provider: "Login" });
  for (const department of ["physics", "Physics ", ["Chemistry"], { Physics: true }]) {
    says({ ...provider.says.claims, department });
    await wholeWay();
    expect(await status()).toBe("pending");
  }
  says({ ...provider.says.claims, department: ["Chemistry", "Physics"] });
  await wholeWay();
  expect(await status()).toBe("approved");
  // Withdrawn, it approves nobody any more; who was approved stays so.
  await setClaims([]);
  await wholeWay();
  expect(await status()).toBe("approved");
  says({ email: "bob@x.org", email_verified: true, sub: "s-2", department: "Physics" });
  await wholeWay();
  const rows = await registry.tables.selectFrom("standings").select("status").orderBy("status").execute();
  expect(rows.map((row) => row.status)).toEqual(["approved", "pending"]);
});

test("a claim cannot be a rule where no provider could say it", async () => {
  providers.length = 1;
  const refused = await setClaims([{ claim: "department", value: "Physics" }], club);
  expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining("no identity provider")]);
  expect((await setClaims([], club)).status).toBe(200);
  for (const claims of [[{ claim: "", value: "x" }], [{ claim: "a b", value: "x" }], [{ claim: "a", value: "" }], [{}]])
    expect((await setClaims(claims)).status).toBe(400);
});

test("where the rules say so, who has not the claim is not let in", async () => {
  providers[0] = { ...(providers[0] as Provider), otherwise: "refuse" };
  expect((await wholeWay()).body.code).toBe("not-allowed");
  expect(await registry.tables.selectFrom("voters").selectAll().execute()).toEqual([]);
  says({ ...provider.says.claims, groups: ["members"] });
  expect((await wholeWay()).status).toBe(200);
});

test("a voter of this organisation is found by address, then by subject", async () => {
  const ada = await newVoter(registry, "ada@x.org");
  const first = await wholeWay();
  expect(first.body.actor.id).toBe(ada.id);
  // The address changes at the provider: the subject counts.
  says({ email: "countess@x.org", email_verified: true });
  expect((await wholeWay()).body.actor.id).toBe(ada.id);
  // Somebody else gets the old address there.
  says({ email: "ada@x.org", email_verified: true, sub: "s-2" });
  expect((await wholeWay()).body.code).toBe("not-allowed");
});

test("H-02: a provider speaks for its own organisation's voters only", async () => {
  await newVoter(registry, "ada@x.org");
  provider = hosts["club.example"] as TestProvider;
  says({ email: "ada@x.org", email_verified: true });
  const begun = await begin(club);
  const answer = await finish(begun, provider.comeBack(begun.location), club);
  expect([answer.status, answer.body.code]).toEqual([403, "not-allowed"]);
  expect(await registry.tables.selectFrom("sessions").selectAll().execute()).toEqual([]);
});

test("a key that is replaced from such a session is counted as replaced by mail", async () => {
  const ada = await newVoter(registry, "ada@x.org");
  const session = tokenOf(await wholeWay());
  await registry.send("POST", "/me/key/letter", { session, json: {} });
  const json = confirmation(await mailedToken(registry, "ada@x.org"), voterIdentity("fresh"));
  expect((await registry.send("PUT", "/me/key", { session, json })).status).toBe(200);
  const row = await registry.tables.selectFrom("voters").select(["id", "key_source"]).executeTakeFirstOrThrow();
  expect(row).toEqual({ id: ada.id, key_source: "reissue" });
  expect(await signIn(registry, voterIdentity("fresh"))).toMatch(/^.{43}$/);
});

test("H-10: a redirect is not followed, plain http is not asked, and the visitor names no address", async () => {
  provider.says.redirect = "http://169.254.169.254/latest";
  expect((await begin()).answer.status).toBe(503);
  expect(provider.asked).toEqual(["https://login.example/.well-known/openid-configuration"]);
  provider.says.redirect = undefined;
  for (const endpoint of ["http://127.0.0.1/token", "file:///etc/passwd"]) {
    provider.says.metadata = { token_endpoint: endpoint };
    providers[0] = { ...(providers[0] as Provider) };
    const before = provider.asked.length;
    expect([401, 503]).toContain((await wholeWay()).status);
    expect(provider.asked.slice(before).filter((url) => !url.startsWith("https://login.example/"))).toEqual([]);
  }
  for (const organisation of ["https://evil.example", "11111111111111"])
    expect([400, 404]).toContain((await begin(organisation)).answer.status);
});

test("metadata of another issuer, and a provider that is away: 503, and it works again afterwards", async () => {
  provider.says.metadata = { issuer: "https://evil.example" };
  expect((await begin()).answer.status).toBe(503);
  provider.says.metadata = {};
  const begun = await begin();
  expect(begun.answer.status).toBe(200);
  provider.says.away = true;
  expect((await finish(begun, provider.comeBack(begun.location))).status).toBe(503);
  provider.says.away = false;
  expect((await wholeWay()).status).toBe(200);
});

test("visitors see which organisations have a provider, and no more", async () => {
  const { body } = await registry.send("GET", "/sessions/providers");
  expect(body.providers.map((each: { organisation: string }) => each.organisation).sort()).toEqual(
    [FOUNDER, club].sort(),
  );
  expect(JSON.stringify(body)).not.toContain("client-secret");
  expect(JSON.stringify(body)).not.toContain("login.example");
});

test("the operator's file: what is missing or weak is named", () => {
  const secrets: Record<string, string> = { "a.secret": " s3cret-s3cret \n", "empty.secret": "\n" };
  const good = {
    organisation: "founder",
    name: "Login",
    issuer: "https://login.example",
    client_id: "psephos",
    client_secret_file: "a.secret",
  };
  const read = (changes: object, production = true) =>
    readProviders({ providers: [{ ...good, ...changes }] }, (path) => secrets[path] ?? "", production);
  expect(read({})).toMatchObject({ ok: true, value: [{ secret: "s3cret-s3cret", otherwise: "pending", approve: [] }] });
  const faults: [object, string][] = [
    [{ issuer: "http://login.example" }, "https"],
    [{ issuer: "http://127.0.0.1:9000" }, "https"],
    [{ issuer: "file:///etc/passwd" }, "https"],
    [{ issuer: "https://login.example/?x=1" }, "query"],
    [{ issuer: "login" }, "issuer"],
    [{ scope: "email" }, "openid"],
    [{ client_secret_file: "empty.secret" }, "secret"],
    [{ client_secret: "in the file itself" }, "providers.0"],
    [{ organisation: "?" }, "organisation"],
  ];
  for (const [changes, word] of faults) {
    const fault = read(changes);
    expect([fault.ok, fault.ok ? "" : fault.error]).toEqual([false, expect.stringContaining(word)]);
  }
  expect(read({ issuer: "http://127.0.0.1:9000" }, false).ok).toBe(true);
  expect(readProviders({ providers: [good, good] }, () => "s3cret-s3cret", true).ok).toBe(false);
});
