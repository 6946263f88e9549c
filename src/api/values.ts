/**
 * Values that every part of the HTTP API writes in the same way. Strict by intention: one value has one text (rows H-05,
 * H-06), so that hashes, signatures and addresses in caches mean one thing.
 */
import { z } from "zod";
import { fromBase64Url, fromHex } from "#base/bytes.js";
import { parseInstant } from "./instant.js";

/** 32 bytes as 64 lower-case hexadecimal digits: hashes, scalars (big-endian), keys (compressed, RFC 8032 byte order). */
export const hex32 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits");

/** Identifier of an election or an organisation: 14 to 22 Base58 characters. */
export const identifier = z
  .string()
  .regex(/^[1-9A-HJ-NP-Za-km-z]{14,22}$/, "must be an identifier of 14 to 22 Base58 characters");

/** Canonical, unpadded base64url of `min` to `max` bytes. */
export function base64UrlBytes(min: number, max: number) {
  const length = (bytes: number) => Math.ceil((bytes * 4) / 3);
  const complaint = min === max ? `must be ${min} bytes in base64url` : `must be ${min} to ${max} bytes in base64url`;
  return z
    .string()
    .min(length(min), complaint)
    .max(length(max), complaint)
    .regex(/^[A-Za-z0-9_-]*$/, "must be unpadded base64url")
    .refine((text) => fromBase64Url(text) !== undefined, "is not canonical base64url");
}

/** A tracker in JSON: unpadded Base64 (43 characters), as on receipts and in Belenios. */
export const trackerText = z
  .string()
  .regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/, "must be a tracker of 43 characters");

/** A tracker in a path: the same bytes in base64url. */
export const trackerPath = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, "must be a tracker in base64url");

/** An instant going in: RFC 3339 with an offset, of a day that exists. */
export const instantIn = z.string().superRefine((text, context) => {
  const instant = parseInstant(text);
  if (!instant.ok) context.addIssue({ code: "custom", message: instant.error });
});

/** An instant coming out: RFC 3339 in UTC with up to nine decimals. */
export const instantOut = z.string().describe("RFC 3339, UTC, up to nine decimals");

/** A whole number in a query or a path: decimal digits without sign or leading zero, below 2^53. */
export function decimal(min: number, max: number) {
  return z
    .string()
    .regex(/^(0|[1-9][0-9]{0,15})$/, "must be a whole number")
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);
}

/** The bytes of a checked {@link hex32}. */
export function bytesOfHex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new RangeError("the text was not checked before");
  return bytes;
}

/** The bytes of checked base64url. */
export function bytesOfBase64Url(text: string): Uint8Array {
  const bytes = fromBase64Url(text);
  if (bytes === undefined) throw new RangeError("the text was not checked before");
  return bytes;
}

/** The path form of a tracker in JSON. */
export function pathOfTracker(tracker: string): string {
  return tracker.replaceAll("+", "-").replaceAll("/", "_");
}
