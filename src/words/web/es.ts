import type { Words } from "./en.js";
import { booth } from "./es/booth.js";
import { common } from "./es/common.js";
import { identity } from "./es/identity.js";

export const es: Words = { common, identity, booth };
