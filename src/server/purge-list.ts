/**
 * The list of what was erased, people above all, in a file beside the registration service's key: outside the database, so that restoring the
 * database does not bring them back. It holds random identifiers only, which mean nothing without the registry.
 */
import { existsSync, mkdirSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PurgeList } from "#registration/restored.js";

export const purgeListName = "purged.list";

export function purgeListIn(directory: string): PurgeList {
  return {
    add: (voterId, organisation) => append(directory, [`${voterId} ${organisation ?? "*"}`]),
    read: async () => linesOf(await textIn(directory)),
  };
}

/** Contents of the log of officers' acts that were erased, by their salted hashes (hexadecimal), in the same file. */
export interface ErasedEntries {
  /** Durable when it resolves. */
  add(contentHashes: readonly string[]): Promise<void>;
  read(): Promise<readonly string[]>;
}

export function erasedEntriesIn(directory: string): ErasedEntries {
  return {
    add: (hashes) =>
      append(
        directory,
        hashes.map((hash) => `entry ${hash}`),
      ),
    read: async () => {
      const found = (await textIn(directory)).matchAll(/^entry ([0-9a-f]{64})$/gm);
      return [...new Set([...found].map((match) => match[1] as string))];
    },
  };
}

async function append(directory: string, lines: readonly string[]): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = await open(join(directory, purgeListName), "a", 0o600);
  try {
    await file.write(lines.map((line) => `${line}\n`).join(""));
    await file.sync();
  } finally {
    await file.close();
  }
}

async function textIn(directory: string): Promise<string> {
  const path = join(directory, purgeListName);
  return existsSync(path) ? readFile(path, "utf8") : "";
}

/** A last line that was cut off by a crash was not acknowledged: it is passed over. */
function linesOf(text: string) {
  return [...new Set(text.split("\n"))].flatMap((line) => {
    const [, voterId, organisation] = /^([0-9a-f-]{36}) (\*|[1-9A-HJ-NP-Za-km-z]{14,22})$/.exec(line) ?? [];
    if (voterId === undefined || organisation === undefined) return [];
    return [{ voterId, organisation: organisation === "*" ? null : organisation }];
  });
}
