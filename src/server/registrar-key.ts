/** The registration service's key: the only signing key, beside the node's, that a server holds. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { fromHex, toHex } from "#base/bytes.js";
import { generatorTimes, pointToBytes } from "#crypto/group.js";
import { type Random, randomScalar, scalarFromBytes, scalarToBytes } from "#crypto/scalar.js";

export interface RegistrarKey {
  /** Never leaves the process. */
  readonly secret: bigint;
  /** Compressed point, 32 bytes. */
  readonly key: Uint8Array;
}

const fileName = "registrar.key";

/** Random bytes from the operating system. */
export const systemRandom: Random = (length) => new Uint8Array(randomBytes(length));

/** The key in this directory; made on first use, in a file that only its owner reads. */
export function loadRegistrarKey(directory: string, random: Random = systemRandom): RegistrarKey {
  const path = join(directory, fileName);
  if (!existsSync(path)) makeKey(directory, path, random);
  if ((statSync(path).mode & 0o077) !== 0) throw new Error(`${path} can be read by others. Run: chmod 600 ${path}`);
  const secret = scalarFromBytes(fromHex(readFileSync(path, "utf8").trim()) ?? new Uint8Array());
  if (secret === undefined || secret === 0n) throw new Error(`${path} does not hold a key.`);
  return { secret, key: pointToBytes(generatorTimes(secret)) };
}

/** Whole on disk before it has its name: a crash leaves no half key, and of two makers the first wins. */
function makeKey(directory: string, path: string, random: Random): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const draft = `${path}.${toHex(systemRandom(8))}`;
  const file = openSync(draft, "wx", 0o600);
  writeSync(file, `${toHex(scalarToBytes(randomScalar(random)))}\n`);
  fsyncSync(file);
  closeSync(file);
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
}
