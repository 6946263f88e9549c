/** Ballots as text and on the wire: laws, attacks by row, tampering at every position. */
import { readdirSync, readFileSync } from "node:fs";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bigintFromBytes, bigintToBytes, concat, utf8 } from "#base/bytes.js";
import type { Result } from "#base/result.js";
import { type Ciphertext, encrypt } from "#crypto/elgamal.js";
import {
  EIGHTH,
  GENERATOR,
  IDENTITY,
  multiplyPublic,
  normalize,
  ORDER,
  type Point,
  pointEquals,
  pointToAffine,
  pointToText,
} from "#crypto/group.js";
import { suiteHash } from "#crypto/hash.js";
import {
  closeDisjunction,
  disjunctionCommitments,
  type Exponents,
  type OpenedDisjunction,
  openDisjunction,
  powerOf,
} from "#crypto/proofs/disjunction.js";
import {
  ballotSignaturePrefix,
  knowledgeCommitment,
  type Proof,
  proveKnowledge,
  proveKnowledgeWith,
} from "#crypto/proofs/knowledge.js";
import { hedgedScalars, invert, mod, type Random } from "#crypto/scalar.js";
import { ballotFromText, ballotToText, trackerOf, verifyBallot } from "./ballot.js";
import type { Answer, Ballot } from "./ballot-object.js";
import { signedHash, unsignedText } from "./ballot-text.js";
import { type CommittedBallot, committedFromBallot, completePoints } from "./committed.js";
import { publicCredential } from "./credential.js";
import { type ElectionObject, electionFromText, electionToText, type HomomorphicQuestion } from "./election.js";
import { equationHolds, equationsOf, hashChecksOf } from "./equations.js";
import { ballotPrefix, type ProofPlace, type QuestionPlace } from "./layout.js";
import { type Choices, type Sealed, seal } from "./seal.js";
import { canonicalOf, decodeWire, encodeWire, proofHash, verifyWire, wireLength } from "./wire.js";

/** Deterministic random bytes. */
function seeded(seed: string): Random {
  let count = 0;
  return (length) => {
    const blocks: Uint8Array[] = [];
    for (let size = 0; size < length; size += 64) blocks.push(sha512(utf8(`${seed}|${count++}`)));
    return concat(...blocks).slice(0, length);
  };
}

function value<T, E>(result: Result<T, E>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const KEY = publicCredential(424242424242n);

function question(answers: number, min: number, max: number, blank = false): HomomorphicQuestion {
  const names = Array.from({ length: answers }, (_, index) => `Answer ${index + 1}`);
  return { kind: "homomorphic", question: "Which?", answers: names, blank, min, max };
}

function electionOf(questions: readonly HomomorphicQuestion[], uuid = "4eUJG2iYJxUzQj"): ElectionObject {
  const fields = { uuid, name: "Test", description: "Test", publicKey: KEY, questions };
  return value(electionFromText(electionToText(fields)));
}

const YESNO = electionOf([question(2, 1, 1)]);
const BLANK = electionOf([question(2, 0, 1, true), question(1, 0, 1)]);
const ALICE = 1234567890123456789n;
const BOB = 9876543210987654321n;

function sealed(election: ElectionObject, choices: Choices, secret = ALICE, seed = "seed"): Sealed {
  return value(seal(election, secret, choices, seeded(seed)));
}

const ALICES = sealed(YESNO, [[1, 0]]);
const BLANK_BALLOT = sealed(BLANK, [[0, 1, 0], [1]]);

/** The plain ballot without what a committed one adds. */
function plain(ballot: CommittedBallot): Ballot {
  return canonicalOf(ballot).ballot;
}

/** Hash and signature made anew, as the owner of `secret` can. */
function resigned(ballot: Omit<Ballot, "signature">, secret: bigint): Ballot {
  const signer = { ...ballot, credential: publicCredential(secret) };
  const hash = signedHash(unsignedText(signer));
  const { challenge, response } = proveKnowledge(ballotSignaturePrefix(hash), secret, seeded(hash));
  return { ...signer, signature: { hash, proof: { challenge, response } } };
}

function withAnswer(ballot: Ballot, index: number, change: (answer: Answer) => Answer): Ballot {
  return { ...ballot, answers: ballot.answers.map((answer, at) => (at === index ? change(answer) : answer)) };
}

/**
 * Verdict on a ballot as text, and again by way of the wire: both must agree. "place" is question.choice where told.
 */
function judge(election: ElectionObject, ballot: Ballot): string {
  const fault = verifyBallot(election, ballot);
  const line =
    fault === null ? "valid" : [fault.code, fault.question, fault.choice].filter((x) => x !== undefined).join(" ");
  const committed = committedFromBallot(election, ballot);
  if (committed.ok) {
    const again = verifyWire(election, committed.value);
    expect([again?.code, again?.question, again?.choice]).toEqual([fault?.code, fault?.question, fault?.choice]);
  }
  return line;
}

/** Verdict on wire bytes; whatever decodes must get the same verdict as its canonical text. */
function judgeWire(bytes: Uint8Array, election: ElectionObject, credential: Point): string {
  const decoded = decodeWire(bytes, election, credential);
  if (!decoded.ok) return decoded.error.code;
  const fault = verifyWire(election, decoded.value);
  const asText = ballotFromText(canonicalOf(decoded.value).text);
  const textFault = asText.ok ? verifyBallot(election, asText.value) : undefined;
  if (textFault !== undefined) expect(textFault?.code).toBe(fault?.code);
  return fault?.code ?? "valid";
}

const plusG = (point: Point): Point => point.add(GENERATOR);
const plusOne = (scalar: bigint): bigint => mod(scalar + 1n);

// ---- laws

const questionArbitrary: fc.Arbitrary<HomomorphicQuestion> = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.nat(4), fc.nat(4), fc.boolean())
  .map(([n, a, b, blank]) => question(n, Math.min(a, b, n), Math.min(Math.max(a, b), n), blank));

