/**
 * Every operation of openapi.json against a real server: who may call it, whose things they get at, and what it does with
 * bodies, parameters and headers that nobody should send. New routes are in these tests by being in the document.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import Fastify from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sessionCookies } from "#api/actor.js";
import { fromHex } from "#base/bytes.js";
import { act } from "#client/officer.js";
import { signIn } from "#client/session.js";
import { randomBase58 } from "#crypto/base58.js";
import { encodeCbor } from "#protocol/encoding/cbor.js";
import { identityFromCode, keyBytes } from "#protocol/identity.js";
import { cancelElection } from "#protocol/transactions/cancel-election.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { pagePaths } from "#server/pages.js";
import { guardRoutes, isOfficeRole, policy } from "#server/policy.js";
import {
  announceElection,
  enterAndSeal,
  foundLedger,
  importWithLetters,
  makeKeys,
  members,
  people,
  random,
  registerByMail,
  schedule,
  startWorld,
  type World,
} from "../election/kit.js";
import { codeOf } from "../protocol-kit.js";

interface Described {
  readonly operationId: string;
  readonly security: readonly { readonly voter?: readonly string[]; readonly officer?: readonly string[] }[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly example?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly who: "officer" | "voter" | "everyone";
  /** Example of the JSON body. */
  readonly body: unknown;
  readonly inPath: readonly string[];
  readonly examples: Readonly<Record<string, string>>;
}

const file = join(import.meta.dirname, "..", "..", "openapi.json");
const { paths } = JSON.parse(readFileSync(file, "utf8")) as { paths: Record<string, Record<string, Described>> };
const operations: Operation[] = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, each]) => ({
    id: each.operationId,
    method: method.toUpperCase(),
    path,
    who: (Object.keys(each.security[0] ?? {})[0] ?? "everyone") as Operation["who"],
    body: each.requestBody?.content["application/json"]?.example,
    inPath: (each.parameters ?? []).filter((one) => one.in === "path").map(({ name }) => name),
    examples: Object.fromEntries((each.parameters ?? []).map(({ name, example }) => [name, example ?? ""])),
  })),
);
const withBody = operations.filter(({ body }) => body !== undefined);
const named = (list: readonly Operation[]): [string, Operation][] => list.map((each) => [each.id, each]);

let world: World;
let cookie = "";
const cookies = { officer: "", voter: "", stranger: "" };
/** What belongs to the first organisation. */
const own: Record<string, string> = {};

const noting: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  for (const set of response.headers.getSetCookie()) cookie = set.split(";")[0] as string;
  return response;
};

/** What a mail service holds that reports what became of letters. */
const webhookSecret = "a secret of the mail service";

