import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesEqual, concat, toHex } from "#base/bytes.js";
import { encodeRecord, readRecords, recordReader } from "./container.js";

const directory = "vectors/belenios";
const archives = readdirSync(directory).filter((name) => name.endsWith(".bel"));

function split(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

function faultOf(bytes: Uint8Array): string {
  for (const record of readRecords([bytes])) if (!record.ok) return record.error.code;
  return "none";
}

test("D: genuine archives are read record by record and written back to identical bytes, whatever the chunks", () => {
  expect(archives.length).toBeGreaterThan(5);
  for (const name of archives) {
    const bytes = new Uint8Array(readFileSync(`${directory}/${name}`));
    for (const size of [bytes.length, 65_536, 1000]) {
      const reader = recordReader();
      const parts: Uint8Array[] = [];
      for (const chunk of split(bytes, size)) {
        for (const record of reader.push(chunk)) {
          if (!record.ok) throw new Error(record.error.detail);
          parts.push(encodeRecord(record.value.name, record.value.body, reader.timestamp() as number));
        }
      }
      expect(reader.end().ok).toBe(true);
      expect(bytesEqual(concat(...parts), bytes), name).toBe(true);
    }
  }
});

test("D: decode∘encode on any records and any chunks", () => {
  const record = fc.record({
    name: fc.stringMatching(/^[!-~]{1,99}$/),
    body: fc.uint8Array({ maxLength: 1600 }),
  });
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 8 ** 11 - 1 }),
      fc.integer({ min: 1, max: 3000 }),
      (records, timestamp, size) => {
        const bytes = concat(...records.map(({ name, body }) => encodeRecord(name, body, timestamp)));
        const back = [...readRecords(split(bytes, size))].map((item) => (item.ok ? item.value : undefined));
        expect(back.map((item) => item && [item.name, toHex(item.body)])).toEqual(
          records.map(({ name, body }) => [name, toHex(body)]),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test("every byte of headers and padding is fixed: changing any one is refused", () => {
  const good = concat(
    encodeRecord("BELENIOS", new Uint8Array([1, 2, 3]), 1_700_000_000),
    encodeRecord("a.json", new Uint8Array(0), 1_700_000_000),
  );
  expect(faultOf(good)).toBe("none");
  for (let at = 0; at < good.length; at++) {
    if (at >= 512 && at < 515) continue; // the body is free
    const bad = good.slice();
    bad[at] = (bad[at] as number) ^ 1;
    expect(faultOf(bad), `byte ${at}`).not.toBe("none");
  }
});

test("cut, empty and extended archives are refused with their own words", () => {
  const good = encodeRecord("BELENIOS", new Uint8Array([1]), 5);
  expect(faultOf(new Uint8Array(0))).toBe("empty");
  for (const length of [1, 511, 512, 513, 1023])
    expect(faultOf(good.subarray(0, length)), `${length}`).toBe("truncated");
  expect(faultOf(concat(good, new Uint8Array(1024)))).toBe("not-reproducible");
  expect(faultOf(concat(good, encodeRecord("x", new Uint8Array(0), 6)))).toBe("not-reproducible");
});

test("a header that announces gigabytes is refused before anything is collected", () => {
  const header = encodeRecord("x", new Uint8Array(0), 5).slice();
  header.set(
    [..."77777777777"].map((digit) => digit.charCodeAt(0)),
    124,
  );
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  header.set(
    [...`${sum.toString(8).padStart(6, "0")}\0 `].map((c) => c.charCodeAt(0)),
    148,
  );
  expect(faultOf(header)).toBe("record-too-large");
});

test("any bytes at all are answered with a value", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      expect(faultOf(bytes)).not.toBe("none");
    }),
    {
      numRuns: 200,
    },
  );
});
