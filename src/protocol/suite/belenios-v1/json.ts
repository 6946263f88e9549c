/**
 * JSON of the Belenios suite (belenios-format §1): a reader for foreign text that answers with a value, and the compact
 * writer that yojson is.
 *
 * *Canonical* reading is for objects that are re-serialised and compared (ballots, tallies, events, proofs): compact, no
 * white space, exact fields in exact order, strings escaped as yojson escapes them, canonical numbers and points. What it
 * accepts is re-encoded to the same text (row C-09). *Tolerant* reading is for objects that are hashed as the bytes they
 * are (elections): any RFC 8259 writer, fields in any order; unknown and duplicate fields are refused all the same.
 *
 * Readers are plain functions over {@link Node}; they stop at the first refusal, which {@link readJson} turns into a
 * {@link JsonFault} with the path and the reason. Nothing else is ever thrown, on any text.
 */
import { isWellFormed } from "#base/bytes.js";
import { MAX_JSON_DEPTH, MAX_JSON_TEXT } from "#base/limits.js";
import { fail, ok, type Result } from "#base/result.js";
import { isIdentity, type Point, pointFromText } from "#crypto/group.js";
import type { Proof } from "#crypto/proofs/knowledge.js";
import { scalarFromText, scalarToText } from "#crypto/scalar.js";

/** Where and why a text was refused. `path` is like `answers[0].choices[1].alpha`; empty for the whole text. */
export interface JsonFault {
  readonly path: string;
  readonly reason: string;
}

export type JsonMode = "canonical" | "tolerant";

/** A parsed value with its place. Look inside only through the readers below. */
export interface Node {
  readonly value: JsonValue;
  readonly parent: Node | undefined;
  readonly step: string | number;
  readonly mode: JsonMode;
}

type JsonValue =
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "array"; readonly items: readonly JsonValue[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, JsonValue])[] };

class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(readonly fault: JsonFault) {
    super(fault.reason);
  }
}

/** Reads `text` with `read`. Never throws for any text; a reader's own programming mistakes still do. */
export function readJson<T>(
  text: string,
  mode: JsonMode,
  read: (node: Node) => T,
  maxLength: number = MAX_JSON_TEXT,
): Result<T, JsonFault> {
  if (text.length > maxLength) return fail({ path: "", reason: `longer than ${maxLength} characters` });
  if (!isWellFormed(text)) return fail({ path: "", reason: "unpaired surrogate" });
  try {
    return ok(read({ value: parse(text, mode), parent: undefined, step: "", mode }));
  } catch (error) {
    if (error instanceof Refusal) return fail(error.fault);
    throw error;
  }
}

/** Ends the reading: `node` is not acceptable for `reason`. */
export function refuse(node: Node, reason: string): never {
  throw new Refusal({ path: pathOf(node), reason });
}

function pathOf(node: Node): string {
  if (node.parent === undefined) return "";
  const before = pathOf(node.parent);
  if (typeof node.step === "number") return `${before}[${node.step}]`;
  return before === "" ? node.step : `${before}.${node.step}`;
}

/** A fault as one line for people and logs. */
export function faultText(fault: JsonFault): string {
  return fault.path === "" ? fault.reason : `${fault.path}: ${fault.reason}`;
}

type Fields<N extends string> = {
  readonly [K in N as K extends `${string}?` ? never : K]: Node;
} & { readonly [K in N as K extends `${infer Name}?` ? Name : never]?: Node };

/**
 * An object with exactly these fields, named in the order of the format (which canonical text must keep); a name with
 * `?` at its end is optional: `fields(node, "parent?", "height", "type")`.
 */
export function fields<N extends string>(node: Node, ...names: readonly N[]): Fields<N> {
  if (node.value.kind !== "object") return refuse(node, `expected an object, found ${found(node)}`);
  const out: Record<string, Node> = Object.create(null) as Record<string, Node>;
  let last = -1;
  for (const [name, value] of node.value.entries) {
    const child: Node = { value, parent: node, step: name, mode: node.mode };
    const position = names.findIndex((known) => known === name || known === `${name}?`);
    if (position < 0 || name.endsWith("?")) return refuse(child, "unknown field");
    if (name in out) return refuse(child, "duplicate field");
    if (node.mode === "canonical" && position < last) return refuse(child, "field out of order");
    last = position;
    out[name] = child;
  }
  for (const name of names) {
    if (!(name in out) && !name.endsWith("?")) return refuse(node, `field ${name} is missing`);
  }
  return out as Fields<N>;
}

/** Elements of an array, their number within bounds. */
export function items(node: Node, min = 0, max: number = Number.MAX_SAFE_INTEGER): readonly Node[] {
  if (node.value.kind !== "array") return refuse(node, `expected an array, found ${found(node)}`);
  const length = node.value.items.length;
  if (length < min || length > max)
    return refuse(node, `array of ${length}, expected ${min === max ? min : `${min} to ${max}`}`);
  return node.value.items.map((value, step) => ({ value, parent: node, step, mode: node.mode }));
}

