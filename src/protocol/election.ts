/** An election on the ledger: its entry in the directory, its parts in the state, and its stage at a moment. SPEC 3.6 */
import { bytesEqual, toHex } from "#base/bytes.js";
import {
  bool,
  bytes,
  bytesBetween,
  encode,
  list,
  oneOf,
  optional,
  record,
  type TypeOf,
  text,
  u64,
  uint,
} from "./encoding/shape.js";
import { type Plan, planShape } from "./plan.js";
import { type StateReader, slot } from "./state.js";

const COUNT = uint(2 ** 40);

/** Everything that the state root says about an election. Kept small: each receipt carries it. */
export const electionEntryShape = record({
  kind: oneOf(["election"]),
  uuid: text(22),
  planHash: bytes(32),
  /** What was decided by transactions; time decides the rest ({@link stageOf}). */
  mark: oneOf(["announced", "sealed", "cancelled", "tallied"]),
  opensAt: u64,
  closesAt: u64,
  /** SHA-256 of the ceremony's record. */
  ceremonyHash: bytes(32),
  /** SHA-256 of the manifest, from sealing on. */
  manifestHash: optional(bytes(32)),
  /** Positions on the roll, re-issued ones included; sum of weights at sealing. */
  rollCount: COUNT,
  rollWeight: COUNT,
  rollRoot: bytes(32),
  /** RFC 6962 log of accepted ballots, spoiled ones included. */
  ballotCount: COUNT,
  ballotRoot: bytes(32),
  /** RFC 6962 log of the election's other transactions. */
  eventCount: COUNT,
  eventRoot: bytes(32),
  /** Voters with a counted ballot, and the weight of these. */
  counted: COUNT,
  countedWeight: COUNT,
  spoiled: COUNT,
  mismatches: COUNT,
  reissued: COUNT,
  tallyHash: bytes(32),
  /** Accepted partial decryptions. */
  shares: COUNT,
  resultHash: optional(bytes(32)),
});
export type ElectionEntry = TypeOf<typeof electionEntryShape>;

const electionRecordShape = record({ entry: electionEntryShape, directoryIndex: uint(2 ** 40) });
export type ElectionRecord = TypeOf<typeof electionRecordShape>;

export const elections = slot<ElectionRecord, [string]>("election", electionRecordShape);
export const plans = slot<Plan, [string]>("plan", planShape);

/** The entry that the directory commits to. */
export function electionEntry(election: ElectionRecord): Uint8Array {
  return encode(electionEntryShape, election.entry);
}

/** What sealing fixed, for fast access: the Belenios objects as text. */
export const sealedShape = record({
  manifest: bytesBetween(0, 2 ** 24),
  electionText: text(400_000),
  fingerprint: text(43, 43),
  trusteesText: text(400_000),
});
export type Sealed = TypeOf<typeof sealedShape>;
export const sealeds = slot<Sealed, [string]>("sealed", sealedShape);

/** One place on the roll: the leaf of the roll tree. SPEC 3.6.1 */
export const positionShape = record({
  index: COUNT,
  /** Public credential X_e, compressed. */
  credential: bytes(32),
  weight: uint(10_000_000, 1),
  /** Sequence of the last accepted ballot, cast or spoiled; 0: none. */
  sequence: uint(1000),
  /** Tracker of the ballot that counts; null: none was cast. */
  tracker: optional(bytes(32)),
  /** From this moment on the credential is replaced by a re-issued one; null: it is not. */
  replacedFrom: optional(u64),
  /** A re-issued credential is valid from this moment; null: from the seal. */
  activeFrom: optional(u64),
  /** A re-issue that the old credential's own ballot cancelled. */
  cancelled: bool,
});
export type Position = TypeOf<typeof positionShape>;

export const positions = slot<Position, [string, number]>("position", positionShape);
/** Credential (hex) → roll position. May name a position of a roll that was replaced: read it through {@link positionOf}. */
export const rollIndex = slot<number, [string, string]>("roll", COUNT);
/** The place of a credential on the roll, or `undefined`. */
export function positionOf(reader: StateReader, entry: ElectionEntry, credential: Uint8Array): Position | undefined {
  const index = rollIndex.get(reader, entry.uuid, toHex(credential));
  if (index === undefined || index >= entry.rollCount) return undefined;
  const position = positions.get(reader, entry.uuid, index);
  return position !== undefined && bytesEqual(position.credential, credential) ? position : undefined;
}

/**
 * What entering the roll remembers until it is sealed. `generation` grows each time that the roll starts anew, so that
 * nothing of an earlier one needs to be removed; `unique` counts the weights that exactly one entry has.
 */
