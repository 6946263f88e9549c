/**
 * The list of erased people, in a file beside the registration service's key: outside the database, so that restoring the
 * database does not bring them back. It holds random identifiers only, which mean nothing without the registry.
 */
import { existsSync, mkdirSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PurgeList } from "#registration/restored.js";

export const purgeListName = "purged.list";

export function purgeListIn(directory: string): PurgeList {
  const path = join(directory, purgeListName);
  return {
    add: async (voterId, organisation) => {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const file = await open(path, "a", 0o600);
      try {
        await file.write(`${voterId} ${organisation ?? "*"}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    read: async () => (existsSync(path) ? linesOf(await readFile(path, "utf8")) : []),
  };
}

/** A last line that was cut off by a crash was not acknowledged: it is passed over. */
function linesOf(text: string) {
  return [...new Set(text.split("\n"))].flatMap((line) => {
    const [, voterId, organisation] = /^([0-9a-f-]{36}) (\*|[1-9A-HJ-NP-Za-km-z]{14,22})$/.exec(line) ?? [];
    if (voterId === undefined || organisation === undefined) return [];
    return [{ voterId, organisation: organisation === "*" ? null : organisation }];
  });
}
