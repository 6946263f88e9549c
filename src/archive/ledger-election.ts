/**
 * An election of our own ledger as the parts of an archive (belenios-format §12): what the state says of it, and the
 * canonical text of each ballot. Spoiled ballots are left out (they are not counted there either), re-issued credentials
 * replace the old ones: the effective roll.
 */
import { assert } from "#base/assert.js";
import { pointFromBytes } from "#crypto/group.js";
import { electionObject } from "#protocol/ballot.js";
import { type ElectionEntry, electionOf, positions, results, sealeds, shares, tallies } from "#protocol/election.js";
import type { StateReader } from "#protocol/state.js";
import { encryptedTallyToText } from "#protocol/suite/belenios-v1/tally.js";
import { type CanonicalBallot, canonicalOf, decodeWire } from "#protocol/suite/belenios-v1/wire.js";
import { encryptedTallyOf } from "#protocol/tally.js";
import type { BallotBody } from "#protocol/transactions/cast-ballot.js";
import {
  type ArchiveCredential,
  type ArchiveEnd,
  type ArchiveSetup,
  archiveWriter,
  credentialsText,
} from "./export.js";

const NANOSECONDS = 1_000_000_000n;

/**
 * The credentials that could vote when the election closed: of a replaced place and its replacement only the one that
 * was in force, so that the archive's roll has one credential for each voter.
 */
export function effectiveRoll(reader: StateReader, entry: ElectionEntry): ArchiveCredential[] {
  const roll: ArchiveCredential[] = [];
  for (let index = 0; index < entry.rollCount; index++) {
    const position = positions.get(reader, entry.uuid, index);
    assert(position !== undefined, "roll positions are contiguous");
    const replaced = position.replacedFrom !== null && position.tracker === null;
    if (!position.cancelled && !replaced) roll.push({ key: position.credential, weight: position.weight });
  }
  return roll;
}

/** Everything of a tallied election but its ballots; `undefined` while there is no result. */
export function archivePartsOf(
  reader: StateReader,
  uuid: string,
): { readonly setup: ArchiveSetup; readonly end: ArchiveEnd } | undefined {
  const found = electionOf(reader, uuid);
  const [sealed, tally, result] = [sealeds.get(reader, uuid), tallies.get(reader, uuid), results.get(reader, uuid)];
  if (found === undefined || sealed === undefined || tally === undefined || result === undefined) return undefined;
  const { entry } = found.record;
  return {
    setup: {
      timestamp: Number(entry.closesAt / NANOSECONDS),
      electionText: sealed.electionText,
      trusteesText: sealed.trusteesText,
      credentialsText: credentialsText(effectiveRoll(reader, entry)),
    },
    end: {
      encryptedTallyText: encryptedTallyToText(encryptedTallyOf(found.plan.questions, tally.sums)),
      counted: entry.counted,
      countedWeight: entry.countedWeight,
      // Only those that were combined: another tool counts with the first that suffice, in the order of owners.
      shares: result.owners.map((owner) => {
        const share = shares.get(reader, uuid, owner);
        assert(share !== undefined, "a result names shares that were accepted");
        return share;
      }),
      resultText: result.text,
    },
  };
}

/** The canonical ballot inside a transaction's body; `undefined` when there is none (never of an accepted one). */
export function canonicalBallot(
  reader: StateReader,
  body: Pick<BallotBody, "uuid" | "credential" | "ballot">,
): CanonicalBallot | undefined {
  const sealed = sealeds.get(reader, body.uuid);
  const credential = pointFromBytes(body.credential);
  if (sealed === undefined || credential === undefined) return undefined;
  const decoded = decodeWire(body.ballot, electionObject(sealed.electionText), credential);
  return decoded.ok ? canonicalOf(decoded.value) : undefined;
}

/** The whole archive, piece by piece. `bodies`: the cast ballots in the order of the board. */
export async function* archiveOf(
  reader: StateReader,
  uuid: string,
  bodies: AsyncIterable<BallotBody> | Iterable<BallotBody>,
): AsyncGenerator<Uint8Array, void> {
  const parts = archivePartsOf(reader, uuid);
  assert(parts !== undefined, "only a tallied election has an archive");
  const writer = archiveWriter();
  yield* writer.setup(parts.setup);
  for await (const body of bodies) {
    const ballot = canonicalBallot(reader, body);
    assert(ballot !== undefined, "an accepted ballot decodes");
    yield* writer.ballot(ballot.text);
  }
  yield* writer.end(parts.end);
}
