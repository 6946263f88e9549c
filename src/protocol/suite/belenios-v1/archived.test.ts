/** Ballots of archives by the kernel: read, valid and at fault exactly as by the plain implementation. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Kernel, openKernel } from "#crypto/kernel/kernel.js";
import { archivedFaults, readArchived, verifyArchived } from "./archived.js";
import { ballotFaults, ballotFromText, verifyBallot } from "./ballot.js";
import { type ElectionObject, electionFromText } from "./election.js";

const DIRECTORY = "vectors/belenios";

/** Election and ballots of a container: lines between headers that are JSON objects. */
function extract(name: string): { readonly election: ElectionObject; readonly ballots: readonly string[] } {
  const text = readFileSync(`${DIRECTORY}/${name}`, "latin1");
  const objects = [...text.matchAll(/\{"[^\0]*/g)].map((match) => Buffer.from(match[0], "latin1").toString("utf8"));
  const election = electionFromText(objects.find((object) => object.includes('"questions":')) as string);
  if (!election.ok) throw new Error(election.error.reason);
  return { election: election.value, ballots: objects.filter((object) => object.startsWith('{"election_uuid"')) };
}

/** A ballot with one character replaced, at a place that `pattern` finds. */
function altered(text: string, pattern: RegExp): string {
  const match = pattern.exec(text);
  if (match === null) return text;
  const at = match.index + match[0].length - 1;
  return `${text.slice(0, at)}${text[at] === "7" ? "8" : "7"}${text.slice(at + 1)}`;
}

const ALTERATIONS: readonly RegExp[] = [
  /"alpha":"[0-9a-f]{20}/,
  /"beta":"[0-9a-f]{64}/,
  /"challenge":"\d{5}/,
  /"overall_proof":\[\{"challenge":"\d+","response":"\d{9}/,
  /"individual_proofs":.*?"response":"\d{4}/,
  /"blank_proof":\[\{"challenge":"\d{6}/,
  /"credential":"[0-9a-f]{3}/,
  /"hash":"[A-Za-z0-9+/]{4}/,
  /"election_hash":"[A-Za-z0-9+/]{4}/,
  /"signature":.*"response":"\d{8}/,
];

describe.each(["simd", "scalar"] as const)("%s", (build) => {
  const kernel = openKernel(build) as Kernel;

  function expectSame(election: ElectionObject, text: string): void {
    const plain = ballotFromText(text);
    const fast = readArchived(kernel, text);
    expect(fast.ok).toBe(plain.ok);
    if (!plain.ok || !fast.ok) {
      expect(fast).toEqual(plain);
      return;
    }
    expect(verifyArchived(kernel, election, fast.value)).toEqual(verifyBallot(election, plain.value));
    expect(archivedFaults(kernel, election, fast.value)).toEqual(ballotFaults(election, plain.value));
  }

  test("genuine ballots are valid", () => {
    for (const [name, stride] of [
      ["yesno-pYsz3Gnhyepwe5.bel", 50],
      ["five-tz4Y6RbqxByezU.bel", 50],
      ["blank-weights-EyhEbzntnXPpwv.bel", 2],
    ] as const) {
      const { election, ballots } = extract(name);
      expect(ballots.length).toBeGreaterThan(5);
      for (let i = 0; i < ballots.length; i += stride) {
        const ballot = readArchived(kernel, ballots[i] as string);
        if (!ballot.ok) throw new Error(ballot.error.reason);
        expect(verifyArchived(kernel, election, ballot.value)).toBeNull();
      }
    }
  });

  test("altered ballots have the plain implementation's faults", () => {
    for (const name of ["blank-weights-EyhEbzntnXPpwv.bel", "tiny-yesno-ALMYGqHaLyCN8x.bel"]) {
      const { election, ballots } = extract(name);
      for (const pattern of ALTERATIONS) expectSame(election, altered(ballots[0] as string, pattern));
    }
  });

  test("C-18: torsion in a commitment is refused, and every tampered ballot gets the plain verdict", () => {
    const { election } = extract("tiny-yesno-ALMYGqHaLyCN8x.bel");
    const text = readFileSync(`${DIRECTORY}/tampered/torsion-ballot.json`, "utf8").trimEnd();
    const ballot = readArchived(kernel, text);
    expect(ballot.ok && verifyArchived(kernel, election, ballot.value)).not.toBeNull();
    expectSame(election, text);
    for (const name of ["badproof-ALMYGqHaLyCN8x.bel", "badsig-ALMYGqHaLyCN8x.bel"])
      for (const each of extract(`tampered/${name}`).ballots) expectSame(election, each);
  });
});
