import fc from "fast-check";
import { expect, test } from "vitest";
import { concat, utf8 } from "#base/bytes.js";
import { type Frame, frameBytes, RecordReader, recordStart } from "./record.js";

const block = (height: number, transactions: readonly Uint8Array[] = []): Frame => ({
  kind: "block",
  height,
  header: utf8(`header ${height}`),
  evidence: utf8(`evidence ${height}`),
  transactions,
});
const GENESIS = utf8("genesis");

function readAll(pieces: readonly Uint8Array[]): { frames: Frame[]; outcome: string } {
  const reader = new RecordReader();
  const frames: Frame[] = [];
  for (const piece of pieces) {
    const read = reader.push(piece);
    if (!read.ok) return { frames, outcome: read.error.code };
    frames.push(...read.value);
  }
  const end = reader.finish();
  return { frames, outcome: end.ok ? `height ${end.value}` : end.error.code };
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const borders = [0, ...at.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return borders.slice(1).map((border, i) => bytes.subarray(borders[i] as number, border));
}

test("law: a record is read as it was written, however its stream is cut", () => {
  const transactions = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(transactions, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 10 }), (blocks, cuts) => {
      const frames = blocks.map((each, i) => block(i + 1, each));
      const end: Frame = { kind: "end", height: blocks.length };
      const bytes = concat(recordStart(GENESIS), ...[...frames, end].map(frameBytes));
      const expected = [{ kind: "genesis", genesis: GENESIS }, ...frames, end];
      expect(readAll(cut(bytes, cuts))).toEqual({ frames: expected, outcome: `height ${blocks.length}` });
      expect(readAll([...bytes].map((byte) => Uint8Array.of(byte))).frames).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test("what is missing, misplaced or damaged is said, with its place", () => {
  const start = recordStart(GENESIS);
  const whole = [start, frameBytes(block(1)), frameBytes(block(2)), frameBytes({ kind: "end", height: 2 })];
  const outcome = (...pieces: readonly Uint8Array[]): string => readAll(pieces).outcome;
  expect(outcome(...whole)).toBe("height 2");
  expect(outcome()).toBe("truncated");
  expect(outcome(...whole.slice(0, 3))).toBe("truncated");
  expect(outcome(concat(...whole).subarray(0, -1))).toBe("truncated");
  expect(outcome(utf8("not a record, but a long line\n"))).toBe("not-a-record");
  expect(outcome(utf8("psephos-record 2\n"))).toBe("not-a-record");
  expect(outcome(utf8("psephos-"))).toBe("truncated");
  expect(outcome(start, frameBytes(block(2)))).toBe("out-of-order");
  expect(outcome(start, frameBytes(block(1)), frameBytes(block(1)))).toBe("out-of-order");
  expect(outcome(start, frameBytes(block(1)), frameBytes({ kind: "end", height: 2 }))).toBe("out-of-order");
  expect(outcome(start, start.subarray(17))).toBe("out-of-order");
  expect(outcome(start.subarray(0, 17), frameBytes(block(1)))).toBe("out-of-order");
  expect(outcome(...whole, Uint8Array.of(0))).toBe("out-of-order");
  expect(outcome(start, Uint8Array.of(0, 0, 0, 1, 0xff))).toBe("bad-frame");
  expect(outcome(start, Uint8Array.of(0, 0, 0, 1, 0x80))).toBe("bad-frame");
  expect(outcome(start, Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toBe("bad-frame");
});

test("after a fault the reader stays with it, and says where it was", () => {
  const reader = new RecordReader();
  const start = recordStart(GENESIS);
  // What was complete before the fault is given first.
  expect(reader.push(concat(start, Uint8Array.of(0, 0, 0, 1, 0xff)))).toMatchObject({ value: [{ kind: "genesis" }] });
  expect(reader.push(new Uint8Array(0))).toMatchObject({ error: { code: "bad-frame", offset: start.length } });
  expect(reader.push(frameBytes(block(1)))).toMatchObject({ error: { code: "bad-frame" } });
  expect(reader.finish()).toMatchObject({ error: { code: "bad-frame" } });
});

test("law: any bytes after the first line give frames or a fault, never a throw", () => {
  const bytes = fc.array(fc.constantFrom(0, 1, 2, 0x41, 0x65, 0x80, 0x81, 0x82, 0xff), { maxLength: 30 });
  fc.assert(
    fc.property(bytes, (some) => void readAll([utf8("psephos-record 1\n"), Uint8Array.from(some)])),
    { numRuns: 1000 },
  );
});
