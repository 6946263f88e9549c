/** `psephos demo`: a whole election in the terminal, over real HTTP, against a server of its own in a new directory. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { parseInstant } from "#api/instant.js";
import { toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { holdCeremonies, mailedToken, registerTrustees, replayed } from "#client/demonstration.js";
import { createHttp, type Http, platformRandom } from "#client/http.js";
import {
  announce,
  approveAll,
  createDraft,
  enterRoll,
  importVoters,
  type Signer,
  seal,
  setUp,
} from "#client/officer.js";
import { signIn } from "#client/session.js";
import { decryptionShare, submit } from "#client/trustee.js";
import {
  anchorOf,
  confirm,
  credentialFor,
  electionOf,
  register,
  sealChoices,
  send,
  type TrustedElection,
  vote,
} from "#client/voter.js";
import { makeCode } from "#crypto/base58.js";
import { localJudge } from "#pool/judge.js";
import { electionObject } from "#protocol/ballot.js";
import { type Identity, identityFromCode, keyBytes } from "#protocol/identity.js";
import type { Plan } from "#protocol/plan.js";
import { ballotFromText } from "#protocol/suite/belenios-v1/ballot.js";
import { checkOpening, type Randomness, sealingTables } from "#protocol/suite/belenios-v1/seal.js";
import { verifyRecordWith } from "#verify/record.js";
import { type DemoServer, startDemoServer } from "./demo-server.js";
import { printResult } from "./report.js";
import { CommandError, paint, progress, say } from "./terminal.js";

interface DemoOptions {
  readonly voters: string;
  readonly turnout: string;
  readonly revotes: string;
  readonly data?: string;
}

/** How large the election is. */
export interface Size {
  readonly voters: number;
  /** Voters who cast a ballot, and how many of them cast a second one. */
  readonly turnout: number;
  readonly revotes: number;
}

function sizeOf(options: DemoOptions): Size {
  const voters = Number(options.voters);
  if (!Number.isInteger(voters) || voters < 10 || voters > 20_000)
    throw new CommandError("--voters takes a number from 10 to 20000.", 2);
  const [share, again] = [Number(options.turnout), Number(options.revotes)];
  if (!(share > 0 && share <= 100) || !(again >= 0 && again <= 100))
    throw new CommandError("--turnout and --revotes take per cent.", 2);
  const turnout = Math.max(5, Math.round((voters * share) / 100));
  return { voters, turnout, revotes: Math.round((turnout * again) / 100) };
}

/** When voting opens, counted from the announcement, and how long it lasts. Nanoseconds. */
export interface Calendar {
  readonly opensAfter: bigint;
  readonly lasts: bigint;
}

const HOUR = 3600n * 1_000_000_000n;
/** An hour each, since the demo's clock is turned forward when there is nothing more to do. */
const LEISURELY: Calendar = { opensAfter: HOUR, lasts: HOUR };

export function addDemoCommand(program: Command): void {
  program
    .command("demo")
    .description("a whole election in a minute: registration, key ceremony, ballots, count, verification")
    .option("--voters <number>", "how many voters", "200")
    .option("--turnout <per cent>", "how many of them vote", "100")
    .option("--revotes <per cent>", "how many of those vote again", "10")
    .option("--data <dir>", "where the server keeps everything (default: a new temporary directory)")
    .action(async (options: DemoOptions) => {
      const size = sizeOf(options);
      const data = options.data ?? mkdtempSync(join(tmpdir(), "psephos-demo-"));
      step("Starting a server of its own");
      const server = await startDemoServer(data);
      try {
        await demo(server, size, data);
      } finally {
        await server.stop();
      }
    });
}

let began = 0;

function step(title: string): void {
  if (began === 0) began = performance.now();
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(5);
  say(`${paint(`${seconds} s`, "dim")}  ${paint(title, "strong")}`);
}

function detail(line: string): void {
  say(`         ${line}`);
}

interface Scene {
  readonly http: Http;
  readonly signer: Signer;
  readonly server: DemoServer;
}

/** What may happen while ballots come in, when half of them are there. */
export type Midway = () => Promise<void>;

/** The whole election; throws when anything does not hold. */
export async function demo(
  server: DemoServer,
  size: Size,
  data: string,
  calendar: Calendar = LEISURELY,
  midway: Midway = async () => {},
): Promise<void> {
  const scene = await foundOrganisation(server);
  const voters = await registerVoters(scene, size.voters);
  const { plan, trustees } = await announceElection(scene, calendar);
  await makeKey(scene, plan, trustees);
  await sealElection(scene, plan);
  await turnClock(scene, plan.opensAt, "the election opens");
  const cast = await castAll(scene, plan.uuid, voters.slice(0, size.turnout), size.revotes, midway);
  await testDevice(scene, cast.election, voters[0] as Identity);
  await turnClock(scene, plan.closesAt, "it closes");
  await openSum(scene, plan, trustees);
  await verifyEverything(scene, plan, data);
}

