import { expect, test } from "vitest";
import { type DraftTrustee, warningsOf } from "./draft.js";

const trustee = (name: string, part: DraftTrustee["part"] = "member"): DraftTrustee => ({ name, part, key: null });
const question = (answers: string[]) => ({ question: "Who?", answers, min: 1, max: 1, blank: false });

test("an ordinary draft has no warnings; names in one script of any kind are ordinary", () => {
  const trustees = ["Tina", "Тимур", "Τάσος"].map((name) => trustee(name));
  expect(warningsOf({ body: { questions: [question(["Anna", "Борис"])] }, trustees })).toEqual([]);
});

test("E-07: names and answers that look like others are shown to officers", () => {
  // The second Anna begins with a Cyrillic letter, the second CAHO has only such.
  const body = { questions: [question(["Anna", "Аnna"]), question(["CAHO", "САНО", "None"])] };
  expect(warningsOf({ body, trustees: [trustee("Eva"), trustee("Εva")] })).toEqual([
    "“Εva” has letters of several scripts in one word; they may look like others.",
    "The trustees “Eva” and “Εva” look alike.",
    "“Аnna” has letters of several scripts in one word; they may look like others.",
    "The answers “Anna” and “Аnna” and “CAHO” and “САНО” look alike.",
  ]);
});

test("K-05: a single or mandatory trustee is warned of", () => {
  expect(warningsOf({ body: {}, trustees: [trustee("Tina", "mandatory")] })).toHaveLength(2);
});
