/** The suite that every engine passes: the guarantees of `ledger.ts`, each tried. */
import { afterEach, describe, expect, test } from "vitest";
import { Busy } from "#base/busy.js";
import { toHex } from "#base/bytes.js";
import { stateRoot } from "#protocol/directory.js";
import { type Block, type Evidence, type Ledger, LedgerUnavailable, type Submitted } from "./ledger.js";

/** A fresh ledger and what the suite needs to use it. */
export interface LedgerSubject {
  readonly ledger: Ledger;
  /** The n-th of endlessly many valid transactions that do not depend on each other. */
  transaction(n: number): Uint8Array;
  /** A transaction in good form that the machine refuses, with the code. */
  readonly refused: { readonly wire: Uint8Array; readonly code: string };
  /** What `evidence/` makes of a header and its evidence; `undefined` when it does not hold. */
  judge(evidence: Evidence): { readonly height: number; readonly time: bigint; readonly root: Uint8Array } | undefined;
  /** Opens the same ledger again, after it was closed. */
  reopen(): Promise<Ledger>;
  /** Root that the machine gives when all blocks are replayed from genesis. */
  replayedRoot(ledger: Ledger): Uint8Array;
  dispose(): Promise<void>;
}

export interface SubjectLimits {
  /** Transactions that may wait before the ledger is busy. */
  readonly maxWaiting?: number;
}

/** Runs the suite. `make` starts a fresh engine. */
export function ledgerContract(engine: string, make: (limits?: SubjectLimits) => Promise<LedgerSubject>): void {
  describe(`ledger contract: ${engine}`, () => {
    let subject: LedgerSubject;
    const start = async (limits?: SubjectLimits): Promise<LedgerSubject> => {
      subject = await make(limits);
      return subject;
    };
    afterEach(() => subject.dispose());

    submitting(start);
    reading(start);
    ending(start);
  });
}

type Start = (limits?: SubjectLimits) => Promise<LedgerSubject>;

async function must(ledger: Ledger, wire: Uint8Array): Promise<Submitted> {
  const outcome = await ledger.submit(wire);
  if (!outcome.ok) throw new Error(`refused: ${outcome.error.code} (${outcome.error.detail})`);
  return outcome.value;
}

function submitting(start: Start): void {
  test("a submitted transaction is final when its promise resolves", async () => {
    const { ledger, transaction } = await start();
    const wire = transaction(1);
    const submitted = await must(ledger, wire);
    const block = ledger.block(submitted.height) as Block;
    expect(block.transactions[submitted.index]).toEqual(wire);
    expect(block.rejections[submitted.index]).toBeNull();
    expect(block.time).toBe(submitted.time);
    expect(ledger.place(submitted.id)).toEqual({ height: submitted.height, index: submitted.index });
    expect(ledger.status().height).toBeGreaterThanOrEqual(submitted.height);
    expect(toHex(stateRoot(ledger.state()))).toBe(toHex(ledger.state().root));
  });

  test("a refused transaction is answered with the machine's code and changes nothing", async () => {
    const { ledger, refused } = await start();
    const before = ledger.state();
    const outcome = await ledger.submit(refused.wire);
    expect(outcome).toMatchObject({ ok: false, error: { code: refused.code } });
    expect(toHex(ledger.state().root)).toBe(toHex(before.root));
    expect(ledger.status().waiting).toBe(0);
  });

  test("any bytes are answered", async () => {
    const { ledger, transaction } = await start();
    const cut = transaction(1).subarray(0, -1);
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0xff), new Uint8Array(500_000), cut])
      expect((await ledger.submit(bytes)).ok).toBe(false);
    expect(await ledger.submit(new Uint8Array(500_000))).toMatchObject({ error: { code: "too-large" } });
  });

  test("H-15, L-11: identical transactions, together or later, are one", async () => {
    const { ledger, transaction } = await start();
    const wire = transaction(1);
    const places = await Promise.all(Array.from({ length: 50 }, () => must(ledger, Uint8Array.from(wire))));
    expect(new Set(places.map((place) => `${place.height}/${place.index}/${place.time}`)).size).toBe(1);
    await must(ledger, transaction(2));
    expect(await must(ledger, wire)).toEqual(places[0]);
    const all: Uint8Array[] = [];
    for (let height = 1; height <= ledger.status().height; height++)
      all.push(...(ledger.block(height) as Block).transactions);
    expect(all.filter((each) => toHex(each) === toHex(wire))).toHaveLength(1);
  });

  test("many at once all become final, and the machine replays them to the same root", async () => {
    const subject = await start();
    const { ledger, transaction } = subject;
    const places = await Promise.all(Array.from({ length: 40 }, (_, n) => must(ledger, transaction(n))));
    expect(new Set(places.map((place) => `${place.height}/${place.index}`)).size).toBe(40);
    expect(toHex(subject.replayedRoot(ledger))).toBe(toHex(ledger.state().root));
  });

  test("L-14: what does not fit into the queue is refused as busy, and the rest is not hurt", async () => {
    const { ledger, transaction } = await start({ maxWaiting: 3 });
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => ledger.submit(transaction(n))));
    const busy = outcomes.filter((each) => each.status === "rejected");
    expect(busy.length).toBeGreaterThan(0);
    for (const each of busy) expect((each as PromiseRejectedResult).reason).toBeInstanceOf(Busy);
    expect(outcomes.length - busy.length).toBeGreaterThanOrEqual(3);
    await must(ledger, transaction(99));
  });
}

