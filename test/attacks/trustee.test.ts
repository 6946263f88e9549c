/** Rows K-07, K-09, K-10, K-11, T-07, E-01, E-02, E-10: what a trustee's client, and the machine, refuse. */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { newCode } from "#cli/code.js";
import { notesIn } from "#cli/trustee.js";
import { type ReplayedLedger, replayStream } from "#client/record.js";
import { ceremonyStep, decryptionShare, TrusteeStop } from "#client/trustee.js";
import { BASE58, codeFromTyped } from "#crypto/base58.js";
import { pointToEighth } from "#crypto/group.js";
import { sealeds, tallies } from "#protocol/election.js";
import { genesisHash } from "#protocol/genesis.js";
import { describe as described } from "#protocol/machine.js";
import { createElection } from "#protocol/transactions/create-election.js";
import { enterRoll } from "#protocol/transactions/enter-roll.js";
import { trusteeKeyOf } from "#protocol/trustee.js";
import {
  announce,
  approved,
  ballotWire,
  openElection,
  planOf,
  REGISTRAR,
  runCeremony,
  seededRandom,
  signed,
  type TestVoter,
  type TrusteeSpec,
  toDecryption,
  trustees,
  UUID,
  votersOf,
} from "../protocol-kit.js";
import { RecordedLedger, recordOf, resigned } from "../record-kit.js";

const specs = trustees(0, 3);
const code = (specs[0] as TrusteeSpec).code;
const voters = votersOf(4);
let ledger: RecordedLedger;
/** Height of the last ballot's block. */
let lastBallot: number;

beforeAll(() => {
  ledger = new RecordedLedger("attacks on trustees");
  openElection(ledger, specs, 2, voters.slice(0, 3));
  for (const voter of voters.slice(0, 3)) ledger.must(ballotWire(ledger, UUID, voter, [[1, 0]]));
  lastBallot = ledger.blocks.length;
  toDecryption(ledger, UUID);
  ledger.block();
});

const replayOf = (record: Uint8Array) =>
  replayStream(
    (async function* () {
      yield record;
    })(),
  );

const replayed = async (record: Uint8Array = ledger.record()): Promise<ReplayedLedger> => {
  const result = await replayOf(record);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

const codeOfStop = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof TrusteeStop) return error.code;
    throw error;
  }
  return "did not stop";
};

test("K-07: one character of the code altered, at whatever place, is noticed at every step", async () => {
  const state = await replayed();
  for (let at = 0; at < code.length; at++) {
    if (code[at] === "-") continue;
    const other = BASE58[(BASE58.indexOf(code[at] as string) + 1) % BASE58.length] as string;
    const mistyped = `${code.slice(0, at)}${other}${code.slice(at + 1)}`;
    expect(codeFromTyped(mistyped)).toBe(mistyped);
    expect(codeOfStop(() => ceremonyStep(state, UUID, mistyped, seededRandom("k07")))).toBe("not-a-trustee");
    expect(codeOfStop(() => decryptionShare(state, UUID, mistyped, new Map(), seededRandom("k07")))).toBe(
      "not-a-trustee",
    );
  }
});

test("K-07: a code shown on the screen is typed in again before anything is made of it", async () => {
  const lines: string[] = [];
  const screen = { isTTY: true, note: (line: string) => void lines.push(line) };
  const shown = () => /[1-9A-Za-z]{5}(-[1-9A-Za-z]{5,6}){3}/.exec(lines.join("\n"))?.[0] ?? "";
  await expect(newCode(undefined, { ...screen, ask: async () => "" })).rejects.toThrow("another code");
  lines.length = 0;
  const almost = async () => shown().replace(/.$/, (last) => (last === "a" ? "b" : "a"));
  await expect(newCode(undefined, { ...screen, ask: almost })).rejects.toThrow("another code");
  lines.length = 0;
  const made = await newCode(undefined, { ...screen, ask: async () => shown() });
  expect(made).toBe(shown());
  await expect(newCode(undefined, { ...screen, isTTY: false, ask: async () => shown() })).rejects.toThrow("--out");
});

test("K-07: the key is complete only when every trustee has decrypted something from the code again", () => {
  const fresh = new RecordedLedger("no rehearsal");
  announce(fresh, planOf(specs, 2));
  const codes = specs.map((spec) => spec.code);
  expect(runCeremony(fresh, UUID, codes, "rehearse").phase).toBe("rehearse");
  // All but one: the ceremony stays where it is.
  expect(runCeremony(fresh, UUID, codes.slice(1)).phase).toBe("rehearse");
  expect(runCeremony(fresh, UUID, codes).phase).toBe("done");
});

