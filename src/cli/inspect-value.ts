/** Any decoded value of the protocol as indented lines for people. */

import { toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { shown } from "./terminal.js";

const LONGEST = 160;

/** Fields in nanoseconds since 1970, and fields that are a number of nanoseconds. */
const MOMENTS: ReadonlySet<string> = new Set([
  "time",
  "opensAt",
  "closesAt",
  "latestClose",
  "phaseSince",
  "activeFrom",
  "replacedFrom",
]);
const SPANS: ReadonlySet<string> = new Set(["objectionPeriod", "decryptionPeriod", "reissueDelay", "phaseLimit"]);

/** `name`: the field that holds the value, from which times are known. */
export function describeValue(value: unknown, name = ""): string[] {
  if (typeof value === "bigint" && MOMENTS.has(name)) return [`${formatInstant(value)} (${value})`];
  if (typeof value === "bigint" && SPANS.has(name)) return [spanOf(value)];
  if (value instanceof Uint8Array) return [shorten(toHex(value))];
  if (Array.isArray(value)) {
    if (value.length === 0) return ["(none)"];
    return value.flatMap((item, i) => labelled(`[${i}]`, describeValue(item)));
  }
  if (typeof value === "object" && value !== null) {
    if (isPoint(value)) return [toHex(value.toBytes())];
    return Object.entries(value).flatMap(([name, item]) => labelled(shown(name), describeValue(item, name)));
  }
  return [shorten(shown(String(value)))];
}

/** `1 d 2 h`, down to nanoseconds where there are some. */
function spanOf(nanoseconds: bigint): string {
  const parts: string[] = [];
  let rest = nanoseconds;
  for (const [unit, size] of UNITS) {
    if (rest >= size) parts.push(`${rest / size} ${unit}`);
    rest %= size;
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
}

const UNITS: readonly (readonly [string, bigint])[] = [
  ["d", 86_400_000_000_000n],
  ["h", 3_600_000_000_000n],
  ["min", 60_000_000_000n],
  ["s", 1_000_000_000n],
  ["ns", 1n],
];

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
