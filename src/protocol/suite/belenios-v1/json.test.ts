import fc from "fast-check";
import { expect, test } from "vitest";
import { isWellFormed } from "#base/bytes.js";
import { GENERATOR, IDENTITY, ORDER, pointToText } from "#crypto/group.js";
import {
  arrayOf,
  countOf,
  countValue,
  faultText,
  fields,
  hash64Of,
  hashOf,
  integerOf,
  type JsonMode,
  keyOf,
  literalOf,
  type Node,
  pointOf,
  proofOf,
  proofValue,
  readJson,
  scalarOf,
  stringOf,
  type Writable,
  writeJson,
} from "./json.js";

const anything = (node: Node): Node => node;
const canonical = (text: string, read: (node: Node) => unknown = anything) => readJson(text, "canonical", read);
const tolerant = (text: string, read: (node: Node) => unknown = anything) => readJson(text, "tolerant", read);

/** Refusal as one line, or "ok". */
function verdict(text: string, mode: JsonMode, read: (node: Node) => unknown = anything): string {
  const outcome = readJson(text, mode, read);
  return outcome.ok ? "ok" : faultText(outcome.error);
}

const event = (node: Node) => {
  const read = fields(node, "parent?", "height", "type");
  return {
    parent: read.parent === undefined ? undefined : hashOf(read.parent),
    height: integerOf(read.height),
    type: stringOf(read.type),
  };
};

test("exact fields, in order, none twice, none unknown", () => {
  const hash = "a".repeat(64);
  expect(verdict(`{"parent":"${hash}","height":1,"type":"Ballot"}`, "canonical", event)).toBe("ok");
  expect(verdict('{"height":1,"type":"Ballot"}', "canonical", event)).toBe("ok");
  expect(verdict('{"height":1}', "canonical", event)).toBe("field type is missing");
  expect(verdict('{"type":"Ballot","height":1}', "canonical", event)).toBe("height: field out of order");
  expect(verdict('{"type":"Ballot","height":1}', "tolerant", event)).toBe("ok");
  expect(verdict('{"height":1,"height":1,"type":"x"}', "tolerant", event)).toBe("height: duplicate field");
  expect(verdict('{"height":1,"type":"x","extra":0}', "tolerant", event)).toBe("extra: unknown field");
  expect(verdict('{"height":1,"type":"x","parent?":""}', "tolerant", event)).toBe("parent?: unknown field");
  expect(verdict('{"height":1,"type":"x","__proto__":0}', "tolerant", event)).toBe("__proto__: unknown field");
  expect(verdict('{"height":1,"type":null}', "tolerant", event)).toBe("type: expected a string, found null");
  expect(verdict("[]", "tolerant", event)).toBe("expected an object, found a JSON array");
});

test("C-09: canonical text has no white space and only yojson's escapes", () => {
  for (const text of ["{ }", "[1, 2]", " 1", "1\n", '["a" ]', '{"a" :1}']) {
    expect(canonical(text).ok, text).toBe(false);
    expect(tolerant(text).ok, text).toBe(true);
  }
  for (const text of ['"\\u0041"', '"\\/"', '"\\u000a"', '"\\u001F"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\u007f"']) {
    expect(canonical(text).ok, text).toBe(false);
    expect(tolerant(text).ok, text).toBe(true);
  }
  for (const text of ['"\\n\\t\\b\\f\\r\\"\\\\"', '"\\u001f\\u007f"', '"é😀\u2028"'])
    expect(canonical(text).ok, text).toBe(true);
});

test("texts that are not JSON, refused in both modes", () => {
  const texts = [
    "",
    "{",
    "[",
    '"',
    '"\\',
    '"\\u12',
    "tru",
    "nul",
    "+1",
    "01",
    "1.",
    ".5",
    "1e",
    "NaN",
    "[1,]",
    "{,}",
    "[1]]",
  ];
  texts.push(
    '{"a"}',
    '{"a":}',
    "{a:1}",
    "'a'",
    '"\t"',
    '"\\x"',
    '"\\u12g4"',
    "\ufeff1",
    '"\\ud800"',
    '"\ud800"',
    "-",
    "[1 2]",
  );
  for (const text of texts) {
    expect(canonical(text).ok, text).toBe(false);
    expect(tolerant(text).ok, text).toBe(false);
  }
  expect(verdict("[".repeat(100_000), "tolerant")).toMatch(/nested too deeply/);
  expect(faultText({ path: "", reason: "x" })).toBe("x");
  expect(readJson('"aaaa"', "tolerant", anything, 3).ok).toBe(false);
});

test("numbers and counts are canonical", () => {
  for (const text of ["-1", "1.0", "1e2", "-0", "9007199254740993"])
    expect(tolerant(text, integerOf).ok, text).toBe(false);
  expect(tolerant("9007199254740991", integerOf).ok).toBe(true);
  expect(verdict("5", "canonical", (node) => integerOf(node, 0, 4))).toBe("5 is outside 0..4");
  const count = (node: Node) => countOf(node, 10n ** 11n);
  expect(verdict("1073741823", "canonical", count)).toBe("ok");
  expect(verdict('"1073741824"', "canonical", count)).toBe("ok");
  for (const text of ["1073741824", '"1073741823"', '"01073741824"', "-1", '"x"', '"100000000001"', "true", '""']) {
    expect(canonical(text, count).ok, text).toBe(false);
  }
  expect(writeJson([countValue(1073741823n), countValue(1073741824n)])).toBe('[1073741823,"1073741824"]');
});

