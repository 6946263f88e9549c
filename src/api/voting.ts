/** Shapes of the voting routes: casting, transactions, receipts, the public board, turnout, blocks. */
import { z } from "zod";
import { base64UrlBytes, decimal, hex32, identifier, instantOut, trackerPath, trackerText } from "./values.js";

/** Largest ballot in either form, in bytes; a paper of 100 answers stays below. */
export const MAX_CAST_BODY = 600_000;

// Casting -------------------------------------------------------------------------------------------------------------

const envelopeSchema = z
  .strictObject({
    commitment: base64UrlBytes(64, 64).describe("R/8: affine coordinates, 32 little-endian bytes each"),
    response: hex32.describe("Scalar, 32 big-endian bytes"),
  })
  .meta({ id: "BallotSignature", description: "Envelope signature by the credential, tag cast" });

export const castRequestSchema = z
  .strictObject({
    election_id: identifier,
    type: z.enum(["cast", "spoil"]).default("cast").describe("spoil: a test of the device, never counted"),
    ballot: z
      .union([base64UrlBytes(1, 100_000), z.record(z.string(), z.unknown())])
      .describe("Wire bytes in base64url, or the canonical Belenios JSON object"),
    credential: hex32.optional().describe("Public credential; with wire bytes it is needed, JSON contains it"),
    sequence: z.number().int().min(1).max(1000),
    signature: envelopeSchema,
  })
  .meta({ id: "CastRequest" });
export type CastRequest = z.output<typeof castRequestSchema>;

/** Evidence that a block contains something. All byte fields as `#protocol` defines them. */
export const receiptSchema = z
  .strictObject({
    chain_id: z.string(),
    height: z.number().int().describe("Height of the header that the proof leads to"),
    time: instantOut.describe("Time in that header"),
    proof: z.string().describe("Proof of the ballot and of its place on the roll: CBOR, base64url"),
    header: z.string().describe("The header's canonical bytes, base64url"),
    evidence: z.string().describe("What the engine signed, base64url"),
  })
  .meta({ id: "Receipt" });
export type ReceiptJson = z.output<typeof receiptSchema>;

export const castAnswerSchema = z
  .strictObject({
    tracker: trackerText,
    status: z.literal("recorded").describe("Durable and final: said only after the block was committed"),
    height: z.number().int().describe("Height of the block that contains the ballot"),
    time: instantOut.describe("Time of that block"),
    receipt: receiptSchema,
  })
  .meta({ id: "CastAnswer" });
export type CastAnswer = z.output<typeof castAnswerSchema>;

export const transactionRequestSchema = z
  .strictObject({ transaction: base64UrlBytes(1, 400_000).describe("Wire bytes of a transaction of any kind") })
  .meta({ id: "TransactionRequest" });

export const transactionAnswerSchema = z
  .strictObject({ id: hex32.describe("SHA-256 of the wire bytes"), height: z.number().int(), time: instantOut })
  .meta({ id: "TransactionAnswer" });

// Board ---------------------------------------------------------------------------------------------------------------

export const credentialParams = z.strictObject({ id: identifier, credential: hex32 });

/** What the state says about one credential, with the path that proves it. */
export const credentialStateSchema = z
  .strictObject({
    election_id: identifier,
    credential: hex32,
    on_roll: z.boolean(),
    position: z.number().int().nullable(),
    weight: z.number().int().nullable(),
    last_sequence: z.number().int().describe("0: nothing was accepted from this credential"),
    max_casts: z.number().int(),
    tracker: trackerText.nullable().describe("Of the ballot that counts"),
    status: z.enum(["valid", "not-on-roll", "replaced", "not-yet-valid", "void"]),
    valid_from: instantOut.nullable().describe("Of a re-issued credential"),
    height: z.number().int(),
    receipt: receiptSchema.nullable().describe("Proof of this state; null when the credential is not on the roll"),
  })
  .meta({ id: "CredentialState" });

export const pageQuery = z.strictObject({
  after: decimal(0, Number.MAX_SAFE_INTEGER).optional().describe("Continue after this position"),
  limit: decimal(1, 1000).default(100),
});

export const rollSchema = z
  .strictObject({
    election_id: identifier,
    count: z.number().int(),
    weight: z.number().int(),
    root: hex32,
    entries: z.array(
      z.strictObject({
        position: z.number().int(),
        credential: hex32,
        weight: z.number().int(),
        last_sequence: z.number().int(),
        status: z.enum(["valid", "replaced", "not-yet-valid", "void"]),
      }),
    ),
    next: z.number().int().nullable().describe("Value of `after` for the next page"),
  })
  .meta({ id: "Roll" });

