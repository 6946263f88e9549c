/** One practice referendum after the other: announced, keyed, sealed, opened, closed by a button, counted. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseInstant } from "#api/instant.js";
import { toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { holdCeremonies, registerTrustees, replayed } from "#client/demonstration.js";
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
import { anchorOf, electionOf, vote } from "#client/voter.js";
import { makeCode } from "#crypto/base58.js";
import { identityFromCode, keyBytes } from "#protocol/identity.js";
import type { PracticeState } from "#server/practice.js";

interface Round {
  readonly uuid: string;
  readonly trustees: readonly string[];
  readonly closesAt: string;
  taken: number;
}

/** What is kept between two starts. */
interface Kept {
  /** How far this clock is ahead, nanoseconds. */
  ahead: string;
  officer: string;
  voters: { readonly name: string; readonly code: string }[];
  round: Round | undefined;
  last: string | null;
}

export interface Outcome {
  readonly status: number;
  readonly body: unknown;
}

export interface Office {
  readonly clock: () => bigint;
  begin(url: string, setupToken: string | undefined, tell: (state: PracticeState) => void): void;
  /** A practice voter nobody has taken yet. */
  takeVoter(): Outcome;
  /** Ends the voting, counts, and begins the next round. */
  close(): Outcome;
}

const SECOND = 1_000_000_000n;
/** Between announcing and opening: enough for the ceremony on a slow machine; the clock skips what is left of it. */
const AHEAD = 300n * SECOND;
const OPEN = 2n * 3600n * SECOND;
const NEIGHBOURS = 6;
const NEWCOMERS = 30;
const THRESHOLD = 2;

export function openOffice(file: string): Office {
  const kept = readKept(file);
  let ahead = BigInt(kept.ahead);
  const keep = () => {
    kept.ahead = ahead.toString();
    write(file, kept);
  };
  const clock = () => (BigInt(Date.now()) * SECOND) / 1000n + ahead;
  let state: PracticeState["state"] = "starting";
  let tell: (state: PracticeState) => void = () => undefined;
  let next: () => Promise<void> = async () => undefined;

  const said = () => stateOf(kept, state);
  const become = (to: PracticeState["state"]) => {
    state = to;
    tell(said());
  };
  const turnTo = async (http: Http, instant: bigint) => {
    const missing = instant - clock();
    if (missing > 0n) ahead += missing;
    keep();
    await ledgerReaches(http, instant);
  };
  const isOver = () => kept.round !== undefined && clock() >= BigInt(kept.round.closesAt);
  return {
    clock,
    begin: (url, setupToken, teller) => {
      tell = teller;
      become("starting");
      const run = async () => {
        const scene = await openScene(url, setupToken, kept, keep);
        next = async () => {
          if (kept.round !== undefined) {
            become("counting");
            await turnTo(scene.http, BigInt(kept.round.closesAt));
            await count(scene, kept.round);
            kept.last = kept.round.uuid;
            kept.round = undefined;
            keep();
            become("starting");
          }
          kept.round = await openRound(scene, kept, clock(), (instant) => turnTo(scene.http, instant));
          keep();
          become("open");
        };
        if (kept.round === undefined || isOver()) await next();
        else become("open");
      };
      run().catch(fail);
    },
    takeVoter: () => {
      if (state !== "open" || kept.round === undefined) return busy;
      if (isOver()) {
        next().catch(fail);
        return busy;
      }
      const voter = kept.voters[kept.round.taken];
      if (voter === undefined) return busy;
      kept.round.taken++;
      keep();
      tell(said());
      return { status: 200, body: voter };
    },
    close: () => {
      if (state !== "open") return busy;
      next().catch(fail);
      return { status: 202, body: said() };
    },
  };
}

function stateOf({ round, last }: Kept, state: PracticeState["state"]): PracticeState {
  return {
    state,
    uuid: round?.uuid ?? null,
    last,
    free: round === undefined ? 0 : NEIGHBOURS + NEWCOMERS - round.taken,
  };
}

