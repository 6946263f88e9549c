/** Copies of a ledger, made while it works. The node's key stays behind: two nodes with one key would be two histories. */

import { existsSync } from "node:fs";
import { mkdir, open, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { syncDirectory } from "./node-key.js";
import { DATA_FILE, type Store } from "./store.js";

/** Name of the genesis beside the data: for handing out; the one inside the data binds. */
export const GENESIS_FILE = "genesis.cbor";

/** Copies the ledger as of now into `directory`, which must not hold one. The copy is complete when this resolves. */
export async function copyLedger(store: Store, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const target = join(directory, DATA_FILE);
  if (existsSync(target)) throw new Error(`${target} exists; a backup goes into a new directory.`);
  const draft = `${target}.part`;
  await store.copy(draft);
  const file = await open(draft, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, target);
  const genesis = store.genesis();
  if (genesis !== undefined) await writeFile(join(directory, GENESIS_FILE), genesis);
  await syncDirectory(directory);
}
