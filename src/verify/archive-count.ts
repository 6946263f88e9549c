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

/** What is known so far. */
interface CountState {
  readonly log: ArchiveLog;
  readonly setup: ArchiveSetup;
  /** The tally that decryptions are judged against: the stated one, if it is at least of the right shape. */
  stated: EncryptedTally | undefined;
  weight: number | undefined;
  counts: Counts | undefined;
  tallySeen: boolean;
  resultSeen: boolean;
  decryptions: number;
  readonly owners: Set<number>;
  readonly valid: Map<number, PartialDecryption>;
}

export function countJudge(log: ArchiveLog, setup: ArchiveSetup): CountJudge {
  const state: CountState = {
    log,
    setup,
    stated: undefined,
    weight: undefined,
    counts: undefined,
    tallySeen: false,
    resultSeen: false,
    decryptions: 0,
    owners: new Set(),
    valid: new Map(),
  };
  return {
    tally: (chapter, running) => judgeTally(state, chapter, running),
    decryption: (chapter) => judgeDecryption(state, chapter),
    result: (chapter) => judgeResult(state, chapter),
    end: () => endOfCount(state),
  };
}

function judgeTally(state: CountState, chapter: Chapter, running: RunningTally | undefined): void {
  const { log } = state;
  state.tallySeen = true;
  const [tallyObject, sizedObject] = chapter.objects as [ArchiveObject, ArchiveObject];
  const read = encryptedTallyFromText(tallyObject.text);
  if (!read.ok) log.fail("tally", faultText(read.error));
  else if (running !== undefined) {
    state.weight = running.weight;
    if (hasShapeOf(read.value, running.ciphertexts)) state.stated = read.value;
    if (encryptedTallyToText(running.ciphertexts) === tallyObject.text)
      log.pass("tally", `SHA-256 ${tallyObject.hash}`);
    else log.fail("tally", "another sum than that of the ballots");
  }
  const sized = sizedTallyFromText(sizedObject.text);
  if (!sized.ok) {
    log.fail("tally-size", faultText(sized.error));
    return;
  }
  if (running === undefined) return;
  const { numTallied, totalWeight } = sized.value;
  if (numTallied !== running.ballots)
    log.fail("tally-size", `${numTallied} ballots stated, ${running.ballots} counted`);
  if (totalWeight !== running.weight) log.fail("tally-size", `weight ${totalWeight} stated, ${running.weight} counted`);
  log.pass("tally-size", `${running.ballots} ballots, weight ${running.weight}`);
}

function judgeDecryption(state: CountState, chapter: Chapter): void {
  const { log, setup, owners, stated } = state;
  state.decryptions++;
  const [object, ownedObject] = chapter.objects as [ArchiveObject, ArchiveObject];
  const owner = readOwner(ownedObject.text);
  if (typeof owner === "string") {
    log.fail("decryption-owners", `partial decryption ${state.decryptions}: ${owner}`);
    return;
  }
  const partial = partialDecryptionFromText(object.text);
  if (!partial.ok) log.fail("decryption-proofs", `trustee ${owner}: ${faultText(partial.error)}`);
  if (setup.trustees === undefined) return;
  const member = setup.trustees.members[owner - 1];
  if (member === undefined) {
    log.fail("decryption-owners", `there is no trustee ${owner}`);
    return;
  }
  const repeated = owners.has(owner);
  if (repeated) log.fail("decryption-owners", `a second partial decryption of trustee ${owner}`);
  owners.add(owner);
  if (!partial.ok || stated === undefined) return;
  const judged = verifyPartialDecryption(stated, setup.election.fingerprint, member.key, partial.value);
  if (!judged.ok) {
    const { code, question, answer } = judged.error;
    log.fail("decryption-proofs", `trustee ${owner}, question ${question + 1}, choice ${answer + 1}: ${code}`);
  } else if (!repeated) state.valid.set(owner, partial.value);
}

function judgeResult(state: CountState, chapter: Chapter): void {
  const { log, stated, weight } = state;
  const { trustees } = state.setup;
  state.resultSeen = true;
  const { text } = chapter.objects[0] as ArchiveObject;
  const read = resultFromText(text);
  if (!read.ok) log.fail("result", faultText(read.error));
  if (stated === undefined || trustees === undefined || weight === undefined) return;
  const sums = decryptedSums(stated, trustees, state.valid);
  const counted = sums.ok ? countsOf(sums.value, weight) : sums;
  if (!counted.ok) {
    log.fail("result", resultFaultText(counted.error));
    return;
  }
  const recomputed = resultToText(counted.value);
  if (recomputed !== text) log.fail("result", `recomputed: ${recomputed}`);
  else state.counts = counted.value;
  log.pass("result", recomputed);
}

function endOfCount(state: CountState): Counts | undefined {
  const { log, owners } = state;
  if (!state.tallySeen) {
    for (const id of ["tally", "tally-size"] as const) log.skip(id, "the ballots are not closed and summed yet");
  }
  if (state.decryptions === 0) {
    for (const id of ["decryption-owners", "decryption-proofs"] as const) log.skip(id, "nothing was decrypted yet");
  } else if (state.setup.trustees !== undefined) {
    log.pass("decryption-owners", `trustees ${[...owners].sort((a, b) => a - b).join(", ")}`);
    if (state.stated !== undefined) log.pass("decryption-proofs", `${state.decryptions} partial decryptions`);
  }
  if (!state.resultSeen) log.skip("result", "there is no result yet");
  return state.counts;
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
