/** Judges what follows the ballots of an archive: encrypted tally, partial decryptions, result. */
import type { ArchiveObject, Chapter } from "#archive/read.js";
import {
  type PartialDecryption,
  partialDecryptionFromText,
  verifyPartialDecryption,
} from "#protocol/suite/belenios-v1/decryption.js";
import { faultText, fields, integerOf, readJson } from "#protocol/suite/belenios-v1/json.js";
import {
  type Counts,
  countsOf,
  decryptedSums,
  type ResultFault,
  resultFromText,
  resultToText,
} from "#protocol/suite/belenios-v1/result.js";
import {
  type EncryptedTally,
  encryptedTallyFromText,
  encryptedTallyToText,
  type RunningTally,
  sizedTallyFromText,
} from "#protocol/suite/belenios-v1/tally.js";
import type { ArchiveLog } from "./archive-checks.js";
import type { ArchiveSetup } from "./archive-setup.js";

/** Takes the chapters after the ballots. */
export interface CountJudge {
  /** `running` is the recomputed sum; `undefined` if a ballot was unreadable. */
  tally(chapter: Chapter, running: RunningTally | undefined): void;
  decryption(chapter: Chapter): void;
  result(chapter: Chapter): void;
  /** To be called at the end of the archive. Gives the recomputed counts if the archive states them rightly. */
  end(): Counts | undefined;
}

export function countJudge(log: ArchiveLog, setup: ArchiveSetup): CountJudge {
  const { election, trustees } = setup;
  let stated: EncryptedTally | undefined;
  let weight: number | undefined;
  let tallySeen = false;
  let counts: Counts | undefined;
  let resultSeen = false;
  let decryptions = 0;
  const owners = new Set<number>();
  const valid = new Map<number, PartialDecryption>();

  function tally(chapter: Chapter, running: RunningTally | undefined): void {
    tallySeen = true;
    const [tallyObject, sizedObject] = chapter.objects as [ArchiveObject, ArchiveObject];
    const read = encryptedTallyFromText(tallyObject.text);
    if (!read.ok) log.fail("tally", faultText(read.error));
    else if (running !== undefined) {
      weight = running.weight;
      if (encryptedTallyToText(running.ciphertexts) === tallyObject.text) {
        stated = read.value;
        log.pass("tally", `SHA-256 ${tallyObject.hash}`);
      } else {
        log.fail("tally", "another sum than that of the ballots");
        stated = hasShapeOf(read.value, running.ciphertexts) ? read.value : undefined;
      }
    }
    const sized = sizedTallyFromText(sizedObject.text);
    if (!sized.ok) log.fail("tally-size", faultText(sized.error));
    else if (running !== undefined) judgeSize(sized.value.numTallied, sized.value.totalWeight, running);
  }

  function judgeSize(numTallied: number, totalWeight: number, running: RunningTally): void {
    if (numTallied !== running.ballots)
      log.fail("tally-size", `${numTallied} ballots stated, ${running.ballots} counted`);
    if (totalWeight !== running.weight)
      log.fail("tally-size", `weight ${totalWeight} stated, ${running.weight} counted`);
    log.pass("tally-size", `${running.ballots} ballots, weight ${running.weight}`);
  }

  function decryption(chapter: Chapter): void {
    decryptions++;
    const [object, ownedObject] = chapter.objects as [ArchiveObject, ArchiveObject];
    const owner = readOwner(ownedObject.text);
    if (typeof owner === "string") {
      log.fail("decryption-owners", `partial decryption ${decryptions}: ${owner}`);
      return;
    }
    if (owners.has(owner)) log.fail("decryption-owners", `a second partial decryption of trustee ${owner}`);
    const partial = partialDecryptionFromText(object.text);
    if (!partial.ok) log.fail("decryption-proofs", `trustee ${owner}: ${faultText(partial.error)}`);
    if (trustees === undefined) return;
    const member = trustees.members[owner - 1];
    if (member === undefined) {
      log.fail("decryption-owners", `there is no trustee ${owner}`);
      return;
    }
    const first = !owners.has(owner);
    owners.add(owner);
    if (!partial.ok || stated === undefined) return;
    const judged = verifyPartialDecryption(stated, election.fingerprint, member.key, partial.value);
    if (judged.ok) {
      if (first) valid.set(owner, partial.value);
      return;
    }
    const { code, question, answer } = judged.error;
    log.fail("decryption-proofs", `trustee ${owner}, question ${question + 1}, choice ${answer + 1}: ${code}`);
  }

  function result(chapter: Chapter): void {
    resultSeen = true;
    const text = (chapter.objects[0] as ArchiveObject).text;
    const read = resultFromText(text);
    if (!read.ok) log.fail("result", faultText(read.error));
    if (stated === undefined || trustees === undefined || weight === undefined) return;
    const sums = decryptedSums(stated, trustees, valid);
    const counted = sums.ok ? countsOf(sums.value, weight) : sums;
    if (!counted.ok) log.fail("result", resultFaultText(counted.error));
    else if (read.ok && resultToText(counted.value) !== text)
      log.fail("result", `recomputed: ${resultToText(counted.value)}`);
    else if (read.ok) {
      counts = counted.value;
      log.pass("result", resultToText(counts));
    }
  }

  function end(): Counts | undefined {
    if (!tallySeen) {
      for (const id of ["tally", "tally-size"] as const) log.skip(id, "the ballots are not closed and summed yet");
    }
    if (decryptions === 0) {
      for (const id of ["decryption-owners", "decryption-proofs"] as const) log.skip(id, "nothing was decrypted yet");
    } else if (trustees !== undefined) {
      log.pass("decryption-owners", `trustees ${[...owners].sort((a, b) => a - b).join(", ")}`);
      if (stated !== undefined) log.pass("decryption-proofs", `${decryptions} partial decryptions`);
    }
    if (!resultSeen) log.skip("result", "there is no result yet");
    return counts;
  }

  return { tally, decryption, result, end };
}

function hasShapeOf(a: EncryptedTally, b: EncryptedTally): boolean {
  return a.length === b.length && a.every((row, i) => row.length === b[i]?.length);
}

function readOwner(text: string): number | string {
  const read = readJson(text, "canonical", (node) => integerOf(fields(node, "owner", "payload").owner, 1));
  return read.ok ? read.value : faultText(read.error);
}

function resultFaultText(fault: ResultFault): string {
  switch (fault.code) {
    case "missing-factor":
      return `the partial decryption of trustee ${fault.owner}, who is mandatory, is missing`;
    case "too-few-factors":
      return `${fault.have} valid partial decryptions where ${fault.need} are needed`;
    case "out-of-range":
      return `question ${fault.question + 1}, choice ${fault.answer + 1}: the decrypted sum is not a count of this election`;
  }
}
