/**
 * Public data computed by the kernel: the faster implementation behind `public-data.ts`. Where there is no kernel it is
 * the plain one. What is long is hashed by the platform's own SHA-256, if the caller has one to give.
 */
import { sha512 } from "@noble/hashes/sha2.js";
import { bigintFromBytes, bigintToBytes, bytesEqual, concat, copyOf, toHex } from "#base/bytes.js";
import { ed25519Verify } from "../ed25519.js";
import { IDENTITY, ORDER, pointToBytes } from "../group.js";
import { type PublicArithmetic, plainArithmetic } from "../public-data.js";
import { type Kernel, kernel } from "./kernel.js";
import {
  combinePowers,
  decompressPoints,
  GENERATOR_TARGET,
  KEY_TARGET,
  sumsOfForms,
  timesEightForms,
} from "./points.js";

/** From this length on calling out of the engine costs less than hashing in the kernel. */
const LONG = 256;

/** Opens the kernel at first use. `native`: the platform's SHA-256; its values are those of the kernel. */
export function swiftArithmetic(native?: (bytes: Uint8Array) => Uint8Array): PublicArithmetic {
  const opened = kernel();
  if (opened === undefined) return plainArithmetic;
  const sha256 = native === undefined ? opened.sha256 : hashing(opened.sha256, native);
  return {
    sha256,
    sums: (affines, lists) => sumsOfForms(opened, affines, lists),
    timesEight: (eighths) => timesEightForms(opened, eighths),
    ed25519: (key, message, signature) =>
      holdsExactly(opened, key, message, signature) || ed25519Verify(key, message, signature),
  };
}

/** Keys as x, y by their bytes; `undefined`: not of the subgroup, or neutral. A cache of a pure function. */
const keys = new Map<string, Uint8Array | undefined>();
const MAX_KEYS = 64;

function keyOf(kernel: Kernel, bytes: Uint8Array): Uint8Array | undefined {
  const name = toHex(bytes);
  if (!keys.has(name)) {
    if (keys.size >= MAX_KEYS) keys.clear();
    keys.set(name, bytesEqual(bytes, NEUTRAL) ? undefined : decompressPoints(kernel, [bytes])[0]);
  }
  return keys.get(name);
}

const NEUTRAL: Uint8Array = pointToBytes(IDENTITY);

/**
 * Whether R is, byte for byte, the encoding of g^s · A^(−h), where A is in the subgroup and neither it nor R is neutral.
 * A signature of which this is true holds by every rule; of any other the plain implementation decides.
 */
function holdsExactly(kernel: Kernel, key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  const affine = keyOf(kernel, key);
  const commitment = signature.subarray(0, 32);
  if (affine === undefined || bytesEqual(commitment, NEUTRAL)) return false;
  const hash = bigintFromBytes(sha512(concat(commitment, key, message)).reverse()) % ORDER;
  const scalars = concat(copyOf(signature, 32).reverse(), bigintToBytes(hash === 0n ? 0n : ORDER - hash, 32));
  const terms = [
    { target: GENERATOR_TARGET, scalar: 0 },
    { target: KEY_TARGET, scalar: 1 },
  ];
  const point = combinePowers(kernel, { affines: new Uint8Array(0), sums: [], scalars, key: affine }, [terms]);
  return point !== undefined && bytesEqual(point.compressed, commitment);
}

type Digest = (bytes: Uint8Array) => Uint8Array;

function hashing(short: Digest, long: Digest): Digest {
  return (bytes) => (bytes.length < LONG ? short(bytes) : long(bytes));
}
