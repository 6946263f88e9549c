import { board } from "./ar/board.js";
import { booth } from "./ar/booth.js";
import { ceremony } from "./ar/ceremony.js";
import { common } from "./ar/common.js";
import { console } from "./ar/console.js";
import { identity } from "./ar/identity.js";
import type { Words } from "./en.js";

export const ar: Words = { common, identity, booth, console, ceremony, board };
