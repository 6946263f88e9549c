/** Drafts of elections: off the ledger, free in everything, with a list of what still blocks announcing. */
import type { DraftBody } from "#api/management.js";
import { type PlanJson, planFromJson, planSchema } from "#api/plan.js";
import { lookOf, mixesScripts } from "#base/look-alike.js";
import { rulesIn } from "#protocol/decision.js";
import { faultOfPlan, type Plan } from "#protocol/plan.js";

/** A trustee of a draft: named by the officers; the key comes from the trustee's own client. */
export interface DraftTrustee {
  readonly name: string;
  readonly part: "mandatory" | "member";
  readonly key: string | null;
}

export interface DraftState {
  readonly uuid: string;
  readonly organisation: string;
  readonly body: DraftBody;
  readonly trustees: readonly DraftTrustee[];
}

/** A plan whose roll key is still to come; any key of the right form stands in while the rest is judged. */
export type UnkeyedPlan = Omit<PlanJson, "roll_key">;
const STAND_IN_KEY = "58".padEnd(64, "6");

/** What stands in the way of announcing, in words; and the plan itself once nothing does. */
export function judgeDraft(draft: DraftState, now: bigint): { blockers: string[]; plan: UnkeyedPlan | null } {
  const blockers: string[] = [];
  const { body } = draft;
  if (body.name === undefined || body.name.trim() === "") blockers.push("The election has no name.");
  if (body.questions === undefined || body.questions.length === 0) blockers.push("There is no question.");
  if (body.opens_at === undefined || body.opens_at === null) blockers.push("The opening time is not set.");
  if (body.closes_at === undefined || body.closes_at === null) blockers.push("The closing time is not set.");
  if (draft.trustees.length === 0) blockers.push("There are no trustees.");
  for (const trustee of draft.trustees)
    if (trustee.key === null) blockers.push(`Trustee ${trustee.name} has not made a key yet.`);
  if (blockers.length > 0) return { blockers, plan: null };
  const candidate = planSchema.safeParse({
    ...body,
    uuid: draft.uuid,
    organisation: draft.organisation,
    trustees: draft.trustees,
    threshold: body.threshold ?? defaultThreshold(draft.trustees),
    roll_key: STAND_IN_KEY,
  });
  if (!candidate.success)
    return { blockers: candidate.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`), plan: null };
  const plan = planFromJson(candidate.data);
  const fault = plan.ok ? (faultOfPlan(plan.value, now) ?? faultOfRules(plan.value)) : plan.error;
  if (fault !== undefined) return { blockers: [fault], plan: null };
  const { roll_key: _standIn, ...unkeyed } = candidate.data;
  return { blockers: [], plan: unkeyed };
}

/** A rule that nobody can read would be no rule in the minutes; once announced it cannot be mended. */
function faultOfRules({ description, questions }: Plan): string | undefined {
  const rules = rulesIn(
    description,
    questions.map((question) => question.answers.length),
  );
  return rules.ok ? undefined : rules.error;
}

/** A majority of the members; 0 when there are none. Two of three, three of five. */
export function defaultThreshold(trustees: readonly DraftTrustee[]): number {
  const members = trustees.filter((trustee) => trustee.part === "member").length;
  return members === 0 ? 0 : Math.floor(members / 2) + 1;
}

/** Warnings that do not block: what officers should decide knowingly (rows K-05, E-12). */
export function warningsOf({ body, trustees }: Pick<DraftState, "body" | "trustees">): string[] {
  const warnings: string[] = [];
  if (trustees.length === 1) warnings.push("The only trustee alone can read every ballot; name several.");
  if (trustees.some((trustee) => trustee.part === "mandatory"))
    warnings.push("A mandatory trustee who loses the key loses the election: nobody can stand in.");
  warnings.push(...lookAlikes("The trustees", [trustees.map((trustee) => trustee.name)]));
  warnings.push(
    ...lookAlikes(
      "The answers",
      (body.questions ?? []).map((question) => question.answers),
    ),
  );
  return warnings;
}

/** Names that mix scripts, or that look like another of the same list (row E-07). */
function lookAlikes(what: string, lists: readonly (readonly string[])[]): string[] {
  const mixed = lists.flat().filter(mixesScripts);
  const twins = lists.flatMap((list) =>
    list.filter((name, i) => list.some((other, k) => k !== i && other !== name && lookOf(other) === lookOf(name))),
  );
  return [
    ...mixed.map((name) => `“${name}” has letters of several scripts in one word; they may look like others.`),
    ...(twins.length === 0 ? [] : [`${what} ${twins.map((name) => `“${name}”`).join(" and ")} look alike.`]),
  ];
}
