/**
 * Codes of Base58 characters as Belenios makes them (belenios-format §4): 22 characters, about 128.9 bits, shown as
 * XXXXX-XXXXXX-XXXXX-XXXXXX. Voters' and officers' recovery codes, credentials, trustees' codes and uuids use them.
 */
import { assert } from "#base/assert.js";
import type { Random } from "./scalar.js";

/** Digits and letters without 0, I, O and l. */
export const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Lengths of the groups of a code; groups are parted by dashes, and the dashes are part of what is hashed. */
const GROUPS: readonly number[] = [5, 6, 5, 6];

/** Bytes from here on are drawn again: 232 = 4·58, so that every character is equally likely. */
const UNBIASED = 4 * 58;

/** `length` independent uniform characters. */
export function randomBase58(length: number, random: Random): string {
  let out = "";
  for (let round = 0; out.length < length; round++) {
    assert(round < 1000 + length, "the random source repeats itself");
    for (const byte of random(32)) {
      if (byte < UNBIASED && out.length < length) out += BASE58[byte % 58] as string;
    }
  }
  return out;
}

/** A fresh code with its dashes. */
export function makeCode(random: Random): string {
  return withDashes(randomBase58(22, random));
}

/** Whether a text is a code, dashes included. Codes carry no checksum: a mistyped one is a different code. */
export function isCode(text: string): boolean {
  const parts = text.split("-");
  return (
    parts.length === GROUPS.length && parts.every((part, index) => part.length === GROUPS[index] && isBase58(part))
  );
}

/**
 * What a person typed or pasted, as a code: white space and dashes are forgiven, letters are not. `undefined` if it is
 * none.
 */
export function codeFromTyped(text: string): string | undefined {
  const characters = text.replace(/[\s\-\u2010-\u2015]/g, "");
  if (characters.length !== 22 || !isBase58(characters)) return undefined;
  return withDashes(characters);
}

function withDashes(characters: string): string {
  const groups: string[] = [];
  let at = 0;
  for (const size of GROUPS) {
    groups.push(characters.slice(at, at + size));
    at += size;
  }
  return groups.join("-");
}

/** Whether all characters are Base58. */
export function isBase58(text: string): boolean {
  for (const character of text) if (!BASE58.includes(character)) return false;
  return true;
}
