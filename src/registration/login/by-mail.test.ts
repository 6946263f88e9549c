import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
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
  voterIdentity,
} from "../../../test/registration-kit.js";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());
afterEach(async () => {
  await emptyRegistry(registry);
  // Tries are counted in windows of ten minutes: each test has its own.
  registry.time += 11n * 60n * second;
});

const second = 1_000_000_000n;

/** Cookies of one browser: what answers set and take away. */
function browser() {
  const jar = new Map<string, string>();
  return {
    jar,
    send: async (method: "GET" | "POST", url: string, json?: unknown): Promise<Answer> => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers: Record<string, string> = cookie === "" ? {} : { cookie };
      const answer = await registry.send(method, url, json === undefined ? { headers } : { json, headers });
      for (const set of [answer.headers["set-cookie"] ?? []].flat()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(String(set)) as unknown as [string, string, string];
        if (value === "") jar.delete(name);
        else jar.set(name, value);
      }
      return answer;
    },
  };
}

async function letterOf(email: string) {
  const [letter] = await registry.mail.kept({ to: email, limit: 1 });
  const code = /^([0-9]{6})$/m.exec(letter?.text ?? "")?.[1] ?? "";
  return { text: letter?.text ?? "", subject: letter?.subject ?? "", code, link: letter?.links[0] ?? "" };
}

async function ask(email: string) {
  const mine = browser();
  const answer = await mine.send("POST", "/sessions/letter", { email });
  return { ...mine, answer, ...(await letterOf(email.toLowerCase())) };
}

const otherThan = (code: string) => (code === "000000" ? "000001" : "000000");

test("a voter signs in with the mailed code, once", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const asked = await ask("Ada@X.org");
  expect([asked.answer.status, Object.keys(asked.answer.body)]).toEqual([202, ["expires_at"]]);
  expect(asked.subject).toBe("Sign in at vote.example");
  const done = await asked.send("POST", "/sessions/code", { code: asked.code });
  expect([done.status, done.body.actor.id, done.body.method]).toEqual([200, voter.id, "code"]);
  expect([...asked.jar.keys()]).toEqual(["__Host-psephos-voter"]);
  expect((await asked.send("GET", "/session")).body).toMatchObject({ method: "code", actor: { id: voter.id } });
  expect((await asked.send("GET", "/me")).status).toBe(200);
});

test("R-09: the link works once, and in no other browser; opening it elsewhere does not use it up", async () => {
  await newVoter(registry, "ada@x.org");
  const asked = await ask("ada@x.org");
  expect(asked.link).toMatch(/^https:\/\/vote\.example\/sign-in#[A-Za-z0-9_-]{43}$/);
  const token = asked.link.split("#")[1];
  const cookies = new Map(asked.jar);
  expect((await browser().send("POST", "/sessions/code", { token })).status).toBe(401);
  const other = await ask("ada@x.org");
  expect((await other.send("POST", "/sessions/code", { token })).status).toBe(401);
  expect((await asked.send("POST", "/sessions/code", { token })).status).toBe(200);
  const again = browser();
  for (const [name, value] of cookies) again.jar.set(name, value);
  expect((await again.send("POST", "/sessions/code", { token })).status).toBe(401);
  expect((await again.send("POST", "/sessions/code", { code: asked.code })).status).toBe(401);
});

test("R-10: an 11-minute-old code, a code in another browser, and the right one at the sixth try are all refused", async () => {
  await newVoter(registry, "ada@x.org");
  const old = await ask("ada@x.org");
  registry.time += 11n * 60n * second;
  expect((await old.send("POST", "/sessions/code", { code: old.code })).status).toBe(401);

  const asked = await ask("ada@x.org");
  expect((await browser().send("POST", "/sessions/code", { code: asked.code })).status).toBe(401);
  const foreign = await ask("ada@x.org");
  expect((await foreign.send("POST", "/sessions/code", { code: asked.code })).status).toBe(401);
  for (let i = 0; i < 5; i++)
    expect((await asked.send("POST", "/sessions/code", { code: otherThan(asked.code) })).status).toBe(401);
  const sixth = await asked.send("POST", "/sessions/code", { code: asked.code });
  const link = await asked.send("POST", "/sessions/code", { token: asked.link.split("#")[1] });
  expect([sixth.status, link.status]).toEqual([401, 401]);
  expect(new Set([sixth.body.detail, link.body.detail]).size).toBe(1);

  const fifth = await ask("ada@x.org");
  for (let i = 0; i < 4; i++) await fifth.send("POST", "/sessions/code", { code: otherThan(fifth.code) });
  expect((await fifth.send("POST", "/sessions/code", { code: fifth.code })).status).toBe(200);
});

test("R-10: tries at the same moment count each, and one code makes one session", async () => {
  await newVoter(registry, "ada@x.org");
  const asked = await ask("ada@x.org");
  const wrong = Array.from({ length: 20 }, () => asked.send("POST", "/sessions/code", { code: otherThan(asked.code) }));
  await Promise.all(wrong);
  expect((await registry.tables.selectFrom("mailed_sign_ins").select("tries").execute())[0]?.tries).toBe(5);
  const next = await ask("ada@x.org");
  const cookie = [...next.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const same = Array.from({ length: 4 }, () =>
    registry.send("POST", "/sessions/code", { json: { code: next.code }, headers: { cookie } }),
  );
  const statuses = (await Promise.all(same)).map((answer) => answer.status);
  expect(statuses.sort()).toEqual([200, 401, 401, 401]);
});

test("R-10: after five letters in a day none goes out, the answer stays the same, and no code works", async () => {
  await newVoter(registry, "ada@x.org");
  const letters = async () => (await registry.mail.kept({ to: "ada@x.org", limit: 100 })).length;
  const before = await letters();
  const statuses: number[] = [];
  for (let i = 0; i < 8; i++) {
    registry.time += 11n * 60n * second;
    const { answer } = await ask("ada@x.org");
    statuses.push(answer.status);
  }
  expect([statuses, (await letters()) - before]).toEqual([Array(8).fill(202), 5]);
  const rows = await registry.tables.selectFrom("mailed_sign_ins").select("voter_id").execute();
  expect(rows.filter((row) => row.voter_id !== null).length).toBe(5);
  registry.time += 86_401n * second;
  await registry.module.purge();
  expect(await registry.tables.selectFrom("mailed_sign_ins").selectAll().execute()).toEqual([]);
  await ask("ada@x.org");
  expect(await letters()).toBe(before + 6);
});

test("askings at the same moment do not get more letters than one after the other", async () => {
  await newVoter(registry, "ada@x.org");
  const before = (await registry.mail.kept({ to: "ada@x.org", limit: 100 })).length;
  const ips = Array.from({ length: 12 }, (_, i) => i);
  await Promise.all(
    ips.map((i) =>
      registry.app.inject({
        method: "POST",
        url: "/sessions/letter",
        remoteAddress: `10.0.0.${i}`,
        payload: { email: "ada@x.org" },
      }),
    ),
  );
  expect((await registry.mail.kept({ to: "ada@x.org", limit: 100 })).length - before).toBe(5);
});

test("one source is slowed at one address, for known and unknown ones alike", async () => {
  await newVoter(registry, "ada@x.org");
  for (const email of ["ada@x.org", "nobody@x.org"]) {
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await ask(email)).answer.status);
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
  }
});

