/** Old records still verify: frozen ledgers (vectors/protocol, never edited, only added) give the same codes and roots. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bytesEqual, fromHex, toHex } from "#base/bytes.js";
import { plainVerdicts } from "./ballot.js";
import { ballots, results, sealeds } from "./election.js";
import { decodeCbor, encodeCbor } from "./encoding/cbor.js";
import { decode } from "./encoding/shape.js";
import { applyGenesis, genesisHash, genesisShape } from "./genesis.js";
import { apply } from "./machine.js";
import { electionTextOf, manifestHash, manifestShape, planHash } from "./manifest.js";
import { proveBallot } from "./proof.js";
import { MemoryState } from "./state.js";

interface KnownLedger {
  readonly genesis: string;
  readonly genesisHash: string;
  readonly uuid: string;
  readonly planHash: string;
  readonly manifestHash: string;
  readonly fingerprint: string;
  readonly trackers: readonly string[];
  readonly counts: readonly (readonly number[])[];
  readonly blocks: readonly { time: string; transactions: readonly string[]; codes: readonly string[]; root: string }[];
}

const folder = new URL("../../vectors/protocol/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.startsWith("known-ledger-"));
const hex = (text: string): Uint8Array => fromHex(text) as Uint8Array;

test.each(names)("%s: every code and every root", (name) => {
  const known = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as KnownLedger;
  const genesis = decode(genesisShape, hex(known.genesis));
  if (!genesis.ok) throw new Error(genesis.error);
  expect(toHex(genesisHash(genesis.value))).toBe(known.genesisHash);
  const state = new MemoryState();
  state.commit(applyGenesis(genesis.value).changes());
  for (const [i, { time, transactions, codes, root }] of known.blocks.entries()) {
    const wires = transactions.map(hex);
    for (const wire of wires) {
      const value = decodeCbor(wire);
      expect(value.ok && bytesEqual(encodeCbor(value.value), wire)).toBe(true);
    }
    const applied = apply(state, { time: BigInt(time), transactions: wires }, plainVerdicts);
    expect(
      applied.rejections.map((each) => each?.code ?? "ok"),
      `block ${i + 1}`,
    ).toEqual(codes);
    expect(toHex(applied.root), `block ${i + 1}`).toBe(root);
    state.commit(applied.changes);
  }
  const sealed = sealeds.get(state, known.uuid);
  const manifest = decode(manifestShape, sealed?.manifest as Uint8Array);
  if (!manifest.ok) throw new Error(manifest.error);
  expect(toHex(planHash(manifest.value.plan))).toBe(known.planHash);
  expect(toHex(manifestHash(manifest.value))).toBe(known.manifestHash);
  expect([sealed?.fingerprint, sealed?.electionText]).toEqual([known.fingerprint, electionTextOf(manifest.value)]);
  for (const [index, tracker] of known.trackers.entries()) {
    expect(ballots.get(state, known.uuid, tracker)?.index).toBe(index);
    expect(proveBallot(state, known.uuid, hex(tracker))?.index).toBe(index);
  }
  expect(results.get(state, known.uuid)?.counts).toEqual(known.counts);
});

test("there are frozen ledgers", () => {
  expect(names.length).toBeGreaterThan(0);
});