function reading(start: Start): void {
  test("at height 0 there is the genesis state and no block", async () => {
    const { ledger } = await start();
    const state = ledger.state();
    expect(state.height).toBe(0);
    expect(state.time).toBe(ledger.genesis().time);
    expect(toHex(state.root)).toBe(toHex(stateRoot(state)));
    expect(ledger.block(0)).toBeUndefined();
    expect(ledger.block(1)).toBeUndefined();
  });

  test("a state goes on showing its height while blocks are added", async () => {
    const { ledger, transaction } = await start();
    await must(ledger, transaction(1));
    const held = ledger.state();
    const root = toHex(stateRoot(held));
    for (let n = 2; n < 6; n++) await must(ledger, transaction(n));
    expect(toHex(stateRoot(held))).toBe(root);
    expect(toHex(held.root)).toBe(root);
    expect(ledger.state().height).toBeGreaterThan(held.height);
    expect(ledger.state()).toBe(ledger.state());
  });

  test("block times rise, now() lies above the last, and each header's evidence holds", async () => {
    const { ledger, transaction, judge } = await start();
    for (let n = 0; n < 5; n++) await must(ledger, transaction(n));
    let last = ledger.genesis().time;
    // An engine may make blocks by itself: up to here, not up to a head that moves on.
    const { height: top } = ledger.status();
    for (let height = 1; height <= top; height++) {
      const block = ledger.block(height) as Block;
      expect(block.time > last).toBe(true);
      last = block.time;
      const judged = judge(await ledger.evidence(height));
      expect(judged).toMatchObject({ height, time: block.time });
      expect(toHex((judged as { root: Uint8Array }).root)).toBe(toHex(block.root));
    }
    expect(ledger.now() > last).toBe(true);
  });

  test("evidence for a height to come waits for it", async () => {
    const { ledger, transaction, judge } = await start();
    const pending = ledger.evidence(1);
    await must(ledger, transaction(1));
    expect(judge(await pending)).toMatchObject({ height: 1 });
  });

  test("followers get every block once and in order, old and new, at their own pace", async () => {
    const { ledger, transaction } = await start();
    await must(ledger, transaction(1));
    await must(ledger, transaction(2));
    const stop = new AbortController();
    const heights = async (from: number, until: number, slow: boolean): Promise<number[]> => {
      const seen: number[] = [];
      for await (const block of ledger.follow(from, stop.signal)) {
        seen.push(block.height);
        if (slow) await new Promise((resolve) => setTimeout(resolve, 5));
        if (block.height === until) break;
      }
      return seen;
    };
    const fast = heights(0, 4, false);
    const slow = heights(2, 4, true);
    await must(ledger, transaction(3));
    await must(ledger, transaction(4));
    expect(await fast).toEqual([1, 2, 3, 4]);
    expect(await slow).toEqual([2, 3, 4]);
    const ended = heights(ledger.status().height + 1000, 1_000_000, false);
    stop.abort();
    expect(await ended).toEqual([]);
  });
}

function ending(start: Start): void {
  test("closing ends followers and refuses more; everything is there when it opens again", async () => {
    const { ledger, transaction, reopen } = await start();
    const followed: number[] = [];
    const follower = (async () => {
      for await (const block of ledger.follow(1, new AbortController().signal)) followed.push(block.height);
    })();
    const first = await must(ledger, transaction(1));
    const underway = must(ledger, transaction(2));
    const { root } = ledger.state();
    await ledger.close();
    const second = await underway;
    await follower;
    expect(toHex(root)).not.toBe("");
    await expect(ledger.submit(transaction(3))).rejects.toThrow(LedgerUnavailable);

    const again = await reopen();
    expect(again.place(first.id)).toEqual({ height: first.height, index: first.index });
    expect(await must(again, transaction(2))).toEqual(second);
    expect(toHex(stateRoot(again.state()))).toBe(toHex(again.state().root));
    await must(again, transaction(3));
    await again.close();
  });
}
