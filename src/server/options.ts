/** Flags and environment of the server; the only place that reads them. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { fail, ok, type Result } from "#base/result.js";
import { type NodeAddress, nodeAddress } from "#ledger/remote/messages.js";
import type { ReturnedMail } from "#mail/mailer.js";
import type { TlsFiles } from "./tls.js";

export interface ServerOptions {
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
  /** Directory of everything this server keeps. */
  readonly dataDir: string;
  /** Delete the data directory's contents before starting. */
  readonly reset: boolean;
  /** A PostgreSQL to use; without it an embedded one runs in the data directory. */
  readonly databaseUrl: string | undefined;
  /** SMTP server for letters; without it they go to the development outbox. */
  readonly smtpUrl: string | undefined;
  /** Where returned mail arrives; see `ReturnedMail` of mail/mailer.ts. */
  readonly returnedMail?: ReturnedMail | undefined;
  /** What a mail service has to know to tell us what became of letters. */
  readonly mailWebhookSecret?: string | undefined;
  /** Address people reach this server under, for links in letters. */
  readonly publicUrl: string | undefined;
  /** Certificate and key files (PEM): TLS without a proxy. */
  readonly tls: TlsFiles | undefined;
  /** `NODE_ENV=production`: no development outbox, no practice ledger. */
  readonly production: boolean;
  /** `beside`: open a practice ledger beside the real one; `itself`: this server is that of the practice ledger. */
  readonly practice?: "beside" | "itself";
  readonly logLevel: string;
  /** Sockets of nodes to serve in front of, first choice first; empty: this server has the ledger itself. */
  readonly nodes?: readonly NodeAddress[];
  /** Directory of the registration service's key; servers of one installation share it. */
  readonly keysDir?: string | undefined;
  /** File with the identity providers of organisations (docs/operate/sign-in.md). */
  readonly oidcFile?: string | undefined;
  /** The way to identity providers, where it is not the network's own: for tests. */
  readonly oidcFetch?: typeof fetch;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  readonly proxies?: string | undefined;
}

export type OptionsOutcome = Result<ServerOptions | "help", string>;

export const helpText = `Usage: npm start -- [options]

  --port N          port to listen on (default 8080; 0 takes a free one)       PSEPHOS_PORT
  --host H          address to listen on (default 127.0.0.1)                   PSEPHOS_HOST
  --data DIR        where everything is kept (default ./data)                  PSEPHOS_DATA
  --reset           delete what is in the data directory and start afresh
  --practice        open a practice ledger, too, below /practice (never with NODE_ENV=production)
  --no-practice     no practice ledger, also where npm start would open one
  --public-url URL  address people reach this server under                     PSEPHOS_PUBLIC_URL
  --tls-cert FILE   certificate (PEM) and
  --tls-key FILE    its key: serve https without a proxy                       PSEPHOS_TLS_CERT, PSEPHOS_TLS_KEY
  --node SOCKET     serve in front of a node (psephos node): path of its
                    socket or tcp://host:port; several, with commas            PSEPHOS_NODE
  --keys DIR        where the registration key is (default DATA/keys);
                    servers of one installation need the same one              PSEPHOS_KEYS
  --proxy ADDRESSES believe X-Forwarded-For from these (commas between)        PSEPHOS_PROXY
  --log-level L     fatal, error, warn, info, debug, trace or silent           PSEPHOS_LOG_LEVEL
  --help            this text

Environment only: DATABASE_URL (a PostgreSQL to use instead of the embedded one), SMTP_URL, MAIL_FOLDER, MAIL_EVIDENCE,
MAIL_WEBHOOK_SECRET (docs/operate/mail.md), PSEPHOS_OIDC (file with identity providers, docs/operate/sign-in.md), NODE_ENV.
A flag wins over its environment variable.
`;

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

