/** The application's store: founded from a genesis, and looked through before it is used. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bytesEqual, toHex } from "#base/bytes.js";
import { stateRoot } from "#protocol/directory.js";
import { decode, encode } from "#protocol/encoding/shape.js";
import { applyGenesis, chainOf, type Genesis, genesisHash, genesisShape } from "#protocol/genesis.js";
import { syncDirectory } from "../embedded/node-key.js";
import { selfAsOwner } from "../embedded/owner.js";
import { DATA_FILE, Store } from "../embedded/store.js";
import { assertWhole } from "../embedded/whole-file.js";
import { LedgerDamaged, LedgerUnavailable } from "../ledger.js";
import type { ApplicationParts } from "./application.js";
import { faultOfNetworkGenesis } from "./genesis-file.js";
import { decodeRecord } from "./record.js";

/**
 * Opens the application's data for writing, or founds it at height 0: CometBFT then brings all blocks again, so lost data
 * comes back by itself. Rejects with {@link LedgerUnavailable} when another process has it, with `LedgerDamaged` when it
 * is not sound or belongs to another genesis.
 */
export async function openAppStore(directory: string, genesis: Genesis): Promise<ApplicationParts> {
  const fault = faultOfNetworkGenesis(genesis);
  if (fault !== undefined) throw new Error(`This genesis cannot found a network: ${fault}.`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, DATA_FILE);
  if (existsSync(file)) await assertWhole(file);
  const store = new Store(directory, "read-write");
  const owner = selfAsOwner(file);
  try {
    store.claim(owner);
    if (store.genesis() === undefined) {
      store.found(encode(genesisShape, genesis), applyGenesis(genesis).changes());
      await syncDirectory(directory);
    }
    return { store, genesis, owner, head: soundHead(store, genesis) };
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) store.release(owner);
    await store.close();
    throw error;
  }
}

function soundHead(store: Store, genesis: Genesis): ApplicationParts["head"] {
  const bytes = store.genesis() as Uint8Array;
  const kept = decode(genesisShape, bytes);
  if (!kept.ok || !bytesEqual(genesisHash(kept.value), genesisHash(genesis)))
    throw new LedgerDamaged("The data here belongs to another ledger than the genesis file. Choose another directory.");
  const height = store.height();
  const { headers, blocks } = store.counts();
  const root = stateRoot(store);
  const record = height === 0 ? undefined : decodeRecord((store.header(height) as { header: Uint8Array }).header);
  const sound =
    headers === height &&
    blocks === height &&
    bytesEqual(chainOf(store).genesisHash, genesisHash(genesis)) &&
    (record === undefined || bytesEqual(record.root, root));
  if (!sound)
    throw new LedgerDamaged(
      `The state at height ${height} has root ${toHex(root)}, which is not that of its block. ` +
        "Delete the application's data (not the keys): the node then fetches and checks all blocks again.",
    );
  return { height, time: record?.time ?? genesis.time, root };
}
