/**
 * One validator of four runs an application that lies: it proposes what the rules refuse, keeps ballots out of its own
 * blocks, and gives a wrong root. CometBFT runs between all of them as always.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { decodeCometHeader } from "#evidence/cometbft/header.js";
import { addressOf } from "#evidence/cometbft/validators.js";
import type { AbciHandlers } from "#ledger/cometbft/abci-messages.js";
import { appDirectory, cometHome, nodeKeys } from "#ledger/cometbft/home.js";
import { systemClock } from "#ledger/embedded/open.js";
import type { Block, Ledger, LedgerLog } from "#ledger/ledger.js";
import { electionObject } from "#protocol/ballot.js";
import { sealeds } from "#protocol/election.js";
import { seal } from "#protocol/suite/belenios-v1/seal.js";
import { verifyRecord } from "#verify/record.js";
import { envelopedWire, resignedWire } from "../ballot-forge.js";
import { cometBinary } from "../comet-node.js";
import { blocksOf, must, organisationWire, RecordingLedger } from "../ledger-kit.js";
import {
  ballotWire,
  base58,
  HOUR,
  openElection,
  planOf,
  SECOND,
  seededRandom,
  type TestVoter,
  trustees,
  UUID,
  votersOf,
} from "../protocol-kit.js";
import { type LiveNetwork, liveNetwork, momentAfter, recordOf } from "./live-kit.js";

const binary = cometBinary();
/** The node that lies, from 0. */
const LIAR = 3;
const HONEST = [0, 1, 2];
const SHORT = base58("short election", 14);

/** What the liar does at its next turns as proposer. */
let proposing: readonly Uint8Array[] | undefined;
let hiding = false;
let lying = false;

const liar = (honest: AbciHandlers): AbciHandlers => ({
  ...honest,
  "prepare-proposal": async (request) => {
    if (proposing !== undefined) return { transactions: proposing };
    if (hiding) return { transactions: [] };
    return honest["prepare-proposal"](request);
  },
  // Its own blocks are always right in its eyes.
  "process-proposal": async (request) => {
    await honest["process-proposal"](request);
    return { accept: true };
  },
  "finalize-block": async (request) => {
    const answer = await honest["finalize-block"](request);
    return lying ? { ...answer, appHash: answer.appHash.map((byte) => byte ^ 1) } : answer;
  },
});

/** A log that keeps which node refused a proposal, and with which code. */
const refusals: { readonly node: number; readonly code: string }[] = [];
const logOf = (node: number): LedgerLog => ({
  error: () => {},
  warn: (fields, text) => {
    if (text === "a proposed block is refused") refusals.push({ node, code: (fields as { code: string }).code });
  },
});

