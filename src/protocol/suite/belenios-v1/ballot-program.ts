/**
 * The kernel's program for ballots of one election under one envelope: which texts of a wire ballot are hashed, which
 * equations must hold, in which order faults are told. Nothing is described twice: texts are written by the same writers
 * as everywhere, over marks that stand for points and scalars, and then cut at the marks.
 */
import { assert } from "#base/assert.js";
import { GENERATOR, type Point } from "#crypto/group.js";
import { GENERATOR_TARGET, KEY_TARGET } from "#crypto/kernel/points.js";
import { type Program, type ProgramBuilder, type ProgramEquation, programBuilder } from "#crypto/kernel/program.js";
import { ballotSignaturePrefix, type Proof } from "#crypto/proofs/knowledge.js";
import { signedText, writeBallot } from "./ballot-text.js";
import { answerOf, unsignedOf } from "./committed.js";
import type { ElectionObject, HomomorphicQuestion } from "./election.js";
import { CODES, commitmentTexts, type Equation, placeOf } from "./equations.js";
import { type BranchPlace, ballotPrefix, type Layout, type ProofPlace, proofPrefix } from "./layout.js";

/** A piece of a transcript: bytes as they are, or what one ballot puts there. */
export type EnvelopePiece = Uint8Array | "credential" | "commitment" | "own" | "tracker";

export interface BallotProgram {
  readonly program: Program;
  readonly layout: Layout;
  /** What a failing equation means, by its number; number 0 is the envelope's and has no entry. */
  readonly equations: readonly (Pick<Equation, "code" | "place"> | undefined)[];
}

/** Slots of one proof: the challenges of its branches (the last one is computed) and their responses. */
interface ProofSlots {
  readonly challenges: readonly number[];
  readonly responses: readonly number[];
}

const MARK = /<p(\d+)>|-(\d+)|<h(\d+)>/;
const pointMark = (point: number): string => `<p${point}>`;
const digestMark = (digest: number): string => `<h${digest}>`;
/** Canonical scalars are never negative. */
const slotMark = (slot: number): bigint => -BigInt(slot) - 1n;

/** Scalars of a wire ballot, with that of the envelope. */
function inputCount(layout: Layout): number {
  return 2 * layout.branchCount - layout.proofCount + 2;
}

/**
 * The program. Points: those of the wire, then the commitment of the envelope; `envelope`: the transcript of the
 * envelope's signature, of which `ownBytes` differ from ballot to ballot apart from credential, commitment and tracker.
 */
export function ballotProgram(
  election: ElectionObject,
  layout: Layout,
  envelope: readonly EnvelopePiece[],
  ownBytes: number,
): BallotProgram {
  const inputs = inputCount(layout);
  const builder = programBuilder(inputs);
  const points = layout.pointCount + 1;
  // On the wire sums follow the last point; here the envelope's commitment stands between.
  const renumbered = (point: number): number => (point < layout.pointCount ? point : point + 1);
  const credential = points + layout.sums.length;
  const texts = Array.from({ length: layout.pointCount + layout.sums.length }, (_, i) => pointMark(renumbered(i)));
  const slots = proofSlots(layout, builder, election, texts, pointMark(credential));
  const signatureResponse = inputs - 2;
  const envelopeResponse = inputs - 1;
  const { tracker, challenge } = writeTexts(election, layout, texts, pointMark(credential), slots, builder);
  const envelopeChallenge = writeEnvelope(builder, envelope, { credential, commitment: layout.pointCount, tracker });
  const equations: ProgramEquation[] = [
    {
      commitment: layout.pointCount,
      terms: [
        { target: GENERATOR_TARGET, scalar: envelopeResponse },
        { target: credential, scalar: builder.negate(envelopeChallenge, 1) },
      ],
    },
    {
      commitment: layout.signature,
      terms: [
        { target: GENERATOR_TARGET, scalar: signatureResponse },
        { target: credential, scalar: challenge },
      ],
    },
  ];
  const meanings: BallotProgram["equations"][number][] = [undefined, { code: "bad-signature", place: {} }];
  for (const [question, place] of layout.questions.entries()) {
    for (const [index, proof] of place.proofs.entries()) {
      for (const [branch, each] of proof.branches.entries()) {
        const { challenges, responses } = (slots[question] as readonly ProofSlots[])[index] as ProofSlots;
        const [c, z] = [challenges[branch] as number, responses[branch] as number];
        equations.push(...branchEquations(each, c, z, renumbered, builder));
        const meaning = { code: CODES[proof.kind], place: { ...placeOf(question, proof), branch } };
        meanings.push(meaning, meaning);
      }
    }
  }
  const outputs = layout.questions.flatMap(({ choices }) => choices.flatMap(({ alpha, beta }) => [alpha, beta]));
  const shape = { points, sums: layout.sums, inputs, ownBytes, equations, outputs };
  return { program: builder.finish(shape, tracker), layout, equations: meanings };
}

