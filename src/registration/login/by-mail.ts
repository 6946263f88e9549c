/**
 * Signing in by a mailed link or six digits, for voters. Such a session reads and registers; it cannot vote: a ballot is
 * sealed with the credential on the device, whatever the session (docs/decisions/0013-sign-in.md).
 *
 * Nothing tells whether an address is known (row R-12): one row, one letter and one answer either way.
 */
import { sql } from "kysely";
import { mailedCode } from "#api/mailed-code.js";
import { edgeProblem, ProblemError, refuse } from "#api/problem.js";
import { concat, utf8 } from "#base/bytes.js";
import { equalSecret } from "#crypto/equal-secret.js";
import { sha256 } from "#crypto/hash.js";
import type { Random } from "#crypto/scalar.js";
import type { Letter } from "#mail/letter.js";
import { type Address, readAddress } from "../address.js";
import { type Context, later, registryOf, type Tables } from "../context.js";
import { letterTo, mailedLink } from "../letters.js";
import { hashOfToken, newToken } from "../token.js";
import { type Attempts, createAttempts } from "./attempts.js";
import { askingCookie, type Browser, newBrowser } from "./browser.js";
import { openSession, type SessionTokens, type SignedIn, voterJson } from "./session.js";

export const codeMinutes = mailedCode.minutes;
const lifetimeSeconds = codeMinutes * 60;

/** Wrong codes until the asking is dead. With the letters of a day: 25 guesses at 10^6 codes (row R-10). */
const triesPerCode = mailedCode.tries;

/** Letters to one address within a day; beyond that the answer is as always, no letter goes out and no code works. */
const lettersPerDay = 5;

/** From one network address for one mail address. Not the same limit: many people may sit behind one network address. */
const askingsPerTenMinutes = 5;

export function createLetterLimit(now: () => bigint): Attempts {
  return createAttempts(askingsPerTenMinutes, lifetimeSeconds, now);
}

export interface Asked {
  readonly expires_at: string;
  readonly setCookie: string;
}

/** Sends a letter with link and code to the address; what is known of it shows in the letter only. */
export async function askForLetter(
  context: Context,
  limit: Attempts,
  input: { readonly email: string; readonly language: string },
  networkAddress: string,
): Promise<Asked> {
  const read = readAddress(input.email);
  if (!read.ok) refuse("invalid-request", `/body/email: ${read.error}`);
  const address = read.value;
  const wait = limit.take(`${address.normal} ${networkAddress}`);
  if (wait > 0) throw new ProblemError(edgeProblem("too-many-requests"), { headers: { "retry-after": String(wait) } });
  const browser = newBrowser(context);
  const link = newToken(context.random);
  const code = newCode(context.random);
  const now = context.date();
  const expires = later(now, lifetimeSeconds);
  await context.db.transaction().execute(async (trx) => {
    const tables = registryOf(trx);
    // Askings for one address take turns: else many at once would all find that few letters went out.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`sign-in ${address.normal}`}, 0))`.execute(trx);
    const { voter, recent } = await lookUp(tables, address, later(now, -24 * 3600));
    const goesOut = recent < lettersPerDay;
    await tables
      .insertInto("mailed_sign_ins")
      .values({
        browser_hash: browser.hash,
        email: address.normal,
        voter_id: goesOut ? (voter?.id ?? null) : null,
        code_hash: hashOfCode(browser.text, code),
        link_hash: link.hash,
        created_at: now,
        expires_at: expires,
      })
      .execute();
    const letter = letterFor(context, address, voter, { ...input, link: link.text, code });
    if (goesOut) await context.mail.queue(trx, [letter]);
  });
  return { expires_at: expires.toISOString(), setCookie: askingCookie("mail", browser.text, lifetimeSeconds) };
}

interface KnownVoter {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly mailbox: string;
}

