/** Shapes of the routes about letters: to many, to one, what became of them. */
import { z } from "zod";
import { digitalId, languageTag, voterId } from "./registration.js";
import { decimal, identifier, instantIn, instantOut } from "./values.js";

const note = z
  .string()
  .max(2_000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  .regex(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/u, "must be plain text")
  .describe("What the officers add; plain text");
const mailingKind = z.enum(["reminder", "on-roll"]);
const audience = z.enum(["not-voted", "all"]);
const letterState = z
  .enum(["queued", "sending", "handing", "unknown", "sent", "delivered", "refused", "bounced", "expired"])
  .describe(
    "sent: the mail server took it; delivered, bounced: a report came back; refused: for good; expired: tried for days",
  )
  .meta({ id: "LetterState" });

export const mailingRequestSchema = z
  .strictObject({
    kind: mailingKind.describe("on-roll: the letter with ledger and fingerprint, once more"),
    audience: audience.default("not-voted"),
    note: note.default(""),
    due_at: instantIn.optional().describe("Not before; without it at once"),
  })
  .meta({ id: "MailingRequest" });

export const mailingSchema = z
  .strictObject({
    id: voterId,
    kind: mailingKind,
    audience,
    note: z.string(),
    due_at: instantOut,
    created_at: instantOut,
    created_by: z.string(),
    state: z.enum(["scheduled", "sent", "cancelled", "impossible"]),
    letters: z.number().int().nullable().describe("How many; never to whom"),
  })
  .meta({ id: "Mailing" });

export const mailingListSchema = z
  .strictObject({
    mailings: z.array(mailingSchema),
    letters: z.array(z.strictObject({ kind: z.string(), state: letterState, count: z.number().int() })),
  })
  .meta({ id: "MailingList" });

export const previewRequestSchema = z
  .strictObject({
    kind: z.enum(["reminder", "onRoll", "invitation", "approved", "confirm", "keyChanged", "reissued"]),
    language: languageTag.default("en"),
    election: identifier.optional(),
    note: note.default(""),
  })
  .meta({ id: "LetterPreviewRequest" });

export const previewSchema = z
  .strictObject({ language: z.string(), subject: z.string(), text: z.string(), html: z.string() })
  .meta({ id: "LetterPreview" });

export const voterLettersSchema = z
  .strictObject({
    letters: z.array(
      z.strictObject({
        id: z.string(),
        kind: z.string(),
        state: letterState,
        election: identifier.nullable(),
        queued_at: instantOut,
        settled_at: instantOut.nullable(),
        attempts: z.number().int(),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "VoterLetters" });

export const letterListQuery = z.strictObject({
  state: z
    .enum(["waiting", "sent", "delivered", "refused", "bounced", "expired"])
    .optional()
    .describe("waiting: queued, or on its way to the mail server"),
  q: z.string().max(200).optional().describe("Part of a name or an address"),
  before: decimal(1, 2 ** 50)
    .optional()
    .describe("Only letters below this place: `next` of the page before"),
});

export const letterListSchema = z
  .strictObject({
    letters: z.array(
      z.strictObject({
        id: z.string(),
        voter: z.strictObject({ id: voterId, digital_id: digitalId, name: z.string(), email: z.string() }),
        kind: z.string(),
        state: letterState,
        election: identifier.nullable(),
        queued_at: instantOut,
        settled_at: instantOut.nullable(),
        attempts: z.number().int(),
        reason: z.string().nullable(),
      }),
    ),
    next: z.number().int().nullable().describe("For the page after this one; null: there is none"),
    counts: z
      .array(z.strictObject({ state: letterState, count: z.number().int() }))
      .nullable()
      .describe("Of all letters to voters whom q means, whatever `state`; with the first page only"),
  })
  .meta({ id: "LetterList", description: "Letters to the organisation's voters, newest first; no reminders" });

export const resendRequestSchema = z
  .strictObject({ kind: z.enum(["invitation", "on-roll"]), election: identifier.optional() })
  .meta({ id: "ResendRequest" });

export const resendAnswerSchema = z.strictObject({ accepted: z.literal(true) }).meta({ id: "ResendAnswer" });

export const mailReportsSchema = z
  .strictObject({
    events: z
      .array(
        z.strictObject({
          id: z
            .string()
            .max(400)
            .regex(/[0-9a-f]{32}/, "must hold the id of a letter: the part of its message id before @"),
          event: z.enum(["accepted", "delivered", "bounced"]),
          status: z
            .string()
            .regex(/^[0-9]\.[0-9]{1,3}\.[0-9]{1,3}$/, "must be a status like 5.1.1")
            .optional(),
        }),
      )
      .max(1_000),
  })
  .meta({ id: "MailReports" });

export const mailReportsAnswerSchema = z.strictObject({ known: z.number().int() }).meta({ id: "MailReportsAnswer" });

export const unsubscribeParams = z.strictObject({
  token: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be the token of a link"),
});

export const personalDataSchema = z
  .strictObject({
    made_at: instantOut,
    person: z.record(z.string(), z.unknown()),
    standings: z.array(z.record(z.string(), z.unknown())),
    rolls: z.array(z.record(z.string(), z.unknown())),
    letters: z.array(z.record(z.string(), z.unknown())),
    sessions: z.array(z.record(z.string(), z.unknown())),
    passkeys: z.array(z.record(z.string(), z.unknown())),
    wants_reminders: z.boolean(),
    explanation: z.array(z.string()),
  })
  .meta({ id: "PersonalData", description: "Everything that this service holds about one person" });

export const findingsSchema = z
  .strictObject({
    findings: z.array(
      z.strictObject({ election: identifier, height: z.number().int(), finding: z.string(), found_at: instantOut }),
    ),
  })
  .meta({ id: "Findings" });
