/** An election of the state, or 404; and the version of answers that depend on nothing but its entry. */
import { refuseWith } from "#api/rejection.js";
import { toHex } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { type ElectionRecord, electionEntry, electionOf } from "#protocol/election.js";
import type { Plan } from "#protocol/plan.js";
import { reject } from "#protocol/rejections.js";
import type { StateReader } from "#protocol/state.js";

export interface FoundElection {
  readonly record: ElectionRecord;
  readonly plan: Plan;
}

export function requireElection(state: StateReader, uuid: string): FoundElection {
  return electionOf(state, uuid) ?? refuseWith(reject("unknown-election", uuid));
}

/** Changes exactly when the election's entry in the state does: with every ballot and every event of it. */
export function entryVersion({ record }: FoundElection): string {
  return toHex(sha256(electionEntry(record)).subarray(0, 16));
}
