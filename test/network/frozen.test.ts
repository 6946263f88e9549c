/** Old records still verify: those of networks, with a change of validators in their middle, and the receipts of their time. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromBase64Url, toBase64Url, toHex } from "#base/bytes.js";
import { judgeReceiptFile, parseReceiptFile } from "#client/receipt-file.js";
import { replayStream } from "#client/record.js";
import { results } from "#protocol/election.js";
import { networkOf } from "#protocol/network.js";
import { verifyRecord } from "#verify/record.js";
import { UUID } from "../protocol-kit.js";

const folder = new URL("../../vectors/network/", import.meta.url);
const numbers = readdirSync(folder).flatMap((name) => /^record-(\d+)\.psephos$/.exec(name)?.[1] ?? []);

interface Kept {
  readonly engineKey: string;
  readonly counts: readonly (readonly number[])[];
  readonly receipts: readonly { readonly note: string; readonly file: { readonly receipt: Record<string, string> } }[];
}

describe.each(numbers)("frozen network %s", (number) => {
  const record = new Uint8Array(readFileSync(new URL(`record-${number}.psephos`, folder)));
  const kept = JSON.parse(readFileSync(new URL(`receipts-${number}.json`, folder), "utf8")) as Kept;

  test("the record verifies, every commit of it, and gives the same result", async () => {
    const report = verifyRecord(record);
    expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
    expect(report.verdict).toBe("valid");
    async function* whole() {
      yield record;
    }
    const replayed = await replayStream(whole());
    if (!replayed.ok) throw new Error(replayed.error);
    expect(results.get(replayed.value.state, UUID)?.counts).toEqual(kept.counts);
    expect(networkOf(replayed.value.state)?.changes).toHaveLength(1);
    expect(toHex(replayed.value.genesis.engineKey)).toBe(kept.engineKey);
  });

  test("L-20: each receipt holds; with a bit of its evidence or proof turned it does not", () => {
    expect(kept.receipts.length).toBeGreaterThan(2);
    for (const { note, file } of kept.receipts) {
      const judge = (change: Record<string, string>) => {
        const parsed = parseReceiptFile(JSON.stringify({ ...file, receipt: { ...file.receipt, ...change } }));
        return parsed === undefined ? "unread" : judgeReceiptFile(parsed).report.verdict;
      };
      expect(judge({}), note).toBe("valid");
      for (const part of ["header", "evidence", "proof"] as const) {
        const bytes = (fromBase64Url(file.receipt[part] as string) as Uint8Array).slice();
        const middle = bytes.length >> 1;
        bytes[middle] = (bytes[middle] as number) ^ 1;
        expect(judge({ [part]: toBase64Url(bytes) }), `${note}: ${part}`).not.toBe("valid");
      }
    }
  });
});
