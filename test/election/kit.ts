/**
 * Whole elections as people live them: a server on a directory of its own, and people with clients. Everything goes over
 * HTTP through the acts of `src/client`. The one thing that is not real is the server's clock, which can be turned
 * forward: days pass in a moment, and slow machines miss no deadline.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseInstant } from "#api/instant.js";
import type { DraftBody } from "#api/management.js";
import type { RollSelection } from "#api/registration.js";
import { fromHex, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { holdCeremonies, mailedToken, registerTrustees, replayed } from "#client/demonstration.js";
import { createHttp, type Http, platformRandom } from "#client/http.js";
import {
  act,
  announce,
  createDraft,
  enterRoll,
  importVoters,
  type ProposalAnswer,
  type RollAnswer,
  type Signer,
  seal,
  setUp,
} from "#client/officer.js";
import type { ReplayedLedger } from "#client/record.js";
import { signIn } from "#client/session.js";
import { decryptionShare, submit } from "#client/trustee.js";
import { anchorOf, confirm, electionOf, register, type TrustedElection } from "#client/voter.js";
import { makeCode } from "#crypto/base58.js";
import { removeEmbedded } from "#db/embedded.js";
import { type Identity, identityFromCode, keyBytes } from "#protocol/identity.js";
import type { Plan } from "#protocol/plan.js";
import { appointOfficer } from "#protocol/transactions/appoint-officer.js";
import { placesIn } from "#server/data-directory.js";

export const random = platformRandom;

const SECOND = 1_000_000_000n;
export const seconds = (count: number): bigint => BigInt(count) * SECOND;
export const minutes = (count: number): bigint => seconds(60 * count);

export interface World {
  readonly url: string;
  readonly dataDir: string;
  /** What the server logged, at the most talkative level. */
  readonly logged: string[];
  /** The server's process, for measuring it. */
  serverPid(): number;
  /** A new client: a browser that nobody has used before. */
  client(): Http;
  /** The server's clock, nanoseconds. */
  now(): bigint;
  /** Turns the clock forward to this instant; resolves when the ledger has seen it. */
  until(instant: bigint): Promise<void>;
  /** Ends the server, with SIGTERM as asked to or with SIGKILL as by a power cut. */
  halt(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts it again on the same directory, at the same address. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The token of each world's set-up link. */
const setupTokens = new WeakMap<World, string>();

/** What stands after # in the link that the server printed at its first start. */
export function setupTokenOf(world: World): string {
  return setupTokens.get(world) as string;
}

/** A server in a process of its own (over the built files), so that busy clients do not make it look busy. */
const serverMain = join(import.meta.dirname, "..", "..", "dist", "cli", "demo-server-main.js");

/** A fresh directory for a server. */
export function freshDataDirectory(): string {
  const dataDir = mkdtempSync(join(tmpdir(), "psephos-election-"));
  chmodSync(dataDir, 0o711);
  return dataDir;
}

/**
 * With `send`, every request of every client goes through it. `dataDir`: a directory in which something stands already.
 * `more`: further arguments of the server.
 */
export async function startWorld(
  send?: typeof fetch,
  dataDir = freshDataDirectory(),
  more: readonly string[] = [],
): Promise<World> {
  const logged: string[] = [];
  let ahead = 0n;
  const now = () => BigInt(Date.now()) * 1_000_000n + ahead;
  let running = await startServer(dataDir, 0, logged, more);
  const { url, setupToken } = running;
  const client = () => createHttp({ url, cookies: true, fetch: patient(send ?? fetch) });
  const turnTo = async (instant: bigint) => {
    running.child.send({ turnTo: instant.toString() });
    await once(running.child, "message");
  };
  const halt = async (signal: "SIGTERM" | "SIGKILL") => {
    const { child } = running;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  const world: World = {
    url,
    dataDir,
    logged,
    serverPid: () => running.child.pid ?? 0,
    client,
    now,
    halt,
    until: async (instant) => {
      if (now() < instant) ahead += instant - now() + 1_000_000n;
      await turnTo(now());
      await ledgerReaches(client(), instant);
    },
    start: async () => {
      running = await startServer(dataDir, Number(new URL(url).port), logged, more);
      await turnTo(now());
    },
    stop: async () => {
      await halt("SIGTERM");
      removeEmbedded(placesIn(dataDir).postgres);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  setupTokens.set(world, setupToken ?? "");
  return world;
}

/** A busy machine makes the server shed requests now and then; people try again, as the answer asks them to. */
function patient(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    for (let tries = 1; ; tries++) {
      const answer = await send(input, init);
      if (answer.status !== 503 || tries === 10) return answer;
      const shed = (await answer.clone().text()).includes('"code":"overloaded"');
      if (!shed) return answer;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly setupToken: string | undefined;
}

async function startServer(dataDir: string, port: number, logged: string[], more: readonly string[]): Promise<Running> {
  const args = ["--port", String(port), "--data", dataDir, "--log-level", "trace", ...more];
  const child = fork(serverMain, args, { stdio: ["ignore", "pipe", "pipe", "ipc"], execArgv: [] });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => logged.push(text));
  const [said] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => {
      throw new Error(`the server ended at once: ${logged.join("").slice(-2000)}`);
    }),
  ])) as [{ url: string; setupToken?: string }];
  return { child, url: said.url, setupToken: said.setupToken };
}

