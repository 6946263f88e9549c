/**
 * The strict verifier of Belenios version-1 archives on Ed25519 (belenios-format §12, §13): everything that can be
 * checked from the bytes alone, in one pass, with memory that holds a few hundred bytes per voter and one record.
 *
 * Driven from outside, chunk by chunk ({@link archiveVerifier}), so a page can draw between two steps and a file need not
 * be held whole; {@link verifyArchive} does it in one go.
 */
import { type ArchiveRecord, type ContainerFault, recordReader } from "#archive/container.js";
import { type ArchiveObject, type Chapter, chapterReader, type EventType, readHeaderRecord } from "#archive/read.js";
import type { Result } from "#base/result.js";
import type { HomomorphicQuestion } from "#protocol/suite/belenios-v1/election.js";
import type { Counts } from "#protocol/suite/belenios-v1/result.js";
import { type BallotJudge, ballotJudge } from "./archive-ballots.js";
import { ARCHIVE_CHECKS, type ArchiveCheckId, type ArchiveLog } from "./archive-checks.js";
import { type CountJudge, countJudge } from "./archive-count.js";
import { type ArchiveSetup, judgeSetup } from "./archive-setup.js";
import { type Fact, type QuestionResult, type Report, reportLog } from "./report.js";

/** How far a verification has come. */
export interface ArchiveProgress {
  readonly bytes: number;
  readonly ballots: number;
}

export interface ArchiveVerifier {
  /** Judges a chunk of the archive, yielding after every record: the caller may pause there. */
  push(chunk: Uint8Array): Generator<ArchiveProgress, void>;
  /** The report, once the last chunk was pushed. */
  finish(): Report;
}

/** Verifies an archive given as bytes or as chunks. Never throws, on any bytes. */
export function verifyArchive(
  source: Uint8Array | Iterable<Uint8Array>,
  options: { readonly progress?: (progress: ArchiveProgress) => void } = {},
): Report {
  const verifier = archiveVerifier();
  for (const chunk of source instanceof Uint8Array ? [source] : source) {
    for (const progress of verifier.push(chunk)) options.progress?.(progress);
  }
  return verifier.finish();
}

/** Which events may follow which. Shuffles are for questions of other kinds and refused where there are none. */
const MAY_FOLLOW: Readonly<Record<EventType | "start", readonly EventType[]>> = {
  start: ["Setup"],
  Setup: ["Ballot", "EndBallots"],
  Ballot: ["Ballot", "EndBallots"],
  EndBallots: ["EncryptedTally"],
  EncryptedTally: ["PartialDecryption"],
  Shuffle: [],
  EndShuffles: [],
  PartialDecryption: ["PartialDecryption", "Result"],
  Result: [],
};

export function archiveVerifier(): ArchiveVerifier {
  const log = reportLog<ArchiveCheckId>(ARCHIVE_CHECKS);
  const records = recordReader();
  const chapters = chapterReader();
  const life = lifeJudge(log);
  let headerSeen = false;

  function onRecord(record: ArchiveRecord): void {
    if (!headerSeen) {
      headerSeen = true;
      const header = readHeaderRecord(record, records.timestamp() as number);
      if (!header.ok) log.unusable("container", header.error);
      return;
    }
    if (log.isUnusable()) return;
    const { chapter, faults } = chapters.accept(record);
    for (const fault of faults) log.fail(fault.check, `${fault.record}: ${fault.detail}`);
    if (chapter !== undefined) life.accept(chapter);
  }

  function* push(chunk: Uint8Array): Generator<ArchiveProgress, void> {
    for (const record of records.push(chunk)) {
      if (record.ok) onRecord(record.value);
      else onContainerFault(record);
      yield { bytes: records.offset(), ballots: life.ballots() };
    }
  }

  /** Bytes that do not even begin like an archive are unusable; an archive damaged further on is invalid. */
  function onContainerFault(fault: Result<unknown, ContainerFault>): void {
    if (fault.ok) return;
    const { code, offset, detail } = fault.error;
    const evidence = `${code} at byte ${offset}: ${detail}`;
    if (headerSeen) log.fail("container", evidence);
    else log.unusable("container", evidence);
  }

  function finish(): Report {
    const end = records.end();
    if (!log.failed("container")) onContainerFault(end);
    if (!log.isUnusable()) {
      for (const fault of chapters.end()) log.fail(fault.check, `${fault.record}: ${fault.detail}`);
      log.pass("container", `${records.offset()} bytes`);
    }
    return life.end();
  }

  return { push, finish };
}

/** Judges the chapters of an archive in their order: the life of the election. */
interface LifeJudge {
  accept(chapter: Chapter): void;
  ballots(): number;
  end(): Report;
}

function lifeJudge(log: ArchiveLog): LifeJudge {
  let last: EventType | "start" = "start";
  let setup: ArchiveSetup | undefined;
  let ballots: BallotJudge | undefined;
  let count: CountJudge | undefined;

  function accept(chapter: Chapter): void {
    const { type, height } = chapter;
    if (type === "Setup" && last === "start") {
      setup = judgeSetup(log, chapter);
      if (setup !== undefined) {
        ballots = ballotJudge(log, setup);
        count = countJudge(log, setup);
      }
    }
    if (!log.isUnusable() && !MAY_FOLLOW[last].includes(type)) {
      log.fail("events-order", `event ${height} (${type}) may not stand there`);
    }
    last = type;
    if (type === "Ballot") ballots?.accept(chapter.objects[0] as ArchiveObject);
    else if (type === "EncryptedTally") count?.tally(chapter, ballots?.tally());
    else if (type === "PartialDecryption") count?.decryption(chapter);
    else if (type === "Result") count?.result(chapter);
  }

  function end(): Report {
    const facts = factsOf(setup, ballots);
    if (!log.isUnusable() && last === "start") log.unusable("container", "the archive holds no election");
    if (log.isUnusable()) return log.report("archive", facts);
    log.pass("event-chain");
    log.pass("events-order", `the last event is ${last}`);
    ballots?.end();
    const counts = count?.end();
    const report = log.report("archive", facts);
    if (report.verdict !== "valid" || counts === undefined || setup === undefined) return report;
    return { ...report, result: questionResults(setup.questions, counts) };
  }

  return { accept, ballots: () => ballots?.seen() ?? 0, end };
}

function factsOf(setup: ArchiveSetup | undefined, ballots: BallotJudge | undefined): Fact[] {
  if (setup === undefined) return [];
  const { election, weights } = setup;
  const facts: Fact[] = [
    { id: "name", label: "Election", value: election.name },
    { id: "uuid", label: "Identifier", value: election.uuid },
    { id: "fingerprint", label: "Fingerprint", value: election.fingerprint },
    { id: "credentials", label: "Voters on the roll", value: weights.size },
  ];
  if (ballots !== undefined) {
    const counted = ballots.seen() - ballots.superseded();
    facts.push({ id: "ballots", label: "Ballots", value: ballots.seen() });
    facts.push({ id: "counted", label: "Counted (last of each voter)", value: counted });
  }
  return facts;
}

function questionResults(questions: readonly HomomorphicQuestion[], counts: Counts): QuestionResult[] {
  return questions.map(({ question, answers, blank }, i) => {
    const row = counts[i] as readonly number[];
    const rows = answers.map((answer, k) => ({ answer, count: row[blank ? k + 1 : k] as number }));
    return blank ? { question, blank: row[0] as number, answers: rows } : { question, answers: rows };
  });
}
