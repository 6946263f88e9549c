/** What is wrong with a field of a request, in plain words that name what is expected. The schemas' own sentences stay. */

/** What a schema says of a value that does not fit: code and message of zod, and what it knows beside these. */
export interface SchemaIssue {
  readonly code: string;
  readonly message?: string | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** How zod's own messages begin; any other was written beside the schema, for people. */
const GENERAL = /^(Invalid|Too (small|big)|Unrecognized key)/;

const NOUNS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

const FORMATS: Readonly<Record<string, string>> = {
  email: "a mail address like name@example.org",
  uuid: "an identifier of 36 characters",
  url: "an address that begins with https:// or http://",
  datetime: "a time with offset, like 2026-11-24T18:00:00+01:00",
  base64url: "base64url (letters, digits, - and _)",
};

/** A phrase that stands after the field's name: "has to be a number". */
export function plainWords({ code, message = "", params = {} }: SchemaIssue): string {
  if (message !== "" && !GENERAL.test(message)) return message;
  switch (code) {
    case "invalid_type":
      return /received undefined$/.test(message) ? `is missing; send ${noun(params)}` : `has to be ${noun(params)}`;
    case "too_small":
      return `has to ${sizeOf(params.origin, params.minimum, "at least")}`;
    case "too_big":
      return `has to ${sizeOf(params.origin, params.maximum, "at most")}`;
    case "invalid_value":
      return `has to be ${listed(params.values, " or ")}`;
    case "unrecognized_keys":
      return `has a field that is not known here: ${listed(params.keys, ", ")}`;
    case "invalid_format":
      return FORMATS[String(params.format)] === undefined
        ? `does not have the expected form${params.pattern === undefined ? "" : ` (${String(params.pattern)})`}`
        : `has to be ${FORMATS[String(params.format)]}`;
    case "not_multiple_of":
      return `has to be a multiple of ${String(params.divisor)}`;
    default:
      return "does not have one of the expected forms";
  }
}

function noun({ expected }: Readonly<Record<string, unknown>>): string {
  return NOUNS[String(expected)] ?? String(expected ?? "another value");
}

function sizeOf(origin: unknown, limit: unknown, bound: string): string {
  const one = String(limit) === "1";
  if (origin === "string") return `have ${bound} ${String(limit)} ${one ? "character" : "characters"}`;
  if (origin === "array" || origin === "set") return `have ${bound} ${String(limit)} ${one ? "entry" : "entries"}`;
  return `be ${bound} ${String(limit)}`;
}

function listed(values: unknown, joint: string): string {
  return Array.isArray(values) ? values.map(String).join(joint) : "another value";
}
