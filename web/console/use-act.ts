/** One act at a time: whether it is under way, and what went wrong with it as a sentence. */
import { useState } from "react";
import { sentenceOf } from "../ui/problem.js";
import { useRoomWords } from "../ui/room-words.js";

export interface Acting {
  readonly pending: boolean;
  readonly problem: string | undefined;
  /** Runs the act unless one is under way; resolves to whether it went well. */
  readonly run: (act: () => Promise<unknown>) => Promise<boolean>;
}

/** `own` gives a sentence for errors that this act knows; others get the common one. */
export function useAct(own: (error: unknown) => string | undefined = () => undefined): Acting {
  const words = useRoomWords();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = async (act: () => Promise<unknown>): Promise<boolean> => {
    if (pending) return false;
    setPending(true);
    setProblem(undefined);
    let good = true;
    try {
      await act();
    } catch (error) {
      good = false;
      setProblem(own(error) ?? sentenceOf(error, words));
    }
    setPending(false);
    return good;
  };
  return { pending, problem, run };
}
