import fc from "fast-check";
import { expect, test } from "vitest";
import { assertLetter } from "#mail/letter.js";
import { readAddress } from "./address.js";

const normal = (text: string) => {
  const address = readAddress(text);
  return address.ok ? address.value.normal : address.error;
};

test.each([
  ["Alice@X.org ", "alice@x.org"],
  ["\u00a0alice@x.org", "alice@x.org"],
  ["ａｌｉｃｅ＠ｘ．ｏｒｇ", "alice@x.org"],
  ["ALICE@X.ORG.", "alice@x.org"],
  ["zoë@München.de", "zoë@xn--mnchen-3ya.de"],
  ["ZOE\u0308@xn--mnchen-3ya.de", "zoë@xn--mnchen-3ya.de"],
  ["user@例え。テスト", "user@xn--r8jz45g.xn--zckzah"],
  ["O'Brien@example.org", "o'brien@example.org"],
])("R-08: %j is %j", (input, expected) => {
  expect(normal(input)).toBe(expected);
});

test("R-08: dots and plus signs tell addresses apart", () => {
  expect(new Set(["ab@x.org", "a.b@x.org", "a+b@x.org", "ab+1@x.org"].map(normal)).size).toBe(4);
});

test("letters go to the spelling of the owner", () => {
  const address = readAddress(" McCartney@Example.ORG ");
  expect(address.ok && address.value.display).toBe("McCartney@example.org");
});

test.each([
  "",
  "@",
  "alice",
  "alice@",
  "@x.org",
  "a b@x.org",
  "alice@x",
  "alice@127.0.0.1",
  "alice@[127.0.0.1]",
  '"a b"@x.org',
  "a@b@x.org",
  ".a@x.org",
  "a.@x.org",
  "a..b@x.org",
  "alice@x..org",
  "alice@-x.org",
  "alice@x.org\r\nBcc: eve@x.org",
  "alice\r\n@x.org",
  "alice\u0000@x.org",
  "alice@x.org,eve@x.org",
  "alice@x.org;eve@x.org",
  "Alice <alice@x.org>",
  `${"a".repeat(65)}@x.org`,
  `a@${"a".repeat(64)}.org`,
  `a@${"abcdefg.".repeat(40)}org`,
  "alice@x.org/../..",
  "alice@x.org?a",
  "alice@x.org#a",
  "alice@x.org:25",
  "alice@%78.org",
  "alice@x.org\\y",
  "alice\u202e@x.org",
  "alice\u200b@x.org",
  "alice@x_y.org",
  "a(comment)@x.org",
])("R-16: %j is refused", (input) => {
  expect(readAddress(input).ok).toBe(false);
});

test("law: the normal form of a normal form is itself, whatever is typed", () => {
  const typed = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(fc.string({ unit: "grapheme" }), fc.domain()).map(([a, b]) => `${a}@${b}`),
    fc.emailAddress(),
  );
  fc.assert(
    fc.property(typed, (input) => {
      const first = readAddress(input);
      if (!first.ok) return;
      const again = readAddress(first.value.normal);
      expect(again.ok && again.value.normal).toBe(first.value.normal);
      const display = readAddress(first.value.display);
      expect(display.ok && display.value.normal).toBe(first.value.normal);
      expect(normal(` ${input.replace(/[a-z]/g, (letter) => letter.toUpperCase())}\t`)).toBe(first.value.normal);
      expect(() => assertLetter({ to: first.value.display, subject: "s", text: "t" })).not.toThrow();
      expect(first.value.normal).not.toMatch(/[\r\n\s<>,;]/);
    }),
    { numRuns: 2000 },
  );
});