/** A legal vector of a question, chosen by `pick`. */
function legalVector(asked: HomomorphicQuestion, pick: number): readonly number[] {
  const all = legalVectors(asked);
  return all[pick % all.length] as readonly number[];
}

function legalVectors(asked: HomomorphicQuestion): readonly (readonly number[])[] {
  const n = asked.answers.length;
  const out: number[][] = asked.blank ? [[1, ...Array<number>(n).fill(0)]] : [];
  for (let bits = 0; bits < 2 ** n; bits++) {
    const vector = Array.from({ length: n }, (_, index) => (bits >> index) & 1);
    const marks = vector.reduce((total, each) => total + each, 0);
    if (marks >= asked.min && marks <= asked.max) out.push(asked.blank ? [0, ...vector] : vector);
  }
  return out;
}

test("law: every legal vote seals to a valid ballot; text and wire carry it both ways", () => {
  fc.assert(
    fc.property(
      fc.array(questionArbitrary, { minLength: 1, maxLength: 2 }),
      fc.nat(),
      fc.nat(),
      (questions, pick, seed) => {
        const election = electionOf(questions);
        const choices = questions.map((asked, index) => legalVector(asked, pick + index));
        const made = sealed(election, choices, ALICE, String(seed));
        const read = value(ballotFromText(made.text));
        expect(ballotToText(read)).toBe(made.text);
        expect(trackerOf(made.text)).toBe(made.tracker);
        expect(verifyBallot(election, read)).toBeNull();
        expect(made.wire).toHaveLength(wireLength(questions));
        const decoded = value(decodeWire(made.wire, election, publicCredential(ALICE)));
        expect(verifyWire(election, decoded)).toBeNull();
        expect(canonicalOf(decoded).text).toBe(made.text);
        expect(canonicalOf(decoded).tracker).toBe(made.tracker);
      },
    ),
    { numRuns: 12 },
  );
});

test("law: text becomes the very wire that was sealed, and verifies", () => {
  for (const [election, made] of [
    [YESNO, ALICES],
    [BLANK, BLANK_BALLOT],
  ] as const) {
    const committed = value(committedFromBallot(election, value(ballotFromText(made.text))));
    expect(verifyWire(election, committed)).toBeNull();
    expect(encodeWire(committed)).toEqual(made.wire);
  }
});

test("W-09: every legal selection, blank included, has a wire ballot of the same length", () => {
  for (const asked of [question(3, 0, 3), question(2, 1, 2, true), question(3, 2, 2), question(1, 0, 0, true)]) {
    const election = electionOf([asked]);
    const lengths = legalVectors(asked).map((vector) => sealed(election, [vector]).wire.length);
    expect(new Set(lengths)).toEqual(new Set([wireLength([asked])]));
  }
  expect(wireLength([question(2, 1, 1)])).toBe(1216);
  expect(wireLength([question(5, 1, 1)])).toBe(2656);
});

test("kinds of questions: exact numbers of marks, none allowed, all allowed, blank beside an empty vote", () => {
  const cases: readonly [HomomorphicQuestion, readonly number[]][] = [
    [question(3, 2, 2), [1, 0, 1]],
    [question(2, 0, 0), [0, 0]],
    [question(3, 0, 3), [1, 1, 1]],
    [question(3, 0, 3), [0, 0, 0]],
    [question(2, 0, 2, true), [1, 0, 0]],
    [question(2, 0, 2, true), [0, 0, 0]],
    [question(2, 1, 2, true), [1, 0, 0]],
    [question(2, 1, 2, true), [0, 1, 1]],
  ];
  for (const [asked, vector] of cases) {
    const election = electionOf([asked]);
    expect(judge(election, plain(sealed(election, [vector]).ballot)), JSON.stringify(vector)).toBe("valid");
  }
});

// ---- the neutral forms that a kernel takes over

