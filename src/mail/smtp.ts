/**
 * Sends letters to an SMTP server, one conversation at a time on each connection. The last word of a letter (the line
 * with the dot alone) is held back until the caller has noted that it is about to be said: without it no server delivers
 * (RFC 5321 4.1.1.4), so whoever dies before has sent nothing.
 */
import { Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import SMTPConnection, { type SMTPConnectionOptions } from "nodemailer/lib/smtp-connection";
import { htmlOf } from "./html.js";
import type { Letter } from "./letter.js";

export interface SmtpOptions {
  /**
   * smtp://user:password@host:587 or smtps://host. `?from=address` names the sender, `?rate=600` is the most letters in a
   * minute. Except towards this machine itself the connection must be encrypted (letters carry links that let people
   * in); `?tls=optional` lifts that.
   */
  readonly url: string;
  /** Sender when the URL names none. */
  readonly from: string;
  /** Ask for a report of each delivery, not only of failures, where the server knows reports (RFC 3461). */
  readonly reportSuccess?: boolean;
}

/**
 * What became of a letter. `refused`: for good (5xx). `deferred`: not this time (4xx). `unreachable`: no fault of the
 * letter, the server could not be reached or does not let us in. `withdrawn`: the caller said no before the last word.
 * `unknown`: the last word was said and no answer came.
 */
export type Delivery =
  | { readonly outcome: "sent" }
  | { readonly outcome: "withdrawn" }
  | { readonly outcome: "refused" | "deferred" | "unreachable" | "unknown"; readonly reason: string };

/** One connection; letters go over it one after the other. */
export interface SmtpSession {
  /** Never throws. `id` names the letter in its headers. `lastWord` resolves to false to stop before the last word. */
  send(letter: Letter, id: string, lastWord: () => Promise<boolean>): Promise<Delivery>;
  close(): void;
}

export interface Smtp {
  /** Letters a minute, or `undefined`: as fast as the server takes them. */
  readonly perMinute: number | undefined;
  session(): SmtpSession;
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Opens connections when there is something to send. Throws a sentence (without the password) for a URL of another kind. */
export function createSmtp(options: SmtpOptions): Smtp {
  if (!URL.canParse(options.url)) throw new Error("SMTP_URL is not a web address of the form smtp://host:port.");
  const url = new URL(options.url);
  if (url.protocol !== "smtp:" && url.protocol !== "smtps:")
    throw new Error(`SMTP_URL starts with smtp:// or smtps://, not ${url.protocol}//.`);
  const rate = url.searchParams.get("rate");
  if (rate !== null && !/^[1-9][0-9]{0,6}$/.test(rate))
    throw new Error("The rate in SMTP_URL is a number of letters in a minute.");
  const auth =
    url.username === ""
      ? undefined
      : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  const identity = {
    connection: connectionOf(url),
    auth,
    from: url.searchParams.get("from") ?? options.from,
    reportSuccess: options.reportSuccess ?? false,
  };
  return { perMinute: rate === null ? undefined : Number(rate), session: () => createSession(identity) };
}

function connectionOf(url: URL): SMTPConnectionOptions {
  const secure = url.protocol === "smtps:";
  const host = url.hostname;
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !loopback.test(host) && url.searchParams.get("tls") !== "optional",
    ...(loopback.test(host) ? { tls: { rejectUnauthorized: false } } : {}),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    // After the last word a server may take its time; together below the lease of a letter (sender.ts).
    socketTimeout: 120_000,
  };
}

interface Identity {
  readonly connection: SMTPConnectionOptions;
  readonly auth: { readonly user: string; readonly pass: string } | undefined;
  readonly from: string;
  readonly reportSuccess: boolean;
}

/** Servers like connections to end at some time. */
const lettersPerConnection = 100;

function createSession(identity: Identity): SmtpSession {
  let open: { readonly connection: SMTPConnection; letters: number } | undefined;
  const close = () => {
    open?.connection.quit();
    open = undefined;
  };
  return {
    send: async (letter, id, lastWord) => {
      let message: Buffer;
      try {
        message = await compose(identity, letter, id);
        open ??= { connection: await connect(identity), letters: 0 };
      } catch (error) {
        return { outcome: "unreachable", reason: reasonOf(error) };
      }
      const delivery = await converse(open.connection, identity, letter.to, id, message, lastWord);
      open.letters += 1;
      if (delivery.outcome === "sent" || delivery.outcome === "refused") {
        if (open.letters >= lettersPerConnection) close();
        return delivery;
      }
      // Whatever state the conversation is in: another one begins anew.
      open.connection.close();
      open = undefined;
      return delivery;
    },
    close,
  };
}

function compose(identity: Identity, letter: Letter, id: string): Promise<Buffer> {
  const { from } = identity;
  const unsubscribe = letter.unsubscribe;
  const mail = new MailComposer({
    from,
    to: { name: "", address: letter.to },
    subject: letter.subject,
    text: letter.text,
    html: htmlOf(letter.text, letter.language ?? "en"),
    messageId: messageIdOf(id, from),
    headers: {
      "Auto-Submitted": "auto-generated",
      "Content-Language": letter.language ?? "en",
      ...(unsubscribe === undefined
        ? {}
        : { "List-Unsubscribe": `<${unsubscribe}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }),
    },
    // Nothing in a letter may make the server read its own files or call other hosts.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return mail.compile().build();
}

export function messageIdOf(id: string, from: string): string {
  return `<${id}@${from.slice(from.lastIndexOf("@") + 1).replace(/[>\s]/g, "")}>`;
}

function connect({ connection: options, auth }: Identity): Promise<SMTPConnection> {
  return new Promise((resolve, reject) => {
    const connection = new SMTPConnection(options);
    const failed = (error: unknown) => {
      connection.close();
      reject(error);
    };
    connection.on("error", failed);
    connection.on("end", () => failed(new Error("closed")));
    connection.connect((error) => {
      if (error) return failed(error);
      if (auth === undefined) return resolve(connection);
      connection.login(auth, (refused) => (refused ? failed(refused) : resolve(connection)));
    });
  });
}

function converse(
  connection: SMTPConnection,
  { from, reportSuccess }: Identity,
  to: string,
  id: string,
  message: Buffer,
  lastWord: () => Promise<boolean>,
): Promise<Delivery> {
  let said = false;
  let withdrawn = false;
  async function* words(): AsyncGenerator<Buffer> {
    yield message;
    // Reached only after the server has asked for the message; the dot follows when this generator ends.
    said = await lastWord().catch(() => false);
    withdrawn = !said;
    if (withdrawn) throw new Error("withdrawn");
  }
  return new Promise((resolve) => {
    const finish = (error: unknown) => {
      connection.removeListener("error", finish);
      connection.removeListener("end", ended);
      if (error === null || error === undefined) resolve({ outcome: "sent" });
      else resolve(withdrawn ? { outcome: "withdrawn" } : failureOf(error, said));
    };
    const ended = () => finish(new Error("closed"));
    connection.on("error", finish);
    connection.on("end", ended);
    const notify = reportSuccess ? "SUCCESS,FAILURE" : "FAILURE";
    const dsn = { ret: "HDRS", envid: id, notify, orcpt: `rfc822;${to}` };
    connection.send({ from, to: [to], dsn }, Readable.from(words(), { objectMode: false }), (error) => finish(error));
  });
}

/** Judges a failure by where in the conversation it came. */
function failureOf(error: unknown, said: boolean): Delivery {
  const { command, responseCode: code } = error as { command?: unknown; responseCode?: unknown };
  const reason = reasonOf(error);
  // Without a number nobody answered: before the last word nothing was sent, after it nobody knows.
  if (typeof code !== "number" || code < 400) return { outcome: said ? "unknown" : "unreachable", reason };
  if (code === 421) return { outcome: "unreachable", reason };
  const aboutLetter = command === "RCPT TO" || command === "DATA";
  if (!aboutLetter) return { outcome: "unreachable", reason };
  return { outcome: code >= 500 ? "refused" : "deferred", reason };
}

/** The code and the status only, because servers repeat the address in their answers. */
function reasonOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return [code, responseCode].filter((part) => part !== undefined).join(" ") || "unknown";
}
