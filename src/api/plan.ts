/** An election's plan as JSON, for officers' drafts and for readers; and the way from JSON to the ledger's bytes. */
import { z } from "zod";
import { fromHex, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { fail, type Result } from "#base/result.js";
import { encodeCbor } from "#protocol/encoding/cbor.js";
import { decode } from "#protocol/encoding/shape.js";
import { type Plan, planShape } from "#protocol/plan.js";
import { parseInstant } from "./instant.js";
import { hex32, identifier, instantIn } from "./values.js";

/** Whole seconds, up to ten years. */
const seconds = z.number().int().min(0).max(315_360_000);

export const planQuestionSchema = z.strictObject({
  question: z.string(),
  answers: z.array(z.string()),
  min: z.number().int().min(0),
  max: z.number().int().min(1),
  blank: z.boolean().default(false),
});

export const planTrusteeSchema = z.strictObject({
  name: z.string(),
  key: hex32,
  part: z.enum(["mandatory", "member"]),
});

export const planRulesSchema = z.strictObject({
  max_casts: z.number().int().min(1).default(20),
  privacy_floor: z.number().int().min(1).default(5),
  objection_seconds: seconds.default(0),
  decryption_seconds: seconds.default(30 * 86_400),
  latest_close: instantIn.optional().describe("Latest closing time that an extension may set; default: no extension"),
  reissue_delay_seconds: seconds.default(86_400),
  reissue_cap: z.number().int().min(0).default(0),
  mismatch_inquiry: z.number().int().min(1).default(1),
  phase_seconds: seconds.default(7 * 86_400),
});

/** Plan of an election as JSON. Times need an offset. */
export const planSchema = z
  .strictObject({
    uuid: identifier,
    organisation: identifier,
    sitting: z.string().default(""),
    name: z.string(),
    description: z.string().default(""),
    language: z.string().default("en"),
    translations: z
      .array(
        z.strictObject({
          language: z.string(),
          name: z.string(),
          description: z.string(),
          questions: z.array(z.strictObject({ question: z.string(), answers: z.array(z.string()) })),
        }),
      )
      .default([]),
    questions: z.array(planQuestionSchema),
    opens_at: instantIn,
    closes_at: instantIn,
    rules: planRulesSchema.prefault({}),
    trustees: z.array(planTrusteeSchema),
    threshold: z.number().int().min(0),
    roll_key: hex32,
    nodes: z.array(z.string()).default([]),
    booth: z.array(hex32).default([]),
  })
  .meta({ id: "Plan" });
export type PlanJson = z.output<typeof planSchema>;

const SECOND = 1_000_000_000n;

/** From JSON (already validated by {@link planSchema}) to the ledger's plan; the protocol's own form check decides. */
export function planFromJson(json: PlanJson): Result<Plan, string> {
  const opensAt = parseInstant(json.opens_at);
  const closesAt = parseInstant(json.closes_at);
  const latest = parseInstant(json.rules.latest_close ?? json.closes_at);
  if (!opensAt.ok) return fail(`opens_at: ${opensAt.error}`);
  if (!closesAt.ok) return fail(`closes_at: ${closesAt.error}`);
  if (!latest.ok) return fail(`rules.latest_close: ${latest.error}`);
  const plan: Plan = {
    uuid: json.uuid,
    organisation: json.organisation,
    sitting: json.sitting,
    name: json.name,
    description: json.description,
    language: json.language,
    translations: json.translations,
    questions: json.questions,
    opensAt: opensAt.value,
    closesAt: closesAt.value,
    rules: {
      maxCasts: json.rules.max_casts,
      privacyFloor: json.rules.privacy_floor,
      objectionPeriod: BigInt(json.rules.objection_seconds) * SECOND,
      decryptionPeriod: BigInt(json.rules.decryption_seconds) * SECOND,
      latestClose: latest.value,
      reissueDelay: BigInt(json.rules.reissue_delay_seconds) * SECOND,
      reissueCap: json.rules.reissue_cap,
      mismatchInquiry: json.rules.mismatch_inquiry,
      phaseLimit: BigInt(json.rules.phase_seconds) * SECOND,
    },
    trustees: json.trustees.map((trustee) => ({ ...trustee, key: fromHex(trustee.key) as Uint8Array })),
    threshold: json.threshold,
    rollKey: fromHex(json.roll_key) as Uint8Array,
    nodes: json.nodes,
    booth: json.booth.map((hash) => fromHex(hash) as Uint8Array),
  };
  return decode(planShape, encodeCbor(planShape.encode(plan)), "plan");
}

/** From the ledger's plan to JSON. */
export function planToJson(plan: Plan): PlanJson {
  const { rules } = plan;
  return {
    uuid: plan.uuid,
    organisation: plan.organisation,
    sitting: plan.sitting,
    name: plan.name,
    description: plan.description,
    language: plan.language,
    translations: plan.translations.map((each) => ({
      ...each,
      questions: each.questions.map((question) => ({ ...question, answers: [...question.answers] })),
    })),
    questions: plan.questions.map((question) => ({ ...question, answers: [...question.answers] })),
    opens_at: formatInstant(plan.opensAt),
    closes_at: formatInstant(plan.closesAt),
    rules: {
      max_casts: rules.maxCasts,
      privacy_floor: rules.privacyFloor,
      objection_seconds: Number(rules.objectionPeriod / SECOND),
      decryption_seconds: Number(rules.decryptionPeriod / SECOND),
      latest_close: formatInstant(rules.latestClose),
      reissue_delay_seconds: Number(rules.reissueDelay / SECOND),
      reissue_cap: rules.reissueCap,
      mismatch_inquiry: rules.mismatchInquiry,
      phase_seconds: Number(rules.phaseLimit / SECOND),
    },
    trustees: plan.trustees.map((trustee) => ({ ...trustee, key: toHex(trustee.key) })),
    threshold: plan.threshold,
    roll_key: toHex(plan.rollKey),
    nodes: [...plan.nodes],
    booth: plan.booth.map(toHex),
  };
}