beforeAll(async () => {
  process.env.MAIL_WEBHOOK_SECRET = webhookSecret;
  world = await startWorld(noting);
  const officer = await foundLedger(world, "Town of Example", "Ada");
  cookies.officer = cookie;
  const voter = await registerByMail(world, { name: "Zoë", email: "zoe@example.org" });
  await signIn(voter.http, voter.identity, random);
  cookies.voter = cookie;
  await importWithLetters(world, officer, people(6, "example.org"));
  await officer.http.request("/officer/voters/approve-all", { method: "POST", json: {} });

  const stranger = identityFromCode(codeOf("stranger"), "officer");
  const { registrar_key } = await officer.http.request<{ registrar_key: string }>("/organisations");
  const other = {
    id: randomBase58(14, random),
    name: "Village of Elsewhere",
    officers: [{ key: keyBytes(stranger), name: "Eve" }],
    threshold: 1,
    registrarKey: fromHex(registrar_key) as Uint8Array,
  };
  await act(officer.http, officer.signer, createOrganisation, other);
  const draft = {
    name: "A question",
    questions: [{ question: "Well?", answers: ["Yes", "No"], min: 1, max: 1, blank: false }],
    ...schedule(world, 600, 700),
    trustees: members("Tom", "Tara"),
    threshold: 1,
  };
  const election = await announceElection(world, [officer], draft);
  await makeKeys(world, election);
  await enterAndSeal(world, [officer], election, { kind: "all" });
  const pending = await announceElection(world, [officer], draft);
  const unannounced = await officer.http.request<{ uuid: string }>("/officer/drafts", { method: "POST", json: draft });
  const body = cancelElection.body.encode({ uuid: pending.uuid, reason: "A reason." });
  const { id: proposal } = await officer.http.request<{ id: string }>("/officer/proposals", {
    method: "POST",
    json: { type: "cancel-election", body: Buffer.from(encodeCbor(body)).toString("base64url") },
  });
  const { voters } = await officer.http.request<{ voters: { id: string }[] }>("/officer/voters");
  Object.assign(own, {
    election: pending.uuid,
    sealed: election.uuid,
    draft: unannounced.uuid,
    proposal,
    voter: voters[0]?.id,
  });

  // The other officer is known once the registry follows the ledger that far.
  const http = world.client();
  for (let attempt = 0; attempt < 100 && cookies.stranger === ""; attempt++) {
    await signIn(http, stranger, random, other.id).then(
      () => (cookies.stranger = cookie),
      () => new Promise((resolve) => setTimeout(resolve, 100)),
    );
  }
  expect(cookies.stranger).toContain(sessionCookies.officer);
});

afterAll(async () => world?.stop());

// Sending -------------------------------------------------------------------------------------------------------------

interface Sent {
  readonly path?: string;
  readonly text?: string | Uint8Array;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly code: string | undefined;
  readonly text: string;
}

async function send(operation: Operation, sent: Sent = {}): Promise<Answer> {
  const response = await fetch(world.url + (sent.path ?? pathOf(operation)), {
    method: operation.method,
    headers: {
      ...(sent.text === undefined ? {} : { "content-type": "application/json" }),
      ...(sent.cookie === undefined ? {} : { cookie: sent.cookie }),
      ...(operation.id === "reportMail" ? { authorization: `Bearer ${webhookSecret}` } : {}),
      ...sent.headers,
    },
    ...(sent.text === undefined ? {} : { body: sent.text as string }),
  });
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  const code = type.startsWith("application/problem+json") ? (JSON.parse(text) as { code: string }).code : undefined;
  return { status: response.status, type, code, text };
}

/** As who may call it, with the example's parameters. */
function allowed(operation: Operation): { cookie?: string } {
  return operation.who === "everyone" ? {} : { cookie: cookies[operation.who] };
}

function pathOf(operation: Operation, values: Readonly<Record<string, string>> = {}): string {
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? operation.examples[name] ?? "x"),
  );
}

/** A refusal as everyone gets it: a problem with a code and a sentence, nothing of our insides. */
function expectProblem(answer: Answer, what: string): void {
  expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeGreaterThanOrEqual(400);
  // 503 is an answer too (not set up, overloaded), but nothing here may cause it.
  expect(answer.status, `${what}: ${answer.text.slice(0, 300)} ${failures()}`).toBeLessThan(500);
  expect(answer.code ?? answer.text, what).toMatch(/^[a-z-]+$/);
  expect(answer.text, what).not.toMatch(/\bat .*\.[jt]s:\d+|node_modules|\/src\/|\/dist\/|postgres/);
}

function failures(): string {
  return world.logged
    .join("")
    .split("\n")
    .filter((line) => line.includes("request failed"))
    .slice(-1)
    .join("")
    .slice(0, 1500);
}

/** Some routes count tries; having been asked too often is a refusal as well. */
const limited = new Set(["setUp", "getInvitation", "registerTrusteeKey"]);

