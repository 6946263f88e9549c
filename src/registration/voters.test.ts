import { request } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { pointToBytes } from "#crypto/group.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { must } from "../../test/ledger-kit.js";
import { approved, base58, OFFICERS, REGISTRAR } from "../../test/protocol-kit.js";
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
} from "../../test/registration-kit.js";

let registry: Registry;
let session: string;
/** Of an officer of another organisation. */
let foreign: string;
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
  // Officers sign in before each test; only so often in a minute.
  registry.time += 10n * 1_000_000_000n;
  await registry.tables.insertInto("organisations").values({ id: club }).execute();
  session = await signIn(registry, OFFICERS[0] as typeof chair);
  foreign = await signIn(registry, chair, club);
});
afterEach(() => emptyRegistry(registry));

const send: Registry["send"] = (method, url, options = {}) => registry.send(method, url, { session, ...options });
const list = async (query = "", by = session) => (await send("GET", `/officer/voters${query}`, { session: by })).body;
const importCsv = (content: string | Buffer, query = "", by = session) =>
  send("POST", `/officer/voters/import${query}`, { session: by, text: { type: "text/csv", content } });
const subjects = async (to: string) => (await registry.mail.kept({ to, limit: 100 })).map((letter) => letter.subject);

test("officers see, search and page through their voters", async () => {
  const lines = Array.from(
    { length: 120 },
    (_, i) => `Voter ${String(i).padStart(3, "0")},v${i}@x.org,${i % 2 ? "North" : "South"},${i % 3 ? "a|b" : "c"}`,
  );
  await importCsv(`name,email,district,group\n${lines.join("\n")}\n`);
  await newVoter(registry, "ada@x.org");
  expect(await list()).toMatchObject({ total: 121, page: 1, pages: 3 });
  const page = await list("?status=approved&page=3");
  expect(page).toMatchObject({ total: 120, page: 3, pages: 3 });
  expect(page.voters.map((voter: { name: string }) => voter.name)).toEqual(
    lines.slice(100).map((line) => line.split(",")[0]),
  );
  expect(await list("?status=pending")).toMatchObject({
    total: 1,
    voters: [{ email: "ada@x.org", status: "pending", key_bound: true }],
  });
  expect((await list("?district=North")).total).toBe(60);
  expect((await list("?group=b")).total).toBe(80);
  expect((await list("?q=voter%200")).total).toBe(100);
  expect((await list("?q=V7%40X")).total).toBe(1);
  for (const pattern of ["%25", "_", "%5C", "'%20or%201%3D1--"]) expect((await list(`?q=${pattern}`)).total).toBe(0);
});

test("approving, rejecting and suspending are told to the voter, once", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  for (const [act, status] of [
    ["approve", "approved"],
    ["approve", "approved"],
    ["suspend", "suspended"],
    ["reject", "rejected"],
  ]) {
    const answer = await send("POST", `/officer/voters/${voter.id}/${act}`, { json: {} });
    expect([answer.status, answer.body]).toEqual([200, { id: voter.id, status }]);
  }
  expect(await subjects("ada@x.org")).toEqual([
    "Your registration is not approved",
    "Your registration is suspended",
    "Your registration is approved",
    "Confirm your registration",
  ]);
  expect((await list()).voters[0]).toMatchObject({ id: voter.id, status: "rejected" });
});

test("approve-all takes the pending ones that the filter lets through", async () => {
  for (const email of ["a@x.org", "b@x.org", "c@y.org"]) await newVoter(registry, email);
  const approve = async (json: object) => (await send("POST", "/officer/voters/approve-all", { json })).body;
  expect(await approve({ filter: { q: "x.org" } })).toEqual({ approved: 2 });
  expect(await approve({})).toEqual({ approved: 1 });
  expect(await approve({})).toEqual({ approved: 0 });
  expect(await subjects("c@y.org")).toContain("Your registration is approved");
});

