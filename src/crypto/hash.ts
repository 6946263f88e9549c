/** SHA-256 and the version-1 Fiat–Shamir hash of Belenios (belenios-format §3). */
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { bigintFromBytes, toBase64, toHex, utf8 } from "#base/bytes.js";
import { ORDER, type Point, pointToText } from "./group.js";

/** SHA-256 of bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

/** Lower-case hex SHA-256 of a string's UTF-8. */
export function sha256Hex(text: string): string {
  return toHex(sha256(utf8(text)));
}

/** Unpadded Base64 of the SHA-256 of a string's UTF-8: fingerprints and trackers. */
export function sha256Base64(text: string): string {
  return toBase64(sha256(utf8(text)));
}

/**
 * H(prefix; P1,…,Pn): SHA-256 of the prefix followed by the points' text forms joined with commas, as a 256-bit
 * big-endian integer mod q. Biased and unframed as in version 1 (rows C-14, C-17: open with reason, inside the suite only).
 */
export function suiteHash(prefix: string, points: readonly Point[]): bigint {
  return suiteHashTexts(prefix, points.map(pointToText));
}

/** {@link suiteHash} over text forms that are already at hand. */
export function suiteHashTexts(prefix: string, texts: readonly string[]): bigint {
  return bigintFromBytes(sha256(utf8(prefix + texts.join(",")))) % ORDER;
}
