/**
 * Batch verification (belenios-format §16, DESIGN §4): many objects in, for each the same outcome as one by one.
 *
 * Every linear equation gets a coefficient of 128 bits of its own, expanded by SHA-512 from a hash of the whole batch and
 * 32 fresh random bytes that are drawn only when the batch is fixed. If one equation does not hold, their weighted sum is
 * the neutral element with probability 2^-128 at most: all points lie in the prime-order subgroup, because they are 8·Q of
 * curve points Q (the credential is tested, unless it comes from a roll, whose entries are 8·Q too). A sum that is not neutral is halved until the bad objects are found.
 */
import { sha512 } from "@noble/hashes/sha2.js";
import { assert } from "#base/assert.js";
import { concat, utf8 } from "#base/bytes.js";
import type { Kernel, Space } from "./kernel/kernel.js";
import { type Program, wordsOf } from "./kernel/program.js";
import type { Random } from "./scalar.js";

/** What a batch says of one object. */
export type BatchOutcome =
  /** All equations hold. */
  | { readonly kind: "holds"; readonly tracker: Uint8Array; readonly outputs: Uint8Array }
  /** Equation number `equation` is the first that does not. */
  | { readonly kind: "equation"; readonly equation: number }
  /** The equation of the envelope holds, but this pair of outputs begins with the neutral element. */
  | { readonly kind: "neutral"; readonly pair: number }
  | { readonly kind: "credential" | "envelope" | "neutral-credential" }
  /** Number of the first scalar that is not below q, or of the first point that is not on the curve. */
  | { readonly kind: "scalar" | "point"; readonly index: number };

/** Source of the coefficients: 64 bytes of seed from the hash of the batch. For tests; others leave it. */
export type SeedSource = (batch: Uint8Array) => Uint8Array;

const STATUS_KINDS = ["holds", "credential", "scalar", "point", "envelope", "neutral-credential", "neutral"] as const;

/** Objects that share one decoding step; CHUNK of assembly/batch.ts. */
const CHUNK = 32;
/** Summands of one multi-scalar multiplication: bounds memory (about 20 MB); more brings nothing. */
const MOST_SUMMANDS = 40_000;
/** While looking for bad objects sums over at most this many times the batch are made; then each is judged by itself. */
const SEARCH = 2;

/** Parts of one object's input, in order: points, scalars, credential, own bytes; together the stride of the program. */
export type BatchObject = readonly Uint8Array[];

/** The program of the objects, the fixed second base (x, y) of their equations, the objects. */
export interface Batch {
  /** Whether every credential is known to lie in the prime-order subgroup; otherwise that is tested (a tenth of all). */
  readonly members: boolean;
  readonly program: Program;
  readonly key: Uint8Array;
  readonly objects: readonly BatchObject[];
}

/** Outcomes in the order of the objects. */
export function verifyBatch(kernel: Kernel, batch: Batch, random: Random): BatchOutcome[] {
  return verifyBatchWith(kernel, batch, freshSeed(batch, random));
}

/** The seed of real batches: of the hash of all input, the program, the key, and bytes that are drawn only then. */
export function freshSeed({ program, key }: Pick<Batch, "program" | "key">, random: Random): SeedSource {
  return (digest) => {
    const fresh = random(32);
    assert(fresh.length === 32, "random source returned a wrong number of bytes");
    return sha512(concat(utf8("psephos/batch"), digest, program.digest, key, fresh));
  };
}

/** {@link verifyBatch} with the seed's source given. A seed that is known beforehand lets forged batches pass. */
export function verifyBatchWith(kernel: Kernel, batch: Batch, seed: SeedSource): BatchOutcome[] {
  const { program, objects } = batch;
  const summands = program.longs + program.equations.length;
  const most = Math.max(1, Math.floor(MOST_SUMMANDS / summands));
  const key = kernel.keyTable(batch.key);
  const outcomes: BatchOutcome[] = [];
  for (let from = 0; from < objects.length; from += most) {
    const part = objects.slice(from, from + most);
    outcomes.push(...kernel.within((space) => new Run(kernel, space, batch, key, part.length).judge(part, seed)));
  }
  return outcomes;
}

