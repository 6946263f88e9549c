/**
 * The manifest: everything that sealing fixes about an election, and the Belenios election object made from it. The last
 * line of that object's description is `psephos-manifest: <sha256>`, so its fingerprint φ, and with it every proof and
 * signature of a ballot, binds the whole manifest. SPEC 2.6
 */
import { assert } from "#base/assert.js";
import { concat, toHex, utf8 } from "#base/bytes.js";
import { type Point, pointFromTrustedBytes, pointToBytes, sum } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { type CeremonyRecord, ceremonies, mandatoryKeyOf, revealedMembers, trusteesText } from "./ceremony.js";
import { type ElectionEntry, electionOf } from "./election.js";
import { bool, bytes, encode, list, oneOf, record, type TypeOf, uint } from "./encoding/shape.js";
import { chainIdShape, chainOf } from "./genesis.js";
import { MAX_ROLL, MAX_TOTAL_WEIGHT, MAX_TRUSTEES, type Plan, planShape, trusteeShape } from "./plan.js";
import type { StateReader } from "./state.js";
import {
  choiceCount,
  type ElectionFields,
  electionToText,
  type HomomorphicQuestion,
} from "./suite/belenios-v1/election.js";

export const manifestShape = record({
  version: oneOf(["psephos-manifest-1"]),
  chainId: chainIdShape,
  genesisHash: bytes(32),
  engine: oneOf(["embedded", "cometbft"]),
  /** The node's key (embedded), or the hash of the validator set (CometBFT). */
  engineKey: bytes(32),
  practice: bool,
  plan: planShape,
  /** Number of the ceremony that made the key, and the trustees who held it: a restart may have replaced the plan's. */
  ceremony: uint(2 ** 20, 1),
  trustees: list(trusteeShape, MAX_TRUSTEES, 1),
  threshold: uint(MAX_TRUSTEES),
  /** SHA-256 of the Belenios trustees object's text. */
  trusteesHash: bytes(32),
  /** y, compressed. */
  electionKey: bytes(32),
  rollCount: uint(MAX_ROLL, 1),
  rollWeight: uint(MAX_TOTAL_WEIGHT, 1),
  rollRoot: bytes(32),
  /** How many identity keys came by letter, so that whoever printed them could use them (DESIGN §5). */
  letters: uint(MAX_ROLL),
  /** The officers' recorded override: weights that only one voter has were accepted. */
  uniqueWeights: bool,
});
export type Manifest = TypeOf<typeof manifestShape>;

/** What officers decide at sealing, beyond what the ledger says already. */
export interface SealingChoices {
  readonly letters: number;
  readonly uniqueWeights: boolean;
}

export function manifestBytes(manifest: Manifest): Uint8Array {
  return encode(manifestShape, manifest);
}

/** SHA-256 of the tagged manifest bytes. */
export function manifestHash(manifest: Manifest): Uint8Array {
  return sha256(concat(utf8("psephos/manifest|"), manifestBytes(manifest)));
}

/** SHA-256 of the tagged plan bytes: `planHash` of the election's entry. */
export function planHash(plan: Plan): Uint8Array {
  return sha256(concat(utf8("psephos/plan|"), encode(planShape, plan)));
}

/** Before the hash in the last line of the election object's description. */
export const MANIFEST_LINE = "psephos-manifest: ";

/** The questions of a plan as the suite knows them. */
export function questionsOf(plan: Plan): readonly HomomorphicQuestion[] {
  return plan.questions.map(({ question, answers, min, max, blank }) => ({
    kind: "homomorphic",
    question,
    answers,
    blank,
    min,
    max,
  }));
}

/** Number of ciphertexts of a ballot on a plan's questions. */
export function ciphertextCount(plan: Plan): number {
  return questionsOf(plan).reduce((total, question) => total + choiceCount(question), 0);
}

/** The fields of the Belenios election object. */
export function electionFieldsOf(manifest: Manifest): ElectionFields {
  const { plan } = manifest;
  const line = MANIFEST_LINE + toHex(manifestHash(manifest));
  return {
    uuid: plan.uuid,
    name: plan.name,
    description: plan.description === "" ? line : `${plan.description}\n${line}`,
    publicKey: pointFromTrustedBytes(manifest.electionKey),
    questions: questionsOf(plan),
  };
}

/** The Belenios election object's text, whose fingerprint φ voters get by mail or letter. */
export function electionTextOf(manifest: Manifest): string {
  return electionToText(electionFieldsOf(manifest));
}

/** The trustees object and the key of an election whose ceremony is done. */
export interface ElectionKeys {
  readonly ceremony: CeremonyRecord;
  readonly trusteesText: string;
  readonly electionKey: Point;
}

/** Keys by the ceremony's hash: a cache of a pure function, oldest out. It changes no verdict. */
const assembled = new Map<string, ElectionKeys>();
const MAX_ASSEMBLED = 64;

/** The keys of an election, or `undefined` while its ceremony is not done. The ceremony has checked all of it. */
export function electionKeysOf(reader: StateReader, entry: ElectionEntry): ElectionKeys | undefined {
  const known = assembled.get(toHex(entry.ceremonyHash));
  if (known !== undefined) return known;
  const ceremony = ceremonies.get(reader, entry.uuid);
  if (ceremony?.phase !== "done") return undefined;
  const single = ceremony.trustees
    .filter((trustee) => trustee.part === "mandatory")
    .map((trustee) => mandatoryKeyOf(trustee).publicKey);
  const shared = revealedMembers(ceremony).map((member) => member.commitments[0] as Point);
  const keys = { ceremony, trusteesText: trusteesText(ceremony), electionKey: sum([...single, ...shared]) };
  if (assembled.size >= MAX_ASSEMBLED) assembled.delete(assembled.keys().next().value as string);
  assembled.set(toHex(entry.ceremonyHash), keys);
  return keys;
}

/** The manifest that sealing now would fix. The ceremony must be done. */
export function manifestOf(reader: StateReader, uuid: string, choices: SealingChoices): Manifest {
  const chain = chainOf(reader);
  const found = electionOf(reader, uuid);
  const keys = found === undefined ? undefined : electionKeysOf(reader, found.record.entry);
  assert(found !== undefined && keys !== undefined, "a manifest needs an election whose key ceremony is done");
  const { entry } = found.record;
  return {
    version: "psephos-manifest-1",
    chainId: chain.chainId,
    genesisHash: chain.genesisHash,
    engine: chain.engine,
    engineKey: chain.engineKey,
    practice: chain.practice,
    plan: found.plan,
    ceremony: keys.ceremony.number,
    trustees: keys.ceremony.trustees.map(({ name, key, part }) => ({ name, key, part })),
    threshold: keys.ceremony.threshold,
    trusteesHash: sha256(utf8(keys.trusteesText)),
    electionKey: pointToBytes(keys.electionKey),
    rollCount: entry.rollCount,
    rollWeight: entry.rollWeight,
    rollRoot: entry.rollRoot,
    letters: choices.letters,
    uniqueWeights: choices.uniqueWeights,
  };
}