function expectCode(answer: Answer, codes: readonly string[], operation: Operation, what: string): void {
  expectProblem(answer, `${operation.id}, ${what}`);
  const all = limited.has(operation.id) ? [...codes, "too-many-requests"] : codes;
  expect(all, `${operation.id}, ${what}: ${answer.text.slice(0, 200)}`).toContain(answer.code);
}

// Who may call --------------------------------------------------------------------------------------------------------

test("H-13: every operation stands in the policy, and every row of the policy is an operation", () => {
  const described = operations.map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ":$1")}`);
  const hidden = ["GET /metrics", "GET /openapi.json", "GET /dev/outbox"];
  const pages = [...policy].filter(([, access]) => access === "page").map(([name]) => name);
  const files = ["GET /check", "GET /pebble.svg", "GET /assets/:file"];
  expect(pages.sort()).toEqual([...pagePaths.map((path) => `GET ${path}`), ...files].sort());
  expect([...described, ...hidden, ...pages].sort()).toEqual([...policy.keys()].sort());
  for (const [i, { id, who }] of operations.entries()) {
    const access = policy.get(described[i] as string);
    expect(access === "voter" ? access : isOfficeRole(access) ? "officer" : "everyone", id).toBe(who);
  }
});

test("H-13: a route without policy keeps the server from starting", () => {
  const app = Fastify();
  guardRoutes(app, () => null);
  app.get("/elections", () => ({}));
  expect(() => app.get("/elections/:id/secrets", () => ({}))).toThrow("has no policy");
  expect(() => app.delete("/elections/:id", () => ({}))).toThrow("has no policy");
});

const guarded = operations.filter(({ who }) => who !== "everyone");

test.each(named(guarded))(
  "H-13: %s is refused without session, with a false one, and for the other kind of person",
  async (_, operation) => {
    const bodies = operation.body === undefined ? [undefined] : [JSON.stringify(operation.body), "{", "[]"];
    for (const text of bodies) {
      const with_ = text === undefined ? {} : { text };
      expect(await send(operation, with_)).toMatchObject({ status: 401, code: "not-signed-in" });
      const token = Buffer.alloc(32, 7).toString("base64url");
      const forged = Object.values(sessionCookies)
        .map((name) => `${name}=${token}`)
        .join("; ");
      expect(await send(operation, { ...with_, cookie: forged })).toMatchObject({ status: 401, code: "not-signed-in" });
      const wrong = operation.who === "officer" ? cookies.voter : cookies.officer;
      expect(await send(operation, { ...with_, cookie: wrong })).toMatchObject({ status: 403, code: "not-allowed" });
    }
  },
);

const changing = operations.filter(({ method, who }) => method !== "GET" && who !== "everyone");

test.each(named(changing))(
  "H-03: %s is refused when a page of another site sends it with our cookie",
  async (_, operation) => {
    const body = operation.body === undefined ? {} : { text: JSON.stringify(operation.body) };
    const foreign = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ];
    for (const headers of foreign)
      expect(await send(operation, { ...body, ...allowed(operation), headers })).toMatchObject({ status: 403 });
    if (operation.body === undefined) return;
    for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]) {
      const answer = await send(operation, { ...body, ...allowed(operation), headers: { "content-type": type } });
      expect(answer, type).toMatchObject({ status: 415, code: "unsupported-media-type" });
    }
  },
);

test("H-03: nothing is changed by GET, and a session's cookie is for this host, this site, and not for scripts", async () => {
  const asked = operations.filter(({ method }) => method === "GET");
  for (const operation of asked) {
    const head = await fetch(world.url + pathOf(operation), { method: "HEAD" });
    expect(head.status, operation.id).toBeLessThan(500);
  }
  const response = await fetch(`${world.url}/sessions`, { method: "DELETE" });
  const set = response.headers.get("set-cookie") ?? "";
  for (const attribute of ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"]) expect(set).toContain(attribute);
  expect(set).toMatch(/^__Host-/);
});

// Whose things --------------------------------------------------------------------------------------------------------

/** Identifiers of the first organisation's things, by where an operation takes them. */
function ownValues(operation: Operation): Record<string, string> {
  const { path } = operation;
  if (path.startsWith("/officer/drafts")) return { uuid: own.draft as string, place: "0" };
  if (path.startsWith("/officer/proposals")) return { id: own.proposal as string };
  if (path.startsWith("/officer/voters")) return { id: own.voter as string };
  return { uuid: (operation.id === "prepareReissue" ? own.sealed : own.election) as string };
}

async function holdings(): Promise<unknown[]> {
  const lists = [
    "/officer/drafts",
    "/officer/proposals",
    "/officer/voters",
    "/officer/voters/export",
    "/officer/members",
  ];
  const texts = lists.map(async (path) => {
    const response = await fetch(world.url + path, { headers: { cookie: cookies.officer } });
    return response.text();
  });
  return Promise.all(texts);
}

test("H-02: another organisation's officer finds none of our things under their identifiers, and changes nothing", async () => {
  const before = await holdings();
  // First of all: afterwards the log of the stranger's own acts names what the stranger has asked for.
  for (const operation of operations.filter(
    ({ who, method, inPath }) => who === "officer" && method === "GET" && inPath.length === 0,
  )) {
    const { text } = await send(operation, { cookie: cookies.stranger });
    for (const each of [...Object.values(own), "zoe@example.org"]) expect(text, operation.id).not.toContain(each);
  }
  const ours = operations.filter(({ who, inPath }) => who === "officer" && inPath.length > 0);
  expect(ours.length).toBeGreaterThan(10);
  for (const operation of ours) {
    const sent = {
      path: pathOf(operation, ownValues(operation)),
      cookie: cookies.stranger,
      ...(operation.body === undefined ? {} : { text: JSON.stringify(operation.body) }),
    };
    const answer = await send(operation, sent);
    // A key may have a role in any organisation: appointing one is an act in the stranger's own.
    const expected = operation.id === "appointMember" ? { status: 200 } : { status: 404, code: "not-found" };
    if (operation.id !== "dismissMember") expect(answer, `${operation.id}: ${answer.text}`).toMatchObject(expected);
  }
  expect(await holdings()).toEqual(before);
});

// Bodies --------------------------------------------------------------------------------------------------------------

const duplicated = (body: object): string => {
  const [name, value] = Object.entries(body)[0] ?? ["a", 1];
  return `{${JSON.stringify(name)}:${JSON.stringify(value)},${JSON.stringify(body).slice(1, -1) || '"a":1'}}`;
};

test.each(named(withBody))("H-04, H-05: %s refuses bodies that are not strict JSON", async (_, operation) => {
  const body = operation.body as object;
  const good = JSON.stringify(body);
  const bad: [string, string | Uint8Array][] = [
    ["a name twice", duplicated(body)],
    ["nothing", ""],
    ["half", good.slice(0, -1)],
    ["more after the end", `${good} {}`],
    ["a byte order mark", `\ufeff${good}`],
    ["bytes that are not UTF-8", Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')])],
    ["an unsafe number", '{"a":9007199254740993}'],
    ["an endless number", '{"a":1e400}'],
    ["minus zero", '{"a":-0}'],
    ["NUL", '{"a":"\\u0000"}'],
    ["half a surrogate", '{"a":"\\ud800"}'],
    ["a prototype", '{"__proto__":{"kind":"officer"}}'],
    ["a comment", `/* */${good}`],
  ];
  for (const [what, text] of bad)
    expectCode(await send(operation, { text, ...allowed(operation) }), ["malformed-json"], operation, what);
});

/** What browsers say of extensions: passed by, whatever it is. */
const unread = new Set(["clientExtensionResults"]);

test.each(named(withBody))("H-07: %s refuses unknown fields and wrong kinds", async (_, operation) => {
  const body = operation.body as Record<string, unknown>;
  const as = allowed(operation);
  // A ballot may be an object; that it is none of a ballot is found one step later.
  const codes = operation.id === "castBallot" ? ["invalid-request", "bad-wire"] : ["invalid-request"];
  const refused = async (value: unknown, what: string) =>
    expectCode(await send(operation, { text: JSON.stringify(value), ...as }), codes, operation, what);
  for (const extra of [{ role: "officer" }, { status: "approved" }, { constructor: {} }, { "": 1 }])
    if (!Object.keys(extra).some((name) => Object.hasOwn(body, name)))
      await refused({ ...body, ...extra }, `with ${JSON.stringify(extra)}`);
  for (const other of [[], [body], "text", 17, true]) await refused(other, JSON.stringify(other).slice(0, 20));
  for (const [name, value] of Object.entries(body).filter(([name]) => !unread.has(name))) {
    const wrong = [[value], { value }, typeof value === "number" ? String(value) : 17].filter(
      // A list of one may be a list of one more: nesting it is what is wrong then.
      (each) => JSON.stringify(each) !== JSON.stringify(value),
    );
    for (const each of wrong) await refused({ ...body, [name]: each }, `${name}: ${JSON.stringify(each).slice(0, 40)}`);
  }
});

/** Every body that differs from the example in one text. */
function* withOneText(value: unknown, change: (text: string) => string | undefined): Generator<unknown> {
  if (typeof value === "string") {
    const changed = change(value);
    if (changed !== undefined && changed !== value) yield changed;
  } else if (Array.isArray(value)) {
    for (const [i, each] of value.entries())
      for (const changed of withOneText(each, change)) yield value.with(i, changed);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, each] of Object.entries(value))
      for (const changed of withOneText(each, change)) yield { ...value, [name]: changed };
  }
}

const isHex = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
const isBytes = (text: string): boolean => text.length > 42 && /^[\w-]+$/.test(text) && !isHex(text);
const spellings: readonly [string, (text: string) => string | undefined][] = [
  ["upper case", (text) => (isHex(text) ? text.toUpperCase() : undefined)],
  ["0x in front", (text) => (isHex(text) ? `0x${text}` : undefined)],
  ["a space behind", (text) => (isHex(text) || isBytes(text) ? `${text} ` : undefined)],
  ["one digit less", (text) => (isHex(text) ? text.slice(1) : undefined)],
  ["padding", (text) => (isBytes(text) ? `${text}=` : undefined)],
  ["the other alphabet", (text) => (isBytes(text) ? `+${text.slice(1)}` : undefined)],
];

const takesLines = new Set(["previewVoters", "getFaultyLines"]);

test.each(named(withBody))("H-06: %s takes one spelling of keys, scalars and bytes only", async (_, operation) => {
  for (const [what, change] of spellings)
    for (const body of withOneText(operation.body, change)) {
      const answer = await send(operation, { text: JSON.stringify(body), ...allowed(operation) });
      // A list is taken line by line: the one with the odd key is named.
      if (operation.id === "importVoters") expect(JSON.parse(answer.text)).toMatchObject({ faults: 1 });
      else if (takesLines.has(operation.id)) expect(answer.text).toContain("the public key is not 64");
      else expectCode(answer, ["invalid-request"], operation, what);
    }
});

test.each(named(withBody))("H-08: %s refuses what is too large or too deep, and goes on", async (_, operation) => {
  const as = allowed(operation);
  const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  expectCode(await send(operation, { text: deep, ...as }), ["malformed-json"], operation, "10^5 deep");
  const large = `{"a":"${"x".repeat(10_000_000)}"}`;
  const answer = await send(operation, { text: large, ...as }).catch(() => undefined);
  // Node may close the connection while we still write: that is a refusal too.
  if (answer !== undefined) expectCode(answer, ["too-large"], operation, "10 MB");
  expect((await fetch(`${world.url}/health`)).status).toBe(200);
});

test("H-01, H-06: parameters that are none are refused in words, wherever they stand", async () => {
  const odd = [
    "' OR 1=1--",
    "\u0000",
    "../../etc/passwd",
    "x".repeat(150),
    "x".repeat(300),
    "-1",
    "1e3",
    "%",
    "𝔘",
    "__proto__",
  ];
  for (const operation of operations.filter(({ inPath }) => inPath.length > 0))
    for (const name of operation.inPath)
      for (const value of odd) {
        const text = operation.body === undefined ? {} : { text: JSON.stringify(operation.body) };
        const path = pathOf(operation, { [name]: value });
        expectProblem(
          await send(operation, { path, ...text, ...allowed(operation) }),
          `${operation.id} ${name}=${value}`,
        );
      }
  for (const path of ["/elections/%", "/elections/%ff/roll", "/%c0%ae%c0%ae/", `/${"x".repeat(5000)}`]) {
    const response = await fetch(world.url + path);
    expect({ path, status: response.status }).toEqual({ path, status: 404 });
    expect(response.headers.get("content-type"), path).toContain("application/problem+json");
    expect(await response.text(), path).not.toContain(path.slice(1, 60));
  }
  const queried = operations.filter(({ examples, inPath }) => Object.keys(examples).length > inPath.length);
  expect(queried.length).toBeGreaterThan(4);
  for (const operation of queried)
    for (const query of ["limit=0", "limit=1e3", "limit=1&limit=2", "nothing=1", "after=x'", "page=-1", "from=0x10"]) {
      const answer = await send(operation, { path: `${pathOf(operation)}?${query}`, ...allowed(operation) });
      expectProblem(answer, `${operation.id}?${query}`);
    }
});

test("H-01: quotation marks and the like in any text of a body are text, or refused; never an error of ours", async () => {
  const odd = [
    "' OR 1=1--",
    '"; drop table voters;--',
    "=cmd()",
    "<script>",
    "a\r\nBcc: x@y",
    "\u202eevil",
    "%s%n",
    "$(id)",
  ];
  for (const operation of withBody)
    for (const text of odd)
      for (const body of withOneText(operation.body, () => text)) {
        const answer = await send(operation, { text: JSON.stringify(body), ...allowed(operation) });
        expect(answer.status, `${operation.id} ${JSON.stringify(body).slice(0, 300)} ${failures()}`).toBeLessThan(500);
        if (answer.status >= 400) expectProblem(answer, operation.id);
      }
});

test("any JSON at any place of any body is taken or refused, never an error of ours", async () => {
  const place = fc.array(fc.nat(30), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...withBody),
      place,
      fc.jsonValue({ maxDepth: 3 }),
      async (operation, where, value) => {
        const answer = await send(operation, {
          text: JSON.stringify(replaced(operation.body, where, value)),
          ...allowed(operation),
        });
        expect(answer.status, `${operation.id} ${failures()}`).toBeLessThan(500);
        if (answer.status >= 400) expectProblem(answer, operation.id);
      },
    ),
    { numRuns: 400 },
  );
});

/** The value at the place that these numbers choose, step by step, replaced. */
function replaced(into: unknown, [step, ...steps]: readonly number[], value: unknown): unknown {
  if (step === undefined || typeof into !== "object" || into === null) return value;
  const names = Object.keys(into);
  if (names.length === 0) return value;
  const name = names[step % names.length] as string;
  const inside = replaced((into as Record<string, unknown>)[name], steps, value);
  return Array.isArray(into) ? into.with(Number(name), inside) : { ...into, [name]: inside };
}

test("none of all this broke anything: the election stands, the server is ready, and no request failed inside", async () => {
  expect((await fetch(`${world.url}/ready`)).status).toBe(200);
  expect(await world.client().request(`/elections/${own.sealed}`)).toMatchObject({ stage: "sealed", roll: 7 });
  expect(failures()).toBe("");
});
