import { ceremony as english } from "../en/ceremony.js";

export const ceremony: typeof english = english;
