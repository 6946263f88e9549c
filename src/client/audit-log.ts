/** The log of officers' acts as a client judges it: the whole chain, against the heads that the ledger holds. */
import type { AuditLogPage } from "#api/audit.js";
import { fromHex } from "#base/bytes.js";
import type { AuditAnchor, AuditEntry } from "#protocol/audit-log.js";
import { describe } from "#protocol/machine.js";
import type { AnchorLog } from "#protocol/transactions/anchor-log.js";
import type { Http } from "./http.js";
import type { ReplayOptions } from "./record.js";

export type LoggedEntry = AuditLogPage["entries"][number];

/** Every entry from the first on. */
export async function wholeAuditLog(http: Http): Promise<AuditLogPage["entries"]> {
  const entries: AuditLogPage["entries"] = [];
  for (;;) {
    const page = await http.request<AuditLogPage>(`/officer/audit-log?from=${entries.length + 1}&limit=1000`);
    entries.push(...page.entries);
    if (page.entries.length === 0 || entries.length >= page.total) return entries;
  }
}

/** As the judge takes it; malformed text becomes bytes that do not hold. */
export function auditEntryOf(entry: LoggedEntry): AuditEntry {
  const bytes = (hex: string) => fromHex(hex) ?? new Uint8Array();
  const { number, content, salt, content_hash, hash } = entry;
  const hashes = { contentHash: bytes(content_hash), hash: bytes(hash) };
  return { number, content, salt: salt === null ? null : bytes(salt), ...hashes };
}

/** Gathers an organisation's heads while a ledger is replayed: pass `onBlock` to the replay. */
export function gatherAnchors(organisation: string): {
  readonly anchors: readonly AuditAnchor[];
  readonly onBlock: NonNullable<ReplayOptions["onBlock"]>;
} {
  const anchors: AuditAnchor[] = [];
  return {
    anchors,
    onBlock: (_height, block) => {
      for (const wire of block.transactions) {
        const transaction = describe(wire);
        if (transaction?.type !== "anchor-log") continue;
        const { organisation: whose, entries, head } = transaction.body as AnchorLog;
        if (whose === organisation) anchors.push({ entries, head });
      }
    },
  };
}

/** What an entry says, as far as it is text of the known form. */
export interface LoggedAct {
  readonly at: string;
  readonly officer: string;
  readonly name: string;
  readonly role: string;
  readonly act: string;
  readonly about?: Readonly<Record<string, unknown>>;
  readonly sent?: unknown;
  readonly refused?: { readonly entry: number; readonly status: number };
}

/** `undefined`: erased, or of a form that is not known here. */
export function actOf(content: string | null): LoggedAct | undefined {
  if (content === null) return undefined;
  try {
    const value = JSON.parse(content) as Partial<LoggedAct> | null;
    const known = [value?.at, value?.officer, value?.name, value?.role, value?.act].every(
      (each) => typeof each === "string",
    );
    return known ? (value as LoggedAct) : undefined;
  } catch {
    return undefined;
  }
}
