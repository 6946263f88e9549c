/** A point in time as people of the language write it, with the name of the time zone. */
import { useLanguage } from "./words.js";

/** `value`: RFC 3339, milliseconds since 1970, or nanoseconds (bigint). */
export function Instant({ value }: { value: string | number | bigint }) {
  const { language } = useLanguage();
  const date = dateOf(value);
  if (Number.isNaN(date.getTime())) return <>{String(value)}</>;
  return <time dateTime={date.toISOString()}>{instantText(value, language)}</time>;
}

export function instantText(value: string | number | bigint, language: string): string {
  return new Intl.DateTimeFormat(language, {
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(dateOf(value));
}

function dateOf(value: string | number | bigint): Date {
  return new Date(typeof value === "bigint" ? Number(value / 1_000_000n) : value);
}
