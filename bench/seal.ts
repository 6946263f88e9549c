/**
 * Sealing a ballot on a voter's device: encryption, proofs, signature, wire form. Plain JavaScript, since secrets go only
 * through audited libraries. `first` includes building the tables of the election key in a fresh cache.
 */
import { pointToBytes } from "#crypto/group.js";
import { electionObject } from "#protocol/ballot.js";
import { electionToText } from "#protocol/suite/belenios-v1/election.js";
import { seal, sealingTables } from "#protocol/suite/belenios-v1/seal.js";
import { base58, REGISTRAR, seededRandom } from "../test/protocol-kit.js";
import { measureMs, report } from "./kit.js";

const random = seededRandom("bench seal");
const ROUNDS = 20;

for (const [name, count] of [
  ["yes/no", 2],
  ["five candidates", 5],
] as const) {
  const answers = Array.from({ length: count }, (_, i) => `Answer ${i + 1}`);
  const text = electionToText({
    uuid: base58(name, 14),
    name,
    description: "",
    publicKey: REGISTRAR.key,
    questions: [{ kind: "homomorphic", question: "?", answers, min: 1, max: 1, blank: false }],
  });
  const election = electionObject(text);
  const choices = [answers.map((_, i) => (i === 0 ? 1 : 0))];
  const sealOnce = (tables?: ReturnType<typeof sealingTables>) => {
    const sealed = seal(election, REGISTRAR.secret, choices, random, tables);
    if (!sealed.ok) throw new Error(sealed.error.detail);
  };
  const started = performance.now();
  const tables = sealingTables(election);
  sealOnce(tables);
  const first = performance.now() - started;
  await measureMs(`${name}: seal ${ROUNDS} ballots, warm`, () => {
    for (let i = 0; i < ROUNDS; i++) sealOnce(tables);
  });
  process.stderr.write(
    `${name}: first ballot, tables included: ${first.toFixed(0)} ms (${pointToBytes(election.publicKey).length}-byte key)\n`,
  );
}
report("seal", { ballots_per_run: ROUNDS });
