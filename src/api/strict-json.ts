/**
 * JSON at the edge, read strictly (RFC 8259, narrowed as I-JSON, RFC 7493): one text has one meaning for every reader.
 * Refused beside plain syntax errors: a byte order mark, bytes that are not UTF-8, two members of one name, the name
 * `__proto__`, numbers a double cannot hold exactly as integers, unpaired surrogates, NUL, and deep nesting.
 */
import { fromUtf8, isWellFormed } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Deepest nesting accepted. Our own requests nest four deep; the limit keeps the reader's stack small. */
export const maxJsonDepth = 32;

/** Why a text was refused; ordered by what is looked at first. */
export type JsonFaultCode =
  | "byte-order-mark"
  | "not-utf8"
  | "syntax"
  | "too-deep"
  | "duplicate-name"
  | "forbidden-name"
  | "unsafe-number"
  | "unpaired-surrogate"
  | "nul-character";

export interface JsonFault {
  readonly code: JsonFaultCode;
  /** Position in UTF-16 units of the text (bytes for the first two codes). */
  readonly at: number;
  /** A sentence for the sender. */
  readonly detail: string;
}

/** Reads a whole body. Never throws, whatever the bytes. */
export function parseStrictJson(bytes: Uint8Array): Result<Json, JsonFault> {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return fail({
      code: "byte-order-mark",
      at: 0,
      detail: "The body starts with a byte order mark; send UTF-8 without one.",
    });
  }
  const text = fromUtf8(bytes);
  if (!text.ok) return fail({ code: "not-utf8", at: 0, detail: "The body is not valid UTF-8." });
  const reader: Reader = { text: text.value, at: 0 };
  try {
    skipSpace(reader);
    const value = readValue(reader, 0);
    skipSpace(reader);
    if (reader.at !== reader.text.length)
      refuse(reader, "syntax", "there is more text after the end of the JSON value");
    return ok(value);
  } catch (error) {
    if (error instanceof Refusal) return fail(error.fault);
    throw error;
  }
}

interface Reader {
  readonly text: string;
  at: number;
}

/** Carries a fault out of the recursion; never leaves this file. */
class Refusal extends Error {
  readonly fault: JsonFault;
  constructor(fault: JsonFault) {
    super(fault.detail);
    this.fault = fault;
  }
}

function refuse(reader: Reader, code: JsonFaultCode, what: string): never {
  throw new Refusal({
    code,
    at: reader.at,
    detail: `The JSON cannot be accepted: ${what} (at position ${reader.at}).`,
  });
}

function skipSpace(reader: Reader): void {
  for (;;) {
    const code = reader.text.charCodeAt(reader.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    reader.at += 1;
  }
}

function readValue(reader: Reader, depth: number): Json {
  const first = reader.text[reader.at];
  if (first === '"') return readString(reader);
  if (first === "{") return readObject(reader, depth);
  if (first === "[") return readArray(reader, depth);
  if (first === "t") return readWord(reader, "true", true);
  if (first === "f") return readWord(reader, "false", false);
  if (first === "n") return readWord(reader, "null", null);
  return readNumber(reader);
}

function readWord<T extends Json>(reader: Reader, word: string, value: T): T {
  if (!reader.text.startsWith(word, reader.at)) refuse(reader, "syntax", "a value was expected");
  reader.at += word.length;
  return value;
}

// Sticky, so that it matches at the reader's position only; the grammar of RFC 8259 §6.
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function readNumber(reader: Reader): number {
  number.lastIndex = reader.at;
  const match = number.exec(reader.text)?.[0];
  if (match === undefined) {
    const ended = reader.at >= reader.text.length;
    return refuse(reader, "syntax", ended ? "the text ends too early" : "a value was expected");
  }
  const value = Number(match);
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)) || Object.is(value, -0)) {
    refuse(
      reader,
      "unsafe-number",
      `the number ${match.slice(0, 40)} has no exact value; send large integers as strings`,
    );
  }
  // 2e0 and 2.0 are other texts of 2: whoever sends one has another reader in mind (row H-05).
  if (Number.isInteger(value) && !/^-?\d+$/.test(match)) {
    refuse(reader, "unsafe-number", `write ${value}, a whole number, without exponent or fraction`);
  }
  reader.at += match.length;
  return value;
}

