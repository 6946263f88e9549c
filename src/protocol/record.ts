/**
 * A ledger's record: everything that is needed to replay it, as one stream of bytes. SPEC 5.2
 *
 *     psephos-record 1 LF
 *     frames: length (4 bytes, big-endian), then CBOR
 *       ["genesis", genesis bytes]
 *       ["block", height, header bytes, evidence bytes, [transaction bytes, …]]     heights ascending from 1
 *       ["end", height of the last block]
 *
 * Header and evidence are opaque here: the room `evidence` judges them. Reader and writer work frame by frame, so that
 * verification needs no more memory than one block (the reader keeps at most one frame and the piece that was fed).
 */
import { assert } from "#base/assert.js";
import { bigintFromBytes, bigintToBytes, concat, utf8 } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { type Cbor, decodeCbor } from "./encoding/cbor.js";
import {
  bytesBetween,
  decodeValue,
  encode,
  list,
  oneOf,
  record,
  type Shape,
  type TypeOf,
  uint,
} from "./encoding/shape.js";
import { MAX_TRANSACTION_BYTES } from "./transaction.js";

const MAGIC = utf8("psephos-record 1\n");

/** Bytes of one frame: a block of 100 of the largest transactions, or 30,000 yes/no ballots. */
export const MAX_FRAME_BYTES = 100 * MAX_TRANSACTION_BYTES;

const HEIGHT = uint(Number.MAX_SAFE_INTEGER, 1);

const genesisFrameShape = record({ kind: oneOf(["genesis"]), genesis: bytesBetween(1, 1_000_000) });
const blockFrameShape = record({
  kind: oneOf(["block"]),
  height: HEIGHT,
  header: bytesBetween(1, 10_000),
  evidence: bytesBetween(0, 1_000_000),
  transactions: list(bytesBetween(0, MAX_FRAME_BYTES), MAX_FRAME_BYTES),
});
const endFrameShape = record({ kind: oneOf(["end"]), height: uint(Number.MAX_SAFE_INTEGER) });

export type GenesisFrame = TypeOf<typeof genesisFrameShape>;
export type BlockFrame = TypeOf<typeof blockFrameShape>;
export type EndFrame = TypeOf<typeof endFrameShape>;
export type Frame = GenesisFrame | BlockFrame | EndFrame;

const SHAPES: Readonly<Record<Frame["kind"], Shape<unknown>>> = {
  genesis: genesisFrameShape,
  block: blockFrameShape,
  end: endFrameShape,
};

/** The bytes that a record begins with. */
export function recordStart(genesis: Uint8Array): Uint8Array {
  return concat(MAGIC, frameBytes({ kind: "genesis", genesis }));
}

/** The bytes of one block, or of the end. */
export function frameBytes(frame: Frame): Uint8Array {
  const body = encode(SHAPES[frame.kind], frame);
  assert(body.length <= MAX_FRAME_BYTES, "a block fits into a frame");
  return concat(bigintToBytes(BigInt(body.length), 4), body);
}

export interface RecordFault {
  readonly code: "not-a-record" | "bad-frame" | "out-of-order" | "truncated";
  /** Byte offset in the stream. */
  readonly offset: number;
  readonly detail: string;
}

/**
 * Reads a record piece by piece. After a fault the reader answers every call with the same fault. Order is checked:
 * genesis, then blocks from 1 without a gap, then the end.
 */
export class RecordReader {
  #buffer: Uint8Array = new Uint8Array(0);
  /** Pieces that wait until together they are as long as what is needed next: each byte is copied a few times, not more. */
  #waiting: Uint8Array[] = [];
  #available = 0;
  #needed = 0;
  #offset = 0;
  #stage: "magic" | "genesis" | "blocks" | "ended" = "magic";
  #height = 0;
  #fault: RecordFault | undefined;

  /** Frames that are complete with this piece. */
  push(piece: Uint8Array): Result<readonly Frame[], RecordFault> {
    if (this.#fault !== undefined) return fail(this.#fault);
    this.#waiting.push(piece);
    this.#available += piece.length;
    if (this.#available < this.#needed) return ok([]);
    this.#buffer = concat(this.#buffer, ...this.#waiting);
    this.#waiting = [];
    const frames: Frame[] = [];
    for (;;) {
      const next = this.#next();
      if (!next.ok) {
        // What was complete before the fault is given first, so that the outcome does not depend on how pieces were cut.
        this.#fault = next.error;
        return frames.length > 0 ? ok(frames) : next;
      }
      if (next.value === undefined) break;
      frames.push(next.value);
    }
    return ok(frames);
  }

  /** After the last piece: the height reached, or what is missing. */
  finish(): Result<number, RecordFault> {
    if (this.#fault !== undefined) return fail(this.#fault);
    if (this.#stage !== "ended") return this.#refuse("truncated", "the stream stops before the end frame");
    return ok(this.#height);
  }

  /** The next frame; `undefined` when more bytes are needed. */
  #next(): Result<Frame | undefined, RecordFault> {
    if (this.#stage === "magic") {
      const given = this.#buffer.subarray(0, MAGIC.length);
      if (given.some((byte, i) => byte !== MAGIC[i])) return this.#refuse("not-a-record", "the first line is another");
      if (given.length < MAGIC.length) return ok(undefined);
      this.#consume(MAGIC.length);
      this.#stage = "genesis";
    }
    if (this.#stage === "ended")
      return this.#buffer.length === 0 ? ok(undefined) : this.#refuse("out-of-order", "bytes after the end");
    this.#needed = 4;
    if (this.#buffer.length < 4) return ok(undefined);
    const length = Number(bigintFromBytes(this.#buffer.subarray(0, 4)));
    if (length > MAX_FRAME_BYTES) return this.#refuse("bad-frame", `a frame of ${length} bytes`);
    this.#needed = 4 + length;
    if (this.#buffer.length < this.#needed) return ok(undefined);
    const frame = decodeFrame(this.#buffer.subarray(4, 4 + length));
    if (!frame.ok) return this.#refuse("bad-frame", frame.error);
    const misplaced = this.#advance(frame.value);
    if (misplaced !== undefined) return this.#refuse("out-of-order", misplaced);
    this.#consume(4 + length);
    return frame;
  }

  /** Moves on by a frame, or says why it may not stand here. */
  #advance(frame: Frame): string | undefined {
    if ((frame.kind === "genesis") !== (this.#stage === "genesis")) return `a ${frame.kind} frame at this place`;
    if (frame.kind === "genesis") this.#stage = "blocks";
    else if (frame.kind === "block") {
      if (frame.height !== this.#height + 1) return `block ${frame.height} after ${this.#height}`;
      this.#height = frame.height;
    } else {
      if (frame.height !== this.#height) return `an end at ${frame.height} after block ${this.#height}`;
      this.#stage = "ended";
    }
    return undefined;
  }

  #consume(length: number): void {
    this.#buffer = this.#buffer.subarray(length);
    this.#available -= length;
    this.#needed = 0;
    this.#offset += length;
  }

  #refuse(code: RecordFault["code"], detail: string): Result<never, RecordFault> {
    return fail({ code, offset: this.#offset, detail });
  }
}

function decodeFrame(body: Uint8Array): Result<Frame, string> {
  const value = decodeCbor(body, "parts");
  if (!value.ok) return value;
  const kind = Array.isArray(value.value) ? (value.value[0] as Cbor) : undefined;
  if (typeof kind !== "string" || !Object.hasOwn(SHAPES, kind)) return fail("a frame of unknown kind");
  const shape = SHAPES[kind as Frame["kind"]] as Shape<Frame>;
  return decodeValue(shape, value.value, kind);
}