test("equations and hashes as plain data: 11 equations and 4 hashes for a yes/no ballot, all hold", () => {
  const equations = equationsOf(ALICES.ballot);
  expect(equations).toHaveLength(11);
  expect(hashChecksOf(ALICES.ballot)).toHaveLength(4);
  expect(equations.every((equation) => equationHolds(ALICES.ballot, equation))).toBe(true);
  const commitments = new Set(equations.map((equation) => equation.commitment));
  expect(commitments.size).toBe(11);
  // Each equation notices a change of each of its scalars and of its commitment.
  for (const equation of equations) {
    for (const name of ["generator", "key", "credential"] as const) {
      expect(equationHolds(ALICES.ballot, { ...equation, [name]: plusOne(equation[name]) })).toBe(false);
    }
    const [term] = equation.terms;
    const commitment = equation.commitment === 0 ? 1 : equation.commitment - 1;
    expect(equationHolds(ALICES.ballot, { ...equation, commitment })).toBe(false);
    if (term !== undefined) {
      const terms = [{ ...term, scalar: plusOne(term.scalar) }];
      expect(equationHolds(ALICES.ballot, { ...equation, terms })).toBe(false);
    }
  }
});

// ---- attacks by row

test("C-01: another β under the same proof is refused, even signed by its owner", () => {
  const forged = withAnswer(plain(ALICES.ballot), 0, (answer) => ({
    ...answer,
    choices: answer.choices.map((choice, at) => (at === 1 ? { ...choice, beta: choice.beta.add(KEY) } : choice)),
  }));
  expect(judge(YESNO, forged)).toBe("bad-hash");
  expect(judge(YESNO, resigned(forged, ALICE))).toBe("bad-individual-proof 0 1");
});

test("C-01: the enormous number, forged against a hash of commitments only, is refused", () => {
  const prefix = `prove|${YESNO.fingerprint}|${pointToText(publicCredential(ALICE))}|`;
  const { ciphertext, proofs } = forgeAgainstWeakHash(prefix);
  const branches = [0n, 1n].map((message) => ({ ciphertext, message }));
  // A verifier that leaves the statement out of the hash accepts it.
  const weak = suiteHash(prefix, disjunctionCommitments(KEY, branches, proofs));
  expect(mod((proofs[0] as Proof).challenge + (proofs[1] as Proof).challenge)).toBe(weak);
  const forged = withAnswer(plain(ALICES.ballot), 0, (answer) => ({
    ...answer,
    choices: [ciphertext, ...answer.choices.slice(1)],
    individualProofs: [proofs, ...answer.individualProofs.slice(1)],
  }));
  expect(judge(YESNO, resigned(forged, ALICE))).toBe("bad-individual-proof 0 0");
});

/**
 * Commitments first (A_j = g^a_j, B_j = y^a_j·g^k_j), then h = their hash, then the message m that fits:
 * m·c0 = k0, (m−1)·c1 = k1, c0 + c1 = h, so h·m² − (h + k0 + k1)·m + k0 = 0.
 */
function forgeAgainstWeakHash(prefix: string): { ciphertext: Ciphertext; proofs: readonly Proof[] } {
  const field = ed25519.Point.Fn;
  const [r, a0, a1, k0] = [99n, 11n, 13n, 17n];
  for (let k1 = 19n; ; k1++) {
    const b = [KEY.multiply(a0).add(GENERATOR.multiply(k0)), KEY.multiply(a1).add(GENERATOR.multiply(k1))] as const;
    const h = suiteHash(prefix, [GENERATOR.multiply(a0), b[0], GENERATOR.multiply(a1), b[1]]);
    const middle = h + k0 + k1;
    let root: bigint;
    try {
      root = field.sqrt(mod(middle * middle - 4n * h * k0));
    } catch {
      continue;
    }
    const m = mod((middle + root) * invert(2n * h));
    const [c0, c1] = [mod(k0 * invert(m)), mod(k1 * invert(m - 1n))];
    const proofs = [
      { challenge: c0, response: mod(a0 - r * c0) },
      { challenge: c1, response: mod(a1 - r * c1) },
    ];
    return { ciphertext: encrypt(KEY, m, r), proofs };
  }
}

test("C-01: every hashed field changes the challenge", () => {
  const checks = hashChecksOf(ALICES.ballot);
  for (const check of checks) {
    const hashed = `${check.prefix}${check.texts.join(",")}`;
    expect(hashed).toContain(check.code === "bad-signature" ? ALICES.ballot.signature.hash : YESNO.fingerprint);
    if (check.code !== "bad-signature") expect(hashed).toContain(ALICES.ballot.credentialText);
  }
});

test("C-03: a signature under key A is none under B = A + δG", () => {
  const delta = 77n;
  const original = plain(ALICES.ballot);
  const { challenge, response } = original.signature.proof;
  const shifted = { challenge, response: mod(response - delta * challenge) };
  const credential = original.credential.add(GENERATOR.multiply(delta));
  // The commitment is the same, so a hash without the key would accept.
  const commitment = knowledgeCommitment(original.credential, original.signature.proof);
  expect(pointEquals(knowledgeCommitment(credential, shifted), commitment)).toBe(true);
  const reshown = { ...original, credential, signature: { ...original.signature, proof: shifted } };
  expect(judge(YESNO, reshown)).toBe("bad-hash");
  const hash = signedHash(unsignedText(reshown));
  expect(judge(YESNO, { ...reshown, signature: { hash, proof: shifted } })).toBe("bad-signature");
});

