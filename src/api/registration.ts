/** Shapes of the registration routes: register and confirm, sessions, the voter's own page, officers' lists, the roll. */
import { z } from "zod";
import { signatureSchema } from "./management.js";
import { base64UrlBytes, decimal, hex32, identifier, instantOut } from "./values.js";

/** Text that people read in one line: no control characters, no directional or invisible ones except joiners (row E-07). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
export const lineOfText = /^[^\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$/u;

export const personName = z.string().trim().min(1).max(200).regex(lineOfText, "must not have control characters");
const shortText = z.string().trim().max(100).regex(lineOfText, "must not have control characters");
export const languageTag = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "must be a language tag like en or pt-BR")
  .max(20);
export const voterId = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "must be a lower-case UUID");
export const digitalId = z.string().regex(/^0x[0-9a-f]{40}$/, "must be 0x and 40 lower-case hexadecimal digits");
/** The part of a mailed link after #: 32 random bytes. */
export const mailedToken = base64UrlBytes(32, 32);

export const voterStatus = z.enum(["pending", "approved", "rejected", "suspended"]).meta({ id: "VoterStatus" });
export type VoterStatus = z.output<typeof voterStatus>;
export const keySource = z
  .enum(["own", "letter", "reissue"])
  .describe("own: made on the voter's device; letter: printed by an officer; reissue: replaced by mail alone")
  .meta({ id: "KeySource" });
export type KeySource = z.output<typeof keySource>;

const accepted = z.strictObject({ accepted: z.literal(true) });

// Registration --------------------------------------------------------------------------------------------------------

export const registerRequestSchema = z
  .strictObject({
    name: personName,
    email: z.string().min(3).max(320),
    public_key: hex32.optional().describe("Proposed only: confirming needs a signature by the key that is to be bound"),
    language: languageTag.default("en").describe("For letters"),
    organisation: identifier.optional().describe("Whose officers decide; else those of the founding organisation"),
  })
  .meta({ id: "RegisterRequest" });

export const registerAnswerSchema = z
  .strictObject({
    id: voterId.describe("Fresh and random in each answer"),
    digital_id: digitalId.describe("Fresh and random; the voter's for ever once the mail is confirmed"),
  })
  .meta({ id: "RegisterAnswer" });

export const confirmRequestSchema = z
  .strictObject({
    token: mailedToken.describe("From the mailed link, after #"),
    public_key: hex32,
    signature: signatureSchema.describe("By public_key, tag confirm, empty chain id, over confirm|TOKEN"),
  })
  .meta({ id: "ConfirmRequest" });

export const confirmAnswerSchema = z
  .strictObject({ id: voterId, digital_id: digitalId, status: voterStatus })
  .meta({ id: "ConfirmAnswer" });

// The voter's own page ------------------------------------------------------------------------------------------------

export const meSchema = z
  .strictObject({
    id: voterId,
    digital_id: digitalId,
    name: z.string(),
    email: z.string(),
    status: voterStatus.describe("The best that any organisation gave"),
    key_bound: z.boolean(),
    key_source: keySource.nullable(),
    language: languageTag,
    standings: z.array(z.strictObject({ organisation: identifier, status: voterStatus })),
    created_at: instantOut,
  })
  .meta({ id: "Me" });

export const joinRequestSchema = z.strictObject({ organisation: identifier }).meta({ id: "JoinRequest" });
export const joinAnswerSchema = z
  .strictObject({ organisation: identifier, status: voterStatus })
  .meta({ id: "JoinAnswer" });

export const keyLetterAnswerSchema = accepted.meta({ id: "KeyLetterAnswer" });
export const replaceKeySchema = confirmRequestSchema.meta({ id: "ReplaceKey" });
export const replaceKeyAnswerSchema = z.strictObject({ key_bound: z.literal(true) }).meta({ id: "ReplaceKeyAnswer" });

export const myElectionsSchema = z
  .strictObject({
    elections: z.array(
      z.strictObject({
        election_id: identifier,
        title: z.string(),
        organisation: identifier,
        organisation_name: z.string(),
        weight: z.number().int(),
        when: z.enum(["upcoming", "open", "past"]).describe("By the ledger's time, as in GET /elections"),
        stage: z.string(),
        start_date: instantOut,
        end_date: instantOut,
        reissued_at: instantOut.nullable().describe("When officers gave the voter a new credential, if they did"),
      }),
    ),
  })
  .meta({
    id: "MyElections",
    description: "Elections on whose roll the voter is, as long as the registry still knows",
  });

