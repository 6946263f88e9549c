/** Previewing a list, and accepting exactly what was previewed. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { pointToBytes } from "#crypto/group.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { must } from "../../test/ledger-kit.js";
import { approved, base58, OFFICERS, REGISTRAR } from "../../test/protocol-kit.js";
import {
  emptyRegistry,
  keyHex,
  newVoter,
  type Registry,
  signIn,
  startRegistry,
  voterIdentity,
} from "../../test/registration-kit.js";

let registry: Registry;
let session: string;
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
});
afterEach(() => emptyRegistry(registry));

const post = (url: string, content: string | Buffer, by = session) =>
  registry.send("POST", `/officer/voters/import${url}`, { session: by, text: { type: "text/csv", content } });
const voters = async (query = "") =>
  (await registry.send("GET", `/officer/voters${query}`, { session })).body.voters as {
    email: string;
    status: string;
    district: string;
    external_id: string | null;
  }[];
const letters = async () => (await registry.mail.kept({ to: undefined, limit: 100 })).length;

/** Everything that the registry and the outbox hold. */
async function everything(): Promise<string> {
  const tables = ["voters", "standings", "tokens"] as const;
  const rows = await Promise.all(tables.map((table) => registry.tables.selectFrom(table).selectAll().execute()));
  return JSON.stringify([rows, await letters()]);
}

const first =
  "name,email,district,external_id\nAda,ada@x.org,North,1\nBob,bob@x.org,North,2\nCarol,carol@x.org,South,3\n";
const second =
  "name,email,district,external_id\nAda,ADA@x.org ,South,1\nCarol,carol@x.org,South,3\nDan,dan@x.org,North,4\n";

test("a preview shows what is added, changed and gone, and stores nothing", async () => {
  await post("", first);
  const before = await everything();
  const { body } = await post("/preview", second);
  expect(body).toMatchObject({ added: 1, updated: 1, unchanged: 1, gone: 1, faults: 0, dry_run: true });
  expect(body.changes).toEqual([
    {
      line: 2,
      change: "changed",
      name: "Ada",
      email: "ADA@x.org",
      fields: [{ field: "district", before: "North", after: "South" }],
    },
    { line: 4, change: "added", name: "Dan", email: "dan@x.org", fields: [] },
  ]);
  expect(body.gone_voters).toMatchObject([{ name: "Bob", email: "bob@x.org", on_roll: false }]);
  expect(await everything()).toBe(before);
});

test("accepting names the preview; who is gone stays, is suspended or is removed, as the officer says", async () => {
  for (const [gone, left] of [
    ["keep", ["ada@x.org approved", "bob@x.org approved", "carol@x.org approved", "dan@x.org approved"]],
    ["suspend", ["ada@x.org approved", "bob@x.org suspended", "carol@x.org approved", "dan@x.org approved"]],
    ["remove", ["ada@x.org approved", "carol@x.org approved", "dan@x.org approved"]],
  ] as const) {
    await post("", first);
    const { preview } = (await post(`/preview?gone=${gone}`, second)).body;
    const done = await post(`?gone=${gone}&preview=${preview}`, second);
    expect(done.body).toMatchObject({ added: 1, updated: 1, gone: 1, dry_run: false });
    expect((await voters()).map(({ email, status }) => `${email} ${status}`.toLowerCase())).toEqual(left);
    await emptyRegistry(registry);
    registry.time += 60n * 1_000_000_000n;
    session = await signIn(registry, OFFICERS[0] as typeof chair);
  }
});

test("what was previewed is stored, or nothing", async () => {
  await post("", first);
  const { preview } = (await post("/preview", second)).body;
  const before = await everything();
  const refused = async (query: string, content: string) => {
    const answer = await post(query, content);
    expect([answer.status, answer.body.code]).toEqual([409, "conflict"]);
    expect(await everything()).toBe(before);
  };
  await refused(`?preview=${preview}`, second.replace("Dan", "Dana"));
  await refused(`?preview=${preview}&gone=remove`, second);
  await refused(`?preview=${preview}&invite=false`, second);
  // The registry changes: one of the list's voters moves meanwhile.
  await registry.tables.updateTable("standings").set({ weight: 2 }).where("external_id", "=", "3").execute();
  expect((await post(`?preview=${preview}`, second)).status).toBe(409);
  await registry.tables.updateTable("standings").set({ weight: 1 }).where("external_id", "=", "3").execute();
  expect((await post(`?preview=${preview}`, second)).status).toBe(200);
  expect((await post(`?preview=${preview}`, second)).status).toBe(409);
});

test("nobody is gone without a preview, nor because of a faulty line", async () => {
  await post("", first);
  const before = await everything();
  expect((await post("?gone=remove", second)).status).toBe(400);
  const faulty = `${second}Bob,bob(at)x.org,North,2\n`;
  const { preview } = (await post("/preview?gone=remove", faulty)).body;
  const answer = await post(`?gone=remove&preview=${preview}`, faulty);
  expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining("Mend them first")]);
  expect(await everything()).toBe(before);
});