test("H-02: voters of another organisation do not exist for an officer", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  expect((await list("", foreign)).total).toBe(0);
  for (const [method, url] of [
    ["POST", `/officer/voters/${voter.id}/approve`],
    ["POST", `/officer/voters/${voter.id}/reject`],
    ["POST", `/officer/voters/${voter.id}/suspend`],
    ["DELETE", `/officer/voters/${voter.id}`],
  ] as const) {
    const options = method === "DELETE" ? {} : { json: {} };
    const theirs = await send(method, url, { session: foreign, ...options });
    const nobodys = await send(method, url.replace(voter.id, "00000000-0000-4000-8000-000000000000"), options);
    expect([theirs.status, theirs.text]).toEqual([404, nobodys.text]);
  }
  expect((await send("POST", "/officer/voters/approve-all", { session: foreign, json: {} })).body).toEqual({
    approved: 0,
  });
  expect((await send("GET", "/officer/voters/export", { session: foreign })).text.split("\r\n").length).toBe(2);
  expect((await list()).voters[0]).toMatchObject({ status: "pending" });
});

test("one person in two organisations: each says its own, and neither sees the other's", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const answer = await importCsv("name,email,weight\nAdele,ADA@x.org,7\n", "", foreign);
  expect(answer.body).toMatchObject({ added: 1, updated: 0, faults: 0 });
  expect((await list()).voters[0]).toMatchObject({
    id: voter.id,
    name: "Voter ada@x.org",
    status: "pending",
    weight: 1,
  });
  expect((await list("", foreign)).voters[0]).toMatchObject({
    id: voter.id,
    name: "Voter ada@x.org",
    status: "approved",
    weight: 7,
  });
});

test.each<[string, object | string]>([
  ["an extra field", { filter: {}, status: "approved" }],
  ["an extra filter", { filter: { organisation: "x" } }],
  ["a list", []],
])("H-07: approve-all with %s is refused", async (_what, json) => {
  expect((await send("POST", "/officer/voters/approve-all", { json })).status).toBe(400);
});

test("importing a list: added, invited, and the link makes the voter's key", async () => {
  const answer = await importCsv(
    "\ufeffname;email;group;district;weight;language\r\nÅsa Öberg;Asa@Exämple.org;teachers|parents;North;2;sv\r\nあきら;akira@x.org;;;;\r\n",
  );
  expect(answer.body).toMatchObject({ added: 2, updated: 0, unchanged: 0, letters: 0, faulty: [], faults: 0 });
  const [letter] = await registry.mail.kept({ to: "Asa@xn--exmple-cua.org", limit: 1 });
  expect(letter?.text).toContain("Electoral Commission has put you on its list");
  const identity = voterIdentity("asa");
  const token = await mailedToken(registry, "Asa@xn--exmple-cua.org");
  const confirmed = await registry.send("POST", "/register/confirm", { json: confirmation(token, identity) });
  expect([confirmed.status, confirmed.body.status]).toEqual([200, "approved"]);
  expect((await list("?q=asa")).voters[0]).toMatchObject({
    name: "Åsa Öberg",
    key_bound: true,
    key_source: "own",
    groups: ["parents", "teachers"],
    district: "North",
    weight: 2,
    language: "sv",
  });
  expect(
    (await registry.send("POST", "/register/confirm", { json: confirmation(token, voterIdentity("b")) })).status,
  ).toBe(410);
});

test("a key that comes with the list is a letter's; only the voter can replace it", async () => {
  const [a, b] = [voterIdentity("letter a"), voterIdentity("letter b")];
  const csv = `name,email,public_key\nAda,ada@x.org,${keyHex(a)}\nBob,bob@x.org,\n`;
  expect((await importCsv(csv)).body).toMatchObject({ added: 2, letters: 1 });
  expect((await list("?q=ada")).voters[0]).toMatchObject({ key_bound: true, key_source: "letter", status: "approved" });
  expect((await importCsv(csv)).body).toMatchObject({ added: 0, updated: 0, unchanged: 2, letters: 0 });
  const other = (await importCsv(`name,email,public_key\nAda,ada@x.org,${keyHex(b)}\nEve,eve@x.org,${keyHex(a)}\n`))
    .body;
  expect(other.faulty).toEqual([
    { line: 2, reason: "the voter has another key already; only the voter can replace it" },
    { line: 3, reason: "another voter has this public key" },
  ]);
  expect((await importCsv(`name,email,public_key\nBob,bob@x.org,${keyHex(b)}\n`)).body).toMatchObject({
    updated: 1,
    letters: 1,
  });
  // The voter's own key takes the place of the letter's.
  const session = await signIn(registry, a);
  await registry.send("POST", "/me/key/letter", { session, json: {} });
  const json = confirmation(await mailedToken(registry, "ada@x.org"), voterIdentity("own"));
  await registry.send("PUT", "/me/key", { session, json });
  expect((await list("?q=ada")).voters[0]).toMatchObject({ key_source: "own" });
});

