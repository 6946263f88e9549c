/** Shapes of the management routes: set-up, organisations, elections, drafts, proposals, ceremony, results. */
import { z } from "zod";
import { planSchema } from "./plan.js";
import { base64UrlBytes, hex32, identifier, instantIn } from "./values.js";

const keyHex = hex32;
const hash = hex32;
const base64url = z.string();

/** Compact Schnorr signature: challenge and response, 32 big-endian bytes each, as hex. */
export const signatureSchema = z
  .strictObject({ challenge: keyHex, response: keyHex })
  .meta({ id: "Signature", description: "Challenge and response of an envelope signature, hex" });
export type SignatureJson = z.output<typeof signatureSchema>;

export const stageSchema = z
  .enum(["announced", "sealed", "open", "closed", "tallied", "cancelled", "lapsed", "withheld", "undecided"])
  .meta({ id: "Stage" });

// Set-up --------------------------------------------------------------------------------------------------------------

export const setupStateSchema = z.strictObject({ needed: z.boolean() }).meta({ id: "SetupState" });

export const setupRequestSchema = z
  .strictObject({
    token: z.string().min(20).max(100),
    organisation: z.strictObject({ name: z.string().min(1).max(200) }),
    officer: z.strictObject({ name: z.string().min(1).max(100), key: keyHex }),
    chain_id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{2,19}$/, "3 to 20 lower-case letters, digits and dashes")
      .optional(),
    signature: signatureSchema.describe("By the officer's key, tag confirm, over setup|TOKEN"),
  })
  .meta({ id: "SetupRequest" });

export const setupAnswerSchema = z
  .strictObject({ chain_id: z.string(), genesis_hash: hash, organisation: identifier })
  .meta({ id: "SetupAnswer" });

// Organisations and elections -----------------------------------------------------------------------------------------

export const organisationSchema = z
  .strictObject({
    id: identifier,
    name: z.string(),
    officers: z.array(z.strictObject({ name: z.string(), key: keyHex })),
    threshold: z.number().int(),
    revision: z.number().int(),
    registrar_key: keyHex,
    founder: z.boolean(),
  })
  .meta({ id: "Organisation" });

export const electionSummarySchema = z
  .strictObject({
    id: identifier,
    title: z.string(),
    organisation: identifier,
    start_date: z.string().describe("Opening, RFC 3339"),
    end_date: z.string().describe("Closing, RFC 3339"),
    stage: stageSchema,
    sitting: z.string(),
    roll: z.number().int().describe("Credentials on the roll"),
    counted: z.number().int().describe("Voters with a counted ballot"),
    practice: z.boolean(),
  })
  .meta({ id: "ElectionSummary" });
export type ElectionSummary = z.output<typeof electionSummarySchema>;

export const electionListSchema = z
  .strictObject({ elections: z.array(electionSummarySchema), next: z.string().nullable() })
  .meta({ id: "ElectionList" });

export const electionListQuery = z.strictObject({
  when: z.enum(["upcoming", "open", "past"]).optional(),
  organisation: identifier.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  after: identifier.optional().describe("Continue after this election"),
});

export const electionSchema = z
  .strictObject({
    ...electionSummarySchema.shape,
    chain_id: z.string(),
    plan: planSchema,
    plan_hash: hash,
    fingerprint: z.string().nullable().describe("φ, from sealing on"),
    manifest_hash: hash.nullable(),
    election_key: keyHex.nullable(),
    roll_weight: z.number().int(),
    roll_root: hash,
    ballots: z.number().int().describe("Accepted ballots, spoiled ones included"),
    spoiled: z.number().int(),
    mismatches: z.number().int(),
    reissued: z.number().int(),
    shares: z.number().int(),
    ceremony_phase: z.string(),
    decryption_start: z.string(),
    decryption_deadline: z.string(),
    height: z.number().int().describe("Ledger height of this view"),
  })
  .meta({ id: "Election" });

export const resultSchema = z
  .strictObject({
    election_id: identifier,
    stage: stageSchema,
    counted: z.number().int(),
    counted_weight: z.number().int(),
    roll: z.number().int(),
    spoiled: z.number().int(),
    questions: z.array(
      z.strictObject({
        question: z.string(),
        answers: z.array(z.strictObject({ answer: z.string(), count: z.number().int() })),
        blank: z.number().int().nullable(),
      }),
    ),
    trustees: z.array(z.string()).describe("Names of those whose shares were combined"),
    text: z.string().describe("The result object as exported"),
  })
  .meta({ id: "ElectionResult" });

export const eventsSchema = z
  .strictObject({
    events: z.array(
      z.strictObject({ height: z.number().int(), time: z.string(), type: z.string(), transaction: hash }),
    ),
  })
  .meta({ id: "ElectionEvents" });

// Drafts --------------------------------------------------------------------------------------------------------------