// Officers: voters ----------------------------------------------------------------------------------------------------

export const voterFilterSchema = z
  .strictObject({
    q: z.string().max(200).optional().describe("Part of a name or an address"),
    group: shortText.optional(),
    district: shortText.optional(),
  })
  .meta({ id: "VoterFilter" });

export const voterListQuery = z.strictObject({
  ...voterFilterSchema.shape,
  status: voterStatus.optional(),
  page: decimal(1, 1_000_000).default(1),
});

export const voterSchema = z
  .strictObject({
    id: voterId,
    digital_id: digitalId,
    name: z.string(),
    email: z.string(),
    status: voterStatus,
    key_bound: z.boolean(),
    key_source: keySource.nullable(),
    groups: z.array(z.string()),
    district: z.string(),
    weight: z.number().int(),
    external_id: z.string().nullable().describe("The organisation's own number for the person"),
    language: languageTag,
    created_at: instantOut,
  })
  .meta({ id: "Voter" });

export const voterListSchema = z
  .strictObject({
    voters: z.array(voterSchema),
    total: z.number().int(),
    page: z.number().int(),
    pages: z.number().int(),
  })
  .meta({ id: "VoterList" });

export const voterParams = z.strictObject({ id: voterId });
export const standingAnswerSchema = z.strictObject({ id: voterId, status: voterStatus }).meta({ id: "StandingAnswer" });

export const approveAllSchema = z.strictObject({ filter: voterFilterSchema.default({}) }).meta({ id: "ApproveAll" });
export const approveAllAnswerSchema = z.strictObject({ approved: z.number().int() }).meta({ id: "ApproveAllAnswer" });

/** Rows of a list in one JSON body; larger lists come as CSV, which is read as a stream. */
const maxImportRows = 10_000;

export const importRowSchema = z
  .strictObject({
    name: z.string().max(1000),
    email: z.string().max(1000),
    public_key: z.string().max(1000).optional(),
    group: z.string().max(1000).optional().describe("Several groups are separated by |"),
    district: z.string().max(1000).optional(),
    weight: z.union([z.number(), z.string().max(20)]).optional(),
    language: z.string().max(100).optional(),
    external_id: z
      .string()
      .max(1000)
      .optional()
      .describe("The organisation's own number for the person; with it and a public key the address may be empty"),
  })
  .meta({ id: "ImportRow" });

export const importRequestSchema = z
  .strictObject({ rows: z.array(importRowSchema).max(maxImportRows) })
  .meta({ id: "ImportRequest" });

export const importOptionsSchema = z.strictObject({
  gone: z
    .enum(["keep", "suspend", "remove"])
    .default("keep")
    .describe("Voters whom the list does not name; whoever is on a roll in use is suspended instead of removed"),
  gone_group: shortText.optional().describe("Only voters of this group can be gone"),
  gone_district: shortText.optional().describe("Only voters of this district can be gone"),
  invite: z.enum(["true", "false"]).default("true").describe("Mail a link to new voters who have no key"),
});

export const importQuery = z.strictObject({
  ...importOptionsSchema.shape,
  preview: hex32.optional().describe("Store only what this preview showed, else 409"),
  dry_run: z.enum(["true", "false"]).default("false"),
});

export const importAnswerSchema = z
  .strictObject({
    added: z.number().int(),
    updated: z.number().int().describe("Known voters of whom something changes"),
    unchanged: z.number().int(),
    letters: z.number().int().describe("Keys bound that came with the list"),
    barred: z.number().int().describe("Listed, but rejected or suspended: they stay so"),
    gone: z.number().int().describe("Approved or pending voters whom the list does not name"),
    gone_on_roll: z.number().int().describe("Of those, on the roll of an election that has not ended"),
    suspended: z.number().int().describe("Of those who are gone, suspended by this import"),
    removed: z.number().int().describe("Of those who are gone, removed by this import"),
    faulty: z.array(z.strictObject({ line: z.number().int(), reason: z.string() })),
    faults: z.number().int().describe("How many lines are faulty; only the first 1,000 are listed"),
    encoding: z.enum(["utf-8", "utf-16le", "utf-16be", "windows-1252"]).nullable().describe("As found in the file"),
    delimiter: z.enum([",", ";", "\t"]).nullable(),
    preview: hex32.describe("Names this list, these choices and what the registry holds: for accepting exactly that"),
    dry_run: z.boolean(),
  })
  .meta({ id: "ImportAnswer" });
