import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "#base/bytes.js";
import { maxJsonDepth, parseStrictJson } from "./strict-json.js";

function read(text: string): unknown {
  const parsed = parseStrictJson(utf8(text));
  return parsed.ok ? { value: parsed.value } : parsed.error.code;
}

function isUnsafe(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
}

test("whatever JSON.stringify writes reads back as the same value", () => {
  const keepsMeaning = (value: unknown) => {
    const text = JSON.stringify(value, (_name, part) => (isUnsafe(part) ? String(part) : part));
    fc.pre(!text.includes("\\u0000") && !/\\ud[89a-f]/i.test(text) && !text.includes("__proto__"));
    expect(read(text)).toEqual({ value: JSON.parse(text) });
  };
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), keepsMeaning), { numRuns: 500 });
});

test("on any bytes it answers and never throws; what it accepts, JSON.parse accepts too", () => {
  const soup = fc.stringMatching(/^[{}[\]",:0-9.eE+\-\\u truefalsn]{0,40}$/);
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), soup.map(utf8), fc.json().map(utf8));
  const agrees = (input: Uint8Array) => {
    const parsed = parseStrictJson(input);
    if (parsed.ok) expect(parsed.value).toEqual(JSON.parse(new TextDecoder().decode(input)));
  };
  fc.assert(fc.property(bytes, agrees), { numRuns: 2_000 });
});

test.each([
  ["", "syntax"],
  ["{", "syntax"],
  ['{"a":1', "syntax"],
  ['{"a":1,}', "syntax"],
  ["[1,]", "syntax"],
  ["[1 2]", "syntax"],
  ["{'a':1}", "syntax"],
  ['{"a" 1}', "syntax"],
  ["{} {}", "syntax"],
  ["01", "syntax"],
  ["+1", "syntax"],
  ["1.", "syntax"],
  [".5", "syntax"],
  ["NaN", "syntax"],
  ["Infinity", "syntax"],
  ["tru", "syntax"],
  ["undefined", "syntax"],
  ["// comment\n1", "syntax"],
  ['"open', "syntax"],
  ['"tab\there"', "syntax"],
  ['"\\x41"', "syntax"],
  ['"\\u12g4"', "syntax"],
  ["\u00a01", "syntax"],
  ['{"a":1,"a":1}', "duplicate-name"],
  ['{"a":1,"\\u0061":2}', "duplicate-name"],
  ['{"x":{"b":1,"b":2}}', "duplicate-name"],
  ['{"__proto__":{}}', "forbidden-name"],
  ['{"\\u005f_proto__":{}}', "forbidden-name"],
  ["9007199254740992", "unsafe-number"],
  ["-9007199254740992", "unsafe-number"],
  ["9007199254740993", "unsafe-number"],
  ["1e400", "unsafe-number"],
  ["1e21", "unsafe-number"],
  ["-0", "unsafe-number"],
  ["-0.0", "unsafe-number"],
  ["2e0", "unsafe-number"],
  ["2.0", "unsafe-number"],
  ["1.5e3", "unsafe-number"],
  ['"\\ud800"', "unpaired-surrogate"],
  ['"\\udc00\\ud800"', "unpaired-surrogate"],
  ['{"\\ud800":1}', "unpaired-surrogate"],
  ['"a\\u0000b"', "nul-character"],
  ['{"\\u0000":1}', "nul-character"],
])("%j is refused as %s", (text, code) => {
  expect(read(text)).toBe(code);
});

test("a byte order mark and bytes that are not UTF-8 are refused", () => {
  const codeOf = (...bytes: number[]) => {
    const parsed = parseStrictJson(Uint8Array.from(bytes));
    return parsed.ok ? "accepted" : parsed.error.code;
  };
  expect(codeOf(0xef, 0xbb, 0xbf, 0x31)).toBe("byte-order-mark");
  expect(codeOf(0xfe, 0xff, 0x00, 0x31)).toBe("not-utf8");
  expect(codeOf(0x22, 0xff, 0x22)).toBe("not-utf8");
  expect(codeOf(0x22, 0xc0, 0x80, 0x22)).toBe("not-utf8");
  expect(codeOf(0x22, 0xed, 0xa0, 0x80, 0x22)).toBe("not-utf8");
  expect(codeOf(0x22, 0x00, 0x22)).toBe("syntax");
});

test.each([
  ["9007199254740991", 9007199254740991],
  ["-9007199254740991", -9007199254740991],
  ["0", 0],
  ["1.5e-3", 0.0015],
  [' {"a" : [ true , null ] } ', { a: [true, null] }],
  ['"\\ud83d\\ude00 \\u00e9 ψ 😀"', "😀 é ψ 😀"],
  ['{"constructor":1,"toString":2}', { constructor: 1, toString: 2 }],
])("%s is accepted", (text, value) => {
  expect(read(text)).toEqual({ value });
});

test("nesting is accepted up to the limit and refused beyond", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  expect(read(nested(maxJsonDepth))).toHaveProperty("value");
  expect(read(nested(maxJsonDepth + 1))).toBe("too-deep");
  expect(read("[".repeat(1_000_000))).toBe("too-deep");
  expect(read('{"a":'.repeat(100_000))).toBe("too-deep");
});

test("the refusal says where and what to do", () => {
  const parsed = parseStrictJson(utf8('{"a":1,"a":2}'));
  expect(parsed).toEqual({
    ok: false,
    error: {
      code: "duplicate-name",
      at: 7,
      detail: 'The JSON cannot be accepted: two members are called "a" (at position 7).',
    },
  });
});