async function foundOrganisation(server: DemoServer): Promise<Scene> {
  step("The first officer founds the ledger");
  const http = createHttp({ url: server.url, cookies: true });
  const identity = identityFromCode(makeCode(platformRandom), "officer");
  const answer = await setUp(
    http,
    server.setupToken,
    "Demo Society",
    { name: "Olivia Officer", identity },
    platformRandom,
  );
  await signIn(http, identity, platformRandom);
  detail(`ledger ${answer.chain_id}, genesis ${answer.genesis_hash.slice(0, 16)}…`);
  return { http, server, signer: { identity, chainId: answer.chain_id, random: platformRandom } };
}

const GIVEN = ["Zoë", "Łukasz", "Ngozi", "محمد", "Søren", "小明", "Ålesund", "Φωτεινή", "Иван", "José"];
const FAMILY = ["Müller", "O’Brien", "Żak", "田中", "García-López", "Đặng", "Öztürk", "الحسن", "Petrović", "Ñandú"];

/** Names as lists have them: every script, accents, apostrophes. */
function nameOf(i: number): string {
  return `${GIVEN[i % 10]} ${FAMILY[Math.floor(i / 10) % 10]} ${i + 4}`;
}

/** Most voters come from the organisation's list with keys from letters; three register by mail, as newcomers do. */
async function registerVoters(scene: Scene, count: number): Promise<Identity[]> {
  step(`${count} voters get a digital identity`);
  const identities = Array.from({ length: count }, () => identityFromCode(makeCode(platformRandom), "voter"));
  const rows = identities
    .slice(3)
    .map((identity, i) => `${nameOf(i)},voter${i + 4}@example.org,${toHex(keyBytes(identity))}`);
  const answer = await importVoters(scene.http, `name,email,public_key\n${rows.join("\n")}\n`);
  detail(`${answer.added} from a list with keys printed on letters`);
  for (const [i, identity] of identities.slice(0, 3).entries()) {
    const email = `newcomer${i + 1}@example.org`;
    await register(scene.http, { name: `Newcomer ${i + 1}`, email });
    await confirm(scene.http, await mailedToken(scene.http, email), identity, platformRandom);
  }
  detail("3 by mail: the click alone binds nothing, their own device signs");
  await approveAll(scene.http);
  return identities;
}

interface Trustee {
  readonly name: string;
  readonly code: string;
}

async function announceElection(scene: Scene, calendar: Calendar): Promise<{ plan: Plan; trustees: Trustee[] }> {
  step("An election is drafted; three trustees make their keys, two of them will be needed");
  const names = ["Tara Trustee", "Tom Trustee", "Tilda Trustee"];
  const now = BigInt(Date.now()) * 1_000_000n;
  const opensAt = now + calendar.opensAfter;
  const draft = await createDraft(scene.http, {
    name: "Shall we build the observatory?",
    description: "A demonstration. Nobody is bound by it.",
    questions: [
      { question: "Shall we build the observatory?", answers: ["Yes", "No"], min: 1, max: 1, blank: true },
      {
        question: "Which instruments shall it have?",
        answers: ["Refractor", "Reflector", "Radio dish", "Camera"],
        min: 0,
        max: 2,
        blank: false,
      },
    ],
    opens_at: formatInstant(opensAt),
    closes_at: formatInstant(opensAt + calendar.lasts),
    trustees: names.map((name) => ({ name, part: "member" })),
    threshold: 2,
  });
  const trustees = names.map((name) => ({ name, code: makeCode(platformRandom) }));
  const codes = trustees.map(({ code }) => code);
  await registerTrustees(scene.http, createHttp({ url: scene.server.url }), draft.uuid, codes, platformRandom);
  const { plan } = await announce(scene.http, scene.signer, draft.uuid);
  detail(`election ${plan.uuid} is announced on the ledger`);
  return { plan, trustees };
}

async function makeKey(scene: Scene, plan: Plan, trustees: readonly Trustee[]): Promise<void> {
  step("Key ceremony: commit, reveal, deal, accept, rehearse");
  const codes = trustees.map(({ code }) => code);
  await holdCeremonies(scene.http, [{ uuid: plan.uuid, codes }], platformRandom);
  detail("every trustee has a share; nobody has the key");
}

async function sealElection(scene: Scene, plan: Plan): Promise<void> {
  step("The roll is entered, recomputed by the officer, and sealed");
  const roll = await enterRoll(scene.http, plan.uuid, { kind: "all" });
  await seal(scene.http, scene.signer, await replayed(scene.http, plan.uuid), plan);
  detail(`${roll.count} credentials; ${roll.letters} keys came by letter, as the manifest says`);
}