function readString(reader: Reader): string {
  const start = reader.at;
  reader.at += 1;
  let out = "";
  let plainFrom = reader.at;
  for (;;) {
    const code = reader.text.charCodeAt(reader.at);
    if (Number.isNaN(code)) return refuse(reader, "syntax", "a string is not closed");
    if (code === 0x22) break;
    if (code < 0x20) return refuse(reader, "syntax", "a string holds a raw control character");
    if (code === 0x5c) {
      out += reader.text.slice(plainFrom, reader.at) + readEscape(reader);
      plainFrom = reader.at;
    } else {
      reader.at += 1;
    }
  }
  out += reader.text.slice(plainFrom, reader.at);
  reader.at += 1;
  if (!isWellFormed(out)) {
    reader.at = start;
    return refuse(reader, "unpaired-surrogate", "a string holds half of a surrogate pair");
  }
  return out;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Reads one escape; the reader stands on the backslash before and after the escape afterwards. */
function readEscape(reader: Reader): string {
  const letter = reader.text[reader.at + 1] ?? "";
  const simple = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
  if (simple !== undefined) {
    reader.at += 2;
    return simple;
  }
  const digits = reader.text.slice(reader.at + 2, reader.at + 6);
  if (letter !== "u" || !/^[0-9a-fA-F]{4}$/.test(digits))
    return refuse(reader, "syntax", "a string holds an unknown escape");
  const unit = Number.parseInt(digits, 16);
  if (unit === 0) return refuse(reader, "nul-character", "a string holds the NUL character");
  reader.at += 6;
  return String.fromCharCode(unit);
}

function readArray(reader: Reader, depth: number): Json[] {
  if (depth >= maxJsonDepth) refuse(reader, "too-deep", `it nests deeper than ${maxJsonDepth} levels`);
  reader.at += 1;
  const items: Json[] = [];
  skipSpace(reader);
  if (reader.text[reader.at] === "]") {
    reader.at += 1;
    return items;
  }
  for (;;) {
    skipSpace(reader);
    items.push(readValue(reader, depth + 1));
    skipSpace(reader);
    if (closes(reader, "]")) return items;
  }
}

function readObject(reader: Reader, depth: number): { [name: string]: Json } {
  if (depth >= maxJsonDepth) refuse(reader, "too-deep", `it nests deeper than ${maxJsonDepth} levels`);
  reader.at += 1;
  const members: { [name: string]: Json } = {};
  skipSpace(reader);
  if (reader.text[reader.at] === "}") {
    reader.at += 1;
    return members;
  }
  for (;;) {
    skipSpace(reader);
    readMember(reader, depth, members);
    skipSpace(reader);
    if (closes(reader, "}")) return members;
  }
}

function readMember(reader: Reader, depth: number, members: { [name: string]: Json }): void {
  if (reader.text[reader.at] !== '"') refuse(reader, "syntax", "the name of a member was expected");
  const at = reader.at;
  const name = readString(reader);
  const after = reader.at;
  reader.at = at;
  // Assigning to this name would change the object's prototype instead of adding a member.
  if (name === "__proto__") refuse(reader, "forbidden-name", 'no member may be called "__proto__"');
  if (Object.hasOwn(members, name))
    refuse(reader, "duplicate-name", `two members are called ${JSON.stringify(name.slice(0, 60))}`);
  reader.at = after;
  skipSpace(reader);
  if (reader.text[reader.at] !== ":") refuse(reader, "syntax", "a colon was expected");
  reader.at += 1;
  skipSpace(reader);
  members[name] = readValue(reader, depth + 1);
}

/** Steps over a comma (false) or the closing bracket (true). */
function closes(reader: Reader, bracket: string): boolean {
  const found = reader.text[reader.at];
  if (found !== "," && found !== bracket) {
    refuse(reader, "syntax", found === undefined ? "the text ends too early" : `a comma or ${bracket} was expected`);
  }
  reader.at += 1;
  return found === bracket;
}
