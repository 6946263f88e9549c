/** Damages inputs as a fuzzer does: seeded, so that each run can be repeated. */
import { concat } from "#base/bytes.js";
import type { Dice } from "../simulation/author.js";

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x18, 0x1b, 0x5f, 0x9f, 0xf6, 0x22, 0x5c, 0x7b, 0x7d, 0x2c, 0x0a];
const WORDS = [
  "-1",
  "1e9",
  "0.5",
  "null",
  "true",
  "[]",
  "{}",
  '""',
  "\u0000",
  "\ud800",
  "\ufeff",
  "99999999999999999999",
];

/** A changed copy, at most twice as long and 64 bytes; `others` lend pieces. */
export function mutate(dice: Dice, input: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  let bytes = input;
  for (let times = 1 + dice.below(4); times > 0; times--) bytes = once(dice, bytes, others);
  return bytes.subarray(0, 2 * input.length + 64);
}

function once(dice: Dice, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  const at = dice.below(bytes.length + 1);
  const length = 1 + dice.below(Math.min(32, bytes.length + 1));
  switch (dice.below(9)) {
    case 0:
      return changed(bytes, at, (byte) => byte ^ (1 << dice.below(8)));
    case 1:
      return changed(bytes, at, () => dice.pick(INTERESTING));
    case 2:
      return changed(bytes, at, (byte) => byte + (dice.chance(0.5) ? 1 : -1));
    case 3:
      return bytes.slice(0, at);
    case 4:
      return concat(bytes.subarray(0, at), bytes.subarray(at + length));
    case 5:
      return concat(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at));
    case 6:
      return concat(
        bytes.subarray(0, at),
        Uint8Array.from({ length }, () => dice.below(256)),
        bytes.subarray(at),
      );
    case 7:
      return concat(bytes.subarray(0, at), Buffer.from(dice.pick(WORDS)), bytes.subarray(at + dice.below(3)));
    default: {
      const other = dice.pick(others);
      const from = dice.below(other.length + 1);
      return concat(bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at + length));
    }
  }
}

function changed(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (at < copy.length) copy[at] = change(copy[at] as number);
  return copy;
}
