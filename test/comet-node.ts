/** CometBFT nodes of this machine for tests: the program, free ports, a network of one. */
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "#ledger/embedded/open.js";
import { type NamedValidator, cometGenesis, engineKeyOf } from "#ledger/cometbft/genesis-file.js";
import { nodeKeys } from "#ledger/cometbft/home.js";
import { installGenesis } from "#ledger/cometbft/open.js";
import type { Genesis } from "#protocol/genesis.js";
import { genesisOf } from "./protocol-kit.js";

const built = join(fileURLToPath(new URL("..", import.meta.url)), ".cache", "engine", "cometbft");

/** The CometBFT program that `scripts/engine.mjs` found or built; `undefined` when there is none. */
export function cometBinary(): string | undefined {
  if (process.env.COMETBFT) return process.env.COMETBFT;
  return existsSync(built) ? built : undefined;
}

/** A port of the loopback interface that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", () => resolve()));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
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
