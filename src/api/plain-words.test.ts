import { expect, test } from "vitest";
import { z } from "zod";
import { plainWords } from "./plain-words.js";

/** As the HTTP edge hands it on. */
function wordsOf(schema: z.ZodType, value: unknown): string[] {
  const outcome = schema.safeParse(value);
  return (outcome.error?.issues ?? []).map(({ code, message, path: _path, ...params }) =>
    plainWords({ code: code as string, message, params }),
  );
}

test.each<[z.ZodType, unknown, string]>([
  [z.string(), 7, "has to be text"],
  [z.string(), undefined, "is missing; send text"],
  [z.number().int(), 1.5, "has to be a whole number"],
  [z.boolean(), "yes", "has to be true or false"],
  [z.array(z.string()), {}, "has to be a list"],
  [z.strictObject({}), [], "has to be an object"],
  [z.string().min(2), "a", "has to have at least 2 characters"],
  [z.string().min(1), "", "has to have at least 1 character"],
  [z.string().max(3), "abcd", "has to have at most 3 characters"],
  [z.array(z.string()).max(1), ["a", "b"], "has to have at most 1 entry"],
  [z.number().min(1), 0, "has to be at least 1"],
  [z.enum(["upcoming", "past"]), "now", "has to be upcoming or past"],
  [z.strictObject({}), { role: 1 }, "has a field that is not known here: role"],
  [z.email(), "nobody", "has to be a mail address like name@example.org"],
  [z.string().regex(/^[0-9]+$/), "x", "does not have the expected form (/^[0-9]+$/)"],
  [z.string().regex(/^0x/, "has to begin with 0x"), "x", "has to begin with 0x"],
  [z.union([z.string(), z.number()]), true, "does not have one of the expected forms"],
])("what is wrong is said in plain words (%#)", (schema, value, words) => {
  expect(wordsOf(schema, value)).toEqual([words]);
});
