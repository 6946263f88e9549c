/**
 * The kernel: field, points, hashes and multi-scalar multiplication in WebAssembly, for **public data only** (tidy says
 * who may import it). Synchronous; with SIMD where the engine has it; `undefined` where there is no WebAssembly at all,
 * and then everything is judged by the plain implementation.
 */
import { assert } from "#base/assert.js";
import { bytesEqual, fromBase64 } from "#base/bytes.js";
import { SCALAR_MODULE, SIMD_MODULE } from "./kernel.generated.js";

/** What the kernel needs of the platform's global of this name; pure rooms have no types of a platform. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

type Address = number;

/** Exports of assembly/kernel.ts; their comments say what the parameters are. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly heapBase: { readonly value: Address };
  readonly summandBytes: { readonly value: number };
  readonly tableBytes: { readonly value: number };
  begin(table: Address): void;
  tableOf(table: Address, bytes: Address): number;
  decompress(out: Address, flags: Address, bytes: Address, count: number): void;
  readPoints(points: Address, flags: Address, bytes: Address, count: number, eight: number): void;
  writePoints(out: Address, compressed: Address, affines: Address, points: Address, count: number): void;
  multiScalar(
    r: Address,
    affines: Address,
    summands: Address,
    space: Address,
    points: Address,
    longs: number,
    longScalars: Address,
    shorts: number,
    shortScalars: Address,
  ): void;
  readScalars(out: Address, bytes: Address, count: number): number;
  combine(
    r: Address,
    equations: Address,
    count: number,
    points: Address,
    pointCount: number,
    tables: Address,
    scalars: Address,
    generatorTable: Address,
    keyTable: Address,
  ): void;
  addGenerator(points: Address, scalars: Address, count: number, table: Address): void;
  sumPoints(r: Address, lists: Address, count: number, points: Address): void;
  expand(out: Address, block: Address, from: number, count: number): void;
  fieldOperation(operation: number, out: Address, a: Address, b: Address): void;
  fieldOperation4(operation: number, out: Address, a: Address, b: Address): void;
  reduceWide(out: Address, bytes: Address): void;
  sha256(out: Address, bytes: Address, length: number): void;
  sha512(out: Address, bytes: Address, length: number): void;
  msmSpace(longs: number, shorts: number): number;
  stride(program: Address): number;
  chunkSpace(program: Address, count: number): number;
  decodeChunk(
    program: Address,
    space: Address,
    input: Address,
    count: number,
    members: number,
    status: Address,
    output: Address,
  ): void;
  weighChunk(
    program: Address,
    count: number,
    status: Address,
    coefficients: Address,
    wide: Address,
    longSummands: Address,
    longScalars: Address,
    shortSummands: Address,
    shortScalars: Address,
    fixed: Address,
  ): void;
  sumsToNothing(
    program: Address,
    count: number,
    space: Address,
    longSummands: Address,
    longScalars: Address,
    shortSummands: Address,
    shortScalars: Address,
    fixed: Address,
    generatorTable: Address,
    keyTable: Address,
  ): number;
  firstFault(program: Address, from: number, to: number, generatorTable: Address, keyTable: Address): number;
}

export interface Kernel {
  readonly simd: boolean;
  readonly exports: KernelExports;
  /** Address of the table of g. */
  readonly generatorTable: Address;
  /** Address of the table of a fixed base, from its x, y (64 bytes): 3 ms at first, then remembered; a few are kept. */
  keyTable(affine: Uint8Array): Address;
  /** SHA-256 of bytes: 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array;
  /** Runs `work` with working space that is free again afterwards; reservations inside are aligned to 16 bytes. */
  within<T>(work: (space: Space) => T): T;
}

/** Working space of one call. Addresses stay valid until the call ends; views only until the next reservation. */
export interface Space {
  reserve(bytes: number): Address;
  /** Reserves and fills. */
  put(bytes: Uint8Array): Address;
  /** Reserves 32-bit words and fills them. */
  putWords(words: readonly number[]): Address;
  /** A copy of bytes. */
  read(at: Address, length: number): Uint8Array;
  write(at: Address, bytes: Uint8Array): void;
  word(at: Address): number;
}