describe.skipIf(binary === undefined)("a validator that lies", () => {
  let network: LiveNetwork;
  let memory: RecordingLedger;
  let voters: readonly TestVoter[];
  let opensAt = 0n;
  let prepared: readonly Uint8Array[] = [];
  /** What honest people sent and was recorded. */
  const honestBallots: Uint8Array[] = [];

  const node = (i: number): Ledger => network.node(i);
  const ballot = (i: number, sequence = 1): Uint8Array =>
    ballotWire(memory, UUID, voters[i] as TestVoter, [[1, 0]], sequence);
  const cast = async (at: number, wire: Uint8Array) => {
    const place = await must(node(at), wire);
    honestBallots.push(wire);
    return place;
  };
  const until = async (instant: bigint): Promise<void> => {
    while (systemClock() < instant) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  /** The liar proposes this whenever it is its turn, until two of the three others have refused it with this code. */
  const refused = async (code: string, transactions: readonly Uint8Array[]): Promise<void> => {
    refusals.length = 0;
    proposing = transactions;
    const said = () => refusals.filter((each) => each.code === code && HONEST.includes(each.node));
    const who = () => new Set(said().map(({ node }) => node)).size;
    for (const limit = performance.now() + 60_000; who() < 2 && performance.now() < limit; )
      await new Promise((resolve) => setTimeout(resolve, 20));
    proposing = undefined;
    expect(who(), `refused as ${code}: ${JSON.stringify(refusals)}`).toBeGreaterThanOrEqual(2);
    const seen = [...blocksOf(node(0))].flatMap((block) => block.transactions.map(toHex));
    const recorded = honestBallots.map(toHex);
    for (const wire of transactions)
      expect(seen.filter((each) => each === toHex(wire)).length).toBe(recorded.includes(toHex(wire)) ? 1 : 0);
  };

  /** A ballot signed by its voter in every place, one of whose proofs does not hold. */
  const unproved = (i: number): Uint8Array => {
    const { credential } = voters[i] as TestVoter;
    const random = seededRandom("forger");
    const { electionText } = sealeds.get(memory.state, UUID) as { electionText: string };
    const sealed = seal(electionObject(electionText), credential.secret, [[1, 0]], random);
    if (!sealed.ok) throw new Error(sealed.error.detail);
    const wire = sealed.value.wire.slice();
    wire[wire.length - 64] = (wire[wire.length - 64] as number) ^ 1;
    const signed = resignedWire(wire, electionText, credential, random);
    const parts = { type: "cast-ballot" as const, chainId: memory.chainId, uuid: UUID, electionText };
    return envelopedWire({ ...parts, credential, sequence: 1 }, signed, random);
  };

  beforeAll(async () => {
    network = await liveNetwork(binary as string, 4, { stallMs: 15_000, blockMs: 100 });
    for (const i of [...HONEST, LIAR]) network.options[i] = { ...network.options[i], log: logOf(i) } as never;
    await Promise.all([...HONEST.map((i) => network.open(i)), network.open(LIAR, liar)]);
    memory = new RecordingLedger("script", network.genesis);
    voters = votersOf(10, UUID);
    opensAt = await momentAfter(node(0), 9);
    const rules = { ...planOf(trustees(1, 0), 0).rules, latestClose: opensAt + HOUR };
    const begin = memory.time;
    // One that closes at once, for the late ballot, and one that stays open for the others.
    const times = { opensAt, closesAt: opensAt + SECOND, rules };
    openElection(memory, trustees(1, 0), 0, votersOf(3, SHORT), { ...times, uuid: SHORT });
    const short = memory.wires.splice(0);
    memory.time = begin + 100n;
    openElection(memory, trustees(1, 0), 0, voters, { opensAt, closesAt: opensAt + HOUR, rules });
    prepared = [...short, ...memory.wires];
    const send = async (wires: readonly Uint8Array[]): Promise<void> => {
      for (const wire of wires) await must(node(0), wire);
    };
    await Promise.all([send(short), send(memory.wires)]);
  }, 180_000);

  afterAll(() => network.dispose(), 60_000);

  test("L-10, T-08: blocks with a wrong, a forged, a copied, a reordered, an early or a late ballot are refused by the others", async () => {
    await refused("not-yet-open", [ballot(0)]);
    await until(opensAt + SECOND);
    await cast(0, ballot(0));
    const [first, second] = [ballot(1, 1), ballot(1, 2)];
    await refused("stale-sequence", [second, first]);
    await cast(1, first);
    await cast(LIAR, second);
    await refused("stale-sequence", [first]);
    const twice = ballot(2);
    await refused("stale-sequence", [twice, twice]);
    await refused("bad-proof", [unproved(2)]);
    const forged = ballot(2);
    forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 1;
    await refused("bad-signature", [forged]);
    const stranger = votersOf(11, UUID).find(({ bytes }) => !voters.some((each) => toHex(each.bytes) === toHex(bytes)));
    await refused("not-on-roll", [ballotWire(memory, UUID, stranger as TestVoter, [[1, 0]])]);
    await refused("closed", [ballotWire(memory, SHORT, votersOf(3, SHORT)[0] as TestVoter, [[1, 0]])]);
    // Whoever was impersonated votes as if nothing had been.
    await cast(2, twice);
  }, 120_000);

  test("L-19: a ballot that the liar keeps out of its blocks is recorded by the next proposer", async () => {
    hiding = true;
    const from = node(0).state().height;
    for (let i = 3; i < 9; i++) {
      const { height } = node(i % 3).state();
      const place = await cast(i % 3, ballot(i));
      // The block under way, the liar's turn and the next are enough; blocks go on while a slow machine sends the ballot.
      expect(place.height - height).toBeLessThanOrEqual(8);
    }
    const its = toHex(addressOf((await nodeKeys(network.directories[LIAR] as string)).validatorKey));
    const turns = [...blocksOf(node(0))].filter((block) => block.height > from && proposerOf(block) === its);
    hiding = false;
    expect(turns.length).toBeGreaterThan(0);
    expect(turns.flatMap((block) => block.transactions)).toEqual([]);
  }, 120_000);

  test("L-12: a wrong root stops the node that gave it, and it alone; nothing invalid is in the record; it comes back", async () => {
    lying = true;
    await must(node(0), organisationWire(2));
    for (const limit = performance.now() + 90_000; node(LIAR).status().stopped === null && performance.now() < limit; )
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(node(LIAR).status().stopped).toContain("No block for");
    const place = await must(node(1), organisationWire(3));
    await Promise.all(HONEST.map((i) => network.reach(i, place.height)));
    expect(node(LIAR).state().height).toBeLessThan(place.height);
    const home = cometHome(network.directories[LIAR] as string);
    expect(readFileSync(join(home, "cometbft.log"), "utf8")).toMatch(/wrong Block\.Header\.AppHash|CONSENSUS FAILURE/);

    const { height } = node(0).state();
    const all = [...blocksOf(node(0))];
    expect(all.flatMap((block) => block.rejections).filter((each) => each !== null)).toEqual([]);
    const wires = all.flatMap((block) => block.transactions.map(toHex));
    const sent = [900, 901, 902, 903, 2, 3].map(organisationWire);
    expect(new Set(wires)).toEqual(new Set([...prepared, ...honestBallots, ...sent].map(toHex)));
    expect(new Set(wires).size).toBe(wires.length);
    const report = verifyRecord(await recordOf(node(0), height));
    expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);

    // What docs/operate/validator.md says to do then.
    await network.close(LIAR);
    const directory = network.directories[LIAR] as string;
    rmSync(appDirectory(directory), { recursive: true });
    for (const name of ["blockstore.db", "state.db", "cs.wal", "evidence.db"])
      rmSync(join(home, "data", name), { recursive: true, force: true });
    await network.open(LIAR);
    await network.reach(LIAR, height);
    for (let at = 1; at <= height; at++) {
      const roots = [...HONEST, LIAR].map((i) => toHex((node(i).block(at) as Block).root));
      expect(new Set(roots).size, `height ${at}`).toBe(1);
    }
  }, 180_000);
});

function proposerOf({ header }: Block): string {
  const decoded = decodeCometHeader(header);
  return decoded.ok ? toHex(decoded.value.proposerAddress) : "";
}
