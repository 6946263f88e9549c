/**
 * `POST /vote`: takes a ballot, checks it in the order of cost (size, form, roll, number, signature, proofs), has the
 * ledger record it, and answers when it is durable and final (row L-17). Uses no session and no cookie. Idempotent: the
 * same ballot again gets the same receipt (row H-15).
 */
import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { LRUCache } from "lru-cache";
import { edgeProblem, ProblemError } from "#api/problem.js";
import { refuseWith } from "#api/rejection.js";
import { bytesOfBase64Url, bytesOfHex } from "#api/values.js";
import { type CastAnswer, type CastRequest, castAnswerSchema, castRequestSchema, MAX_CAST_BODY } from "#api/voting.js";
import { canonicalBallot } from "#archive/ledger-election.js";
import { bytesEqual, toBase64, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { fail, ok, type Result } from "#base/result.js";
import { pointFromBytes, pointFromEighth, pointToBytes } from "#crypto/group.js";
import { scalarFromBytes } from "#crypto/scalar.js";
import { verifyCommitted } from "#crypto/schnorr.js";
import type { Ledger, LedgerState } from "#ledger/ledger.js";
import { type BallotType, ballotMessage, electionObject, type Verdicts } from "#protocol/ballot.js";
import { ballots, positions, rollIndex, sealeds, usedAlphas } from "#protocol/election.js";
import { check } from "#protocol/machine.js";
import { type Rejection, type RejectionCode, reject } from "#protocol/rejections.js";
import { ballotFromText, trackerBytesOf } from "#protocol/suite/belenios-v1/ballot.js";
import { committedFromBallot } from "#protocol/suite/belenios-v1/committed.js";
import { hashFault } from "#protocol/suite/belenios-v1/equations.js";
import type { BallotFaultCode } from "#protocol/suite/belenios-v1/faults.js";
import { encodeWire } from "#protocol/suite/belenios-v1/wire.js";
import { ballotTransaction } from "#protocol/voter.js";
import type { VotingContext } from "./context.js";
import { ballotReceipt } from "./receipts.js";
import { submitTo } from "./submit.js";
import { recordedTracker, type Tables, voteByTracker } from "./votes.js";

export function addCastRoute(app: FastifyInstance, context: VotingContext): void {
  const casting = createCasting(context);
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/vote",
    bodyLimit: MAX_CAST_BODY,
    schema: {
      operationId: "castBallot",
      tags: ["voting"],
      summary: "Cast or spoil a ballot; answers once it is recorded for good, with the receipt",
      body: castRequestSchema,
      response: { 200: castAnswerSchema, 201: castAnswerSchema },
    },
    handler: async (request, reply) => {
      const { repeated, answer } = await casting(request.body);
      reply.header("cache-control", "no-store");
      return reply.code(repeated ? 200 : 201).send(answer);
    },
  });
}

export interface CastOutcome {
  /** The ballot had been recorded before this request. */
  readonly repeated: boolean;
  readonly answer: CastAnswer;
}

/** A ballot on its way: its parts, and the transaction made of them. */
interface Incoming {
  readonly type: BallotType;
  readonly uuid: string;
  /** Compressed. */
  readonly credential: Uint8Array;
  readonly sequence: number;
  /** The wire ballot. */
  readonly ballot: Uint8Array;
  readonly transaction: Uint8Array;
}

/** Outcomes kept for a while, so that repetitions (a lost connection, a second click) cost nothing. */
const KEPT_OUTCOMES = 5_000;

/** The use case itself, without HTTP. Refusals are thrown as problems. */
export function createCasting(context: VotingContext): (request: CastRequest) => Promise<CastOutcome> {
  const kept = new LRUCache<string, Promise<CastOutcome>>({ max: KEPT_OUTCOMES });

  return async (request) => {
    const ledger = context.requireLedger();
    const incoming = incomingOf(ledger, request);
    if (!incoming.ok) return repetitionOrRefusal(ledger, context.tables, incoming.error);
    const ballot = incoming.value;
    const id = hashOf(ballot.transaction);
    const key = toHex(id);
    const before = kept.get(key);
    if (before !== undefined) return { ...(await before), repeated: true };
    const outcome = record(ledger, context.tables, ballot, id);
    kept.set(key, outcome);
    outcome.catch(() => kept.delete(key));
    return outcome;
  };
}

/** SHA-256 by Node: the same bytes as the crypto room's, faster for long inputs. */
function hashOf(transaction: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(transaction).digest());
}