test("an organisation cannot bind a key for a voter whom another one has, too", async () => {
  await importCsv("name,email\nAda,ada@x.org\n");
  const answer = await importCsv(`name,email,public_key\nAda,ada@x.org,${keyHex(voterIdentity("m"))}\n`, "", foreign);
  expect(answer.body).toMatchObject({ added: 0, letters: 0, faults: 1 });
  expect((await list()).voters[0]).toMatchObject({ key_bound: false });
});

test("doing it again changes nothing; what differs is updated; pending ones are approved", async () => {
  const csv = "name,email,district,weight\nAda,ada@x.org,North,1\nBob,bob@x.org,South,2\n";
  await newVoter(registry, "carol@x.org");
  expect((await importCsv(csv)).body).toMatchObject({ added: 2 });
  expect((await importCsv(csv)).body).toMatchObject({ added: 0, updated: 0, unchanged: 2 });
  const changed =
    "name,email,district,weight\nAda,ada@x.org,South,1\nBob,bob@x.org,South,2\nVoter carol@x.org,CAROL@x.org,,\n";
  expect((await importCsv(changed)).body).toMatchObject({ added: 0, updated: 2, unchanged: 1 });
  expect((await list("?q=ada")).voters[0]).toMatchObject({ district: "South" });
  expect((await list("?q=carol")).voters[0]).toMatchObject({ status: "approved", key_bound: true });
  expect(await subjects("carol@x.org")).toContain("Your registration is approved");
});

