/**
 * A key of votes that runs in two places. One of four: the network convicts it, everybody can see of what, and elections go
 * on. Two of four, on two sides of a cut network: both sides go on, and whoever asks both has proof that names the two.
 */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { watchNodes } from "#client/watch.js";
import { addressOf } from "#evidence/cometbft/validators.js";
import type { AbciHandlers } from "#ledger/cometbft/abci-messages.js";
import { cometHome, nodeKeys } from "#ledger/cometbft/home.js";
import { type CometOptions, installGenesis, openComet } from "#ledger/cometbft/open.js";
import { type Block, type Ledger, silentLog } from "#ledger/ledger.js";
import { misconductIn } from "#verify/chain.js";
import { compareShown } from "#verify/compare.js";
import { verifyRecord } from "#verify/record.js";
import { cometBinary } from "../comet-node.js";
import { blocksOf, must, organisationWire } from "../ledger-kit.js";
import { genesisText, httpOfLedger, type LiveNetwork, liveNetwork, openWith, optionsOf, recordOf } from "./live-kit.js";

const binary = cometBinary();
const addressOfNode = async (directory: string): Promise<string> =>
  toHex(addressOf((await nodeKeys(directory)).validatorKey));
/** Monotonic milliseconds and the local clock of a look that nothing depends on. */
const NOW = [0, 0n] as const;

describe.skipIf(binary === undefined)("a key in two places", () => {
  let network: LiveNetwork;
  const twins: Ledger[] = [];

  beforeEach(async () => {
    network = await liveNetwork(binary as string, 4, { blockMs: 200 });
  }, 60_000);

  afterEach(async () => {
    await Promise.all(twins.splice(0).map((each) => each.close()));
    await network.dispose();
  }, 60_000);

  /** A second machine with the i-th validator's key; it remembers no vote. */
  const twinOf = async (i: number): Promise<string> => {
    const original = network.directories[i] as string;
    const twin = `${original}-twin`;
    for (const part of ["config", "data"]) mkdirSync(join(cometHome(twin), part), { recursive: true, mode: 0o700 });
    const key = join("config", "priv_validator_key.json");
    cpSync(join(cometHome(original), key), join(cometHome(twin), key));
    const state = join(cometHome(twin), "data", "priv_validator_state.json");
    writeFileSync(state, JSON.stringify({ height: "0", round: 0, step: 0 }), { mode: 0o600 });
    await nodeKeys(twin);
    await installGenesis(twin, genesisText(original));
    return twin;
  };

  test("L-01: two votes of one validator are convicted in a block, shown by every node, and nothing stops", async () => {
    const complaints: object[] = [];
    const hears = {
      warn: () => {},
      error: (fields: object, text: string) => void (text.startsWith("a validator signed") && complaints.push(fields)),
    };
    network.options[0] = { ...(network.options[0] as CometOptions), log: hears };
    const directory = await twinOf(3);
    // The twin hears everybody, and everybody hears it; it refuses what its original agrees to.
    const all = await optionsOf([...network.directories, directory], binary as string);
    const open = async (i: number): Promise<void> => {
      network.options[i] = { ...(all[i] as CometOptions), log: network.options[i]?.log ?? silentLog };
      await network.open(i);
    };
    await Promise.all([0, 1, 2, 3].map(open));
    const contrary = (honest: AbciHandlers): AbciHandlers => ({
      ...honest,
      "process-proposal": async (request) => {
        await honest["process-proposal"](request);
        return { accept: false };
      },
    });
    twins.push(await openWith(directory, all[4] as CometOptions, contrary));

    const guilty = await addressOfNode(directory);
    expect(guilty).toBe(await addressOfNode(network.directories[3] as string));
    let convicted: Block | undefined;
    for await (const block of network.node(0).follow(1, AbortSignal.timeout(120_000))) {
      if (block.misconduct === undefined) continue;
      convicted = block;
      break;
    }
    const { height, header, evidence, misconduct = [] } = convicted as Block;
    const judged = misconductIn(header, evidence, misconduct);
    expect(judged.ok && judged.value.map((each) => each.kind === "two-votes" && toHex(each.address))).toContain(guilty);
    for (const each of judged.ok ? judged.value : []) expect(each).toMatchObject({ kind: "two-votes", proved: true });
    expect(complaints[0]).toMatchObject({ kind: "two-votes", validator: guilty });

    // The same on every node; nobody's ballot waits for it; and the record is as sound as any.
    const place = await must(network.node(1), organisationWire(1));
    await Promise.all([0, 1, 2].map((i) => network.reach(i, Math.max(height, place.height))));
    for (const i of [1, 2]) expect(network.node(i).block(height)?.misconduct).toEqual(misconduct);
    const report = verifyRecord(await recordOf(network.node(2), place.height));
    expect(report.verdict).toBe("valid");
    const check = report.checks.find(({ id }) => id === "evidence");
    expect(check?.evidence[1]).toContain(`in blocks ${height}`);

    const nodes = [0, 1].map((i) => httpOfLedger(`node ${i}`, network.node(i)));
    const limits = { stallMs: 60_000, closeMs: 60_000 };
    const alarms = await watchNodes(nodes, limits, () => 0).look(...NOW);
    expect(alarms.map(({ alarm }) => alarm)).toContain("double-signing");
    // Which of the two it is noticed by first is not ours to say.
    const detail = alarms.find(({ alarm }) => alarm === "double-signing")?.detail ?? "";
    expect(detail).toMatch(new RegExp(`validator ${guilty} signed two pre(votes|commits)`));
  }, 240_000);

  test("L-01, L-02: two keys on both sides of a cut make a fork; who compares the sides can name them", async () => {
    const [third, fourth] = [await twinOf(2), await twinOf(3)];
    const [v1, v2, v3, v4] = network.directories as [string, string, string, string];
    const sides = [
      [v1, v3, v4],
      [v2, third, fourth],
    ];
    const firsts: Ledger[] = [];
    for (const side of sides) {
      const options = await optionsOf(side, binary as string);
      const opened = await Promise.all(side.map((each, i) => openComet(each, options[i] as CometOptions)));
      twins.push(...opened);
      firsts.push(opened[0] as Ledger);
    }
    const [here, there] = firsts as [Ledger, Ledger];
    const [one, two] = await Promise.all([must(here, organisationWire(1)), must(there, organisationWire(2))]);
    const height = Math.max(one.height, two.height);
    // Both sides are as sure of their block as can be.
    const receipt = await here.evidence(height);
    let other: Block | undefined;
    for await (const block of there.follow(height + 1, AbortSignal.timeout(60_000))) {
      other = block;
      break;
    }
    const guilty = [await addressOfNode(v3), await addressOfNode(v4)].sort();
    const outcome = compareShown(network.genesis, receipt, other as Block);
    expect(outcome.kind).toBe("fork");
    expect(outcome.kind === "fork" && [...outcome.signers].sort()).toEqual(guilty);
    for (const each of [here, there])
      expect(verifyRecord(await recordOf(each, height))).toMatchObject({ verdict: "valid" });
    expect([...blocksOf(here)].flatMap(({ misconduct = [] }) => misconduct)).toEqual([]);

    const nodes = [httpOfLedger("here", here), httpOfLedger("there", there)];
    const alarms = await watchNodes(nodes, { stallMs: 60_000, closeMs: 60_000 }, () => 0).look(...NOW);
    const fork = alarms.find(({ alarm }) => alarm === "fork");
    for (const each of guilty) expect(fork?.detail).toContain(each);
    expect(fork?.evidence).toMatchObject({ first: { node: "here" }, second: { node: "there" } });
  }, 240_000);
});
