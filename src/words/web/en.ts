/**
 * English: the language that says which words there are. Here what every page, the voter and the second device need; the
 * words of the other rooms are a chunk of their own (`en-rooms.ts`), so that a voter loads less.
 */
import { booth } from "./en/booth.js";
import { common } from "./en/common.js";
import { identity } from "./en/identity.js";

export const en = { common, identity, booth };

/** Text of the web in one language: sentences, and functions for sentences that hold a value. */
export type Words = typeof en;
