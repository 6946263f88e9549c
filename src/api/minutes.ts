/** Shape of an election's minutes (protocol/minutes.ts makes them). */
import { z } from "zod";
import { signatureSchema } from "./management.js";
import { hex32, identifier, instantOut } from "./values.js";

const count = z.number().int();

const question = z.strictObject({
  question: z.string(),
  answers: z.array(z.strictObject({ answer: z.string(), count })),
  blank: count.nullable(),
  rule: z.string().nullable().describe("As announced in the description; null: none was, and nothing is concluded"),
  decision: z
    .strictObject({
      outcome: z.enum(["decided", "no-quorum", "no-majority", "tie"]),
      elected: z.array(z.string()),
      tied: z.array(z.string()),
      needed: count,
      quorum_needed: count,
    })
    .nullable(),
});

export const minutesSchema = z
  .strictObject({
    version: z.literal("psephos-minutes-1"),
    ledger: z.strictObject({
      chain_id: z.string(),
      genesis_hash: hex32,
      engine: z.string(),
      practice: z.boolean(),
      height: count,
      time: instantOut,
      root: hex32,
    }),
    organisation: z.strictObject({ id: identifier, name: z.string() }),
    election: z.strictObject({
      id: identifier,
      title: z.string(),
      description: z.string(),
      language: z.string(),
      stage: z.string(),
      opens_at: instantOut,
      closes_at: instantOut,
      plan_hash: hex32,
      manifest_hash: hex32.nullable(),
      fingerprint: z.string().nullable(),
      election_key: hex32.nullable(),
    }),
    roll: z.strictObject({ count, weight: count, root: hex32, letters: count.nullable(), reissued: count }),
    ballots: z.strictObject({
      accepted: count,
      spoiled: count,
      mismatches: count,
      mismatch_inquiry: count,
      log_root: hex32,
      voters: count,
      weight: count,
    }),
    turnout: z.array(z.strictObject({ from: instantOut, ballots: count, voters: count })),
    events: z.array(z.strictObject({ time: instantOut, height: count, type: z.string(), transaction: hex32 })),
    trustees: z.strictObject({
      threshold: count,
      list: z.array(z.strictObject({ name: z.string(), key: hex32, part: z.string(), shared: z.boolean() })),
    }),
    result: z
      .strictObject({ questions: z.array(question), opened_by: z.array(z.string()), text_hash: hex32 })
      .nullable(),
    verify: z.array(z.string()),
  })
  .meta({ id: "Minutes" });

export const signedMinutesSchema = z
  .strictObject({
    minutes: minutesSchema,
    hash: hex32.describe("SHA-256 of psephos/minutes| and the canonical text of minutes"),
    signatures: z
      .array(
        z.strictObject({
          by: z.enum(["registrar", "officer"]),
          name: z.string(),
          key: hex32,
          signature: signatureSchema,
        }),
      )
      .describe("Of the hash, tag minutes. The server gives the registrar's; officers add theirs to the file"),
  })
  .meta({ id: "SignedMinutes" });
export type SignedMinutes = z.output<typeof signedMinutesSchema>;

export const minutesPageQuery = z.strictObject({
  language: z.enum(["en", "de", "fr", "es", "ar"]).default("en"),
});
