/**
 * Mail that comes back: reports of delivery (RFC 3464) and, where the mail server is told to make them, copies of what it
 * accepted. Whatever arrives in that mailbox was written by anybody: it is only searched for the ids of letters, which
 * are random and known to the receiver alone, and it never throws.
 */

/** What one returned message says about one letter. */
export interface Returned {
  /** The letter's id. */
  readonly id: string;
  /** `accepted`: a copy, or a report that it was passed on. */
  readonly event: "accepted" | "delivered" | "bounced";
  /** The status of a report, for example `5.1.1`. */
  readonly status: string | undefined;
}

const maxMessageBytes = 2 * 1024 * 1024;
const ids = "([0-9a-f]{32})";

/** Reads one message; `undefined` for what is neither a report nor a copy of a letter of ours. */
export function readReturned(bytes: Uint8Array): Returned | undefined {
  const text = Buffer.from(bytes.subarray(0, maxMessageBytes)).toString("latin1").replace(/\r\n?/g, "\n");
  const end = text.indexOf("\n\n");
  const head = unfold(end === -1 ? text : text.slice(0, end));
  const body = end === -1 ? "" : text.slice(end);
  if (/^content-type:\s*multipart\/report\b.*delivery-status/im.test(head)) return readReport(body);
  const own = new RegExp(`^message-id:\\s*<${ids}@`, "im").exec(head);
  return own?.[1] === undefined ? undefined : { id: own[1], event: "accepted", status: undefined };
}

function readReport(body: string): Returned | undefined {
  const text = unfold(body);
  const envelope = new RegExp(`^original-envelope-id:\\s*${ids}\\s*$`, "im").exec(text);
  const message = new RegExp(`^message-id:\\s*<${ids}@`, "im").exec(text);
  const id = envelope?.[1] ?? message?.[1];
  const action = /^action:\s*([a-z]+)/im.exec(text)?.[1]?.toLowerCase();
  const event = eventOf(action);
  if (id === undefined || event === undefined) return undefined;
  return { id, event, status: /^status:\s*([0-9]\.[0-9]{1,3}\.[0-9]{1,3})/im.exec(text)?.[1] };
}

/** RFC 3464 2.3.3. A delay is no news: the mail server goes on trying. */
function eventOf(action: string | undefined): Returned["event"] | undefined {
  if (action === "failed") return "bounced";
  if (action === "delivered") return "delivered";
  return action === "relayed" || action === "expanded" ? "accepted" : undefined;
}

/** Header lines that continue on the next line. */
function unfold(text: string): string {
  return text.replace(/\n[ \t]+/g, " ");
}

/** The messages of an mbox file: each begins with a line `From `. */
export function messagesOfMbox(bytes: Uint8Array): Uint8Array[] {
  const text = Buffer.from(bytes).toString("latin1");
  return text
    .split(/(?:^|\n)From [^\n]*\n/)
    .filter((message) => message.trim() !== "")
    .map((message) => Buffer.from(message.replace(/^>(>*From )/gm, "$1"), "latin1"));
}
