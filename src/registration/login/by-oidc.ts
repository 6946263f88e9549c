/**
 * Signing in at an organisation's identity provider: OpenID Connect code flow with PKCE, state and nonce, which follow
 * from the secret of the browser that asked. A provider speaks for the voters of its own organisation only.
 */
import * as oidc from "openid-client";
import { edgeProblem, ProblemError, refuse } from "#api/problem.js";
import type { VoterStatus } from "#api/registration.js";
import { languageTag, personName } from "#api/registration.js";
import { type Address, readAddress } from "../address.js";
import { type ClaimRule, claimRules } from "../admission.js";
import { type Context, later, registryOf, type Tables } from "../context.js";
import { invitationHours, letterTo, mailedLink } from "../letters.js";
import { newDigitalId, newToken, newUuid } from "../token.js";
import { askingCookie, type Browser, newBrowser, secretOf } from "./browser.js";
import { configurationOf, type Provider, providerOf, unavailable } from "./providers.js";
import { openSession, type SessionTokens, type SignedIn, voterJson } from "./session.js";

const lifetimeSeconds = 600;

/** Where the provider sends people back: an address for each organisation, so that answers cannot be mixed up (RFC 9700 §4.4). */
function redirectUri(context: Context, organisation: string): string {
  return `${context.publicUrl()}/sign-in/from/${organisation}`;
}

/** Where to send the browser. */
export async function beginOidc(
  context: Context,
  organisation: string,
): Promise<{ readonly location: string; readonly setCookie: string }> {
  const provider = providerOf(context, organisation);
  const config = await configurationOf(context, provider).catch(unavailable);
  const browser = newBrowser(context);
  await context.tables
    .insertInto("oidc_attempts")
    .values({ browser_hash: browser.hash, organisation, expires_at: later(context.date(), lifetimeSeconds) })
    .execute();
  const location = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri(context, organisation),
    scope: provider.scope,
    state: secretOf(browser.text, "state"),
    nonce: secretOf(browser.text, "nonce"),
    code_challenge: await oidc.calculatePKCECodeChallenge(secretOf(browser.text, "pkce")),
    code_challenge_method: "S256",
  });
  return { location: location.href, setCookie: askingCookie("oidc", browser.text, lifetimeSeconds) };
}

/** Signs in with what the provider sent back, once, in the browser that asked. `accepted`: the languages it asks for. */
export async function finishOidc(
  context: Context,
  input: { readonly organisation: string; readonly query: string },
  browser: Browser | undefined,
  before: SessionTokens,
  accepted?: string,
): Promise<SignedIn> {
  if (browser === undefined) doesNotHold();
  const provider = providerOf(context, input.organisation);
  const attempt = await context.tables
    .deleteFrom("oidc_attempts")
    .where("browser_hash", "=", browser.hash)
    .returning(["organisation", "expires_at"])
    .executeTakeFirst();
  if (attempt === undefined || attempt.expires_at <= context.date() || attempt.organisation !== input.organisation)
    doesNotHold();
  const claims = await claimsOf(context, provider, input, browser);
  const voterId = await context.db
    .transaction()
    .execute((trx) => voterBehind(context, trx, provider, input.organisation, claims, accepted));
  const who = await voterJson(context, voterId);
  return openSession(context, who ?? doesNotHold(), "oidc", before);
}

function doesNotHold(): never {
  const detail =
    "This sign-in does not hold: it was used, is older than ten minutes, was begun in another browser, or the provider refused. Begin again.";
  throw new ProblemError(edgeProblem("not-signed-in", detail));
}

interface Claims {
  readonly subject: string;
  readonly issuer: string;
  readonly address: Address;
  readonly all: Readonly<Record<string, unknown>>;
}

