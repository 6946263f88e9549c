import type { Words } from "./en.js";
import { booth } from "./fr/booth.js";
import { common } from "./fr/common.js";
import { identity } from "./fr/identity.js";

export const fr: Words = { common, identity, booth };
