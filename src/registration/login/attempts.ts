/** Counts tries in fixed windows, in this process. Enough against floods: what is guessed at is 256 bits long anyway. */
import { LRUCache } from "lru-cache";

export interface Attempts {
  /** 0 when this try is within the limit, otherwise the seconds until the next window. */
  take(name: string): number;
}

export function createAttempts(limit: number, windowSeconds: number, now: () => bigint): Attempts {
  const counts = new LRUCache<string, { window: bigint; count: number }>({ max: 20_000 });
  const length = BigInt(windowSeconds) * 1_000_000_000n;
  return {
    take: (name) => {
      const time = now();
      const window = time / length;
      const before = counts.get(name);
      const count = before?.window === window ? before.count + 1 : 1;
      counts.set(name, { window, count });
      return count <= limit ? 0 : Math.max(1, Math.ceil(Number((window + 1n) * length - time) / 1e9));
    },
  };
}
