import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judgeArchive } from "./belenios-tool.js";
import { capability } from "./capabilities.js";

const vectors = join(import.meta.dirname, "..", "vectors", "belenios");
const judged = test.skipIf(!capability("belenios-tool"));

judged.each([
  ["minimal-4eUJG2iYJxUzQj.bel", "4eUJG2iYJxUzQj", 1],
  ["tiny-yesno-ALMYGqHaLyCN8x.bel", "ALMYGqHaLyCN8x", 5],
])("belenios-tool accepts its own %s", (file, uuid, ballots) => {
  expect(judgeArchive(readFileSync(join(vectors, file)), uuid)).toMatchObject({ accepted: true, ballots });
});

judged.each(["badproof", "badsig", "badpd"])(
  "belenios-tool refuses an archive with %s, so its approval means something",
  (fault) => {
    const archive = readFileSync(join(vectors, "tampered", `${fault}-ALMYGqHaLyCN8x.bel`));
    expect(judgeArchive(archive, "ALMYGqHaLyCN8x").accepted).toBe(false);
  },
);
