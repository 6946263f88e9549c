/** One place in a source, what stands there, and what a careless change would make of it. */
export interface Edit {
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly put: string;
}

/** A guard to be broken on purpose. */
export interface Break extends Edit {
  /** Row of docs/attacks.md. */
  readonly row: string;
  /** The test file that must notice, by its tests with the row in their names. */
  readonly test: string;
  /** The row's test rests on what those before it in the file did: all of them run, and the row's own has to fail. */
  readonly whole?: true;
  /** Where two guards stand one behind the other, the second one. */
  readonly also?: readonly Edit[];
}

/** Runs from sources within seconds; starts servers, commands or networks; builds pages and needs a browser. */
export type Group = "quick" | "slow" | "web";
export const GROUPS: readonly Group[] = ["quick", "slow", "web"];

export function groupOf({ test }: Break): Group {
  if (test.startsWith("test/browser/")) return "web";
  return test.includes(".slow.test.") ? "slow" : "quick";
}

export function editsOf({ file, find, put, also = [] }: Break): readonly Edit[] {
  return [{ file, find, put }, ...also];
}