test("C-04: a challenge overwritten by a random one is refused wherever it stands", () => {
  const random = bigintFromBytes(sha512(utf8("random"))) % ORDER;
  const change = (proof: Proof): Proof => ({ ...proof, challenge: random });
  expect(verdictsOfChangedProofs(YESNO, ALICES, change)).toEqual([
    "bad-individual-proof 0 0",
    "bad-individual-proof 0 0",
    "bad-individual-proof 0 1",
    "bad-individual-proof 0 1",
    "bad-overall-proof 0",
  ]);
});

/** Verdicts after `change` of each proof in turn, the ballot signed again each time. */
function verdictsOfChangedProofs(election: ElectionObject, made: Sealed, change: (proof: Proof) => Proof): string[] {
  const ballot = plain(made.ballot);
  const verdicts: string[] = [];
  const changeAt = (proofs: readonly Proof[], at: number) =>
    proofs.map((proof, i) => (i === at ? change(proof) : proof));
  for (const [index, answer] of ballot.answers.entries()) {
    const push = (changed: Partial<Answer>): void => {
      verdicts.push(
        judge(
          election,
          resigned(
            withAnswer(ballot, index, (old) => ({ ...old, ...changed })),
            ALICE,
          ),
        ),
      );
    };
    for (const [choice, proofs] of answer.individualProofs.entries()) {
      for (const at of proofs.keys()) {
        push({ individualProofs: answer.individualProofs.map((old, i) => (i === choice ? changeAt(old, at) : old)) });
      }
    }
    for (const at of answer.overallProof.keys()) push({ overallProof: changeAt(answer.overallProof, at) });
    for (const at of answer.blankProof?.keys() ?? []) {
      push({ blankProof: changeAt(answer.blankProof as readonly Proof[], at) });
    }
  }
  return verdicts;
}

test("every challenge and every response of a ballot with blank proofs counts", () => {
  const expected = [0, 1, 2].flatMap((choice) => [
    `bad-individual-proof 0 ${choice}`,
    `bad-individual-proof 0 ${choice}`,
  ]);
  expected.push(...Array<string>(3).fill("bad-overall-proof 0"), ...Array<string>(2).fill("bad-blank-proof 0"));
  expected.push(...Array<string>(2).fill("bad-individual-proof 1 0"), ...Array<string>(2).fill("bad-overall-proof 1"));
  const challenges = (proof: Proof): Proof => ({ ...proof, challenge: plusOne(proof.challenge) });
  const responses = (proof: Proof): Proof => ({ ...proof, response: plusOne(proof.response) });
  expect(verdictsOfChangedProofs(BLANK, BLANK_BALLOT, challenges)).toEqual(expected);
  expect(verdictsOfChangedProofs(BLANK, BLANK_BALLOT, responses)).toEqual(expected);
});

test("C-05: both branches simulated", () => {
  // α, β encrypt 2; both branches are simulated with free challenges, so their sum cannot be the hash.
  const cipher = encrypt(KEY, 2n, 99n);
  const simulated = [
    { challenge: 5n, response: 6n },
    { challenge: 7n, response: 8n },
  ];
  const forged = withAnswer(plain(ALICES.ballot), 0, (answer) => ({
    ...answer,
    choices: [cipher, ...answer.choices.slice(1)],
    individualProofs: [simulated, ...answer.individualProofs.slice(1)],
  }));
  expect(judge(YESNO, resigned(forged, ALICE))).toBe("bad-individual-proof 0 0");
});

test("C-05: one branch too many or too few for [min, max], for 0/1 and for blank", () => {
  const extra = { challenge: 0n, response: 0n };
  const forge = (change: (answer: Answer) => Partial<Answer>, election = YESNO, made = ALICES): string => {
    const forged = withAnswer(plain(made.ballot), 0, (answer) => ({ ...answer, ...change(answer) }));
    return judge(election, resigned(forged, ALICE));
  };
  expect(forge((a) => ({ overallProof: [...a.overallProof, extra] }))).toBe("proof-count 0");
  expect(forge(() => ({ overallProof: [] }))).toBe("proof-count 0");
  const longer = (a: Answer) => a.individualProofs.map((proofs) => [...proofs, extra]);
  expect(forge((a) => ({ individualProofs: longer(a) }))).toBe("proof-count 0 0");
  expect(forge((a) => ({ individualProofs: a.individualProofs.map((p) => p.slice(1)) }))).toBe("proof-count 0 0");
  expect(forge((a) => ({ individualProofs: a.individualProofs.slice(1) }))).toBe("proof-count 0");
  expect(forge((a) => ({ blankProof: a.overallProof }))).toBe("proof-count 0");
  expect(forge(() => ({ blankProof: [extra] }), BLANK, BLANK_BALLOT)).toBe("proof-count 0");
  const { blankProof: _dropped, ...without } = plain(BLANK_BALLOT.ballot).answers[0] as Answer;
  const dropped = withAnswer(plain(BLANK_BALLOT.ballot), 0, () => without);
  expect(judge(BLANK, resigned(dropped, ALICE))).toBe("proof-count 0");
});

