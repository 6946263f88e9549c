import { console as english } from "../en/console.js";

export const console: typeof english = english;
