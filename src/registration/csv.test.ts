import fc from "fast-check";
import { expect, test } from "vitest";
import { type CsvFormat, type CsvRecord, csvLine, readCsv, withoutApostrophe } from "./csv.js";

async function read(input: string | Uint8Array, chunkLength = 7, format?: CsvFormat): Promise<CsvRecord[]> {
  const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkLength) yield bytes.subarray(at, at + chunkLength);
  }
  const records: CsvRecord[] = [];
  for await (const record of readCsv(chunks(), format)) records.push(record);
  return records;
}

const cellsOf = async (input: string | Uint8Array) =>
  (await read(input)).map((record) => ("cells" in record ? record.cells : `${record.line}: ${record.fault}`));

test.each([
  ["commas and LF", "name,email\nAda,a@x.org\n"],
  ["CRLF", "name,email\r\nAda,a@x.org\r\n"],
  ["no end of the last line", "name,email\nAda,a@x.org"],
  ["a byte order mark", "\ufeffname,email\nAda,a@x.org"],
  ["semicolons", "name;email\nAda;a@x.org"],
  ["tabs", "name\temail\nAda\ta@x.org"],
  ["quotes", '"name","email"\n"Ada","a@x.org"'],
  ["empty lines", "\n\nname,email\n\r\nAda,a@x.org\n\n"],
])("%s", async (_what, input) => {
  expect(await cellsOf(input)).toEqual([
    ["name", "email"],
    ["Ada", "a@x.org"],
  ]);
});

test("quoted cells hold delimiters, quotation marks and line ends; lines are counted", async () => {
  const records = await read('a,b\n"x, ""y""","two\r\nlines"\nc,d\n');
  expect(records[1]).toEqual({ line: 2, cells: ['x, "y"', "two\nlines"] });
  expect(records[2]).toEqual({ line: 4, cells: ["c", "d"] });
});

test("R-16: faults name their line and cost that line only", async () => {
  expect(await cellsOf('a,b\nx"y,z\n"x"y,z\nx,y\rz\nok,ok')).toEqual([
    ["a", "b"],
    "2: there is a quotation mark inside an unquoted cell",
    "3: there is text after a closing quotation mark",
    "4: there is a carriage return inside the line",
    ["ok", "ok"],
  ]);
});

const bytesOf = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

test.each<[string, string, Uint8Array]>([
  ["UTF-8", "utf-8", bytesOf("name;email\nJürgen “Ä” €;j@x.org\n")],
  ["UTF-8 with a mark", "utf-8", bytesOf("\ufeffname;email\nJürgen “Ä” €;j@x.org\n")],
  ["UTF-16 LE", "utf-16le", Buffer.from("\ufeffname;email\r\nJürgen “Ä” €;j@x.org\r\n", "utf16le")],
  ["UTF-16 BE", "utf-16be", Buffer.from("\ufeffname;email\r\nJürgen “Ä” €;j@x.org\r\n", "utf16le").swap16()],
  [
    "Windows-1252",
    "windows-1252",
    bytesOf("name;email\nJ", [0xfc], "rgen ", [0x93, 0xc4, 0x94], " ", [0x80], ";j@x.org\n"),
  ],
])("R-16: %s is found", async (_what, encoding, bytes) => {
  for (const chunkLength of [1, 2, 3, 7, 1000]) {
    const format: CsvFormat = { encoding: "utf-8", delimiter: "," };
    const records = await read(bytes, chunkLength, format);
    expect(records.map((record) => "cells" in record && record.cells)).toEqual([
      ["name", "email"],
      ["Jürgen “Ä” €", "j@x.org"],
    ]);
    expect(format).toEqual({ encoding, delimiter: ";" });
  }
});

test("R-16: one file has one encoding; other lines are named", async () => {
  const later = bytesOf("name,email\nZoë,z@x.org\nJ", [0xfc], "rgen,j@x.org\nBob,b@x.org\n");
  expect(await cellsOf(later)).toEqual([
    ["name", "email"],
    ["Zoë", "z@x.org"],
    "3: the line is not UTF-8; save the file as UTF-8",
    ["Bob", "b@x.org"],
  ]);
  const earlier = bytesOf("name,email\nJ", [0xfc], "rgen,j@x.org\nZoë,z@x.org\nx", [0x81], ",b@x.org\n");
  expect(await cellsOf(earlier)).toEqual([
    ["name", "email"],
    ["Jürgen", "j@x.org"],
    "3: the line is UTF-8, but lines before it are Windows-1252",
    "4: the line is neither UTF-8 nor Windows-1252; save the file as UTF-8",
  ]);
  expect((await cellsOf("name,email\nJ\ufffdrgen,j@x.org"))[1]).toContain("U+FFFD");
  expect((await cellsOf(Buffer.from("name,email\n", "utf16le")))[0]).toContain("UTF-16");
});

test("a spreadsheet's line sep= names the delimiter", async () => {
  expect(await cellsOf("sep=;\r\na,b;c\r\n1;2\r\n")).toEqual([
    ["a,b", "c"],
    ["1", "2"],
  ]);
});

test("a quotation mark that is never closed does not eat the file", async () => {
  const records = await read(`a,b\n"open,x\n${"y,z\n".repeat(20_000)}last,one\n`, 4096);
  expect(records[1]).toMatchObject({ line: 2, fault: "a quotation mark is opened and not closed" });
  expect(records.at(-1)).toMatchObject({ cells: ["last", "one"] });
  expect(await cellsOf('a,b\n"open,x')).toEqual([["a", "b"], "2: a quotation mark is opened and not closed"]);
});

test("a line of megabytes is skipped", async () => {
  const records = await read(`a,b\n${"x".repeat(3_000_000)}\nc,d`, 65_536);
  expect(records).toEqual([
    { line: 1, cells: ["a", "b"] },
    { line: 2, fault: "the line is too long", text: "" },
    { line: 3, cells: ["c", "d"] },
  ]);
});

test("R-16: cells that spreadsheets would run are neutralised on export", () => {
  for (const cell of ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "'=1", "|calc", "%x"])
    expect(csvLine([cell])).toMatch(/^"?'/);
  expect(csvLine(["Ada", "a@x.org", "7", "O'Brien", ""])).toBe("Ada,a@x.org,7,O'Brien,\r\n");
  expect(csvLine(['a"b', "c,d"])).toBe('"a""b","c,d"\r\n');
});

test("law: what is written is read back, whatever the chunks", async () => {
  // Carriage returns are unified inside quoted cells: none here. U+FFFD says that characters were lost; NUL is refused.
  const cell = fc.string({ unit: "grapheme" }).filter((text) => !/[\r\0\ufffd]/.test(text));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 50 }),
      async (rows, length) => {
        const records = await read(`x,y,z\r\n${rows.map(csvLine).join("")}`, length);
        expect(records.slice(1).map((record) => "cells" in record && record.cells.map(withoutApostrophe))).toEqual(
          rows,
        );
      },
    ),
  );
});
