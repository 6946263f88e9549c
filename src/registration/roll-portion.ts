/** Credentials of some voters of a roll, from their keys and r_e: what a worker computes, and this thread without one. */
import { concat, copyOf } from "#base/bytes.js";
import { pointFromTrustedBytes, pointToBytes } from "#crypto/group.js";
import { scalarToBytes } from "#crypto/scalar.js";
import { publicEighths } from "#pool/eighths.js";
import { credentialsForVoters } from "#protocol/credential.js";
import { rollRootOf } from "#protocol/officer.js";

/** r_e is in it: goes to threads of this process only. */
export interface PortionOrder {
  readonly kind: "portion";
  readonly chainId: string;
  readonly uuid: string;
  readonly secret: bigint;
  /** Compressed keys, 32 bytes each in a row; checked when they were stored. */
  readonly keys: Uint8Array;
}

/** In the order of the keys, in a row: blindings and credentials 32 bytes each (big-endian; compressed), eighths 64. */
export interface Portion {
  readonly blindings: Uint8Array;
  readonly credentials: Uint8Array;
  readonly eighths: Uint8Array;
}

/** Asks for the root of a roll's tree: compressed credentials in order, and their weights. */
export interface RootOrder {
  readonly kind: "root";
  readonly credentials: Uint8Array;
  readonly weights: readonly number[];
}

export type RollOrder = PortionOrder | RootOrder;

export function computePortion({ chainId, uuid, secret, keys }: PortionOrder): Portion {
  const points = [...inPieces(keys, 32)].map(pointFromTrustedBytes);
  const { blindings, credentials } = credentialsForVoters({ chainId, uuid }, points, secret);
  return {
    blindings: concat(...blindings.map(scalarToBytes)),
    credentials: concat(...credentials.map(pointToBytes)),
    // The credentials go on the ledger; keys and blindings stay with noble (docs/decisions/0008-ballot-kernel.md).
    eighths: publicEighths(credentials),
  };
}

export function computeRoot({ credentials, weights }: RootOrder): Uint8Array {
  return rollRootOf([...inPieces(credentials, 32)].map((bytes, i) => ({ bytes, weight: weights[i] as number })));
}

/** Copies of the pieces of so many bytes. */
export function* inPieces(bytes: Uint8Array, size: number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield copyOf(bytes, at, at + size);
}
