/**
 * The lines of a roll: each voter's credential out of identity key and r_e. Nothing of this is stored: a copy of the
 * database links nobody to a credential. Computed lines stay in this process's memory for some minutes, while officers
 * page through them, and go with the secret.
 */
import { LRUCache } from "lru-cache";
import type { KeySource } from "#api/registration.js";
import { compareBytes, joined } from "#base/bytes.js";
import type { Tables } from "./context.js";
import { type RollThreads, rollThreads } from "./roll-threads.js";

export interface RollVoter {
  readonly digital_id: string;
  readonly public_key: Buffer;
  readonly key_source: KeySource;
  readonly weight: number;
}

export interface RollLine extends RollVoter {
  /** 32 bytes, big-endian. */
  readonly blinding: Uint8Array;
  /** Compressed credential. */
  readonly bytes: Uint8Array;
  /** The credential as it travels: 64 bytes. */
  readonly eighth: Uint8Array;
}

/** Lines in the order of the ledger: credentials ascending as bytes. About 0.8 ms of a processor for each voter. */
export async function computeLines(
  election: { readonly chainId: string; readonly uuid: string },
  secret: bigint,
  voters: readonly RollVoter[],
  threads: RollThreads = rollThreads(voters.length),
): Promise<RollLine[]> {
  try {
    const keys = joined(voters.map((voter) => voter.public_key));
    const all = await threads.portions({ kind: "portion", ...election, secret, keys });
    return voters
      .map((voter, i) => ({
        ...voter,
        blinding: all.blindings.subarray(32 * i, 32 * i + 32),
        bytes: all.credentials.subarray(32 * i, 32 * i + 32),
        eighth: all.eighths.subarray(64 * i, 64 * i + 64),
      }))
      .sort((a, b) => compareBytes(a.bytes, b.bytes));
  } finally {
    await threads.close();
  }
}

/** Root of the roll that lines in order give, and their weight. */
export async function summaryOf(
  lines: readonly RollLine[],
): Promise<{ readonly root: Uint8Array; readonly weight: number }> {
  const threads = rollThreads(lines.length);
  try {
    const weights = lines.map((line) => line.weight);
    const root = await threads.root({ kind: "root", credentials: joined(lines.map((line) => line.bytes)), weights });
    return { root, weight: weights.reduce((sum, each) => sum + each, 0) };
  } finally {
    await threads.close();
  }
}

/** Voters on the roll of an election as it was entered. */
export function enteredVoters(tables: Tables, uuid: string): Promise<RollVoter[]> {
  return tables
    .selectFrom("roll_entries")
    .innerJoin("voters", "voters.id", "roll_entries.voter_id")
    .select(["voters.digital_id", "roll_entries.public_key", "roll_entries.key_source", "roll_entries.weight"])
    .where("election", "=", uuid)
    .where("kind", "=", "entered")
    .execute();
}

/** Computed lines by election. `root` is the roll's root on the ledger: lines of a roll that was replaced do not count. */
export interface LineCache {
  get(uuid: string, root: string, compute: () => Promise<readonly RollLine[]>): Promise<readonly RollLine[]>;
  set(uuid: string, root: string, lines: readonly RollLine[]): void;
  drop(uuid: string): void;
}

export function createLineCache(): LineCache {
  const kept = new LRUCache<string, { root: string; lines: Promise<readonly RollLine[]> }>({
    max: 4,
    ttl: 15 * 60_000,
  });
  return {
    get: (uuid, root, compute) => {
      const known = kept.get(uuid);
      if (known?.root === root) return known.lines;
      const lines = compute();
      kept.set(uuid, { root, lines });
      lines.catch(() => kept.delete(uuid));
      return lines;
    },
    set: (uuid, root, lines) => {
      kept.set(uuid, { root, lines: Promise.resolve(lines) });
    },
    drop: (uuid) => {
      kept.delete(uuid);
    },
  };
}
