/** Shapes of the routes about who may vote: admission by rule, doubles, groups and districts, the check of a roll. */
import { z } from "zod";
import { digitalId, languageTag, selectionSchema, voterId, voterStatus } from "./registration.js";
import { decimal, instantOut } from "./values.js";

const count = z.number().int();
const apply = z
  .boolean()
  .default(false)
  .describe("Also approve those who wait already and whom the rules fit, but not keys replaced by mail alone");

const claims = z
  .array(
    z.strictObject({
      claim: z
        .string()
        .regex(/^[!-~]{1,200}$/, "must be the name of a claim, without spaces")
        .describe("As the provider names it, such as department or groups"),
      value: z.string().min(1).max(500).describe("Exactly what it must say, or contain where it is a list"),
    }),
  )
  .max(100);

export const admissionSchema = z
  .strictObject({
    domains: z.array(z.string()),
    addresses: count.describe("Entries of the allow-list"),
    claims: claims.describe("One of these is enough; asked at each sign-in at the organisation's provider"),
    provider: z.string().nullable().describe("Name of the organisation's identity provider; null: there is none"),
  })
  .meta({ id: "Admission", description: "Whose registration is approved by rule; all others wait for an officer" });

export const admissionDomainsSchema = z
  .strictObject({ domains: z.array(z.string().max(255)).max(200), apply })
  .meta({ id: "AdmissionDomains" });

export const admissionDomainsAnswerSchema = z
  .strictObject({ domains: z.array(z.string()).describe("In their one spelling"), approved: count })
  .meta({ id: "AdmissionDomainsAnswer" });

export const admissionClaimsSchema = z.strictObject({ claims }).meta({
  id: "AdmissionClaims",
  description: "Who waits already is approved at the next sign-in: what a provider said is not kept",
});

export const admissionClaimsAnswerSchema = z.strictObject({ claims }).meta({ id: "AdmissionClaimsAnswer" });

export const allowListQuery = z.strictObject({ page: decimal(1, 1_000_000).default(1) });
export const allowListSchema = z
  .strictObject({ addresses: z.array(z.string()), total: count, page: count, pages: count })
  .meta({ id: "AllowList" });

const addresses = z.array(z.string().max(1000)).max(10_000).default([]);
export const allowListChangeSchema = z
  .strictObject({ add: addresses, remove: addresses, apply })
  .meta({ id: "AllowListChange" });
export const allowListAnswerSchema = z
  .strictObject({
    added: count,
    removed: count,
    total: count,
    faulty: z.array(z.strictObject({ place: count.describe("In `add`, from 0"), reason: z.string() })),
    approved: count,
  })
  .meta({ id: "AllowListAnswer" });

export const doublesSchema = z
  .strictObject({
    total: count.describe("Names that occur more than once"),
    doubles: z
      .array(
        z.strictObject({
          voters: z.array(
            z.strictObject({
              id: voterId,
              digital_id: digitalId,
              name: z.string(),
              email: z.string(),
              status: voterStatus,
              groups: z.array(z.string()),
              district: z.string(),
              weight: count,
              external_id: z.string().nullable(),
              language: languageTag,
              created_at: instantOut,
              key_bound: z.boolean(),
            }),
          ),
        }),
      )
      .describe("The first 100"),
  })
  .meta({ id: "Doubles", description: "Voters whose names have the same words: perhaps one person, perhaps not" });

export const mergeSchema = z
  .strictObject({ into: voterId.describe("The voter who stays, with key, address and weight") })
  .meta({ id: "Merge" });
export const mergeAnswerSchema = z.strictObject({ id: voterId }).meta({ id: "MergeAnswer" });

const parts = z.array(z.strictObject({ name: z.string(), voters: count, ready: count }));
export const constituenciesSchema = z.strictObject({ groups: parts, districts: parts }).meta({
  id: "Constituencies",
  description: "Groups and districts; ready: approved and with a key, so that a roll could have them",
});

export const rollCheckSchema = z
  .strictObject({
    selection: selectionSchema,
    entered: count,
    missing: count.describe("Approved, with a key, of the constituency, and not on the roll"),
    outside: count.describe("On the roll, and no longer approved, or of another constituency"),
    changed_keys: count.describe("On the roll with a key that was replaced since"),
    changed_weights: count,
    pending: count.describe("Of the constituency, waiting for approval"),
    no_key: count.describe("Of the constituency, approved, and without a key"),
    exact: z.boolean().describe("The roll is exactly its constituency as it is now"),
  })
  .meta({ id: "RollCheck" });
