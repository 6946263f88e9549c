import { expect, test } from "vitest";
import { blockClock } from "./block-clock.js";

const SECOND = 1_000_000_000n;

test("goes on between blocks from when the block below was committed; knows nothing before the first", () => {
  const clock = blockClock();
  expect(clock.now(5)).toBe(0n);
  clock.committed(100n * SECOND, 1000);
  expect(clock.now(1500)).toBe(100n * SECOND + SECOND / 2n);
  // Five idle seconds later the next one, whose time is that of the votes for the one below.
  clock.committed(100n * SECOND + 1n, 6000);
  expect(clock.now(6000)).toBe(105n * SECOND + 1n);
  // Blocks that are caught up with come faster than they were made: behind the truth, never ahead of it.
  clock.committed(200n * SECOND, 6001);
  expect(clock.now(6001)).toBe(200n * SECOND + 1_000_000n);
});
