/** The rules of a draft, with what holds where officers decided nothing. */
import type { DraftBody } from "#api/management.js";

export type Rules = NonNullable<DraftBody["rules"]>;

const usual: Rules = {
  max_casts: 20,
  privacy_floor: 5,
  objection_seconds: 0,
  decryption_seconds: 30 * 86_400,
  reissue_delay_seconds: 86_400,
  reissue_cap: 0,
  mismatch_inquiry: 1,
  phase_seconds: 7 * 86_400,
};

export const rulesOf = (body: DraftBody): Rules => body.rules ?? usual;

/** A whole number that was typed, between limits. */
export function wholeNumber(typed: string, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.floor(Number(typed)) || 0));
}