const boardEntry = z.strictObject({
  position: z.number().int().describe("Place in the ballot log, from 0"),
  tracker: trackerText,
  kind: z.enum(["cast", "spoiled"]),
  credential: hex32,
  sequence: z.number().int(),
  weight: z.number().int(),
  height: z.number().int(),
  time: instantOut,
  status: z.enum(["counted", "superseded", "spoiled"]),
});

export const boardSchema = z
  .strictObject({
    election_id: identifier,
    count: z.number().int().describe("Ballots in the log"),
    root: hex32.describe("Root of the ballot log"),
    ballots: z.array(boardEntry),
    next: z.number().int().nullable().describe("Value of `after` for the next page"),
  })
  .meta({ id: "Board" });

export const ballotParams = z.strictObject({ id: identifier, tracker: trackerPath });

export const boardBallotSchema = z
  .strictObject({
    ...boardEntry.shape,
    election_id: identifier,
    superseded_by: trackerText.nullable(),
    ballot: z.string().describe("Canonical Belenios JSON text: its SHA-256 is the tracker"),
    wire: z.string().describe("The ballot as it was sent, base64url"),
    transaction: hex32,
    receipt: receiptSchema,
  })
  .meta({ id: "BoardBallot" });

export const turnoutQuery = z.strictObject({
  interval: z.enum(["5m", "1h", "1d"]).default("1h"),
});

export const turnoutSchema = z
  .strictObject({
    election_id: identifier,
    roll: z.number().int().describe("Credentials on the roll"),
    counted: z.number().int().describe("Voters with a counted ballot"),
    roll_weight: z.number().int(),
    counted_weight: z.number().int(),
    ballots: z.number().int(),
    spoiled: z.number().int(),
    mismatches: z.number().int().describe("Reports that a spoiled ballot was not what the device had shown"),
    intervals: z.array(
      z.strictObject({
        from: instantOut,
        voters: z.number().int().describe("Voters whose first ballot came in this interval"),
        ballots: z.number().int(),
      }),
    ),
  })
  .meta({ id: "Turnout" });

export const manifestSchema = z
  .strictObject({
    election_id: identifier,
    manifest: z.string().describe("Canonical bytes, base64url"),
    hash: hex32,
    election: z.string().describe("The Belenios election object, exactly as hashed"),
    trustees: z.string().describe("The Belenios trustees object"),
    fingerprint: z.string().describe("φ: unpadded Base64 SHA-256 of the election object"),
    receipt: receiptSchema,
  })
  .meta({ id: "ManifestAnswer" });

// Ledger --------------------------------------------------------------------------------------------------------------

export const ledgerStatusSchema = z
  .strictObject({
    chain_id: z.string(),
    genesis_hash: hex32,
    engine: z.enum(["embedded", "cometbft"]),
    engine_key: hex32,
    practice: z.boolean(),
    height: z.number().int(),
    time: instantOut,
    root: hex32,
  })
  .meta({ id: "LedgerStatus" });

export const genesisSchema = z
  .strictObject({ chain_id: z.string(), hash: hex32, genesis: z.string().describe("Canonical bytes, base64url") })
  .meta({ id: "Genesis" });

export const blockSchema = z
  .strictObject({
    height: z.number().int(),
    time: instantOut,
    root: hex32.describe("State root after the block"),
    header: z.string().describe("Canonical bytes, base64url"),
    evidence: z.string().describe("What the engine signed, base64url"),
    transactions: z.array(
      z.strictObject({
        id: hex32,
        type: z.string(),
        rejection: z.string().nullable(),
        bytes: z.string().describe("Wire bytes, base64url"),
      }),
    ),
    misconduct: z
      .array(z.string())
      .optional()
      .describe(
        "Proofs that a validator signed two votes that exclude each other, base64url; absent where there is none",
      ),
  })
  .meta({ id: "Block" });

export const blocksSchema = z
  .strictObject({ blocks: z.array(blockSchema), next: z.number().int().nullable() })
  .meta({ id: "Blocks" });

export const heightParams = z.strictObject({ height: decimal(1, Number.MAX_SAFE_INTEGER) });
export const blocksQuery = z.strictObject({
  from: decimal(1, Number.MAX_SAFE_INTEGER).default(1),
  limit: decimal(1, 200).default(50),
});
