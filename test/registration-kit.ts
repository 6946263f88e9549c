/** The registration module over HTTP, with a real PostgreSQL and a real embedded ledger, for its tests and its bench. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { KyselyPlugin } from "kysely";
import { pino } from "pino";
import { sessionCookies } from "#api/actor.js";
import { concat, fromBase64Url, toHex, utf8 } from "#base/bytes.js";
import { scalarToBytes } from "#crypto/scalar.js";
import { type SignatureTag, sign } from "#crypto/schnorr.js";
import { type Database, openDatabase } from "#db/database.js";
import { removeEmbedded } from "#db/embedded.js";
import { migrate } from "#db/migrations.js";
import { createLedger, nodeKeyOf } from "#ledger/embedded/open.js";
import type { Ledger } from "#ledger/ledger.js";
import { createMailer, type Mailer } from "#mail/mailer.js";
import { mailMigrations } from "#mail/tables.js";
import { type Identity, identityFromCode } from "#protocol/identity.js";
import type { Limits, Tables } from "#registration/context.js";
import type { OidcSettings } from "#registration/login/providers.js";
import { createRegistration } from "#registration/module.js";
import { type RegistrationTables, registrationMigrations } from "#registration/tables.js";
import { createHttp } from "#server/http.js";
import { guardRoutes } from "#server/policy.js";
import { purgeListIn } from "#server/purge-list.js";
import { actorOf, addSessions } from "#server/session.js";
import { codeOf, genesisOf, REGISTRAR, START, seededRandom } from "./protocol-kit.js";

export const PUBLIC_URL = "https://vote.example";

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly body: any;
  readonly headers: Record<string, string | string[] | number | undefined>;
  readonly text: string;
}

export interface Registry {
  readonly app: FastifyInstance;
  readonly module: ReturnType<typeof createRegistration>;
  readonly database: Database;
  readonly tables: Tables;
  readonly mail: Mailer;
  readonly ledger: Ledger;
  /** Everything that was logged. */
  readonly logged: string[];
  /** Statements that the module ran, newest last: their kinds and tables, not their values. */
  readonly statements: string[];
  /** Clock of server and ledger, nanoseconds. */
  time: bigint;
  /** Lets the module follow all blocks that it has not seen. */
  follow(): Promise<void>;
  /** As a registry from a backup does: it follows the blocks above this height again. */
  followFrom(height: number): void;
  send(method: "GET" | "POST" | "PUT" | "DELETE", url: string, options?: SendOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface SendOptions {
  readonly json?: unknown;
  readonly text?: { readonly type: string; readonly content: string | Buffer };
  /** Session token, of either kind: it is sent in both cookies, and good in its own only. */
  readonly session?: string | undefined;
  readonly headers?: Record<string, string>;
}

export interface RegistryOptions {
  readonly production?: boolean;
  readonly limits?: Limits;
  readonly oidc?: OidcSettings;
  /** Without a ledger: before set-up. */
  readonly notSetUp?: boolean;
  /** Keeps no statements: for benches. */
  readonly unwatched?: boolean;
  /** Another registry's: a second server beside it. */
  readonly database?: Database;
}

export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const directory = mkdtempSync(join(tmpdir(), "psephos-registry-"));
  const postgres = join(directory, "postgres");
  const state = { time: START, followed: 0 };
  const now = () => state.time;
  const database =
    options.database ??
    (await openDatabase({ url: process.env.DATABASE_URL, directory: postgres, log: () => undefined }));
  await migrate(database.db, [mailMigrations, registrationMigrations]);
  const ledgerDirectory = join(directory, "ledger");
  const genesis = genesisOf({ engineKey: await nodeKeyOf(ledgerDirectory) });
  const ledger = await createLedger(ledgerDirectory, genesis, { clock: now, gatherMs: 0 });
  const random = seededRandom(`registry ${directory}`);
  const logged: string[] = [];
  const statements: string[] = [];
  const watching: KyselyPlugin = {
    transformQuery: ({ node }) => {
      statements.push(
        `${node.kind} ${
          JSON.stringify(node, (_key, value) => (typeof value === "bigint" ? String(value) : value))
            .match(/"IdentifierNode","name":"[a-z_]+"/g)
            ?.join() ?? ""
        }`,
      );
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const db = options.unwatched === true ? database.db : database.db.withPlugin(watching);
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      logged.push(String(chunk));
      done();
    },
  });
  const logger = pino({ level: "info" }, sink);
  const newId = () => toHex(random(16));
  const mail = createMailer({
    db,
    smtpUrl: undefined,
    from: "no-reply@vote.example",
    clock: now,
    newId,
    log: logger,
  });
  const module = createRegistration({
    db,
    ledger: { current: () => (options.notSetUp === true ? undefined : ledger) },
    mail,
    purged: purgeListIn(join(directory, "keys")),
    mailWebhookSecret: "a secret of the mail service",
    registrar: { secret: REGISTRAR.secret, key: genesis.founder.registrarKey },
    actorOf,
    random,
    now,
    publicUrl: () => PUBLIC_URL,
    production: options.production ?? false,
    ...(options.oidc === undefined ? {} : { oidc: options.oidc }),
    limits: options.limits ?? { registrationsPerMinute: 1_000_000, signInsPerMinute: 1_000_000 },
  });
  const app = await createHttp({ logger });
  guardRoutes(app, actorOf);
  await app.register(async (scope) => {
    addSessions(scope, module.lookup, () => PUBLIC_URL);
    await module.routes(scope);
  });
  const registry: Registry = {
    app,
    module,
    database,
    tables: (database.db as unknown as Tables).withSchema("registration") as Tables,
    mail,
    ledger,
    logged,
    statements,
    get time() {
      return state.time;
    },
    set time(value) {
      state.time = value;
    },
    followFrom: (height) => {
      state.followed = height;
    },
    follow: async () => {
      for (; state.followed < ledger.status().height; state.followed++) {
        const block = ledger.block(state.followed + 1);
        if (block !== undefined) await database.db.transaction().execute((trx) => module.project(trx, block));
      }
    },
    send: async (method, url, { json, text, session, headers = {} } = {}) => {
      const answer = await app.inject({
        method,
        url,
        headers: {
          ...(json === undefined ? {} : { "content-type": "application/json" }),
          ...(text === undefined ? {} : { "content-type": text.type }),
          ...headers,
        },
        ...(session === undefined ? {} : { cookies: cookiesWith(session) }),
        ...(json === undefined ? {} : { payload: JSON.stringify(json) }),
        ...(text === undefined ? {} : { payload: text.content }),
      });
      const isJson = /json/.test(String(answer.headers["content-type"]));
      return {
        status: answer.statusCode,
        body: isJson ? answer.json() : undefined,
        headers: answer.headers,
        text: answer.body,
      };
    },
    close: async () => {
      await app.close();
      await module.close();
      await mail.close();
      await ledger.close();
      if (options.database === undefined) {
        await database.close();
        removeEmbedded(postgres);
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return registry;
}

function cookiesWith(token: string): Record<string, string> {
  return Object.fromEntries(Object.values(sessionCookies).map((name) => [name, token]));
}

/** Empties the registry and the outbox. */
export async function emptyRegistry(registry: Registry): Promise<void> {
  const names: readonly (keyof RegistrationTables)[] = [
    "mailings",
    "reconciliations",
    "roll_places",
    "admission_addresses",
    "admission_domains",
    "roll_entries",
    "roll_secrets",
    "sessions",
    "challenges",
    "office_members",
    "mailed_sign_ins",
    "passkeys",
    "passkey_challenges",
    "admission_claims",
    "oidc_attempts",
    "oidc_identities",
    "tokens",
    "requests",
    "standings",
    "voters",
    "organisations",
  ];
  for (const name of names) await registry.tables.deleteFrom(name).execute();
  await (registry.database.db as unknown as Tables)
    .withSchema("mail")
    .deleteFrom("outbox" as "voters")
    .execute();
}

/** A table as text, with bytes in hexadecimal. */
export async function dumpTable({ tables }: Registry, name: keyof RegistrationTables): Promise<string> {
  const rows = await tables.selectFrom(name).selectAll().execute();
  const hexOf = (_key: string, value: { type?: unknown; data?: number[] } | null) =>
    value?.type === "Buffer" ? Buffer.from(value.data ?? []).toString("hex") : value;
  return JSON.stringify(rows, hexOf);
}

export function signatureJson(tag: SignatureTag, chainId: string, identity: Identity, message: Uint8Array) {
  const { challenge, response } = sign({ tag, chainId }, identity.secret, message, seededRandom("signature"));
  return { challenge: toHex(scalarToBytes(challenge)), response: toHex(scalarToBytes(response)) };
}

export function keyHex(identity: Identity): string {
  return toHex(identity.key.toBytes());
}

export function voterIdentity(seed: string): Identity {
  return identityFromCode(codeOf(seed), "voter");
}

export function confirmation(token: string, identity: Identity, signer = identity) {
  const signature = signatureJson("confirm", "", signer, utf8(`confirm|${token}`));
  return { token, public_key: keyHex(identity), signature };
}

/** The secret of the newest link that was mailed to an address. */
export async function mailedToken(registry: Registry, to: string): Promise<string> {
  const [letter] = (await registry.mail.kept({ to, limit: 1 })).filter((each) => each.links.length > 0);
  const token = letter?.links[0]?.split("#")[1];
  if (token === undefined) throw new Error(`no link was mailed to ${to}`);
  return token;
}

/** Registers and confirms; the identity follows from the address. */
export async function newVoter(registry: Registry, email: string) {
  const identity = voterIdentity(email);
  await registry.send("POST", "/register", { json: { name: `Voter ${email}`, email } });
  const token = await mailedToken(registry, email);
  const answer = await registry.send("POST", "/register/confirm", { json: confirmation(token, identity) });
  if (answer.status !== 200) throw new Error(answer.text);
  return { identity, ...(answer.body as { id: string; digital_id: string; status: string }) };
}

/** What a client sends to sign in, with a fresh challenge. */
export async function signInBody(registry: Registry, identity: Identity) {
  const asked = await registry.send("POST", "/sessions/challenge", { json: { public_key: keyHex(identity) } });
  const { challenge, audience, chain_id } = asked.body as { challenge: string; audience: string; chain_id: string };
  const message = concat(fromBase64Url(challenge) as Uint8Array, utf8(audience));
  return { public_key: keyHex(identity), challenge, signature: signatureJson("login", chain_id, identity, message) };
}

/** Signs in; returns the session's token. */
export async function signIn(registry: Registry, identity: Identity, organisation?: string): Promise<string> {
  const body = await signInBody(registry, identity);
  const json = organisation === undefined ? body : { ...body, organisation };
  const answer = await registry.send("POST", "/sessions", { json });
  if (answer.status !== 200) throw new Error(answer.text);
  return tokenOf(answer);
}

export function tokenOf(answer: Answer): string {
  return String(answer.headers["set-cookie"]).split(";")[0]?.split("=")[1] ?? "";
}
