/**
 * The independent judge of our archives: Debian's `belenios-tool` (3.0 or later), which .ci/setup installs.
 *
 * Its command line, as used here (3.x):
 * - `belenios-tool election verify --dir DIR`: DIR holds exactly one archive, called `UUID.bel`. Prints
 *   "all checks passed" to stderr and exits 0; 123 with a sentence on stderr when a check fails.
 * - `belenios-tool election verify-ballot --dir DIR --ballot FILE`: judges one ballot (its JSON in FILE) against the
 *   archive in DIR. The archive must not hold that ballot already, so the ballots of a finished election are judged
 *   against its first records alone, up to the Setup event. Same exit codes.
 * Both are needed: only `verify-ballot` is relied on for the proofs and the signature of a ballot.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ToolAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the tool; relative paths in `args` are seen from `cwd`. Ask `capability("belenios-tool")` before. */
export function beleniosTool(args: readonly string[], options: { readonly cwd: string }): ToolAnswer {
  const done = spawnSync("belenios-tool", [...args], {
    cwd: options.cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.error !== undefined) throw new Error("belenios-tool cannot be started", { cause: done.error });
  return { exitCode: done.status ?? -1, stdout: done.stdout, stderr: done.stderr };
}

export interface Judgement {
  readonly accepted: boolean;
  /** What the tool said, one entry for the archive and one for each refused ballot. */
  readonly words: readonly string[];
  readonly ballots: number;
}

/** Judges a whole archive: `verify`, then `verify-ballot` for each ballot in it. `uuid` is the election's. */
export function judgeArchive(archive: Uint8Array, uuid: string): Judgement {
  const directory = mkdtempSync(join(tmpdir(), "psephos-judge-"));
  try {
    const [whole, setup] = ["whole", "setup"].map((name) => join(directory, name)) as [string, string];
    for (const each of [whole, setup]) mkdirSync(each);
    const records = recordsOf(archive);
    const setupEnd = records.find((record) => record.name.endsWith(".event.json"))?.end;
    if (setupEnd === undefined) return { accepted: false, words: ["the archive holds no event"], ballots: 0 };
    writeFileSync(join(whole, `${uuid}.bel`), archive);
    writeFileSync(join(setup, `${uuid}.bel`), archive.subarray(0, setupEnd));

    const verdict = beleniosTool(["election", "verify", "--dir", whole], { cwd: directory });
    const words = [verdict.stderr.trim()];
    let accepted = verdict.exitCode === 0 && verdict.stderr.includes("all checks passed");
    const ballots = ballotsOf(records);
    for (const ballot of ballots) {
      writeFileSync(join(directory, "ballot.json"), ballot);
      const one = beleniosTool(["election", "verify-ballot", "--dir", setup, "--ballot", "ballot.json"], {
        cwd: directory,
      });
      if (one.exitCode === 0) continue;
      accepted = false;
      words.push(one.stderr.trim());
    }
    return { accepted, words, ballots: ballots.length };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface ArchiveRecord {
  readonly name: string;
  readonly body: Buffer;
  /** Offset of the first byte after the record and its padding. */
  readonly end: number;
}

/** The records of the tar container; lenient, because the judge is the tool. */
function recordsOf(archive: Uint8Array): ArchiveRecord[] {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const records: ArchiveRecord[] = [];
  for (let at = 0; at + 512 <= bytes.length; ) {
    const name = bytes
      .subarray(at, at + 100)
      .toString("latin1")
      .replace(/\0.*$/s, "");
    const size = Number.parseInt(bytes.subarray(at + 124, at + 135).toString("latin1"), 8);
    const end = at + 512 + Math.ceil(size / 512) * 512;
    records.push({ name, body: bytes.subarray(at + 512, at + 512 + size), end });
    at = end;
  }
  return records;
}

function ballotsOf(records: readonly ArchiveRecord[]): Buffer[] {
  const data = new Map(records.map((record) => [record.name, record.body]));
  return records
    .filter((record) => record.name.endsWith(".event.json"))
    .map((record) => JSON.parse(record.body.toString("utf8")) as { type: string; payload?: string })
    .filter((event) => event.type === "Ballot")
    .map((event) => data.get(`${event.payload}.data.json`) ?? Buffer.from("null"));
}
