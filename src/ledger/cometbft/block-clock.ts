/**
 * What time it is by the network: the time of the last block, and what has passed on this machine's steady clock since it
 * was made. A node whose own clock is behind thus takes a ballot at the opening, not when a later block comes. Advice at
 * the door, as every clock is; it is never ahead of the network by more than the validators' median is.
 */
export interface BlockClock {
  /** A block with this time (nanoseconds) was committed now; `steadyMs` never goes back. */
  committed(time: bigint, steadyMs: number): void;
  /** Nanoseconds since 1970; 0 before the first block. */
  now(steadyMs: number): bigint;
}

export function blockClock(): BlockClock {
  let base: { readonly time: bigint; readonly steadyMs: number } | undefined;
  let before: number | undefined;
  return {
    committed: (time, steadyMs) => {
      // A header's time is the median of when the block below was voted for: that is when the one below was committed.
      base = { time, steadyMs: before ?? steadyMs };
      before = steadyMs;
    },
    now: (steadyMs) =>
      base === undefined ? 0n : base.time + BigInt(Math.floor(Math.max(0, steadyMs - base.steadyMs) * 1e6)),
  };
}
