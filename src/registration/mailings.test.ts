import { afterAll, beforeAll, expect, test } from "vitest";
import { fromBase64Url, fromHex } from "#base/bytes.js";
import { type Point, pointFromBytes, pointToBytes } from "#crypto/group.js";
import { ceremonies } from "#protocol/ceremony.js";
import { credentialOfVoter } from "#protocol/credential.js";
import { elections } from "#protocol/election.js";
import { decode } from "#protocol/encoding/shape.js";
import { manifestHash, manifestOf } from "#protocol/manifest.js";
import { createElection } from "#protocol/transactions/create-election.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { reissueCredential, reissueCredentialBody } from "#protocol/transactions/reissue-credential.js";
import { sealElection } from "#protocol/transactions/seal-election.js";
import { nextAct } from "#protocol/trustee.js";
import { letterLanguages, lettersIn } from "#words/mail.js";
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
  keyHex,
  mailedToken,
  type Registry,
  signIn,
  startRegistry,
  voterIdentity,
} from "../../test/registration-kit.js";

let registry: Registry;
let session: string;
let foreign: string;
let uuid: string;
let rollKey: string;
const club = base58("club", 14);
const chair = OFFICERS[2] as (typeof OFFICERS)[0];
const specs = trustees(1, 0);
const people = Array.from({ length: 12 }, (_, i) => `v${i}@people.example`);
const mail = () => registry.mail.kept({ to: undefined, limit: 10_000 });
const reminders = async () => (await mail()).filter((letter) => letter.kind === "reminder").map((letter) => letter.to);
const send: Registry["send"] = (method, url, options = {}) => registry.send(method, url, { session, ...options });
const path = (rest: string) => `/officer/elections/${uuid}/${rest}`;
const remind = (json: object = {}) => send("POST", path("mailings"), { json: { kind: "reminder", ...json } });
/** Waits until nothing is due any more: the route begins the work itself. */
const settled = async () => {
  for (;;) {
    await registry.module.runMailings();
    const { mailings } = (await send("GET", path("mailings"))).body;
    const due = mailings.filter((each: { state: string; due_at: string }) => each.state === "scheduled");
    if (due.every((each: { due_at: string }) => Date.parse(each.due_at) > Number(registry.time / 1_000_000n)))
      return mailings;
  }
};
const voterId = async (email: string) => (await send("GET", `/officer/voters?q=${email}`)).body.voters[0].id as string;

beforeAll(async () => {
  registry = await startRegistry();
  const officers = [{ key: pointToBytes(chair.key), name: "Chair" }];
  const fields = { id: club, name: "Club", officers, threshold: 1, registrarKey: pointToBytes(REGISTRAR.key) };
  await must(registry.ledger, approved(createOrganisation, fields));
  await registry.follow();
  session = await signIn(registry, OFFICERS[0] as typeof chair);
  foreign = await signIn(registry, chair, club);
  const lines = people.map(
    (email, i) => `Person ${i},${email},${keyHex(voterIdentity(email))},${["en", "de", "fr", "es", "ar"][i % 5]}`,
  );
  const content = `name,email,public_key,language\n${lines.join("\n")}\n`;
  await send("POST", "/officer/voters/import", { text: { type: "text/csv", content } });
  uuid = base58("reminded election", 14);
  rollKey = (await send("POST", path("roll-key"), { json: {} })).body.roll_key;
  const [opensAt, closesAt] = [registry.time + HOUR, registry.time + 10n * HOUR];
  const base = planOf(specs, 0, { uuid, opensAt, closesAt, rollKey: fromHex(rollKey) as Uint8Array });
  await must(registry.ledger, approved(createElection, { ...base, rules: { ...base.rules, latestClose: closesAt } }));
  expect((await remind()).body).toMatchObject({ code: "conflict", detail: expect.stringContaining("announced") });
  await send("POST", path("roll"), { json: { selection: { kind: "all" } } });
  await seal();
});
afterAll(() => registry.close());

async function seal(): Promise<void> {
  const code = specs[0]?.code as string;
  for (;;) {
    const ceremony = ceremonies.get(registry.ledger.state(), uuid);
    if (ceremony === undefined) throw new Error("no ceremony");
    const act = nextAct(code, { chainId: CHAIN_ID, uuid, ceremony }, seededRandom(uuid));
    if (!act.ok) throw new Error(act.error.detail);
    if (act.value.kind !== "send") break;
    await must(registry.ledger, act.value.wire);
  }
  const found = elections.get(registry.ledger.state(), uuid);
  if (found === undefined) throw new Error("no election");
  const { rollCount, rollWeight, rollRoot } = found.entry;
  const choices = { letters: rollCount, uniqueWeights: false };
  const manifest = manifestHash(manifestOf(registry.ledger.state(), uuid, choices));
  await must(
    registry.ledger,
    approved(sealElection, { uuid, rollCount, rollWeight, rollRoot, manifestHash: manifest, ...choices }),
  );
  await registry.follow();
}

