/**
 * Makes a frozen record of a network, to be judged by every later version (vectors/network, never edited, only added):
 *
 *     node --conditions=psephos-source --import tsx test/network/freeze.ts 1
 *
 * Four live validators hold a referendum; in its middle one's stolen key of votes is replaced. Receipts are taken before
 * the change, after it, and after the result.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toBase64, toHex } from "#base/bytes.js";
import { receiptFileText } from "#client/receipt-file.js";
import type { TrustedElection } from "#client/voter.js";
import { cometGenesis } from "#ledger/cometbft/genesis-file.js";
import { nodeKeys } from "#ledger/cometbft/home.js";
import { installGenesis, openComet } from "#ledger/cometbft/open.js";
import { systemClock } from "#ledger/embedded/open.js";
import type { Ledger } from "#ledger/ledger.js";
import { type ElectionEntry, elections, positionOf, results, sealeds } from "#protocol/election.js";
import { ballotReceipt } from "#voting/receipts.js";
import { cometBinary } from "../comet-node.js";
import { must, RecordingLedger, removeDirectory, temporaryDirectory } from "../ledger-kit.js";
import { changeAt, networkGenesis, validatorOf } from "../network-kit.js";
import {
  ballotWire,
  openElection,
  planOf,
  SECOND,
  shareWire,
  type TestVoter,
  toDecryption,
  trustees,
  UUID,
  votersOf,
} from "../protocol-kit.js";
import { momentAfter, optionsOf, recordOf } from "./live-kit.js";

const number = Number(process.argv[2] ?? 1);
const folder = join(import.meta.dirname, "..", "..", "vectors", "network");
const base = await temporaryDirectory();
const directories = [0, 1, 2, 3, 4].map((n) => join(base, `n${n}`));
const keys = await Promise.all(directories.map(async (directory) => (await nodeKeys(directory)).validatorKey));
const first = [0, 1, 2, 3].map((n) => validatorOf(n, keys[n] as Uint8Array));
const genesis = networkGenesis(first, { time: systemClock() - SECOND });
const named = first.map(({ name, key, power }) => ({ name, key, power: BigInt(power) }));
for (const directory of directories) await installGenesis(directory, cometGenesis(genesis, named));
const options = await optionsOf(directories, cometBinary() as string, { blockMs: 150 });
const nodes = await Promise.all(directories.map((directory, i) => openComet(directory, options[i] as never)));
const node = nodes[0] as Ledger;

const memory = new RecordingLedger("frozen", genesis);
const voters = votersOf(6, UUID);
const owners = trustees(1, 0);
const opensAt = await momentAfter(node, 9);
const closesAt = opensAt + 40n * SECOND;
const rules = { ...planOf(owners, 0).rules, objectionPeriod: 0n, latestClose: closesAt + SECOND };
openElection(memory, owners, 0, voters, { opensAt, closesAt, rules });
for (const wire of memory.wires.splice(0)) await must(node, wire);
const until = async (instant: bigint): Promise<void> => {
  while (systemClock() < instant) await new Promise((resolve) => setTimeout(resolve, 50));
};
const cast = async (i: number, sequence = 1): Promise<void> => {
  const wire = ballotWire(memory, UUID, voters[i] as TestVoter, [[i % 3 === 0 ? 0 : 1, i % 3 === 0 ? 1 : 0]], sequence);
  memory.must(wire);
  await must(node, wire);
};
const receipts: { readonly note: string; readonly file: unknown }[] = [];
const receipt = async (note: string, i: number): Promise<void> => {
  const state = node.state();
  const { entry } = elections.get(state, UUID) as { entry: ElectionEntry };
  const tracker = positionOf(state, entry, (voters[i] as TestVoter).bytes)?.tracker as Uint8Array;
  const proved = await ballotReceipt(node, state, UUID, tracker);
  const { electionText, fingerprint } = sealeds.get(state, UUID) as { electionText: string; fingerprint: string };
  const trust = { engine: "cometbft", engineKey: genesis.engineKey };
  const election = { uuid: UUID, fingerprint, chainId: genesis.chainId, electionText, trust } as TrustedElection;
  if (proved === undefined) throw new Error("no receipt");
  receipts.push({ note, file: JSON.parse(receiptFileText(election, toBase64(tracker), proved)) });
};

await until(opensAt + SECOND);
await cast(0);
await cast(1);
await receipt("before the change of validators", 0);
const replace = {
  act: "replace" as const,
  remove: [keys[3] as Uint8Array],
  add: [validatorOf(3, keys[4] as Uint8Array)],
};
const changed = await must(node, changeAt(node.state(), replace, [0, 1, 2]));
for await (const block of node.follow(changed.height, AbortSignal.timeout(60_000)))
  if (block.height >= changed.height + 3) break;
for (const i of [2, 3, 4]) await cast(i);
await cast(0, 2);
await receipt("after it; the election is open", 4);
await until(closesAt + SECOND);
toDecryption(memory, UUID);
await must(node, shareWire(memory, UUID, owners[0]?.code as string));
await receipt("after the result", 0);
const { height } = node.state();
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `record-${number}.psephos`), await recordOf(node, height));
writeFileSync(
  join(folder, `receipts-${number}.json`),
  `${JSON.stringify({ engineKey: toHex(genesis.engineKey), counts: results.get(node.state(), UUID)?.counts, receipts }, null, 2)}\n`,
);
process.stdout.write(`${height} blocks\n`);
await Promise.all(nodes.map((each) => each.close()));
await removeDirectory(base);
