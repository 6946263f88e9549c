/**
 * One election that uses every operation of the API once, on a server whose clock and randomness are given: the same
 * tour gives the same bytes, so the examples in the documentation can be replayed.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { parseInstant } from "#api/instant.js";
import { toBase64Url, toHex, utf8 } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { mailedToken, registerTrustees, replayed } from "#client/demonstration.js";
import { createHttp, type Http } from "#client/http.js";
import {
  announce,
  createDraft,
  duplicateElection,
  enterRoll,
  type Signer,
  seal,
  setUp,
  updateDraft,
} from "#client/officer.js";
import {
  addPasskey,
  askForLetter,
  beginProvider,
  finishProvider,
  listPasskeys,
  listProviders,
  removePasskey,
  signIn,
  signInByLetter,
  signInByPasskey,
  signJson,
  signOut,
} from "#client/session.js";
import { ceremonyStep, decryptionShare, submit } from "#client/trustee.js";
import { anchorOf, confirm, credentialFor, electionOf, register, vote } from "#client/voter.js";
import { removeEmbedded } from "#db/embedded.js";
import { encodeCbor } from "#protocol/encoding/cbor.js";
import { type Identity, identityFromCode, keyBytes } from "#protocol/identity.js";
import type { Plan } from "#protocol/plan.js";
import { cancelElection } from "#protocol/transactions/cancel-election.js";
import { compose, type Server } from "#server/compose.js";
import { placesIn } from "#server/data-directory.js";
import type { ApiExample } from "#server/openapi-document.js";
import { createAuthenticator } from "../authenticator.js";
import { createProvider } from "../identity-provider.js";
import { codeOf, seededRandom } from "../protocol-kit.js";
import { createRecorder, type Recorder } from "./recorder.js";

const minute = 60_000_000_000n;
const publicUrl = "https://vote.example.org";

interface Tour {
  readonly recorder: Recorder;
  readonly server: Server;
  readonly random: ReturnType<typeof seededRandom>;
  /** The server's clock stands still; this turns it forward and waits until the ledger has seen it. */
  forwardTo(instant: bigint): Promise<void>;
  now(): bigint;
  client(): Http;
}

const provider = createProvider({ issuer: "https://login.example.org", clientId: "psephos" });
provider.says.claims = { email: "zoe@example.org", email_verified: true };

/** The town's identity provider, for its voters. */
function providersIn(dataDir: string) {
  const { keys } = placesIn(dataDir);
  const [oidcFile, client_secret_file] = [join(keys, "oidc.json"), join(keys, "oidc.secret")];
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  const entry = { organisation: "founder", name: "Town login", issuer: "https://login.example.org" };
  writeFileSync(client_secret_file, "secret-of-the-client\n");
  writeFileSync(oidcFile, JSON.stringify({ providers: [{ ...entry, client_id: "psephos", client_secret_file }] }));
  return { oidcFile, oidcFetch: provider.fetch };
}

