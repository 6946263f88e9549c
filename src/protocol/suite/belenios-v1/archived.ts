/**
 * Ballots of an archive by the kernel. They carry no commitments, so each is recomputed and hashed, one ballot after the
 * other; faults are those of the plain implementation (ballot.ts).
 */
import { assert } from "#base/assert.js";
import { bigintFromBytes, concat, fromHex, toHex, utf8 } from "#base/bytes.js";
import type { Result } from "#base/result.js";
import { type Point, pointFromTrustedAffine, pointToAffine, pointToText } from "#crypto/group.js";
import type { Kernel } from "#crypto/kernel/kernel.js";
import { combinePowers, decompressPoints, GENERATOR_TARGET, KEY_TARGET, type Term } from "#crypto/kernel/points.js";
import { mod, scalarToBytes } from "#crypto/scalar.js";
import { ballotFromText } from "./ballot.js";
import type { Answer, Ballot } from "./ballot-object.js";
import { proofsOf, recommit, signedHashFault } from "./committed.js";
import type { ElectionObject } from "./election.js";
import { hashFault, hashFaults, type SuiteHasher } from "./equations.js";
import type { BallotFault } from "./faults.js";
import type { JsonFault, PointDecoder } from "./json.js";
import type { Layout } from "./layout.js";

/** Decodes as strictly as `pointFromText`, about 20 times faster. */
function kernelDecoder(kernel: Kernel): PointDecoder {
  return (text) => decodeAll(kernel, [text])[0];
}

function decodeAll(kernel: Kernel, texts: readonly string[]): readonly (Point | undefined)[] {
  const none = new Uint8Array(0);
  const inputs = texts.map((text) => ((text.length === 64 && fromHex(text)) || none).reverse());
  return decompressPoints(kernel, inputs).map((affine) => affine && pointFromTrustedAffine(affine));
}

/** {@link kernelDecoder} for the points of one text, which it decodes together: the kernel takes four for the price of one. */
function decoderFor(kernel: Kernel, whole: string): PointDecoder {
  const one = kernelDecoder(kernel);
  let known: Map<string, Point | undefined> | undefined;
  return (text) => {
    if (known === undefined) {
      const texts = Array.from(whole.matchAll(/"([0-9a-f]{64})"/g), (match) => match[1] as string);
      const points = decodeAll(kernel, texts);
      known = new Map(texts.map((each, i) => [each, points[i]]));
    }
    return known.has(text) ? known.get(text) : one(text);
  };
}

/** `ballotFromText` by the kernel. */
export function readArchived(kernel: Kernel, text: string): Result<Ballot, JsonFault> {
  return ballotFromText(text, decoderFor(kernel, text));
}

/** `verifyBallot` by the kernel. */
export function verifyArchived(kernel: Kernel, election: ElectionObject, ballot: Ballot): BallotFault | null {
  const hashed = recommit(election, ballot, { hashFirst: true }, (layout) => texts(kernel, election, layout, ballot));
  return hashed.ok ? hashFault(hashed.value, kernelHasher(kernel)) : hashed.error;
}

/** `ballotFaults` by the kernel. */
export function archivedFaults(kernel: Kernel, election: ElectionObject, ballot: Ballot): readonly BallotFault[] {
  const hashed = recommit(election, ballot, { hashFirst: false }, (layout) => texts(kernel, election, layout, ballot));
  if (!hashed.ok) return [hashed.error];
  const hash = signedHashFault(ballot);
  const others = hashFaults(hashed.value, kernelHasher(kernel));
  return hash === null ? others : [hash, ...others];
}

/** `suiteHashTexts` by the kernel. */
function kernelHasher(kernel: Kernel): SuiteHasher {
  return (prefix, texts) => {
    const bytes = utf8(prefix + texts.join(","));
    const digest = kernel.within((space) => {
      const out = space.reserve(32);
      kernel.exports.sha256(out, space.put(bytes), bytes.length);
      return space.read(out, 32);
    });
    return mod(bigintFromBytes(digest));
  };
}

/** Text forms of all points by number, commitments recomputed. */
function texts(kernel: Kernel, election: ElectionObject, layout: Layout, ballot: Ballot): { readonly texts: string[] } {
  const out: string[] = new Array(layout.pointCount + layout.sums.length);
  const given: Point[] = [];
  const numberOf = new Map<number, number>();
  for (const [index, { choices }] of layout.questions.entries()) {
    const answer = ballot.answers[index] as Answer;
    for (const [choice, { alpha, beta }] of choices.entries()) {
      const ciphertext = answer.choices[choice] as Answer["choices"][number];
      numberOf.set(alpha, given.push(ciphertext.alpha) - 1);
      numberOf.set(beta, given.push(ciphertext.beta) - 1);
      out[alpha] = pointToText(ciphertext.alpha);
      out[beta] = pointToText(ciphertext.beta);
    }
  }
  const credential = given.push(ballot.credential) - 1;
  const sums = layout.sums.map((members) => members.map((member) => numberOf.get(member) as number));
  const pointOf = (number: number): number =>
    number < layout.pointCount ? (numberOf.get(number) as number) : given.length + number - layout.pointCount;
  const { products, places, scalars } = productsOf(layout, ballot, credential, pointOf);
  const forms = combinePowers(
    kernel,
    {
      affines: concat(...given.map(pointToAffine)),
      sums,
      scalars: concat(...scalars.map(scalarToBytes)),
      key: pointToAffine(election.publicKey),
    },
    products,
  );
  assert(forms !== undefined, "points and scalars of a ballot that was read are canonical");
  const numbers = [...layout.sums.map((_, i) => layout.pointCount + i), ...places];
  for (const [i, number] of numbers.entries())
    out[number] = toHex(forms.compressed.slice(32 * i, 32 * i + 32).reverse());
  return { texts: out };
}

/** The commitments as products of powers, and which number each has. */
function productsOf(
  layout: Layout,
  ballot: Ballot,
  credential: number,
  pointOf: (number: number) => number,
): { readonly products: readonly Term[][]; readonly places: readonly number[]; readonly scalars: readonly bigint[] } {
  const scalars: bigint[] = [];
  const slot = (scalar: bigint): number => scalars.push(scalar) - 1;
  const products: Term[][] = [];
  const places: number[] = [];
  for (const [index, question] of layout.questions.entries()) {
    const proofs = proofsOf(ballot.answers[index] as Answer);
    for (const [number, { branches }] of question.proofs.entries()) {
      for (const [branch, { ciphertext, expected, a, b }] of branches.entries()) {
        const { challenge, response } = (proofs[number] as (typeof proofs)[number])[
          branch
        ] as Answer["overallProof"][number];
        const [c, z] = [slot(challenge), slot(response)];
        const left = [
          { target: GENERATOR_TARGET, scalar: z },
          { target: pointOf(ciphertext.alpha), scalar: c },
        ];
        const right = [
          { target: KEY_TARGET, scalar: z },
          { target: pointOf(ciphertext.beta), scalar: c },
        ];
        if (expected > 0) right.push({ target: GENERATOR_TARGET, scalar: slot(mod(-BigInt(expected) * challenge)) });
        products.push(left, right);
        places.push(a, b);
      }
    }
  }
  const { challenge, response } = ballot.signature.proof;
  products.push([
    { target: GENERATOR_TARGET, scalar: slot(response) },
    { target: credential, scalar: slot(challenge) },
  ]);
  places.push(layout.signature);
  return { products, places, scalars };
}
