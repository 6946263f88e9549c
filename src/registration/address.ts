/** Mail addresses: the one form in which two spellings of one address are the same (row R-08), and the form letters go to. */
import { domainToASCII, domainToUnicode } from "node:url";
import { fail, ok, type Result } from "#base/result.js";

export interface Address {
  /** Compared and unique: NFKC, lower case, domain in ASCII. */
  readonly normal: string;
  /** As its owner writes it, domain in ASCII: where letters go. Some servers tell the case of the local part apart. */
  readonly display: string;
}

/** RFC 5321 §4.5.3.1: octets of the whole address and of its local part. */
const maxAddressBytes = 254;
const maxLocalBytes = 64;

/** Characters of a local part without quotes (RFC 5322 atext, RFC 6531 letters), dots between non-empty parts. */
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const asciiDomain = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads an address as people type it. Spaces around it, letter case, full-width characters and the two spellings of an
 * international domain make no difference; dots and plus signs do: only the owner's server knows what they mean.
 * Quoted local parts, address literals, comments and anything with a control character are refused.
 */
export function readAddress(input: string): Result<Address, string> {
  const text = input.normalize("NFKC").trim();
  // A line break would start a new header in a letter; an invisible character makes two addresses look like one.
  if (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text)) return fail("the address has a control or invisible character");
  if (/\s/.test(text)) return fail("the address has a space in it");
  const at = text.lastIndexOf("@");
  if (at < 1 || at === text.length - 1) return fail("the address is not of the form name@domain");
  const local = text.slice(0, at);
  if (!localPart.test(local)) return fail("the part before @ has characters that addresses do not have");
  if (Buffer.byteLength(local) > maxLocalBytes) return fail("the part before @ is longer than 64 bytes");
  const written = text.slice(at + 1).replace(/\.$/, "");
  // domainToASCII reads the host of a web address: it would cut off a path, decode %41 and so on.
  if (!/^[\p{L}\p{M}\p{N}.\u3002-]+$/u.test(written)) return fail("the part after @ is not a domain");
  const domain = domainToASCII(written);
  if (!asciiDomain.test(domain) || /^[0-9.]+$/.test(domain)) return fail("the part after @ is not a domain");
  if (Buffer.byteLength(local) + 1 + domain.length > maxAddressBytes)
    return fail("the address is longer than 254 bytes");
  return ok({ normal: `${lowerCase(local)}@${domain}`, display: `${local}@${domain}` });
}

/** For people: the international spelling of the domain. */
export function addressForPeople(display: string): string {
  const at = display.lastIndexOf("@");
  return `${display.slice(0, at)}@${domainToUnicode(display.slice(at + 1))}`;
}

/** Lower case by Unicode's default mapping, then NFKC once more: lower-casing can undo it (İ becomes i and a dot above). */
function lowerCase(text: string): string {
  return text.toLowerCase().normalize("NFKC");
}