/** Nobody waits for the calendar here: the demo's server has a clock of its own that can be turned forward. */
async function turnClock(scene: Scene, instant: bigint, what: string): Promise<void> {
  await scene.server.turnTo(instant);
  // The ledger notices within a second and says so in an empty block.
  for (;;) {
    const status = await scene.http.request<{ time: string }>("/ledger/status");
    const time = parseInstant(status.time);
    if (time.ok && time.value >= instant) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  step(`The demo's clock is turned forward: ${what}`);
}

async function castAll(
  scene: Scene,
  uuid: string,
  voters: readonly Identity[],
  revotes: number,
  midway: Midway,
): Promise<{ election: TrustedElection }> {
  step(`${voters.length} voters seal their ballots on their own devices and cast them; ${revotes} vote again`);
  const http = createHttp({ url: scene.server.url });
  const election = await electionOf(http, uuid, await anchorOf(http));
  // Each voter's device builds these once; here one process stands for all devices.
  const tables = sealingTables(electionObject(election.electionText));
  const queue = [...voters.keys(), ...Array.from({ length: revotes }, (_, i) => i)];
  const bar = progress("         casting", queue.length);
  let done = 0;
  const half = Math.ceil(queue.length / 2);
  let happening: Promise<void> | undefined;
  const started = performance.now();
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await vote(
        http,
        election,
        voters[next] as Identity,
        choicesOf(next, done >= voters.length),
        platformRandom,
        tables,
      );
      bar.update(++done, `${done} ballots`);
      if (done === half) happening = midway();
    }
  };
  // The revotes stand at the end of the queue; one worker after the other reaches them when all first ballots are out.
  await Promise.all(Array.from({ length: 6 }, worker));
  await happening;
  bar.stop();
  const rate = done / ((performance.now() - started) / 1000);
  detail(
    `${done} ballots recorded, each receipt judged by the voter's own client (${rate.toFixed(0)} a second, clients included)`,
  );
  return { election };
}

/** Who votes how, so that the picture at the end is worth drawing. */
function choicesOf(voter: number, again: boolean): number[][] {
  const first = voter % 11 === 0 ? [1, 0, 0] : again || voter % 5 < 3 ? [0, 1, 0] : [0, 0, 1];
  const instruments = [0, 0, 0, 0];
  instruments[voter % 4] = 1;
  if (voter % 3 === 0) instruments[(voter + 2) % 4] = 1;
  return [first, instruments];
}

/** One voter distrusts the device: the sealed ballot is spoiled and opened on a second device, which compares. */
async function testDevice(scene: Scene, election: TrustedElection, identity: Identity): Promise<void> {
  const http = createHttp({ url: scene.server.url });
  const credential = credentialFor(election, identity);
  const choices = choicesOf(0, true);
  const prepared = sealChoices(election, credential, choices, platformRandom);
  const recorded = await send(http, "spoil", election, credential, 10, prepared, platformRandom);
  const path = recorded.tracker.replaceAll("+", "-").replaceAll("/", "_");
  const { ballot } = await http.request<{ ballot: string }>(`/elections/${election.uuid}/ballots/${path}`);
  const honest = openedAs(election, ballot, choices, prepared.randomness);
  if (!honest) throw new CommandError("The device test failed: the ballot does not hold what was chosen.");
  detail("one voter tests the device: the sealed ballot is spoiled, opened, and holds what was chosen");
}

/** What the second device does: it reads the recorded ballot and sees whether it opens to the choices. */
function openedAs(election: TrustedElection, ballotText: string, choices: number[][], randomness: Randomness): boolean {
  const ballot = ballotFromText(ballotText);
  return ballot.ok && checkOpening(electionObject(election.electionText), ballot.value, choices, randomness);
}

async function openSum(scene: Scene, plan: Plan, trustees: readonly Trustee[]): Promise<void> {
  step("Two of the three trustees replay the ledger and open the sum, nothing else");
  const opened = new Map<string, string>();
  for (const trustee of trustees.slice(0, 2)) {
    const share = decryptionShare(
      await replayed(scene.http, plan.uuid),
      plan.uuid,
      trustee.code,
      opened,
      platformRandom,
    );
    await submit(scene.http, share.wire);
    detail(`${trustee.name} opened a share of the sum`);
  }
}

async function verifyEverything(scene: Scene, plan: Plan, data: string): Promise<void> {
  step("Anyone verifies: the whole record is replayed, every proof checked");
  const response = await scene.http.raw(`/elections/${plan.uuid}/record`);
  const record = new Uint8Array(await response.arrayBuffer());
  const path = join(data, `${plan.uuid}.psephos`);
  writeFileSync(path, record);
  const archive = join(data, `${plan.uuid}.bel`);
  writeFileSync(
    archive,
    new Uint8Array(await (await scene.http.raw(`/elections/${plan.uuid}/archive.bel`)).arrayBuffer()),
  );
  const report = await verifyRecordWith([record], { judge: localJudge() });
  const election = report.elections.find((each) => each.uuid === plan.uuid);
  if (report.verdict !== "valid" || election?.result === undefined)
    throw new CommandError("The record does not verify.");
  printResult(election.result);
  say();
  step(paint("Everything holds.", "good"));
  detail(`record:  ${path}`);
  detail(`archive: ${archive}`);
  detail(`verify them yourself: npm run psephos -- verify ${path}`);
}
