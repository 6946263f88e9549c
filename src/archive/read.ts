/**
 * Reading an archive (belenios-format §12): records are grouped into chapters, one for each event, and everything that
 * ties them together is checked: names are hashes, objects stand in their only order, events name their parent and count.
 *
 * A fault does not stop the reading, as long as records can still be told apart: a verifier reports all it finds.
 */
import { fromUtf8, toHex } from "#base/bytes.js";
import { fail, type Result } from "#base/result.js";
import { sha256 } from "#crypto/hash.js";
import {
  faultText,
  fields,
  hashOf,
  integerOf,
  literalOf,
  type Node,
  readJson,
  refuse,
  stringOf,
} from "#protocol/suite/belenios-v1/json.js";
import type { ArchiveRecord } from "./container.js";

export const EVENT_TYPES = [
  "Setup",
  "Ballot",
  "EndBallots",
  "EncryptedTally",
  "Shuffle",
  "EndShuffles",
  "PartialDecryption",
  "Result",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Objects that precede an event of each type; the last one is its payload. A certificate may stand before `setup`. */
const OBJECTS: Readonly<Record<EventType, number>> = {
  Setup: 4,
  Ballot: 1,
  EndBallots: 0,
  EncryptedTally: 2,
  Shuffle: 2,
  EndShuffles: 0,
  PartialDecryption: 2,
  Result: 1,
};

/** One event with its objects as texts, in the order of the records. */
export interface Chapter {
  readonly type: EventType;
  readonly height: number;
  /** Objects before the event, the payload last. Their number fits the type. */
  readonly objects: readonly ArchiveObject[];
}

export interface ArchiveObject {
  readonly text: string;
  /** SHA-256 of the text, lower-case hex: computed, not taken from the record's name. */
  readonly hash: string;
}

/** What is wrong between records. `check` tells the container's form from the chain of events. */
export interface ArchiveFault {
  readonly check: "container" | "event-chain";
  readonly record: string;
  readonly detail: string;
}

export interface ArchiveHeader {
  /** Whole seconds since 1970. */
  readonly timestamp: number;
}

/** The first record: `BELENIOS` with format version 1 and the timestamp that all headers carry. */
export function readHeaderRecord(record: ArchiveRecord, timestamp: number): Result<ArchiveHeader, string> {
  if (record.name !== "BELENIOS") return fail("the first record is not BELENIOS");
  const text = fromUtf8(record.body);
  if (!text.ok) return fail("the first record is not UTF-8");
  const read = readJson(text.value, "canonical", (node) => {
    const { version, timestamp: seconds } = fields(node, "version", "timestamp");
    integerOf(version, 1, 1);
    if (stringOf(seconds) !== String(timestamp)) refuse(seconds, "differs from the records' own");
    return { timestamp };
  });
  return read.ok ? read : fail(faultText(read.error));
}

/** Groups the records after the first into chapters. */
export interface ChapterReader {
  /** Takes the next record; gives the chapter it completes, if any, and what is wrong about it. */
  accept(record: ArchiveRecord): { readonly chapter?: Chapter; readonly faults: readonly ArchiveFault[] };
  /** To be called after the last record: objects that no event followed. */
  end(): readonly ArchiveFault[];
}

interface Event {
  readonly parent: string | undefined;
  readonly height: number;
  readonly type: EventType;
  readonly payload: string | undefined;
}

export function chapterReader(): ChapterReader {
  let pending: ArchiveObject[] = [];
  let parent: string | undefined;
  let height = 0;

  function accept(record: ArchiveRecord): { readonly chapter?: Chapter; readonly faults: readonly ArchiveFault[] } {
    const faults: ArchiveFault[] = [];
    const container = (detail: string): void => {
      faults.push({ check: "container", record: record.name, detail });
    };
    const kind = /^[0-9a-f]{64}\.(data|event)\.json$/.exec(record.name)?.[1];
    if (kind === undefined) {
      container("not the name of an object or an event");
      return { faults };
    }
    const hash = toHex(sha256(record.body));
    if (!record.name.startsWith(hash)) container("the content has another hash than the name says");
    const text = fromUtf8(record.body);
    if (!text.ok) {
      container("not UTF-8");
      return { faults };
    }
    if (kind === "data") {
      pending.push({ text: text.value, hash });
      return { faults };
    }
    const objects = pending;
    pending = [];
    const event = readEvent(text.value);
    if (!event.ok) {
      container(`event: ${event.error}`);
      return { faults };
    }
    for (const detail of chainFaults(event.value, parent, height)) {
      faults.push({ check: "event-chain", record: record.name, detail });
    }
    parent = hash;
    height = event.value.height + 1;
    const misplaced = objectsFault(event.value, objects);
    if (misplaced !== undefined) {
      container(misplaced);
      return { faults };
    }
    return { chapter: { type: event.value.type, height: event.value.height, objects }, faults };
  }

  function end(): readonly ArchiveFault[] {
    return pending.map(({ hash }) => ({
      check: "container",
      record: `${hash}.data.json`,
      detail: "no event follows this object",
    }));
  }

  return { accept, end };
}

function readEvent(text: string): Result<Event, string> {
  const read = readJson(text, "canonical", (node) => {
    const { parent, height, type, payload } = fields(node, "parent?", "height", "type", "payload?");
    return {
      parent: parent && hashOf(parent),
      height: integerOf(height),
      type: literalOf(type, ...EVENT_TYPES),
      payload: payload && hashOf(payload),
    };
  });
  return read.ok ? read : fail(faultText(read.error));
}

function chainFaults(event: Event, parent: string | undefined, height: number): string[] {
  const faults: string[] = [];
  if (event.height !== height) faults.push(`height ${event.height} where ${height} is due`);
  if (event.parent !== parent) {
    faults.push(
      parent === undefined ? "the first event names a parent" : "does not name the event before it as parent",
    );
  }
  return faults;
}

/** Number and order of the objects before an event, as their hashes in payload and setup or owner objects say. */
function objectsFault(event: Event, objects: readonly ArchiveObject[]): string | undefined {
  const { type, payload, height } = event;
  const due = OBJECTS[type];
  const fits = objects.length === due || (type === "Setup" && objects.length === due + 1);
  if (!fits) return `${objects.length} objects before event ${height} (${type}), which takes ${due}`;
  if (payload !== objects[objects.length - 1]?.hash)
    return `the payload of event ${height} (${type}) is not the object before it`;
  if (objects.length < 2) return undefined;
  const named = namedHashes(type, (objects[objects.length - 1] as ArchiveObject).text);
  if (!named.ok) return `payload of event ${height} (${type}): ${named.error}`;
  const inOrder =
    named.value.length === objects.length - 1 && named.value.every((hash, i) => hash === objects[i]?.hash);
  return inOrder
    ? undefined
    : `the objects of event ${height} (${type}) are not those its payload names, in their order`;
}

/** Hashes that a payload names, in the order in which their objects must stand before it. */
function namedHashes(type: EventType, text: string): Result<readonly string[], string> {
  const read = readJson(text, "canonical", (node: Node): readonly string[] => {
    if (type === "Setup") {
      const setup = fields(node, "election", "trustees", "credentials", "credentials_certificate?");
      const certificate = setup.credentials_certificate;
      const hashes = [setup.election, setup.trustees, setup.credentials].map(hashOf);
      return certificate === undefined ? hashes : [...hashes, hashOf(certificate)];
    }
    if (type === "EncryptedTally") {
      return [hashOf(fields(node, "num_tallied", "total_weight", "encrypted_tally").encrypted_tally)];
    }
    return [hashOf(fields(node, "owner", "payload").payload)];
  });
  return read.ok ? read : fail(faultText(read.error));
}
