import fc from "fast-check";
import { expect, test } from "vitest";
import { announce, enterVoters, planOf, TestLedger, trustees, UUID, votersOf } from "../../test/protocol-kit.js";
import { drawSample, rollVersion, type SampleSource, SampleWatch } from "./roll-sample.js";

const bytes = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });
const sources: fc.Arbitrary<SampleSource> = fc.record({
  uuid: fc.constant(UUID),
  rollRoot: bytes(32),
  rollCount: fc.integer({ min: 1, max: 5000 }),
  header: bytes(120),
});

test("a sample is as large as asked, distinct, ascending, on the roll, and the same for everybody", () => {
  fc.assert(
    fc.property(sources, fc.integer({ min: 1, max: 40 }), (source, wish) => {
      const size = Math.min(wish, source.rollCount);
      const drawn = drawSample(source, size);
      expect(drawn).toEqual(drawSample({ ...source, header: source.header.slice() }, size));
      expect(new Set(drawn).size).toBe(size);
      expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
      expect(drawn.every((at) => at >= 0 && at < source.rollCount)).toBe(true);
    }),
  );
});

test("a larger sample holds the smaller one; a sample of everybody is everybody", () => {
  fc.assert(
    fc.property(sources, (source) => {
      const all = { ...source, rollCount: Math.min(source.rollCount, 60) };
      expect(drawSample(all, all.rollCount)).toEqual([...Array(all.rollCount).keys()]);
      const small = drawSample(all, Math.ceil(all.rollCount / 2));
      const larger = new Set(drawSample(all, Math.min(all.rollCount, small.length + 3)));
      expect(small.every((at) => larger.has(at))).toBe(true);
    }),
  );
});

test("another block, roll or election draws others, and every place is drawn about as often", () => {
  const source = { uuid: UUID, rollRoot: new Uint8Array(32), rollCount: 1000, header: new Uint8Array(120) };
  const drawn = drawSample(source, 20);
  expect(drawSample({ ...source, header: new Uint8Array(120).fill(1) }, 20)).not.toEqual(drawn);
  expect(drawSample({ ...source, rollRoot: new Uint8Array(32).fill(1) }, 20)).not.toEqual(drawn);
  expect(drawSample({ ...source, uuid: `${UUID.slice(0, -1)}x` }, 20)).not.toEqual(drawn);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 2000; i++) {
    const header = new Uint8Array([i & 255, i >> 8]);
    for (const at of drawSample({ ...source, rollCount: 10, header }, 3)) counts[at] = (counts[at] as number) + 1;
  }
  // 600 expected, standard deviation about 20.
  for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(120);
});

test("the known draw: SPEC 2.8's example", () => {
  const source = { uuid: UUID, rollRoot: new Uint8Array(32).fill(7), rollCount: 5000, header: new Uint8Array(3) };
  expect(drawSample({ ...source, uuid: "A5x56wrPUxZq4Q" }, 5)).toEqual([39, 1540, 2918, 3512, 4854]);
});

test("R-05: the first block after the last enter-roll draws, and a roll begun anew draws anew", () => {
  const ledger = new TestLedger();
  announce(ledger, planOf(trustees(1, 0), 0));
  const watch = new SampleWatch(UUID);
  let height = 10;
  const block = (): Uint8Array => {
    const header = new Uint8Array([height]);
    watch.after(ledger.state, height++, header);
    return header;
  };
  block();
  expect(watch.drawn).toBeUndefined();
  // The kit signs alike each time, and the same chunk is refused: the second roll is another one.
  const enter = (count: number) => enterVoters(ledger, UUID, votersOf(6).slice(0, count));
  enter(6);
  block();
  expect(watch.drawn).toBeUndefined();
  const drawing = block();
  expect(watch.drawn).toEqual({ height: 12, header: drawing });
  block();
  expect(watch.drawn?.height).toBe(12);
  enter(5);
  block();
  expect(rollVersion(ledger.state, UUID)).toEqual({ generation: 2, count: 5 });
  expect(watch.drawn).toBeUndefined();
  block();
  expect(watch.drawn?.height).toBe(15);
});
