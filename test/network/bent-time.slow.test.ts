/** One validator of four gives its votes another time than the right one: no block's time is moved by it (rows L-08, L-09). */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesEqual, toHex } from "#base/bytes.js";
import { listRoot } from "#crypto/merkle.js";
import { type Commit, encodeCommit } from "#evidence/cometbft/commit.js";
import { type CometHeader, decodeCometHeader } from "#evidence/cometbft/header.js";
import { Fields } from "#evidence/cometbft/protobuf.js";
import { addressOf } from "#evidence/cometbft/validators.js";
import { nodeKeys } from "#ledger/cometbft/home.js";
import type { CometOptions } from "#ledger/cometbft/open.js";
import { CometRpc } from "#ledger/cometbft/rpc.js";
import { systemClock } from "#ledger/embedded/open.js";
import { cometBinary } from "../comet-node.js";
import { must, organisationWire } from "../ledger-kit.js";
import { type LiveNetwork, liveNetwork, openWith } from "./live-kit.js";
import { bendingSigner, type Signer } from "./signer.js";

const binary = cometBinary();
const MINUTES = 60_000_000_000n;
const BENT = 3;

describe.skipIf(binary === undefined)("a validator whose votes lie about the time", () => {
  let network: LiveNetwork;
  let signer: Signer;
  let bent: Awaited<ReturnType<typeof openWith>>;
  let by = 10n * MINUTES;
  let address = "";

  beforeAll(async () => {
    network = await liveNetwork(binary as string, 4, { blockMs: 100 });
    const directory = network.directories[BENT] as string;
    address = toHex(addressOf((await nodeKeys(directory)).validatorKey));
    const socket = join(network.base, "signer.sock");
    signer = bendingSigner(directory, socket, (time) => time + by);
    const asking = (config: string): string => `priv_validator_laddr = "unix://${socket}"\n${config}`;
    const opening = openWith(directory, network.options[BENT] as CometOptions, (honest) => honest, asking);
    await Promise.all([0, 1, 2].map((i) => network.open(i)));
    bent = await opening;
  }, 120_000);

  afterAll(async () => {
    await bent?.close();
    signer?.close();
    await network?.dispose();
  }, 60_000);

  const headerAt = (height: number): CometHeader => {
    const header = decodeCometHeader(network.node(0).block(height)?.header as Uint8Array);
    if (!header.ok) throw new Error(header.error);
    return header.value;
  };

  /** Heights of a stretch in whose commits the liar's vote stands; each block's time lies between honest votes. */
  const stretch = async (from: number, to: number, rpc: CometRpc): Promise<number[]> => {
    const counted: number[] = [];
    for (let height = from; height <= to; height++) {
      const [below, header] = [(await rpc.signedHeader(height - 1)).commit, headerAt(height)];
      // The commit that the block itself carries: its time is made of this one and no other.
      expect(bytesEqual(votesRoot(below), header.lastCommitHash), `height ${height}`).toBe(true);
      const votes = below.votes.filter(({ flag }) => flag === "block");
      const honest = votes.filter((vote) => toHex(vote.address) !== address).map(({ time }) => time);
      expect(honest.length).toBeGreaterThanOrEqual(2);
      expect(honest.some((time) => time <= header.time) && honest.some((time) => time >= header.time)).toBe(true);
      expect(header.time).toBe(medianOf(votes.map(({ time }) => time)));
      if (votes.length > honest.length) counted.push(height);
    }
    return counted;
  };

  test("L-08: ten minutes more or less in one validator's votes, and in its own blocks, move no block's time", async () => {
    const rpc = new CometRpc(`http://${network.options[0]?.rpc}`);
    for (const sign of [1n, -1n]) {
      by = sign * 10n * MINUTES;
      const began = (await must(network.node(0), organisationWire(Number(sign) + 2))).height + 2;
      await network.reach(0, began + 12);
      const height = began + 10;
      const lied = await stretch(began, height, rpc);
      expect(lied.length, "the votes that lie are counted").toBeGreaterThan(0);
      const proposers = Array.from({ length: 11 }, (_, i) => toHex(headerAt(began + i).proposerAddress));
      expect(proposers).toContain(address);
      // Ten minutes early or late it is not: nobody's clock but this machine's is here.
      const { time } = headerAt(height);
      expect(time).toBeLessThan(systemClock());
      expect(time).toBeGreaterThan(systemClock() - 5n * MINUTES);
    }
    expect(signer.votes()).toBeGreaterThan(20);
    rpc.close();
  }, 180_000);
});

/** `last_commit_hash` of the block above. */
function votesRoot(commit: Commit): Uint8Array {
  const fields = Fields.of(encodeCommit(commit));
  if (!fields.ok) throw new Error(fields.error);
  return listRoot(fields.value.blobs(4));
}

/** CometBFT's median of votes of one weight. */
function medianOf(times: readonly bigint[]): bigint {
  const sorted = [...times].sort((a, b) => (a < b ? -1 : 1));
  return sorted[Math.floor((sorted.length - 1) / 2)] as bigint;
}
