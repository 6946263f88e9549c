/** Shapes of signing in: sessions, mailed codes, passkeys, providers, and the roles of an organisation. */
import { z } from "zod";
import { officeRoles } from "./actor.js";
import { signatureSchema } from "./management.js";
import { digitalId, languageTag, lineOfText, mailedToken, personName, voterId } from "./registration.js";
import { base64UrlBytes, hex32, identifier, instantOut } from "./values.js";

export const officeRole = z
  .enum(officeRoles)
  .describe("From the least to the most: observer reads, registrar keeps the lists, officer acts, owner appoints")
  .meta({ id: "OfficeRole" });

// Sessions ------------------------------------------------------------------------------------------------------------

export const challengeRequestSchema = z.strictObject({ public_key: hex32 }).meta({ id: "ChallengeRequest" });

export const challengeAnswerSchema = z
  .strictObject({
    challenge: base64UrlBytes(32, 32),
    expires_at: instantOut,
    chain_id: z.string(),
    audience: z.string().describe("Address of this service: part of what is signed"),
  })
  .meta({ id: "ChallengeAnswer" });

export const sessionRequestSchema = z
  .strictObject({
    public_key: hex32,
    challenge: base64UrlBytes(32, 32),
    signature: signatureSchema.describe(
      "By public_key, tag login, over the challenge's bytes followed by the audience, with the chain id",
    ),
    organisation: identifier.optional().describe("For officers of several organisations"),
  })
  .meta({ id: "SessionRequest" });

export const actorSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("voter"), id: voterId, digital_id: digitalId, name: z.string() }),
    z.strictObject({
      kind: z.literal("officer"),
      organisation: identifier,
      key: hex32,
      name: z.string(),
      role: officeRole,
    }),
  ])
  .meta({ id: "Actor" });

export const sessionSchema = z
  .strictObject({
    actor: actorSchema.nullable(),
    method: z
      .enum(["key", "code", "passkey", "oidc"])
      .nullable()
      .describe("How the session was begun; ballots and approvals always take the key itself"),
    expires_at: instantOut.nullable(),
  })
  .meta({ id: "Session" });

export const sessionQuery = z.strictObject({
  as: z
    .enum(["voter", "officer"])
    .optional()
    .describe("Whose session, where a browser may have both; else the voter's, then the officer's"),
});

export const letterRequestSchema = z
  .strictObject({
    email: z.string().min(3).max(320),
    language: languageTag.default("en").describe("For the letter, if the address is not known"),
  })
  .meta({ id: "LetterRequest" });

export const letterAnswerSchema = z
  .strictObject({ expires_at: instantOut.describe("Link and code work until then, once, in this browser") })
  .meta({ id: "LetterAnswer" });

export const codeRequestSchema = z
  .union([
    z.strictObject({ code: z.string().regex(/^[0-9]{6}$/, "must be the six digits of the letter") }),
    z.strictObject({ token: mailedToken.describe("From the mailed link, after #") }),
  ])
  .meta({ id: "CodeRequest" });

// Passkeys: as WebAuthn level 3 writes them in JSON ------------------------------------------------------------------------

const webAuthnBytes = z
  .string()
  .max(20_000)
  .regex(/^[A-Za-z0-9_-]*$/, "must be base64url");
const passkeyId = z
  .string()
  .min(1)
  .max(1400)
  .regex(/^[A-Za-z0-9_-]+$/, "must be base64url");
const extensionResults = z.record(z.string(), z.unknown()).describe("Not read");
const attachment = z.enum(["platform", "cross-platform"]).optional();

export const passkeyOptionsSchema = z
  .strictObject({
    public_key: z
      .record(z.string(), z.unknown())
      .describe("PublicKeyCredentialCreationOptionsJSON or PublicKeyCredentialRequestOptionsJSON"),
  })
  .meta({ id: "PasskeyOptions" });

export const passkeyRequestSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(100).regex(lineOfText, "must not have control characters"),
    response: z
      .strictObject({
        id: passkeyId,
        rawId: passkeyId,
        type: z.literal("public-key"),
        response: z.strictObject({
          clientDataJSON: webAuthnBytes,
          attestationObject: webAuthnBytes,
          authenticatorData: webAuthnBytes.optional(),
          transports: z.array(z.string().max(20)).max(10).optional(),
          publicKey: webAuthnBytes.optional(),
          publicKeyAlgorithm: z.number().int().optional(),
        }),
        clientExtensionResults: extensionResults,
        authenticatorAttachment: attachment,
      })
      .describe("RegistrationResponseJSON"),
  })
  .meta({ id: "PasskeyRequest" });

export const passkeyAssertionSchema = z
  .strictObject({
    id: passkeyId,
    rawId: passkeyId,
    type: z.literal("public-key"),
    response: z.strictObject({
      clientDataJSON: webAuthnBytes,
      authenticatorData: webAuthnBytes,
      signature: webAuthnBytes,
      userHandle: webAuthnBytes.nullish(),
    }),
    clientExtensionResults: extensionResults,
    authenticatorAttachment: attachment,
  })
  .meta({ id: "PasskeyAssertion", description: "AuthenticationResponseJSON" });

export const passkeyParams = z.strictObject({ id: passkeyId });

export const passkeyListSchema = z
  .strictObject({
    passkeys: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        backed_up: z.boolean().describe("Kept by a provider for several devices"),
        created_at: instantOut,
        last_used_at: instantOut.nullable(),
      }),
    ),
  })
  .meta({ id: "PasskeyList" });

// Identity providers ---------------------------------------------------------------------------------------------------

export const providerListSchema = z
  .strictObject({
    providers: z.array(z.strictObject({ organisation: identifier, name: z.string(), organisation_name: z.string() })),
  })
  .meta({ id: "ProviderList" });

export const oidcRequestSchema = z.strictObject({ organisation: identifier }).meta({ id: "OidcRequest" });
export const oidcLocationSchema = z.strictObject({ location: z.string() }).meta({ id: "OidcLocation" });

export const oidcAnswerSchema = z
  .strictObject({
    organisation: identifier.describe("From the path that the provider came back to: /sign-in/from/{organisation}"),
    query: z.string().max(8000).describe("The query of that address, with or without the question mark"),
  })
  .meta({ id: "OidcAnswer" });

// Roles ---------------------------------------------------------------------------------------------------------------

export const memberParams = z.strictObject({ key: hex32 });

export const memberRequestSchema = z
  .strictObject({
    role: officeRole.describe("observer or registrar: anybody's key; officer or owner: officers of the ledger only"),
    name: personName.optional().describe("For who is no officer; officers' names stand on the ledger"),
  })
  .meta({ id: "MemberRequest" });

export const memberListSchema = z
  .strictObject({
    members: z.array(z.strictObject({ key: hex32, name: z.string(), role: officeRole, on_ledger: z.boolean() })),
  })
  .meta({ id: "MemberList" });

export const ownPlacesSchema = z
  .strictObject({
    organisations: z.array(
      z.strictObject({
        id: identifier,
        name: z.string(),
        role: officeRole,
        current: z.boolean().describe("The one this session is for"),
      }),
    ),
  })
  .meta({ id: "OwnOrganisations" });
