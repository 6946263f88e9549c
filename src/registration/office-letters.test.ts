import { afterAll, beforeAll, expect, test } from "vitest";
import { pointToBytes } from "#crypto/group.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { must } from "../../test/ledger-kit.js";
import { approved, base58, OFFICERS, REGISTRAR } from "../../test/protocol-kit.js";
import { type Registry, signIn, startRegistry } from "../../test/registration-kit.js";

const club = base58("club", 14);
const chair = OFFICERS[2] as (typeof OFFICERS)[0];
let registry: Registry;
let session: string;
let foreign: string;
const list = async (query = "", as = session) =>
  (await registry.send("GET", `/officer/letters?${query}`, { session: as })).body;

beforeAll(async () => {
  registry = await startRegistry();
  const officers = [{ key: pointToBytes(chair.key), name: "Chair" }];
  const fields = { id: club, name: "Club", officers, threshold: 1, registrarKey: pointToBytes(REGISTRAR.key) };
  await must(registry.ledger, approved(createOrganisation, fields));
  await registry.follow();
  session = await signIn(registry, OFFICERS[0] as typeof chair);
  foreign = await signIn(registry, chair, club);
  const lines = Array.from({ length: 120 }, (_, i) => `Person ${i},V${i}@People.example`);
  const content = `name,email\n${lines.join("\n")}\n`;
  await registry.send("POST", "/officer/voters/import", { session, text: { type: "text/csv", content } });
});
afterAll(() => registry.close());

test("letters of the organisation's voters, newest first, page by page, with their numbers on the first page", async () => {
  const first = await list();
  expect(first.counts).toEqual([{ state: "queued", count: 120 }]);
  expect(first.letters).toHaveLength(50);
  const { voter, ...letter } = first.letters[0];
  expect(letter).toMatchObject({ kind: "invitation", state: "queued", settled_at: null, attempts: 0, reason: null });
  expect(voter.email).toMatch(/^V\d+@people.example$/);
  const second = await list(`before=${first.next}`);
  const third = await list(`before=${second.next}`);
  expect([second.letters.length, third.letters.length, third.next, second.counts]).toEqual([50, 20, null, null]);
  const all = [first, second, third].flatMap((page) => page.letters.map((each: { id: string }) => each.id));
  expect(new Set(all).size).toBe(120);
});

test("letters that came back are found by their state, and by whom they went to", async () => {
  const [bad, good] = (await list()).letters as { id: string; voter: { email: string } }[];
  await registry.mail.settle({ id: bad?.id as string, event: "bounced", status: "5.1.1" });
  await registry.mail.settle({ id: good?.id as string, event: "delivered", status: undefined });
  const bounced = await list("state=bounced");
  expect(bounced.letters).toMatchObject([{ id: bad?.id, state: "bounced", reason: "5.1.1" }]);
  expect(bounced.letters[0].settled_at).not.toBeNull();
  expect(bounced.counts).toEqual([
    { state: "bounced", count: 1 },
    { state: "delivered", count: 1 },
    { state: "queued", count: 118 },
  ]);
  expect((await list("state=refused")).letters).toEqual([]);
  expect((await list("state=waiting")).letters).toHaveLength(50);
  const mine = await list(`q=${good?.voter.email}`);
  expect(mine.letters).toMatchObject([{ id: good?.id, state: "delivered" }]);
  expect(mine.counts).toEqual([{ state: "delivered", count: 1 }]);
});

test("H-02: another organisation sees none of them, not even of a voter who is in both", async () => {
  expect(await list("", foreign)).toEqual({ letters: [], next: null, counts: [] });
  const { body } = await registry.send("GET", "/officer/voters?q=v3@people.example", { session });
  const id = body.voters[0].id;
  const election = base58("an election", 14);
  await registry.database.db.transaction().execute((trx) =>
    registry.mail.queue(trx, [
      { to: "v3@people.example", subject: "Roll", text: "On it.\n", kind: "onRoll", election },
      { to: "v3@people.example", subject: "Vote", text: "Not yet.\n", kind: "reminder", election },
    ]),
  );
  const kindsOf = (letters: { kind: string }[]) => letters.map(({ kind }) => kind);
  // A roll that the registry did not make for this organisation.
  expect(kindsOf((await list("q=v3@people.example")).letters)).toEqual(["invitation"]);
  const traces = await registry.send("GET", `/officer/voters/${id}/letters`, { session });
  expect(kindsOf(traces.body.letters)).toEqual(["invitation"]);
  const handed = await registry.send("GET", `/officer/voters/${id}/export`, { session });
  expect(kindsOf(handed.body.letters)).toEqual(["invitation"]);
  const made = await registry.send("POST", `/officer/elections/${election}/roll-key`, { session, json: {} });
  expect(made.status).toBe(200);
  expect(kindsOf((await list("q=v3@people.example")).letters)).toEqual(["onRoll", "invitation"]);
});
