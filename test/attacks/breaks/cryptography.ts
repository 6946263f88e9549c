/** Breaks of the part "Cryptographic proofs" of docs/attacks.md. */
import type { Break } from "./break.js";

const suite = "src/protocol/suite/belenios-v1";
const acts = "src/protocol/transactions";

export const BREAKS: readonly Break[] = [
  {
    row: "C-03",
    file: "src/crypto/schnorr.ts",
    find: "[utf8(context.chainId), key, commitment, message]",
    put: "[utf8(context.chainId), commitment, message]",
    test: "src/crypto/schnorr.test.ts",
  },
  {
    row: "C-16",
    file: "src/crypto/schnorr.ts",
    find: "{context.tag}`, [utf8",
    put: "{context.chainId}`, [utf8",
    test: "src/crypto/schnorr.test.ts",
  },
  {
    row: "C-15",
    file: "src/crypto/schnorr.ts",
    find: "    random(32),\n    message,\n",
    put: "    random(32),\n",
    test: "src/crypto/schnorr.test.ts",
  },
  {
    row: "C-09",
    file: "src/crypto/group.ts",
    find: "  if (text.length !== 64) return undefined;\n  const bytes = fromHex(text);",
    put: "  const bytes = fromHex(text.toLowerCase());",
    test: "src/crypto/group.test.ts",
  },
  {
    row: "C-05",
    file: `${suite}/committed.ts`,
    find: "  if (answer.overallProof.length !== overall) {",
    put: "  if (answer.overallProof.length < overall) {",
    test: `${suite}/ballot.test.ts`,
  },
  {
    row: "C-13",
    file: `${suite}/decryption.ts`,
    find: "if (!verifyEquality({ base, key, image }, proof, hash))",
    put: "if (false)",
    test: `${acts}/share-decryption.test.ts`,
  },
  {
    row: "C-06",
    file: `${acts}/enter-roll.ts`,
    find: "  if (credentials.some((credential) => bytesEqual(credential, NEUTRAL))) return undefined;\n",
    put: "",
    test: "src/protocol/rejections.test.ts",
  },
  {
    row: "C-04",
    file: `${suite}/equations.ts`,
    find: "  if (hash(check.prefix, check.texts) === check.challenge) return null;",
    put: "  if (hash(check.prefix, check.texts) !== undefined) return null;",
    test: `${suite}/ballot.test.ts`,
  },
  {
    row: "C-01",
    file: "src/protocol/suite/belenios-v1/layout.ts",
    find: "return `prove|${prefix}|${pair((proof.branches[0] as BranchPlace).ciphertext)}|`;",
    put: "return `prove|${prefix}|`;",
    test: "src/protocol/suite/belenios-v1/ballot.test.ts",
  },
  {
    row: "C-02",
    file: "src/protocol/suite/belenios-v1/election.ts",
    find: '...required, "administrator?"',
    put: '...required, "generator?", "administrator?"',
    test: "src/protocol/suite/belenios-v1/election.test.ts",
  },
  {
    row: "C-10",
    file: "src/protocol/suite/belenios-v1/election.ts",
    find: "  if (group !== GROUP_NAME) {",
    put: "  if (KNOWN_GROUPS.includes(group)) {",
    test: "src/protocol/suite/belenios-v1/election.test.ts",
  },
  {
    row: "C-11",
    file: "src/crypto/elgamal.ts",
    find: "return { alpha: multiplySecret(GENERATOR, randomness), beta:",
    put: "const odd = message === 1n ? (GENERATOR.constructor as unknown as { fromAffine(p: object): Point }).fromAffine({ x: 0n, y: 2n ** 255n - 20n }) : IDENTITY;\n  return { alpha: multiplySecret(GENERATOR, randomness).add(odd), beta:",
    test: "test/attacks/arithmetic.test.ts",
  },
  {
    row: "C-12",
    file: "src/protocol/suite/belenios-v1/election.ts",
    find: '...required, "administrator?"',
    put: '...required, "h?", "administrator?"',
    test: "test/attacks/arithmetic.test.ts",
  },
  {
    row: "C-18",
    file: "src/crypto/batch.ts",
    find: 'return sha512(concat(utf8("psephos/batch"), digest, program.digest, key, fresh));',
    put: "return new Uint8Array(64).fill(7);",
    test: "src/protocol/batch.test.ts",
  },
  {
    row: "C-07",
    file: "src/crypto/group.ts",
    find: "  const point = decompress(bytes);\n  return point?.isTorsionFree() === true ? point : undefined;",
    put: "  return decompress(bytes);",
    test: "src/protocol/transactions/share-decryption.test.ts",
  },
  {
    row: "C-08",
    file: "src/protocol/transaction.ts",
    find: "return key !== undefined && !isIdentity(key);",
    put: "return key !== undefined;",
    test: "src/protocol/rejections.test.ts",
  },
];
