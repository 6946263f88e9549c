/** Known answers: vectors/belenios/vectors.json and the worked example (belenios-format §17, §18). */
import { readFileSync } from "node:fs";
import { sha512 } from "@noble/hashes/sha2.js";
import { expect, test } from "vitest";
import { bigintFromBytes, bigintToBytes, utf8 } from "#base/bytes.js";
import { encrypt } from "#crypto/elgamal.js";
import {
  GENERATOR,
  IDENTITY,
  ORDER,
  type Point,
  pointFromText,
  pointFromTrustedBytes,
  pointToText,
  timesEight,
} from "#crypto/group.js";
import { sha256, sha256Hex, suiteHash } from "#crypto/hash.js";
import {
  closeDisjunction,
  openDisjunction,
  powerOf,
  proveDisjunction,
  verifyDisjunction,
} from "#crypto/proofs/disjunction.js";
import { keyProofPrefix, messagePrefix, proveKnowledgeWith, verifyKnowledge } from "#crypto/proofs/knowledge.js";
import type { ScalarSource } from "#crypto/scalar.js";
import { ballotFromText, ballotToText, trackerOf, verifyBallot } from "./ballot.js";
import { credentialSecret, publicCredential } from "./credential.js";
import { type ElectionObject, electionFromText, electionToText } from "./election.js";
import { hashChecksOf } from "./equations.js";
import { proofValue, writeJson } from "./json.js";
import { sealingTables, sealWith } from "./seal.js";

const vectors = JSON.parse(readFileSync("vectors/belenios/vectors.json", "utf8"));

/** The k-th scalar of the worked example: SHA-512("vector|"k), big-endian, mod q. */
function vectorScalars(): ScalarSource {
  let k = 0;
  return () => bigintFromBytes(sha512(utf8(`vector|${k++}`))) % ORDER;
}

function scripted(...values: readonly string[]): ScalarSource {
  let at = 0;
  return () => BigInt(values[at++] as string);
}

function vectorElection(): ElectionObject {
  const election = electionFromText(vectors.election.json);
  if (!election.ok) throw new Error(election.error.reason);
  return election.value;
}

const pairs = (proofs: readonly { challenge: bigint; response: bigint }[]): unknown =>
  JSON.parse(writeJson(proofs.map(proofValue)));

test("encoding of points and the group order", () => {
  const { encoding } = vectors;
  expect(pointToText(GENERATOR)).toBe(encoding.generator);
  expect(pointToText(IDENTITY)).toBe(encoding.identity);
  expect(pointToText(GENERATOR.double())).toBe(encoding.two_g);
  expect(pointToText(GENERATOR.negate())).toBe(encoding.minus_g);
  expect(ORDER.toString()).toBe(encoding.q);
});

test("credential: code to secret exponent to public", () => {
  const { uuid, code, sha_0, sha_1, secret_exponent, public: text } = vectors.credential;
  expect(sha256Hex(`derive_credential|${uuid}|0|${code}`)).toBe(sha_0);
  expect(sha256Hex(`derive_credential|${uuid}|1|${code}`)).toBe(sha_1);
  const secret = credentialSecret(uuid, code);
  expect(secret.toString()).toBe(secret_exponent);
  expect(pointToText(publicCredential(secret))).toBe(text);
});

test("signed message and key proof", () => {
  const { sk, dk, vk, ek, signed_message: signed } = vectors.pki;
  expect(pointToText(publicCredential(BigInt(sk)))).toBe(vk);
  expect(pointToText(publicCredential(BigInt(dk)))).toBe(ek);
  const proof = proveKnowledgeWith(messagePrefix(signed.message), BigInt(sk), BigInt(signed.nonce));
  expect(pointToText(proof.commitment)).toBe(signed.commitment);
  expect(messagePrefix(signed.message) + pointToText(proof.commitment)).toBe(signed.hashed);
  expect(pairs([proof])).toEqual([{ challenge: signed.challenge, response: signed.response }]);
  const { trustee } = vectors;
  const key = publicCredential(BigInt(trustee.private_key));
  expect(pointToText(key)).toBe(trustee.public_key);
  const pok = proveKnowledgeWith(keyProofPrefix(key), BigInt(trustee.private_key), BigInt(trustee.nonce));
  expect(keyProofPrefix(key) + pointToText(pok.commitment)).toBe(trustee.hashed);
  expect(writeJson({ pok: proofValue(pok), public_key: pointToText(key) })).toBe(trustee.json);
  expect(verifyKnowledge(keyProofPrefix(key), key, pok)).toBe(true);
});

