/**
 * Voters without a mail address, who get their letters on paper. The registry knows each person by one address, so these
 * have one that no mail can reach (RFC 2606 reserves .invalid), made of the organisation and its number for the person.
 */
import { toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import type { Address } from "./address.js";

const domain = "post.invalid";

/** The same person of the same organisation gets the same one. */
export function postalAddress(organisation: string, externalId: string): Address {
  const local = toHex(sha256(utf8(`${organisation}|${externalId}`)).subarray(0, 16));
  return { normal: `${local}@${domain}`, display: `${local}@${domain}` };
}

export function isPostal(address: string): boolean {
  return address.endsWith(`@${domain}`);
}

/** As officers and voters see it: nothing, where there is no mail address. */
export function shownAddress(address: string): string {
  return isPostal(address) ? "" : address;
}
