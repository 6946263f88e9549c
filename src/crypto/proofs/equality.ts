/**
 * Chaum–Pedersen proof that two powers share one exponent: X = g^x and F = α^x.
 *
 * Used by partial decryptions (hash of the Belenios suite, prefix `decrypt|φ|enc(X)|`, belenios-format §3) and, under
 * our framed hash with a domain of their own, by complaints and rehearsals of the key ceremony (DESIGN §4).
 * Response convention of the suite: z = w − x·c, so A = g^z·X^c and B = α^z·F^c.
 */
import { GENERATOR, generatorTimes, multiplyPublic, multiplySecret, type Point, pointToBytes } from "../group.js";
import { suiteHash } from "../hash.js";
import { hashToScalar, mod, type Random, scalarToBytes } from "../scalar.js";

/** The claim log_g(key) = log_base(image). All points are members of the prime-order subgroup. */
export interface EqualityStatement {
  readonly base: Point;
  readonly key: Point;
  readonly image: Point;
}

export interface EqualityProof {
  readonly challenge: bigint;
  readonly response: bigint;
}

/** Challenge of a proof as a function of its statement and its two commitments. */
export type EqualityHash = (statement: EqualityStatement, a: Point, b: Point) => bigint;

/** Version-1 hash of Belenios: SHA-256 over prefix, A and B; the statement must be bound by the prefix. */
export function suiteEqualityHash(prefix: string): EqualityHash {
  return (_statement, a, b) => suiteHash(prefix, [a, b]);
}

/** Our strong transcript: domain, caller's context, the whole statement and both commitments, all length-prefixed. */
export function framedEqualityHash(domain: string, ...context: readonly Uint8Array[]): EqualityHash {
  return (statement, a, b) =>
    hashToScalar(
      domain,
      ...context,
      pointToBytes(statement.key),
      pointToBytes(statement.base),
      pointToBytes(statement.image),
      pointToBytes(a),
      pointToBytes(b),
    );
}

/**
 * Proves a statement with its secret exponent. The nonce is hedged: hashed from the secret, the statement and fresh
 * randomness, so a broken generator does not reveal the secret (row C-15).
 */
export function proveEquality(
  statement: EqualityStatement,
  secret: bigint,
  hash: EqualityHash,
  random: Random,
): EqualityProof {
  const nonce = hashToScalar(
    "psephos/nonce/equality",
    scalarToBytes(secret),
    random(32),
    pointToBytes(statement.key),
    pointToBytes(statement.base),
    pointToBytes(statement.image),
  );
  return proveEqualityWithNonce(statement, secret, hash, nonce);
}

/** {@link proveEquality} with the nonce w given: for known answers. A nonce used twice reveals the secret. */
export function proveEqualityWithNonce(
  statement: EqualityStatement,
  secret: bigint,
  hash: EqualityHash,
  nonce: bigint,
): EqualityProof {
  const a = multiplySecret(GENERATOR, nonce);
  const b = multiplySecret(statement.base, nonce);
  const challenge = hash(statement, a, b);
  return { challenge, response: mod(nonce - secret * challenge) };
}

/** Whether a proof holds. Challenge and response must be canonical scalars (their readers see to it). */
export function verifyEquality(statement: EqualityStatement, proof: EqualityProof, hash: EqualityHash): boolean {
  const { challenge, response } = proof;
  const a = generatorTimes(response).add(multiplyPublic(statement.key, challenge));
  const b = multiplyPublic(statement.base, response).add(multiplyPublic(statement.image, challenge));
  return hash(statement, a, b) === challenge;
}
