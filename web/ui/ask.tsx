/** Reading from the server: loading, failed, or there. */
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { Button } from "./button.js";
import { Loading } from "./loading.js";
import { Notice } from "./notice.js";
import { sentenceOf } from "./problem.js";
import { useWords } from "./words.js";

export interface Ask<T> {
  readonly state: "loading" | "ok" | "error";
  /** The last value that was read; stays while it is read again. */
  readonly value: T | undefined;
  readonly error: unknown;
  readonly again: () => void;
}

/** Reads with `read` whenever `key` changes, and on `again`. The answer of an older key is dropped. */
export function useAsk<T>(key: string, read: () => Promise<T>): Ask<T> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{ key: string; state: Ask<T>["state"]; value: T | undefined; error: unknown }>({
    key,
    state: "loading",
    value: undefined,
    error: undefined,
  });
  const latest = useRef(read);
  latest.current = read;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again.
  useEffect(() => {
    let dropped = false;
    setState((before) => ({
      key,
      state: "loading",
      value: before.key === key ? before.value : undefined,
      error: undefined,
    }));
    latest.current().then(
      (value) => {
        if (!dropped) setState({ key, state: "ok", value, error: undefined });
      },
      (error: unknown) => {
        if (!dropped)
          setState((before) => ({
            key,
            state: "error",
            value: before.key === key ? before.value : undefined,
            error,
          }));
      },
    );
    return () => {
      dropped = true;
    };
  }, [key, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  // Between a change of the key and its effect, nothing of the old key is shown.
  if (state.key !== key) return { state: "loading", value: undefined, error: undefined, again };
  return { state: state.state, value: state.value, error: state.error, again };
}

/** Renders what was read; while it is read a status, on failure the sentence and a way to try again. */
export function Asked<T>({ ask, children }: { ask: Ask<T>; children: (value: T) => ReactNode }) {
  const words = useWords();
  if (ask.state === "error")
    return (
      <Notice kind="bad" title={words.common.failed}>
        <p>{sentenceOf(ask.error, words)}</p>
        <Button onPress={ask.again}>{words.common.tryAgain}</Button>
      </Notice>
    );
  if (ask.value === undefined) return <Loading />;
  return <>{children(ask.value)}</>;
}
