import { booth as english } from "../en/booth.js";

export const booth: typeof english = english;
