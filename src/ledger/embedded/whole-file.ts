/**
 * Whether the data file is all there. lmdb maps the file into memory, and reading beyond the end of a file that was cut
 * kills the process without a word; so the length is compared with what the file says about itself before it is opened.
 *
 * A sound file may be a little shorter than its last page number says (pages that were freed before they were ever
 * written). Then every page is read once by another process, which may die of it.
 */
import { spawnSync } from "node:child_process";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { createRequire } from "node:module";
import { LedgerDamaged } from "../ledger.js";

const MAGIC = 0xbeefc0de;
/** Offsets within a meta page of lmdb's data format 2 (struct MDB_meta after the page header of 24 bytes). */
const AT_MAGIC = 24;
const AT_PAGE_SIZE = 48;
const AT_LAST_PAGE = 144;
const AT_TRANSACTION = 152;
const META_BYTES = 168;

/** Throws {@link LedgerDamaged} when the file was cut or is no data file. */
export async function assertWhole(file: string): Promise<void> {
  const { size, needed } = lengthsOf(file);
  if (size >= needed || readsThrough(file)) return;
  throw new LedgerDamaged(
    `${file} was cut: it has ${size} bytes of ${needed}. Restore a backup; do not delete this directory before.`,
  );
}

function lengthsOf(file: string): { readonly size: number; readonly needed: number } {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    // A crash at the very first start leaves an empty file, which lmdb treats as new.
    if (size === 0) return { size, needed: 0 };
    const first = metaAt(descriptor, 0);
    if (first === undefined) throw new LedgerDamaged(`${file} is not a ledger's data file.`);
    const second = metaAt(descriptor, first.pageSize);
    const latest = second !== undefined && second.transaction > first.transaction ? second : first;
    return { size, needed: (latest.lastPage + 1) * first.pageSize };
  } finally {
    closeSync(descriptor);
  }
}

function metaAt(
  descriptor: number,
  offset: number,
): { readonly pageSize: number; readonly lastPage: number; readonly transaction: bigint } | undefined {
  const page = Buffer.alloc(META_BYTES);
  if (readSync(descriptor, page, 0, META_BYTES, offset) < META_BYTES) return undefined;
  if (page.readUInt32LE(AT_MAGIC) !== MAGIC) return undefined;
  return {
    pageSize: page.readUInt32LE(AT_PAGE_SIZE),
    lastPage: Number(page.readBigUInt64LE(AT_LAST_PAGE)),
    transaction: page.readBigUInt64LE(AT_TRANSACTION),
  };
}

const READ_EVERYTHING = `
  const { open } = require(process.argv[1]);
  const root = open({ path: process.argv[2], readOnly: true, encoding: "binary", overlappingSync: false });
  for (const name of ["meta", "headers", "blocks", "places", "state"]) {
    const keyEncoding = name === "places" ? { keyEncoding: "binary" } : {};
    const db = root.openDB({ name, encoding: "binary", ...keyEncoding });
    for (const { value } of db.getRange()) if (value === undefined) process.exit(1);
  }
  process.exit(0);
`;

function readsThrough(file: string): boolean {
  const lmdb = createRequire(import.meta.url).resolve("lmdb");
  const child = spawnSync(process.execPath, ["-e", READ_EVERYTHING, lmdb, file], { stdio: "ignore" });
  return child.status === 0;
}
