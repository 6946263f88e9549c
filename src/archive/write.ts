/**
 * Writing an archive (belenios-format §12) chapter by chapter: each call gives the next bytes, so memory does not grow
 * with the number of ballots. What goes into the chapters is the caller's business.
 */
import { toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { writeJson } from "#protocol/suite/belenios-v1/json.js";
import { encodeRecord } from "./container.js";
import type { EventType } from "./read.js";

/** Gives the bytes of an archive in order: the header first, then one chapter for each event. */
export interface ChapterWriter {
  header(): Uint8Array;
  /** The objects of an event in their order, the payload last, and the event itself. */
  chapter(type: EventType, ...objects: readonly string[]): Uint8Array[];
}

/** A writer whose records all carry `timestamp` (whole seconds since 1970). */
export function chapterWriter(timestamp: number): ChapterWriter {
  let parent: string | undefined;
  let height = 0;

  function record(kind: "data" | "event", text: string): { readonly hash: string; readonly bytes: Uint8Array } {
    const body = utf8(text);
    const hash = toHex(sha256(body));
    return { hash, bytes: encodeRecord(`${hash}.${kind}.json`, body, timestamp) };
  }

  return {
    header() {
      const text = writeJson({ version: 1, timestamp: String(timestamp) });
      return encodeRecord("BELENIOS", utf8(text), timestamp);
    },
    chapter(type, ...objects) {
      const written = objects.map((text) => record("data", text));
      const event = record("event", writeJson({ parent, height, type, payload: written[written.length - 1]?.hash }));
      parent = event.hash;
      height++;
      return [...written.map((each) => each.bytes), event.bytes];
    },
  };
}