/** The eight points of small order. */
function torsionPoints(): readonly Point[] {
  for (let y = 2n; ; y++) {
    let point: Point;
    try {
      point = ed25519.Point.fromBytes(bigintToBytes(y, 32).reverse());
    } catch {
      continue;
    }
    const base = point.multiplyUnsafe(ORDER - 1n).add(point);
    const all: Point[] = [IDENTITY];
    for (let next = base; !next.equals(IDENTITY); next = next.add(base)) all.push(next);
    if (all.length === 8) return all;
  }
}

const TORSION = torsionPoints();

test("C-06: α or β with a small-order part, or off the curve, is refused in text", () => {
  const { alpha, beta } = (ALICES.ballot.answers[0] as Answer).choices[0] as Ciphertext;
  for (const point of [alpha, beta]) {
    for (const torsion of TORSION.slice(1)) {
      const text = ALICES.text.replace(pointToText(point), pointToText(point.add(torsion)));
      expect(ballotFromText(text).ok).toBe(false);
    }
  }
  const offCurve = ALICES.text.replace(pointToText(alpha), `${"0".repeat(63)}2`);
  expect(ballotFromText(offCurve)).toMatchObject({ ok: false, error: { path: "answers[0].choices[0].alpha" } });
});

test("C-06: on the wire a small-order part of Q changes nothing, and a point off the curve is refused", () => {
  const points = wirePoints(ALICES.wire, ALICES.ballot.layout.pointCount);
  for (const [number, torsion] of [
    [0, 1],
    [3, 4],
    [14, 7],
    [6, 2],
  ] as const) {
    const shifted = points.map((q, at) => (at === number ? q.add(TORSION[torsion] as Point) : q));
    const bytes = withPoints(ALICES.wire, shifted);
    expect(bytes).not.toEqual(ALICES.wire);
    const decoded = value(decodeWire(bytes, YESNO, publicCredential(ALICE)));
    expect(canonicalOf(decoded).tracker).toBe(ALICES.tracker);
    expect(verifyWire(YESNO, decoded)).toBeNull();
  }
  const bytes = ALICES.wire.slice();
  bytes[0] = (bytes[0] as number) ^ 1;
  expect(judgeWire(bytes, YESNO, publicCredential(ALICE))).toBe("not-on-curve");
});

/** The points Q of wire bytes. */
function wirePoints(wire: Uint8Array, count: number): Point[] {
  return Array.from({ length: count }, (_, number) => {
    const at = 64 * number;
    const x = bigintFromBytes(wire.slice(at, at + 32).reverse());
    const y = bigintFromBytes(wire.slice(at + 32, at + 64).reverse());
    return ed25519.Point.fromAffine({ x, y });
  });
}

function withPoints(wire: Uint8Array, points: readonly Point[]): Uint8Array {
  return concat(...normalize(points).map(pointToAffine), wire.slice(64 * points.length));
}

test("C-06: the torsion ballot of the vectors is refused as text and when smuggled into a wire ballot", () => {
  const text = readFileSync("vectors/belenios/tampered/torsion-ballot.json", "utf8").trimEnd();
  const ballot = value(ballotFromText(text));
  const { hash, proof } = ballot.signature;
  // What it is: the signature's challenge is the hash of A + T for exactly one T, of small order and not neutral.
  const commitment = knowledgeCommitment(ballot.credential, proof);
  const prefix = ballotSignaturePrefix(hash);
  const matches = TORSION.map((torsion) => suiteHash(prefix, [commitment.add(torsion)]) === proof.challenge);
  expect(matches.filter((match) => match)).toHaveLength(1);
  expect(matches[0]).toBe(false);
  // Its election is not among the vectors; the signature is checked first and depends on nothing but φ.
  const base = electionOf([question(5, 1, 1)], ballot.electionUuid);
  const election = { ...base, fingerprint: ballot.electionHash };
  expect(verifyBallot(election, ballot)?.code).toBe("bad-signature");
  const committed = value(committedFromBallot(election, ballot));
  const torsion = TORSION[matches.indexOf(true)] as Point;
  for (const smuggled of [commitment, commitment.add(torsion)]) {
    const eighth = smuggled.multiplyUnsafe(EIGHTH);
    const points = committed.points.slice(0, committed.layout.signature).map((p) => multiplyPublic(p, EIGHTH));
    const wire = encodeWire(committed, [...points, eighth]);
    expect(judgeWire(wire, election, ballot.credential)).toBe("bad-signature");
  }
});

test("C-06: commitments with a small-order part, hashed as such by their maker, are refused", () => {
  const original = plain(ALICES.ballot);
  const { hash } = original.signature;
  const prefix = ballotSignaturePrefix(hash);
  for (const torsion of TORSION.slice(1)) {
    const commitment = GENERATOR.multiply(31n).add(torsion);
    const challenge = suiteHash(prefix, [commitment]);
    const proof = { challenge, response: mod(31n - ALICE * challenge) };
    expect(judge(YESNO, { ...original, signature: { hash, proof } })).toBe("bad-signature");
    const points = wirePoints(ALICES.wire, ALICES.ballot.layout.pointCount);
    points[ALICES.ballot.layout.signature] = commitment.multiplyUnsafe(EIGHTH);
    const wire = withPoints(ALICES.wire, points);
    wire.set(bigintToBytes(proof.response, 32), wire.length - 32);
    expect(judgeWire(wire, YESNO, publicCredential(ALICE))).toBe("bad-signature");
  }
});

