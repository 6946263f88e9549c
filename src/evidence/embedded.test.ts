import fc from "fast-check";
import { expect, test } from "vitest";
import { concat, toHex, utf8 } from "#base/bytes.js";
import { ed25519Key } from "#crypto/ed25519.js";
import { listRoot } from "#crypto/merkle.js";
import {
  decodeHeader,
  type EmbeddedHeader,
  encodeHeader,
  headerHash,
  judgeEmbedded,
  signHeader,
  transactionsFit,
} from "./embedded.js";

const secret = new Uint8Array(32).fill(7);
const trust = { chainId: "demo-1", engineKey: ed25519Key(secret) };
const header: EmbeddedHeader = {
  chainId: "demo-1",
  height: 12,
  time: 1_800_000_000_123_456_789n,
  previous: new Uint8Array(32).fill(1),
  transactionsRoot: listRoot([utf8("a"), utf8("b")]),
  stateRoot: new Uint8Array(32).fill(3),
};
const bytes = encodeHeader(header);
const signature = signHeader(secret, bytes);

test("the layout is the one of SPEC 5.1", () => {
  expect(toHex(bytes)).toBe(
    `0106${toHex(utf8("demo-1"))}000000000000000c18fae2769b0fcd15${"01".repeat(32)}${toHex(header.transactionsRoot)}${"03".repeat(32)}`,
  );
  expect(toHex(headerHash(bytes))).toMatch(/^[0-9a-f]{64}$/);
});

test("a signed header is judged and gives height, time and root", () => {
  const judged = judgeEmbedded(trust, bytes, signature);
  expect(judged).toEqual({ ok: true, value: { ...header, hash: headerHash(bytes) } });
});

test("L-05: every altered byte of header or signature is refused", () => {
  for (let i = 0; i < bytes.length; i++) {
    const altered = bytes.slice();
    altered[i] = (altered[i] as number) ^ 1;
    expect(judgeEmbedded(trust, altered, signature).ok).toBe(false);
  }
  for (let i = 0; i < signature.length; i++) {
    const altered = signature.slice();
    altered[i] = (altered[i] as number) ^ 1;
    expect(judgeEmbedded(trust, bytes, altered)).toMatchObject({ error: { code: "bad-evidence" } });
  }
});

test("another node's key, another ledger, missing or added bytes are refused", () => {
  const other = new Uint8Array(32).fill(8);
  expect(judgeEmbedded(trust, bytes, signHeader(other, bytes))).toMatchObject({ error: { code: "bad-evidence" } });
  expect(judgeEmbedded({ ...trust, chainId: "demo-2" }, bytes, signature)).toMatchObject({
    error: { code: "wrong-chain" },
  });
  for (const odd of [bytes.subarray(1), bytes.subarray(0, -1), concat(bytes, Uint8Array.of(0)), new Uint8Array(0)])
    expect(judgeEmbedded(trust, odd, signature)).toMatchObject({ error: { code: "malformed-header" } });
});

test("any bytes get a verdict, and what decodes re-encodes to the same bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 160 }), fc.uint8Array({ maxLength: 70 }), (some, sig) => {
      expect(judgeEmbedded(trust, some, sig).ok).toBe(false);
    }),
  );
  fc.assert(
    fc.property(
      fc.record({
        chainId: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
        height: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        time: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        previous: fc.uint8Array({ minLength: 32, maxLength: 32 }),
        transactionsRoot: fc.uint8Array({ minLength: 32, maxLength: 32 }),
        stateRoot: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      }),
      (some) => {
        const decoded = decodeHeader(encodeHeader(some));
        if (!decoded.ok) throw new Error(decoded.error.detail);
        expect(encodeHeader(decoded.value)).toEqual(encodeHeader(some));
      },
    ),
  );
});

test("transactions fit their header in this order only", () => {
  expect(transactionsFit(header, [utf8("a"), utf8("b")])).toBe(true);
  expect(transactionsFit(header, [utf8("b"), utf8("a")])).toBe(false);
  expect(transactionsFit(header, [utf8("a")])).toBe(false);
});