export const rollProgressShape = record({ generation: COUNT, unique: COUNT });
export const rollProgresses = slot<TypeOf<typeof rollProgressShape>, [string]>("roll-progress", rollProgressShape);
/** uuid, generation, weight → number of entries with that weight. */
export const weightCounts = slot<number, [string, number, number]>("roll-weight", COUNT);

/** Old position → the position re-issued for it, while that is pending or in force. */
export const reissues = slot<number, [string, number]>("reissue", COUNT);
/** Ciphertexts of the ballot that counts: α then β of each answer, affine coordinates of 64 bytes each, in ballot order. */
export const currents = slot<Uint8Array, [string, number]>("current", bytesBetween(0, 2 ** 24));
/** First 16 bytes of every α that a position ever used, one after the other. */
export const usedAlphas = slot<Uint8Array, [string, number]>("alphas", bytesBetween(0, 2 ** 24));

/** Leaf of the ballot log. */
export const ballotLeafShape = record({
  kind: oneOf(["cast", "spoiled"]),
  position: COUNT,
  credential: bytes(32),
  weight: uint(10_000_000, 1),
  sequence: uint(1000, 1),
  tracker: bytes(32),
});
export type BallotLeaf = TypeOf<typeof ballotLeafShape>;

/** Tracker (hex) → place in the ballot log, with the leaf and whether a mismatch was reported. */
export const ballotRecordShape = record({ index: COUNT, leaf: ballotLeafShape, mismatch: bool });
export type BallotRecord = TypeOf<typeof ballotRecordShape>;
export const ballots = slot<BallotRecord, [string, string]>("ballot", ballotRecordShape);

/** Running encrypted tally: α then β of each answer (affine, 64 bytes each), all questions in order. */
export const tallyShape = record({ sums: list(bytes(64), 400) });
export const tallies = slot<TypeOf<typeof tallyShape>, [string]>("tally", tallyShape);

/** Accepted partial decryption of one owner, as the Belenios object's text. */
export const shareShape = record({ owner: uint(64, 1), text: text(400_000) });
export const shares = slot<TypeOf<typeof shareShape>, [string, number]>("share", shareShape);

/** Result: counts per question and answer; which owners' shares were combined. */
export const resultShape = record({
  counts: list(list(COUNT, 100), 32),
  owners: list(uint(64, 1), 64),
  text: text(100_000),
});
export type ElectionResult = TypeOf<typeof resultShape>;
export const results = slot<ElectionResult, [string]>("result", resultShape);

export type Stage =
  | "announced"
  | "sealed"
  | "open"
  | "closed"
  | "tallied"
  | "cancelled"
  | "lapsed"
  | "withheld"
  | "undecided";

/** The stage at block time `now` (nanoseconds): transactions and time together. A ballot counts iff the stage is `open`. */
export function stageOf(entry: ElectionEntry, plan: Plan, now: bigint): Stage {
  if (entry.mark === "cancelled" || entry.mark === "tallied") return entry.mark;
  if (entry.mark === "announced") return now < entry.opensAt ? "announced" : "lapsed";
  if (now < entry.opensAt) return "sealed";
  if (now < entry.closesAt) return "open";
  if (entry.counted < plan.rules.privacyFloor) return "withheld";
  return now < decryptionDeadline(entry, plan) ? "closed" : "undecided";
}

/** From this moment on shares are accepted. */
export function decryptionStart(entry: ElectionEntry, plan: Plan): bigint {
  return entry.closesAt + plan.rules.objectionPeriod;
}

export function decryptionDeadline(entry: ElectionEntry, plan: Plan): bigint {
  return decryptionStart(entry, plan) + plan.rules.decryptionPeriod;
}

/** Plans by election, with their hash: a cache of a pure function (a plan never changes). Bounded, oldest out. */
const decodedPlans = new Map<string, { readonly hash: Uint8Array; readonly plan: Plan }>();
const MAX_DECODED = 64;

/** An election with its plan, or `undefined`. */
export function electionOf(reader: StateReader, uuid: string): { record: ElectionRecord; plan: Plan } | undefined {
  const found = elections.get(reader, uuid);
  if (found === undefined) return undefined;
  const { planHash } = found.entry;
  const known = decodedPlans.get(uuid);
  if (known !== undefined && bytesEqual(known.hash, planHash)) return { record: found, plan: known.plan };
  const plan = plans.get(reader, uuid);
  if (plan === undefined) return undefined;
  decodedPlans.delete(uuid);
  if (decodedPlans.size >= MAX_DECODED) decodedPlans.delete(decodedPlans.keys().next().value as string);
  decodedPlans.set(uuid, { hash: planHash, plan });
  return { record: found, plan };
}