/** Reads flags (without node and script) and environment; a failure is a sentence for the person at the terminal. */
export function parseServerOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): OptionsOutcome {
  const flags = readFlags(args);
  if (!flags.ok) return flags;
  if (flags.value.help) return ok("help");
  const setting = (flag: string | undefined, name: string) => flag ?? nonEmpty(env[name]);

  const portText = setting(flags.value.port, "PSEPHOS_PORT") ?? "8080";
  const port = Number(portText);
  if (!/^[0-9]{1,5}$/.test(portText) || port > 65_535) {
    return fail(`--port takes a number from 0 to 65535, not "${portText}".`);
  }
  const logLevel =
    setting(flags.value["log-level"], "PSEPHOS_LOG_LEVEL") ?? (env.NODE_ENV === "production" ? "info" : "warn");
  if (!logLevels.includes(logLevel))
    return fail(`--log-level takes one of ${logLevels.join(", ")}, not "${logLevel}".`);
  const certFile = setting(flags.value["tls-cert"], "PSEPHOS_TLS_CERT");
  const keyFile = setting(flags.value["tls-key"], "PSEPHOS_TLS_KEY");
  if ((certFile === undefined) !== (keyFile === undefined)) return fail("--tls-cert and --tls-key need each other.");
  const publicUrl = setting(flags.value["public-url"], "PSEPHOS_PUBLIC_URL");
  if (publicUrl !== undefined && !isHttpUrl(publicUrl))
    return fail(`--public-url takes an http or https address, not "${publicUrl}".`);
  const nodes: NodeAddress[] = [];
  for (const text of setting(flags.value.node, "PSEPHOS_NODE")?.split(",") ?? []) {
    const address = nodeAddress(text.trim());
    if (typeof address === "string") return fail(address);
    nodes.push("path" in address ? { path: resolve(address.path) } : address);
  }
  const oidcFile = nonEmpty(env.PSEPHOS_OIDC);
  const keysDir = setting(flags.value.keys, "PSEPHOS_KEYS");
  const returnedMail = readReturnedMail(nonEmpty(env.MAIL_FOLDER), nonEmpty(env.MAIL_EVIDENCE));
  if (!returnedMail.ok) return returnedMail;
  const mailWebhookSecret = nonEmpty(env.MAIL_WEBHOOK_SECRET);
  if (mailWebhookSecret !== undefined && mailWebhookSecret.length < 20)
    return fail("MAIL_WEBHOOK_SECRET has at least 20 characters; make one with: openssl rand -base64 24");

  return ok({
    host: setting(flags.value.host, "PSEPHOS_HOST") ?? "127.0.0.1",
    port,
    dataDir: resolve(setting(flags.value.data, "PSEPHOS_DATA") ?? "data"),
    reset: flags.value.reset ?? false,
    databaseUrl: nonEmpty(env.DATABASE_URL),
    smtpUrl: nonEmpty(env.SMTP_URL),
    ...(returnedMail.value === undefined ? {} : { returnedMail: returnedMail.value }),
    ...(mailWebhookSecret === undefined ? {} : { mailWebhookSecret }),
    publicUrl: publicUrl?.replace(/\/+$/, ""),
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
    production: env.NODE_ENV === "production",
    ...(wantsPractice(flags.value, env) ? { practice: "beside" as const } : {}),
    logLevel,
    nodes,
    proxies: setting(flags.value.proxy, "PSEPHOS_PROXY"),
    keysDir: keysDir === undefined ? undefined : resolve(keysDir),
    ...(oidcFile === undefined ? {} : { oidcFile: resolve(oidcFile) }),
  });
}

function readReturnedMail(
  folder: string | undefined,
  evidence: string | undefined,
): Result<ReturnedMail | undefined, string> {
  if (evidence === undefined) return ok(folder === undefined ? undefined : { folder: resolve(folder) });
  const [, kind, seconds] = /^(copies|reports):([1-9][0-9]{0,4})$/.exec(evidence) ?? [];
  if (kind === undefined) return fail("MAIL_EVIDENCE is copies:SECONDS or reports:SECONDS, for example reports:600.");
  if (folder === undefined) return fail("MAIL_EVIDENCE needs MAIL_FOLDER, where the evidence arrives.");
  const withinMs = Number(seconds) * 1000;
  return ok({ folder: resolve(folder), evidence: { kind: kind as "copies" | "reports", withinMs } });
}

function wantsPractice(
  flags: { readonly practice?: boolean; readonly "no-practice"?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return flags.practice === true && flags["no-practice"] !== true && env.NODE_ENV !== "production";
}

function readFlags(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        host: { type: "string" },
        data: { type: "string" },
        reset: { type: "boolean" },
        practice: { type: "boolean" },
        "no-practice": { type: "boolean" },
        "public-url": { type: "string" },
        "tls-cert": { type: "string" },
        "tls-key": { type: "string" },
        node: { type: "string" },
        keys: { type: "string" },
        proxy: { type: "string" },
        "log-level": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    return ok(values);
  } catch (error) {
    return fail(`${(error as Error).message.split(". ")[0]}. Try --help.`);
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : value;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
