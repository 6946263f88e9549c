/**
 * What is done in one visit to the booth. Everything is in memory: nothing of a choice is stored, put into an address or sent before it
 * is sealed, and it is wiped when the ballot is recorded. The election, its key and the voter's place on the roll come
 * from the ledger with their proofs.
 */
import { ApiError, type Http, platformRandom } from "#client/http.js";
import { Untrustworthy } from "#client/untrustworthy.js";
import { credentialFor, credentialState, type LedgerAnchor, reportMismatch, send } from "#client/voter.js";
import type { Identity } from "#protocol/identity.js";
import type { Choices } from "#protocol/suite/belenios-v1/seal.js";
import { seenAnchor } from "./anchor.js";
import { type Choice, paperIn, vectorOf } from "./paper.js";
import { endSealing, sealAway, warm } from "./sealer.js";
import { comparedElection, SecondNodeSilent, secondNodeOf } from "./second.js";
import { beginAnew, change, type Paper, type Phase, type Refusal, visitNow } from "./visit.js";

interface View {
  readonly stage: string;
  readonly title: string;
  readonly start_date: string;
  readonly sitting: string;
}

const open = (stage: string): boolean => stage === "open";

/** Begins a visit for a voter, or goes on with the one that is there. `without`: the second node's opinion is renounced. */
export async function begin(
  http: Http,
  uuid: string,
  owner: string,
  identity: Identity,
  without = false,
): Promise<void> {
  const anew = ["none", "failed", ...(without ? ["alone"] : [])];
  if (visitNow().uuid === uuid && visitNow().owner === owner && !anew.includes(visitNow().phase)) return;
  beginAnew({ uuid, owner, phase: "loading" });
  try {
    const view = await http.request<View>(`/elections/${uuid}`);
    const refusal = refusalOf(view);
    if (refusal !== undefined) return change({ phase: "refused", refusal });
    const { anchor, before } = await seenAnchor(http);
    const papers: Paper[] = [];
    for (const id of await sittingOf(http, uuid, view)) {
      const paper = await takePaper(http, id, anchor, identity, without);
      if (paper !== undefined) papers.push(paper);
    }
    const left = papers.filter((paper) => paper.lastSequence < paper.maxCasts);
    if (left.length === 0) {
      const reason = papers.length === 0 ? "not-on-roll" : "no-casts-left";
      return change({ phase: "refused", refusal: { reason, title: view.title, opens: undefined } });
    }
    for (const paper of left) warm(paper.election);
    change({ phase: "intro", papers: left, anchor, knownBefore: before });
  } catch (error) {
    const unknown = error instanceof ApiError && error.status === 404;
    if (unknown) change({ phase: "refused", refusal: { reason: "unknown", title: "", opens: undefined } });
    else if (error instanceof SecondNodeSilent)
      change({ phase: "alone", second: { host: error.host, silent: true }, trouble: error });
    else if (error instanceof Untrustworthy) stop(error);
    else change({ phase: "failed", trouble: error });
  }
}

function refusalOf({ stage, title, start_date }: View): Refusal | undefined {
  if (open(stage)) return undefined;
  if (stage === "announced") return { reason: "not-sealed", title, opens: start_date };
  if (stage === "sealed") return { reason: "not-open", title, opens: start_date };
  return { reason: "closed", title, opens: undefined };
}

/** The election, and those that are voted on together with it. */
async function sittingOf(http: Http, uuid: string, view: View): Promise<readonly string[]> {
  if (view.sitting === "") return [uuid];
  const list = await http.request<{ elections: readonly { id: string; sitting: string; stage: string }[] }>(
    "/elections?when=open&limit=100",
  );
  const others = list.elections.filter((each) => each.sitting === view.sitting && each.id !== uuid && open(each.stage));
  return [uuid, ...others.map(({ id }) => id)];
}

/** Nothing is sent any more, and nothing is kept that could be: the secrets of an unsent vote are forgotten. */
function stop(trouble: Untrustworthy): void {
  wipe();
  change({ phase: "stopped", trouble });
  endSealing();
}

async function takePaper(
  http: Http,
  uuid: string,
  anchor: LedgerAnchor,
  identity: Identity,
  without: boolean,
): Promise<Paper | undefined> {
  const onSilence = () => change({ second: { host: visitNow().second?.host ?? "", silent: true } });
  const election = await comparedElection(http, uuid, anchor, { without, onSilence });
  const host = secondNodeOf(election)?.host;
  if (host !== undefined) change({ second: { host, silent: without || visitNow().second?.silent === true } });
  const state = await credentialState(http, election, credentialFor(election, identity));
  if (state === undefined) return undefined;
  const { questions, rules } = election.manifest.plan;
  return {
    election,
    lastSequence: state.lastSequence,
    maxCasts: rules.maxCasts,
    choices: questions.map(() => undefined),
    prepared: undefined,
    recorded: undefined,
  };
}

/** The paper and question at a place over all papers. */
export function placeOf(papers: readonly Paper[], at: number): { readonly paper: number; readonly question: number } {
  let rest = at;
  for (const [paper, { choices }] of papers.entries()) {
    if (rest < choices.length) return { paper, question: rest };
    rest -= choices.length;
  }
  return { paper: 0, question: 0 };
}

export const questionCount = (papers: readonly Paper[]): number =>
  papers.reduce((total, { choices }) => total + choices.length, 0);

