/**
 * Proofs to a state root: Merkle paths that show what a ledger says about an election, a place on its roll or a ballot.
 * A node makes them from its state, anyone judges them against the root of a block. SPEC 3.5.1
 *
 * One position proof shows whether a credential is on the roll, and whether a ballot of it counts, was superseded, was
 * spoiled, or never existed (rows T-10, OEV-5-2b).
 */
import { bytesEqual, toHex } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { auditPath, leafHash, rootFromPath } from "#crypto/merkle.js";
import { directoryPath, readNodes } from "./directory.js";
import {
  type BallotLeaf,
  ballotLeafShape,
  ballots,
  type ElectionEntry,
  electionEntryShape,
  elections,
  type Position,
  positionOf,
  positionShape,
} from "./election.js";
import { bytes, decode, encode, list, record, type Shape, type TypeOf, uint } from "./encoding/shape.js";
import { type Chain, chainOf, chainShape } from "./genesis.js";
import type { StateReader } from "./state.js";

const COUNT = uint(2 ** 40);
/** Sibling hashes from the leaf up; a tree of 2^40 leaves has 40. */
const pathShape = list(bytes(32), 64);

const placeShape = record({ index: COUNT, size: COUNT, path: pathShape });

/** An election's entry and its path to the state root. */
export const electionProofShape = record({ entry: electionEntryShape, directory: placeShape });
export type ElectionProof = TypeOf<typeof electionProofShape>;

/** A place on the roll; its index stands in the position itself. */
export const positionProofShape = record({ position: positionShape, path: pathShape, election: electionProofShape });
export type PositionProof = TypeOf<typeof positionProofShape>;

/** A ballot in the log and the place on the roll of its credential, to one root. */
export const ballotProofShape = record({
  leaf: ballotLeafShape,
  index: COUNT,
  path: pathShape,
  position: positionShape,
  positionPath: pathShape,
  election: electionProofShape,
});
export type BallotProof = TypeOf<typeof ballotProofShape>;

/** The facts of the ledger itself, fixed by its genesis. */
export const chainProofShape = record({ chain: chainShape, directory: placeShape });
export type ChainProof = TypeOf<typeof chainProofShape>;

/** `undefined` when there is no such election. */
export function proveElection(reader: StateReader, uuid: string): ElectionProof | undefined {
  const found = elections.get(reader, uuid);
  if (found === undefined) return undefined;
  return {
    entry: found.entry,
    directory: { index: found.directoryIndex, ...directoryPath(reader, found.directoryIndex) },
  };
}

/** `undefined` when there is no such election or the credential (compressed) is not on its roll. */
export function provePosition(reader: StateReader, uuid: string, credential: Uint8Array): PositionProof | undefined {
  const election = proveElection(reader, uuid);
  const position = election === undefined ? undefined : positionOf(reader, election.entry, credential);
  if (election === undefined || position === undefined) return undefined;
  return { position, path: rollPath(reader, election.entry, position), election };
}

/** `undefined` when no ballot of the election has this tracker (32 bytes). */
export function proveBallot(reader: StateReader, uuid: string, tracker: Uint8Array): BallotProof | undefined {
  const election = proveElection(reader, uuid);
  const ballot = ballots.get(reader, uuid, toHex(tracker));
  if (election === undefined || ballot === undefined) return undefined;
  const { entry } = election;
  const position = positionOf(reader, entry, ballot.leaf.credential) as Position;
  return {
    leaf: ballot.leaf,
    index: ballot.index,
    path: auditPath(readNodes(reader, `ballot-tree/${uuid}`), entry.ballotCount, ballot.index),
    position,
    positionPath: rollPath(reader, entry, position),
    election,
  };
}

export function proveChain(reader: StateReader): ChainProof {
  return { chain: chainOf(reader), directory: { index: 0, ...directoryPath(reader, 0) } };
}

function rollPath(reader: StateReader, entry: ElectionEntry, position: Position): Uint8Array[] {
  return auditPath(readNodes(reader, `roll-tree/${entry.uuid}`), entry.rollCount, position.index);
}

