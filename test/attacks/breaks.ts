/**
 * Guards to be broken on purpose, by row of docs/attacks.md. `npm run bench -- breaks` does each in a copy of the tree and
 * wants the row's test to fail: a test that has never been seen red is not yet a test.
 */
import { BREAKS as api } from "./breaks/api.js";
import { BREAKS as ballots } from "./breaks/ballots.js";
import type { Break } from "./breaks/break.js";
import { BREAKS as cryptography } from "./breaks/cryptography.js";
import { BREAKS as elections } from "./breaks/elections.js";
import { BREAKS as ledger } from "./breaks/ledger.js";
import { BREAKS as operations } from "./breaks/operations.js";
import { BREAKS as registration } from "./breaks/registration.js";
import { BREAKS as trustees } from "./breaks/trustees.js";
import { BREAKS as web } from "./breaks/web.js";

export const BREAKS: readonly Break[] = [
  ...cryptography,
  ...trustees,
  ...ballots,
  ...ledger,
  ...registration,
  ...elections,
  ...api,
  ...web,
  ...operations,
];

/** Tested rows of which no break is kept, and why. */
export const WITHOUT: Readonly<Record<string, string>> = {
  "L-08": "the time of a block is CometBFT's rule; the test bends a validator's votes and computes the median again",
};
