/**
 * Ballots of genuine Belenios archives. A stride through the large ones keeps this fast; PSEPHOS_NIGHTLY=1 takes all.
 * The archive's container is read naively here: its own reader and tests are in the archive room.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromUtf8 } from "#base/bytes.js";
import { sha256Hex } from "#crypto/hash.js";
import { ballotFaults, ballotFromText, ballotToText, verifyBallot } from "./ballot.js";
import { committedFromBallot } from "./committed.js";
import { type ElectionObject, electionFromText, electionToText } from "./election.js";
import { canonicalOf, decodeWire, encodeWire, verifyWire } from "./wire.js";

const NIGHTLY = process.env.PSEPHOS_NIGHTLY === "1";

interface Extracted {
  readonly election: ElectionObject;
  readonly ballots: readonly string[];
}

/** Data objects of a .bel file: 512-byte headers, bodies padded to 512. */
function extract(name: string): Extracted {
  const bytes = new Uint8Array(readFileSync(`vectors/belenios/${name}`));
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = String.fromCharCode(...bytes.subarray(at, at + 136));
    const size = Number.parseInt(header.slice(124, 135), 8);
    const body = fromUtf8(bytes.subarray(at + 512, at + 512 + size));
    const file = header.slice(0, header.indexOf("\0"));
    if (!body.ok) throw new Error("not UTF-8");
    if (file.endsWith(".data.json")) {
      expect(file).toBe(`${sha256Hex(body.value)}.data.json`);
      texts.push(body.value);
    }
    at += 512 + 512 * Math.ceil(size / 512);
  }
  const election = electionFromText(texts[0] as string);
  if (!election.ok) throw new Error(election.error.reason);
  return { election: election.value, ballots: texts.filter((text) => text.startsWith('{"election_uuid"')) };
}

const archives: readonly [string, number, number][] = [
  ["minimal-4eUJG2iYJxUzQj.bel", 1, 1],
  ["tiny-yesno-ALMYGqHaLyCN8x.bel", 5, 1],
  ["three-mandatory-18YpF9FC4sy1n5.bel", 5, 1],
  ["blank-weights-EyhEbzntnXPpwv.bel", 11, 1],
  ["yesno-pYsz3Gnhyepwe5.bel", 1000, 40],
  ["five-tz4Y6RbqxByezU.bel", 500, 50],
];

const LIMIT_MS = NIGHTLY ? 600_000 : 60_000;

test.each(archives)(
  "every ballot of %s is read, written back and valid",
  { timeout: LIMIT_MS },
  (name, count, stride) => {
    const { election, ballots } = extract(name);
    expect(ballots).toHaveLength(count);
    expect(electionToText(election)).toBe(election.text);
    for (const [index, text] of ballots.entries()) {
      if (index % stride !== 0 && !NIGHTLY) continue;
      const ballot = ballotFromText(text);
      if (!ballot.ok) throw new Error(`${ballot.error.path}: ${ballot.error.reason}`);
      expect(ballotToText(ballot.value)).toBe(text);
      expect(verifyBallot(election, ballot.value)).toBeNull();
    }
  },
);

test("a genuine ballot with blank proofs goes through the wire and back", () => {
  const { election, ballots } = extract("blank-weights-EyhEbzntnXPpwv.bel");
  const text = ballots[0] as string;
  const ballot = ballotFromText(text);
  if (!ballot.ok) throw new Error(ballot.error.reason);
  const committed = committedFromBallot(election, ballot.value);
  if (!committed.ok) throw new Error(committed.error.detail);
  const decoded = decodeWire(encodeWire(committed.value), election, ballot.value.credential);
  if (!decoded.ok) throw new Error(decoded.error.detail);
  expect(verifyWire(election, decoded.value)).toBeNull();
  expect(canonicalOf(decoded.value).text).toBe(text);
});

test("an election with graded and list questions is recognised, its ballots are not half-verified", () => {
  const { election, ballots } = extract("mixed-B68LvrNoAWBNSB.bel");
  expect(election.questions.map((question) => question.kind)).toEqual([
    "homomorphic",
    "homomorphic",
    "unsupported",
    "unsupported",
  ]);
  expect(ballotFromText(ballots[0] as string).ok).toBe(false);
});

test("tampered archives: the bad proof and the bad signature are found", () => {
  const faults = (name: string): readonly string[] => {
    const { election, ballots } = extract(`tampered/${name}`);
    return ballots.flatMap((text) => {
      const ballot = ballotFromText(text);
      if (!ballot.ok) return ["unreadable"];
      const all = ballotFaults(election, ballot.value).map((fault) => fault.code);
      expect(verifyBallot(election, ballot.value)?.code).toBe(all[0]);
      return all;
    });
  };
  expect(faults("badproof-ALMYGqHaLyCN8x.bel")).toEqual(["bad-hash", "bad-individual-proof"]);
  expect(faults("badsig-ALMYGqHaLyCN8x.bel")).toEqual(["bad-signature"]);
  expect(faults("badpd-ALMYGqHaLyCN8x.bel")).toEqual([]);
});
