/**
 * What a watcher remembers beyond its own life: which ledger it watched, every block that it judged, and how high each node
 * stood. Notes are lines of JSON, only ever added to; of two about one thing the later counts, and a last line without an
 * end was being written when the watcher died.
 */
import { fail, ok, type Result } from "#base/result.js";

export type WatchNote =
  | {
      readonly note: "ledger";
      readonly version: 1;
      /** Address of the node whose genesis was taken. */
      readonly node: string;
      /** Canonical bytes, base64url. */
      readonly genesis: string;
    }
  | {
      readonly note: "block";
      readonly height: number;
      /** Address of the node that showed it first. */
      readonly node: string;
      /** SHA-256 of the header's bytes. */
      readonly header: string;
      /** State root after it, as shown, or as a signed header names it. */
      readonly root: string;
      /** What the block above must point to, and who must sign it. */
      readonly hash: string;
      readonly set: string;
    }
  | { readonly note: "node"; readonly node: string; readonly height: number };

/** Where notes are kept. */
export interface WatchNotes {
  /** Those of earlier lives, in order. */
  readonly earlier: readonly WatchNote[];
  write(notes: readonly WatchNote[]): void;
}

const HEX_32 = /^[0-9a-f]{64}$/;

/** Reads what {@link noteLines} wrote; the sentence says which line is none. */
export function notesFrom(text: string): Result<readonly WatchNote[], string> {
  const lines = text.split("\n");
  // Whole lines end with a line feed; a file without any is somebody else's.
  if (lines.pop() !== "" && lines.length === 0) return fail("line 1");
  const notes: WatchNote[] = [];
  for (const [i, line] of lines.entries()) {
    const note = noteFrom(line);
    if (note === undefined || (i === 0) !== (note.note === "ledger")) return fail(`line ${i + 1}`);
    notes.push(note);
  }
  return ok(notes);
}

export function noteLines(notes: readonly WatchNote[]): string {
  return notes.map((note) => `${JSON.stringify(note)}\n`).join("");
}

function noteFrom(line: string): WatchNote | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const note = value as Record<string, unknown>;
  if (typeof note.node !== "string") return undefined;
  const high = Number.isSafeInteger(note.height) && (note.height as number) >= 0;
  const hex = [note.header, note.root, note.hash, note.set];
  const hashes = hex.every((each) => typeof each === "string" && HEX_32.test(each));
  const sound =
    note.note === "ledger"
      ? note.version === 1 && typeof note.genesis === "string"
      : note.note === "block"
        ? high && hashes
        : note.note === "node" && high;
  return sound ? (note as unknown as WatchNote) : undefined;
}