test("a list of one part of the organisation says nothing of the others", async () => {
  await post("", first);
  const list = "name,email\nAda,ada@x.org\n";
  const north = (await post("/preview?gone=suspend&gone_district=North", list)).body;
  expect(north.gone_voters.map((voter: { name: string }) => voter.name)).toEqual(["Bob"]);
  expect((await post(`?gone=suspend&gone_district=North&preview=${north.preview}`, list)).body.suspended).toBe(1);
  expect((await voters("?status=approved")).map(({ email }) => email)).toEqual(["ada@x.org", "carol@x.org"]);
});

test("R-16: faulty lines come back as CSV, with their cells, harmless in a spreadsheet", async () => {
  await post("", first);
  const list = Buffer.concat([
    Buffer.from('name;email;external_id\nBob;bob@x.org;2\n=cmd();"no;address";9\nEve;eve@x.org;1\n', "latin1"),
    Buffer.from("J\u00fcrgen;j\u00fc@;5\nAda;ada@x.org;1\n;ada@X.org;7\n", "latin1"),
  ]);
  const before = await everything();
  const answer = await post("/faulty", list);
  expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(answer.text.split("\r\n")).toEqual([
    "\ufeffline,reason,name,email,external_id",
    '3,the address is not of the form name@domain,\'=cmd(),"no;address",9',
    "4,another voter has this external id,Eve,eve@x.org,1",
    "5,the address is not of the form name@domain,J\u00fcrgen,j\u00fc@,5",
    "6,the same external id stands in line 4,Ada,ada@x.org,1",
    '7,"the name is empty, too long or has control characters",,ada@X.org,7',
    "",
  ]);
  expect(await everything()).toBe(before);
  // Mended, the file can be sent again as it is.
  const mended = answer.text.replace("j\u00fc@", "j\u00fc@x.org");
  expect((await post("/preview", mended)).body).toMatchObject({ added: 1, faults: 4 });
});

test("R-08: one address in many spellings is one voter; each repetition names the first line", async () => {
  const list =
    "name,email,external_id\nAda,ada@x.org,1\nA, ADA@X.ORG ,2\nA,\uff41da@\uff58.org,3\nA,ada@x.org.,4\nB,b@x.org,1\n";
  const { body } = await post("", list);
  expect(body).toMatchObject({ added: 1, faults: 4 });
  expect(body.faulty.map(({ line, reason }: { line: number; reason: string }) => `${line} ${reason}`)).toEqual([
    "3 the same address stands in line 2",
    "4 the same address stands in line 2",
    "5 the same address stands in line 2",
    "6 the same external id stands in line 2",
  ]);
});

test("somebody without a mail address is on the list with key and external id, and gets no mail", async () => {
  const key = keyHex(voterIdentity("paper"));
  const list = `name,external_id,public_key\nAda,A-1,${key}\nBob,A-2,\n`;
  const { body } = await post("", list);
  expect(body).toMatchObject({ added: 1, letters: 1, faults: 1 });
  expect(body.faulty[0].reason).toContain("needs a public key");
  expect(await voters()).toMatchObject([{ name: "Ada", email: "", external_id: "A-1", key_source: "letter" }]);
  expect(await letters()).toBe(0);
  expect((await post("", "name,external_id,district\nAda,A-1,North\n")).body).toMatchObject({ updated: 1, faults: 0 });
  expect((await post("", "name,external_id\nAda,a-1\n")).body).toMatchObject({ faults: 1 });
  const exported = await registry.send("GET", "/officer/voters/export", { session });
  expect((await post("", exported.text)).body).toMatchObject({ added: 0, unchanged: 1, faults: 0 });
  const mine = await signIn(registry, voterIdentity("paper"));
  expect((await registry.send("GET", "/me", { session: mine })).body.email).toBe("");
  expect((await registry.send("POST", "/me/key/letter", { session: mine, json: {} })).status).toBe(409);
});

test("a preview does not tell an officer whom other organisations know", async () => {
  const theirs = await signIn(registry, chair, club);
  await newVoter(registry, "ada@x.org");
  const list = "name,email\nA,ada@x.org\nB,b@x.org\n";
  const { body } = await post("/preview", list, theirs);
  expect(body).toMatchObject({ added: 2, updated: 0, gone: 0 });
  expect(body.changes).toEqual([
    { line: 2, change: "added", name: "A", email: "ada@x.org", fields: [] },
    { line: 3, change: "added", name: "B", email: "b@x.org", fields: [] },
  ]);
});

test("E-11: the voters of another organisation are neither gone nor changed by a list", async () => {
  await post("", first);
  const theirs = await signIn(registry, chair, club);
  const list = "name,email,external_id\nAdele,ada@x.org,1\n";
  const { preview } = (await post("/preview?gone=remove", list, theirs)).body;
  const done = await post(`?gone=remove&preview=${preview}`, list, theirs);
  expect(done.body).toMatchObject({ added: 1, gone: 0, removed: 0 });
  expect((await voters()).map((voter) => [voter.email, voter.status, voter.external_id])).toEqual([
    ["ada@x.org", "approved", "1"],
    ["bob@x.org", "approved", "2"],
    ["carol@x.org", "approved", "3"],
  ]);
});

test("without invitations new voters get no mail", async () => {
  await post("?invite=false", first);
  expect(await letters()).toBe(0);
});