/** Addresses and steps of one multi-scalar multiplication and what leads to it. */
class Run {
  readonly #kernel: Kernel;
  readonly #space: Space;
  readonly #program: Program;
  readonly #members: number;
  readonly #key: number;
  readonly #count: number;
  readonly #at: {
    readonly program: number;
    readonly stride: number;
    readonly input: number;
    readonly status: number;
    readonly output: number;
    readonly chunk: number;
    readonly wide: number;
    readonly coefficients: number;
    readonly longSummands: number;
    readonly longScalars: number;
    readonly shortSummands: number;
    readonly shortScalars: number;
    readonly fixed: number;
  };
  #budget: number;

  constructor(kernel: Kernel, space: Space, { program, members }: Batch, key: number, count: number) {
    const { exports } = kernel;
    const at = loadProgram(space, program);
    const stride = exports.stride(at);
    const [longs, equations] = [count * program.longs, count * program.equations.length];
    const summand = exports.summandBytes.value;
    this.#kernel = kernel;
    this.#space = space;
    this.#program = program;
    this.#members = members ? 1 : 0;
    this.#key = key;
    this.#count = count;
    this.#budget = SEARCH * count;
    this.#at = {
      program: at,
      stride,
      input: space.reserve(stride * count),
      status: space.reserve(4 * count),
      output: space.reserve(outputBytes(program) * count),
      chunk: space.reserve(exports.chunkSpace(at, Math.min(CHUNK, count))),
      wide: space.reserve(64 * program.longs),
      coefficients: space.reserve(16 * CHUNK * program.equations.length + 64),
      longSummands: space.reserve(summand * longs),
      longScalars: space.reserve(32 * longs),
      shortSummands: space.reserve(summand * equations),
      shortScalars: space.reserve(16 * equations),
      fixed: space.reserve(64 * count),
    };
  }

  judge(objects: readonly BatchObject[], seed: SeedSource): BatchOutcome[] {
    this.#fill(objects);
    const { exports } = this.#kernel;
    const digest = this.#space.reserve(64);
    exports.sha512(digest, this.#at.input, this.#at.stride * this.#count);
    this.#weigh(seed(this.#space.read(digest, 64)));
    const outcomes: BatchOutcome[] = objects.map((_, i) => this.#decoded(i));
    this.#settle(outcomes, 0, this.#count, false);
    // A neutral element is told only where the envelope holds: the order of the one-by-one checks.
    return outcomes.map((outcome, i) => (outcome.kind === "neutral" ? this.#neutral(i, outcome) : outcome));
  }

  #fill(objects: readonly BatchObject[]): void {
    for (const [i, parts] of objects.entries()) {
      let to = this.#at.input + i * this.#at.stride;
      for (const part of parts) {
        this.#space.write(to, part);
        to += part.length;
      }
      assert(to === this.#at.input + (i + 1) * this.#at.stride, "an object has the length its program says");
    }
  }

  /** Decodes, hashes and weighs chunk by chunk. */
  #weigh(seed: Uint8Array): void {
    const { exports } = this.#kernel;
    const { program, stride, input, status, output, chunk, coefficients, wide } = this.#at;
    const { longSummands, longScalars, shortSummands, shortScalars, fixed } = this.#at;
    const { longs, equations } = this.#program;
    const summand = exports.summandBytes.value;
    assert(seed.length === 64, "a seed has 64 bytes");
    const block = this.#space.put(concat(seed, new Uint8Array(16)));
    const blocks = Math.ceil((CHUNK * equations.length) / 4);
    for (let from = 0, number = 0; from < this.#count; from += CHUNK, number += blocks) {
      const count = Math.min(CHUNK, this.#count - from);
      exports.decodeChunk(
        program,
        chunk,
        input + from * stride,
        count,
        this.#members,
        status + 4 * from,
        output + from * outputBytes(this.#program),
      );
      exports.expand(coefficients, block, number, Math.ceil((count * equations.length) / 4));
      exports.weighChunk(
        program,
        count,
        status + 4 * from,
        coefficients,
        wide,
        longSummands + from * longs * summand,
        longScalars + from * longs * 32,
        shortSummands + from * equations.length * summand,
        shortScalars + from * equations.length * 16,
        fixed + 64 * from,
      );
    }
  }

  /** What decoding alone says; "holds" until the equations are judged. */
  #decoded(i: number): BatchOutcome {
    const status = this.#space.word(this.#at.status + 4 * i);
    const kind = STATUS_KINDS[status & 255] as (typeof STATUS_KINDS)[number];
    const index = status >> 8;
    if (kind === "holds") {
      const output = this.#space.read(this.#at.output + i * outputBytes(this.#program), outputBytes(this.#program));
      return { kind, tracker: output.slice(0, 32), outputs: output.slice(32) };
    }
    if (kind === "scalar" || kind === "point") return { kind, index };
    return kind === "neutral" ? { kind, pair: index / 2 } : { kind };
  }

  /** Judges the equations of objects from … to−1; `bad`: it is known already that one of them does not hold. */
  #settle(outcomes: BatchOutcome[], from: number, to: number, bad: boolean): void {
    if (!bad && this.#sumHolds(from, to)) return;
    if (to - from === 1) {
      outcomes[from] = { kind: "equation", equation: this.#firstFault(from, 0, this.#program.equations.length) };
      return;
    }
    if (this.#budget <= 0) {
      for (let i = from; i < to; i++) this.#settle(outcomes, i, i + 1, false);
      return;
    }
    const middle = (from + to) >> 1;
    this.#budget -= middle - from;
    const left = this.#sumHolds(from, middle);
    if (!left) this.#settle(outcomes, from, middle, true);
    this.#budget -= left ? 0 : to - middle;
    this.#settle(outcomes, middle, to, left);
  }

  #sumHolds(from: number, to: number): boolean {
    const { exports, generatorTable } = this.#kernel;
    const { program, longSummands, longScalars, shortSummands, shortScalars, fixed } = this.#at;
    const { longs, equations } = this.#program;
    const summand = exports.summandBytes.value;
    const count = to - from;
    return this.#kernel.within((space) => {
      const work = space.reserve(exports.msmSpace(count * longs, count * equations.length));
      const holds = exports.sumsToNothing(
        program,
        count,
        work,
        longSummands + from * longs * summand,
        longScalars + from * longs * 32,
        shortSummands + from * equations.length * summand,
        shortScalars + from * equations.length * 16,
        fixed + 64 * from,
        generatorTable,
        this.#key,
      );
      return holds !== 0;
    });
  }

  /** First of the equations from … to−1 of object i that does not hold, judged by itself; −1 for none. */
  #firstFault(i: number, from: number, to: number): number {
    const { exports, generatorTable } = this.#kernel;
    const { program, chunk, input, stride, status, output } = this.#at;
    const out = output + i * outputBytes(this.#program);
    exports.decodeChunk(program, chunk, input + i * stride, 1, this.#members, status + 4 * i, out);
    return exports.firstFault(program, from, to, generatorTable, this.#key);
  }

  #neutral(i: number, outcome: BatchOutcome): BatchOutcome {
    return this.#firstFault(i, 0, 1) === -1 ? outcome : { kind: "equation", equation: 0 };
  }
}

function outputBytes(program: Program): number {
  return 32 + 64 * program.outputs.length;
}

function loadProgram(space: Space, program: Program): number {
  const none = { operations: 0, literals: 0, sums: 0, equations: 0, longOf: 0, outputs: 0, text: 0 };
  const parts = wordsOf(program, none);
  const places = {
    operations: space.putWords(program.operations),
    literals: space.put(program.literals),
    sums: space.putWords(parts.sums),
    equations: space.putWords(parts.equations),
    longOf: space.putWords(program.longOf),
    outputs: space.putWords(parts.outputs),
    text: space.reserve(program.textBytes + 128),
  };
  return space.putWords(wordsOf(program, places).header);
}
