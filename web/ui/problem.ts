/** What went wrong, as a sentence in the reader's language where there is one. */
import { ApiError, Unreachable } from "#client/http.js";
import { Untrustworthy } from "#client/untrustworthy.js";
import type { Words } from "#words/web/en.js";
import { reasonOf } from "./later.js";

export function sentenceOf(error: unknown, words: Words): string {
  if (error instanceof ApiError) return words.common.problems[error.code] ?? reasonOf(error.code, error.message);
  if (error instanceof Unreachable) return words.common.unreachable;
  if (error instanceof Untrustworthy) return error.message;
  return words.common.unexpected;
}
