import type { Words } from "./en.js";
import { board } from "./fr/board.js";
import { booth } from "./fr/booth.js";
import { ceremony } from "./fr/ceremony.js";
import { common } from "./fr/common.js";
import { console } from "./fr/console.js";
import { identity } from "./fr/identity.js";

export const fr: Words = { common, identity, booth, console, ceremony, board };