/** One statement for known and unknown addresses alike. */
async function lookUp(tables: Tables, address: Address, since: Date) {
  const row = await tables
    .selectNoFrom((eb) => [
      eb.selectFrom("voters").select("id").where("email", "=", address.normal).as("id"),
      eb.selectFrom("voters").select("name").where("email", "=", address.normal).as("name"),
      eb.selectFrom("voters").select("language").where("email", "=", address.normal).as("language"),
      eb.selectFrom("voters").select("mailbox").where("email", "=", address.normal).as("mailbox"),
      eb
        .selectFrom("mailed_sign_ins")
        .select((count) => count.fn.countAll<bigint>().as("count"))
        .where("email", "=", address.normal)
        .where("created_at", ">", since)
        .as("recent"),
    ])
    .executeTakeFirstOrThrow();
  const { id, name, language, mailbox } = row;
  const voter: KnownVoter | undefined =
    id === null || name === null || language === null || mailbox === null ? undefined : { id, name, language, mailbox };
  return { voter, recent: Number(row.recent ?? 0) };
}

function letterFor(
  context: Context,
  address: Address,
  voter: KnownVoter | undefined,
  asked: { readonly language: string; readonly link: string; readonly code: string },
): Letter {
  // To the spelling that was confirmed: on some servers another one is another mailbox.
  const person = voter ?? { name: "", language: asked.language, mailbox: address.display };
  return letterTo(context, person, (letters, values) =>
    voter === undefined
      ? letters.signInUnknown({ ...values, link: `${context.publicUrl()}/join` })
      : letters.signIn({
          ...values,
          link: mailedLink(context, "sign-in", asked.link),
          code: asked.code,
          minutes: codeMinutes,
        }),
  );
}

/**
 * Signs in with the code or the link, in the browser that asked. Each works once; one answer for everything that does
 * not hold. A link that somebody opens elsewhere is not used up by that: mail programs open links, too.
 */
export async function answerLetter(
  context: Context,
  input: { readonly code: string } | { readonly token: string },
  browser: Browser | undefined,
  before: SessionTokens,
): Promise<SignedIn> {
  if (browser === undefined) doesNotHold();
  const voterId =
    "code" in input ? await tryCode(context, browser, input.code) : await useLink(context, browser, input.token);
  const who = voterId === undefined ? undefined : await voterJson(context, voterId);
  return openSession(context, who ?? doesNotHold(), "code", before);
}

function doesNotHold(): never {
  const detail = `The code or link does not hold: it may be mistyped, used, older than ${codeMinutes} minutes, tried too often, or asked for in another browser. Ask for a new letter.`;
  throw new ProblemError(edgeProblem("not-signed-in", detail));
}

/** Counts the try first: tries at the same moment cannot share a count. */
async function tryCode(context: Context, browser: Browser, code: string): Promise<string | undefined> {
  const row = await context.tables
    .updateTable("mailed_sign_ins")
    .set((eb) => ({ tries: eb("tries", "+", 1) }))
    .where("browser_hash", "=", browser.hash)
    .where("used", "=", false)
    .where("tries", "<", triesPerCode)
    .where("expires_at", ">", context.date())
    .returning("code_hash")
    .executeTakeFirst();
  if (row === undefined || !equalSecret(row.code_hash, hashOfCode(browser.secret, code))) return undefined;
  return useUp(context, browser);
}

async function useLink(context: Context, browser: Browser, token: string): Promise<string | undefined> {
  const link = hashOfToken(token);
  return link === undefined ? undefined : useUp(context, browser, link);
}

/** Of two that come at once, one finds nothing. */
async function useUp(context: Context, browser: Browser, link?: Buffer): Promise<string | undefined> {
  let update = context.tables
    .updateTable("mailed_sign_ins")
    .set({ used: true })
    .where("browser_hash", "=", browser.hash)
    .where("used", "=", false)
    .where("expires_at", ">", context.date());
  if (link !== undefined) update = update.where("link_hash", "=", link).where("tries", "<", triesPerCode);
  const row = await update.returning("voter_id").executeTakeFirst();
  return row?.voter_id ?? undefined;
}

/** Six digits, each code equally likely. */
function newCode(random: Random): string {
  const bound = 4_294_000_000;
  for (;;) {
    const number = Buffer.from(random(4)).readUInt32BE();
    if (number < bound) return String(number % 1_000_000).padStart(6, "0");
  }
}

/** With the browser's secret in it, a copy of the table finds no code among the million. */
function hashOfCode(browser: string, code: string): Buffer {
  return Buffer.from(sha256(concat(utf8(`psephos sign-in code|${code}|`), utf8(browser))));
}