async function castBy(identity = voterIdentity("")): Promise<void> {
  const view = {
    state: registry.ledger.state(),
    chainId: CHAIN_ID,
    random: seededRandom("a vote"),
  } as unknown as TestLedger;
  const point = pointFromBytes(fromHex(rollKey) as Uint8Array) as Point;
  const credential = credentialOfVoter({ chainId: CHAIN_ID, uuid }, identity, point);
  await must(registry.ledger, ballotWire(view, uuid, { credential, bytes: pointToBytes(credential.key) }, [[1, 0]]));
}

test("reminders go to those who have not voted, each in the own language, and say the same to all", async () => {
  registry.time += HOUR + SECOND;
  for (const email of people.slice(0, 5)) await castBy(voterIdentity(email));
  const asked = await remind({ note: "The hall is open, too.\nCome by." });
  expect(asked.body).toMatchObject({ kind: "reminder", audience: "not-voted", letters: null });
  const [mailing] = await settled();
  expect(mailing).toMatchObject({ state: "sent", letters: 7 });
  expect((await reminders()).sort()).toEqual(people.slice(5).sort());
  const letters = (await mail()).filter((letter) => letter.kind === "reminder");
  expect(letters.find((letter) => letter.to === "v6@people.example")?.subject).toMatch(/^Zur Erinnerung: /);
  for (const letter of letters) expect(letter.text).toContain("The hall is open, too.\nCome by.");
});

test("O-08: officers see how many reminders went, never to whom", async () => {
  const { body, text } = await send("GET", path("mailings"));
  expect(body.letters).toContainEqual({ kind: "reminder", state: "queued", count: 7 });
  expect(text).not.toContain("people.example");
  const of = async (email: string) =>
    (await send("GET", `/officer/voters/${await voterId(email)}/letters`)).body.letters;
  const kinds = async (email: string) => (await of(email)).map((letter: { kind: string }) => letter.kind);
  expect(await kinds("v0@people.example")).toEqual(await kinds("v10@people.example"));
});

test("E-11: another organisation sees and sends nothing", async () => {
  const other = { session: foreign };
  expect((await registry.send("GET", path("mailings"), other)).status).toBe(404);
  expect((await registry.send("POST", path("mailings"), { ...other, json: { kind: "reminder" } })).status).toBe(404);
  const id = await voterId("v0@people.example");
  expect((await registry.send("GET", `/officer/voters/${id}/letters`, other)).status).toBe(404);
  expect((await registry.send("GET", `/officer/voters/${id}/export`, other)).status).toBe(404);
  const json = { kind: "on-roll", election: uuid };
  expect((await registry.send("POST", `/officer/voters/${id}/letters`, { ...other, json })).status).toBe(404);
});

test("a scheduled reminder goes at its time, to those who have not voted by then, once; one that is called off does not", async () => {
  const before = (await reminders()).length;
  const due = new Date(Number(registry.time / 1_000_000n) + 3_600_000).toISOString();
  const first = (await remind({ due_at: due })).body;
  const second = (await remind({ due_at: due })).body;
  expect((await send("DELETE", path(`mailings/${second.id}`))).status).toBe(204);
  expect((await send("DELETE", path(`mailings/${second.id}`))).status).toBe(404);
  await settled();
  expect((await reminders()).length).toBe(before);
  await castBy(voterIdentity(people[5] as string));
  registry.time += HOUR + SECOND;
  // Two servers look at the same time.
  await Promise.all([registry.module.runMailings(), registry.module.runMailings()]);
  const done = await settled();
  expect(done.find((each: { id: string }) => each.id === first.id)).toMatchObject({ state: "sent", letters: 6 });
  expect((await reminders()).length).toBe(before + 6);
  const late = new Date(Number(registry.time / 1_000_000n) + 100 * 3_600_000).toISOString();
  expect((await remind({ due_at: late })).body.code).toBe("invalid-request");
});

