import { expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { RecordedLedger } from "../../test/record-kit.js";
import { chainJudge } from "./chain.js";
import { compareShown, signersOfFork } from "./compare.js";

/** Two histories under one node's key: the second block of the other one comes later. */
const [one, other] = [new RecordedLedger("compare"), new RecordedLedger("compare")];
for (const ledger of [one, other]) ledger.block();
one.block();
other.time += 5_000_000_000n;
other.block();
const { chainId, engineKey } = one.genesis;
const trust = { chainId, engine: "embedded", engineKey } as const;
const shown = ({ blocks }: RecordedLedger, height: number) => {
  const { header, evidence } = blocks[height - 1] as RecordedLedger["blocks"][number];
  return { header, evidence };
};

test("one node's ledger: the same block, a fork with who signed it, and what proves nothing", () => {
  expect(compareShown(trust, shown(one, 1), shown(other, 1))).toEqual({ kind: "same" });
  const [a, b] = [shown(one, 2), shown(other, 2)];
  const fork = { kind: "fork", signers: [toHex(engineKey)] };
  expect(compareShown(trust, a, b)).toEqual(fork);
  expect(signersOfFork(trust, undefined, a, b)).toEqual(fork.signers);
  expect(signersOfFork(trust, undefined, a, a)).toBeNull();
  // One side that nobody signed is no fork, whichever it is.
  const forged = { ...b, evidence: new Uint8Array(64) };
  expect(compareShown(trust, a, forged)).toMatchObject({ kind: "unproved" });
  expect(compareShown(trust, forged, a)).toMatchObject({ kind: "unproved" });
  expect(signersOfFork(trust, undefined, a, forged)).toBeNull();
  expect(compareShown(trust, a, shown(one, 1))).toEqual({ kind: "unproved", detail: "a block of another height" });
});

test("a header of one node's ledger is judged with its height, its time, and no misconduct of anybody", () => {
  const { header, evidence } = shown(one, 2);
  const judged = chainJudge(one.genesis).judge(header, evidence);
  expect(judged).toMatchObject({ ok: true, value: { height: 2, rootOf: "block", misconduct: false } });
});
