/** Node's share of computing public data fast: its own SHA-256 for what is long, the kernel for the rest. */
import { hash } from "node:crypto";
import { swiftArithmetic } from "#crypto/kernel/swift.js";
import { usePublicArithmetic } from "#crypto/public-data.js";
import { judgingKernel } from "./ballots.js";

/** From now on this process computes public data by the kernel, unless it is to judge by the plain implementation. */
export function computeSwiftly(): void {
  usePublicArithmetic(judgingKernel() === undefined ? undefined : swiftArithmetic(nativeSha256));
}

function nativeSha256(bytes: Uint8Array): Uint8Array {
  // Node gives a Buffer, whose `slice` does not copy; the rest of the program expects plain arrays.
  return new Uint8Array(hash("sha256", bytes, "buffer"));
}
