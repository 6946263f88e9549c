/**
 * Ballots by the kernel: many at once for the ledger, with the verdicts of {@link judgeBallot}; one by one for archives,
 * with those of `verifyBallot`. Synchronous and pure: kernel and randomness are given. SPEC 4.4
 */
import { bytesEqual } from "#base/bytes.js";
import { fail, ok } from "#base/result.js";
import { type Batch, type BatchObject, type BatchOutcome, verifyBatch } from "#crypto/batch.js";
import { pointToAffine } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import type { Kernel } from "#crypto/kernel/kernel.js";
import { decompressPoints } from "#crypto/kernel/points.js";
import type { Random } from "#crypto/scalar.js";
import { signatureTranscript } from "#crypto/schnorr.js";
import {
  type BallotTask,
  type BallotVerdict,
  ballotMessage,
  ENVELOPE_FAILS,
  ENVELOPE_MALFORMED,
  electionObject,
  judgeBallot,
  NO_CREDENTIAL,
  rejectionOf,
} from "./ballot.js";
import { encodeCbor } from "./encoding/cbor.js";
import { type Rejection, reject } from "./rejections.js";
import { type BallotProgram, ballotProgram, type EnvelopePiece } from "./suite/belenios-v1/ballot-program.js";
import { neutralAlpha } from "./suite/belenios-v1/committed.js";
import { choiceCount, type HomomorphicQuestion, homomorphicQuestions } from "./suite/belenios-v1/election.js";
import { misfit } from "./suite/belenios-v1/equations.js";
import { layoutOf } from "./suite/belenios-v1/layout.js";
import { notOnCurve, scalarFault, wireLength, wrongLength } from "./suite/belenios-v1/wire.js";

/** Tasks of one program: same election, chain, type, uuid, bytes that the sequence takes; all enrolled, or none known to be. */
interface Group {
  readonly program: BallotProgram;
  readonly members: boolean;
  readonly key: Uint8Array;
  readonly questions: readonly HomomorphicQuestion[];
  readonly wireLength: number;
  readonly numbers: number[];
  readonly objects: BatchObject[];
}

/** Verdicts in the order of the tasks, equal to those of {@link judgeBallot} for every input, code and detail included. */
export function judgeBatch(tasks: readonly BallotTask[], kernel: Kernel, random: Random): BallotVerdict[] {
  return judgeBatchBy(tasks, kernel, (batch) => verifyBatch(kernel, batch, random));
}

/** {@link judgeBatch} with the verification of prepared batches given: for tests of where coefficients come from. */
export function judgeBatchBy(
  tasks: readonly BallotTask[],
  kernel: Kernel,
  verify: (batch: Batch) => BatchOutcome[],
): BallotVerdict[] {
  const verdicts: BallotVerdict[] = new Array(tasks.length);
  const groups = new Map<string, Map<string, Group>>();
  for (const [i, task] of tasks.entries()) {
    const group = groupOf(groups, task);
    // Lengths that the transaction's form excludes, and questions that no ballot can answer: not worth a fast way.
    if (group === undefined || !hasForm(task)) verdicts[i] = judgeBallot(task);
    else if (task.wire.length !== group.wireLength) verdicts[i] = fail(misshapen(kernel, task, group.wireLength));
    else {
      group.numbers.push(i);
      group.objects.push(objectOf(task, group));
    }
  }
  for (const group of [...groups.values()].flatMap((each) => [...each.values()])) {
    const outcomes = verify({ ...group, program: group.program.program });
    for (const [k, outcome] of outcomes.entries()) verdicts[group.numbers[k] as number] = verdictOf(group, outcome);
  }
  return verdicts;
}

function hasForm(task: BallotTask): boolean {
  return task.credential.length === 32 && task.commitment.length === 64 && task.response.length === 32;
}

function misshapen(kernel: Kernel, task: BallotTask, expected: number): Rejection {
  const [credential] = decompressPoints(kernel, [task.credential]);
  if (credential === undefined) return NO_CREDENTIAL;
  return reject("bad-wire", wrongLength(task.wire.length, expected).detail);
}

