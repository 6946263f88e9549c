import type { Words } from "./en.js";
import { board } from "./es/board.js";
import { booth } from "./es/booth.js";
import { ceremony } from "./es/ceremony.js";
import { common } from "./es/common.js";
import { console } from "./es/console.js";
import { identity } from "./es/identity.js";

export const es: Words = { common, identity, booth, console, ceremony, board };