test("K-09: a client that opened one sum refuses another of the same election, also after a restart", async () => {
  const directory = mkdtempSync(join(tmpdir(), "psephos-notes-"));
  try {
    const notes = join(directory, "opened.json");
    const first = decryptionShare(await replayed(), UUID, code, notesIn(notes), seededRandom("1"));
    expect(statSync(notes).mode & 0o777).toBe(0o600);
    // The same sum again is no harm: the share may have been lost on its way.
    expect(decryptionShare(await replayed(), UUID, code, notesIn(notes), seededRandom("2")).tallyHash).toBe(
      first.tallyHash,
    );
    // A ledger wound back and written anew without the last voter: sound in itself, but another sum.
    const wound = new RecordedLedger("attacks on trustees");
    for (const block of ledger.blocks) {
      if (block.height === lastBallot) continue;
      wound.time = block.time;
      wound.block(...block.transactions);
    }
    const other = await replayed(wound.record());
    expect(tallies.get(other.state, UUID)?.sums).not.toEqual(tallies.get((await replayed()).state, UUID)?.sums);
    expect(codeOfStop(() => decryptionShare(other, UUID, code, notesIn(notes), seededRandom("3")))).toBe("other-tally");
    expect(notesIn(notes).get(UUID)).toBe(first.tallyHash);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("K-10: a sum without one of the ballots on the ledger is never decrypted: the client computes its own", async () => {
  // Whoever holds the node's key leaves a ballot out of the record that the trustee gets.
  const kept = ledger.blocks.filter((block) => block.height !== lastBallot);
  const subset = await replayOf(recordOf(ledger.genesis, resigned(ledger.genesis, kept)));
  expect(subset).toMatchObject({ ok: false, error: expect.stringContaining(`at height ${lastBallot}`) });
  // And the share is over the product of all last ballots, whatever the server's view of the tally says.
  const state = await replayed();
  const share = decryptionShare(state, UUID, code, new Map(), seededRandom("k10"));
  expect(ledger.fork().send(share.wire)).toBe("ok");
});

test("K-11: the same code gives the same keys whoever runs the client, whenever, with whatever randomness", async () => {
  const keys = new Set<string>();
  for (const seed of ["one machine", "another machine"]) {
    const own = new RecordedLedger("k11");
    announce(own, planOf(specs, 2));
    runCeremony(
      own,
      UUID,
      specs.map((spec) => spec.code),
      "reveal",
    );
    // The record travels to an offline computer; the step is made there.
    const state = await replayed(own.record());
    const act = ceremonyStep(state, UUID, code, seededRandom(seed));
    if (act.kind !== "send" || act.type !== "reveal-trustee") throw new Error(`${act.kind} instead of a reveal`);
    expect(own.send(act.wire)).toBe("ok");
    const body = described(act.wire)?.body as { key?: unknown };
    keys.add(JSON.stringify(body, (_, value) => (typeof value === "bigint" ? value.toString() : value)));
  }
  expect(trusteeKeyOf(code, ledger.chainId, UUID)).toEqual(ledger.plan(UUID).trustees[0]?.key);
  expect(keys.size).toBe(1);
});

test("T-07: an invalid ballot written straight into the store stops the recomputation, with its position", async () => {
  const target = ledger.blocks[lastBallot - 1];
  if (target === undefined) throw new Error("no such block");
  const broken = (target.transactions[0] as Uint8Array).slice();
  // The low bits of the last response inside the ballot: what remains has the right form.
  const at = broken.length - 150;
  broken[at] = (broken[at] as number) ^ 1;
  const blocks = ledger.blocks.map((block) => (block === target ? { ...block, transactions: [broken] } : block));
  const result = await replayOf(recordOf(ledger.genesis, resigned(ledger.genesis, blocks)));
  expect(result).toMatchObject({
    ok: false,
    error: expect.stringContaining(`does not hold at height ${lastBallot}: rejected-transaction, 0: bad-signature`),
  });
});

test("E-01: once announced, no other wording enters the ledger under the same election", () => {
  const fork = ledger.fork();
  const before = fork.dump();
  const other = { ...planOf(specs, 2), name: "Referendum on the tunnel" };
  expect(fork.send(approved(createElection, other))).toBe("election-exists");
  expect(fork.dump()).toBe(before);
});

test("E-02: after the seal the roll takes nobody in, nor does it start anew", () => {
  const fork = ledger.fork();
  const before = fork.dump();
  const entry = { eighth: pointToEighth((voters[3] as TestVoter).credential.key), weight: 1 };
  for (const start of [0, 3]) {
    const wire = signed(enterRoll, { uuid: UUID, start, entries: [entry] }, "registrar", REGISTRAR.secret);
    expect(fork.send(wire)).not.toBe("ok");
  }
  expect(fork.dump()).toBe(before);
});

test("E-10: while ballots can still come in, no client opens anything; afterwards exactly the set of the closing", async () => {
  const early = recordOf(ledger.genesis, ledger.blocks.slice(0, lastBallot));
  const state = await replayed(early);
  expect(codeOfStop(() => decryptionShare(state, UUID, code, new Map(), seededRandom("e10")))).toBe("not-final");
  // A ballot that waited while the election closed is refused by the block it would enter, and the sum stays.
  const fork = ledger.fork();
  const sums = tallies.get(fork.state, UUID)?.sums;
  const late = ballotWire(fork, UUID, voters[0] as TestVoter, [[0, 1]], 2);
  fork.time = fork.entry(UUID).closesAt;
  expect(fork.send(late)).toBe("closed");
  expect(tallies.get(fork.state, UUID)?.sums).toEqual(sums);
  expect(sealeds.get(fork.state, UUID)).toBeDefined();
  expect(genesisHash(ledger.genesis)).toHaveLength(32);
});
