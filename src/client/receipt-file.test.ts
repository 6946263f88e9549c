import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeReceiptFile, parseReceiptFile, trackerFromPath, trackerPath } from "./receipt-file.js";

const receipt = { chain_id: "x", height: 1, time: "2026-11-24T12:00:00Z", header: "AA", evidence: "AA", proof: "AA" };
const file = {
  election_id: "A5x56wrPUxZq4Q",
  tracker: "+/".repeat(21).concat("A"),
  fingerprint: "AA",
  chain_id: "x",
  engine: "embedded",
  engine_key: "00".repeat(32),
  election: "{}",
  receipt,
};

test("a file that decodes is read, and its empty proof is judged, not believed", () => {
  const read = parseReceiptFile(JSON.stringify(file));
  expect(read).toEqual(file);
  expect(judgeReceiptFile(read as NonNullable<typeof read>).report.verdict).not.toBe("valid");
  const { engine: _, ...older } = file;
  expect(parseReceiptFile(JSON.stringify(older))).toEqual(older);
});

test.each([
  ...Object.keys(file).map((key): [string, object] => [`${key} is a number`, { ...file, [key]: 1 }]),
  ...Object.keys(receipt).map((key): [string, object] => [
    `the receipt's ${key} is an object`,
    { ...file, receipt: { ...receipt, [key]: {} } },
  ]),
  ["an unknown engine", { ...file, engine: "other" }],
  ["a tracker that does not decode", { ...file, tracker: "!" }],
  ["a key that does not decode", { ...file, engine_key: "0g" }],
  ["a proof that does not decode", { ...file, receipt: { ...receipt, proof: "A" } }],
  ["a day that does not exist", { ...file, receipt: { ...receipt, time: "2026-02-30T12:00:00Z" } }],
])("no receipt file: %s", (_, value) => {
  expect(parseReceiptFile(JSON.stringify(value))).toBeUndefined();
});

test("any text is a file or none, and every file can be judged", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const read = parseReceiptFile(text);
      if (read !== undefined) judgeReceiptFile(read);
    }),
  );
});

test("a tracker's way into an address and back", () => {
  expect(trackerFromPath(trackerPath(file.tracker))).toBe(file.tracker);
});