test("one request ends reminders, without signing in; a link of nobody's gets the same answer and does nothing", async () => {
  const [letter] = (await mail()).filter((each) => each.kind === "reminder" && each.to === "v11@people.example");
  const link = letter?.links.find((each) => each.includes("/mail/unsubscribe/")) as string;
  const url = new URL(link).pathname;
  const page = await registry.send("GET", url);
  expect([page.status, page.headers["content-security-policy"]]).toEqual([
    200,
    expect.stringContaining("default-src 'none'"),
  ]);
  const form = { text: { type: "application/x-www-form-urlencoded", content: "List-Unsubscribe=One-Click" } };
  const real = await registry.send("POST", url, form);
  const forged = await registry.send("POST", `${url.slice(0, -4)}AAAA`, form);
  expect([real.status, forged.status, real.text]).toEqual([200, 200, forged.text]);
  await remind();
  const mailings = await settled();
  expect(mailings.at(-1)).toMatchObject({ state: "sent", letters: 5 });
});

test("a voter whose credential was issued again and who voted with the new one is not reminded", async () => {
  const email = "v9@people.example";
  const id = await voterId(email);
  const fresh = voterIdentity("v9 lost the code");
  await registry.send("POST", "/register", { json: { name: "x", email } });
  await registry.send("POST", "/register/confirm", { json: confirmation(await mailedToken(registry, email), fresh) });
  const prepared = (await send("POST", path("reissue"), { json: { voter_id: id } })).body;
  const body = decode(reissueCredentialBody, fromBase64Url(prepared.body) as Uint8Array);
  if (!body.ok) throw new Error(body.error);
  await must(registry.ledger, approved(reissueCredential, body.value));
  await registry.follow();
  registry.time += HOUR;
  const before = (await reminders()).filter((to) => to === email).length;
  await castBy(fresh);
  await remind();
  await settled();
  expect((await reminders()).filter((to) => to === email).length).toBe(before);
});

test("O-09: a registry restored from before a re-issue finds out, and issues nothing twice", async () => {
  const email = "v9@people.example";
  const id = await voterId(email);
  // As a backup from before the act would have it.
  await registry.tables
    .deleteFrom("roll_entries")
    .where("election", "=", uuid)
    .where("kind", "=", "reissued")
    .execute();
  expect((await send("GET", "/officer/findings")).body.findings).toEqual([]);
  registry.followFrom(0);
  await registry.follow();
  const { findings } = (await send("GET", "/officer/findings")).body;
  expect(findings).toEqual([
    expect.objectContaining({ election: uuid, finding: expect.stringMatching(/^reissue-unknown: place \d+ /) }),
  ]);
  expect((await registry.send("GET", "/officer/findings", { session: foreign })).body.findings).toEqual([]);
  const again = await send("POST", path("reissue"), { json: { voter_id: id } });
  expect(again.body).toMatchObject({
    code: "conflict",
    detail: expect.stringContaining("issued this voter's credential again already"),
  });
});

test("O-09: a roll that differs from the ledger's is noted at the start", async () => {
  await registry.tables
    .deleteFrom("roll_entries")
    .where("election", "=", uuid)
    .where("voter_id", "=", await voterId("v3@people.example"))
    .execute();
  expect((await registry.module.reconcile()).findings).toBe(1);
  const { findings } = (await send("GET", "/officer/findings")).body;
  expect(findings.map((each: { finding: string }) => each.finding)).toContain(
    "roll-differs: 11 here, 12 on the ledger",
  );
});

test("O-06: who was erased is erased again when a backup has brought the person back", async () => {
  await registry.send("POST", "/register", { json: { name: "Gone Soon", email: "gone@x.example" } });
  const token = await mailedToken(registry, "gone@x.example");
  const { id } = (
    await registry.send("POST", "/register/confirm", { json: confirmation(token, voterIdentity("gone")) })
  ).body;
  const copy = await registry.tables.selectFrom("voters").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  expect((await send("DELETE", `/officer/voters/${id}`)).status).toBe(204);
  expect(await registry.mail.kept({ to: "gone@x.example", limit: 10 })).toEqual([]);
  await registry.tables.insertInto("voters").values(copy).execute();
  expect((await registry.module.reconcile()).purged).toBe(1);
  expect(await registry.tables.selectFrom("voters").select("id").where("id", "=", id).execute()).toEqual([]);
  expect((await registry.module.reconcile()).purged).toBe(0);
});

test("people get everything that is held about them, and nothing about others", async () => {
  const own = await signIn(registry, voterIdentity("v0@people.example"));
  const { body, text } = await registry.send("GET", "/me/export", { session: own });
  expect(body).toMatchObject({
    person: { mailbox: "v0@people.example", public_key: keyHex(voterIdentity("v0@people.example")) },
    rolls: [expect.objectContaining({ election: uuid, kind: "entered" })],
    wants_reminders: true,
  });
  expect(text).not.toContain("v1@people.example");
  expect((await registry.send("GET", "/me/export")).status).toBe(401);
  const byOfficer = await send("GET", `/officer/voters/${await voterId("v0@people.example")}/export`);
  expect(byOfficer.body.person).toEqual(body.person);
});