const PAGE = 65_536;
const KEPT_TABLES = 4;
/** Bytes that are hashed in a place of their own: nearly all that is. */
const HASHED = 4096;

let opened: Kernel | undefined;
let tried = false;

/** The process's kernel, opened at first use; `undefined` where the platform has no WebAssembly or forbids it. */
export function kernel(): Kernel | undefined {
  if (!tried) {
    tried = true;
    opened = openKernel("best");
  }
  return opened;
}

/** Opens a kernel of its own: the best build, or a certain one. For tests and benches; others use {@link kernel}. */
export function openKernel(build: "best" | "simd" | "scalar"): Kernel | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  try {
    const bytes = fromBase64(build === "scalar" ? SCALAR_MODULE : SIMD_MODULE) as Uint8Array;
    if (build === "best" && !WebAssembly.validate(bytes)) return openKernel("scalar");
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
    return kernelOf(exports as KernelExports, build !== "scalar");
  } catch {
    // A content security policy may forbid compiling; whatever the reason, the plain implementation judges.
    return undefined;
  }
}

function kernelOf(exports: KernelExports, simd: boolean): Kernel {
  let top = align(exports.heapBase.value);
  const reserve = (bytes: number): Address => {
    const at = top;
    top = align(top + bytes);
    const missing = top - exports.memory.buffer.byteLength;
    if (missing > 0) assert(exports.memory.grow(Math.ceil(missing / PAGE)) >= 0, "the kernel's memory can grow");
    return at;
  };
  const generatorTable = reserve(exports.tableBytes.value);
  exports.begin(generatorTable);
  const tables = Array.from({ length: KEPT_TABLES }, () => ({
    base: new Uint8Array(0),
    at: reserve(exports.tableBytes.value),
  }));
  const space = spaceOf(exports, reserve);
  const hashing = reserve(32 + HASHED);
  return {
    simd,
    exports,
    generatorTable,
    keyTable: (affine) => {
      const index = tables.findIndex((table) => bytesEqual(table.base, affine));
      const [table] = tables.splice(index < 0 ? KEPT_TABLES - 1 : index, 1) as [(typeof tables)[number]];
      tables.unshift(table);
      if (index >= 0) return table.at;
      table.base = affine.slice();
      const before = top;
      assert(exports.tableOf(table.at, space.put(affine)) !== 0, "a key is a curve point");
      top = before;
      return table.at;
    },
    sha256: (bytes) => {
      const before = top;
      const at = bytes.length <= HASHED ? hashing : reserve(32 + bytes.length);
      space.write(at + 32, bytes);
      exports.sha256(at, at + 32, bytes.length);
      top = before;
      return space.read(at, 32);
    },
    within: (work) => {
      const before = top;
      try {
        return work(space);
      } finally {
        top = before;
      }
    },
  };
}

function spaceOf(exports: KernelExports, reserve: (bytes: number) => Address): Space {
  const bytesAt = (at: Address, length: number): Uint8Array => new Uint8Array(exports.memory.buffer, at, length);
  const put = (bytes: Uint8Array): Address => {
    const at = reserve(bytes.length);
    bytesAt(at, bytes.length).set(bytes);
    return at;
  };
  return {
    reserve,
    put,
    putWords: (words) => {
      const at = reserve(words.length * 4);
      new Int32Array(exports.memory.buffer, at, words.length).set(words);
      return at;
    },
    read: (at, length) => bytesAt(at, length).slice(),
    write: (at, bytes) => bytesAt(at, bytes.length).set(bytes),
    word: (at) => new Int32Array(exports.memory.buffer, at, 1)[0] as number,
  };
}

function align(at: Address): Address {
  return (at + 15) & ~15;
}
