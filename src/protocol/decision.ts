/**
 * What a count means under the rule that was announced: majorities, quorums, seats, ties. Pure arithmetic on whole
 * numbers; no percentage is ever rounded.
 *
 * A rule stands in the election's description as a line of its own, so the fingerprint binds it and voters read it:
 *
 *     psephos-decision 1: majority=two-thirds of=votes quorum=1/2 seats=1
 *
 * `1` is the number of the question; the words after it may come in any order, and each may be left out.
 */
import { fail, ok, type Result } from "#base/result.js";

/** a / b, of whole numbers. */
export interface Fraction {
  readonly a: number;
  readonly b: number;
}

export interface DecisionRule {
  /**
   * `most`: who has the most wins (relative majority). `simple`: more than half. `absolute`: more than half of the whole
   * roll, whoever stayed away. Fractions (`two-thirds`, `three-quarters`): at least so much.
   */
  readonly majority: "most" | "simple" | "absolute" | "two-thirds" | "three-quarters";
  /** Of what: `votes` leaves blank votes out, `ballots` counts them in. `absolute` is always of the roll. */
  readonly of: "votes" | "ballots";
  /** The least part of the roll's weight that has to take part; null: none. */
  readonly quorum: Fraction | null;
  /** How many answers can be elected; 1 where one thing is decided. */
  readonly seats: number;
}

export interface QuestionCount {
  /** Weight for each answer, in order. */
  readonly answers: readonly number[];
  /** Weight of blank votes; 0 where there is no blank choice. */
  readonly blank: number;
}

export interface TakingPart {
  /** Weight of the whole roll. */
  readonly roll: number;
  /** Weight of the counted ballots. */
  readonly counted: number;
}

export interface Decision {
  readonly outcome: "decided" | "no-quorum" | "no-majority" | "tie";
  /** Numbers of the answers that are elected, from 0, the most votes first; of a tie those that are in beyond doubt. */
  readonly elected: readonly number[];
  /** The answers that are equal where that decides; seats stay open between them. */
  readonly tied: readonly number[];
  /** The least weight an answer needs; 1 for `most`. */
  readonly needed: number;
  readonly quorumNeeded: number;
}

export const DEFAULT_RULE: DecisionRule = { majority: "most", of: "votes", quorum: null, seats: 1 };

/** Applies a rule to a count. */
export function decide(rule: DecisionRule, count: QuestionCount, part: TakingPart): Decision {
  const quorumNeeded = rule.quorum === null ? 0 : Math.ceil((part.roll * rule.quorum.a) / rule.quorum.b);
  const needed = neededFor(rule, count, part);
  const none = { elected: [], tied: [], needed, quorumNeeded };
  if (part.counted < quorumNeeded) return { ...none, outcome: "no-quorum" };
  const ranked = count.answers
    .map((weight, answer) => ({ weight, answer }))
    .filter(({ weight }) => weight >= needed)
    .sort((x, y) => y.weight - x.weight || x.answer - y.answer);
  if (ranked.length === 0) return { ...none, outcome: "no-majority" };
  const last = ranked[rule.seats - 1];
  const next = ranked[rule.seats];
  if (last === undefined || next === undefined || last.weight !== next.weight)
    return { ...none, outcome: "decided", elected: ranked.slice(0, rule.seats).map(({ answer }) => answer) };
  // Equal votes on both sides of the line: no program draws lots.
  const of = (which: (weight: number) => boolean) =>
    ranked.filter(({ weight }) => which(weight)).map(({ answer }) => answer);
  return {
    ...none,
    outcome: "tie",
    elected: of((weight) => weight > last.weight),
    tied: of((weight) => weight === last.weight),
  };
}

