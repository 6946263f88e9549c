/**
 * Minutes from a file that somebody gave, as far as a page must know before it shows them: every field is there and of its
 * kind. Written out by hand: the schema library of the server compiles checkers, which the pages' content policy forbids.
 */
import type { SignedMinutes } from "#api/minutes.js";

type Kind = "text" | "number" | "boolean";
/** A kind; a list of such; an object of such; or the same that may be null. */
type Form = Kind | readonly [Form] | { readonly perhaps: Form } | { readonly of: Readonly<Record<string, Form>> };

const of = (fields: Readonly<Record<string, Form>>): Form => ({ of: fields });
const perhaps = (form: Form): Form => ({ perhaps: form });
const texts = (names: string): Record<string, Form> =>
  Object.fromEntries(names.split(" ").map((name) => [name, "text"]));
const numbers = (names: string): Record<string, Form> =>
  Object.fromEntries(names.split(" ").map((name) => [name, "number"]));

const decision = of({ outcome: "text", elected: ["text"], tied: ["text"], ...numbers("needed quorum_needed") });
const question = of({
  question: "text",
  answers: [of({ answer: "text", count: "number" })],
  blank: perhaps("number"),
  rule: perhaps("text"),
  decision: perhaps(decision),
});

const minutes = of({
  version: "text",
  ledger: of({ ...texts("chain_id genesis_hash engine time root"), practice: "boolean", height: "number" }),
  organisation: of(texts("id name")),
  election: of({
    ...texts("id title description language stage opens_at closes_at plan_hash"),
    manifest_hash: perhaps("text"),
    fingerprint: perhaps("text"),
    election_key: perhaps("text"),
  }),
  roll: of({ ...numbers("count weight reissued"), root: "text", letters: perhaps("number") }),
  ballots: of({ ...numbers("accepted spoiled mismatches mismatch_inquiry voters weight"), log_root: "text" }),
  turnout: [of({ from: "text", ...numbers("ballots voters") })],
  events: [of({ ...texts("time type transaction"), height: "number" })],
  trustees: of({ threshold: "number", list: [of({ ...texts("name key part"), shared: "boolean" })] }),
  result: perhaps(of({ questions: [question], opened_by: ["text"], text_hash: "text" })),
  verify: ["text"],
});

const signed = of({
  minutes,
  hash: "text",
  signatures: [of({ ...texts("by name key"), signature: of(texts("challenge response")) })],
});

function fits(value: unknown, form: Form): boolean {
  if (form === "text") return typeof value === "string";
  if (form === "number") return typeof value === "number" && Number.isSafeInteger(value);
  if (form === "boolean") return typeof value === "boolean";
  if ("perhaps" in form) return value === null || fits(value, form.perhaps);
  if (!("of" in form)) return Array.isArray(value) && value.every((each) => fits(each, form[0]));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(form.of);
  // Nothing more either: what is not shown shall not be signed.
  return (
    Object.keys(fields).length === names.length && names.every((name) => fits(fields[name], form.of[name] as Form))
  );
}

/** `undefined`: the file holds no minutes of this version. */
export function minutesFromText(text: string): SignedMinutes | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!fits(value, signed)) return undefined;
    const found = value as SignedMinutes;
    return found.minutes.version === "psephos-minutes-1" ? found : undefined;
  } catch {
    return undefined;
  }
}
