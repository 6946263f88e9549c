/**
 * enter-roll: a chunk of the roll, signed by the organisation's registrar key. Credentials travel as X_e/8, so that each
 * lies in the group by construction, and stand in Belenios' order: ascending as 32 little-endian bytes, compared like
 * memcmp, through all chunks. A chunk that starts at 0 replaces a roll that is not sealed. SPEC 3.7.12
 */
import { bytesEqual, compareBytes, concat } from "#base/bytes.js";
import { IDENTITY, pointToBytes } from "#crypto/group.js";
import { publicTimesEight } from "#crypto/public-data.js";
import type { Signature } from "#crypto/schnorr.js";
import type { RollEntry } from "../effects.js";
import {
  type ElectionEntry,
  electionOf,
  type Position,
  positions,
  rollProgresses,
  stageOf,
  weightCounts,
} from "../election.js";
import { bytes, list, record, type TypeOf, uint } from "../encoding/shape.js";
import { hasHappened } from "../events.js";
import { identifierShape, type OrganisationRecord, organisationOf } from "../organisation.js";
import { MAX_ROLL, MAX_TOTAL_WEIGHT } from "../plan.js";
import { type Rejection, reject } from "../rejections.js";
import type { Draft, StateReader } from "../state.js";
import { checkSignature, type Kind, signatureShape, type Transaction } from "../transaction.js";

/** Entries of one chunk: about 350 kB, below the limit of a transaction. */
export const MAX_ROLL_CHUNK = 5000;

const chunkEntryShape = record({ eighth: bytes(64), weight: uint(MAX_TOTAL_WEIGHT, 1) });
export type ChunkEntry = TypeOf<typeof chunkEntryShape>;

export const enterRollBody = record({
  uuid: identifierShape,
  /** Index of the first entry: the present length of the roll, or 0 to begin anew. */
  start: uint(MAX_ROLL),
  entries: list(chunkEntryShape, MAX_ROLL_CHUNK, 1),
});
export type EnterRoll = TypeOf<typeof enterRollBody>;

export const enterRoll: Kind<EnterRoll, Signature> = {
  type: "enter-roll",
  body: enterRollBody,
  signatures: signatureShape,
  check: (context, tx) => {
    const { uuid, start, entries } = tx.body;
    const found = electionOf(context.reader, uuid);
    if (found === undefined) return reject("unknown-election", uuid);
    const {
      record: { entry },
      plan,
    } = found;
    const stage = stageOf(entry, plan, context.time);
    if (stage !== "announced") return reject("wrong-stage", stage);
    if (start !== 0 && start !== entry.rollCount) return reject("roll-gap", `the roll has ${entry.rollCount} entries`);
    const weight = entries.reduce((total, each) => total + each.weight, start === 0 ? 0 : entry.rollWeight);
    if (weight > MAX_TOTAL_WEIGHT) return reject("roll-limit", `a weight of ${weight} in all`);
    if (start + entries.length > MAX_ROLL) return reject("roll-limit", `${start + entries.length} entries`);
    const organisation = organisationOf(context.reader, plan.organisation) as OrganisationRecord;
    const { registrarKey } = organisation.entry.fields;
    if (!checkSignature(context, "registrar", registrarKey, tx.message, tx.signatures))
      return reject("bad-signature", "of the registration service");
    if (isRepeated(context.reader, entry, tx)) return reject("already-done", "this chunk was entered before");
    return checkEntries(context.reader, tx.body);
  },
  apply: (effects, _context, tx) => {
    const { uuid, start, entries } = tx.body;
    const credentials = credentialsOf(tx.body) as readonly Uint8Array[];
    const rows: RollEntry[] = entries.map((each, i) => ({
      credential: credentials[i] as Uint8Array,
      weight: each.weight,
    }));
    countWeights(effects.draft, uuid, start, rows);
    effects.enterRoll(uuid, start, rows);
    effects.appendEvent(uuid, tx.type, tx.id);
  },
};

/**
 * Whether somebody sends an old chunk again. Without this, anyone could set a roll back to what it was, as often as the
 * registrar enters it anew. Only a roll that begins anew, or did so before, can take the same chunk twice.
 */
function isRepeated(
  reader: StateReader,
  entry: ElectionEntry,
  { body, type, id }: Transaction<EnterRoll, Signature>,
): boolean {
  const { uuid, start } = body;
  const anew = start === 0 && entry.rollCount > 0;
  const again = (rollProgresses.get(reader, uuid)?.generation ?? 0) > 1;
  return (anew || again) && hasHappened(reader, uuid, entry.eventCount, type, id);
}

/** Elements, none neutral; strictly ascending, also across the border to the chunk before. The dear part: last. */
function checkEntries(reader: StateReader, body: EnterRoll): Rejection | null {
  const credentials = credentialsOf(body);
  if (credentials === undefined) return reject("roll-point", "an entry is no element of the group, or the neutral one");
  let before = body.start === 0 ? undefined : (positions.get(reader, body.uuid, body.start - 1) as Position).credential;
  for (const [i, credential] of credentials.entries()) {
    if (before !== undefined && compareBytes(before, credential) >= 0)
      return reject("roll-order", `entry ${body.start + i} does not stand after the one before it`);
    before = credential;
  }
  return null;
}

/** Decoded chunks by body: check and effect see the same one, and 5,000 entries take some time. */
const decoded = new WeakMap<EnterRoll, readonly Uint8Array[]>();

const NEUTRAL: Uint8Array = pointToBytes(IDENTITY);

/** Compressed credentials of a chunk, or `undefined` when an entry is not one. */
function credentialsOf(body: EnterRoll): readonly Uint8Array[] | undefined {
  const known = decoded.get(body);
  if (known !== undefined) return known;
  const eighths = concat(...body.entries.map((entry) => entry.eighth));
  const forms = publicTimesEight(eighths);
  if (forms === undefined) return undefined;
  const credentials = body.entries.map((_, i) => forms.compressed.slice(32 * i, 32 * i + 32));
  if (credentials.some((credential) => bytesEqual(credential, NEUTRAL))) return undefined;
  decoded.set(body, credentials);
  return credentials;
}

/** Keeps the number of weights that only one entry has: such a voter's choice could be read from the result. */
function countWeights(draft: Draft, uuid: string, start: number, rows: readonly RollEntry[]): void {
  const before = rollProgresses.get(draft, uuid) ?? { generation: 0, unique: 0 };
  const generation = start === 0 ? before.generation + 1 : before.generation;
  let unique = start === 0 ? 0 : before.unique;
  for (const { weight } of rows) {
    const count = (weightCounts.get(draft, uuid, generation, weight) ?? 0) + 1;
    weightCounts.set(draft, count, uuid, generation, weight);
    if (count === 1) unique++;
    else if (count === 2) unique--;
  }
  rollProgresses.set(draft, { generation, unique }, uuid);
}
