import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { AUDIT_START, type AuditEntry, auditContentHash, auditEntryHash, judgeAuditLog } from "./audit-log.js";

function logOf(contents: readonly string[]): AuditEntry[] {
  let previous = AUDIT_START;
  return contents.map((content, i) => {
    const salt = new Uint8Array(32).fill(i + 1);
    const contentHash = auditContentHash(salt, content);
    const hash = auditEntryHash(previous, i + 1, contentHash);
    previous = hash;
    return { number: i + 1, content, salt, contentHash, hash };
  });
}
const log = logOf(["approve", "reject", "erase"]);
const anchor = (entries: number) => ({ entries, head: (log[entries - 1] as AuditEntry).hash });
const changed = (i: number, change: Partial<AuditEntry>) =>
  log.map((each, k) => (k === i ? { ...each, ...change } : each));

test("a log that was not touched holds, also where contents were erased", () => {
  expect(judgeAuditLog(log, [anchor(2)])).toEqual({ faults: [], entries: 3, anchored: 2, erased: 0 });
  expect(judgeAuditLog(changed(1, { content: null, salt: null }), [anchor(3)])).toEqual({
    faults: [],
    entries: 3,
    anchored: 3,
    erased: 1,
  });
  expect(judgeAuditLog([], [])).toEqual({ faults: [], entries: 0, anchored: 0, erased: 0 });
});

test.each<[string, readonly AuditEntry[], RegExp]>([
  ["a changed content", changed(1, { content: "approve" }), /content of entry 2 was changed/],
  ["an entry taken out", [log[0] as AuditEntry, log[2] as AuditEntry], /Entry 2 is missing/],
  ["the end cut off", log.slice(0, 1), /head of 2 entries, but the log has only 1/],
  ["a log written anew", logOf(["approve", "nothing", "erase"]), /not those whose head the ledger holds/],
  ["a hash put in", changed(2, { hash: new Uint8Array(32) }), /does not follow/],
])("%s is seen", (_what, entries, fault) => {
  expect(judgeAuditLog(entries, [anchor(2)]).faults.join(" ")).toMatch(fault);
});

test("any change of any content is seen, and hashes differ for equal contents", () => {
  fc.assert(
    fc.property(fc.nat(2), fc.string(), (i, content) => {
      fc.pre(content !== log[i]?.content);
      expect(judgeAuditLog(changed(i, { content }), []).faults.length).toBe(1);
    }),
  );
  const [a, b] = logOf(["same", "same"]);
  expect(toHex((a as AuditEntry).contentHash)).not.toBe(toHex((b as AuditEntry).contentHash));
});