test("election object: text and fingerprint", () => {
  const election = vectorElection();
  expect(sha256Hex(election.text)).toBe(vectors.election.sha256);
  expect(election.fingerprint).toBe(vectors.election.fingerprint);
  expect(electionToText(election)).toBe(vectors.election.json);
});

test("individual proof, with its commitments and hashed string", () => {
  const vector = vectors.individual_proof;
  const { publicKey, fingerprint } = vectorElection();
  const randomness = BigInt(vector.r);
  const ciphertext = encrypt(publicKey, BigInt(vector.m), randomness);
  const alpha = pointToText(ciphertext.alpha);
  const beta = pointToText(ciphertext.beta);
  expect([alpha, beta]).toEqual([vector.alpha, vector.beta]);
  const { challenge, response } = vector.simulated_branch0;
  const secrets = [0n, 1n].map((claimed) => ({ claimed, actual: 1n, randomness }));
  const script = () => scripted(challenge, response, vector.nonce_branch1);
  const opened = openDisjunction(secrets, script());
  const commitments = opened.commitments.map((power) => powerOf(GENERATOR, publicKey, power));
  expect(commitments.map(pointToText)).toEqual([vector.A0, vector.B0, vector.A1, vector.B1]);
  const prefix = `prove|${fingerprint}|${vectors.credential.public}|${alpha},${beta}|`;
  expect(prefix + commitments.map(pointToText).join(",")).toBe(vector.hashed);
  const hash = suiteHash(prefix, commitments);
  expect(hash.toString()).toBe(vector.hash_mod_q);
  expect(pairs(closeDisjunction(opened, hash))).toEqual(vector.proof);
  const proof = proveDisjunction(prefix, publicKey, secrets, script());
  expect(pairs(proof)).toEqual(vector.proof);
  const branches = [0n, 1n].map((message) => ({ ciphertext, message }));
  expect(verifyDisjunction(prefix, publicKey, branches, proof)).toBe(true);
  expect(verifyDisjunction(prefix, publicKey, branches.toReversed(), proof)).toBe(false);
});

test("the worked example's ballot, byte for byte", () => {
  const election = vectorElection();
  const secret = BigInt(vectors.credential.secret_exponent);
  for (const tables of [undefined, sealingTables(election)]) {
    const sealed = sealWith(election, secret, [[1, 0]], vectorScalars(), tables);
    if (!sealed.ok) throw new Error(sealed.error.detail);
    expect(sealed.value.text).toBe(vectors.ballot.json);
    expect(sealed.value.tracker).toBe(vectors.ballot.tracker);
    expect(sealed.value.ballot.signature.hash).toBe(vectors.ballot.signed_string_hash);
    const [signature, ...proofs] = hashChecksOf(sealed.value.ballot).map((check) => check.texts);
    expect([...proofs, signature]).toEqual(vectors.ballot.commitments);
  }
});

test("the worked example's ballot is read, verified and written back", () => {
  const { json, tracker, sha256 } = vectors.ballot;
  const ballot = ballotFromText(json);
  if (!ballot.ok) throw new Error(ballot.error.reason);
  expect(ballotToText(ballot.value)).toBe(json);
  expect(trackerOf(json)).toBe(tracker);
  expect(sha256Hex(json)).toBe(sha256);
  expect(verifyBallot(vectorElection(), ballot.value)).toBeNull();
});

/** Any curve point of the text form of `z`; undefined if it is none. */
function curvePoint(z: bigint): Point | undefined {
  try {
    return pointFromTrustedBytes(bigintToBytes(z, 32).reverse());
  } catch {
    return undefined;
  }
}

test("independent generators (belenios-format §2.1): nobody knows their logarithms", () => {
  for (const [index, { increments, point }] of Object.entries<{ increments: number; point: string }>(
    vectors.generators,
  )) {
    let x = bigintFromBytes(sha256(utf8(`ggen|${index}`))) >> 2n;
    let steps = 0;
    for (; curvePoint(x) === undefined; x++) steps++;
    expect(steps).toBe(increments);
    expect(pointToText(timesEight(curvePoint(x) as Point))).toBe(point);
  }
});

test("embedding of small integers (belenios-format §2.1): strict decoding finds the same subgroup points", () => {
  for (const [values, { epsilon, point }] of Object.entries<{ epsilon: number; point: string }>(vectors.embedding)) {
    const base = bigintFromBytes(Uint8Array.from(JSON.parse(values))) << 14n;
    let steps = 0n;
    while (pointFromText((base + steps).toString(16).padStart(64, "0")) === undefined) steps++;
    expect(Number(steps)).toBe(epsilon);
    expect((base + steps).toString(16).padStart(64, "0")).toBe(point);
  }
});
