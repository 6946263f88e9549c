/**
 * The audit log of officers' acts: a chain whose head stands on the ledger. The content of an entry is hashed with a salt
 * of its own, so it can be erased later (personal data, end of retention) without breaking the chain, and its hash tells
 * nothing once the salt is gone. SPEC 2.9
 */
import { bigintToBytes, bytesEqual, concat, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";

export interface AuditEntry {
  /** From 1, without gaps. */
  readonly number: number;
  /** What happened, as text; null once it was erased. */
  readonly content: string | null;
  /** 32 random bytes; erased together with the content. */
  readonly salt: Uint8Array | null;
  readonly contentHash: Uint8Array;
  readonly hash: Uint8Array;
}

/** A head that the ledger holds. */
export interface AuditAnchor {
  readonly entries: number;
  readonly head: Uint8Array;
}

export interface AuditReport {
  /** Sentences about what does not hold; none: everything does. */
  readonly faults: readonly string[];
  readonly entries: number;
  /** How many of the entries an anchor covers. */
  readonly anchored: number;
  readonly erased: number;
}

/** Before the first entry. */
export const AUDIT_START: Uint8Array = new Uint8Array(32);

export function auditContentHash(salt: Uint8Array, content: string): Uint8Array {
  return sha256(concat(utf8("psephos/audit-content|"), salt, utf8(content)));
}

export function auditEntryHash(previous: Uint8Array, number: number, contentHash: Uint8Array): Uint8Array {
  return sha256(concat(utf8("psephos/audit-entry|"), previous, bigintToBytes(BigInt(number), 8), contentHash));
}

/** Judges a whole log, from its first entry on, against the anchors of the ledger. Never throws. */
export function judgeAuditLog(entries: readonly AuditEntry[], anchors: readonly AuditAnchor[]): AuditReport {
  const faults: string[] = [];
  const heads = new Map<number, Uint8Array>();
  let previous = AUDIT_START;
  let erased = 0;
  for (const [i, entry] of entries.entries()) {
    const number = i + 1;
    if (entry.number !== number) faults.push(`Entry ${number} is missing; entry ${entry.number} stands in its place.`);
    if (entry.content === null || entry.salt === null) erased += 1;
    else if (!bytesEqual(auditContentHash(entry.salt, entry.content), entry.contentHash))
      faults.push(`The content of entry ${number} was changed.`);
    const hash = auditEntryHash(previous, number, entry.contentHash);
    if (!bytesEqual(hash, entry.hash)) faults.push(`Entry ${number} does not follow from the one before it.`);
    heads.set(number, hash);
    previous = hash;
  }
  let anchored = 0;
  for (const anchor of anchors) {
    const head = heads.get(anchor.entries);
    if (head === undefined)
      faults.push(`The ledger holds the head of ${anchor.entries} entries, but the log has only ${entries.length}.`);
    else if (!bytesEqual(head, anchor.head))
      faults.push(`The first ${anchor.entries} entries are not those whose head the ledger holds.`);
    else anchored = Math.max(anchored, anchor.entries);
  }
  return { faults, entries: entries.length, anchored, erased };
}