test("R-16, R-08: each faulty line is named, and costs that line only", async () => {
  const latin = Buffer.from("J\u00fcrgen,j@x.org,1\n", "latin1");
  const csv = Buffer.concat([
    Buffer.from("name,email,weight\nAdä,ada@x.org,1\n=cmd(),formula@x.org,1\n"),
    latin,
    Buffer.from(
      'Eve,"eve@x.org\nBcc: all@x.org",1\nAda again,ADA@X.ORG ,1\nNo address,,1\nBad,not-an-address,1\nBob,bob@x.org,1,extra\n',
    ),
    Buffer.from(
      `,noname@x.org,1\nZero,zero@x.org,0\nHex,hex@x.org,0x10\nExp,exp@x.org,1e3\nBidi\u202e,bidi@x.org,1\nCarol,carol@x.org,3\n`,
    ),
  ]);
  const { body } = await importCsv(csv);
  expect(body).toMatchObject({ added: 3, faults: 11 });
  expect(body.faulty.map((fault: { line: number }) => fault.line)).toEqual([4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  expect(body.faulty[0].reason).toContain("UTF-8");
  expect(body.faulty[1].reason).toContain("control");
  expect(body.faulty[2].reason).toBe("the same address stands in line 2");
  expect((await list()).voters.map((voter: { email: string }) => voter.email).sort()).toEqual([
    "ada@x.org",
    "carol@x.org",
    "formula@x.org",
  ]);
});

test("R-16: what looks like a formula is neutralised on export, and the file can be read back", async () => {
  await importCsv('name,email,group,district\n=cmd(),ada@x.org,"a|b","+1,5"\n');
  const answer = await send("GET", "/officer/voters/export");
  expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(answer.headers["content-disposition"]).toContain("attachment");
  const [header, line, end] = answer.text.split("\r\n");
  expect(header).toBe("\ufeffdigital_id,name,email,status,key_source,group,district,weight,language,external_id");
  expect(line?.split(",").slice(1)).toEqual([
    "'=cmd()",
    "ada@x.org",
    "approved",
    "",
    "a|b",
    "\"'+1",
    '5"',
    "1",
    "en",
    "",
  ]);
  expect(end).toBe("");
  const again = await importCsv(answer.text);
  expect(again.body).toMatchObject({ added: 0, updated: 0, unchanged: 1, faults: 0 });
});

test("a dry run says the same and stores nothing", async () => {
  const csv = `name,email,public_key\nAda,ada@x.org,${keyHex(voterIdentity("a"))}\nBob,bob,\n`;
  const dry = (await importCsv(csv, "?dry_run=true")).body;
  expect(dry).toMatchObject({ added: 1, letters: 1, faults: 1, dry_run: true });
  expect((await list()).total).toBe(0);
  expect(await registry.mail.kept({ to: undefined, limit: 10 })).toEqual([]);
  expect((await importCsv(csv)).body).toEqual({ ...dry, dry_run: false });
});

test("rows in JSON are imported like lines of a file", async () => {
  const rows = [
    { name: "Ada", email: "ada@x.org", weight: 3, group: "a" },
    { name: "Bob", email: "bob@x.org", weight: "4" },
    { name: "", email: "x" },
  ];
  const answer = await send("POST", "/officer/voters/import", { json: { rows } });
  expect(answer.body).toMatchObject({ added: 2, faulty: [{ line: 3 }] });
  const extra = await send("POST", "/officer/voters/import", {
    json: { rows: [{ name: "A", email: "a@x.org", status: "approved" }] },
  });
  expect(extra.status).toBe(400);
});

test.each([
  ["an empty file", ""],
  ["no address column", "name,group\nAda,a\n"],
  ["an unknown column", "name,email,password\nAda,a@x.org,x\n"],
  ["a column twice", "name,email,Email\nAda,a@x.org,b@x.org\n"],
  ["no first line", "Ada,ada@x.org\n"],
])("a file with %s is refused as a whole", async (_what, csv) => {
  const answer = await importCsv(csv);
  expect([answer.status, answer.body.code]).toEqual([400, "invalid-request"]);
});

test("an import needs an officer, and another content type is refused", async () => {
  const text = { type: "text/csv", content: "name,email\nAda,ada@x.org\n" };
  expect((await registry.send("POST", "/officer/voters/import", { text })).status).toBe(401);
  expect((await send("POST", "/officer/voters/import", { text: { ...text, type: "text/plain" } })).status).toBe(415);
  expect((await send("POST", "/officer/voters/approve-all", { text })).status).toBe(415);
});

test("an upload that breaks off stores nothing and holds nothing", async () => {
  await registry.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = registry.app.server.address() as { port: number };
  const headers = { "content-type": "text/csv", cookie: `__Host-psephos-officer=${session}` };
  const lines = Array.from({ length: 1_200 }, (_, i) => `Voter ${i},v${i}@x.org\n`);
  // More than are read at the same time: each must give its place back.
  for (let i = 0; i < 5; i++) {
    registry.logged.length = 0;
    const upload = request({ port, host: "127.0.0.1", method: "POST", path: "/officer/voters/import", headers });
    upload.on("error", () => undefined);
    await new Promise((resolve) => upload.write(`name,email\n${lines.join("")}`, resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    upload.destroy();
    await expect.poll(() => registry.logged.join(""), { timeout: 20_000 }).toContain("/officer/voters/import");
  }
  expect((await list()).total).toBe(0);
  expect((await importCsv(`name,email\n${lines.join("")}`)).body).toMatchObject({ added: 1_200 });
});

test("5,000 people with Unicode names are imported within seconds", { timeout: 60_000 }, async () => {
  const names = [
    "Zoë Ångström",
    "Σωκράτης Παπαδόπουλος",
    "محمد بن سلمان",
    "王小明",
    "Nguyễn Thị Hà",
    "Łukasz Żółć",
    "नेहा शर्मा",
  ];
  const lines = Array.from({ length: 5_000 }, (_, i) => `${names[i % names.length]} ${i},v${i}@example.org,${i % 10}`);
  const start = Date.now();
  expect((await importCsv(`name,email,district\n${lines.join("\n")}\n`)).body).toMatchObject({
    added: 5_000,
    faults: 0,
  });
  expect(Date.now() - start).toBeLessThan(30_000);
  expect((await list("?district=7")).total).toBe(500);
});

test("O-05: erasing a voter leaves nothing behind", async () => {
  const voter = await newVoter(registry, "ada@x.org");
  const mine = await signIn(registry, voter.identity);
  await registry.send("POST", "/register", { json: { name: "x", email: "ada@x.org" } });
  expect((await send("DELETE", `/officer/voters/${voter.id}`)).status).toBe(204);
  for (const table of ["voters", "standings", "tokens", "requests"] as const)
    expect(await registry.tables.selectFrom(table).selectAll().execute()).toEqual([]);
  expect((await registry.send("GET", "/me", { session: mine })).status).toBe(401);
});