function neededFor(rule: DecisionRule, count: QuestionCount, { roll, counted }: TakingPart): number {
  // Votes: ballots that chose something. With several choices on a ballot the sum of answers would count people twice.
  const base = rule.of === "votes" ? counted - count.blank : counted;
  const moreThanHalf = (whole: number) => Math.floor(whole / 2) + 1;
  const atLeast = (a: number, b: number) => Math.max(1, Math.ceil((base * a) / b));
  switch (rule.majority) {
    case "most":
      return 1;
    case "simple":
      return moreThanHalf(base);
    case "absolute":
      return moreThanHalf(roll);
    case "two-thirds":
      return atLeast(2, 3);
    case "three-quarters":
      return atLeast(3, 4);
  }
}

const LINE = /^psephos-decision ([1-9][0-9]?):(.*)$/;
const WORD = /^(majority|of|quorum|seats)=([a-z-]+|[0-9]{1,3}(?:\/[0-9]{1,3})?)$/;
const MAJORITIES: ReadonlySet<string> = new Set(["most", "simple", "absolute", "two-thirds", "three-quarters"]);

/** The rules in a description by question number (from 1), or what is wrong with a line. */
export function rulesIn(
  description: string,
  answerCounts: readonly number[],
): Result<ReadonlyMap<number, DecisionRule>, string> {
  const rules = new Map<number, DecisionRule>();
  for (const line of description.split("\n")) {
    if (!line.startsWith("psephos-decision")) continue;
    const [, number, words] = LINE.exec(line) ?? [];
    if (number === undefined || words === undefined)
      return fail(`“${line}” is not of the form “psephos-decision 1: majority=simple quorum=1/2”.`);
    const answers = answerCounts[Number(number) - 1];
    if (answers === undefined) return fail(`There is no question ${number} for the rule “${line}”.`);
    if (rules.has(Number(number))) return fail(`Question ${number} has two rules.`);
    const rule = ruleOf(words, answers);
    if (!rule.ok) return fail(`The rule of question ${number}: ${rule.error}.`);
    rules.set(Number(number), rule.value);
  }
  return ok(rules);
}

function ruleOf(words: string, answers: number): Result<DecisionRule, string> {
  let rule = DEFAULT_RULE;
  const seen = new Set<string>();
  for (const word of words.split(" ").filter((each) => each !== "")) {
    const [, name, value] = WORD.exec(word) ?? [];
    if (name === undefined || value === undefined) return fail(`“${word}” is not known`);
    if (seen.has(name)) return fail(`“${name}” stands twice`);
    seen.add(name);
    const next = withWord(rule, name, value, answers);
    if (typeof next === "string") return fail(next);
    rule = next;
  }
  return ok(rule);
}

function withWord(rule: DecisionRule, name: string, value: string, answers: number): DecisionRule | string {
  if (name === "majority")
    return MAJORITIES.has(value)
      ? { ...rule, majority: value as DecisionRule["majority"] }
      : `majority is ${[...MAJORITIES].join(", ")}, not “${value}”`;
  if (name === "of")
    return value === "votes" || value === "ballots" ? { ...rule, of: value } : `of is votes or ballots, not “${value}”`;
  if (name === "seats") {
    const seats = Number(value);
    return /^[1-9][0-9]?$/.test(value) && seats <= answers
      ? { ...rule, seats }
      : `seats is a number from 1 to ${answers}, not “${value}”`;
  }
  const [a, b] = value.split("/").map(Number);
  return a !== undefined && b !== undefined && a >= 1 && b >= 1 && a <= b
    ? { ...rule, quorum: { a, b } }
    : `quorum is a fraction like 1/2, not “${value}”`;
}

/** The line that says a rule, as {@link rulesIn} reads it. */
export function ruleLine(number: number, { majority, of, quorum, seats }: DecisionRule): string {
  const words = [`majority=${majority}`, `of=${of}`];
  if (quorum !== null) words.push(`quorum=${quorum.a}/${quorum.b}`);
  if (seats !== 1) words.push(`seats=${seats}`);
  return `psephos-decision ${number}: ${words.join(" ")}`;
}