test("C-08: neutral credential and neutral α", () => {
  const original = plain(ALICES.ballot);
  const neutral = { ...original, credential: IDENTITY };
  expect(judge(YESNO, neutral)).toBe("identity-credential");
  expect(ballotFromText(ballotToText(neutral))).toMatchObject({ ok: false, error: { path: "credential" } });
  // r = 0 shows the choice in the clear.
  const clear = withAnswer(original, 0, (answer) => ({
    ...answer,
    choices: [{ alpha: IDENTITY, beta: GENERATOR }, ...answer.choices.slice(1)],
  }));
  expect(judge(YESNO, resigned(clear, ALICE))).toBe("identity-alpha 0 0");
  const points = wirePoints(ALICES.wire, ALICES.ballot.layout.pointCount);
  for (const torsion of TORSION) {
    points[2] = torsion;
    expect(judgeWire(withPoints(ALICES.wire, points), YESNO, publicCredential(ALICE))).toBe("identity-alpha");
  }
});

test("C-09: every non-canonical ballot of the vectors is refused, the canonical one is read", () => {
  const folder = "vectors/belenios/tampered";
  const names = readdirSync(folder).filter((name) => name.startsWith("nc-"));
  expect(names).toHaveLength(8);
  for (const name of names) {
    const text = readFileSync(`${folder}/${name}`, "utf8").replace(/\n$/, "");
    const ballot = ballotFromText(text);
    expect(ballot.ok, name).toBe(name === "nc-plain.json");
    if (ballot.ok) expect(ballotToText(ballot.value)).toBe(text);
    expect(ballotFromText(`${text}\n`).ok, name).toBe(false);
  }
});

test("C-09: scalars at or above q and coordinates at or above p are refused on the wire", () => {
  const credential = publicCredential(ALICE);
  const scalarsFrom = 64 * ALICES.ballot.layout.pointCount;
  for (let at = scalarsFrom; at < ALICES.wire.length; at += 32) {
    const bytes = ALICES.wire.slice();
    const scalar = bigintFromBytes(bytes.slice(at, at + 32));
    bytes.set(bigintToBytes(scalar + ORDER, 32), at);
    expect(decodeWire(bytes, YESNO, credential)).toMatchObject({ error: { code: "scalar-too-large", offset: at } });
  }
  const bytes = ALICES.wire.slice();
  const x = bigintFromBytes(bytes.slice(0, 32).reverse());
  bytes.set(bigintToBytes(x + 2n ** 255n - 19n, 32).reverse(), 0);
  expect(judgeWire(bytes, YESNO, credential)).toBe("not-on-curve");
});

test("T-01: a verbatim copy under another credential, signed by its owner", () => {
  expect(judge(YESNO, resigned(plain(ALICES.ballot), BOB))).toBe("bad-individual-proof 0 0");
  expect(judgeWire(ALICES.wire, YESNO, publicCredential(BOB))).toBe("bad-signature");
});

test("T-02: ciphertexts and proofs permuted, signed by another", () => {
  const permuted = withAnswer(plain(ALICES.ballot), 0, (answer) => ({
    ...answer,
    choices: answer.choices.toReversed(),
    individualProofs: answer.individualProofs.toReversed(),
  }));
  expect(judge(YESNO, resigned(permuted, BOB))).toBe("bad-individual-proof 0 0");
  // Even by Alice herself: the individual proofs still hold, the overall proof names the order.
  expect(judge(YESNO, resigned(permuted, ALICE))).toBe("bad-overall-proof 0");
});

test("T-03: a ballot of another election with the same key and questions", () => {
  const other = electionOf([question(2, 1, 1)], "5eUJG2iYJxUzQj");
  expect(judge(other, plain(ALICES.ballot))).toBe("wrong-election");
  expect(judge(other, { ...plain(ALICES.ballot), electionUuid: other.uuid })).toBe("wrong-fingerprint");
  const moved = { ...plain(ALICES.ballot), electionUuid: other.uuid, electionHash: other.fingerprint };
  expect(judge(other, moved)).toBe("bad-hash");
  expect(judge(other, resigned(moved, ALICE))).toBe("bad-individual-proof 0 0");
  expect(judgeWire(ALICES.wire, other, publicCredential(ALICE))).toBe("bad-signature");
});