/** Bytes of a proof, as receipts carry them. */
export function encodeProof<T>(shape: Shape<T>, proof: T): Uint8Array {
  return encode(shape, proof);
}

/** Strict inverse of {@link encodeProof}. */
export function decodeProof<T>(shape: Shape<T>, wire: Uint8Array): Result<T, string> {
  return decode(shape, wire, "proof");
}

/** Why a proof does not hold. */
export type ProofFault = "not-in-directory" | "not-on-roll-tree" | "not-in-ballot-log" | "parts-disagree";

/** The entry, if the proof leads to `stateRoot`. */
export function judgeElection(proof: ElectionProof, stateRoot: Uint8Array): Result<ElectionEntry, ProofFault> {
  const { index, size, path } = proof.directory;
  const root = rootFromPath(leafHash(encode(electionEntryShape, proof.entry)), index, size, path);
  return root !== undefined && bytesEqual(root, stateRoot) ? ok(proof.entry) : fail("not-in-directory");
}

export function judgeChain(proof: ChainProof, stateRoot: Uint8Array): Result<Chain, ProofFault> {
  const { index, size, path } = proof.directory;
  const root = rootFromPath(leafHash(encode(chainShape, proof.chain)), index, size, path);
  return root !== undefined && bytesEqual(root, stateRoot) ? ok(proof.chain) : fail("not-in-directory");
}

export interface JudgedPosition {
  readonly entry: ElectionEntry;
  readonly position: Position;
}

/** Entry and position, if both paths hold. */
export function judgePosition(proof: PositionProof, stateRoot: Uint8Array): Result<JudgedPosition, ProofFault> {
  const entry = judgeElection(proof.election, stateRoot);
  if (!entry.ok) return entry;
  if (!onRoll(entry.value, proof.position, proof.path)) return fail("not-on-roll-tree");
  return ok({ entry: entry.value, position: proof.position });
}

function onRoll(entry: ElectionEntry, position: Position, path: readonly Uint8Array[]): boolean {
  const root = rootFromPath(leafHash(encode(positionShape, position)), position.index, entry.rollCount, path);
  return root !== undefined && bytesEqual(root, entry.rollRoot);
}

/** `superseded`: a later ballot of the same credential counts. */
export type BallotStatus = "counted" | "superseded" | "spoiled";

export interface JudgedBallotProof extends JudgedPosition {
  readonly leaf: BallotLeaf;
  readonly index: number;
  readonly status: BallotStatus;
}

/** Everything a ballot proof shows, if all its paths hold and its parts speak of one credential. */
export function judgeBallotProof(proof: BallotProof, stateRoot: Uint8Array): Result<JudgedBallotProof, ProofFault> {
  const { leaf, index, path, position, positionPath, election } = proof;
  const judged = judgePosition({ position, path: positionPath, election }, stateRoot);
  if (!judged.ok) return judged;
  const { entry } = judged.value;
  const root = rootFromPath(leafHash(encode(ballotLeafShape, leaf)), index, entry.ballotCount, path);
  if (root === undefined || !bytesEqual(root, entry.ballotRoot)) return fail("not-in-ballot-log");
  if (leaf.position !== position.index || !bytesEqual(leaf.credential, position.credential))
    return fail("parts-disagree");
  return ok({ ...judged.value, leaf, index, status: statusOf(leaf, position) });
}

/** What a position says about a ballot of its credential. */
export function statusOf(leaf: BallotLeaf, position: Position): BallotStatus {
  if (leaf.kind === "spoiled") return "spoiled";
  return position.tracker !== null && bytesEqual(position.tracker, leaf.tracker) ? "counted" : "superseded";
}

/** `never-used`: no ballot of the credential, cast or spoiled, was accepted. */
export type PositionStatus = "never-used" | "only-spoiled" | "counted" | "replaced" | "void";

/** What a position says about its credential at block time `time` (nanoseconds). */
export function positionStatus(position: Position, time: bigint): PositionStatus {
  if (position.cancelled) return "void";
  if (position.tracker !== null) return "counted";
  if (position.replacedFrom !== null && time >= position.replacedFrom) return "replaced";
  return position.sequence === 0 ? "never-used" : "only-spoiled";
}
