import { expect, test } from "vitest";
import { concat, fromHex, toHex, utf8 } from "#base/bytes.js";
import { ed25519Key, ed25519Sign, ed25519Verify } from "./ed25519.js";

const hex = (text: string) => fromHex(text) as Uint8Array;

// RFC 8032 §7.1, TEST 2 and TEST 3.
const known = [
  {
    secret: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    secret: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
];

test.each(known)("known answers of RFC 8032: $message", ({ secret, key, message, signature }) => {
  expect(toHex(ed25519Key(hex(secret)))).toBe(key);
  expect(toHex(ed25519Sign(hex(secret), hex(message)))).toBe(signature);
  expect(ed25519Verify(hex(key), hex(message), hex(signature))).toBe(true);
});

test("another message, key or any altered byte of the signature is refused", () => {
  const [first, second] = known as [(typeof known)[number], (typeof known)[number]];
  const signature = hex(first.signature);
  expect(ed25519Verify(hex(first.key), utf8("r!"), signature)).toBe(false);
  expect(ed25519Verify(hex(second.key), hex(first.message), signature)).toBe(false);
  for (let i = 0; i < 64; i++) {
    const altered = signature.slice();
    altered[i] = (altered[i] as number) ^ 1;
    expect(ed25519Verify(hex(first.key), hex(first.message), altered)).toBe(false);
  }
});

test("odd bytes are refused, never thrown on: wrong lengths, non-canonical scalars, small-order keys", () => {
  const { key, message, signature } = known[0] as (typeof known)[number];
  const order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  const bytes = hex(signature);
  let carry = 0;
  const shifted = order.map((byte, i) => {
    const sum = byte + (bytes[32 + i] as number) + carry;
    carry = sum >> 8;
    return sum & 255;
  });
  expect(ed25519Verify(hex(key), hex(message), concat(bytes.subarray(0, 32), shifted))).toBe(false);
  const neutral = concat(Uint8Array.of(1), new Uint8Array(31));
  // R = neutral element, s = 0 satisfies the equation for the neutral key and any message.
  expect(ed25519Verify(neutral, hex(message), concat(neutral, new Uint8Array(32)))).toBe(false);
  expect(ed25519Verify(hex(key), hex(message), bytes.subarray(1))).toBe(false);
  expect(ed25519Verify(new Uint8Array(32).fill(255), hex(message), bytes)).toBe(false);
  expect(ed25519Verify(new Uint8Array(0), hex(message), bytes)).toBe(false);
});
