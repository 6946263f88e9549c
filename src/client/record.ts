/**
 * The ledger as a client judges it for itself: the record is fetched and replayed through the same machine, so that what
 * a client acts on (plan, roll, tally) is not the server's word.
 */
import { fail, ok, type Result } from "#base/result.js";
import type { Verdicts } from "#protocol/ballot.js";
import { decode } from "#protocol/encoding/shape.js";
import { type Genesis, genesisHash, genesisShape } from "#protocol/genesis.js";
import { RecordReader } from "#protocol/record.js";
import type { StateReader } from "#protocol/state.js";
import { type Replay, startReplay } from "#verify/replay.js";
import type { Http } from "./http.js";

/** A ledger replayed from genesis. */
export interface ReplayedLedger {
  readonly genesis: Genesis;
  readonly genesisHash: Uint8Array;
  readonly state: StateReader;
  readonly height: number;
  /** Time of the last block, nanoseconds. */
  readonly time: bigint;
}

export type ReplayProgress = (height: number) => void;

/** Fetches the record that contains an election and replays it. The fault says at which height what does not hold. */
export async function replayLedger(
  http: Http,
  uuid: string,
  options: { readonly verdicts?: Verdicts; readonly onBlock?: ReplayProgress } = {},
): Promise<Result<ReplayedLedger, string>> {
  const response = await http.raw(`/elections/${uuid}/record`);
  if (response.body === null) return fail("The server sent an empty record.");
  return replayStream(response.body as unknown as AsyncIterable<Uint8Array>, options);
}

/** Replays a record from a stream of bytes. */
export async function replayStream(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly verdicts?: Verdicts; readonly onBlock?: ReplayProgress } = {},
): Promise<Result<ReplayedLedger, string>> {
  const reader = new RecordReader();
  let genesis: Genesis | undefined;
  let replay: Replay | undefined;
  for await (const chunk of chunks) {
    const frames = reader.push(chunk);
    if (!frames.ok) return fail(`The record is damaged: ${frames.error.detail}`);
    for (const frame of frames.value) {
      if (frame.kind === "genesis") {
        const decoded = decode(genesisShape, frame.genesis, "genesis");
        if (!decoded.ok) return fail(`The record's genesis is malformed: ${decoded.error}`);
        genesis = decoded.value;
        const started = startReplay(genesis, options.verdicts === undefined ? {} : { verdicts: options.verdicts });
        if (!started.ok) return fail(`The record's genesis does not hold: ${started.error.detail}`);
        replay = started.value;
      } else if (frame.kind === "block" && replay !== undefined) {
        const fault = replay.next(frame);
        if (fault !== null)
          return fail(`The record does not hold at height ${fault.height}: ${fault.code}, ${fault.detail}`);
        options.onBlock?.(replay.height);
      }
    }
  }
  const end = reader.finish();
  if (!end.ok) return fail(`The record is incomplete: ${end.error.detail}`);
  if (genesis === undefined || replay === undefined) return fail("The record is empty.");
  return ok({
    genesis,
    genesisHash: genesisHash(genesis),
    state: replay.reader,
    height: replay.height,
    time: replay.time,
  });
}
