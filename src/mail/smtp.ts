/** Sends letters to an SMTP server. */
import { createTransport } from "nodemailer";
import type { Letter } from "./letter.js";

export interface SmtpOptions {
  /**
   * smtp://user:password@host:587 or smtps://host. `?from=address` names the sender. Except towards this machine itself
   * the connection must be encrypted (letters carry links that let people in); `?tls=optional` lifts that.
   */
  readonly url: string;
  /** Sender when the URL names none. */
  readonly from: string;
}

/** What became of a letter: sent; refused for good (the server said 5xx); or not sent this time. */
export type Delivery =
  | { readonly outcome: "sent" }
  | { readonly outcome: "refused" | "failed"; readonly reason: string };

export interface Smtp {
  /** Never throws. `id` names the letter, so that a receiver can drop a second copy of it. */
  send(letter: Letter, id: string): Promise<Delivery>;
  close(): void;
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Opens connections when there is something to send. Throws a sentence (without the password) for a URL of another kind. */
export function createSmtp(options: SmtpOptions): Smtp {
  if (!URL.canParse(options.url)) throw new Error("SMTP_URL is not a web address of the form smtp://host:port.");
  const url = new URL(options.url);
  if (url.protocol !== "smtp:" && url.protocol !== "smtps:")
    throw new Error(`SMTP_URL starts with smtp:// or smtps://, not ${url.protocol}//.`);
  const secure = url.protocol === "smtps:";
  const host = url.hostname;
  const from = url.searchParams.get("from") ?? options.from;
  const transport = createTransport({
    host: host.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !loopback.test(host) && url.searchParams.get("tls") !== "optional",
    ...(loopback.test(host) ? { tls: { rejectUnauthorized: false } } : {}),
    ...(url.username === ""
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    pool: true,
    maxConnections: 4,
    // Together below the time a database transaction may stand still: the row is locked while its letter is sent.
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    // Nothing in a letter may make the server read its own files or call other hosts.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (letter, id) => {
      try {
        await transport.sendMail({
          from,
          to: { name: "", address: letter.to },
          subject: letter.subject,
          text: letter.text,
          messageId: `<${id}@${from.slice(from.lastIndexOf("@") + 1)}>`,
          headers: { "Auto-Submitted": "auto-generated" },
        });
        return { outcome: "sent" };
      } catch (error) {
        return failureOf(error);
      }
    },
    close: () => transport.close(),
  };
}

/** The reason for the log: the code and the status only, because servers repeat the address in their answers. */
function failureOf(error: unknown): Delivery {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const reason = [code, responseCode].filter((part) => part !== undefined).join(" ") || "unknown";
  const forGood = typeof responseCode === "number" && responseCode >= 500 && responseCode < 600 && code !== "EAUTH";
  return { outcome: forGood ? "refused" : "failed", reason };
}
