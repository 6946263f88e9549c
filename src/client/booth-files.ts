/**
 * The files that a server gives to voters' browsers, compared with the list that the build wrote; one hash over that list
 * stands for all of them and can be pinned in an election's manifest (row W-04).
 */
import { toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import type { Http } from "./http.js";
import { Untrustworthy } from "./untrustworthy.js";

/** Where the build's own list lies. Each line: SHA-256 in hexadecimal, two spaces, path as the server knows it. */
const LIST = "/assets/files.txt";

export interface BoothFile {
  readonly path: string;
  readonly sha256: string;
  /** Whether the bytes that were served have this hash; `undefined`: they were not asked for. */
  readonly holds?: boolean;
}

export interface BoothFiles {
  /** SHA-256 of the list: what a manifest pins. */
  readonly hash: string;
  readonly files: readonly BoothFile[];
}

async function listOf(http: Http): Promise<BoothFiles> {
  const text = await (await http.raw(LIST, { anonymous: true, fresh: true })).text();
  const files = text.split("\n").flatMap((line) => {
    const found = /^([0-9a-f]{64}) {2}(\/\S*)$/.exec(line);
    return found === null ? [] : [{ sha256: found[1] as string, path: found[2] as string }];
  });
  if (files.length === 0 || `${files.map((file) => `${file.sha256}  ${file.path}`).join("\n")}\n` !== text)
    throw new Untrustworthy("The server's list of its files is malformed.");
  return { hash: toHex(sha256(utf8(text))), files };
}

/** The one hash that stands for all files, as the server's list says it. What was served is not compared. */
export async function boothHash(http: Http): Promise<string> {
  return (await listOf(http)).hash;
}

/** Fetches every file that the list names, as a browser would, and compares. */
export async function servedFiles(http: Http): Promise<BoothFiles> {
  const { hash, files } = await listOf(http);
  const compared: BoothFile[] = [];
  for (const file of files) {
    const response = await http.raw(file.path, { anonymous: true, fresh: true });
    const bytes = new Uint8Array(await response.arrayBuffer());
    compared.push({ ...file, holds: toHex(sha256(bytes)) === file.sha256 });
  }
  return { hash, files: compared };
}