test("T-05: answers missing, too many, null, or of another question", () => {
  const ballot = plain(BLANK_BALLOT.ballot);
  const [first, second] = ballot.answers as [Answer, Answer];
  for (const [answers, expected] of [
    [[], "answer-count"],
    [[first], "answer-count"],
    [[first, second, second], "answer-count"],
    [[second, first], "choice-count 0"],
  ] as const) {
    expect(judge(BLANK, resigned({ ...ballot, answers }, ALICE))).toBe(expected);
  }
  const text = BLANK_BALLOT.text.replace(/"answers":\[.*\],"signature"/, '"answers":[null,null],"signature"');
  expect(ballotFromText(text)).toMatchObject({ ok: false, error: { path: "answers[0]" } });
  const bytes = BLANK_BALLOT.wire;
  for (const wrong of [bytes.slice(1), bytes.slice(0, -1), concat(bytes, new Uint8Array(1)), new Uint8Array(0)]) {
    expect(judgeWire(wrong, BLANK, publicCredential(ALICE))).toBe("wrong-length");
  }
  expect(judgeWire(bytes, YESNO, publicCredential(ALICE))).toBe("wrong-length");
});

test("T-06: max + 1 marks, and a ballot sealed for wider limits", () => {
  const wide = electionOf([question(2, 0, 2)]);
  const greedy = plain(sealed(wide, [[1, 1]]).ballot);
  const moved = { ...greedy, electionUuid: YESNO.uuid, electionHash: YESNO.fingerprint };
  expect(judge(YESNO, resigned(moved, ALICE))).toBe("proof-count 0");
  const cut = withAnswer(moved, 0, (answer) => ({ ...answer, overallProof: answer.overallProof.slice(2) }));
  expect(judge(YESNO, resigned(cut, ALICE))).toBe("bad-individual-proof 0 0");
  // A ballot cannot claim limits of its own: there is no field for them.
  const claimed = ALICES.text.replace('{"choices"', '{"max":2,"choices"');
  expect(ballotFromText(claimed)).toMatchObject({ ok: false, error: { path: "answers[0].max" } });
  // Two honest encryptions of 1 with honest individual proofs, and the sum proof of a sum that is 2.
  const overfull = sealOverfull();
  expect(judge(YESNO, overfull)).toBe("bad-overall-proof 0");
});

/** Both answers marked on a paper that allows one: everything is honest but the overall proof, which is made for a sum of 2. */
function sealOverfull(): Ballot {
  const loose = { ...electionOf([question(2, 2, 2)]), uuid: YESNO.uuid, fingerprint: YESNO.fingerprint };
  return plain(value(seal(loose, ALICE, [[1, 1]], seeded("overfull"))).ballot);
}

test("unsupported questions are refused as such, never half-verified", () => {
  const text = YESNO.text.replace('"questions":[', '"questions":[{"type":"Lists","value":{}},');
  const election = value(electionFromText(text));
  expect(verifyBallot(election, plain(ALICES.ballot))).toMatchObject({ code: "unsupported-question", question: 0 });
  expect(judgeWire(ALICES.wire, election, publicCredential(ALICE))).toBe("unsupported-question");
});

/**
 * A yes/no wire ballot whose first ciphertext lies: α or β is four steps off, while all proofs are made as if it were
 * honest, over the lying texts. Hashes, signature and the equations of the other side hold.
 */
function lyingWire(side: "alpha" | "beta"): Uint8Array {
  const { layout, credentialText, answers, points: honest } = ALICES.ballot;
  const [place] = layout.questions as [QuestionPlace];
  const randomness = ALICES.randomness[0] as readonly [bigint, bigint];
  const next = hedgedScalars("lie", seeded(side));
  const points = honest.slice(0, layout.pointCount);
  const lie = place.choices[0]?.[side] as number;
  points[lie] = (points[lie] as Point).add(GENERATOR.multiply(4n));
  const remade = [place.proofs[0], place.proofs[2]] as [ProofPlace, ProofPlace];
  const opened = remade.map((proof) => {
    const r = proof.kind === "overall" ? mod(randomness[0] + randomness[1]) : randomness[0];
    const claims = proof.branches.map(({ expected }) => ({ claimed: BigInt(expected), actual: 1n, randomness: r }));
    const open = openDisjunction(claims, next);
    for (const [at, { a, b }] of proof.branches.entries()) {
      points[a] = powerOf(GENERATOR, KEY, open.commitments[2 * at] as Exponents);
      points[b] = powerOf(GENERATOR, KEY, open.commitments[2 * at + 1] as Exponents);
    }
    return open;
  });
  points[layout.signature] = GENERATOR.multiply(21n);
  const complete = completePoints(layout, points);
  const prefix = ballotPrefix(YESNO.fingerprint, credentialText);
  const proofs = remade.map((proof, at) => {
    const hash = proofHash(prefix, place, proof, false, complete.texts);
    return closeDisjunction(opened[at] as OpenedDisjunction, hash);
  }) as [readonly Proof[], readonly Proof[]];
  const answer = answers[0] as Answer;
  const individualProofs = [proofs[0], answer.individualProofs[1] as readonly Proof[]];
  const draft = { ...ALICES.ballot, ...complete, answers: [{ ...answer, individualProofs, overallProof: proofs[1] }] };
  const unsigned = encodeWire(draft);
  const { challenge } = value(decodeWire(unsigned, YESNO, draft.credential)).signature.proof;
  unsigned.set(bigintToBytes(mod(21n - ALICE * challenge), 32), unsigned.length - 32);
  return unsigned;
}

