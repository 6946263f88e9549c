/** Ending reminders by a link that needs no sign-in (RFC 8058). The link tells nothing and can do nothing else. */
import { createHmac } from "node:crypto";
import { fromBase64Url, toBase64Url } from "#base/bytes.js";
import { equalSecret } from "#crypto/equal-secret.js";
import { scalarToBytes } from "#crypto/scalar.js";
import type { Context } from "./context.js";

const idBytes = 16;
const macBytes = 16;

export function unsubscribeLink(context: Context, voterId: string): string {
  const id = Buffer.from(voterId.replaceAll("-", ""), "hex");
  return `${context.publicUrl()}/mail/unsubscribe/${toBase64Url(Buffer.concat([id, macOf(context, id)]))}`;
}

/** The voter whom a token is for, or `undefined`. */
export function voterOfUnsubscribe(context: Context, token: string): string | undefined {
  const bytes = fromBase64Url(token);
  if (bytes === undefined || bytes.length !== idBytes + macBytes) return undefined;
  const id = Buffer.from(bytes.subarray(0, idBytes));
  if (!equalSecret(macOf(context, id), bytes.subarray(idBytes))) return undefined;
  return id.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function macOf({ registrar }: Context, id: Buffer): Buffer {
  const key = createHmac("sha256", "psephos/unsubscribe").update(scalarToBytes(registrar.secret)).digest();
  return createHmac("sha256", key).update(id).digest().subarray(0, macBytes);
}
