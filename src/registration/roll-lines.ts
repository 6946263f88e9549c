/**
 * The lines of a roll: each voter's credential out of identity key and r_e. Nothing of this is stored: a copy of the
 * database links nobody to a credential. Computed lines stay in this process's memory for some minutes, while officers
 * page through them, and go with the secret.
 */
import { setImmediate as breathe } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { KeySource } from "#api/registration.js";
import { compareBytes } from "#base/bytes.js";
import { normalize, type Point, pointFromTrustedBytes, pointToBytes } from "#crypto/group.js";
import { credentialForVoter } from "#protocol/credential.js";
import type { Tables } from "./context.js";

export interface RollVoter {
  readonly digital_id: string;
  readonly public_key: Buffer;
  readonly key_source: KeySource;
  readonly weight: number;
}

export interface RollLine extends RollVoter {
  readonly blinding: bigint;
  readonly credential: Point;
  /** Compressed credential. */
  readonly bytes: Uint8Array;
}

/** Voters between two pauses: about 10 ms of computing, so that casts go on meanwhile. */
const votersPerTurn = 8;

/** Lines in the order of the ledger: credentials ascending as bytes. About 1.2 ms a voter, giving way to other work. */
export async function computeLines(
  election: { readonly chainId: string; readonly uuid: string },
  secret: bigint,
  voters: readonly RollVoter[],
): Promise<RollLine[]> {
  const lines: RollLine[] = [];
  for (let at = 0; at < voters.length; at += votersPerTurn) {
    const turn = voters.slice(at, at + votersPerTurn);
    const blinded = turn.map((voter) => credentialForVoter(election, pointFromTrustedBytes(voter.public_key), secret));
    const credentials = normalize(blinded.map((each) => each.credential));
    for (const [i, voter] of turn.entries()) {
      const credential = credentials[i] as Point;
      const { blinding } = blinded[i] as { blinding: bigint };
      lines.push({ ...voter, blinding, credential, bytes: pointToBytes(credential) });
    }
    await breathe();
  }
  return lines.sort((a, b) => compareBytes(a.bytes, b.bytes));
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