/** The ledger notices a turned clock within a second and says so in an empty block. */
async function ledgerReaches(http: Http, instant: bigint): Promise<void> {
  for (;;) {
    const { time } = await http.request<{ time: string }>("/ledger/status");
    const parsed = parseInstant(time);
    if (parsed.ok && parsed.value >= instant) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Nothing here can be mended by going on; the real server is not touched and logs that this one ended. */
function fail(error: unknown): never {
  process.stderr.write(`practice: ${String(error)}\n`);
  process.exit(1);
}

const busy: Outcome = {
  status: 409,
  body: {
    type: "about:blank",
    title: "Not now",
    status: 409,
    code: "conflict",
    detail: "The practice referendum is being prepared or counted. Try again in a few seconds.",
  },
};

function readKept(file: string): Kept {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Kept;
  const names = (kind: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `${kind} ${i + 1}`, code: makeCode(platformRandom) }));
  const voters = [...names("Practice neighbour", NEIGHBOURS), ...names("Practice voter", NEWCOMERS)];
  return { ahead: "0", officer: makeCode(platformRandom), voters, round: undefined, last: null };
}

function write(file: string, kept: Kept): void {
  writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

interface Scene {
  readonly http: Http;
  readonly signer: Signer;
}

async function openScene(url: string, setupToken: string | undefined, kept: Kept, keep: () => void): Promise<Scene> {
  const http = createHttp({ url, cookies: true });
  const identity = identityFromCode(kept.officer, "officer");
  keep();
  if (setupToken !== undefined)
    await setUp(http, setupToken, "Practice Society", { name: "Practice officer", identity }, platformRandom);
  await signIn(http, identity, platformRandom);
  if (setupToken !== undefined) {
    const rows = kept.voters.map(
      ({ name, code }, i) =>
        `${name},voter${i + 1}@practice.example,${toHex(keyBytes(identityFromCode(code, "voter")))}`,
    );
    await importVoters(http, `name,email,public_key\n${rows.join("\n")}\n`);
    await approveAll(http);
  }
  const { chainId } = await anchorOf(http);
  return { http, signer: { identity, chainId, random: platformRandom } };
}

async function openRound(
  { http, signer }: Scene,
  kept: Kept,
  now: bigint,
  turnTo: (instant: bigint) => Promise<void>,
): Promise<Round> {
  await signIn(http, signer.identity, platformRandom);
  const opensAt = now - (now % SECOND) + AHEAD;
  const closesAt = opensAt + OPEN;
  const names = ["Practice trustee A", "Practice trustee B", "Practice trustee C"];
  const draft = await createDraft(http, {
    name: "Practice: what shall the fountain show?",
    description: "A practice referendum. Nothing here counts.",
    questions: [
      { question: "Shall the square have a fountain?", answers: ["Yes", "No"], min: 1, max: 1, blank: true },
      { question: "What shall it show?", answers: ["A fish", "A heron", "A frog"], min: 0, max: 1, blank: false },
    ],
    opens_at: formatInstant(opensAt),
    closes_at: formatInstant(closesAt),
    trustees: names.map((name) => ({ name, part: "member" })),
    threshold: THRESHOLD,
  });
  const codes = names.map(() => makeCode(platformRandom));
  await registerTrustees(http, createHttp({ url: http.url }), draft.uuid, codes, platformRandom);
  const { plan } = await announce(http, signer, draft.uuid);
  await holdCeremonies(http, [{ uuid: plan.uuid, codes }], platformRandom);
  await enterRoll(http, plan.uuid, { kind: "all" });
  await seal(http, signer, await replayed(http, plan.uuid), plan);
  await turnTo(opensAt);
  await voteAsNeighbours(http.url, plan.uuid, kept);
  return { uuid: plan.uuid, trustees: codes, closesAt: closesAt.toString(), taken: NEIGHBOURS };
}

/** So many that one newcomer's choice cannot be read off the count, and that the privacy floor is met. */
async function voteAsNeighbours(url: string, uuid: string, kept: Kept): Promise<void> {
  const http = createHttp({ url });
  const election = await electionOf(http, uuid, await anchorOf(http));
  for (const [i, { code }] of kept.voters.slice(0, NEIGHBOURS).entries()) {
    const fountain = i === 0 ? [1, 0, 0] : i % 2 === 0 ? [0, 1, 0] : [0, 0, 1];
    const show = [0, 1, 2].map((k) => (k === i % 3 ? 1 : 0));
    await vote(http, election, identityFromCode(code, "voter"), [fountain, show], platformRandom);
  }
}

async function count({ http }: Scene, round: Round): Promise<void> {
  const opened = new Map<string, string>();
  for (const code of round.trustees.slice(0, THRESHOLD)) {
    const { stage } = await http.request<{ stage: string }>(`/elections/${round.uuid}`);
    if (stage !== "closed") return;
    const share = decryptionShare(await replayed(http, round.uuid), round.uuid, code, opened, platformRandom);
    await submit(http, share.wire);
  }
}
