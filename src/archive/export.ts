/**
 * Writing the archive of a finished election, as independent tools read it (belenios-format §12): the chain of events
 * with their objects, record by record, so that memory does not grow with the number of ballots.
 */
import { assert } from "#base/assert.js";
import { toHex, utf8 } from "#base/bytes.js";
import { pointFromTrustedBytes, pointToText } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { type Writable, writeJson } from "#protocol/suite/belenios-v1/json.js";
import { encodeRecord } from "./container.js";

/** One place on the roll on which an archive's verdict rests. */
export interface ArchiveCredential {
  /** Public credential, compressed (RFC 8032 bytes). */
  readonly key: Uint8Array;
  readonly weight: number;
}

/** What an archive says before its ballots. Texts are the objects exactly as hashed. */
export interface ArchiveSetup {
  /** Whole seconds since 1970; written into every header. */
  readonly timestamp: number;
  readonly electionText: string;
  readonly trusteesText: string;
  /** Public credentials as a JSON text: {@link credentialsText}. */
  readonly credentialsText: string;
}

/** What an archive says after its ballots. */
export interface ArchiveEnd {
  readonly encryptedTallyText: string;
  /** Voters with a counted ballot, and the sum of their weights. */
  readonly counted: number;
  readonly countedWeight: number;
  /** Partial decryptions in the order of acceptance. */
  readonly shares: readonly { readonly owner: number; readonly text: string }[];
  readonly resultText: string;
}

/** Takes an election part by part, each time giving the archive's next bytes. To be called in this order. */
export interface ArchiveWriter {
  setup(setup: ArchiveSetup): Uint8Array[];
  /** The canonical text of the next ballot: cast ballots in the order of the board, superseded ones included. */
  ballot(text: string): Uint8Array[];
  end(end: ArchiveEnd): Uint8Array[];
}

/**
 * The `public_credentials` object: sorted by group order, weights written where any differs from 1 (belenios-format §4).
 */
export function credentialsText(credentials: readonly ArchiveCredential[]): string {
  const weighted = credentials.some((each) => each.weight !== 1);
  const rows = credentials.map(({ key, weight }) => ({ key: toHex(key), text: textOf(key), weight }));
  rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return writeJson(rows.map(({ text, weight }) => (weighted ? `${text},${weight}` : text)));
}

function textOf(key: Uint8Array): string {
  return pointToText(pointFromTrustedBytes(key));
}

/** A writer of one archive. */
export function archiveWriter(): ArchiveWriter {
  let timestamp: number | undefined;
  let height = 0;
  let parent: string | undefined;

  function record(name: string, body: Uint8Array): Uint8Array {
    assert(timestamp !== undefined, "an archive begins with its setup");
    return encodeRecord(name, body, timestamp);
  }

  /** An object and its hash, which is its name. */
  function object(text: string): { readonly hash: string; readonly bytes: Uint8Array } {
    const body = utf8(text);
    const hash = toHex(sha256(body));
    return { hash, bytes: record(`${hash}.data.json`, body) };
  }

  function event(type: string, payload?: string): Uint8Array {
    const text = writeJson({ parent, height, type, payload });
    const body = utf8(text);
    parent = toHex(sha256(body));
    height++;
    return record(`${parent}.event.json`, body);
  }

  /** Objects that lead to one event: each is written as it is, the last one is the event's payload. */
  function chapter(type: string, ...texts: readonly string[]): Uint8Array[] {
    const objects = texts.map(object);
    return [...objects.map((each) => each.bytes), event(type, objects[objects.length - 1]?.hash)];
  }

  return {
    setup(setup) {
      assert(timestamp === undefined, "an archive has one setup");
      timestamp = setup.timestamp;
      const header = writeJson({ version: 1, timestamp: String(timestamp) });
      const parts = [setup.electionText, setup.trusteesText, setup.credentialsText];
      const [election, trustees, credentials] = parts.map((text) => toHex(sha256(utf8(text)))) as [
        string,
        string,
        string,
      ];
      const summary = writeJson({ election, trustees, credentials });
      return [record("BELENIOS", utf8(header)), ...chapter("Setup", ...parts, summary)];
    },
    ballot: (text) => chapter("Ballot", text),
    end(end) {
      const out = [event("EndBallots")];
      const tally = toHex(sha256(utf8(end.encryptedTallyText)));
      const sized = { num_tallied: end.counted, total_weight: end.countedWeight, encrypted_tally: tally };
      out.push(...chapter("EncryptedTally", end.encryptedTallyText, writeJson(sized)));
      for (const { owner, text } of end.shares) out.push(...chapter("PartialDecryption", text, ownedText(owner, text)));
      out.push(...chapter("Result", end.resultText));
      return out;
    },
  };
}

function ownedText(owner: number, text: string): string {
  const value: Writable = { owner, payload: toHex(sha256(utf8(text))) };
  return writeJson(value);
}
