import fc from "fast-check";
import { expect, test } from "vitest";
import { formatInstant } from "#base/instant.js";
import { parseInstant } from "./instant.js";

test.each([
  ["1970-01-01T00:00:00Z", 0n],
  ["2026-11-24T18:00:00+01:00", 1_795_539_600_000_000_000n],
  ["2026-11-24T17:00:00Z", 1_795_539_600_000_000_000n],
  ["2026-11-24T11:30:00.000000001-05:30", 1_795_539_600_000_000_001n],
  ["2024-02-29T00:00:00Z", 1_709_164_800_000_000_000n],
])("%s is an instant", (text, expected) => {
  expect(parseInstant(text)).toEqual({ ok: true, value: expected });
});

test.each([
  ["2026-11-24T18:00:00", "no offset"],
  ["2026-11-24 18:00", "no offset"],
  ["2026-02-30T00:00:00Z", "does not exist"],
  ["2025-02-29T00:00:00Z", "does not exist"],
  ["2026-13-01T00:00:00Z", "month"],
  ["2026-04-31T00:00:00Z", "does not exist"],
  ["2026-11-24T24:00:00Z", "no time"],
  ["2026-11-24T23:59:60Z", "no time"],
  ["2026-11-24T18:00:00+25:00", "offset"],
  ["2026-11-24T18:00:00.1234567890Z", "not a date"],
  ["tomorrow", "not a date"],
  ["", "not a date"],
  ["1969-12-31T23:59:59Z", "year"],
  ["1970-01-01T00:00:00+01:00", "before 1970"],
])("E-06: %s is refused (%s)", (text, reason) => {
  const outcome = parseInstant(text);
  expect(outcome.ok ? "accepted" : outcome.error).toContain(reason);
});

test("E-06: one instant in three zones is one instant; around a change to summer time the offset decides, not a calendar", () => {
  const at = (text: string) => {
    const read = parseInstant(text);
    return read.ok ? formatInstant(read.value) : read.error;
  };
  const zones = [
    "2027-06-01T18:00:00+02:00",
    "2027-06-01T16:00:00Z",
    "2027-06-02T01:00:00+09:00",
    "2027-06-01T12:30:00-03:30",
  ];
  expect(new Set(zones.map(at))).toEqual(new Set(["2027-06-01T16:00:00Z"]));
  // 02:30 does not exist on 28 March 2027 in Berlin, and exists twice on 31 October: with an offset both are plain.
  expect(at("2027-03-28T02:30:00+01:00")).toBe("2027-03-28T01:30:00Z");
  expect(at("2027-10-31T02:30:00+02:00")).toBe("2027-10-31T00:30:00Z");
  expect(at("2027-10-31T02:30:00+01:00")).toBe("2027-10-31T01:30:00Z");
});

test("every instant survives the round trip and agrees with the platform to the millisecond", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 16_000_000_000_000_000_000n }), (instant) => {
      const text = formatInstant(instant);
      expect(parseInstant(text)).toEqual({ ok: true, value: instant });
      expect(BigInt(Date.parse(text))).toBe(instant / 1_000_000n);
    }),
  );
});