test("an address that nobody is registered with gets a letter without a code, and no code works", async () => {
  const asked = await ask("nobody@x.org");
  expect([asked.answer.status, asked.subject, asked.code]).toEqual([202, "Sign in at vote.example", ""]);
  expect(asked.text).toContain("https://vote.example/join");
  const row = await registry.tables.selectFrom("mailed_sign_ins").selectAll().executeTakeFirstOrThrow();
  expect(row.voter_id).toBeNull();
  // Even the code that its row was made for: tried by force, with the limit lifted.
  await registry.tables.updateTable("mailed_sign_ins").set({ tries: -1_000_000 }).execute();
  for (const code of ["000000", "123456"])
    expect((await asked.send("POST", "/sessions/code", { code })).status).toBe(401);
});

test("R-01: neither codes nor links nor the browser's secret can be read from the database", async () => {
  await newVoter(registry, "ada@x.org");
  const asked = await ask("ada@x.org");
  const dump = await dumpTable(registry, "mailed_sign_ins");
  const secret = [...asked.jar.values()][0] ?? "-";
  for (const text of [asked.link.split("#")[1] ?? "-", secret, `"${asked.code}"`]) {
    expect(dump).not.toContain(text);
    expect(dump).not.toContain(Buffer.from(text, "base64url").toString("hex"));
  }
  expect(registry.logged.join("")).not.toContain(asked.code);
});

test("R-11: signing in by mail ends the session before; an officer's session in the same browser goes on", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const before = await signIn(registry, voter.identity);
  const asked = await ask("ada@x.org");
  asked.jar.set("__Host-psephos-voter", before);
  expect((await asked.send("POST", "/sessions/code", { code: asked.code })).status).toBe(200);
  expect(asked.jar.get("__Host-psephos-voter")).not.toBe(before);
  expect((await registry.send("GET", "/session", { session: before })).body.actor).toBeNull();
});

test("R-13: a key that is replaced from a mailed sign-in is counted as replaced by mail alone", async () => {
  await newVoter(registry, "ada@x.org");
  const asked = await ask("ada@x.org");
  await asked.send("POST", "/sessions/code", { code: asked.code });
  const session = asked.jar.get("__Host-psephos-voter");
  expect((await registry.send("POST", "/me/key/letter", { session, json: {} })).status).toBe(202);
  const token = await mailedToken(registry, "ada@x.org");
  const fresh = voterIdentity("fresh");
  expect((await registry.send("PUT", "/me/key", { session, json: confirmation(token, fresh) })).status).toBe(200);
  const row = await registry.tables.selectFrom("voters").select("key_source").executeTakeFirstOrThrow();
  expect(row.key_source).toBe("reissue");
  // The thief's session is gone, too.
  expect((await asked.send("GET", "/me")).status).toBe(401);
});

test("what cannot be a code or an address is refused with a sentence", async () => {
  const mine = browser();
  for (const json of [{}, { code: "12345" }, { code: "1234567" }, { code: 123456 }, { code: "12345a" }, { token: "x" }])
    expect((await mine.send("POST", "/sessions/code", json)).status).toBe(400);
  for (const email of ["", "ada", "ada@x.org\r\nBcc: b@x.org", "a@b"])
    expect((await mine.send("POST", "/sessions/letter", { email })).status).toBe(400);
  expect(await registry.tables.selectFrom("mailed_sign_ins").selectAll().execute()).toEqual([]);
});
