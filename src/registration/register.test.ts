import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  confirmation,
  dumpTable,
  emptyRegistry,
  keyHex,
  mailedToken,
  newVoter,
  type Registry,
  startRegistry,
  voterIdentity,
} from "../../test/registration-kit.js";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());
afterEach(() => emptyRegistry(registry));

const register = (json: unknown) => registry.send("POST", "/register", { json });
const confirm = (json: unknown) => registry.send("POST", "/register/confirm", { json });
const voters = () => registry.tables.selectFrom("voters").selectAll().execute();

test("register, confirm by signature, and the ids of the answer are the voter's", async () => {
  const answer = await register({ name: "Ada Lovelace", email: "Ada@X.org" });
  expect(answer.status).toBe(201);
  expect(Object.keys(answer.body)).toEqual(["id", "digital_id"]);
  expect(answer.body.digital_id).toMatch(/^0x[0-9a-f]{40}$/);
  const identity = voterIdentity("ada");
  const confirmed = await confirm(confirmation(await mailedToken(registry, "Ada@x.org"), identity));
  expect([confirmed.status, confirmed.body]).toEqual([200, { ...answer.body, status: "pending" }]);
  const [voter] = await voters();
  expect(voter).toMatchObject({ ...answer.body, email: "ada@x.org", mailbox: "Ada@x.org", key_source: "own" });
  expect(voter?.public_key?.toString("hex")).toBe(keyHex(identity));
});

test("R-01: ids are fresh in each answer, tokens are 256 bits and stored as hashes", async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => register({ name: "Ada", email: "ada@x.org" })));
  expect(new Set(answers.flatMap(({ body }) => [body.id, body.digital_id])).size).toBe(8);
  const token = await mailedToken(registry, "ada@x.org");
  expect(Buffer.from(token, "base64url").length).toBe(32);
  const dump = await dumpTable(registry, "requests");
  expect(dump).not.toContain(token);
  expect(dump).not.toContain(Buffer.from(token, "base64url").toString("hex"));
});

test("R-08: spellings of one address are one voter", async () => {
  const ada = await newVoter(registry, "alice@x.org");
  for (const email of ["Alice@X.org ", "ＡLICE@x.org", "alice@x.org."]) {
    await register({ name: "Alice", email });
    const [letter] = await registry.mail.kept({ to: undefined, limit: 1 });
    expect(letter?.text).toContain("registered already");
  }
  expect((await voters()).map((voter) => voter.id)).toEqual([ada.id]);
});

test("a taken address: the request is dropped, and its link replaces the key of the voter who is there", async () => {
  const before = await newVoter(registry, "ada@x.org");
  const again = await register({ name: "Somebody Else", email: "ADA@x.org" });
  const fresh = voterIdentity("new code");
  const confirmed = await confirm(confirmation(await mailedToken(registry, "ADA@x.org"), fresh));
  expect(confirmed.body).toEqual({ id: before.id, digital_id: before.digital_id, status: "pending" });
  expect(again.body.id).not.toBe(before.id);
  const [voter, ...others] = await voters();
  expect(others).toEqual([]);
  expect(voter).toMatchObject({ name: "Voter ada@x.org", key_source: "reissue" });
  expect(voter?.public_key?.toString("hex")).toBe(keyHex(fresh));
  const [notice] = await registry.mail.kept({ to: "ada@x.org", limit: 1 });
  expect(notice?.subject).toBe("Your key was changed");
});

test("somebody else's proposed key is not bound: only the key that signs is", async () => {
  const [mallory, ada] = [voterIdentity("mallory"), voterIdentity("ada")];
  await register({ name: "Ada", email: "ada@x.org", public_key: keyHex(mallory) });
  const token = await mailedToken(registry, "ada@x.org");
  // A click on the link knows the token, but cannot sign for the proposed key.
  const forged = await confirm(confirmation(token, mallory, ada));
  expect([forged.status, forged.body.code]).toEqual([422, "bad-signature"]);
  expect(await voters()).toEqual([]);
  expect((await confirm(confirmation(token, ada))).status).toBe(200);
  expect((await voters())[0]?.public_key?.toString("hex")).toBe(keyHex(ada));
});

