/**
 * What a voter's own client does: credential of an election, sealed ballots as transactions, reports. Pure; the secrets
 * in it never leave the client. SPEC 4.5
 */
import { fail, ok, type Result } from "#base/result.js";
import { isIdentity, pointFromBytes, pointToBytes, pointToEighth } from "#crypto/group.js";
import { type Random, scalarToBytes } from "#crypto/scalar.js";
import { sign } from "#crypto/schnorr.js";
import { type BallotType, ballotMessage, electionObject } from "./ballot.js";
import { credentialOfVoter } from "./credential.js";
import type { Identity } from "./identity.js";
import { type ChoiceFault, type Choices, type Randomness, type SealingTables, seal } from "./suite/belenios-v1/seal.js";
import { encodeTransaction, transactionMessage } from "./transaction.js";
import { castBallot } from "./transactions/cast-ballot.js";
import { type ReportMismatch, reportMismatch } from "./transactions/report-mismatch.js";
import { spoilBallot } from "./transactions/spoil-ballot.js";

/** The election as a booth knows it, from data that it has judged. */
export interface BoothElection {
  readonly chainId: string;
  readonly uuid: string;
  /** The Belenios election object, whose last line binds the manifest. */
  readonly electionText: string;
}

/** x_e and X_e of a voter, or `undefined` when `rollKey` (R_e, compressed) is not a key. */
export function credentialIn(
  election: { readonly chainId: string; readonly uuid: string; readonly rollKey: Uint8Array },
  identity: Identity,
): Identity | undefined {
  const rollKey = pointFromBytes(election.rollKey);
  if (rollKey === undefined || isIdentity(rollKey)) return undefined;
  return credentialOfVoter(election, identity, rollKey);
}

/** A sealed ballot of which nobody has decided yet whether it is cast or spoiled. */
export interface PreparedBallot {
  /** The wire ballot. */
  readonly ballot: Uint8Array;
  /** Base64, as shown to people, and the 32 bytes. */
  readonly tracker: string;
  readonly trackerBytes: Uint8Array;
  /** Canonical text of the ballot. */
  readonly text: string;
  /** Secret. Opens the ballot: only for a second device, only after the ballot was spoiled. */
  readonly randomness: Randomness;
}

/** Seals choices. The tracker is fixed from here on; cast or test is decided by {@link finishBallot}. */
export function prepareBallot(
  election: BoothElection,
  credential: Identity,
  choices: Choices,
  random: Random,
  tables?: SealingTables,
): Result<PreparedBallot, ChoiceFault> {
  const sealed = seal(electionObject(election.electionText), credential.secret, choices, random, tables);
  if (!sealed.ok) return fail(sealed.error);
  const { wire, tracker, trackerBytes, text, randomness } = sealed.value;
  return ok({ ballot: wire, tracker, trackerBytes, text, randomness });
}

/** A ballot ready to be sent. */
export interface FinishedBallot extends PreparedBallot, Envelope {
  readonly type: BallotType;
  readonly sequence: number;
  /** Wire bytes of the transaction. */
  readonly transaction: Uint8Array;
}

/** Signs a prepared ballot as cast or as spoiled, with this sequence number. Only one of the two may ever be sent. */
export function finishBallot(
  type: BallotType,
  election: { readonly chainId: string; readonly uuid: string },
  credential: Identity,
  sequence: number,
  prepared: PreparedBallot,
  random: Random,
): FinishedBallot {
  const envelope = signBallot(type, election, credential, sequence, prepared.trackerBytes, random);
  const key = pointToBytes(credential.key);
  const transaction = ballotTransaction(type, election, key, sequence, prepared.ballot, envelope);
  return { ...prepared, ...envelope, type, sequence, transaction };
}

/** The envelope signature of a ballot: commitment in eighth form (64 bytes) and response (32). */
export interface Envelope {
  readonly commitment: Uint8Array;
  readonly response: Uint8Array;
}

/** Signs type, election, credential, sequence and tracker: whether a sealed ballot is cast or spoiled is decided here. */
export function signBallot(
  type: BallotType,
  election: { readonly chainId: string; readonly uuid: string },
  credential: Identity,
  sequence: number,
  tracker: Uint8Array,
  random: Random,
): Envelope {
  const message = ballotMessage(type, election.uuid, pointToBytes(credential.key), sequence, tracker);
  const signed = sign({ tag: "cast", chainId: election.chainId }, credential.secret, message, random);
  return { commitment: pointToEighth(signed.commitment), response: scalarToBytes(signed.response) };
}

/** Wire bytes of a cast or spoiled ballot out of its parts. */
export function ballotTransaction(
  type: BallotType,
  election: { readonly chainId: string; readonly uuid: string },
  credential: Uint8Array,
  sequence: number,
  ballot: Uint8Array,
  envelope: Envelope,
): Uint8Array {
  const kind = type === "cast-ballot" ? castBallot : spoilBallot;
  const { commitment, response } = envelope;
  return encodeTransaction(
    kind,
    election.chainId,
    { uuid: election.uuid, credential, sequence, ballot },
    { commitment, response },
  );
}

/** Wire bytes of a report that a spoiled ballot does not hold what the device showed. */
export function mismatchTransaction(
  chainId: string,
  body: ReportMismatch,
  credential: Identity,
  random: Random,
): Uint8Array {
  const message = transactionMessage(reportMismatch, chainId, body);
  const { challenge, response } = sign({ tag: "voter", chainId }, credential.secret, message, random);
  return encodeTransaction(reportMismatch, chainId, body, { challenge, response });
}
