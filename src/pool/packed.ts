/**
 * Portions of ballots and their verdicts as few large arrays, which threads hand over instead of copying: what ballots
 * have in common crosses once, and no object crosses for each of them.
 */
import { ok } from "#base/result.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import type { Rejection } from "#protocol/rejections.js";

type Common = Pick<BallotTask, "chainId" | "type" | "uuid" | "electionText" | "enrolled">;

export interface PackedTasks {
  readonly commons: readonly Common[];
  /** For each task: number of its common part, sequence, lengths of its four parts. */
  readonly rows: Uint32Array<ArrayBuffer>;
  /** Wire, credential, commitment and response of each. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface PackedVerdicts {
  /** For each task: length of its ciphertexts, or −1 for the next of `refused`. */
  readonly lengths: Int32Array<ArrayBuffer>;
  /** Tracker and ciphertexts of each that holds. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly refused: readonly Rejection[];
}

const ROW = 6;
const TRACKER = 32;

export function packTasks(tasks: readonly BallotTask[]): PackedTasks {
  const commons: Common[] = [];
  const rows = new Uint32Array(ROW * tasks.length);
  let size = 0;
  for (const task of tasks) for (const part of partsOf(task)) size += part.length;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const [i, task] of tasks.entries()) {
    const parts = partsOf(task);
    rows.set([commonOf(commons, task), task.sequence, ...parts.map((part) => part.length)], ROW * i);
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
  }
  return { commons, rows, bytes };
}

/** The tasks again, but for their names, which only their sender needs. */
export function unpackTasks({ commons, rows, bytes }: PackedTasks): BallotTask[] {
  const tasks: BallotTask[] = [];
  let at = 0;
  const part = (length: number | undefined): Uint8Array => {
    const from = at;
    at += length as number;
    return bytes.subarray(from, at);
  };
  for (let row = 0; row < rows.length; row += ROW) {
    const [common, sequence, ...lengths] = rows.subarray(row, row + ROW);
    const [wire, credential, commitment, response] = lengths;
    tasks.push({
      ...(commons[common as number] as Common),
      id: "",
      sequence: sequence as number,
      wire: part(wire),
      credential: part(credential),
      commitment: part(commitment),
      response: part(response),
    });
  }
  return tasks;
}

export function packVerdicts(verdicts: readonly BallotVerdict[]): PackedVerdicts {
  const lengths = new Int32Array(verdicts.length);
  const refused: Rejection[] = [];
  let size = 0;
  for (const [i, verdict] of verdicts.entries()) {
    lengths[i] = verdict.ok ? verdict.value.ciphertexts.length : -1;
    if (verdict.ok) size += TRACKER + verdict.value.ciphertexts.length;
    else refused.push(verdict.error);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const verdict of verdicts) {
    if (!verdict.ok) continue;
    bytes.set(verdict.value.tracker, at);
    bytes.set(verdict.value.ciphertexts, at + TRACKER);
    at += TRACKER + verdict.value.ciphertexts.length;
  }
  return { lengths, bytes, refused };
}

/** The verdicts again. Their bytes are parts of one array. */
export function unpackVerdicts({ lengths, bytes, refused }: PackedVerdicts): BallotVerdict[] {
  let at = 0;
  let next = 0;
  return Array.from(lengths, (length): BallotVerdict => {
    if (length < 0) return { ok: false, error: refused[next++] as Rejection };
    const tracker = bytes.subarray(at, at + TRACKER);
    const ciphertexts = bytes.subarray(at + TRACKER, at + TRACKER + length);
    at += TRACKER + length;
    return ok({ tracker, ciphertexts });
  });
}

function partsOf(task: BallotTask): readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array] {
  return [task.wire, task.credential, task.commitment, task.response];
}

/** Number of a task's common part: nearly always the one of the task before. */
function commonOf(commons: Common[], { chainId, type, uuid, electionText, enrolled }: BallotTask): number {
  for (let i = commons.length - 1; i >= 0; i--) {
    const { chainId: c, type: t, uuid: u, electionText: e, enrolled: n } = commons[i] as Common;
    if (c === chainId && t === type && u === uuid && n === enrolled && e === electionText) return i;
  }
  return commons.push({ chainId, type, uuid, electionText, enrolled }) - 1;
}
