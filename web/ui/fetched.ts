/** Code that comes later than the page that needs it. */
import { Unreachable } from "#client/http.js";

/** Loads it. Without network this fails as every request does: the server cannot be reached. */
export async function fetched<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new Unreachable("a part of this page did not come", { cause });
  }
}

/** What comes later must not take the processor of a slow phone from who begins to type. */
const firstLetterMs = 1_000;

/** Loads it once the page has nothing better to do; whether that works is told when it is needed. For an effect. */
export function whenIdle(load: () => Promise<unknown>): () => void {
  const go = () => void load().catch(() => undefined);
  // Safari has no idle callbacks.
  const idle = globalThis.requestIdleCallback ?? go;
  const timer = setTimeout(() => idle(go), firstLetterMs);
  return () => clearTimeout(timer);
}
