/** Machine and verifier give the same bytes, whoever computes public data: plain implementation, kernel, kernel and platform. */
import { createHash } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { swiftArithmetic } from "#crypto/kernel/swift.js";
import { plainArithmetic, usePublicArithmetic } from "#crypto/public-data.js";
import { scratchState } from "#ledger/scratch.js";
import { trustees } from "../../test/protocol-kit.js";
import { RecordedLedger, wholeLife } from "../../test/record-kit.js";
import { verifyRecord } from "./record.js";

afterEach(() => usePublicArithmetic());

test("T-07: weights, blank votes, a revote, a spoiled ballot: the same record, state and report from each", async () => {
  const native = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());
  const seen: { readonly record: string; readonly state: string; readonly report: unknown }[] = [];
  for (const arithmetic of [plainArithmetic, swiftArithmetic(), swiftArithmetic(native)]) {
    usePublicArithmetic(arithmetic);
    const ledger = new RecordedLedger();
    wholeLife(ledger, trustees(1, 3), 2, [0, 1, 3]);
    const store = scratchState({ pages: 8 });
    const record = ledger.record();
    const report = verifyRecord(record, { store });
    for (const [key, value] of ledger.state.entries)
      expect(toHex(store.get(key) as Uint8Array), key).toBe(toHex(value));
    await store.close();
    seen.push({ record: toHex(record), state: ledger.dump(), report });
  }
  const [plain, kernel, platform] = seen;
  expect(plain?.report).toMatchObject({ verdict: "valid" });
  expect(kernel).toEqual(plain);
  expect(platform).toEqual(plain);
});
