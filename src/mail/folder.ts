/** The mailbox that returned mail arrives in: a maildir (`new/`, `cur/`, `tmp/`) or an mbox file. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { messagesOfMbox, type Returned, readReturned } from "./returned.js";

export interface Folder {
  /**
   * Passes on what is new, oldest first. A message is marked as seen after `settle` has resolved for it: after a crash it
   * is read again, so settling the same thing twice must be harmless.
   */
  read(settle: (returned: Returned) => Promise<void>): Promise<void>;
}

export function openFolder(path: string): Folder {
  let read: { readonly size: number; readonly changed: number } | undefined;
  return {
    read: async (settle) => {
      const at = await stat(path).catch((cause: unknown) => {
        throw new Error(`The folder of returned mail, ${path}, cannot be read.`, { cause });
      });
      if (at.isDirectory()) return readMaildir(path, settle);
      // An mbox belongs to the mail server: it is only read, and only when it has changed.
      if (read?.size === at.size && read.changed === at.mtimeMs) return;
      for (const message of messagesOfMbox(await readFile(path))) await settleOne(message, settle);
      read = { size: at.size, changed: at.mtimeMs };
    },
  };
}

async function readMaildir(path: string, settle: (returned: Returned) => Promise<void>): Promise<void> {
  const arrivals = join(path, "new");
  if (!existsSync(arrivals)) return;
  await mkdir(join(path, "cur"), { recursive: true });
  for (const name of (await readdir(arrivals)).sort()) {
    const file = join(arrivals, name);
    await settleOne(await readFile(file), settle);
    await rename(file, join(path, "cur", `${basename(name)}:2,S`));
  }
}

async function settleOne(message: Uint8Array, settle: (returned: Returned) => Promise<void>): Promise<void> {
  const returned = readReturned(message);
  if (returned !== undefined) await settle(returned);
}