test("a letter of the roll can be sent to one voter again, and previewed in every language", async () => {
  const id = await voterId("v2@people.example");
  const onRoll = async () =>
    (await mail()).filter((letter) => letter.to === "v2@people.example" && letter.kind === "onRoll").length;
  const before = await onRoll();
  const json = { kind: "on-roll", election: uuid };
  for (let i = 0; i < 4; i++) expect((await send("POST", `/officer/voters/${id}/letters`, { json })).status).toBe(202);
  expect(await onRoll()).toBe(before + 4);
  expect((await send("POST", `/officer/voters/${id}/letters`, { json })).status).toBe(429);
  expect((await send("POST", `/officer/voters/${id}/letters`, { json: { kind: "invitation" } })).body.code).toBe(
    "conflict",
  );
  for (const language of letterLanguages) {
    const shown = await send("POST", "/officer/letters/preview", {
      json: { kind: "reminder", language, election: uuid, note: "<b>" },
    });
    expect(shown.body).toMatchObject({ language, html: expect.stringContaining("&lt;b&gt;") });
  }
});

test("R-12: in every language the subjects for known and unknown addresses are the same", () => {
  const values = { name: "n", service: "s", link: "https://x", hours: 1, chainId: "c", code: "1", minutes: 1 };
  for (const language of letterLanguages) {
    const words = lettersIn(language);
    expect(words.confirm(values).subject).toBe(words.recovery(values).subject);
    expect(words.signIn(values).subject).toBe(words.signInUnknown(values).subject);
  }
});

test("a mail service reports with its secret only", async () => {
  const { id } = (await send("GET", `/officer/voters/${await voterId("v2@people.example")}/letters`)).body.letters[0];
  const json = { events: [{ id: `<${id}@vote.example>`, event: "bounced", status: "5.1.1" }] };
  expect((await registry.send("POST", "/mail/reports", { json })).status).toBe(403);
  const headers = { authorization: "Bearer a secret of the mail service" };
  expect((await registry.send("POST", "/mail/reports", { json, headers })).body).toEqual({ known: 1 });
  const { letters } = (await send("GET", `/officer/voters/${await voterId("v2@people.example")}/letters`)).body;
  expect(letters[0]).toMatchObject({ state: "bounced", reason: "5.1.1" });
});

test("after the end who voted can no longer be known, and reminders say so", async () => {
  const due = new Date(Number(registry.time / 1_000_000n) + 60_000).toISOString();
  await remind({ due_at: due });
  registry.time += 20n * HOUR;
  session = await signIn(registry, OFFICERS[0] as typeof chair);
  expect((await settled()).at(-1)).toMatchObject({ state: "impossible", letters: null });
  expect((await remind()).body.code).toBe("conflict");
});

test("all letters in all languages say what they must and fill in everything", () => {
  const values = {
    name: "NAME",
    service: "SERVICE",
    link: "https://LINK",
    hours: 48,
    chainId: "CHAIN",
    code: "CODE",
    minutes: 10,
  };
  const more = { organisation: "ORG", passkey: "KEY", election: "ELECTION", opens: "OPENS", closes: "CLOSES" };
  const all = { ...values, ...more, fingerprint: "PRINT", note: "NOTE", unsubscribe: "https://UNSUBSCRIBE" };
  const english = Object.keys(lettersIn("en"));
  for (const language of letterLanguages) {
    const letters = lettersIn(language) as unknown as Record<
      string,
      (v: typeof all) => { subject: string; text: string }
    >;
    expect(Object.keys(letters).sort()).toEqual(english.slice().sort());
    for (const [kind, write] of Object.entries(letters)) {
      const { subject, text } = write(all);
      const ours = (lettersIn("en") as unknown as typeof letters)[kind]?.(all) as { subject: string; text: string };
      const filled = (letter: { subject: string; text: string }) =>
        [
          ...new Set(
            `${letter.subject}\n${letter.text}`.match(
              /\b(NAME|SERVICE|LINK|CHAIN|CODE|ORG|KEY|ELECTION|OPENS|CLOSES|PRINT|NOTE|UNSUBSCRIBE|48)\b/g,
            ),
          ),
        ].sort();
      expect([language, kind, filled({ subject, text })]).toEqual([language, kind, filled(ours)]);
      expect(subject).not.toMatch(/\n/);
    }
  }
});
