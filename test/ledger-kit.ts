/** Embedded ledgers in temporary directories, and transactions to put into them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pointToBytes } from "#crypto/group.js";
import { createLedger, type LedgerOptions, nodeKeyOf } from "#ledger/embedded/open.js";
import type { Block, Ledger, Submitted } from "#ledger/ledger.js";
import type { Genesis } from "#protocol/genesis.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { type Replay, replay } from "#verify/replay.js";
import {
  approved,
  base58,
  genesisOf,
  OFFICERS,
  openElection,
  REGISTRAR,
  TestLedger,
  type TestVoter,
  trustees,
  UUID,
  votersOf,
} from "./protocol-kit.js";

export async function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "psephos-ledger-"));
}

export async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

/** The kit's genesis, with this directory's node key. */
export async function genesisFor(directory: string): Promise<Genesis> {
  return genesisOf({ engineKey: await nodeKeyOf(directory) });
}

/** A fresh ledger of the kit's founders. */
export async function freshLedger(directory: string, options: LedgerOptions = {}): Promise<Ledger> {
  return createLedger(directory, await genesisFor(directory), options);
}

/** The n-th of endlessly many valid transactions that need no election: a further organisation. */
export function organisationWire(n: number): Uint8Array {
  const [first] = OFFICERS;
  if (first === undefined) throw new Error("the kit has officers");
  return approved(createOrganisation, {
    id: base58(`organisation ${n}`, 14),
    name: `Club ${n}`,
    officers: [{ key: pointToBytes(first.key), name: "Chair" }],
    threshold: 1,
    registrarKey: pointToBytes(REGISTRAR.key),
  });
}

/** Submits what must take effect. */
export async function must(ledger: Ledger, wire: Uint8Array): Promise<Submitted> {
  const outcome = await ledger.submit(wire);
  if (!outcome.ok) throw new Error(`refused: ${outcome.error.code} (${outcome.error.detail})`);
  return outcome.value;
}

export function* blocksOf(ledger: { block(height: number): Block | undefined }): Iterable<Block> {
  for (let height = 1; ; height++) {
    const block = ledger.block(height);
    if (block === undefined) return;
    yield block;
  }
}

/** All blocks from genesis through the machine; throws at the first fault. */
export function replayed(ledger: { genesis(): Genesis; block(height: number): Block | undefined }): Replay {
  const outcome = replay(ledger.genesis(), blocksOf(ledger));
  if (!outcome.ok) throw new Error(`replay: ${outcome.error.code} at ${outcome.error.height}: ${outcome.error.detail}`);
  return outcome.value;
}

/** A ledger in memory that remembers its transactions, so that a real one can be given the same. */
export class RecordingLedger extends TestLedger {
  readonly wires: Uint8Array[] = [];

  override block(...transactions: readonly Uint8Array[]): ReturnType<TestLedger["block"]> {
    this.wires.push(...transactions);
    return super.block(...transactions);
  }
}

export interface ElectionScript {
  /** From announcing to sealing, to be submitted one after the other before opening. */
  readonly preparation: readonly Uint8Array[];
  readonly voters: readonly TestVoter[];
  /** The same election in memory, open: ballots can be sealed for it. */
  readonly memory: RecordingLedger;
  readonly opensAt: bigint;
  readonly closesAt: bigint;
}

/** A yes/no referendum for `voterCount` voters on a ledger with this genesis. Its times lie in the kit's 2027. */
export function electionScript(genesis: Genesis, voterCount: number): ElectionScript {
  const memory = new RecordingLedger("script", genesis);
  const voters = votersOf(voterCount, UUID);
  const plan = openElection(memory, trustees(1, 0), 0, voters);
  return { preparation: [...memory.wires], voters, memory, opensAt: plan.opensAt, closesAt: plan.closesAt };
}
