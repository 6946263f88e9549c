/**
 * The ledger as a client judges it for itself: the record is fetched and replayed through the same machine, so that what
 * a client acts on (plan, roll, tally) is not the server's word.
 */
import { fromBase64Url } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { localJudge } from "#pool/judge.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import { decode } from "#protocol/encoding/shape.js";
import { type Genesis, genesisHash, genesisShape } from "#protocol/genesis.js";
import { type Judge, VerdictCache } from "#protocol/judge.js";
import { taskOf } from "#protocol/machine.js";
import { type BlockFrame, type Frame, RecordReader } from "#protocol/record.js";
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

/** What the judged header says. */
export interface BlockFacts {
  /** Nanoseconds. */
  readonly time: bigint;
  /** State root after the block. */
  readonly root: Uint8Array;
}

export interface ReplayOptions {
  /** Judges proofs; default: the kernel, on this thread. */
  readonly judge?: Judge;
  /** Hears of each block that held, with its height and the state after it. */
  readonly onBlock?: (height: number, block: BlockFrame, state: StateReader, facts: BlockFacts) => void;
}

/** Fetches the record that contains an election and replays it. The fault says at which height what does not hold. */
export async function replayLedger(
  http: Http,
  uuid: string,
  options: ReplayOptions = {},
): Promise<Result<ReplayedLedger, string>> {
  const response = await http.raw(`/elections/${uuid}/record`, { fresh: true });
  if (response.body === null) return fail("The server sent an empty record.");
  return replayStream(chunksOf(response.body), options);
}

interface BlocksAnswer {
  readonly blocks: readonly {
    readonly height: number;
    readonly header: string;
    readonly evidence: string;
    readonly transactions: readonly { readonly bytes: string }[];
  }[];
  readonly next: number | null;
}

const BLOCKS_AT_ONCE = 200;

/** Fetches all blocks and replays them: also of a ledger on which there is no election yet. */
export async function replayBlocks(http: Http, options: ReplayOptions = {}): Promise<Result<ReplayedLedger, string>> {
  const run = new Run(options.judge ?? localJudge(), options.onBlock ?? (() => {}));
  const { genesis } = await http.request<{ genesis: string }>("/ledger/genesis");
  let fault = await run.accept([{ kind: "genesis", genesis: bytesOf(genesis) }]);
  for (let from: number | null = 1; from !== null && fault === undefined; ) {
    const answer: BlocksAnswer = await http.request(`/ledger/blocks?from=${from}&limit=${BLOCKS_AT_ONCE}`, {
      fresh: true,
    });
    const frames = answer.blocks.map(({ height, header, evidence, transactions }) => ({
      kind: "block" as const,
      height,
      header: bytesOf(header),
      evidence: bytesOf(evidence),
      transactions: transactions.map(({ bytes }) => bytesOf(bytes)),
    }));
    fault = await run.accept(frames);
    from = answer.next;
  }
  return fault === undefined ? run.end() : fail(fault);
}

/** Malformed text becomes bytes that no judge accepts. */
function bytesOf(text: string): Uint8Array {
  return fromBase64Url(text) ?? new Uint8Array(0);
}

/** Not every browser can iterate over a stream. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Replays a record from a stream of bytes. */
export async function replayStream(
  chunks: AsyncIterable<Uint8Array>,
  options: ReplayOptions = {},
): Promise<Result<ReplayedLedger, string>> {
  const reader = new RecordReader();
  const run = new Run(options.judge ?? localJudge(), options.onBlock ?? (() => {}));
  for await (const chunk of chunks) {
    const frames = reader.push(chunk);
    if (!frames.ok) return fail(`The record is damaged: ${frames.error.detail}`);
    const fault = await run.accept(frames.value);
    if (fault !== undefined) return fail(fault);
  }
  const end = reader.finish();
  if (!end.ok) return fail(`The record is incomplete: ${end.error.detail}`);
  return run.end();
}

/** Ballots judged in one go; more make batches no better and memory larger. */
const MOST_TOGETHER = 2048;

class Run {
  readonly #judge: Judge;
  readonly #onBlock: NonNullable<ReplayOptions["onBlock"]>;
  readonly #verdicts = new VerdictCache(4 * MOST_TOGETHER);
  #genesis: Genesis | undefined;
  #replay: Replay | undefined;

  constructor(judge: Judge, onBlock: NonNullable<ReplayOptions["onBlock"]>) {
    this.#judge = judge;
    this.#onBlock = onBlock;
  }

  /** Frames in order; a sentence about the first fault. */
  async accept(frames: readonly Frame[]): Promise<string | undefined> {
    for (const [i, frame] of frames.entries()) {
      const fault =
        frame.kind === "genesis"
          ? this.#begin(frame.genesis)
          : frame.kind === "block"
            ? await this.#next(frame, frames.slice(i + 1))
            : undefined;
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  end(): Result<ReplayedLedger, string> {
    const [genesis, replay] = [this.#genesis, this.#replay];
    if (genesis === undefined || replay === undefined) return fail("The record is empty.");
    const { reader: state, height, time } = replay;
    return ok({ genesis, genesisHash: genesisHash(genesis), state, height, time });
  }

  #begin(bytes: Uint8Array): string | undefined {
    const decoded = decode(genesisShape, bytes, "genesis");
    if (!decoded.ok) return `The record's genesis is malformed: ${decoded.error}`;
    const started = startReplay(decoded.value, { verdicts: this.#verdicts });
    if (!started.ok) return `The record's genesis does not hold: ${started.error.detail}`;
    this.#genesis = decoded.value;
    this.#replay = started.value;
    return undefined;
  }

  async #next(block: BlockFrame, ahead: readonly Frame[]): Promise<string | undefined> {
    const replay = this.#replay as Replay;
    const unjudged = this.#unjudged(block, replay.reader);
    if (unjudged.length > 0) {
      // One ballot at a time would waste the batch: what the blocks at hand will ask for is judged with it.
      for (const frame of ahead) {
        if (unjudged.length >= MOST_TOGETHER) break;
        if (frame.kind === "block") unjudged.push(...this.#unjudged(frame, replay.reader));
      }
      const verdicts = await this.#judge.judge(unjudged);
      for (const [i, task] of unjudged.entries()) this.#verdicts.remember(task.id, verdicts[i] as BallotVerdict);
    }
    const fault = replay.next(block);
    if (fault !== null) return `The record does not hold at height ${fault.height}: ${fault.code}, ${fault.detail}`;
    this.#onBlock(replay.height, block, replay.reader, { time: replay.time, root: replay.root });
    return undefined;
  }

  #unjudged(block: BlockFrame, reader: StateReader): BallotTask[] {
    return block.transactions.flatMap((wire) => {
      const task = taskOf(reader, wire);
      return task === null || this.#verdicts.known(task.id) !== undefined ? [] : [task];
    });
  }
}