/** A draft is free in everything: it may be incomplete and wrong; {@link blockersSchema} says what is missing. */
export const draftBodySchema = planSchema
  .omit({ uuid: true, organisation: true, roll_key: true, trustees: true })
  .partial()
  .extend({
    opens_at: instantIn.nullable().optional(),
    closes_at: instantIn.nullable().optional(),
    trustees: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(100),
          email: z.string().max(320).optional(),
          part: z.enum(["mandatory", "member"]),
        }),
      )
      .max(32)
      .optional(),
  })
  .meta({ id: "DraftBody" });
export type DraftBody = z.output<typeof draftBodySchema>;

export const draftSchema = z
  .strictObject({
    uuid: identifier,
    organisation: identifier,
    revision: z.number().int(),
    updated_at: z.string(),
    body: draftBodySchema,
    trustees: z
      .array(z.strictObject({ name: z.string(), part: z.enum(["mandatory", "member"]), key: hex32.nullable() }))
      .describe("key: null until the trustee has made one"),
    blockers: z.array(z.string()).describe("What stands in the way of announcing"),
    warnings: z.array(z.string()).describe("What does not block but should be decided knowingly"),
    plan: planSchema
      .omit({ roll_key: true })
      .nullable()
      .describe("The plan to announce, when nothing blocks; the roll key comes from registration"),
  })
  .meta({ id: "Draft" });

export const duplicateSchema = z
  .strictObject({
    opens_at: instantIn.optional().describe("Else by whole weeks, to a week from now at the earliest"),
  })
  .meta({ id: "DuplicateRequest", description: "All dates of the copy move by the same time" });

export const draftListSchema = z.strictObject({ drafts: z.array(draftSchema) }).meta({ id: "DraftList" });

export const draftUpdateSchema = z
  .strictObject({ revision: z.number().int().min(1), body: draftBodySchema })
  .meta({ id: "DraftUpdate" });

export const invitationLinkSchema = z
  .strictObject({ trustee: z.string(), token: z.string(), link: z.string() })
  .meta({ id: "InvitationLink", description: "Shown once; a new one replaces it" });

export const invitationSchema = z
  .strictObject({
    uuid: identifier,
    chain_id: z.string(),
    election: z.string(),
    organisation: z.string(),
    trustee: z.string(),
    part: z.enum(["mandatory", "member"]),
    registered: z.boolean().describe("Whether a key is registered already"),
  })
  .meta({ id: "TrusteeInvitation" });

export const trusteeKeySchema = z
  .strictObject({ key: keyHex, signature: signatureSchema.describe("By the key, tag confirm, over trustee|TOKEN") })
  .meta({ id: "TrusteeKey" });

// Proposals -----------------------------------------------------------------------------------------------------------

export const proposalRequestSchema = z
  .strictObject({
    type: z.string().max(32),
    body: base64UrlBytes(1, 400_000).describe("CBOR of the transaction's body"),
  })
  .meta({ id: "ProposalRequest" });

export const proposalSchema = z
  .strictObject({
    id: identifier,
    type: z.string(),
    body: base64url,
    message: base64url.describe("The exact bytes that an approval signs"),
    needed: z.number().int(),
    approvals: z.array(keyHex),
    status: z.enum(["collecting", "recorded", "refused", "withdrawn"]),
    code: z.string().nullable().describe("Why the ledger refused it"),
    created_at: z.string(),
    created_by: z.string(),
  })
  .meta({ id: "Proposal" });

export const proposalListSchema = z.strictObject({ proposals: z.array(proposalSchema) }).meta({ id: "ProposalList" });

export const approvalSchema = z
  .strictObject({ key: keyHex, signature: signatureSchema.describe("Tag officer, over the proposal's message") })
  .meta({ id: "Approval" });

// Ceremony and tally --------------------------------------------------------------------------------------------------

export const ceremonySchema = z
  .strictObject({
    number: z.number().int(),
    phase: z.string(),
    deadline: z.string().nullable(),
    missing: z.array(z.string()).describe("Names of the trustees whose step is awaited"),
    culprits: z.array(z.strictObject({ trustee: z.string(), reason: z.string() })),
    trustees: z.array(
      z.strictObject({
        name: z.string(),
        key: keyHex,
        part: z.enum(["mandatory", "member"]),
        done: z.array(z.string()),
      }),
    ),
    threshold: z.number().int(),
    record: base64url.describe("The ceremony's record as the ledger holds it"),
  })
  .meta({ id: "Ceremony" });

export const tallySchema = z
  .strictObject({
    election_id: identifier,
    fingerprint: z.string(),
    final: z.boolean().describe("Whether closing has passed, so that nothing can be added"),
    encrypted_tally: z.string().describe("The encrypted tally object as exported"),
    shares: z.array(z.strictObject({ owner: z.number().int(), name: z.string() })),
  })
  .meta({ id: "Tally" });

export const sharesSchema = z
  .strictObject({
    shares: z.array(
      z.strictObject({
        owner: z.number().int(),
        name: z.string(),
        partial_decryption: z.string().describe("The object as exported"),
      }),
    ),
  })
  .meta({ id: "Shares" });