test("R-09: a link works once, and not after it expired", async () => {
  await register({ name: "Ada", email: "ada@x.org" });
  const token = await mailedToken(registry, "ada@x.org");
  const both = await Promise.all([
    confirm(confirmation(token, voterIdentity("a"))),
    confirm(confirmation(token, voterIdentity("b"))),
  ]);
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 410]);
  expect((await confirm(confirmation(token, voterIdentity("a")))).body.code).toBe("gone");
  await register({ name: "Bob", email: "bob@x.org" });
  const late = await mailedToken(registry, "bob@x.org");
  registry.time += 49n * 3_600n * 1_000_000_000n;
  expect((await confirm(confirmation(late, voterIdentity("bob")))).body.code).toBe("gone");
  await registry.module.purge();
  expect(await registry.tables.selectFrom("requests").selectAll().execute()).toEqual([]);
});

test("R-09: the secret of a link stands behind #, and answers send no referrer", async () => {
  const answer = await register({ name: "Ada", email: "ada@x.org" });
  const [letter] = await registry.mail.kept({ to: "ada@x.org", limit: 1 });
  expect(letter?.links).toEqual([expect.stringMatching(/^https:\/\/vote\.example\/confirm#[A-Za-z0-9_-]{43}$/)]);
  expect(answer.headers["referrer-policy"]).toBe("no-referrer");
  expect(answer.headers["cache-control"]).toBe("no-store");
});

test("R-06: a key that a voter has already is refused, and the link stays usable", async () => {
  const { identity } = await newVoter(registry, "ada@x.org");
  await register({ name: "Bob", email: "bob@x.org" });
  const token = await mailedToken(registry, "bob@x.org");
  expect((await confirm(confirmation(token, identity))).body.code).toBe("already-exists");
  expect((await confirm(confirmation(token, voterIdentity("bob")))).status).toBe(200);
});

test("two links to one mailbox make one voter", async () => {
  await register({ name: "Ada", email: "ada@x.org" });
  const first = await mailedToken(registry, "ada@x.org");
  await register({ name: "Ada", email: "ada@x.org" });
  const second = await mailedToken(registry, "ada@x.org");
  const answers = await Promise.all([
    confirm(confirmation(first, voterIdentity("a"))),
    confirm(confirmation(second, voterIdentity("b"))),
  ]);
  expect(answers.filter((answer) => answer.status === 200).length).toBe(1);
  expect(answers.every((answer) => [200, 409, 410].includes(answer.status))).toBe(true);
  expect((await voters()).length).toBe(1);
});

test("letters to one address are limited, answers are not", async () => {
  const statuses = [];
  for (let i = 0; i < 9; i++) statuses.push((await register({ name: "Ada", email: "ada@x.org" })).status);
  expect(new Set(statuses)).toEqual(new Set([201]));
  expect((await registry.mail.kept({ to: "ada@x.org", limit: 100 })).length).toBe(5);
});

test.each<[string, object]>([
  ["an extra field", { name: "Ada", email: "ada@x.org", status: "approved" }],
  ["a role", { name: "Ada", email: "ada@x.org", role: "officer" }],
  ["a list where text is due", { name: ["Ada"], email: "ada@x.org" }],
  ["an object where text is due", { name: "Ada", email: { $ne: "" } }],
  ["no address", { name: "Ada" }],
  ["a bad address", { name: "Ada", email: "ada" }],
  ["an address with a line break", { name: "Ada", email: "ada@x.org\r\nBcc: eve@x.org" }],
  ["an empty name", { name: "  ", email: "ada@x.org" }],
  ["a name with a directional control", { name: "Ada\u202e", email: "ada@x.org" }],
  ["a name with a line break", { name: "Ada\nBcc: eve", email: "ada@x.org" }],
  ["a long name", { name: "a".repeat(201), email: "ada@x.org" }],
  ["a key in upper case", { name: "Ada", email: "ada@x.org", public_key: "A".repeat(64) }],
  ["the neutral element as key", { name: "Ada", email: "ada@x.org", public_key: `01${"00".repeat(31)}` }],
  ["a point of small order as key", { name: "Ada", email: "ada@x.org", public_key: "00".repeat(32) }],
  ["a language that is none", { name: "Ada", email: "ada@x.org", language: "../../etc" }],
])("H-07: %s is refused and nothing is stored", async (_what, body) => {
  const answer = await register(body);
  expect([answer.status, answer.body.code]).toEqual([400, "invalid-request"]);
  expect(await registry.tables.selectFrom("requests").selectAll().execute()).toEqual([]);
});

test.each<[string, (token: string) => object]>([
  ["another token of the right form", () => confirmation("A".repeat(43), voterIdentity("ada"))],
  ["a short token", (token) => ({ ...confirmation(token, voterIdentity("ada")), token: token.slice(0, 20) })],
  ["a response that is not below the order", (token) => withResponse(token, "f".repeat(64))],
  ["a zero signature", (token) => withResponse(token, "0".repeat(64))],
  ["a signature over another token", (token) => ({ ...confirmation("A".repeat(43), voterIdentity("ada")), token })],
])("a confirmation with %s binds nothing", async (_what, body) => {
  await register({ name: "Ada", email: "ada@x.org" });
  const token = await mailedToken(registry, "ada@x.org");
  expect([400, 410, 422]).toContain((await confirm(body(token))).status);
  expect(await voters()).toEqual([]);
  expect((await confirm(confirmation(token, voterIdentity("ada")))).status).toBe(200);
});

function withResponse(token: string, response: string): object {
  const body = confirmation(token, voterIdentity("ada"));
  return { ...body, signature: { ...body.signature, response } };
}

test("H-01: quotation marks and SQL in fields are text", async () => {
  const name = "Robert'); drop table voters;--";
  await register({ name, email: "o'brien@x.org" });
  await confirm(confirmation(await mailedToken(registry, "o'brien@x.org"), voterIdentity("bob")));
  expect((await voters()).map((voter) => voter.name)).toEqual([name]);
});

test("H-14: neither addresses nor names nor tokens are logged", async () => {
  await newVoter(registry, "secretive@x.org");
  const lines = registry.logged.join("");
  expect(lines).toContain('"route":"/register"');
  expect(lines).not.toMatch(/secretive|127\.0\.0\.1/);
});

test("R-12: known and unknown addresses get the same status and shape, and take the same time", {
  timeout: 120_000,
}, async () => {
  await newVoter(registry, "known@x.org");
  await registry.tables.deleteFrom("requests").execute();
  const rounds = 300;
  const times = { known: [] as number[], unknown: [] as number[] };
  const shapes = new Set<string>();
  const statements = new Set<string>();
  for (let i = -40; i < rounds; i++) {
    // One of each in turn, in changing order, so that whatever else slows the machine hits both alike. Letters go out
    // to both: the limit per address counts requests of the last day.
    if (i % 4 === 0) registry.time += 25n * 3_600n * 1_000_000_000n;
    const order = i % 2 === 0 ? (["known", "unknown"] as const) : (["unknown", "known"] as const);
    for (const which of order) {
      const email = which === "known" ? "known@x.org" : `u${String(i + 40).padStart(4, "0")}@x.org`;
      registry.statements.length = 0;
      const start = process.hrtime.bigint();
      const answer = await register({ name: "Ada", email });
      const took = Number(process.hrtime.bigint() - start) / 1e6;
      if (i >= 0) times[which].push(took);
      statements.add(registry.statements.join("\n"));
      const headers = Object.keys(answer.headers).sort().join();
      shapes.add(`${answer.status} ${Object.keys(answer.body).join()} ${answer.text.length} ${headers}`);
    }
  }
  expect(shapes.size).toBe(1);
  expect([...statements].length).toBe(1);
  const sent = (to: string) => registry.mail.kept({ to, limit: 1000 });
  expect((await sent("known@x.org")).length).toBeGreaterThanOrEqual(rounds);
  // Mann–Whitney: how often an unknown address takes longer than a known one. Half of the time, if nothing leaks;
  // with 300 of each the standard deviation is 0.024.
  const wins = times.known.reduce((sum, a) => sum + times.unknown.filter((b) => b > a).length, 0);
  const share = wins / rounds ** 2;
  expect(Math.abs(share - 0.5)).toBeLessThan(0.1);
});