/** Redeems the code. State, nonce, issuer, audience, signature and times are checked by the library. */
async function claimsOf(
  context: Context,
  provider: Provider,
  input: { readonly organisation: string; readonly query: string },
  browser: Browser,
): Promise<Claims> {
  const config = await configurationOf(context, provider).catch(unavailable);
  const back = new URL(redirectUri(context, input.organisation));
  back.search = input.query;
  const tokens = await oidc
    .authorizationCodeGrant(config, back, {
      pkceCodeVerifier: secretOf(browser.secret, "pkce"),
      expectedState: secretOf(browser.secret, "state"),
      expectedNonce: secretOf(browser.secret, "nonce"),
      idTokenExpected: true,
    })
    .catch(judgeFailure);
  const own = tokens.claims() ?? doesNotHold();
  const more =
    own.email === undefined && config.serverMetadata().userinfo_endpoint !== undefined
      ? await oidc.fetchUserInfo(config, tokens.access_token, own.sub).catch(judgeFailure)
      : {};
  const all: Record<string, unknown> = { ...more, ...own };
  if (typeof all.email !== "string" || all.email_verified !== true)
    refuse("not-allowed", "Your provider does not vouch for a mail address of yours. Verify it there, then try again.");
  const address = readAddress(all.email);
  if (!address.ok) refuse("not-allowed", `Your provider gave a mail address that is not one: ${address.error}.`);
  return { subject: own.sub, issuer: own.iss, address: address.value, all };
}

/** A provider that is away is no fault of the visitor's; everything else is an answer that does not hold. */
function judgeFailure(error: unknown): never {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (code === "OAUTH_TIMEOUT" || (error instanceof TypeError && message === "fetch failed")) unavailable(error);
  doesNotHold();
}

/** Whether a claim has the value, or has it among others. */
function hasClaim(all: Claims["all"], { claim, value }: ClaimRule): boolean {
  const found = Object.hasOwn(all, claim) ? all[claim] : undefined;
  const values: readonly unknown[] = Array.isArray(found) ? found : [found];
  return values.some((each) => each === value || (typeof each === "boolean" && String(each) === value));
}

/**
 * What the rules say of somebody, the operator's and the organisation's own: nothing they say lifts a refusal or a
 * suspension by officers.
 */
async function ruling(
  tables: Tables,
  provider: Provider,
  organisation: string,
  claims: Claims,
): Promise<"approved" | "pending" | "refuse"> {
  const rules = [...provider.approve, ...(await claimRules(tables, organisation))];
  return rules.some((rule) => hasClaim(claims.all, rule)) ? "approved" : provider.otherwise;
}

async function voterBehind(
  context: Context,
  trx: Context["db"],
  provider: Provider,
  organisation: string,
  claims: Claims,
  accepted: string | undefined,
): Promise<string> {
  const tables = registryOf(trx);
  const rule = await ruling(tables, provider, organisation, claims);
  const known = await knownVoter(tables, organisation, claims);
  if (known === undefined) {
    if (rule === "refuse")
      refuse("not-allowed", "Your provider does not say that you may vote here. Ask your election office.");
    return admit(context, trx, organisation, claims, rule, accepted);
  }
  const standings = await tables
    .selectFrom("standings")
    .select(["organisation", "status"])
    .where("voter_id", "=", known.id)
    .execute();
  const own = standings.find((standing) => standing.organisation === organisation);
  if (own === undefined || standings.length > 1)
    refuse(
      "not-allowed",
      "You are registered with another organisation, too, for which this provider does not speak. Sign in by mail or with your key.",
    );
  if (!known.linked) await link(context, tables, organisation, claims, known.id);
  if (own.status === "pending" && rule === "approved") await approve(context, trx, organisation, known);
  return known.id;
}

type Known = { readonly id: string; readonly name: string; readonly mailbox: string; readonly language: string };

