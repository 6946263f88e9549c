/** Integers modulo the group order q: eight words of 32 bits, least significant first. Public values only. */
import { ORDER, ORDER_MU } from "./constants";

const WIDE: usize = memory.data(128, 16);
const QUOTIENT: usize = memory.data(128, 16);

/** out (n + m words) = a (n words) · b (m words). */
function multiply(out: usize, a: usize, n: i32, b: usize, m: i32): void {
  memory.fill(out, 0, usize(n + m) << 2);
  for (let i = 0; i < n; i++) {
    const word = u64(load<u32>(a + (usize(i) << 2)));
    let carry: u64 = 0;
    let at = out + (usize(i) << 2);
    for (let j = 0; j < m; j++) {
      const sum = word * u64(load<u32>(b + (usize(j) << 2))) + u64(load<u32>(at)) + carry;
      store<u32>(at, u32(sum));
      carry = sum >> 32;
      at += 4;
    }
    store<u32>(at, u32(carry));
  }
}

/** Subtracts b from a (n words) in place; the borrow. */
function subtract(a: usize, b: usize, n: i32): u64 {
  let borrow: u64 = 0;
  for (let i: usize = 0; i < usize(n) << 2; i += 4) {
    const difference = u64(load<u32>(a + i)) - u64(load<u32>(b + i)) - borrow;
    store<u32>(a + i, u32(difference));
    borrow = difference >> 63;
  }
  return borrow;
}

function notBelow(a: usize, b: usize, n: i32): bool {
  for (let i = n - 1; i >= 0; i--) {
    const x = load<u32>(a + (usize(i) << 2));
    const y = load<u32>(b + (usize(i) << 2));
    if (x != y) return x > y;
  }
  return true;
}

/** out = wide mod q, for 16 words (Barrett: Handbook of Applied Cryptography 14.42, base 2^32, k = 8). */
export function sreduce(out: usize, wide: usize): void {
  multiply(QUOTIENT, wide + 28, 9, ORDER_MU, 9);
  const estimate = QUOTIENT + 36;
  multiply(WIDE, estimate, 9, ORDER, 8);
  memory.copy(REST, wide, 36);
  subtract(REST, WIDE, 9);
  while (notBelow(REST, ORDER, 9)) subtract(REST, ORDER, 9);
  memory.copy(out, REST, 32);
}

const REST: usize = memory.data(64, 16);
const INPUT: usize = memory.data(64, 16);

/** Big-endian bytes (32 or 64) mod q. */
export function sfromBigEndian(out: usize, bytes: usize, length: i32): void {
  readWords(bytes, length);
  sreduce(out, INPUT);
}

/** Big-endian bytes (32) as they are; whether they are below q. */
export function sread(out: usize, bytes: usize): bool {
  readWords(bytes, 32);
  memory.copy(out, INPUT, 32);
  return !notBelow(out, ORDER, 8);
}

function readWords(bytes: usize, length: i32): void {
  memory.fill(INPUT, 0, 64);
  for (let i = 0; i < length; i += 4) store<u32>(INPUT + usize(length - 4 - i), bswap<u32>(load<u32>(bytes + usize(i))));
}

/** out = a − b. */
export function ssub(out: usize, a: usize, b: usize): void {
  memory.copy(REST, a, 32);
  if (subtract(REST, b, 8) != 0) addOrder(REST);
  memory.copy(out, REST, 32);
}

/** out = a + b. */
export function sadd(out: usize, a: usize, b: usize): void {
  let carry: u64 = 0;
  for (let i: usize = 0; i < 32; i += 4) {
    carry += u64(load<u32>(a + i)) + u64(load<u32>(b + i));
    store<u32>(REST + i, u32(carry));
    carry >>= 32;
  }
  if (notBelow(REST, ORDER, 8)) subtract(REST, ORDER, 8);
  memory.copy(out, REST, 32);
}

function addOrder(a: usize): void {
  let carry: u64 = 0;
  for (let i: usize = 0; i < 32; i += 4) {
    carry += u64(load<u32>(a + i)) + u64(load<u32>(ORDER + i));
    store<u32>(a + i, u32(carry));
    carry >>= 32;
  }
}

/** out = −small·a. */
export function snegSmall(out: usize, a: usize, small: u32): void {
  memory.fill(INPUT, 0, 64);
  let carry: u64 = 0;
  for (let i: usize = 0; i < 32; i += 4) {
    carry += u64(load<u32>(a + i)) * u64(small);
    store<u32>(INPUT + i, u32(carry));
    carry >>= 32;
  }
  store<u32>(INPUT, u32(carry), 32);
  sreduce(INPUT, INPUT);
  memory.fill(REST, 0, 32);
  if (subtract(REST, INPUT, 8) != 0) addOrder(REST);
  memory.copy(out, REST, 32);
}

/** Wide accumulator (16 words) += a·coefficient (4 words). Room for 2^100 such products. */
export function saccumulate(wide: usize, a: usize, coefficient: usize): void {
  for (let i = 0; i < 4; i++) {
    const word = u64(load<u32>(coefficient + (usize(i) << 2)));
    let carry: u64 = 0;
    let at = wide + (usize(i) << 2);
    for (let j: usize = 0; j < 32; j += 4) {
      const sum = word * u64(load<u32>(a + j)) + u64(load<u32>(at)) + carry;
      store<u32>(at, u32(sum));
      carry = sum >> 32;
      at += 4;
    }
    while (carry != 0) {
      const sum = u64(load<u32>(at)) + carry;
      store<u32>(at, u32(sum));
      carry = sum >> 32;
      at += 4;
    }
  }
}

const DIGITS: usize = memory.data(96, 16);
const BILLION: u64 = 1000000000;

/** Decimal digits without leading zeros; their number. */
export function sdecimal(out: usize, a: usize): i32 {
  memory.copy(REST, a, 32);
  let words = 8;
  let at = 96;
  do {
    while (words > 0 && load<u32>(REST + (usize(words - 1) << 2)) == 0) words--;
    let rest: u64 = 0;
    for (let i = words - 1; i >= 0; i--) {
      const word = REST + (usize(i) << 2);
      const value = (rest << 32) | u64(load<u32>(word));
      const quotient = value / BILLION;
      store<u32>(word, u32(quotient));
      rest = value - quotient * BILLION;
    }
    let chunk = u32(rest);
    for (let i = 0; i < 9; i++) {
      const tenth = chunk / 10;
      store<u8>(DIGITS + usize(--at), u8(48 + chunk - 10 * tenth));
      chunk = tenth;
    }
    while (words > 0 && load<u32>(REST + (usize(words - 1) << 2)) == 0) words--;
  } while (words > 0);
  while (at < 95 && load<u8>(DIGITS + usize(at)) == 48) at++;
  memory.copy(out, DIGITS + usize(at), usize(96 - at));
  return 96 - at;
}