export function choose(at: number, choice: Choice): void {
  const place = placeOf(visitNow().papers, at);
  change({
    papers: visitNow().papers.map((paper, index) =>
      index === place.paper
        ? {
            ...paper,
            choices: paper.choices.map((each, q) => (q === place.question ? choice : each)),
            prepared: undefined,
          }
        : paper,
    ),
  });
}

export function goTo(phase: Phase, at = 0, changing = false): void {
  change({ phase, at, changing, trouble: undefined });
}

function vectorsOf(paper: Paper): Choices {
  // Any language has the same places.
  const { questions } = paperIn(paper.election, paper.election.manifest.plan.language);
  return questions.map((question, index) => vectorOf(question, paper.choices[index] as Choice));
}

/** Seals every paper. From here on the trackers are fixed; nothing is sent. */
export async function sealAll(identity: Identity): Promise<void> {
  if (visitNow().phase === "sealing") return;
  change({ phase: "sealing", trouble: undefined });
  try {
    const papers = await Promise.all(
      visitNow().papers.map(async (paper) => ({
        ...paper,
        prepared: await sealAway(paper.election, credentialFor(paper.election, identity), vectorsOf(paper)),
      })),
    );
    change({ phase: "sealed", papers });
  } catch (error) {
    change({ phase: "review", trouble: error });
  }
}

/** Sends every sealed paper once, as a vote or as a test. What was recorded is not sent again. */
async function sendAll(http: Http, type: "cast" | "spoil", identity: Identity): Promise<boolean> {
  for (const [index, paper] of visitNow().papers.entries()) {
    if (paper.recorded !== undefined || paper.prepared === undefined) continue;
    const { election, prepared } = paper;
    const credential = credentialFor(election, identity);
    const recorded = await send(http, type, election, credential, paper.lastSequence + 1, prepared, platformRandom);
    const lastSequence = recorded.sequence;
    change({ papers: visitNow().papers.map((each, i) => (i === index ? { ...each, recorded, lastSequence } : each)) });
  }
  return true;
}

/** Another device may have voted meanwhile: the numbers are read again, from proofs. */
async function refreshSequences(http: Http, identity: Identity): Promise<void> {
  const papers = await Promise.all(
    visitNow().papers.map(async (paper) => {
      if (paper.recorded !== undefined) return paper;
      const state = await credentialState(http, paper.election, credentialFor(paper.election, identity));
      return state === undefined ? paper : { ...paper, lastSequence: state.lastSequence };
    }),
  );
  change({ papers });
}

/** Sends the votes. A second call while one is under way does nothing, and the same ballot is never counted twice. */
export async function castAll(http: Http, identity: Identity): Promise<void> {
  if (visitNow().phase !== "sealed") return;
  change({ phase: "sending", trouble: undefined });
  try {
    await sendAll(http, "cast", identity);
    wipe();
    change({ phase: "recorded" });
    endSealing();
  } catch (error) {
    await afterFailure(http, identity, error);
  }
}

/** Sends the sealed ballots as tests: they are barred for ever, opened to the second device, and never counted. */
export async function testAll(http: Http, identity: Identity): Promise<void> {
  if (visitNow().phase !== "sealed") return;
  change({ phase: "testing", trouble: undefined });
  try {
    await sendAll(http, "spoil", identity);
    change({ phase: "opened", tests: visitNow().tests + 1, reported: false });
  } catch (error) {
    await afterFailure(http, identity, error);
  }
}

/** What goes wrong while the numbers are read again is told instead: a proof that does not hold must not be passed over. */
async function afterFailure(http: Http, identity: Identity, error: unknown): Promise<void> {
  let trouble = error;
  if (error instanceof Untrustworthy) return stop(error);
  if (error instanceof ApiError && error.code === "stale-sequence") {
    try {
      await refreshSequences(http, identity);
    } catch (other) {
      if (other instanceof Untrustworthy) return stop(other);
      trouble = other;
    }
  }
  change({ phase: "sealed", trouble });
}

/** After a test: the choices stay, the next sealing is a new one. */
export function afterTest(): void {
  change({
    phase: "review",
    trouble: undefined,
    papers: visitNow().papers.map((paper) => ({ ...paper, prepared: undefined, recorded: undefined })),
  });
}

/** Says on the ledger that a test did not hold what was shown. Counted on the board. */
export async function reportTest(
  http: Http,
  identity: Identity,
  kind: "other-choice" | "other-words" | "not-opened",
): Promise<void> {
  for (const { election, prepared, recorded } of visitNow().papers) {
    if (prepared === undefined || recorded === undefined) continue;
    const credential = credentialFor(election, identity);
    await reportMismatch(http, election, credential, { tracker: prepared.trackerBytes, kind }, platformRandom);
  }
  change({ reported: true });
}

/** Forgets choices and randomness. Trackers and receipts stay; they show no choice. */
function wipe(): void {
  change({
    papers: visitNow().papers.map((paper) => ({
      ...paper,
      choices: paper.choices.map(() => undefined),
      prepared: undefined,
    })),
  });
}

/** Ends the visit and forgets all of it. */
export function endVisit(): void {
  endSealing();
  beginAnew({});
}

// A page that the browser keeps to come back to keeps nothing of an unfinished vote's secrets either.
addEventListener("pagehide", () => {
  if (visitNow().phase === "recorded") endVisit();
});
