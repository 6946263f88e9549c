/** A second node that agrees, that shows another block with proof or without, that is behind, or serves another ledger. */
import { expect, test } from "vitest";
import { toBase64Url, toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { type CometHeader, cometHeaderHash, encodeCometHeader } from "#evidence/cometbft/header.js";
import { encodeFinality, encodeRootEvidence } from "#evidence/cometbft/judge.js";
import { addressOf, validatorsHash } from "#evidence/cometbft/validators.js";
import { testCommit, testHeader, testValidators } from "../../test/comet-kit.js";
import { ApiError, type Http } from "./http.js";
import { compareNodes, compareReceipt, comparing } from "./second-node.js";
import { Untrustworthy } from "./untrustworthy.js";
import type { LedgerAnchor } from "./voter.js";

const validators = testValidators(["a", "b", "c", "d"]);
const set = validators.map(({ key, power }) => ({ key, power }));
const anchor: LedgerAnchor = { chainId: "demo-1", engine: "cometbft", engineKey: validatorsHash(validators) };
const below = testHeader(validators, { height: 12 });

function above(change: Partial<CometHeader> = {}, flags: readonly ("block" | "absent")[] = []) {
  const lastBlockId = { hash: cometHeaderHash(below), partsTotal: 1, partsHash: sha256(utf8("parts")) };
  const header = testHeader(validators, { height: 13, lastBlockId, ...change });
  const commit = testCommit(header, validators, flags);
  return { header: encodeCometHeader(header), evidence: encodeFinality({ commit, validators: set, changes: [] }) };
}

const honest = above();
const receipt = {
  chain_id: "demo-1",
  height: 12,
  time: "2027-01-15T08:00:00Z",
  proof: "",
  header: toBase64Url(encodeCometHeader(below)),
  evidence: toBase64Url(encodeRootEvidence(honest.header, honest.evidence)),
};

function node(block: { header: Uint8Array; evidence: Uint8Array } | null, status: object = {}, missing = 0): Http {
  let asked = 0;
  const request = async (path: string): Promise<unknown> => {
    if (path === "/ledger/status")
      return {
        chain_id: "demo-1",
        engine: "cometbft",
        engine_key: toHex(anchor.engineKey),
        height: 13,
        time: "2027-01-15T08:00:00Z",
        ...status,
      };
    if (block === null || asked++ < missing) throw new ApiError(404, "not-found", "There is no such block yet.");
    expect(path).toBe("/ledger/blocks/13");
    return { header: toBase64Url(block.header), evidence: toBase64Url(block.evidence) };
  };
  return {
    url: "https://second.example",
    request: request as Http["request"],
    raw: async () => new Response(),
    forget: () => {},
  };
}

const noPause = async (): Promise<void> => {};
const told = (work: Promise<unknown>): Promise<Untrustworthy> =>
  work.then(
    () => new Untrustworthy("nothing"),
    (error: Untrustworthy) => error,
  );

test("the same block, also a little later, and by other signatures of the same set", async () => {
  await compareReceipt(node(honest), anchor, receipt, noPause);
  await compareReceipt(node(honest, {}, 3), anchor, receipt, noPause);
  await compareReceipt(node(above({}, ["absent"])), anchor, receipt, noPause);
  await (await comparing(node(honest), node(honest), anchor, noPause))(receipt);
});

test("L-01, L-02: another block with a quorum is a fork: stop, with both sides and the names of who signed both", async () => {
  const fork = await told(compareReceipt(node(above({ appHash: sha256(utf8("other")) })), anchor, receipt, noPause));
  expect(fork).toBeInstanceOf(Untrustworthy);
  expect(fork.message).toContain("forked");
  const kept = JSON.parse(fork.evidence ?? "{}");
  expect(kept.outcome.signers.sort()).toEqual(validators.map(({ key }) => toHex(addressOf(key))).sort());
  expect([kept.receipt, kept.block.header]).toEqual([receipt, expect.any(String)]);
});

test("another block that nobody signed stops, too, and is not called a fork", async () => {
  const few = above({ appHash: sha256(utf8("other")) }, ["absent", "absent"]);
  const unproved = await told(compareReceipt(node(few), anchor, receipt, noPause));
  expect(unproved.message).toContain("shows another block 13");
  expect(unproved.evidence).toContain("psephos-disagreement");
});

test("L-07: a node that never reaches the height, another ledger, and an old view are said", async () => {
  expect((await told(compareReceipt(node(null), anchor, receipt, noPause))).message).toContain("no block 13");
  const other = await told(compareNodes(node(honest), node(honest, { chain_id: "demo-2" }), anchor));
  expect(other.message).toContain("another ledger");
  const old = await told(compareNodes(node(honest), node(honest, { time: "2027-01-15T08:02:01Z" }), anchor));
  expect(old.message).toContain("as it was at");
  await compareNodes(node(honest), node(honest, { time: "2027-01-15T08:02:00Z" }), anchor);
});
