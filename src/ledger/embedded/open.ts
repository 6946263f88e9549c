/** Founding and opening an embedded ledger in a directory: `node.key`, `ledger.mdb` and, for handing out, `genesis.cbor`. */
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesEqual, toHex } from "#base/bytes.js";
import { encode } from "#protocol/encoding/shape.js";
import { applyGenesis, faultOfGenesis, type Genesis, genesisShape } from "#protocol/genesis.js";
import { type Ledger, LedgerDamaged, type LedgerReader, LedgerUnavailable, silentLog } from "../ledger.js";
import { copyLedger, GENESIS_FILE } from "./backup.js";
import { EmbeddedLedger, type EngineSettings } from "./engine.js";
import { loadNodeKey, syncDirectory } from "./node-key.js";
import { selfAsOwner } from "./owner.js";
import { EmbeddedReader } from "./reader.js";
import { recover } from "./recovery.js";
import { DATA_FILE, Store } from "./store.js";
import { assertWhole } from "./whole-file.js";

export type LedgerOptions = Partial<EngineSettings>;

/** Who founds a ledger; key, engine and time are the node's own. */
export type Founding = Pick<Genesis, "chainId" | "practice" | "founder">;

/** Whether a ledger was founded in this directory. */
export async function ledgerExists(directory: string): Promise<boolean> {
  const file = join(directory, DATA_FILE);
  // With a genesis file but no genesis inside, something was lost: opening will say so, founding anew would hide it.
  if (existsSync(join(directory, GENESIS_FILE))) return true;
  if (!existsSync(file)) return false;
  await assertWhole(file);
  const store = new Store(directory, "read-write");
  try {
    return store.genesis() !== undefined;
  } finally {
    await store.close();
  }
}

/** The public key (32 bytes) with which this node will sign blocks; made on first use. */
export async function nodeKeyOf(directory: string): Promise<Uint8Array> {
  return (await loadNodeKey(directory)).key;
}

/** Founds a ledger whose genesis names this node, and opens it. Rejects when one exists or the founder is faulty. */
export async function foundLedger(directory: string, founding: Founding, options: LedgerOptions = {}): Promise<Ledger> {
  const { chainId, practice, founder } = founding;
  const engineKey = await nodeKeyOf(directory);
  const time = (options.clock ?? systemClock)();
  return createLedger(
    directory,
    { version: "psephos1", chainId, time, engine: "embedded", engineKey, practice, founder },
    options,
  );
}

/** Founds a ledger from a given genesis, and opens it. The genesis names this directory's node key. */
export async function createLedger(directory: string, genesis: Genesis, options: LedgerOptions = {}): Promise<Ledger> {
  const fault = faultOfGenesis(genesis) ?? (genesis.engine === "embedded" ? undefined : `engine ${genesis.engine}`);
  if (fault !== undefined) throw new Error(`This genesis cannot found a ledger: ${fault}.`);
  const { key } = await loadNodeKey(directory);
  if (!bytesEqual(key, genesis.engineKey))
    throw new Error(`The genesis names node key ${toHex(genesis.engineKey)}, this directory has ${toHex(key)}.`);
  if (await ledgerExists(directory)) throw new Error(`${directory} holds a ledger already.`);
  const bytes = encode(genesisShape, genesis);
  const store = new Store(directory, "read-write");
  try {
    store.found(bytes, applyGenesis(genesis).changes());
  } finally {
    await store.close();
  }
  await syncDirectory(directory);
  return openLedger(directory, options);
}

/**
 * Opens the ledger of a directory for writing. Rejects with {@link LedgerUnavailable} when there is none or another
 * process has it, with `LedgerDamaged` when it is not sound.
 */
export async function openLedger(directory: string, options: LedgerOptions = {}): Promise<Ledger> {
  const store = await openStore(directory, "read-write");
  const owner = selfAsOwner(join(directory, DATA_FILE));
  try {
    store.claim(owner);
    const { genesis, head } = sound(store, directory);
    const nodeKey = await loadNodeKey(directory);
    if (!bytesEqual(nodeKey.key, genesis.engineKey))
      throw new LedgerUnavailable(`${directory} lacks the node key that its ledger names; put node.key back.`);
    await writeGenesisFile(directory, genesis);
    return new EmbeddedLedger({ store, genesis, head, nodeKey, owner }, settingsOf(options));
  } catch (error) {
    store.release(owner);
    await store.close();
    throw error;
  }
}

/** Opens the ledger of a directory for reading, beside the process that writes it, if any. */
export async function openReadOnly(directory: string, clock: () => bigint = systemClock): Promise<LedgerReader> {
  const store = await openStore(directory, "read-only");
  try {
    return new EmbeddedReader(store, sound(store, directory).genesis, clock);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Copies a ledger beside the process that writes it; false when there is none in this directory. */
export async function copyBeside(directory: string, target: string): Promise<boolean> {
  if (!existsSync(join(directory, DATA_FILE))) return false;
  const store = await openStore(directory, "read-only");
  try {
    await copyLedger(store, target);
    return true;
  } finally {
    await store.close();
  }
}

async function openStore(directory: string, mode: "read-write" | "read-only"): Promise<Store> {
  const file = join(directory, DATA_FILE);
  if (!existsSync(file)) throw new LedgerUnavailable(`There is no ledger in ${directory}.`);
  await assertWhole(file);
  try {
    return new Store(directory, mode);
  } catch (error) {
    // lmdb's own words for pages that do not fit together; anything else (rights, memory) is not damage.
    const { message } = error as Error;
    if (!/^MDB_(CORRUPTED|PAGE_NOTFOUND|INVALID|BAD_TXN|PANIC)/.test(message)) throw error;
    throw new LedgerDamaged(`${file} is damaged: ${message}. Restore a backup.`, { cause: error });
  }
}

function sound(store: Store, directory: string): NonNullable<ReturnType<typeof recover>> {
  const found = recover(store);
  if (found !== undefined) return found;
  if (existsSync(join(directory, GENESIS_FILE)))
    throw new LedgerDamaged(`${directory} has a genesis, but its data is gone. Restore a backup.`);
  throw new LedgerUnavailable(`There is no ledger in ${directory}.`);
}

async function writeGenesisFile(directory: string, genesis: Genesis): Promise<void> {
  const path = join(directory, GENESIS_FILE);
  if (existsSync(path)) return;
  await mkdir(directory, { recursive: true });
  await writeFile(`${path}.part`, encode(genesisShape, genesis));
  await rename(`${path}.part`, path);
}

function settingsOf(options: LedgerOptions): EngineSettings {
  return {
    judge: undefined,
    clock: systemClock,
    log: silentLog,
    gatherMs: 2,
    maxBlockTransactions: 250,
    maxBlockBytes: 4 * 1024 * 1024,
    maxWaiting: 5000,
    maxWaitingBytes: 64 * 1024 * 1024,
    maxVerdicts: 20_000,
    onStep: () => {},
    ...options,
  };
}

/** The system's clock in nanoseconds, as it stands; corrections of the clock show. */
export function systemClock(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
