/**
 * Writing the archive of a finished election, as independent tools read it (belenios-format §12): the chain of events
 * with their objects, record by record, so that memory does not grow with the number of ballots.
 */
import { assert } from "#base/assert.js";
import { toHex } from "#base/bytes.js";
import { pointFromTrustedBytes, pointToText } from "#crypto/group.js";
import { sha256Hex } from "#crypto/hash.js";
import { ownedToText } from "#protocol/suite/belenios-v1/decryption.js";
import { writeJson } from "#protocol/suite/belenios-v1/json.js";
import { sizedTallyToText } from "#protocol/suite/belenios-v1/tally.js";
import { type ChapterWriter, chapterWriter } from "./write.js";

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
  let writer: ChapterWriter | undefined;

  function begun(): ChapterWriter {
    assert(writer !== undefined, "an archive begins with its setup");
    return writer;
  }

  return {
    setup({ timestamp, electionText, trusteesText, credentialsText }) {
      assert(writer === undefined, "an archive has one setup");
      writer = chapterWriter(timestamp);
      const summary = writeJson({
        election: sha256Hex(electionText),
        trustees: sha256Hex(trusteesText),
        credentials: sha256Hex(credentialsText),
      });
      return [writer.header(), ...writer.chapter("Setup", electionText, trusteesText, credentialsText, summary)];
    },
    ballot: (text) => begun().chapter("Ballot", text),
    end({ encryptedTallyText, counted, countedWeight, shares, resultText }) {
      const { chapter } = begun();
      const encryptedTally = sha256Hex(encryptedTallyText);
      const sized = sizedTallyToText({ numTallied: counted, totalWeight: countedWeight, encryptedTally });
      const out = [...chapter("EndBallots"), ...chapter("EncryptedTally", encryptedTallyText, sized)];
      for (const { owner, text } of shares) {
        out.push(...chapter("PartialDecryption", text, ownedToText({ owner, payload: sha256Hex(text) })));
      }
      out.push(...chapter("Result", resultText));
      return out;
    },
  };
}
