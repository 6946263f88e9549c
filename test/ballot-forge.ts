/** Ballots that are wrong in one place only: what a hostile voter with a credential of their own can make. */
import { GENERATOR, multiplySecret, pointToBytes, pointToEighth } from "#crypto/group.js";
import { mod, type Random, randomScalar, scalarToBytes } from "#crypto/scalar.js";
import { type BallotType, electionObject } from "#protocol/ballot.js";
import type { Identity } from "#protocol/identity.js";
import { canonicalOf, decodeWire } from "#protocol/suite/belenios-v1/wire.js";
import { ballotTransaction, type Envelope, signBallot } from "#protocol/voter.js";

/** A wire ballot whose own signature is made anew by `credential`, whatever stands in front of it. */
export function resignedWire(wire: Uint8Array, electionText: string, credential: Identity, random: Random): Uint8Array {
  const election = electionObject(electionText);
  const out = wire.slice();
  const first = decodeWire(out, election, credential.key);
  if (!first.ok) return out;
  const nonce = randomScalar(random);
  out.set(pointToEighth(multiplySecret(GENERATOR, nonce)), 64 * (first.value.layout.pointCount - 1));
  const second = decodeWire(out, election, credential.key);
  if (!second.ok) throw new Error("replacing a point cannot break the form");
  const { challenge } = second.value.signature.proof;
  out.set(scalarToBytes(mod(nonce - challenge * credential.secret)), out.length - 32);
  return out;
}

/** The tracker that a wire ballot would have under this credential; 32 zero bytes when it does not decode. */
export function trackerOfWire(wire: Uint8Array, electionText: string, credential: Identity): Uint8Array {
  const decoded = decodeWire(wire, electionObject(electionText), credential.key);
  return decoded.ok ? canonicalOf(decoded.value).trackerBytes : new Uint8Array(32);
}

export interface ForgedParts {
  readonly type: BallotType;
  readonly chainId: string;
  readonly uuid: string;
  readonly electionText: string;
  readonly credential: Identity;
  readonly sequence: number;
}

/** A transaction around any wire ballot, with an envelope signature that holds. */
export function envelopedWire(parts: ForgedParts, wire: Uint8Array, random: Random): Uint8Array {
  const { type, electionText, credential, sequence } = parts;
  const tracker = trackerOfWire(wire, electionText, credential);
  const envelope: Envelope = signBallot(type, parts, credential, sequence, tracker, random);
  return ballotTransaction(type, parts, pointToBytes(credential.key), sequence, wire, envelope);
}