/** A = g^z·α^c and B = y^z·β^c·g^(−Mc). */
function branchEquations(
  branch: BranchPlace,
  c: number,
  z: number,
  renumbered: (point: number) => number,
  builder: ProgramBuilder,
): ProgramEquation[] {
  const { alpha, beta } = branch.ciphertext;
  const terms = [
    { target: KEY_TARGET, scalar: z },
    { target: renumbered(beta), scalar: c },
  ];
  if (branch.expected > 0) terms.push({ target: GENERATOR_TARGET, scalar: builder.negate(c, branch.expected) });
  return [
    {
      commitment: branch.a,
      terms: [
        { target: GENERATOR_TARGET, scalar: z },
        { target: renumbered(alpha), scalar: c },
      ],
    },
    { commitment: branch.b, terms },
  ];
}

/** Hashes every proof's transcript to its last challenge. The slots of the input are in the order of the wire. */
function proofSlots(
  layout: Layout,
  builder: ProgramBuilder,
  election: ElectionObject,
  texts: readonly string[],
  credential: string,
): readonly (readonly ProofSlots[])[] {
  let next = 0;
  const prefix = ballotPrefix(election.fingerprint, credential);
  return layout.questions.map((place, index) => {
    const { blank } = election.questions[index] as HomomorphicQuestion;
    return place.proofs.map((proof): ProofSlots => {
      const known = proof.branches.slice(1).map(() => next++);
      const responses = proof.branches.map(() => next++);
      const text = proofPrefix(prefix, place, proof, blank, texts) + commitmentTexts(proof, texts).join(",");
      builder.begin();
      writeMarked(builder, text);
      const last = builder.challenge(builder.sha256());
      for (const challenge of known) builder.subtract(last, challenge);
      return { challenges: [...known, last], responses };
    });
  });
}

/** The ballot's text without signature, the signature's challenge, the whole text. */
function writeTexts(
  election: ElectionObject,
  layout: Layout,
  texts: readonly string[],
  credentialText: string,
  slots: readonly (readonly ProofSlots[])[],
  builder: ProgramBuilder,
): { readonly tracker: number; readonly challenge: number } {
  const noPoints: readonly Point[] = Array.from(texts, () => GENERATOR);
  const answers = layout.questions.map((place, question) => {
    const proofs = place.proofs.map((_: ProofPlace, index) => {
      const { challenges, responses } = (slots[question] as readonly ProofSlots[])[index] as ProofSlots;
      return responses.map(
        (response, i): Proof => ({ challenge: slotMark(challenges[i] as number), response: slotMark(response) }),
      );
    });
    return answerOf(place, noPoints, proofs);
  });
  const { uuid: electionUuid, fingerprint: electionHash } = election;
  const unsigned = unsignedOf({ electionUuid, electionHash, credentialText, answers, layout, texts });
  const signed = signedText(unsigned);
  builder.begin();
  writeMarked(builder, signed);
  const hash = builder.sha256();
  builder.aside();
  writeMarked(builder, `${ballotSignaturePrefix(digestMark(hash))}${texts[layout.signature]}`);
  const challenge = builder.challenge(builder.sha256());
  builder.comeBack();
  const proof = { challenge: slotMark(challenge), response: slotMark(inputCount(layout) - 2) };
  const whole = writeBallot(unsigned, { hash: digestMark(hash), proof });
  const common = signed.slice(0, -1);
  assert(whole.startsWith(common), "the signed text is the beginning of the whole");
  builder.backOne();
  writeMarked(builder, whole.slice(common.length));
  return { tracker: builder.sha256(), challenge };
}

function writeEnvelope(
  builder: ProgramBuilder,
  pieces: readonly EnvelopePiece[],
  at: { readonly credential: number; readonly commitment: number; readonly tracker: number },
): number {
  let own = 0;
  builder.begin();
  for (const piece of pieces) {
    if (piece === "credential" || piece === "commitment") builder.pointBytes(at[piece]);
    else if (piece === "tracker") builder.digestBytes(at.tracker);
    else if (piece === "own") builder.own(own++, 1);
    else builder.literal(piece);
  }
  return builder.sha512Challenge();
}

/** Appends a text, each mark replaced by what it stands for. */
function writeMarked(builder: ProgramBuilder, text: string): void {
  let rest = text;
  for (let match = MARK.exec(rest); match !== null; match = MARK.exec(rest)) {
    const [mark, point, slot, digest] = match;
    builder.literal(rest.slice(0, match.index));
    if (point !== undefined) builder.pointText(Number(point));
    else if (slot !== undefined) builder.decimal(Number(slot) - 1);
    else builder.base64(Number(digest));
    rest = rest.slice(match.index + mark.length);
  }
  builder.literal(rest);
}
