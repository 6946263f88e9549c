/** CometBFT nodes of this machine for tests: the program, free ports, a network of one. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cometGenesis, engineKeyOf, type NamedValidator } from "#ledger/cometbft/genesis-file.js";
import { nodeKeys } from "#ledger/cometbft/home.js";
import { installGenesis } from "#ledger/cometbft/open.js";
import { systemClock } from "#ledger/embedded/open.js";
import type { Genesis } from "#protocol/genesis.js";
import { capability } from "./capabilities.js";
import { genesisOf } from "./protocol-kit.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = join(root, ".cache", "engine", "cometbft");
const script = join(root, "scripts", "engine.mjs");

/** The CometBFT program, built here when there is Go but no program yet; `undefined` when there is neither. */
export function cometBinary(): string | undefined {
  if (process.env.COMETBFT === undefined && !existsSync(built) && !capability("go")) return undefined;
  const found = spawnSync(process.execPath, [script], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (found.status !== 0) throw new Error("scripts/engine.mjs found no CometBFT; what it said stands above");
  return found.stdout.trim();
}

/** Makes the keys of nodes in these directories, and a network of them that begins now. */
export async function foundNetwork(directories: readonly string[], change: Partial<Genesis> = {}): Promise<Genesis> {
  const validators: NamedValidator[] = [];
  for (const [i, directory] of directories.entries())
    validators.push({ key: (await nodeKeys(directory)).validatorKey, power: 10n, name: `node ${i + 1}` });
  const genesis = genesisOf({
    engine: "cometbft",
    engineKey: engineKeyOf(validators),
    time: systemClock() - 1_000_000_000n,
    ...change,
  });
  for (const directory of directories) await installGenesis(directory, cometGenesis(genesis, validators));
  return genesis;
}
