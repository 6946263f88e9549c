import { identity as english } from "../en/identity.js";

export const identity: typeof english = english;
