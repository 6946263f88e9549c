/** An old chunk of the roll, sent again by whoever has seen it. */
import { beforeEach, expect, test } from "vitest";
import { pointToEighth } from "#crypto/group.js";
import {
  announce,
  planOf,
  REGISTRAR,
  signed,
  TestLedger,
  type TestVoter,
  trustees,
  UUID,
  votersOf,
} from "../../../test/protocol-kit.js";
import { enterRoll } from "./enter-roll.js";

const VOTERS = votersOf(6);
let ledger: TestLedger;

beforeEach(() => {
  ledger = new TestLedger();
  announce(ledger, planOf(trustees(0, 2), 1));
});

function chunk(start: number, from: number, to: number): Uint8Array {
  const entries = VOTERS.slice(from, to).map((voter: TestVoter) => ({
    eighth: pointToEighth(voter.credential.key),
    weight: 1,
  }));
  return signed(enterRoll, { uuid: UUID, start, entries }, "registrar", REGISTRAR.secret);
}

test("L-11: an old chunk does not set a newer roll back", () => {
  const first = chunk(0, 0, 2);
  ledger.must(first);
  expect(ledger.send(first)).toBe("already-done");
  ledger.must(chunk(2, 2, 3));
  ledger.must(chunk(0, 0, 4));
  expect(ledger.send(first)).toBe("already-done");
  expect(ledger.entry(UUID).rollCount).toBe(4);
});

test("L-11: nor does an old chunk continue a newer roll", () => {
  ledger.must(chunk(0, 0, 2));
  const second = chunk(2, 3, 5);
  ledger.must(second);
  ledger.must(chunk(0, 1, 3));
  expect(ledger.send(second)).toBe("already-done");
  ledger.must(chunk(2, 3, 6));
  expect(ledger.entry(UUID).rollCount).toBe(5);
});

test("L-11: not in one block either", () => {
  const [first, second] = [chunk(0, 0, 2), chunk(0, 0, 3)];
  const codes = ledger.block(first, second, first).rejections.map((each) => each?.code);
  expect(codes).toEqual([undefined, undefined, "already-done"]);
  expect(ledger.entry(UUID).rollCount).toBe(3);
});
