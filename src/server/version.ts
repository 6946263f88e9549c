/** The version of this program, as package.json has it. */
import { readFileSync } from "node:fs";

// From src/server and from dist/server alike, the package's root is two levels up.
const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

export const version = manifest.version;