/** Runs the tour; returns an example of every operation that was used. */
export async function takeTour(document: Parameters<typeof createRecorder>[0]): Promise<ApiExample[]> {
  const dataDir = mkdtempSync(join(tmpdir(), "psephos-tour-"));
  // The node's key stands in the genesis; the registrar's is made from the given randomness.
  mkdirSync(placesIn(dataDir).ledger, { recursive: true });
  writeFileSync(join(placesIn(dataDir).ledger, "node.key"), `${"42".repeat(32)}\n`, { mode: 0o600 });
  let now = (parseInstant("2026-12-01T09:00:00Z") as { value: bigint }).value;
  const server = await compose(optionsIn(dataDir), pino({ level: "silent" }), () => now, seededRandom("server"));
  const recorder = createRecorder(document);
  const client = () => createHttp({ url: server.url, cookies: true, fetch: recorder.fetch });
  const forwardTo = async (instant: bigint) => {
    now = instant;
    await until(async () => {
      const { time } = await client().request<{ time: string }>("/ledger/status");
      const at = parseInstant(time);
      return at.ok && at.value >= instant;
    });
  };
  try {
    await walk({ recorder, server, random: seededRandom("people"), forwardTo, now: () => now, client });
    return recorder.examples();
  } finally {
    await server.close();
    removeEmbedded(placesIn(dataDir).postgres);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const webhookSecret = "a secret of the mail service";

function optionsIn(dataDir: string) {
  const given = {
    databaseUrl: undefined,
    smtpUrl: undefined,
    tls: undefined,
    publicUrl,
    ...providersIn(dataDir),
    mailWebhookSecret: webhookSecret,
  };
  return { host: "127.0.0.1", port: 0, dataDir, reset: false, production: false, logLevel: "silent", ...given };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error("it did not come");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Office {
  readonly http: Http;
  readonly signer: Signer;
  readonly organisation: string;
}

interface Voter {
  readonly http: Http;
  readonly identity: Identity;
  readonly id: string;
}

async function walk(tour: Tour): Promise<void> {
  const anyone = tour.client();
  for (const path of ["/health", "/ready", "/setup"]) await anyone.request(path);
  const office = await found(tour);
  const voter = await registerVoter(tour, office);
  await appointPeople(office);
  await signInOtherwise(tour);
  await keepLists(tour, office, voter);
  const plan = await prepareElection(tour, office);
  await holdElection(tour, office, voter, plan);
  await readBoard(tour, plan, voter);
  await office.http.request("/officer/audit-log?from=1&limit=2");
  await signOut(voter.http);
}

async function found(tour: Tour): Promise<Office> {
  const http = tour.client();
  const identity = identityFromCode(codeOf("officer"), "officer");
  const token = tour.server.setupLink?.split("#")[1] ?? "";
  const officer = { name: "Ada Officer", identity };
  const { chain_id, organisation } = await setUp(http, token, "Town of Example", officer, tour.random, "example-town");
  await signIn(http, identity, tour.random);
  for (const path of ["/organisations", `/organisations/${organisation}`]) await http.request(path);
  return { http, organisation, signer: { identity, chainId: chain_id, random: tour.random } };
}

async function registerVoter(tour: Tour, office: Office): Promise<Voter> {
  const http = tour.client();
  const identity = identityFromCode(codeOf("voter"), "voter");
  const email = "zoe@example.org";
  await register(http, { name: "Zoë Example", email }, identity);
  const { id } = await confirm(http, await mailedToken(http, email), identity, tour.random);
  await signIn(http, identity, tour.random);
  await office.http.request("/officer/voters?status=pending");
  await office.http.request(`/officer/voters/${id}/approve`, { method: "POST", json: {} });
  await http.request("/me/organisations", { method: "POST", json: { organisation: office.organisation } });
  for (const path of ["/me", "/session"]) await http.request(path);
  return { http, identity, id };
}

/** A registrar and an observer; the observer is dismissed again. */
async function appointPeople({ http }: Office): Promise<void> {
  for (const [name, role] of [
    ["Rita Registrar", "registrar"],
    ["Oscar Observer", "observer"],
  ]) {
    const key = toHex(keyBytes(identityFromCode(codeOf(name as string), "officer")));
    await http.request(`/officer/members/${key}`, { method: "PUT", json: { role, name } });
    if (role === "observer") await http.request(`/officer/members/${key}`, { method: "DELETE" });
  }
  for (const path of ["/officer/members", "/officer/organisations"]) await http.request(path);
}

/** By mail, then by a passkey that was added meanwhile. */
async function signInOtherwise(tour: Tour): Promise<void> {
  const http = tour.client();
  await askForLetter(http, "zoe@example.org");
  const { mails } = await http.request<{ mails: { text: string }[] }>("/dev/outbox?to=zoe@example.org&limit=1");
  await signInByLetter(http, { code: /^[0-9]{6}$/m.exec(mails[0]?.text ?? "")?.[0] ?? "" });
  const device = createAuthenticator({ seed: "tour", origin: publicUrl, rpId: new URL(publicUrl).hostname });
  await addPasskey(http, "Zoë's telephone", async (options) => device.create(options as { challenge: string }));
  await signOut(http);
  await signInByPasskey(http, async (options) => device.get(options as { challenge: string }));
  for (const { id } of (await listPasskeys(http)).passkeys) await removePasskey(http, id);
  const [town] = (await listProviders(http)).providers;
  const location = await beginProvider(http, town?.organisation ?? "");
  await finishProvider(http, town?.organisation ?? "", provider.comeBack(location));
}

/** Lists, standings and erasure; at the end nine people are approved. */
async function keepLists(tour: Tour, { http }: Office, voter: Voter): Promise<void> {
  const rows = Array.from({ length: 8 }, (_, i) => ({
    name: `Person ${i + 1}`,
    email: `person-${i + 1}@example.org`,
    public_key: toHex(keyBytes(identityFromCode(codeOf(`person ${i}`), "voter"))),
    district: i % 2 === 0 ? "north" : "south",
  }));
  const more = [...rows, { name: "Nobody", email: "no address", district: "north" }];
  await http.request("/officer/voters/import/preview?invite=false", { method: "POST", json: { rows: more } });
  await http.raw("/officer/voters/import/faulty", { method: "POST", json: { rows: more } });
  await http.request("/officer/voters/import", { method: "POST", json: { rows } });
  await http.raw("/officer/voters/export");
  const others: string[] = [];
  for (const name of ["Eve Elsewhere", "Sam Suspended", "Rob Rejected"]) {
    const email = `${name.split(" ")[0]}@example.com`;
    await register(tour.client(), { name, email });
    const identity = identityFromCode(codeOf(name), "voter");
    const { id } = await confirm(tour.client(), await mailedToken(tour.client(), email), identity, tour.random);
    others.push(id);
  }
  const [eve, sam, rob] = others;
  await http.request(`/officer/voters/${rob}/reject`, { method: "POST", json: {} });
  await http.request("/officer/voters/approve-all", { method: "POST", json: { filter: { q: "example.com" } } });
  await http.request(`/officer/voters/${sam}/suspend`, { method: "POST", json: {} });
  await http.request(`/officer/voters/${eve}`, { method: "DELETE" });
  await http.request(`/officer/voters/${voter.id}/approve`, { method: "POST", json: {} });
  await http.request("/officer/voters?q=zoe");
  await decideWhoMayVote(http);
}

/** Admission by rule, groups and districts, and one person who stood there twice. */
async function decideWhoMayVote(http: Http): Promise<void> {
  const domains = { domains: ["town.example"], apply: true };
  await http.request("/officer/admission/domains", { method: "PUT", json: domains });
  const claims = { claims: [{ claim: "department", value: "Physics" }] };
  await http.request("/officer/admission/claims", { method: "PUT", json: claims });
  const change = { add: ["ada@example.net", "no address"], remove: ["bob@example.net"] };
  await http.request("/officer/admission/addresses", { method: "POST", json: change });
  for (const path of ["/officer/admission", "/officer/admission/addresses", "/officer/voters/constituencies"])
    await http.request(path);
  const rows = ["dora@example.org", "dora@example.net"].map((email) => ({ name: "Dora Double", email }));
  await http.request("/officer/voters/import?invite=false", { method: "POST", json: { rows } });
  const { doubles } = await http.request<{ doubles: { voters: { id: string }[] }[] }>("/officer/voters/doubles");
  const [gone, kept] = doubles[0]?.voters ?? [];
  await http.request(`/officer/voters/${gone?.id}/merge`, { method: "POST", json: { into: kept?.id } });
}

const trusteeCodes = ["first", "second", "third"].map((name) => codeOf(`trustee ${name}`));

/** From draft to seal. */
async function prepareElection(tour: Tour, office: Office): Promise<Plan> {
  const { http, signer } = office;
  const body = {
    name: "A playground at the mill?",
    description: "The town asks its inhabitants.",
    questions: [
      { question: "Shall the town build the playground?", answers: ["Yes", "No"], min: 1, max: 1, blank: true },
    ],
    opens_at: formatInstant(tour.now() + 60n * minute),
    closes_at: formatInstant(tour.now() + 180n * minute),
    trustees: ["Tom", "Tara", "Tim"].map((name) => ({ name, part: "member" as const })),
    threshold: 2,
  };
  const unused = await createDraft(http, { name: "Only an idea" });
  await http.request("/officer/drafts");
  const further = await duplicateElection(http, unused.uuid, formatInstant(tour.now() + 90n * 1440n * minute));
  for (const { uuid } of [unused, further]) await http.request(`/officer/drafts/${uuid}`, { method: "DELETE" });
  const draft = await createDraft(http, { name: body.name });
  await updateDraft(http, draft.uuid, draft.revision, body);
  await registerTrustees(http, tour.client(), draft.uuid, trusteeCodes, tour.random);
  const { plan } = await announce(http, signer, draft.uuid);
  await holdCeremony(tour, plan);
  await tour.client().request(`/elections/${plan.uuid}/ceremony`);
  await enterRoll(http, plan.uuid, { kind: "where", groups: [], districts: [] });
  await http.request(`/officer/elections/${plan.uuid}/roll/check`);
  await seal(http, signer, await replayed(tour.client(), plan.uuid), plan);
  await considerCancelling(office, plan);
  return plan;
}

/** Each trustee takes the next step until none has one. */
async function holdCeremony(tour: Tour, { uuid }: Plan): Promise<void> {
  const http = tour.client();
  for (let done = 0; done < trusteeCodes.length; ) {
    const ledger = await replayed(http, uuid);
    done = 0;
    for (const code of trusteeCodes) {
      const step = ceremonyStep(ledger, uuid, code, tour.random);
      if (step.kind === "send") await submit(http, step.wire);
      if (step.kind === "done") done += 1;
    }
  }
}

/** An act that is proposed, looked at and withdrawn. */
async function considerCancelling({ http }: Office, plan: Plan): Promise<void> {
  const bytes = encodeCbor(cancelElection.body.encode({ uuid: plan.uuid, reason: "The mill burnt down." }));
  const json = { type: cancelElection.type, body: toBase64Url(bytes) };
  const { id } = await http.request<{ id: string }>("/officer/proposals", { method: "POST", json });
  for (const path of [`/officer/proposals/${id}`, "/officer/proposals"]) await http.request(path);
  await http.request(`/officer/proposals/${id}`, { method: "DELETE" });
}

/** Letters to the roll and to one voter, what became of them, and what is held about a person. */
async function writeLetters(tour: Tour, { http }: Office, voter: Voter, plan: Plan): Promise<void> {
  const mailings = `/officer/elections/${plan.uuid}/mailings`;
  // The letters of the roll are written when the block is followed; ids after them would differ from time to time.
  await until(async () => {
    const { letters } = await http.request<{ letters: { kind: string }[] }>(mailings);
    return letters.some(({ kind }) => kind === "onRoll");
  });
  const json = { kind: "reminder", due_at: formatInstant(plan.closesAt - minute), note: "The hall is open, too." };
  const { id } = await http.request<{ id: string }>(mailings, { method: "POST", json });
  await http.request(mailings);
  await http.request(`${mailings}/${id}`, { method: "DELETE" });
  const preview = { kind: "reminder", language: "de", election: plan.uuid };
  await http.request("/officer/letters/preview", { method: "POST", json: preview });
  const again = { kind: "on-roll", election: plan.uuid };
  await http.request(`/officer/voters/${voter.id}/letters`, { method: "POST", json: again });
  await http.request(`/officer/voters/${voter.id}/letters`);
  await http.request("/officer/letters?state=waiting&q=zoe");
  for (const path of [`/officer/voters/${voter.id}/export`, "/officer/findings"]) await http.request(path);
  await voter.http.request("/me/export");
  const unsubscribe = `/mail/unsubscribe/${"A".repeat(43)}`;
  for (const method of ["GET", "POST"] as const) await (await http.raw(unsubscribe, { method })).text();
  const body = JSON.stringify({ events: [{ id: `<${"0".repeat(32)}@vote.example.org>`, event: "delivered" }] });
  const headers = { "content-type": "application/json", authorization: `Bearer ${webhookSecret}` };
  await tour.recorder.fetch(`${tour.server.url}/mail/reports`, { method: "POST", headers, body });
}

async function holdElection(tour: Tour, office: Office, voter: Voter, plan: Plan): Promise<void> {
  await voter.http.request("/me/elections");
  await writeLetters(tour, office, voter, plan);
  await replaceKey(tour, office, plan);
  await tour.forwardTo(plan.opensAt);
  const booth = await electionOf(tour.client(), plan.uuid, await anchorOf(tour.client()));
  for (let i = 1; i < 6; i++) {
    const identity = identityFromCode(codeOf(`person ${i}`), "voter");
    await vote(tour.client(), booth, identity, [i % 2 === 0 ? [0, 1, 0] : [0, 0, 1]], tour.random);
  }
  await vote(voter.http, booth, voter.identity, [[0, 1, 0]], tour.random);
  const credential = toHex(keyBytes(credentialFor(booth, voter.identity)));
  await tour.client().request(`/elections/${plan.uuid}/credentials/${credential}`);
  await tour.forwardTo(plan.closesAt);
  for (const code of trusteeCodes.slice(0, 2)) {
    const share = decryptionShare(await replayed(tour.client(), plan.uuid), plan.uuid, code, new Map(), tour.random);
    await submit(tour.client(), share.wire);
  }
}

/** A voter whose code is lost gets a new key, and the officers prepare the new credential. */
async function replaceKey(tour: Tour, { http }: Office, plan: Plan): Promise<void> {
  const lost = identityFromCode(codeOf("person 0"), "voter");
  const fresh = identityFromCode(codeOf("person 0, again"), "voter");
  const own = tour.client();
  await signIn(own, lost, tour.random);
  const email = "person-1@example.org";
  await own.request("/me/key/letter", { method: "POST", json: {} });
  const token = await mailedToken(own, email);
  const signature = signJson("confirm", "", fresh, utf8(`confirm|${token}`), tour.random);
  await own.request("/me/key", { method: "PUT", json: { token, public_key: toHex(keyBytes(fresh)), signature } });
  const { voters } = await http.request<{ voters: { id: string }[] }>("/officer/voters?q=person-1@");
  const json = { voter_id: voters[0]?.id };
  await http.request(`/officer/elections/${plan.uuid}/reissue`, { method: "POST", json });
  await http.request("/officer/voters?q=zoe");
}

/** What anybody may read, once more at the end, in short pages. */
async function readBoard(tour: Tour, { uuid }: Plan, voter: Voter): Promise<void> {
  const anyone = tour.client();
  // The list of events is projected; until both shares are there it would differ from time to time.
  await until(async () => {
    const { events } = await anyone.request<{ events: { type: string }[] }>(`/elections/${uuid}/events`);
    return events.filter(({ type }) => type === "share-decryption").length === 2;
  });
  await anyone.request("/elections?when=past&limit=1");
  const { ballots } = await anyone.request<{ ballots: { tracker: string }[] }>(`/elections/${uuid}/ballots?limit=2`);
  const tracker = (ballots[0]?.tracker ?? "").replaceAll("+", "-").replaceAll("/", "_");
  const election = [
    "",
    "/result",
    "/minutes",
    "/events",
    "/ceremony",
    "/tally",
    "/shares",
    "/turnout",
    "/manifest",
    "/roll?limit=2",
  ];
  for (const path of [...election, `/ballots/${tracker}`]) await anyone.request(`/elections/${uuid}${path}`);
  for (const path of ["/record", "/archive.bel", "/minutes.html?language=de"])
    await (await anyone.raw(`/elections/${uuid}${path}`)).arrayBuffer();
  for (const path of ["status", "genesis", "blocks/1", "blocks?from=1&limit=1"])
    await anyone.request(`/ledger/${path}`);
  for (const path of ["/setup", "/health", "/ready"]) await anyone.request(path);
  await voter.http.request("/session");
}