test("C-09: points and scalars have one text", () => {
  const text = pointToText(GENERATOR.double());
  expect(canonical(`"${text}"`, pointOf).ok).toBe(true);
  for (const bad of [text.toUpperCase(), `0${text}`, text.slice(1), `${text}\n`, ` ${text}`, `${text}00`]) {
    expect(canonical(JSON.stringify(bad), pointOf).ok, bad).toBe(false);
  }
  // y = p (the text of 0 plus the field prime) and the neutral element with the sign bit set.
  const overflow = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee";
  const signed = `8${"0".repeat(62)}1`;
  for (const bad of [overflow, signed]) expect(canonical(`"${bad}"`, pointOf).ok, bad).toBe(false);
  for (const good of ["0", "1", (ORDER - 1n).toString()]) expect(canonical(`"${good}"`, scalarOf).ok, good).toBe(true);
  for (const bad of [
    "",
    "00",
    "01",
    "-1",
    "+1",
    "1 ",
    "0x1",
    "1e3",
    ORDER.toString(),
    (ORDER + 1n).toString(),
    "9".repeat(500),
  ]) {
    expect(canonical(`"${bad}"`, scalarOf).ok, bad).toBe(false);
  }
  expect(canonical("1", scalarOf).ok).toBe(false);
});

test("C-06, C-08: points outside the subgroup are refused, the neutral element as a key", () => {
  // Points of order 2 and 4, and one off the curve.
  const order2 = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec";
  for (const bad of [order2, "0".repeat(64), `${"0".repeat(63)}2`])
    expect(canonical(`"${bad}"`, pointOf).ok, bad).toBe(false);
  const neutral = `"${pointToText(IDENTITY)}"`;
  expect(canonical(neutral, pointOf).ok).toBe(true);
  expect(verdict(neutral, "canonical", keyOf)).toBe("the neutral element is not a key");
});

test("hashes and literals", () => {
  expect(canonical(`"${"0f".repeat(32)}"`, hashOf).ok).toBe(true);
  expect(canonical(`"${"0F".repeat(32)}"`, hashOf).ok).toBe(false);
  expect(canonical(`"${"A".repeat(43)}"`, hash64Of).ok).toBe(true);
  for (const bad of [
    "A".repeat(42),
    "A".repeat(44),
    `${"A".repeat(42)}B`,
    `${"A".repeat(43)}=`,
    `${"A".repeat(42)}-`,
  ]) {
    expect(canonical(`"${bad}"`, hash64Of).ok, bad).toBe(false);
  }
  expect(verdict('"c"', "canonical", (node) => literalOf(node, "a", "b"))).toBe("expected a or b");
  expect(verdict("[1,2]", "canonical", (node) => arrayOf(node, integerOf, 3, 3))).toBe("array of 2, expected 3");
});

test("a reader's own mistake is not swallowed", () => {
  expect(() =>
    canonical("1", () => {
      throw new RangeError("mine");
    }),
  ).toThrow("mine");
});

const writable: fc.Arbitrary<Writable> = fc.letrec<{ value: Writable }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }),
    fc.maxSafeNat(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: "binary" }), tie("value"), { maxKeys: 4 }),
  ),
})).value;

test("law: what is written is canonical JSON, and reads back as the platform reads it", () => {
  fc.assert(
    fc.property(writable, (value) => {
      const text = writeJson(value);
      expect(canonical(text)).toMatchObject({ ok: true });
      expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(value));
    }),
  );
});

test("law: any text gives a value, never a throw; tolerant syntax is exactly the platform's", () => {
  const mutated = fc.tuple(writable, fc.nat(), fc.string({ maxLength: 3 })).map(([value, at, insert]) => {
    const text = writeJson(value);
    const position = at % (text.length + 1);
    return text.slice(0, position) + insert + text.slice(position + (at % 2));
  });
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), mutated), (text) => {
      const accepted = tolerant(text).ok;
      let platform = true;
      try {
        JSON.parse(text);
      } catch {
        platform = false;
      }
      // Ours also refuses unpaired surrogates, which the platform lets pass.
      if (isWellFormed(text) && !/\\ud/i.test(text)) expect(accepted).toBe(platform);
      if (canonical(text).ok) expect(accepted).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("law: proofs decode to what was encoded", () => {
  const scalar = fc.bigInt(0n, ORDER - 1n);
  fc.assert(
    fc.property(scalar, scalar, (challenge, response) => {
      const text = writeJson(proofValue({ challenge, response }));
      expect(canonical(text, proofOf)).toEqual({ ok: true, value: { challenge, response } });
    }),
  );
});
