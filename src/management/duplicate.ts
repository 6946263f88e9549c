/** A further election like an earlier one: the same questions and rules, later dates, trustees who make new keys. */
import { parseInstant } from "#api/instant.js";
import { type DraftBody, draftBodySchema } from "#api/management.js";
import { planToJson } from "#api/plan.js";
import { formatInstant } from "#base/instant.js";
import type { Plan } from "#protocol/plan.js";

const day = 86_400_000_000_000n;
const week = 7n * day;

/** An officer needs some days for keys and roll: an own date may be sooner, the proposed one is not. */
const leastNotice = 7n * day;

/** What an announced election was like, as a draft. */
export function draftOfPlan(plan: Plan): DraftBody {
  const { uuid: _uuid, organisation: _organisation, roll_key: _key, trustees, ...rest } = planToJson(plan);
  return draftBodySchema.parse({ ...rest, trustees: trustees.map(({ name, part }) => ({ name, part })) });
}

/**
 * The draft of a further election. All dates move by the same time, so that opening, closing and the latest close keep
 * their distances: to `opensAt`, or by whole weeks, so that it opens on the same day of the week at the same hour (UTC),
 * in a week from `now` at the earliest. It belongs to no sitting, and pages whose hashes were fixed are chosen anew.
 */
export function duplicateOf(body: DraftBody, now: bigint, opensAt?: bigint): DraftBody {
  const { sitting: _sitting, booth: _booth, ...copy } = body;
  const before = instantOf(body.opens_at) ?? instantOf(body.closes_at);
  const shift = before === undefined ? 0n : opensAt === undefined ? weeksFrom(before, now) : opensAt - before;
  const moved = (text: string | null | undefined) => {
    const instant = instantOf(text);
    return instant === undefined ? {} : { at: formatInstant(instant + shift) };
  };
  const [opens, closes, latest] = [moved(body.opens_at), moved(body.closes_at), moved(body.rules?.latest_close)];
  return {
    ...copy,
    ...("at" in opens ? { opens_at: opens.at } : opensAt === undefined ? {} : { opens_at: formatInstant(opensAt) }),
    ...("at" in closes ? { closes_at: closes.at } : {}),
    ...(copy.rules === undefined || !("at" in latest) ? {} : { rules: { ...copy.rules, latest_close: latest.at } }),
  };
}

function weeksFrom(before: bigint, now: bigint): bigint {
  const least = now + leastNotice - before;
  return least <= 0n ? 0n : ((least + week - 1n) / week) * week;
}

function instantOf(text: string | null | undefined): bigint | undefined {
  const parsed = text === null || text === undefined ? undefined : parseInstant(text);
  return parsed?.ok === true ? parsed.value : undefined;
}