/** An array read element by element. */
export function arrayOf<T>(node: Node, read: (item: Node) => T, min?: number, max?: number): readonly T[] {
  return items(node, min, max).map((item) => read(item));
}

export function stringOf(node: Node, maxLength: number = MAX_JSON_TEXT): string {
  if (node.value.kind !== "string") return refuse(node, `expected a string, found ${found(node)}`);
  if (node.value.value.length > maxLength) return refuse(node, `longer than ${maxLength} characters`);
  return node.value.value;
}

export function booleanOf(node: Node): boolean {
  return node.value.kind === "boolean"
    ? node.value.value
    : refuse(node, `expected true or false, found ${found(node)}`);
}

/** A JSON number that is a canonical non-negative integer within bounds. */
export function integerOf(node: Node, min = 0, max: number = Number.MAX_SAFE_INTEGER): number {
  if (node.value.kind !== "number") return refuse(node, `expected a number, found ${found(node)}`);
  const text = node.value.text;
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return refuse(node, "not a canonical non-negative integer");
  const value = Number(text);
  if (value < min || value > max) return refuse(node, `${text} is outside ${min}..${max}`);
  return value;
}

/** Largest count that yojson writes as a JSON number; above it a decimal string is used (belenios-format §1). */
const MAX_NUMBER_COUNT = 2n ** 30n - 1n;

/** A weight or count: a JSON number up to 2^30 − 1, a decimal string above, never the other way round. */
export function countOf(node: Node, max: bigint): bigint {
  const text = node.value.kind === "number" ? node.value.text : node.value.kind === "string" ? node.value.value : "";
  if (text.length > 30 || !/^(0|[1-9][0-9]*)$/.test(text)) return refuse(node, "not a canonical count");
  const value = BigInt(text);
  if (value <= MAX_NUMBER_COUNT !== (node.value.kind === "number")) return refuse(node, "count in the wrong JSON type");
  return value <= max ? value : refuse(node, `count above ${max}`);
}

/** Inverse of {@link countOf}, for {@link writeJson}. */
export function countValue(count: bigint): Writable {
  return count <= MAX_NUMBER_COUNT ? Number(count) : count.toString(10);
}

/** Exactly this string. */
export function literalOf<T extends string>(node: Node, ...allowed: readonly T[]): T {
  const value = stringOf(node);
  if (!(allowed as readonly string[]).includes(value)) return refuse(node, `expected ${allowed.join(" or ")}`);
  return value as T;
}

/** 64 lower-case hex digits: the SHA-256 of an object. */
export function hashOf(node: Node): string {
  const value = stringOf(node);
  return /^[0-9a-f]{64}$/.test(value) ? value : refuse(node, "not a lower-case hex SHA-256");
}

/** Unpadded Base64 of 32 bytes (fingerprints, ballot hashes, trackers): 43 characters, spare bits zero. */
export function hash64Of(node: Node): string {
  const value = stringOf(node);
  if (!/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/.test(value)) return refuse(node, "not the unpadded Base64 of 32 bytes");
  return value;
}

/** Belenios uuid: Base58 characters, within the limits. */
export function isUuid(text: string, min: number, max: number): boolean {
  return text.length >= min && text.length <= max && /^[1-9A-HJ-NP-Za-km-z]+$/.test(text);
}

/** A group element: canonical text, on the curve, in the subgroup; the neutral element is accepted. */
export function pointOf(node: Node, decode: PointDecoder = pointFromText): Point {
  return decode(stringOf(node)) ?? refuse(node, "not a canonical element of the group");
}

/** Strict decoding of a point's text: `pointFromText`, or something as strict. */
export type PointDecoder = (text: string) => Point | undefined;

/** A group element that may be a key: like {@link pointOf}, but not the neutral element (row C-08). */
export function keyOf(node: Node, decode: PointDecoder = pointFromText): Point {
  const point = pointOf(node, decode);
  return isIdentity(point) ? refuse(node, "the neutral element is not a key") : point;
}

/** A scalar: a decimal string without leading zeros, below q. */
export function scalarOf(node: Node): bigint {
  return scalarFromText(stringOf(node)) ?? refuse(node, "not a canonical scalar below the group order");
}

/** {challenge, response}. */
export function proofOf(node: Node): Proof {
  const read = fields(node, "challenge", "response");
  return { challenge: scalarOf(read.challenge), response: scalarOf(read.response) };
}

/** Inverse of {@link proofOf}, for {@link writeJson}. */
export function proofValue(proof: Proof): Writable {
  return { challenge: scalarToText(proof.challenge), response: scalarToText(proof.response) };
}

function found(node: Node): string {
  return node.value.kind === "null" ? "null" : `a JSON ${node.value.kind}`;
}

/** What {@link writeJson} writes. Fields that are `undefined` are left out; object fields keep their order. */
export type Writable =
  | string
  | number
  | boolean
  | readonly Writable[]
  | { readonly [name: string]: Writable | undefined };