/** By the provider's subject; by the address only as long as nobody of this provider is that voter. */
async function knownVoter(
  tables: Tables,
  organisation: string,
  claims: Claims,
): Promise<(Known & { readonly linked: boolean }) | undefined> {
  const ofProvider = () =>
    tables
      .selectFrom("oidc_identities")
      .where("oidc_identities.organisation", "=", organisation)
      .where("issuer", "=", claims.issuer);
  const columns = ["voters.id", "voters.name", "voters.mailbox", "voters.language"] as const;
  const bySubject = await ofProvider()
    .innerJoin("voters", "voters.id", "oidc_identities.voter_id")
    .select(columns)
    .where("subject", "=", claims.subject)
    .forUpdate("voters")
    .executeTakeFirst();
  if (bySubject !== undefined) return { ...bySubject, linked: true };
  const byAddress = await tables
    .selectFrom("voters")
    .select(columns)
    .where("email", "=", claims.address.normal)
    .forUpdate()
    .executeTakeFirst();
  if (byAddress === undefined) return undefined;
  const other = await ofProvider().select("subject").where("voter_id", "=", byAddress.id).executeTakeFirst();
  if (other !== undefined)
    refuse("not-allowed", "Somebody else of your provider has registered with this address. Ask your election office.");
  return { ...byAddress, linked: false };
}

/** A new voter without a key: a letter brings the link with which to make one. */
async function admit(
  context: Context,
  trx: Context["db"],
  organisation: string,
  claims: Claims,
  status: VoterStatus,
  accepted: string | undefined,
): Promise<string> {
  const tables = registryOf(trx);
  const now = context.date();
  const person = {
    id: newUuid(context.random),
    name: nameOf(claims),
    mailbox: claims.address.display,
    language: languageOf(claims, accepted),
  };
  const keyless = { public_key: null, key_source: null, key_changed_at: null, created_at: now };
  const email = claims.address.normal;
  await tables
    .insertInto("voters")
    .values({ ...person, ...keyless, email, digital_id: newDigitalId(context.random) })
    .execute();
  await tables
    .insertInto("standings")
    .values({ voter_id: person.id, organisation, status, groups: [], district: "", weight: 1 })
    .execute();
  await link(context, tables, organisation, claims, person.id);
  const token = newToken(context.random);
  const expires_at = later(now, invitationHours * 3600);
  await tables
    .insertInto("tokens")
    .values({ hash: token.hash, purpose: "invitation", voter_id: person.id, created_at: now, expires_at })
    .execute();
  const invitation = letterTo(context, person, (letters, values) =>
    letters.invitation({
      ...values,
      link: mailedLink(context, "confirm", token.text),
      hours: invitationHours,
      organisation: context.organisationName(organisation),
    }),
  );
  await context.mail.queue(trx, [invitation]);
  return person.id;
}

/** Of the letters: as the provider says, some of which write de_CH (OpenID Connect Core §5.1), else as the browser does. */
function languageOf({ all }: Claims, accepted: string | undefined): string {
  const locale = typeof all.locale === "string" ? all.locale.replaceAll("_", "-") : undefined;
  const browsers = accepted?.split(",", 1)[0]?.split(";", 1)[0]?.trim();
  for (const tag of [locale, browsers]) {
    const language = languageTag.safeParse(tag);
    if (language.success) return language.data;
  }
  return "en";
}

function nameOf({ all, address }: Claims): string {
  for (const claim of [all.name, all.preferred_username]) {
    const name = personName.safeParse(typeof claim === "string" ? claim.normalize("NFC") : undefined);
    if (name.success) return name.data;
  }
  return address.display;
}

async function link(
  context: Context,
  tables: Tables,
  organisation: string,
  { issuer, subject }: Claims,
  voter_id: string,
): Promise<void> {
  await tables
    .insertInto("oidc_identities")
    .values({ organisation, issuer, subject, voter_id, created_at: context.date() })
    .execute();
}

async function approve(context: Context, trx: Context["db"], organisation: string, voter: Known): Promise<void> {
  await registryOf(trx)
    .updateTable("standings")
    .set({ status: "approved" })
    .where("voter_id", "=", voter.id)
    .where("organisation", "=", organisation)
    .where("status", "=", "pending")
    .execute();
  const letter = letterTo(context, voter, (letters, values) => letters.approved(values));
  await context.mail.queue(trx, [letter]);
}
