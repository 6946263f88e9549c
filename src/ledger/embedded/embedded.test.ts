/** The embedded engine: the contract, and what is its own: blocks, times, recovery, one owner, backup, a failing disk. */
import { mkdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { open as openLmdb } from "lmdb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { judgeEmbedded } from "#evidence/embedded.js";
import { type BallotTask, type BallotVerdict, judgeBallot } from "#protocol/ballot.js";
import { stateRoot } from "#protocol/directory.js";
import {
  blocksOf,
  electionScript,
  freshLedger,
  genesisFor,
  must,
  organisationWire,
  removeDirectory,
  replayed,
  temporaryDirectory,
} from "../../../test/ledger-kit.js";
import { ballotWire, base58, MINUTE, SECOND, START, type TestVoter, UUID } from "../../../test/protocol-kit.js";
import { ledgerContract } from "../ledger.contract.js";
import { type Ledger, LedgerDamaged, LedgerUnavailable } from "../ledger.js";
import { createLedger, foundLedger, type LedgerOptions, ledgerExists, openLedger, openReadOnly } from "./open.js";

ledgerContract("embedded", async (limits = {}) => {
  const directory = await temporaryDirectory();
  const open: Ledger[] = [await freshLedger(directory, limits)];
  const ledger = open[0] as Ledger;
  const { chainId, engineKey } = ledger.genesis();
  const wrong = organisationWire(0).slice();
  wrong[wrong.length - 1] = (wrong[wrong.length - 1] as number) ^ 1;
  return {
    ledger,
    transaction: organisationWire,
    refused: { wire: wrong, code: "bad-signature" },
    judge: ({ header, evidence }) => {
      const judged = judgeEmbedded({ chainId, engineKey }, header, evidence);
      return judged.ok
        ? { height: judged.value.height, time: judged.value.time, root: judged.value.stateRoot }
        : undefined;
    },
    reopen: async () => {
      const again = await openLedger(directory, limits);
      open.push(again);
      return again;
    },
    replayedRoot: (some) => replayed(some).root,
    dispose: async () => {
      for (const each of open) await each.close();
      await removeDirectory(directory);
    },
  };
});

describe("embedded ledger", () => {
  let directory: string;
  let open: { close(): Promise<void> }[];
  /** The clock of the test, in nanoseconds. */
  let clock: bigint;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    open = [];
    clock = START + SECOND;
  });

  afterEach(async () => {
    for (const each of open) await each.close().catch(() => {});
    await removeDirectory(directory);
  });

  const keep = <T extends { close(): Promise<void> }>(ledger: T): T => {
    open.push(ledger);
    return ledger;
  };
  const fresh = async (options: LedgerOptions = {}) =>
    keep(await freshLedger(directory, { clock: () => clock, ...options }));

  test("transactions that arrive together share a block", async () => {
    const ledger = await fresh();
    const places = await Promise.all([1, 2, 3, 4, 5].map((n) => must(ledger, organisationWire(n))));
    expect(new Set(places.map((place) => place.height))).toEqual(new Set([1]));
    expect(places.map((place) => place.index)).toEqual([0, 1, 2, 3, 4]);
  });

  test("a block takes no more than its limits", async () => {
    const ledger = await fresh({ maxBlockTransactions: 2 });
    const places = await Promise.all([1, 2, 3, 4, 5].map((n) => must(ledger, organisationWire(n))));
    expect(places.map((place) => place.height)).toEqual([1, 1, 2, 2, 3]);
    const small = keep(await otherLedger({ maxBlockBytes: organisationWire(1).length + 1 }));
    const one = await Promise.all([1, 2].map((n) => must(small, organisationWire(n))));
    expect(one.map((place) => place.height)).toEqual([1, 2]);
  });

  test("of two that exclude each other only the one that takes effect enters the block", async () => {
    const ledger = await fresh();
    const other = organisationWire(1).slice();
    // The same organisation once more, with another name: both pass the door together.
    const at = Buffer.from(other).indexOf("Club 1");
    other[at] = "P".charCodeAt(0);
    const [first, second, third] = await Promise.all([
      ledger.submit(organisationWire(1)),
      ledger.submit(other),
      ledger.submit(organisationWire(2)),
    ]);
    expect(first?.ok).toBe(true);
    expect(second?.ok).toBe(false);
    expect(third).toMatchObject({ ok: true, value: { height: 1, index: 1 } });
    expect(ledger.block(1)?.transactions).toHaveLength(2);
    expect(toHex(replayed(ledger).root)).toBe(toHex(ledger.state().root));
  });

  test("block time is the clock's, rises when the clock stands still or jumps back, and survives a restart", async () => {
    const ledger = await fresh();
    expect((await must(ledger, organisationWire(1))).time).toBe(clock);
    expect((await must(ledger, organisationWire(2))).time).toBe(clock + 1n);
    clock -= 3600n * SECOND;
    const { time } = await must(ledger, organisationWire(3));
    expect(time).toBe(START + SECOND + 2n);
    await ledger.close();
    const warnings: string[] = [];
    const log = { warn: (_: object, sentence: string) => void warnings.push(sentence), error: () => {} };
    const again = keep(await openLedger(directory, { clock: () => clock, log }));
    expect((await must(again, organisationWire(4))).time).toBe(time + 1n);
    expect(warnings.join()).toContain("behind the last block");
    clock = START + 10n * MINUTE;
    expect((await must(again, organisationWire(5))).time).toBe(clock);
  });

  test("an election's opening and closing make an empty block that leaves the root unchanged", async () => {
    const ledger = await fresh();
    const script = electionScript(ledger.genesis(), 3);
    for (const wire of script.preparation) await must(ledger, wire);
    const before = ledger.state();
    clock = script.opensAt;
    await ledger.evidence(before.height + 1);
    expect(ledger.block(before.height + 1)).toMatchObject({ transactions: [], time: script.opensAt });
    expect(toHex(ledger.state().root)).toBe(toHex(before.root));
    await ledger.close();
    // The schedule is found again in the state.
    const again = keep(await openLedger(directory, { clock: () => clock }));
    clock = script.closesAt;
    await again.evidence(before.height + 2);
    expect(again.block(before.height + 2)).toMatchObject({ transactions: [], time: script.closesAt });
    expect(toHex(replayed(again).root)).toBe(toHex(again.state().root));
  });

  test("ballots: counted in time, refused with a code out of time, twice, or when tampered with", async () => {
    const ledger = await fresh();
    const script = electionScript(ledger.genesis(), 3);
    for (const wire of script.preparation) await must(ledger, wire);
    const ballot = (voter: number, sequence = 1) =>
      ballotWire(script.memory, UUID, script.voters[voter] as TestVoter, [[1, 0]], sequence);
    const first = ballot(0);
    expect(await ledger.submit(first)).toMatchObject({ error: { code: "not-yet-open" } });
    clock = script.opensAt - 1n;
    expect(await ledger.submit(first)).toMatchObject({ error: { code: "not-yet-open" } });
    clock = script.opensAt;
    await must(ledger, first);
    expect(await ledger.submit(ballot(0))).toMatchObject({ error: { code: "stale-sequence" } });
    const tampered = ballot(1);
    tampered[tampered.length - 200] = (tampered[tampered.length - 200] as number) ^ 1;
    expect((await ledger.submit(tampered)).ok).toBe(false);
    const together = await Promise.all([ledger.submit(ballot(1)), ledger.submit(ballot(1))]);
    expect(together.filter((outcome) => outcome.ok)).toHaveLength(1);
    expect(together.find((outcome) => !outcome.ok)).toMatchObject({ error: { code: "stale-sequence" } });
    clock = script.closesAt;
    expect(await ledger.submit(ballot(2))).toMatchObject({ error: { code: "closed" } });
    expect(await ledger.submit(first)).toMatchObject({ ok: true });
    expect(toHex(replayed(ledger).root)).toBe(toHex(ledger.state().root));
  });

  test("proofs are judged beside, in batches; a verdict is asked for once", async () => {
    const batches: number[] = [];
    let verdict: (task: BallotTask) => BallotVerdict = judgeBallot;
    const judge = {
      judge: async (tasks: readonly BallotTask[]) => {
        batches.push(tasks.length);
        return tasks.map(verdict);
      },
      close: async () => {},
    };
    const ledger = await fresh({ judge });
    const script = electionScript(ledger.genesis(), 2);
    for (const wire of script.preparation) await must(ledger, wire);
    clock = script.opensAt;
    const [first, second] = script.voters as [TestVoter, TestVoter];
    const ballot = ballotWire(script.memory, UUID, first, [[1, 0]]);
    await must(ledger, ballot);
    await must(ledger, ballot);
    expect(batches).toEqual([1]);
    // Seventy different envelopes around one ballot, none of which holds.
    verdict = () => ({ ok: false, error: { code: "bad-signature", detail: "refused by the test" } });
    const model = ballotWire(script.memory, UUID, second, [[0, 1]]);
    const forged = Array.from({ length: 70 }, (_, i) => model.map((byte, at) => (at === model.length - 1 ? i : byte)));
    const outcomes = await Promise.all(forged.map((wire) => ledger.submit(wire)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ error: { code: "bad-signature" } });
    expect(batches).toEqual([1, 64, 6]);
    await ledger.submit(forged[3] as Uint8Array);
    expect(batches).toEqual([1, 64, 6]);
    expect(ledger.status().waiting).toBe(0);
  });

  test("a judge that is broken, or busy, costs speed, or a pause, never a wrong answer", async () => {
    let mode: "broken" | "busy" = "broken";
    const { Busy } = await import("#base/busy.js");
    const judge = {
      judge: async () => {
        throw mode === "busy" ? new Busy("proof checking", 5) : new Error("broken");
      },
      close: async () => {},
    };
    const ledger = await fresh({ judge });
    const script = electionScript(ledger.genesis(), 2);
    for (const wire of script.preparation) await must(ledger, wire);
    clock = script.opensAt;
    await must(ledger, ballotWire(script.memory, UUID, script.voters[0] as TestVoter, [[0, 1]]));
    mode = "busy";
    const refused = ledger.submit(ballotWire(script.memory, UUID, script.voters[1] as TestVoter, [[0, 1]]));
    await expect(refused).rejects.toThrow(Busy);
    expect(ledger.status().waiting).toBe(0);
  });

  test("founding: a ledger of its own key and time, once, with a sound founder", async () => {
    expect(await ledgerExists(directory)).toBe(false);
    await expect(openLedger(directory)).rejects.toThrow("There is no ledger");
    const { founder } = await genesisFor(directory);
    const faulty = { ...founder, threshold: 9 };
    const founding = { chainId: "club-1", practice: false, founder };
    await expect(foundLedger(directory, { ...founding, founder: faulty })).rejects.toThrow("cannot found");
    const ledger = keep(await foundLedger(directory, founding, { clock: () => clock }));
    expect(ledger.genesis()).toMatchObject({ chainId: "club-1", time: clock, engine: "embedded" });
    expect((await stat(join(directory, "node.key"))).mode & 0o777).toBe(0o600);
    expect(await ledgerExists(directory)).toBe(true);
    await ledger.close();
    await expect(foundLedger(directory, founding)).rejects.toThrow("already");
    await expect(createLedger(directory, { ...ledger.genesis(), engineKey: new Uint8Array(32) })).rejects.toThrow(
      "node key",
    );
    expect((await readFile(join(directory, "genesis.cbor"))).length).toBeGreaterThan(100);
  });

  test("K-14: a second writer is refused; readers see what is written", async () => {
    const ledger = await fresh();
    await must(ledger, organisationWire(1));
    await expect(openLedger(directory)).rejects.toThrow(/in use by process \d+/);
    await must(ledger, organisationWire(2));
    const reader = keep(await openReadOnly(directory));
    const held = reader.state();
    expect(held.height).toBe(2);
    const stop = new AbortController();
    const third = (async () => {
      for await (const block of reader.follow(3, stop.signal)) return block.height;
      return undefined;
    })();
    await must(ledger, organisationWire(3));
    expect(await third).toBe(3);
    expect(toHex(stateRoot(held))).toBe(toHex(held.root));
    expect(reader.state().height).toBe(3);
    expect(toHex(reader.state().root)).toBe(toHex(ledger.state().root));
    await ledger.close();
    keep(await openLedger(directory));
  });

  test("L-18: when another process has taken over, the older one stops before it writes a second history", async () => {
    const errors: string[] = [];
    const ledger = await fresh({ log: { warn: () => {}, error: (_, sentence) => void errors.push(sentence) } });
    await must(ledger, organisationWire(1));
    const meta = { name: "meta", encoding: "binary" } as const;
    const other = openLmdb({ path: join(directory, "ledger.mdb"), encoding: "binary", overlappingSync: false });
    other.openDB(meta).putSync("owner", Buffer.from(JSON.stringify({ token: "somebody else" })));
    await expect(ledger.submit(organisationWire(2))).rejects.toThrow("taken over");
    await expect(ledger.submit(organisationWire(3))).rejects.toThrow(LedgerUnavailable);
    expect(ledger.status()).toMatchObject({ height: 1, stopped: expect.stringContaining("taken over") });
    // What is final stays readable, and is still answered with its place.
    expect(await ledger.submit(organisationWire(1))).toMatchObject({ ok: true, value: { height: 1 } });
    expect(errors).toEqual(["a block could not be written"]);
    await other.close();
  });

  test("a backup made under way opens, verifies, and does not carry the node's key", async () => {
    const ledger = await fresh();
    for (let n = 0; n < 5; n++) await must(ledger, organisationWire(n));
    const copy = join(directory, "copy");
    const running = Promise.all([5, 6, 7, 8].map((n) => must(ledger, organisationWire(n))));
    await ledger.backup(copy);
    await running;
    const reader = keep(await openReadOnly(copy));
    expect(reader.status().height).toBeGreaterThanOrEqual(5);
    expect(toHex(replayed(reader).root)).toBe(toHex(reader.state().root));
    await expect(ledger.backup(copy)).rejects.toThrow("new directory");
    await reader.close();
    // Another key is made there, which is not the one that the ledger names.
    await expect(openLedger(copy)).rejects.toThrow("lacks the node key");
  });

  test("L-18: a damaged ledger is refused with a sentence, and not repaired by guessing", async () => {
    const ledger = await fresh();
    for (let n = 0; n < 20; n++) await must(ledger, organisationWire(n));
    const good = join(directory, "good");
    await ledger.backup(good);
    const head = ledger.block(20);
    await ledger.close();
    const data = await readFile(join(good, "ledger.mdb"));
    const damaged = async (change: (bytes: Buffer) => Buffer) => {
      const place = join(directory, `bad-${Math.abs(change.toString().length)}-${Date.now()}`);
      await mkdir(place);
      await writeFile(join(place, "ledger.mdb"), change(Buffer.from(data)));
      return openReadOnly(place);
    };
    // A byte of the last header, wherever it stands in the file.
    const header = Buffer.from(head?.header as Uint8Array);
    await expect(
      damaged((bytes) => {
        for (let at = bytes.indexOf(header); at >= 0; at = bytes.indexOf(header, at + 1)) bytes[at + 20] = 99;
        return bytes;
      }),
    ).rejects.toThrow(LedgerDamaged);
    await expect(damaged((bytes) => bytes.subarray(0, 4096 * 5))).rejects.toThrow(/was cut/);
    await expect(damaged((bytes) => bytes.fill(7, 0, 8192))).rejects.toThrow("not a ledger's data file");
    await truncate(join(directory, "ledger.mdb"), 0);
    await expect(openLedger(directory)).rejects.toThrow("its data is gone");
    expect(await ledgerExists(directory)).toBe(true);
  });

  test("the chain of headers is one chain from the genesis on", async () => {
    const ledger = await fresh({ gatherMs: 0 });
    for (let n = 0; n < 8; n++) await must(ledger, organisationWire(n));
    expect([...blocksOf(ledger)]).toHaveLength(8);
    expect(replayed(ledger).height).toBe(8);
  });

  test("K-14: two processes that found at the same moment: one wins", async () => {
    const genesis = await genesisFor(directory);
    const outcomes = await Promise.allSettled([createLedger(directory, genesis), createLedger(directory, genesis)]);
    for (const outcome of outcomes) if (outcome.status === "fulfilled") keep(outcome.value);
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  });

  test("closing while the queue is full answers everyone", async () => {
    const ledger = await fresh();
    const outcomes = Array.from({ length: 30 }, (_, n) => ledger.submit(organisationWire(n)));
    await ledger.close();
    for (const outcome of await Promise.all(outcomes)) expect(outcome.ok).toBe(true);
    await expect(ledger.submit(organisationWire(31))).rejects.toThrow(LedgerUnavailable);
  });

  /** A second ledger, elsewhere. */
  async function otherLedger(options: LedgerOptions): Promise<Ledger> {
    return freshLedger(join(directory, base58("other", 14)), { clock: () => clock, ...options });
  }
});
