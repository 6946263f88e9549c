/** Any decoded value of the protocol as a list for people: nothing of what is signed is left out. */
import { toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";

export function ValueList({ value }: { value: unknown }) {
  const lines = linesOf(value, "");
  return (
    <dl className="facts decoded" lang="en" dir="ltr">
      {lines.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function linesOf(value: unknown, name: string): [string, string][] {
  if (value instanceof Uint8Array) return [[name, toHex(value)]];
  if (Array.isArray(value))
    return value.length === 0
      ? [[name, "(none)"]]
      : value.flatMap((each, index) => linesOf(each, `${name} ${index + 1}`));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, each]) => linesOf(each, name === "" ? key : `${name} › ${key}`));
  if (typeof value === "bigint" && /At$|Close$/.test(name)) return [[name, formatInstant(value)]];
  if (typeof value === "bigint" && /(Period|Delay|Limit)$/.test(name)) return [[name, `${value / 1_000_000_000n} s`]];
  return [[name, String(value)]];
}
