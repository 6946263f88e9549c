/**
 * Moments at which something changes by time alone: elections open, close, and reach the beginning and the end of their
 * decryption; and the moment after a roll was entered, because the next block draws the sample of the roll (SPEC 2.8). An
 * engine that orders blocks only on demand makes an empty one then, so that followers see the new stage.
 */
import { decryptionDeadline, decryptionStart, electionOf } from "#protocol/election.js";
import { rollVersion } from "#protocol/roll-sample.js";
import type { StateReader } from "#protocol/state.js";

const PREFIX = "election/";

export class Schedule {
  /** Moments after the time last seen, ascending, by election. */
  readonly #moments = new Map<string, readonly bigint[]>();
  /** The roll last seen of an election, so that its change is noticed. */
  readonly #rolls = new Map<string, string>();

  /** Takes in an election that a block changed (or that stands in the state at start), by its state key. */
  note(reader: StateReader, key: string, time: bigint): void {
    if (!key.startsWith(PREFIX)) return;
    const uuid = key.slice(PREFIX.length);
    const found = electionOf(reader, uuid);
    if (found === undefined) return;
    const { entry } = found.record;
    const over = entry.mark === "cancelled" || entry.mark === "tallied";
    const moments = [
      ...(this.#rollChanged(reader, uuid) ? [time + 1n] : []),
      entry.opensAt,
      entry.closesAt,
      decryptionStart(entry, found.plan),
      decryptionDeadline(entry, found.plan),
    ];
    this.#moments.set(
      uuid,
      moments.filter((moment) => !over && moment > time),
    );
  }

  #rollChanged(reader: StateReader, uuid: string): boolean {
    const version = rollVersion(reader, uuid);
    const [before, now] = [
      this.#rolls.get(uuid),
      version === undefined ? "" : `${version.generation}/${version.count}`,
    ];
    this.#rolls.set(uuid, now);
    // What stands in the state when the engine starts is not news.
    return before !== undefined && now !== before;
  }

  /** The next moment after the block at `time`, or `undefined`. Forgets those that lie before. */
  next(time: bigint): bigint | undefined {
    let next: bigint | undefined;
    for (const [uuid, moments] of this.#moments) {
      const ahead =
        moments[0] !== undefined && moments[0] <= time ? moments.filter((moment) => moment > time) : moments;
      if (ahead.length === 0) this.#moments.delete(uuid);
      else if (ahead !== moments) this.#moments.set(uuid, ahead);
      for (const moment of ahead) if (next === undefined || moment < next) next = moment;
    }
    return next;
  }
}