const PATIENCE_MS = 30_000;

/** Waits until something holds; what it waits for is said when it does not come. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`it did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ledgerReaches(http: Http, instant: bigint): Promise<void> {
  await eventually(`a block at ${formatInstant(instant)}`, async () => {
    const { time } = await http.request<{ time: string }>("/ledger/status");
    const at = parseInstant(time);
    return at.ok && at.value >= instant;
  });
}

// Officers ------------------------------------------------------------------------------------------------------------

export interface Officer {
  readonly name: string;
  readonly code: string;
  /** Signed in. */
  readonly http: Http;
  readonly signer: Signer;
  readonly organisation: string;
}

/** The first officer founds the ledger with the link that the server printed. */
export async function foundLedger(world: World, organisation: string, name: string): Promise<Officer> {
  const http = world.client();
  const code = makeCode(random);
  const identity = identityFromCode(code, "officer");
  const token = setupTokenOf(world);
  const founded = await setUp(http, token, organisation, { name, identity }, random);
  await signIn(http, identity, random);
  const signer = { identity, chainId: founded.chain_id, random };
  return { name, code, http, signer, organisation: founded.organisation };
}

interface OrganisationAnswer {
  readonly revision: number;
}

/** One more officer, approved by all there are; from then on `threshold` of them are needed. */
export async function appoint(
  world: World,
  officers: readonly Officer[],
  name: string,
  threshold: number,
): Promise<Officer> {
  const { http, organisation, signer } = officers[0] as Officer;
  const code = makeCode(random);
  const identity = identityFromCode(code, "officer");
  const { revision } = await http.request<OrganisationAnswer>(`/organisations/${organisation}`);
  const body = { organisation, revision, officer: { key: keyBytes(identity), name }, threshold };
  await byAll(officers, (each) => act(each.http, each.signer, appointOfficer, body));
  const fresh = world.client();
  await signIn(fresh, identity, random);
  return { name, code, http: fresh, signer: { ...signer, identity }, organisation };
}

/** Each officer judges and approves for himself; with the last approval it is on the ledger. */
export async function byAll(
  officers: readonly Officer[],
  approve: (officer: Officer) => Promise<ProposalAnswer>,
): Promise<ProposalAnswer> {
  let last: ProposalAnswer | undefined;
  for (const officer of officers) last = await approve(officer);
  if (last?.status !== "recorded")
    throw new Error(`the act is ${last?.status}, with ${last?.approvals.length} approvals`);
  return last;
}

// Voters --------------------------------------------------------------------------------------------------------------

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface Voter extends Person {
  readonly code: string;
  readonly identity: Identity;
  readonly http: Http;
}

function voterOf(world: World, person: Person): Voter {
  const code = makeCode(random);
  return { ...person, code, identity: identityFromCode(code, "voter"), http: world.client() };
}

/** A citizen registers: asks, gets a letter, makes a code on the own device, and signs what was mailed. */
export async function registerByMail(world: World, person: Person): Promise<Voter & { readonly digitalId: string }> {
  const voter = voterOf(world, person);
  const asked = await register(voter.http, person);
  const token = await mailedToken(voter.http, person.email);
  const confirmed = await confirm(voter.http, token, voter.identity, random);
  if (confirmed.digital_id !== asked.digital_id) throw new Error("the digital identity changed");
  return { ...voter, digitalId: confirmed.digital_id };
}

export interface Listed extends Person {
  readonly group?: string;
  readonly district?: string;
  readonly weight?: number;
}

/** Voters of the office's list, whose codes an offline computer printed on letters. They are approved at once. */
export async function importWithLetters(world: World, officer: Officer, people: readonly Listed[]): Promise<Voter[]> {
  const voters = people.map((person) => voterOf(world, person));
  const lines = people.map((person, i) => {
    const key = toHex(keyBytes((voters[i] as Voter).identity));
    return [person.name, person.email, key, person.group ?? "", person.district ?? "", person.weight ?? 1].join(",");
  });
  const csv = `name,email,public_key,group,district,weight\n${lines.join("\n")}\n`;
  const answer = await importVoters(officer.http, csv);
  if (answer.added !== people.length || answer.faults > 0) throw new Error(JSON.stringify(answer));
  return voters;
}

/** Invented people: `count` of them, with names that files and databases find hard. */
export function people(count: number, domain: string): Person[] {
  const names = [
    "Zoë Ångström",
    "José Ñúñez",
    "李小龙",
    "Владимир Шольц",
    "أمينة الفاسي",
    "Jean-Luc O’Brien",
    "Søren Æbeltoft",
  ];
  return Array.from({ length: count }, (_, i) => ({
    name: `${names[i % names.length]} ${i + 1}`,
    email: `voter-${i + 1}@${domain}`,
  }));
}

