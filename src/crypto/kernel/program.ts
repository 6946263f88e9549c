/**
 * Programs of the kernel (assembly/program.ts): what the objects of one kind consist of, which texts are hashed to which
 * challenges, which linear equations must hold. The builder is generic; protocol/suite writes the program of a ballot.
 */
import { sha512 } from "@noble/hashes/sha2.js";
import { assert } from "#base/assert.js";
import { concat, utf8 } from "#base/bytes.js";
import type { Term } from "./points.js";

const OPERATIONS = {
  literal: 1,
  own: 2,
  pointText: 3,
  decimal: 4,
  base64: 5,
  sha256: 6,
  begin: 7,
  back: 8,
  challenge: 9,
  subtract: 10,
  pointBytes: 11,
  digestBytes: 12,
  sha512Challenge: 13,
  negate: 14,
  aside: 15,
  return: 16,
} as const;

type OperationName = keyof typeof OPERATIONS;

/** points[commitment] = Π target^scalar. */
export interface ProgramEquation {
  readonly commitment: number;
  readonly terms: readonly Term[];
}

export interface ProgramShape {
  /** Points of one object of the input; the last one belongs to the envelope. */
  readonly points: number;
  /** Members of each sum; sum k has number points + k. The credential has the number after the last sum. */
  readonly sums: readonly (readonly number[])[];
  /** Scalars of one object of the input; the last one belongs to the envelope. */
  readonly inputs: number;
  readonly ownBytes: number;
  readonly equations: readonly ProgramEquation[];
  /** Points whose coordinates are wanted: pairs of which the first must not be the neutral element. */
  readonly outputs: readonly number[];
}

export interface Program extends ProgramShape {
  readonly slots: number;
  readonly digests: number;
  readonly operations: readonly number[];
  readonly literals: Uint8Array;
  /** Largest length of a text. */
  readonly textBytes: number;
  readonly trackerDigest: number;
  /** For each point its place among those that occur in terms, or −1. */
  readonly longOf: readonly number[];
  readonly longs: number;
  /** SHA-512 of everything above: names the program in the hash of a batch. */
  readonly digest: Uint8Array;
}

/** Writes operations in order. Slots below `inputs` are those of the input. */
export interface ProgramBuilder {
  readonly slot: () => number;
  readonly digest: () => number;
  /** Appends to the text. */
  literal(bytes: Uint8Array | string): void;
  own(offset: number, length: number): void;
  pointText(point: number): void;
  pointBytes(point: number): void;
  decimal(slot: number): void;
  base64(digest: number): void;
  digestBytes(digest: number): void;
  /** Begins a new text; `aside` keeps the one so far until `comeBack`. */
  begin(): void;
  aside(): void;
  comeBack(): void;
  /** Takes back the last byte. */
  backOne(): void;
  /** SHA-256 of the text so far. */
  sha256(): number;
  /** Digest as a big-endian integer mod q, into a new slot or a given one. */
  challenge(digest: number): number;
  /** SHA-512 of the text so far, likewise. */
  sha512Challenge(): number;
  /** slot −= other. */
  subtract(slot: number, other: number): void;
  /** A new slot: −small·slot. */
  negate(slot: number, small: number): number;
  finish(shape: ProgramShape, trackerDigest: number): Program;
}

/** Most bytes that an operation appends, apart from literals. */
const APPENDS: Partial<Record<OperationName, number>> = {
  pointText: 64,
  decimal: 77,
  base64: 43,
  pointBytes: 32,
  digestBytes: 32,
};