test("§16 condition 4: A and B of a branch are both checked: a lie in α or in β alone is refused", () => {
  for (const [side, matching] of [
    ["alpha", "a"],
    ["beta", "b"],
  ] as const) {
    const bytes = lyingWire(side);
    expect(judgeWire(bytes, YESNO, publicCredential(ALICE))).toBe("bad-individual-proof");
    const decoded = value(decodeWire(bytes, YESNO, publicCredential(ALICE)));
    const broken = equationsOf(decoded).filter((equation) => !equationHolds(decoded, equation));
    const [place] = decoded.layout.questions as [QuestionPlace];
    const expected = [place.proofs[0], place.proofs[2]].flatMap((proof) => proof?.branches.map((b) => b[matching]));
    expect(broken.map((equation) => equation.commitment)).toEqual(expected);
  }
});

// ---- tampering at each position

test("tampering: each byte of the wire ballot (sampled), verdict equal to that of the canonical text", () => {
  const { wire } = ALICES;
  const credential = publicCredential(ALICE);
  for (let at = 0; at < wire.length; at += 13) {
    const bytes = wire.slice();
    bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
    expect(judgeWire(bytes, YESNO, credential), `byte ${at}`).not.toBe("valid");
  }
});

test("tampering: each point of the wire ballot replaced by another of the group", () => {
  const points = wirePoints(BLANK_BALLOT.wire, BLANK_BALLOT.ballot.layout.pointCount);
  for (const number of points.keys()) {
    const changed = points.map((point, at) => (at === number ? plusG(point) : point));
    const bytes = withPoints(BLANK_BALLOT.wire, changed);
    expect(judgeWire(bytes, BLANK, publicCredential(ALICE)), `point ${number}`).toMatch(/^bad-/);
  }
});

test("tampering: each scalar of the wire ballot replaced by another", () => {
  const { wire, ballot } = BLANK_BALLOT;
  for (let at = 64 * ballot.layout.pointCount; at < wire.length; at += 32) {
    const bytes = wire.slice();
    bytes.set(bigintToBytes(plusOne(bigintFromBytes(bytes.slice(at, at + 32))), 32), at);
    expect(judgeWire(bytes, BLANK, publicCredential(ALICE)), `scalar at ${at}`).toMatch(/^bad-/);
  }
});

test("tampering: altered commitments, same ciphertexts: the tracker changes and the ballot is refused", () => {
  const points = wirePoints(ALICES.wire, ALICES.ballot.layout.pointCount);
  points[4] = plusG(points[4] as Point);
  const decoded = value(decodeWire(withPoints(ALICES.wire, points), YESNO, publicCredential(ALICE)));
  expect(canonicalOf(decoded).tracker).not.toBe(ALICES.tracker);
  expect(verifyWire(YESNO, decoded)).toMatchObject({ code: "bad-signature" });
});

test("tampering: each character of the text (sampled) is refused", () => {
  const { text } = ALICES;
  for (let at = 0; at < text.length; at += 11) {
    const character = text[at] === "1" ? "2" : "1";
    const changed = text.slice(0, at) + character + text.slice(at + 1);
    const ballot = ballotFromText(changed);
    if (ballot.ok) expect(verifyBallot(YESNO, ballot.value), `character ${at}`).not.toBeNull();
  }
});

test("law: any bytes and any text give a value, never a throw", () => {
  const credential = publicCredential(ALICE);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1216, maxLength: 1216 }), fc.string(), (bytes, text) => {
      expect(decodeWire(bytes, YESNO, credential).ok).toBe(false);
      expect(ballotFromText(text).ok).toBe(false);
    }),
    { numRuns: 50 },
  );
});

test("C-15: a generator that returns constant bytes: no nonce is used twice, within a ballot or across ballots", () => {
  const constant: Random = (length) => new Uint8Array(length).fill(7);
  const made = [
    value(seal(YESNO, ALICE, [[1, 0]], constant)),
    value(seal(YESNO, ALICE, [[0, 1]], constant)),
    value(seal(YESNO, BOB, [[1, 0]], constant)),
    value(seal(electionOf([question(2, 1, 1)], "5eUJG2iYJxUzQj"), ALICE, [[1, 0]], constant)),
  ];
  const texts = made.flatMap(({ ballot }) => ballot.texts.slice(0, ballot.layout.pointCount));
  expect(new Set(texts).size).toBe(texts.length);
});

test("T-11: two voters with the same choice have different trackers", () => {
  const bobs = sealed(YESNO, [[1, 0]], BOB);
  expect(bobs.tracker).not.toBe(ALICES.tracker);
});

test("C-16: a ballot signature is no signature of anything else", () => {
  const { hash } = ALICES.ballot.signature;
  const asMessage = proveKnowledgeWith(`sigmsg|${hash}|`, ALICE, 5n);
  const { challenge, response } = asMessage;
  expect(judge(YESNO, { ...plain(ALICES.ballot), signature: { hash, proof: { challenge, response } } })).toBe(
    "bad-signature",
  );
});
