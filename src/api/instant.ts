/**
 * Instants at the HTTP edge: RFC 3339 with an offset, to the nanosecond, as integers since 1970-01-01T00:00:00Z. The
 * platform's own date type is not used: it drops nanoseconds and accepts days that do not exist (row E-06).
 */
import { fail, ok, type Result } from "#base/result.js";

const FORM = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/;
const NANOSECONDS = 1_000_000_000n;

/** Nanoseconds since the epoch, or what is wrong in words. Years 1970 to 2500; leap seconds are refused. */
export function parseInstant(text: string): Result<bigint, string> {
  const match = FORM.exec(text);
  if (match === null) {
    const local = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text);
    return fail(
      local
        ? "the time has no offset; write for example 2026-11-24T18:00:00+01:00"
        : "not a date and time with an offset; write for example 2026-11-24T18:00:00+01:00",
    );
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (year < 1970 || year > 2500) return fail(`the year ${year} is out of range`);
  if (month < 1 || month > 12) return fail(`there is no month ${month}`);
  if (day < 1 || day > daysInMonth(year, month)) return fail(`${match[1]}-${match[2]}-${match[3]} does not exist`);
  if (hour > 23 || minute > 59 || second > 59) return fail(`there is no time ${match[4]}:${match[5]}:${match[6]}`);
  const offset = offsetMinutes(match);
  if (offset === undefined) return fail("there is no such offset");
  const seconds =
    BigInt(daysSinceEpoch(year, month, day)) * 86_400n +
    BigInt(hour * 3600 + minute * 60 + second) -
    BigInt(offset * 60);
  if (seconds < 0n) return fail("before 1970");
  return ok(seconds * NANOSECONDS + BigInt((match[7] ?? "").padEnd(9, "0")));
}

function offsetMinutes(match: RegExpExecArray): number | undefined {
  if (match[8] !== undefined) return 0;
  const [hours, minutes] = [Number(match[10]), Number(match[11])];
  if (hours > 23 || minutes > 59) return undefined;
  return (match[9] === "-" ? -1 : 1) * (hours * 60 + minutes);
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar (years counted from March, so leap days come last). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const monthFromMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}