function groupOf(groups: Map<string, Map<string, Group>>, task: BallotTask): Group | undefined {
  const own = encodeCbor(task.sequence).length;
  const inner = groups.get(task.electionText) ?? new Map<string, Group>();
  groups.set(task.electionText, inner);
  const name = `${own} ${task.type} ${task.uuid} ${task.chainId}`;
  const groupName = `${task.enrolled} ${name}`;
  const known = inner.get(groupName);
  if (known !== undefined) return known;
  const election = electionObject(task.electionText);
  const questions = homomorphicQuestions(election.questions);
  if (!questions.ok) return undefined;
  const group = {
    program: programOf(task, own, name),
    members: task.enrolled,
    key: pointToAffine(election.publicKey),
    questions: questions.value,
    wireLength: wireLength(questions.value),
    numbers: [],
    objects: [],
  };
  inner.set(groupName, group);
  return group;
}

/** Points, commitment, scalars, response, credential, own bytes. */
function objectOf(task: BallotTask, { program }: Group): BatchObject {
  const points = program.layout.pointCount * 64;
  return [
    task.wire.subarray(0, points),
    task.commitment,
    task.wire.subarray(points),
    task.response,
    task.credential,
    encodeCbor(task.sequence),
  ];
}

/** Programs by election and envelope: a cache of a pure function, bounded, oldest out. */
const programs = new Map<string, BallotProgram>();
const MAX_PROGRAMS = 32;

function programOf(task: BallotTask, own: number, name: string): BallotProgram {
  const key = `${name} ${task.electionText}`;
  const known = programs.get(key);
  if (known !== undefined) return known;
  const election = electionObject(task.electionText);
  const layout = layoutOf(election.questions as readonly HomomorphicQuestion[]);
  const program = ballotProgram(election, layout, envelopeOf(task, own), own);
  if (programs.size >= MAX_PROGRAMS) programs.delete(programs.keys().next().value as string);
  programs.set(key, program);
  return program;
}

/** The envelope's transcript, written by its one writer over marks and cut at them. */
function envelopeOf(task: BallotTask, own: number): EnvelopePiece[] {
  const marks = (["credential", "commitment", "tracker"] as const).map((name) => ({
    name,
    bytes: sha256(encodeCbor(name)),
  }));
  const [credential, commitment, tracker] = marks.map(({ bytes }) => bytes) as [Uint8Array, Uint8Array, Uint8Array];
  const message = ballotMessage(task.type, task.uuid, credential, task.sequence, tracker);
  const transcript = signatureTranscript({ tag: "cast", chainId: task.chainId }, credential, commitment, message);
  const pieces: EnvelopePiece[] = [];
  let from = 0;
  for (let at = 0; at + 32 <= transcript.length; at++) {
    const mark = marks.find(({ bytes }) => bytesEqual(bytes, transcript.subarray(at, at + 32)));
    if (mark === undefined) continue;
    // The sequence stands right before the head of the tracker (two bytes).
    const sequence = mark.name === "tracker" ? own : 0;
    const head = mark.name === "tracker" ? 2 : 0;
    pieces.push(transcript.slice(from, at - head - sequence));
    for (let k = 0; k < sequence; k++) pieces.push("own");
    pieces.push(transcript.slice(at - head, at), mark.name);
    from = at + 32;
    at = from - 1;
  }
  return [...pieces, transcript.slice(from)];
}

function verdictOf(group: Group, outcome: BatchOutcome): BallotVerdict {
  if (outcome.kind === "holds") return ok({ tracker: outcome.tracker, ciphertexts: outcome.outputs });
  return fail(rejectionOfOutcome(group, outcome));
}

function rejectionOfOutcome(group: Group, outcome: Exclude<BatchOutcome, { readonly kind: "holds" }>): Rejection {
  if (outcome.kind === "equation") {
    const meaning = group.program.equations[outcome.equation];
    return meaning === undefined ? ENVELOPE_FAILS : rejectionOf(misfit(meaning));
  }
  if (outcome.kind === "neutral") return rejectionOf(neutralAlpha(...placeOfPair(group.questions, outcome.pair)));
  if (outcome.kind === "scalar") return reject("bad-wire", scalarFault(group.program.layout, outcome.index).detail);
  if (outcome.kind === "point") return reject("bad-wire", notOnCurve(outcome.index).detail);
  if (outcome.kind === "credential") return NO_CREDENTIAL;
  return outcome.kind === "envelope" ? ENVELOPE_MALFORMED : ENVELOPE_FAILS;
}

/** Question and choice of ciphertext number `pair` of a ballot. */
function placeOfPair(questions: readonly HomomorphicQuestion[], pair: number): [question: number, choice: number] {
  let choice = pair;
  for (const [index, question] of questions.entries()) {
    if (choice < choiceCount(question)) return [index, choice];
    choice -= choiceCount(question);
  }
  throw new RangeError("no such ciphertext");
}
