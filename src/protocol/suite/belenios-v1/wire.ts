/**
 * The wire form of a ballot (DESIGN §4; belenios-format §16): binary, of one length for all votes in an election (row
 * W-09), and checkable in batches because it carries the commitments.
 *
 *     points      64 bytes each: x then y (little-endian, below the field prime) of a curve point Q that stands for 8·Q;
 *                 in the order of `layout.ts`: for each question α, β of each choice, then A, B of each branch of each
 *                 proof (individual proofs, overall proof, blank proof); at the end the commitment of the signature
 *     scalars     32 bytes each, big-endian, below q; proof by proof in the same order: the challenges of all branches
 *                 but the last, then the responses of all branches; at the end the response of the signature
 *
 * Not carried, because they follow: election and credential (from the transaction), the last challenge of each proof
 * (hash − the others), hash and challenge of the signature. Whatever the points Q are, all points 8·Q lie in the
 * prime-order subgroup. Q is not unique: identity, tracker and deduplication go by the canonical text only.
 */
import { assert } from "#base/assert.js";
import { toBase64, utf8 } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import {
  EIGHTH,
  multiplyPublic,
  normalize,
  type Point,
  pointFromEighth,
  pointToAffine,
  pointToText,
} from "#crypto/group.js";
import { sha256, suiteHashTexts } from "#crypto/hash.js";
import { ballotSignaturePrefix } from "#crypto/proofs/knowledge.js";
import { mod, scalarFromBytes, scalarToBytes } from "#crypto/scalar.js";
import type { Ballot } from "./ballot-object.js";
import { signedHash, writeBallot } from "./ballot-text.js";
import { answerOf, type CommittedBallot, completePoints, formFault, proofsOf, unsignedOf } from "./committed.js";
import { type ElectionObject, type HomomorphicQuestion, homomorphicQuestions } from "./election.js";
import { commitmentTexts, equationFault, hashFault } from "./equations.js";
import { type BallotFault, ballotFault } from "./faults.js";
import { ballotPrefix, type Layout, layoutOf, type ProofPlace, proofPrefix, type QuestionPlace } from "./layout.js";

export type { CommittedBallot } from "./committed.js";

const POINT_BYTES = 64;
const SCALAR_BYTES = 32;

export type WireFaultCode = "unsupported-question" | "wrong-length" | "not-on-curve" | "scalar-too-large";

export interface WireFault {
  readonly code: WireFaultCode;
  readonly detail: string;
  /** Byte offset of the faulty item. */
  readonly offset: number;
}

/** Bytes of every ballot on these questions: 1,216 for one yes/no question. */
export function wireLength(questions: readonly HomomorphicQuestion[]): number {
  return lengthOf(layoutOf(questions));
}

function lengthOf(layout: Layout): number {
  const scalars = 2 * layout.branchCount - layout.proofCount + 1;
  return layout.pointCount * POINT_BYTES + scalars * SCALAR_BYTES;
}

/** The fault of a wire ballot of another length. */
export function wrongLength(length: number, expected: number): WireFault {
  return { code: "wrong-length", detail: `${length} bytes, expected ${expected}`, offset: 0 };
}

function scalarTooLarge(offset: number): WireFault {
  return { code: "scalar-too-large", detail: `scalar at byte ${offset} is not below the group order`, offset };
}

/** The fault of scalar number `index` of a wire ballot. */
export function scalarFault(layout: Layout, index: number): WireFault {
  return scalarTooLarge(layout.pointCount * POINT_BYTES + index * SCALAR_BYTES);
}

/** The fault of point number `number` of a wire ballot. */
export function notOnCurve(number: number): WireFault {
  const offset = number * POINT_BYTES;
  return { code: "not-on-curve", detail: `point at byte ${offset} is not on the curve`, offset };
}

/** Scalars and eighths of a wire ballot: its structure without any group operation. */
export interface RawWire {
  readonly layout: Layout;
  /** All points, 64 bytes each. */
  readonly eighths: Uint8Array;
  /** [question][proof]: challenges of all branches but the last, responses of all. */
  readonly proofs: readonly (readonly {
    readonly challenges: readonly bigint[];
    readonly responses: readonly bigint[];
  }[])[];
  readonly signatureResponse: bigint;
}

/** Cuts a wire ballot: length and range of scalars. Never throws, on any bytes. */
export function splitWire(bytes: Uint8Array, layout: Layout): Result<RawWire, WireFault> {
  const length = lengthOf(layout);
  if (bytes.length !== length) {
    return fail(wrongLength(bytes.length, length));
  }
  let offset = layout.pointCount * POINT_BYTES;
  let faulty: number | undefined;
  const scalar = (): bigint => {
    const value = scalarFromBytes(bytes.subarray(offset, offset + SCALAR_BYTES));
    if (value === undefined) faulty ??= offset;
    offset += SCALAR_BYTES;
    return value ?? 0n;
  };
  const proofs = layout.questions.map((question) =>
    question.proofs.map(({ branches }) => ({
      challenges: branches.slice(1).map(scalar),
      responses: branches.map(scalar),
    })),
  );
  const signatureResponse = scalar();
  if (faulty !== undefined) {
    return fail(scalarTooLarge(faulty));
  }
  return ok({ layout, eighths: bytes.subarray(0, layout.pointCount * POINT_BYTES), proofs, signatureResponse });
}