async function record(ledger: Ledger, tables: Tables, ballot: Incoming, id: Uint8Array): Promise<CastOutcome> {
  await fetchAhead(ledger, ballot);
  const refused = cheapRefusal(ledger, ballot.transaction);
  // What was recorded before is refused by now, if only for its number.
  const place = refused === undefined ? undefined : ledger.place(id);
  if (place !== undefined) {
    const time = ledger.block(place.height)?.time ?? 0n;
    return { repeated: true, answer: await answerOf(ledger, ballot, place.height, time) };
  }
  if (refused !== undefined) return repetitionOrRefusal(ledger, tables, refusalOf(ledger, ballot, refused));
  const submitted = await submitTo(ledger, ballot.transaction);
  if (!submitted.ok) return repetitionOrRefusal(ledger, tables, refusalOf(ledger, ballot, submitted.error));
  const { height, time } = submitted.value;
  return { repeated: false, answer: await answerOf(ledger, ballot, height, time) };
}

/** What the machine will read of this voter, where reading one by one would make everybody wait. */
async function fetchAhead(ledger: Ledger, { uuid, credential }: Incoming): Promise<void> {
  if (ledger.fetchAhead === undefined) return;
  const name = toHex(credential);
  await ledger.fetchAhead([rollIndex.key(uuid, name)]);
  const index = rollIndex.get(ledger.state(), uuid, name);
  if (index !== undefined) await ledger.fetchAhead([positions.key(uuid, index), usedAlphas.key(uuid, index)]);
}

/** What the machine asks for proofs with, before any are judged: reaching it means that all that is cheaper holds. */
const UNJUDGED = reject("bad-proof", "not judged");
const unjudged: Verdicts = { ballot: () => fail(UNJUDGED) };

/** The machine's refusal of form, stage, roll and number; `undefined` when only signatures and proofs are left. */
function cheapRefusal(ledger: Ledger, transaction: Uint8Array): Rejection | undefined {
  const rejection = check(ledger.state(), ledger.now(), transaction, unjudged);
  return rejection === null || rejection === UNJUDGED ? undefined : rejection;
}

/** A refusal, and the ballot that may have been recorded before in other bytes (a wire form is not unique). */
interface Refusal {
  readonly rejection: Rejection;
  readonly uuid: string;
  /** 32 bytes, where they were known or worth computing. */
  readonly tracker?: Uint8Array | undefined;
  readonly same?: { readonly credential: Uint8Array; readonly sequence: number; readonly type: BallotType };
}

/** Only a number that was used before can belong to a ballot that was recorded before. */
function refusalOf(ledger: Ledger, ballot: Incoming, rejection: Rejection): Refusal {
  const { uuid } = ballot;
  if (rejection.code !== "stale-sequence") return { rejection, uuid };
  const canonical = canonicalBallot(ledger.state(), ballot);
  return { rejection, uuid, tracker: canonical?.trackerBytes, same: ballot };
}

async function repetitionOrRefusal(ledger: Ledger, tables: Tables, refusal: Refusal): Promise<CastOutcome> {
  const { rejection, uuid, tracker, same } = refusal;
  if (tracker === undefined || same === undefined) return refuseWith(rejection);
  const state = ledger.state();
  const leaf = ballots.get(state, uuid, toHex(tracker))?.leaf;
  const kind = same.type === "cast-ballot" ? "cast" : "spoiled";
  const repeats =
    leaf?.kind === kind && leaf.sequence === same.sequence && bytesEqual(leaf.credential, same.credential);
  const row = repeats ? await voteByTracker(tables, state, uuid, toBase64(tracker)) : undefined;
  if (row === undefined) return refuseWith(rejection);
  const answer = await answerFor(ledger, state, uuid, tracker, Number(row.height), BigInt(row.time_ns));
  return { repeated: true, answer };
}

async function answerOf(ledger: Ledger, ballot: Incoming, height: number, time: bigint): Promise<CastAnswer> {
  const state = ledger.state();
  const tracker = recordedTracker(state, ballot.type, ballot);
  if (tracker === undefined) throw new Error("a recorded ballot does not decode");
  return answerFor(ledger, state, ballot.uuid, tracker, height, time);
}

async function answerFor(
  ledger: Ledger,
  state: LedgerState,
  uuid: string,
  tracker: Uint8Array,
  height: number,
  time: bigint,
): Promise<CastAnswer> {
  const receipt = await ballotReceipt(ledger, state, uuid, tracker);
  if (receipt === undefined) throw new Error("a recorded ballot is not in the state");
  return { tracker: toBase64(tracker), status: "recorded", height, time: formatInstant(time), receipt };
}

