/** Any decoded value of the protocol as indented lines for people. */
import { toHex } from "#base/bytes.js";
import { shown } from "./terminal.js";

const LONGEST = 160;

export function describeValue(value: unknown): string[] {
  if (value instanceof Uint8Array) return [shorten(toHex(value))];
  if (Array.isArray(value)) {
    if (value.length === 0) return ["(none)"];
    return value.flatMap((item, i) => labelled(`[${i}]`, describeValue(item)));
  }
  if (typeof value === "object" && value !== null) {
    if (isPoint(value)) return [toHex(value.toBytes())];
    return Object.entries(value).flatMap(([name, item]) => labelled(shown(name), describeValue(item)));
  }
  return [shorten(shown(String(value)))];
}

function labelled(label: string, lines: readonly string[]): string[] {
  if (lines.length === 1) return [`${label}: ${lines[0]}`];
  return [`${label}:`, ...lines.map((line) => `  ${line}`)];
}

function isPoint(value: object): value is { toBytes(): Uint8Array } {
  return "toBytes" in value && typeof value.toBytes === "function";
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}
