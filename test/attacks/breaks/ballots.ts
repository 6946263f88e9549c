/** Breaks of the part "Ballots and tally" of docs/attacks.md. */
import type { Break } from "./break.js";

const suite = "src/protocol/suite/belenios-v1";
const acts = "src/protocol/transactions";

export const BREAKS: readonly Break[] = [
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
    row: "T-10",
    file: "src/protocol/proof.ts",
    find: 'bytesEqual(position.tracker, leaf.tracker) ? "counted" : "superseded"',
    put: 'bytesEqual(position.tracker, leaf.tracker) ? "counted" : "counted"',
    test: "src/verify/receipt.test.ts",
  },
  {
    row: "T-03",
    file: `${suite}/committed.ts`,
    find: "  if (ballot.electionHash !== election.fingerprint) {",
    put: "  if (ballot.electionHash === undefined) {",
    test: `${suite}/ballot.test.ts`,
  },
  {
    row: "T-04",
    file: "src/client/voter.ts",
    find: "if (fingerprint !== undefined && fingerprint !== computed)",
    put: 'if (fingerprint === "")',
    test: "test/attacks/server.test.ts",
  },
  {
    row: "T-01",
    file: "src/protocol/suite/belenios-v1/equations.ts",
    find: "  if (hash(check.prefix, check.texts) === check.challenge) return null;",
    put: '  if (check.code === "bad-signature" || hash(check.prefix, check.texts) === check.challenge) return null;',
    test: "src/protocol/attacks.test.ts",
    also: [
      {
        file: "src/protocol/suite/belenios-v1/equations.ts",
        find: "    if (!equationHolds(ballot, equation)) {",
        put: '    if (equation.code !== "bad-signature" && !equationHolds(ballot, equation)) {',
      },
      {
        file: "src/protocol/suite/belenios-v1/layout.ts",
        find: "return `${fingerprint}|${credential}`;",
        put: "return `${fingerprint}|${credential.length}`;",
      },
    ],
  },
  {
    row: "T-02",
    file: "src/protocol/suite/belenios-v1/equations.ts",
    find: "  if (hash(check.prefix, check.texts) === check.challenge) return null;",
    put: '  if (check.code === "bad-signature" || hash(check.prefix, check.texts) === check.challenge) return null;',
    test: "src/protocol/attacks.test.ts",
    also: [
      {
        file: "src/protocol/suite/belenios-v1/equations.ts",
        find: "    if (!equationHolds(ballot, equation)) {",
        put: '    if (equation.code !== "bad-signature" && !equationHolds(ballot, equation)) {',
      },
    ],
  },
  {
    row: "T-05",
    file: "src/protocol/suite/belenios-v1/committed.ts",
    find: "if (ballot.answers.length !== questions.length) {",
    put: "if (ballot.answers.length < questions.length) {",
    test: "src/voting/attacks.test.ts",
  },
  {
    row: "T-06",
    file: "src/protocol/suite/belenios-v1/committed.ts",
    find: "  if (answer.blankProof?.length !== blank) {",
    put: "  if (answer.blankProof !== undefined && answer.blankProof.length !== blank) {",
    test: "src/voting/attacks.test.ts",
  },
  {
    row: "T-07",
    file: "src/verify/replay.ts",
    find: "if (this.chain.onlyEffective && rejection !== undefined",
    put: "if (!this.chain.onlyEffective && rejection !== undefined",
    test: "test/attacks/trustee.test.ts",
  },
  {
    row: "T-09",
    file: "src/protocol/transactions/cast-ballot.ts",
    find: 'if (body.sequence <= position.sequence) return reject("stale-sequence"',
    put: 'if (body.sequence === position.sequence) return reject("stale-sequence"',
    test: "src/protocol/attacks.test.ts",
  },
  {
    row: "T-13",
    file: "src/crypto/discrete-log.ts",
    find: '  return fail("out-of-range");',
    put: "  return ok(0);",
    test: "src/protocol/suite/belenios-v1/result.test.ts",
  },
  {
    row: "T-15",
    file: "src/protocol/suite/belenios-v1/tally.ts",
    find: "weigh(added[choice] as Ciphertext, BigInt(weight))",
    put: "weigh(added[choice] as Ciphertext, 1n)",
    test: "test/attacks/arithmetic.test.ts",
  },
  {
    row: "T-16",
    file: "src/protocol/suite/belenios-v1/tally.ts",
    find: "ciphertexts: combine(tally.ciphertexts, choices, weight, addCiphertexts),",
    put: "ciphertexts: combine(tally.ciphertexts, choices, weight + tally.ballots, addCiphertexts),",
    test: "test/attacks/arithmetic.test.ts",
  },
  {
    row: "T-14",
    file: "src/voting/turnout.ts",
    find: "    counted: entry.counted,",
    put: "    counted: rows.length,",
    test: "src/voting/voting.test.ts",
    whole: true,
  },
  {
    row: "T-11",
    file: "src/voting/credential-state.ts",
    find: "    tracker: position === undefined || position.tracker === null ? null : toBase64(position.tracker),",
    put: "    tracker: position === undefined || position.tracker === null ? null : toBase64((positions.get(state, plan.uuid, 0) ?? position).tracker as Uint8Array),",
    test: "src/voting/voting.test.ts",
    whole: true,
  },
  {
    row: "T-18",
    file: "src/verify/receipt.ts",
    find: 'if (receipt.height !== height) log.fail("stated"',
    put: 'if (receipt.height < height) log.fail("stated"',
    test: "src/verify/receipt.test.ts",
  },
  {
    row: "T-17",
    file: "src/voting/turnout.ts",
    find: "  await followedUpTo(tables, plan.uuid, entry.ballotCount);\n",
    put: '  const there = await tables.selectFrom("votes").select("tracker").where("election_id", "=", plan.uuid).execute();\n',
    test: "test/attacks/server.test.ts",
    also: [{ file: "src/voting/turnout.ts", find: "    counted: entry.counted,", put: "    counted: there.length," }],
  },
];