/** The transaction that a request stands for, without judging proofs. */
function incomingOf(ledger: Ledger, request: CastRequest): Result<Incoming, Refusal> {
  const { election_id: uuid, sequence } = request;
  const type: BallotType = request.type === "cast" ? "cast-ballot" : "spoil-ballot";
  if (typeof request.ballot !== "string") return incomingOfJson(ledger, request, type);
  if (request.credential === undefined)
    throw new ProblemError(edgeProblem("invalid-request", "With wire bytes the credential is needed."));
  const credential = bytesOfHex(request.credential);
  return ok(assembled(ledger, request, { type, uuid, credential, sequence, ballot: bytesOfBase64Url(request.ballot) }));
}

function assembled(ledger: Ledger, request: CastRequest, parts: Omit<Incoming, "transaction">): Incoming {
  const { type, uuid, credential, sequence, ballot } = parts;
  const chainId = ledger.genesis().chainId;
  const transaction = ballotTransaction(type, { chainId, uuid }, credential, sequence, ballot, envelopeOf(request));
  return { ...parts, transaction };
}

function envelopeOf(request: CastRequest): { readonly commitment: Uint8Array; readonly response: Uint8Array } {
  const { commitment, response } = request.signature;
  return { commitment: bytesOfBase64Url(commitment), response: bytesOfHex(response) };
}

/**
 * From the canonical JSON to the wire: commitments have to be recomputed, which costs as much as verifying. So stage,
 * roll and number come first, then the envelope signature (the tracker is the hash of the text), then the proofs.
 */
function incomingOfJson(ledger: Ledger, request: CastRequest, type: BallotType): Result<Incoming, Refusal> {
  const { election_id: uuid, sequence } = request;
  const refused = (rejection: Rejection) => fail<Refusal>({ rejection, uuid });
  const text = JSON.stringify(request.ballot);
  const read = ballotFromText(text);
  if (!read.ok) return refused(reject("bad-wire", `${read.error.path}: ${read.error.reason}`));
  const credential = pointToBytes(read.value.credential);
  if (request.credential !== undefined && request.credential !== toHex(credential))
    return refused(reject("bad-wire", "the ballot inside is another credential's"));
  const tracker = trackerBytesOf(text);
  const empty = assembled(ledger, request, { type, uuid, credential, sequence, ballot: Uint8Array.of(0) });
  const cheap = cheapRefusal(ledger, empty.transaction);
  if (cheap !== undefined) return fail({ rejection: cheap, uuid, tracker, same: { credential, sequence, type } });
  if (!envelopeHolds(ledger, request, type, credential, tracker))
    return refused(reject("bad-signature", "the envelope signature"));
  const election = electionObject(
    (sealeds.get(ledger.state(), uuid) as { readonly electionText: string }).electionText,
  );
  const committed = committedFromBallot(election, read.value);
  const fault = committed.ok ? hashFault(committed.value) : committed.error;
  if (fault !== null) return refused(reject(CODE_OF_FAULT[fault.code] ?? "bad-wire", fault.detail));
  if (!committed.ok) throw new Error("unreachable: no commitments without a fault");
  return ok(assembled(ledger, request, { type, uuid, credential, sequence, ballot: encodeWire(committed.value) }));
}

/** As the machine names them; every other fault is one of form. */
const CODE_OF_FAULT: Readonly<Partial<Record<BallotFaultCode, RejectionCode>>> = {
  "bad-hash": "bad-ballot-signature",
  "bad-signature": "bad-ballot-signature",
  "identity-alpha": "bad-proof",
  "bad-individual-proof": "bad-proof",
  "bad-overall-proof": "bad-proof",
  "bad-blank-proof": "bad-proof",
};

function envelopeHolds(
  ledger: Ledger,
  request: CastRequest,
  type: BallotType,
  credential: Uint8Array,
  tracker: Uint8Array,
): boolean {
  const envelope = envelopeOf(request);
  const [key, commitment] = [pointFromBytes(credential), pointFromEighth(envelope.commitment)];
  const response = scalarFromBytes(envelope.response);
  if (key === undefined || commitment === undefined || response === undefined) return false;
  const message = ballotMessage(type, request.election_id, credential, request.sequence, tracker);
  return verifyCommitted({ tag: "cast", chainId: ledger.genesis().chainId }, key, message, { commitment, response });
}