/**
 * Decodes a wire ballot cast in `election` under `credential` (not the neutral element; on the roll, says the caller).
 * Structure only: whether proofs and signature hold is for {@link verifyWire}. Never throws, on any bytes.
 */
export function decodeWire(
  bytes: Uint8Array,
  election: ElectionObject,
  credential: Point,
): Result<CommittedBallot, WireFault> {
  const questions = homomorphicQuestions(election.questions);
  if (!questions.ok) return fail({ code: "unsupported-question", detail: questions.error.reason, offset: 0 });
  const layout = layoutOf(questions.value);
  const raw = splitWire(bytes, layout);
  if (!raw.ok) return raw;
  const points: Point[] = [];
  for (let number = 0; number < layout.pointCount; number++) {
    const offset = number * POINT_BYTES;
    const point = pointFromEighth(bytes.subarray(offset, offset + POINT_BYTES));
    if (point === undefined) {
      return fail(notOnCurve(number));
    }
    points.push(point);
  }
  return ok(assemble(election, credential, raw.value, completePoints(layout, points)));
}

/** Fills in what follows: last challenges, the signed hash, the signature's challenge. */
function assemble(
  election: ElectionObject,
  credential: Point,
  raw: RawWire,
  { points, texts }: Pick<CommittedBallot, "points" | "texts">,
): CommittedBallot {
  const { layout } = raw;
  const credentialText = pointToText(credential);
  const prefix = ballotPrefix(election.fingerprint, credentialText);
  const answers = layout.questions.map((place, index) => {
    const hasBlank = (election.questions[index] as HomomorphicQuestion).blank;
    const proofs = place.proofs.map((proof, number) => {
      const hash = proofHash(prefix, place, proof, hasBlank, texts);
      const { challenges, responses } = (raw.proofs[index] as RawWire["proofs"][number])[number] as RawProof;
      let rest = hash;
      for (const challenge of challenges) rest -= challenge;
      return responses.map((response, branch) => ({ challenge: challenges[branch] ?? mod(rest), response }));
    });
    return answerOf(place, points, proofs);
  });
  const unsigned = {
    election,
    layout,
    points,
    texts,
    credential,
    credentialText,
    electionUuid: election.uuid,
    electionHash: election.fingerprint,
    answers,
  };
  const hash = signedHash(unsignedOf(unsigned));
  const challenge = suiteHashTexts(ballotSignaturePrefix(hash), [texts[layout.signature] as string]);
  return { ...unsigned, signature: { hash, proof: { challenge, response: raw.signatureResponse } } };
}

type RawProof = RawWire["proofs"][number][number];

/** H(prefix; A_0,B_0,…) of a proof, from text forms. */
export function proofHash(
  prefix: string,
  question: QuestionPlace,
  proof: ProofPlace,
  hasBlank: boolean,
  texts: readonly string[],
): bigint {
  return suiteHashTexts(proofPrefix(prefix, question, proof, hasBlank, texts), commitmentTexts(proof, texts));
}

/**
 * Encodes a committed ballot. `eighths` are the points Q by wire number, if its maker knows them; otherwise each is
 * computed as P/8, about 1 ms a point.
 */
export function encodeWire(ballot: CommittedBallot, eighths?: readonly Point[]): Uint8Array {
  const { layout } = ballot;
  const wirePoints = ballot.points.slice(0, layout.pointCount);
  const divided = normalize(eighths ?? wirePoints.map((point) => multiplyPublic(point, EIGHTH)));
  assert(divided.length === layout.pointCount, "one eighth per wire point");
  const out = new Uint8Array(lengthOf(layout));
  let offset = 0;
  const put = (bytes: Uint8Array): void => {
    out.set(bytes, offset);
    offset += bytes.length;
  };
  for (const eighth of divided) put(pointToAffine(eighth));
  for (const answer of ballot.answers) {
    for (const proof of proofsOf(answer)) {
      for (const { challenge } of proof.slice(0, -1)) put(scalarToBytes(challenge));
      for (const { response } of proof) put(scalarToBytes(response));
    }
  }
  put(scalarToBytes(ballot.signature.proof.response));
  assert(offset === out.length, "wire length follows from the layout");
  return out;
}

/**
 * Whether a committed ballot is valid: null, or the first fault. Checks hashes and every linear equation one by one; the
 * verdict is that of `verifyBallot` on the canonical text, code and place included (`branch` is told here only).
 */
export function verifyWire(election: ElectionObject, ballot: CommittedBallot): BallotFault | null {
  const questions = homomorphicQuestions(election.questions);
  if (!questions.ok) {
    return ballotFault("unsupported-question", questions.error.reason, { question: questions.error.question });
  }
  return formFault(election, questions.value, ballot) ?? hashFault(ballot) ?? equationFault(ballot);
}

/** The canonical ballot that a committed one stands for. Its tracker means something only once the ballot is verified. */
export interface CanonicalBallot {
  readonly ballot: Ballot;
  readonly text: string;
  /** Unpadded Base64 SHA-256 of the text. */
  readonly tracker: string;
  readonly trackerBytes: Uint8Array;
}

export function canonicalOf(committed: CommittedBallot): CanonicalBallot {
  const { electionUuid, electionHash, credential, answers, signature } = committed;
  const text = writeBallot(unsignedOf(committed), signature);
  const trackerBytes = sha256(utf8(text));
  const ballot = { electionUuid, electionHash, credential, answers, signature };
  return { ballot, text, tracker: toBase64(trackerBytes), trackerBytes };
}