export type ImportAnswer = z.output<typeof importAnswerSchema>;

export const listPreviewSchema = z
  .strictObject({
    ...importAnswerSchema.shape,
    changes: z
      .array(
        z.strictObject({
          line: z.number().int(),
          change: z.enum(["added", "changed"]),
          name: z.string(),
          email: z.string(),
          fields: z.array(z.strictObject({ field: z.string(), before: z.string(), after: z.string() })),
        }),
      )
      .describe("The first 100"),
    gone_voters: z
      .array(z.strictObject({ id: voterId, name: z.string(), email: z.string(), on_roll: z.boolean() }))
      .describe("The first 100"),
  })
  .meta({ id: "ListPreview" });
export type ListPreview = z.output<typeof listPreviewSchema>;

// Officers: the roll of an election -----------------------------------------------------------------------------------

export const rollParams = z.strictObject({ uuid: identifier });
export const rollKeySchema = z
  .strictObject({ roll_key: hex32.describe("R_e, for the election's plan") })
  .meta({ id: "RollKey" });

export const selectionSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("all") }),
    z.strictObject({ kind: z.literal("group"), group: shortText }),
    z.strictObject({ kind: z.literal("district"), district: shortText }),
    z.strictObject({
      kind: z.literal("where"),
      groups: z.array(shortText).max(100).default([]).describe("Of any of these; none: whatever the group"),
      districts: z.array(shortText).max(1000).default([]).describe("And of any of these; none: whatever the district"),
    }),
    z.strictObject({ kind: z.literal("list"), ids: z.array(voterId).min(1).max(10_000) }),
  ])
  .meta({ id: "RollSelection" });
export type RollSelection = z.output<typeof selectionSchema>;

export const enterRollRequestSchema = z.strictObject({ selection: selectionSchema }).meta({ id: "EnterRollRequest" });

export const enterRollAnswerSchema = z
  .strictObject({
    count: z.number().int(),
    weight: z.number().int(),
    root: hex32.describe("Root of the roll on the ledger"),
    letters: z.number().int().describe("Keys that came by letter: for the manifest"),
    reissued: z.number().int().describe("Keys that were replaced by mail alone"),
    skipped: z.array(z.strictObject({ reason: z.string(), count: z.number().int() })),
  })
  .meta({ id: "EnterRollAnswer" });

export const recomputationQuery = z.strictObject({
  from: decimal(0, 10_000_000).default(0),
  limit: decimal(1, 1000).default(500),
});

export const recomputationSchema = z
  .strictObject({
    count: z.number().int().describe("Entries of the whole roll"),
    from: z.number().int(),
    letters: z.number().int(),
    entries: z.array(
      z.strictObject({
        digital_id: digitalId,
        public_key: hex32.describe("X"),
        blinding: hex32.describe("h, 32 big-endian bytes: the credential is X·g^h"),
        credential: hex32,
        weight: z.number().int(),
      }),
    ),
  })
  .meta({
    id: "RollRecomputation",
    description: "The roll in its order on the ledger, so that officers can recompute it",
  });

export const reissueRequestSchema = z.strictObject({ voter_id: voterId }).meta({ id: "ReissueRequest" });
export const reissueAnswerSchema = z
  .strictObject({
    type: z.literal("reissue-credential"),
    body: z.string().describe("CBOR of the transaction's body in base64url: the officers' proposal"),
    old: hex32.describe("Credential to be replaced"),
    credential: hex32.describe("The new one"),
    digital_id: digitalId,
    tell_by: z.enum(["mail", "post"]).describe("mail: the voter is told by mail; post: the officers have to tell"),
    public_key: hex32.describe("The voter's present key X"),
    blinding: hex32,
  })
  .meta({ id: "ReissueAnswer" });

// Development ---------------------------------------------------------------------------------------------------------

export const outboxQuery = z.strictObject({ to: z.string().max(320).optional(), limit: decimal(1, 1000).default(100) });
export const outboxSchema = z
  .strictObject({
    mails: z.array(
      z.strictObject({
        to: z.string(),
        subject: z.string(),
        text: z.string(),
        links: z.array(z.string()),
        created_at: instantOut,
      }),
    ),
  })
  .meta({ id: "DevelopmentOutbox" });
