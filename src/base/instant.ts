/**
 * How an instant is written for people. Instants are nanoseconds since 1970-01-01T00:00:00Z; the platform's own date
 * type is not used: it drops nanoseconds.
 */

const NANOSECONDS = 1_000_000_000n;

/** RFC 3339 in UTC, with as many decimals as needed. */
export function formatInstant(instant: bigint): string {
  const seconds = instant / NANOSECONDS;
  const fraction = (instant % NANOSECONDS).toString().padStart(9, "0").replace(/0+$/, "");
  const [year, month, day] = civil(Number(seconds / 86_400n));
  const rest = Number(seconds % 86_400n);
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map((n) => pad(n, 2)).join(":");
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${time}${fraction === "" ? "" : `.${fraction}`}Z`;
}

/** Year, month and day of a number of days since 1970-01-01, in the proleptic Gregorian calendar. */
function civil(days: number): [number, number, number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

function pad(value: number, width: number): string {
  return value.toString().padStart(width, "0");
}
