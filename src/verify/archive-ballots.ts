/** Judges an archive's ballots one after the other and keeps the running tally of each voter's last ballot. */
import type { ArchiveObject } from "#archive/read.js";
import { concat } from "#base/bytes.js";
import { type Point, pointFromTrustedAffine, pointToAffine, pointToText } from "#crypto/group.js";
import { type Kernel, kernel } from "#crypto/kernel/kernel.js";
import { archivedFaults, readArchived } from "#protocol/suite/belenios-v1/archived.js";
import { ballotFaults, ballotFromText } from "#protocol/suite/belenios-v1/ballot.js";
import type { Ballot } from "#protocol/suite/belenios-v1/ballot-object.js";
import { choiceCount, type HomomorphicQuestion } from "#protocol/suite/belenios-v1/election.js";
import type { BallotFaultCode } from "#protocol/suite/belenios-v1/faults.js";
import { faultText } from "#protocol/suite/belenios-v1/json.js";
import {
  addBallot,
  type EncryptedTally,
  emptyTally,
  type RunningTally,
  subtractBallot,
} from "#protocol/suite/belenios-v1/tally.js";
import type { ArchiveCheckId, ArchiveLog } from "./archive-checks.js";
import type { ArchiveSetup } from "./archive-setup.js";

/** Takes ballots in the order of the archive. */
export interface BallotJudge {
  accept(object: ArchiveObject): void;
  /** Ballots accepted so far, and how many of them were superseded by a later one of the same credential. */
  seen(): number;
  superseded(): number;
  /** Sum of the last ballots; `undefined` if a ballot could not be read, so that nobody can know the sum. */
  tally(): RunningTally | undefined;
  /** To be called after the last ballot: marks what nothing failed of as passed. */
  end(): void;
}

/** Which check a ballot's fault belongs to. */
const CHECK_OF_FAULT: Readonly<Record<BallotFaultCode, ArchiveCheckId>> = {
  "unsupported-question": "ballot-proofs",
  "wrong-election": "ballot-election",
  "wrong-fingerprint": "ballot-election",
  "identity-credential": "ballot-canonical",
  "answer-count": "ballot-proofs",
  "choice-count": "ballot-proofs",
  "proof-count": "ballot-proofs",
  "identity-alpha": "ballot-proofs",
  "bad-hash": "ballot-signature",
  "bad-signature": "ballot-signature",
  "bad-individual-proof": "ballot-proofs",
  "bad-overall-proof": "ballot-proofs",
  "bad-blank-proof": "ballot-proofs",
};

/** Judges by the kernel where there is one (`fast`), otherwise by the plain implementation: same faults. */
export function ballotJudge(log: ArchiveLog, setup: ArchiveSetup, fast: Kernel | undefined = kernel()): BallotJudge {
  const { election, questions, weights } = setup;
  const hashes = new Set<string>();
  const last = new Map<string, Uint8Array>();
  let tally: RunningTally = emptyTally(questions);
  let count = 0;
  let replaced = 0;
  let unreadable = false;

  function accept({ text, hash }: ArchiveObject): void {
    count++;
    const name = `ballot ${count} (${hash.slice(0, 12)}…)`;
    if (hashes.has(hash)) log.fail("ballot-duplicate", `${name} stands twice`);
    hashes.add(hash);
    const read = fast === undefined ? ballotFromText(text) : readArchived(fast, text);
    if (!read.ok) {
      unreadable = true;
      log.fail("ballot-canonical", `${name}: ${faultText(read.error)}`);
      return;
    }
    const ballot = read.value;
    const faults = fast === undefined ? ballotFaults(election, ballot) : archivedFaults(fast, election, ballot);
    for (const { code, detail } of faults) {
      log.fail(CHECK_OF_FAULT[code], `${name}: ${detail} (${code})`);
    }
    const credential = pointToText(ballot.credential);
    const weight = weights.get(credential);
    if (weight === undefined) log.fail("ballot-credential", `${name}: ${credential} is not on the list`);
    else if (fits(ballot, questions)) put(credential, ballot, weight);
    else unreadable = true;
  }

  /** An invalid ballot is in the sum too, as it is in the archive's: so each failure shows under its own name only. */
  function put(credential: string, ballot: Ballot, weight: number): void {
    const before = last.get(credential);
    if (before !== undefined) {
      replaced++;
      tally = subtractBallot(tally, unpack(before, questions), weight);
    }
    const choices = ballot.answers.map((answer) => answer.choices);
    tally = addBallot(tally, choices, weight);
    last.set(credential, pack(choices));
  }

  function end(): void {
    log.pass("ballot-canonical", `${count} ballots`);
    log.pass("ballot-duplicate");
    log.pass("ballot-credential", `${last.size} of ${weights.size} credentials voted`);
    for (const id of ["ballot-election", "ballot-signature", "ballot-proofs"] as const) {
      // An unreadable ballot was never checked; what holds of the others is no statement about every ballot.
      if (!unreadable) log.pass(id, `${count} ballots`);
    }
  }

  return {
    accept,
    seen: () => count,
    superseded: () => replaced,
    tally: () => (unreadable ? undefined : tally),
    end,
  };
}

function fits(ballot: Ballot, questions: readonly HomomorphicQuestion[]): boolean {
  return (
    ballot.answers.length === questions.length &&
    ballot.answers.every(({ choices }, i) => choices.length === choiceCount(questions[i] as HomomorphicQuestion))
  );
}

/** A ballot's ciphertexts in 128 bytes each: kept for every voter, in case the ballot has to be taken out again. */
function pack(choices: EncryptedTally): Uint8Array {
  return concat(...choices.flat().flatMap(({ alpha, beta }) => [pointToAffine(alpha), pointToAffine(beta)]));
}

function unpack(bytes: Uint8Array, questions: readonly HomomorphicQuestion[]): EncryptedTally {
  let at = 0;
  const next = (): Point => {
    at += 64;
    return pointFromTrustedAffine(bytes.subarray(at - 64, at));
  };
  return questions.map((question) =>
    Array.from({ length: choiceCount(question) }, () => {
      const alpha = next();
      return { alpha, beta: next() };
    }),
  );
}
