/** English: the language that says which words there are. */
import { board } from "./en/board.js";
import { booth } from "./en/booth.js";
import { ceremony } from "./en/ceremony.js";
import { common } from "./en/common.js";
import { console } from "./en/console.js";
import { identity } from "./en/identity.js";

export const en = { common, identity, booth, console, ceremony, board };

/** All text of the web in one language: sentences, and functions for sentences that hold a value. */
export type Words = typeof en;
