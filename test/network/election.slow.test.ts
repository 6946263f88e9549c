/**
 * A whole election over HTTP on four validators, one of which ends in the middle. Time is real: on a network no server
 * decides what time it is.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseInstant } from "#api/instant.js";
import { toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { type TrustedElection, vote } from "#client/voter.js";
import type { Ledger } from "#ledger/ledger.js";
import { verifyRecord } from "#verify/record.js";
import { joinWhenFounded, prepareTestnet } from "../../src/cli/testnet.js";
import { cometBinary } from "../comet-node.js";
import {
  announceElection,
  bytesAt,
  countsOf,
  type Election,
  enterAndSeal,
  foundLedger,
  importWithLetters,
  makeKeys,
  members,
  type Officer,
  openSum,
  people,
  random,
  resultOf,
  seconds,
  startWorld,
  trustedElection,
  type Voter,
  viewOf,
  type World,
} from "../election/kit.js";
import { replayed, temporaryDirectory } from "../ledger-kit.js";

const binary = cometBinary();

describe.skipIf(binary === undefined)("an election on four validators", () => {
  let world: World;
  let others: Ledger[] = [];
  let officer: Officer;
  let voters: Voter[];
  let election: Election;
  let paper: TrustedElection;

  beforeAll(async () => {
    const base = join(await temporaryDirectory(), "net");
    const nodes = await prepareTestnet(base, 4);
    world = await startWorld(undefined, join(base, "node1"));
    const joining = joinWhenFounded(nodes, () => false);
    officer = await foundLedger(world, "Electoral Commission", "Olga Officer");
    others = await joining;
  }, 120_000);

  afterAll(async () => {
    await world?.stop();
    await Promise.all(others.map((other) => other.close()));
  });

  const blockTimeReaches = async (instant: bigint): Promise<void> => {
    for (let i = 0; i < 600; i++) {
      const { time } = await world.client().request<{ time: string }>("/ledger/status");
      const at = parseInstant(time);
      if (at.ok && at.value >= instant) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`no block at ${formatInstant(instant)}`);
  };

  test("it is announced, its key made, its roll sealed", async () => {
    voters = await importWithLetters(world, officer, people(6, "network.example"));
    election = await announceElection(world, [officer], {
      name: "Shall we found a library?",
      questions: [{ question: "A library?", answers: ["Yes", "No"], min: 1, max: 1, blank: false }],
      opens_at: formatInstant(world.now() + seconds(60)),
      closes_at: formatInstant(world.now() + seconds(120)),
      trustees: members("Tomáš", "Tereza"),
      threshold: 1,
    });
    await makeKeys(world, election);
    expect(await enterAndSeal(world, [officer], election, { kind: "all" })).toMatchObject({ count: 6 });
    paper = await trustedElection(world, election);
    expect(paper.trust.engine).toBe("cometbft");
  }, 120_000);

  test("ballots are recorded with receipts that the voter's client judged, also when one validator has ended", async () => {
    expect(world.now() < election.plan.opensAt).toBe(true);
    await vote(world.client(), paper, (voters[0] as Voter).identity, [[1, 0]], random).then(
      () => expect.unreachable("before the opening"),
      (error: { code?: string }) => expect(error.code).toBe("not-yet-open"),
    );
    // The first ballot after the opening is taken although the chain was idle before it.
    while (world.now() < election.plan.opensAt) await new Promise((resolve) => setTimeout(resolve, 50));
    const early = await vote(world.client(), paper, (voters[0] as Voter).identity, [[1, 0]], random);
    expect(early).toBeDefined();
    await (others.pop() as Ledger).close();
    for (const [i, voter] of voters.slice(1, 5).entries())
      await vote(world.client(), paper, voter.identity, [i < 3 ? [1, 0] : [0, 1]], random);
    expect(await viewOf(world, election)).toMatchObject({ stage: "open", counted: 5 });
  }, 120_000);

  test("it closes by block time; the sum is opened, and everything follows from the record", async () => {
    await blockTimeReaches(election.plan.closesAt);
    await expect(vote(world.client(), paper, (voters[5] as Voter).identity, [[0, 1]], random)).rejects.toMatchObject({
      code: "closed",
    });
    await openSum(world, election, election.trustees.slice(1));
    const result = await resultOf(world, election);
    expect(countsOf(result)).toEqual([4, 1]);
    const report = verifyRecord(await bytesAt(world.client(), `/elections/${election.uuid}/record`));
    expect(report.verdict, JSON.stringify(report)).toBe("valid");
    const other = others[0] as Ledger;
    const root = toHex(other.state().root);
    expect(toHex(replayed(other).root)).toBe(root);
  }, 180_000);
});