export function programBuilder(inputs: number): ProgramBuilder {
  const operations: number[] = [];
  const literals: Uint8Array[] = [];
  let literalBytes = 0;
  let slots = inputs;
  let digests = 0;
  let textBytes = 0;
  let mostText = 0;
  const put = (name: OperationName, a = 0, b = 0, c = 0): void => {
    operations.push(OPERATIONS[name], a, b, c);
    if (name === "begin") textBytes = 0;
    // Texts aside stand behind the text they interrupt, so nothing is given back when they end.
    textBytes += name === "literal" || name === "own" ? b : (APPENDS[name] ?? 0);
    mostText = Math.max(mostText, textBytes);
  };
  const slot = (): number => slots++;
  const digest = (): number => digests++;
  const builder: ProgramBuilder = {
    slot,
    digest,
    literal: (given) => {
      const bytes = typeof given === "string" ? utf8(given) : given;
      if (bytes.length === 0) return;
      put("literal", literalBytes, bytes.length);
      literals.push(bytes);
      literalBytes += bytes.length;
    },
    own: (offset, length) => put("own", offset, length),
    pointText: (point) => put("pointText", point),
    pointBytes: (point) => put("pointBytes", point),
    decimal: (from) => put("decimal", from),
    base64: (from) => put("base64", from),
    digestBytes: (from) => put("digestBytes", from),
    begin: () => put("begin"),
    aside: () => put("aside"),
    comeBack: () => put("return"),
    backOne: () => put("back", 1),
    sha256: () => {
      const to = digest();
      put("sha256", to);
      return to;
    },
    challenge: (from) => {
      const to = slot();
      put("challenge", to, from);
      return to;
    },
    sha512Challenge: () => {
      const to = slot();
      put("sha512Challenge", to);
      return to;
    },
    subtract: (from, other) => put("subtract", from, other),
    negate: (from, small) => {
      const to = slot();
      put("negate", to, from, small);
      return to;
    },
    finish: (shape, trackerDigest) => {
      assert(shape.inputs === inputs, "slots of the input come first");
      const text = { literals: concat(...literals), textBytes: mostText, operations };
      return named({ ...shape, ...text, ...numberLongs(shape), slots, digests, trackerDigest });
    },
  };
  return builder;
}

function named(program: Omit<Program, "digest">): Program {
  const words = wordsOf(program, { operations: 0, literals: 0, sums: 0, equations: 0, longOf: 0, outputs: 0, text: 0 });
  const parts = [words.header, program.operations, words.sums, words.equations, words.outputs].map((each) =>
    each.join(),
  );
  return { ...program, digest: sha512(concat(utf8(parts.join(";")), program.literals)) };
}

/** Numbers the points that occur in terms, sums by their members, in order of first use; the credential as any other. */
function numberLongs(shape: ProgramShape): { readonly longOf: readonly number[]; readonly longs: number } {
  const longOf: number[] = new Array(shape.points + shape.sums.length + 1).fill(-1);
  let longs = 0;
  const note = (point: number): void => {
    if (longOf[point] === -1) longOf[point] = longs++;
  };
  for (const { target } of shape.equations.flatMap(({ terms }) => terms)) {
    if (target < 0) continue;
    const sum = shape.sums[target - shape.points];
    if (sum === undefined) note(target);
    else sum.forEach(note);
  }
  return { longOf, longs };
}

/** Addresses of a program's parts in the kernel's memory. */
export interface ProgramPlaces {
  readonly operations: number;
  readonly literals: number;
  readonly sums: number;
  readonly equations: number;
  readonly longOf: number;
  readonly outputs: number;
  readonly text: number;
}

/** The words of a program as the kernel reads them. */
export function wordsOf(
  program: Omit<Program, "digest">,
  places: ProgramPlaces,
): {
  readonly header: readonly number[];
  readonly sums: readonly number[];
  readonly equations: readonly number[];
  readonly outputs: readonly number[];
} {
  const { points, sums, inputs, slots, digests, ownBytes, equations, longs, operations, outputs } = program;
  return {
    header: [
      ...[points, sums.length, inputs, slots, digests, ownBytes, equations.length, longs],
      ...[places.operations, operations.length, places.literals, places.sums, places.equations, places.longOf],
      ...[places.outputs, outputs.length, places.text, program.trackerDigest],
    ],
    sums: sums.flatMap((members) => [members.length, ...members]),
    equations: equations.flatMap(({ commitment, terms }) => [
      commitment,
      terms.length,
      ...terms.flatMap(({ target, scalar }) => [target, scalar]),
    ]),
    outputs,
  };
}
