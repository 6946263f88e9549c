import { booth } from "./de/booth.js";
import { common } from "./de/common.js";
import { identity } from "./de/identity.js";
import type { Words } from "./en.js";

export const de: Words = { common, identity, booth };
