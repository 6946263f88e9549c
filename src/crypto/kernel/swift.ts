/**
 * Public data computed by the kernel: the faster implementation behind `public-data.ts`. Where there is no kernel it is
 * the plain one. What is long is hashed by the platform's own SHA-256, if the caller has one to give.
 */
import { type PublicArithmetic, plainArithmetic } from "../public-data.js";
import { kernel } from "./kernel.js";
import { sumsOfForms, timesEightForms } from "./points.js";

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
  };
}

type Digest = (bytes: Uint8Array) => Uint8Array;

function hashing(short: Digest, long: Digest): Digest {
  return (bytes) => (bytes.length < LONG ? short(bytes) : long(bytes));
}
