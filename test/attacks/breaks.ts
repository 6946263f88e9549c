/**
 * Guards to be broken on purpose: for a row of docs/attacks.md one place in the source, what stands there, and what a
 * careless change would make of it. `npm run bench -- breaks` does each in a copy of the tree and wants the row's test to
 * fail: a test that has never been seen red is not yet a test.
 */
export interface Break {
  /** Row of docs/attacks.md. */
  readonly row: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly put: string;
  /** The test file that must notice, by its tests with the row in their names. */
  readonly test: string;
  /** The row stands in a table of the test file, not in a name: all of the file's tests run. */
  readonly whole?: true;
}

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
    row: "K-01",
    file: `${acts}/reveal-trustee.ts`,
    find: "if (!verifyTrusteeKey(key))",
    put: "if (false)",
    test: "src/protocol/ceremony.test.ts",
  },
  {
    row: "K-02",
    file: `${acts}/reveal-trustee.ts`,
    find: "trustee.commitment === null || !bytesEqual(commitmentOf(context, parsed.value), trustee.commitment)",
    put: "trustee.commitment === null",
    test: "src/protocol/ceremony.test.ts",
  },
  {
    row: "K-04",
    file: `${acts}/complain.ts`,
    find: 'return verdict === "dealer-guilty"',
    put: 'return verdict !== "invalid"',
    test: "src/protocol/ceremony.test.ts",
  },
  {
    row: "K-06",
    file: `${acts}/share-decryption.ts`,
    find: "    return judgeShare(opening.value, owner, share);",
    put: "    return null;",
    test: `${acts}/share-decryption.test.ts`,
  },
  {
    row: "T-08",
    file: `${acts}/cast-ballot.ts`,
    find: 'if (body.sequence <= position.sequence) return reject("stale-sequence"',
    put: 'if (body.sequence < position.sequence) return reject("stale-sequence"',
    test: "src/protocol/attacks.test.ts",
  },
  {
    row: "T-12",
    file: `${acts}/enter-roll.ts`,
    find: "if (weight > MAX_TOTAL_WEIGHT)",
    put: "if (weight > 2 * MAX_TOTAL_WEIGHT)",
    test: "src/protocol/attacks.test.ts",
  },
  {
    row: "L-11",
    file: `${acts}/enter-roll.ts`,
    find: "if (isRepeated(context.reader, entry, tx))",
    put: "if (false)",
    test: `${acts}/enter-roll.test.ts`,
  },
  {
    row: "R-06",
    file: `${acts}/enter-roll.ts`,
    find: "compareBytes(before, credential) >= 0",
    put: "compareBytes(before, credential) > 0",
    test: "src/protocol/rejections.test.ts",
    whole: true,
  },
  {
    row: "C-06",
    file: `${acts}/enter-roll.ts`,
    find: "  if (credentials.some((credential) => bytesEqual(credential, NEUTRAL))) return undefined;\n",
    put: "",
    test: "src/protocol/rejections.test.ts",
    whole: true,
  },
  {
    row: "E-04",
    file: `${acts}/cast-ballot.ts`,
    find: 'if (stage !== "open") return reject("closed"',
    put: 'if (stage === "tallied") return reject("closed"',
    test: "src/protocol/attacks.test.ts",
  },
  {
    row: "E-03",
    file: `${acts}/extend-election.ts`,
    find: 'if (stage !== "sealed" && stage !== "open") return reject("too-late", stage);',
    put: "",
    test: "src/protocol/attacks.test.ts",
  },
  {
    row: "E-02",
    file: `${acts}/enter-roll.ts`,
    find: 'if (stage !== "announced") return reject("wrong-stage", stage);',
    put: "",
    test: "test/attacks/trustee.test.ts",
  },
  {
    row: "R-13",
    file: `${acts}/cast-ballot.ts`,
    find: "    cancelReissue(effects, uuid, position);\n",
    put: "",
    test: "src/protocol/attacks.test.ts",
  },
  {
    row: "L-14",
    file: `${acts}/cast-ballot.ts`,
    find: "      const cheap = checkEligibility(context, tx.body);\n      if (cheap !== null) return cheap;\n      const task = ballotTask(type, context.reader, tx) as BallotTask;\n      const verdict = context.verdicts.ballot(task);",
    put: "      const task = ballotTask(type, context.reader, tx) as BallotTask;\n      const verdict = context.verdicts.ballot(task);\n      const cheap = checkEligibility(context, tx.body);\n      if (cheap !== null) return cheap;",
    test: "src/protocol/attacks.test.ts",
  },
  {
    row: "L-03",
    file: "src/evidence/cometbft/commit.ts",
    find: "    if (!bytesEqual(vote.address, addressOf(validator.key)))",
    put: "    if (vote.address.length > 32)",
    test: "src/evidence/cometbft/evidence.test.ts",
  },
  {
    row: "L-04",
    file: "src/evidence/cometbft/commit.ts",
    find: 'if (vote.flag === "block") signed += validator.power;',
    put: "signed += validator.power;",
    test: "src/evidence/cometbft/evidence.test.ts",
  },
  {
    row: "L-05",
    file: "src/evidence/embedded.ts",
    find: "if (!publicEd25519Verify(trust.engineKey, signedBytes(header), evidence))",
    put: "if (evidence.length !== 64)",
    test: "src/evidence/embedded.test.ts",
  },
  {
    row: "L-02",
    file: "src/client/second-node.ts",
    find: '  if (outcome.kind === "same") return;\n',
    put: "  if (outcome !== undefined) return;\n",
    test: "src/client/second-node.test.ts",
  },
  {
    row: "L-07",
    file: "src/client/second-node.ts",
    find: "isFresh(own.value, other.value, MAX_AGE)",
    put: "true",
    test: "src/client/second-node.test.ts",
  },
  {
    row: "L-10",
    file: "src/ledger/cometbft/application.ts",
    find: "return { accept: refused === undefined };",
    put: "return { accept: true };",
    test: "src/ledger/cometbft/application.test.ts",
  },
  {
    row: "T-10",
    file: "src/protocol/proof.ts",
    find: 'bytesEqual(position.tracker, leaf.tracker) ? "counted" : "superseded"',
    put: 'bytesEqual(position.tracker, leaf.tracker) ? "counted" : "counted"',
    test: "src/verify/receipt.test.ts",
  },
  {
    row: "R-01",
    file: "src/registration/token.ts",
    find: "const tokenBytes = 32;",
    put: "const tokenBytes = 8;",
    test: "src/registration/register.test.ts",
  },
  {
    row: "H-05",
    file: "src/api/strict-json.ts",
    find: "if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)) || Object.is(value, -0)) {",
    put: "if (!Number.isFinite(value)) {",
    test: "src/voting/attacks.test.ts",
  },
  {
    row: "K-06",
    file: `${suite}/result.ts`,
    find: "    if (judged.ok) valid.set(owner, partial);",
    put: "    if (judged.ok || partial.factors.length > 0) valid.set(owner, partial);",
    test: `${suite}/result.test.ts`,
  },
  {
    row: "C-04",
    file: `${suite}/equations.ts`,
    find: "  if (hash(check.prefix, check.texts) === check.challenge) return null;",
    put: "  if (hash(check.prefix, check.texts) !== undefined) return null;",
    test: `${suite}/ballot.test.ts`,
  },
  {
    row: "T-03",
    file: `${suite}/committed.ts`,
    find: "  if (ballot.electionHash !== election.fingerprint) {",
    put: "  if (ballot.electionHash === undefined) {",
    test: `${suite}/ballot.test.ts`,
  },
  {
    row: "H-04",
    file: "src/api/strict-json.ts",
    find: `    refuse(reader, "duplicate-name", \`two members are called \${JSON.stringify(name.slice(0, 60))}\`);`,
    put: "    reader.at += 0;",
    test: "src/voting/attacks.test.ts",
  },
  {
    row: "H-08",
    file: "src/api/strict-json.ts",
    find: "function readArray(reader: Reader, depth: number): Json[] {\n  if (depth >= maxJsonDepth)",
    put: "function readArray(reader: Reader, depth: number): Json[] {\n  if (depth > 1e6)",
    test: "src/voting/attacks.test.ts",
  },
  {
    row: "R-16",
    file: "src/registration/csv.ts",
    find: "const safe = runsAsFormula.test(cell) ?",
    put: "const safe = cell.length > 1e6 ?",
    test: "src/registration/csv.test.ts",
  },
  {
    row: "W-03",
    file: "src/server/pages.ts",
    find: `  "default-src 'none'",`,
    put: `  "default-src 'self'",`,
    test: "src/server/pages.test.ts",
  },
  {
    row: "R-02",
    file: "src/registration/login/attempts.ts",
    find: "return count <= limit ? 0",
    put: "return count <= 1000 * limit ? 0",
    test: "src/registration/login/session.test.ts",
  },
];
