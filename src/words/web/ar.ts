import { booth } from "./ar/booth.js";
import { common } from "./ar/common.js";
import { identity } from "./ar/identity.js";
import type { Words } from "./en.js";

export const ar: Words = { common, identity, booth };
