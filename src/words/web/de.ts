import { board } from "./de/board.js";
import { booth } from "./de/booth.js";
import { ceremony } from "./de/ceremony.js";
import { common } from "./de/common.js";
import { console } from "./de/console.js";
import { identity } from "./de/identity.js";
import type { Words } from "./en.js";

export const de: Words = { common, identity, booth, console, ceremony, board };
