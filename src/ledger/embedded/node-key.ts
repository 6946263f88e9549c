/**
 * The node's key: the one secret with which the embedded engine signs blocks. It is made on first start, readable by its
 * owner only, and not part of backups: who has it can sign another history.
 */
import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fromHex, toHex } from "#base/bytes.js";
import { ed25519Key } from "#crypto/ed25519.js";

export interface NodeKey {
  readonly secret: Uint8Array;
  /** Ed25519 public key: `engineKey` of the genesis. */
  readonly key: Uint8Array;
}

const FILE = "node.key";

/** The key of a ledger directory; makes both when they are missing. Rejects when the file is no key or others may read it. */
export async function loadNodeKey(directory: string): Promise<NodeKey> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, FILE);
  const text = (await readIfThere(path)) ?? (await makeKey(directory, path));
  const secret = fromHex(text.trim());
  if (secret?.length !== 32) throw new Error(`${path} does not hold a node key (64 hexadecimal digits).`);
  if (process.platform !== "win32" && ((await stat(path)).mode & 0o077) !== 0)
    throw new Error(`${path} can be read by others. Run: chmod 600 ${path}`);
  return { secret, key: ed25519Key(secret) };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a new key whole or not at all: under another name, synced, then linked; of two makers the first one wins. */
async function makeKey(directory: string, path: string): Promise<string> {
  const draft = join(directory, `${FILE}.${toHex(randomBytes(8))}`);
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(`${toHex(randomBytes(32))}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(draft, 0o600);
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft);
  }
  await syncDirectory(directory);
  return readFile(path, "utf8");
}

/** Makes new names in a directory durable; where directories cannot be opened (Windows), the system does so itself. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