// Elections -----------------------------------------------------------------------------------------------------------

export interface Trustee {
  readonly name: string;
  readonly code: string;
  /** What this trustee has opened before. */
  readonly opened: Map<string, string>;
}

export interface Election {
  readonly uuid: string;
  readonly plan: Plan;
  readonly trustees: readonly Trustee[];
}

/** Drafted by the first officer, trustees register their keys, and all officers announce it. */
export async function announceElection(
  world: World,
  officers: readonly Officer[],
  draft: DraftBody,
): Promise<Election> {
  const [first] = officers as readonly [Officer];
  const { uuid } = await createDraft(first.http, draft);
  const trustees = (draft.trustees ?? []).map(({ name }) => ({ name, code: makeCode(random), opened: new Map() }));
  const codes = trustees.map(({ code }) => code);
  await registerTrustees(first.http, world.client(), uuid, codes, random);
  let plan: Plan | undefined;
  await byAll(officers, async (officer) => {
    const announced = await announce(officer.http, officer.signer, uuid);
    plan = announced.plan;
    return announced.proposal;
  });
  return { uuid, plan: plan as Plan, trustees };
}

/** The whole key ceremony of each election, the rehearsal included. */
export async function makeKeys(world: World, first: Election, ...others: readonly Election[]): Promise<void> {
  const ceremonyOf = ({ uuid, trustees }: Election) => ({ uuid, codes: trustees.map(({ code }) => code) });
  await holdCeremonies(world.client(), [ceremonyOf(first), ...others.map(ceremonyOf)], random);
}

/** The roll is entered; each officer recomputes it and approves the seal. */
export async function enterAndSeal(
  world: World,
  officers: readonly Officer[],
  election: Election,
  selection: RollSelection,
  options: { readonly uniqueWeights?: boolean } = {},
): Promise<RollAnswer> {
  const roll = await enterRoll((officers[0] as Officer).http, election.uuid, selection);
  const ledger = await replayed(world.client(), election.uuid);
  await byAll(officers, (officer) => seal(officer.http, officer.signer, ledger, election.plan, options));
  return roll;
}

/** The election as a voter's client takes it from the ledger, with proof, against the anchor of the founding. */
export async function trustedElection(world: World, election: Election): Promise<TrustedElection> {
  const http = world.client();
  return electionOf(http, election.uuid, await anchorOf(http));
}

/** These trustees open the sum, each on a ledger replayed for it, or on one that was replayed before. */
export async function openSum(
  world: World,
  election: Election,
  trustees: readonly Trustee[],
  before?: ReplayedLedger,
): Promise<void> {
  const http = world.client();
  for (const trustee of trustees) {
    const ledger = before ?? (await replayed(http, election.uuid));
    const share = decryptionShare(ledger, election.uuid, trustee.code, trustee.opened, random);
    await submit(http, share.wire);
  }
}

/** Members of one group, of whom `threshold` are needed. */
export function members(...names: readonly string[]): NonNullable<DraftBody["trustees"]> {
  return names.map((name) => ({ name, part: "member" as const }));
}

/** Opening and closing of a draft, in minutes from now. */
export function schedule(world: World, opens: number, closes: number): { opens_at: string; closes_at: string } {
  const now = world.now();
  return { opens_at: formatInstant(now + minutes(opens)), closes_at: formatInstant(now + minutes(closes)) };
}

export interface ElectionView {
  readonly stage: string;
  readonly counted: number;
  readonly spoiled: number;
  readonly mismatches: number;
  readonly ballots: number;
  readonly roll: number;
  readonly fingerprint: string | null;
}

export function viewOf(world: World, election: Election): Promise<ElectionView> {
  return world.client().request(`/elections/${election.uuid}`);
}

/** Identifiers that the list of elections shows, newest first; waits until the list follows the ledger. */
export function listed(world: World, when: "upcoming" | "open" | "past", count: number): Promise<string[]> {
  return eventually(`${count} elections ${when}`, async () => {
    const { elections } = await world.client().request<{ elections: { id: string }[] }>(`/elections?when=${when}`);
    return elections.length === count && elections.map(({ id }) => id);
  });
}

export interface ResultView {
  readonly stage: string;
  readonly counted: number;
  readonly counted_weight: number;
  readonly questions: readonly {
    readonly question: string;
    readonly answers: readonly { readonly answer: string; readonly count: number }[];
    readonly blank: number | null;
  }[];
  readonly trustees: readonly string[];
}

export function resultOf(world: World, election: Election): Promise<ResultView> {
  return world.client().request(`/elections/${election.uuid}/result`);
}

/** Counts of a question, with the blank ones last where it has them. */
export function countsOf(result: ResultView, question = 0): number[] {
  const found = result.questions[question];
  const counts = (found?.answers ?? []).map(({ count }) => count);
  return found?.blank === null || found === undefined ? counts : [...counts, found.blank];
}

/** The bytes that a server keeps under a path. */
export async function bytesAt(http: Http, path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await http.raw(path)).arrayBuffer());
}

export const keyOf = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