/** Compact JSON as yojson writes it. Numbers are non-negative safe integers. */
export function writeJson(value: Writable): string {
  if (typeof value === "string") return writeString(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") return value.toString(10);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  const parts: string[] = [];
  for (const [name, field] of Object.entries(value as { readonly [name: string]: Writable | undefined })) {
    if (field !== undefined) parts.push(`${writeString(name)}:${writeJson(field)}`);
  }
  return `{${parts.join(",")}}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A JSON string as yojson writes it: short escapes, other control characters and DEL as \u00xx, the rest raw. */
export function writeString(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
  const escaped = text.replace(/["\\\u0000-\u001f\u007f]/g, (character) => {
    return ESCAPES[character] ?? `\\u00${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `"${escaped}"`;
}

interface Cursor {
  readonly text: string;
  readonly mode: JsonMode;
  at: number;
}

function parse(text: string, mode: JsonMode): JsonValue {
  const cursor: Cursor = { text, mode, at: 0 };
  const value = parseValue(cursor, 0);
  skipSpace(cursor);
  if (cursor.at !== text.length) return syntax(cursor, "text after the end of the value");
  return value;
}

function syntax(cursor: Cursor, reason: string): never {
  throw new Refusal({ path: "", reason: `${reason} at character ${cursor.at}` });
}

function skipSpace(cursor: Cursor): void {
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return;
    if (cursor.mode === "canonical") syntax(cursor, "white space");
    cursor.at++;
  }
}

function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at++;
  return true;
}

function parseValue(cursor: Cursor, depth: number): JsonValue {
  if (depth > MAX_JSON_DEPTH) return syntax(cursor, "nested too deeply");
  skipSpace(cursor);
  switch (cursor.text[cursor.at]) {
    case "{":
      return parseObject(cursor, depth);
    case "[":
      return parseArray(cursor, depth);
    case '"':
      return { kind: "string", value: parseString(cursor) };
    case "t":
      return parseWord(cursor, "true", { kind: "boolean", value: true });
    case "f":
      return parseWord(cursor, "false", { kind: "boolean", value: false });
    case "n":
      return parseWord(cursor, "null", { kind: "null" });
    default:
      return parseNumber(cursor);
  }
}

function parseWord(cursor: Cursor, word: string, value: JsonValue): JsonValue {
  if (!cursor.text.startsWith(word, cursor.at)) return syntax(cursor, "unknown word");
  cursor.at += word.length;
  return value;
}

function parseNumber(cursor: Cursor): JsonValue {
  const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
  number.lastIndex = cursor.at;
  const text = number.exec(cursor.text)?.[0];
  if (text === undefined) return syntax(cursor, "not a JSON value");
  cursor.at += text.length;
  return { kind: "number", text };
}

function parseArray(cursor: Cursor, depth: number): JsonValue {
  const values: JsonValue[] = [];
  cursor.at++;
  skipSpace(cursor);
  if (take(cursor, "]")) return { kind: "array", items: values };
  for (;;) {
    values.push(parseValue(cursor, depth + 1));
    skipSpace(cursor);
    if (take(cursor, "]")) return { kind: "array", items: values };
    if (!take(cursor, ",")) return syntax(cursor, "expected , or ]");
  }
}

function parseObject(cursor: Cursor, depth: number): JsonValue {
  const entries: [string, JsonValue][] = [];
  cursor.at++;
  skipSpace(cursor);
  if (take(cursor, "}")) return { kind: "object", entries };
  for (;;) {
    skipSpace(cursor);
    if (cursor.text[cursor.at] !== '"') return syntax(cursor, "expected a field name");
    const name = parseString(cursor);
    skipSpace(cursor);
    if (!take(cursor, ":")) return syntax(cursor, "expected :");
    entries.push([name, parseValue(cursor, depth + 1)]);
    skipSpace(cursor);
    if (take(cursor, "}")) return { kind: "object", entries };
    if (!take(cursor, ",")) return syntax(cursor, "expected , or }");
  }
}

function parseString(cursor: Cursor): string {
  const start = cursor.at;
  let out = "";
  let from = ++cursor.at;
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code === 34) break;
    if (Number.isNaN(code)) return syntax(cursor, "unfinished string");
    if (code < 32) return syntax(cursor, "control character in a string");
    if (code !== 92) {
      cursor.at++;
      continue;
    }
    out += cursor.text.slice(from, cursor.at) + parseEscape(cursor);
    from = cursor.at;
  }
  out += cursor.text.slice(from, cursor.at);
  cursor.at++;
  if (!isWellFormed(out)) return syntax(cursor, "unpaired surrogate");
  if (cursor.mode === "canonical" && cursor.text.slice(start, cursor.at) !== writeString(out)) {
    return syntax(cursor, "string is not escaped canonically");
  }
  return out;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

function parseEscape(cursor: Cursor): string {
  const letter = cursor.text[cursor.at + 1] ?? "";
  if (letter === "u") {
    const digits = cursor.text.slice(cursor.at + 2, cursor.at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) return syntax(cursor, "bad \\u escape");
    cursor.at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }
  const character = Object.hasOwn(SHORT_ESCAPES, letter) ? SHORT_ESCAPES[letter] : undefined;
  if (character === undefined) return syntax(cursor, "bad escape");
  cursor.at += 2;
  return character;
}
