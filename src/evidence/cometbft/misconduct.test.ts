import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, utf8 } from "#base/bytes.js";
import { ed25519Sign } from "#crypto/ed25519.js";
import { sha256 } from "#crypto/hash.js";
import { listRoot } from "#crypto/merkle.js";
import { type TestValidator, testHeader, testValidators } from "../../../test/comet-kit.js";
import { voteSignBytes } from "./commit.js";
import type { BlockId, CometHeader } from "./header.js";
import {
  decodeDoubleVote,
  encodeDoubleVote,
  judgeMisconduct,
  misconductFits,
  namesMisconduct,
  type SignedVote,
} from "./misconduct.js";
import { addressOf } from "./validators.js";

const validators = testValidators(["a", "b", "c", "d"]);
const set = validators.map(({ key, power }) => ({ key, power }));
const [one, two] = validators as [TestValidator, TestValidator];
const blockId = (name: string): BlockId => ({ hash: sha256(utf8(name)), partsTotal: 1, partsHash: sha256(utf8("p")) });
const NIL: BlockId = { hash: new Uint8Array(0), partsTotal: 0, partsHash: new Uint8Array(0) };

function vote(id: BlockId, change: Partial<SignedVote> = {}, by: TestValidator = one): SignedVote {
  const base = { type: 2 as const, height: 11, round: 0, blockId: id, time: 1_800_000_000_000_000_007n, index: 0 };
  const unsigned = { ...base, address: addressOf(by.key), ...change };
  const target = unsigned.blockId.hash.length === 0 ? null : unsigned.blockId;
  const signature = ed25519Sign(by.secret, voteSignBytes("demo-1", { ...unsigned, blockId: target }));
  return { signature, ...unsigned };
}

const pair = (first: SignedVote, second: SignedVote): Uint8Array =>
  encodeDoubleVote({ votes: [first, second], totalPower: 40n, power: 10n, time: 5n });
const headerOf = (items: readonly Uint8Array[]): CometHeader =>
  testHeader(validators, { evidenceHash: listRoot(items) });
const judge = (...items: Uint8Array[]) => judgeMisconduct(headerOf(items), items, set);

describe("L-01: misconduct in a block", () => {
  test("two votes for two blocks, or for one and for none, convict who signed them", () => {
    expect(judge(pair(vote(blockId("x")), vote(blockId("y"))))).toEqual({
      ok: true,
      value: [
        { kind: "two-votes", address: addressOf(one.key), height: 11, round: 0, step: "precommit", proved: true },
      ],
    });
    const prevotes = pair(vote(NIL, { type: 1, round: 3 }), vote(blockId("y"), { type: 1, round: 3 }));
    expect(judge(prevotes)).toMatchObject({ ok: true, value: [{ step: "prevote", round: 3, proved: true }] });
  });

  test("nobody is convicted by votes that he did not sign, or that go together", () => {
    const good = vote(blockId("x"));
    const forged = { ...vote(blockId("y"), {}, two), address: addressOf(one.key) };
    for (const [item, fault] of [
      [pair(good, forged), "a vote that the validator did not sign"],
      [pair(forged, good), "a vote that the validator did not sign"],
      [pair(good, { ...vote(blockId("y")), time: 8n }), "a vote that the validator did not sign"],
      [pair(good, vote(blockId("x"), { time: 9n })), "two votes for one block"],
      [pair(good, vote(blockId("y"), { height: 12 })), "two votes that do not exclude each other"],
      [pair(good, vote(blockId("y"), { round: 1 })), "two votes that do not exclude each other"],
      [pair(good, vote(blockId("y"), { type: 1 })), "two votes that do not exclude each other"],
      [pair(good, vote(blockId("y"), {}, two)), "two votes that do not exclude each other"],
    ] as const)
      expect(judge(item)).toEqual({ ok: false, error: fault });
    // On another chain the same signatures say nothing.
    const item = pair(good, vote(blockId("y")));
    const elsewhere = { ...headerOf([item]), chainId: "demo-2" };
    expect(judgeMisconduct(elsewhere, [item], set).ok).toBe(false);
  });

  test("the header has the root over exactly these; who left the set is named on the network's word", () => {
    const [x, y] = [pair(vote(blockId("x")), vote(blockId("y"))), pair(vote(NIL), vote(blockId("y")))] as const;
    const header = headerOf([x, y]);
    expect(namesMisconduct(header)).toBe(true);
    expect(namesMisconduct(headerOf([]))).toBe(false);
    for (const items of [[], [x], [y, x], [x, y, y]]) expect(misconductFits(header, items)).toBe(false);
    expect(judgeMisconduct(header, [x], set)).toEqual({
      ok: false,
      error: "its misconduct is not that of its header",
    });
    const left = judgeMisconduct(header, [x, y], set.slice(1));
    expect(left).toMatchObject({ ok: true, value: [{ proved: false }, { proved: false }] });
    expect(judge(utf8("something new"))).toEqual({ ok: true, value: [{ kind: "other" }] });
  });

  test("one encoding, and any bytes get a verdict", () => {
    const bytes = pair(vote(NIL), vote(blockId("y")));
    expect(encodeDoubleVote(decodeDoubleVote(bytes) as NonNullable<ReturnType<typeof decodeDoubleVote>>)).toEqual(
      bytes,
    );
    expect(decodeDoubleVote(concat(bytes, Uint8Array.of(0x78, 1)))).toBeUndefined();
    // The last eight bytes say powers and a time, which no validator signs.
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(bytes.length - 9), (some, at) => {
        expect(judge(some)).toEqual({ ok: true, value: [{ kind: "other" }] });
        const altered = bytes.slice();
        altered[at] = (altered[at] as number) ^ 0x40;
        const judged = judge(altered);
        if (judged.ok) expect(judged.value).not.toMatchObject([{ proved: true }]);
      }),
    );
  });
});
