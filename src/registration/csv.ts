/**
 * Comma-separated values (RFC 4180, and what spreadsheets make of it): read as a stream, one bad line costs that line
 * only; written so that no spreadsheet takes a cell for a formula (row R-16).
 */

import { type Encoding, maxLineBytes, type TextLine, textLines } from "./text-lines.js";

/** One record, or why there is none. `line` counts physical lines from 1: where the record starts. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  /** `text`: the line as far as it could be read. */
  | { readonly line: number; readonly fault: string; readonly text: string };

/** What a file was found to be. */
export interface CsvFormat {
  encoding: Encoding;
  delimiter: "," | ";" | "\t";
}

const delimiters = [",", ";", "\t"] as const;
const unclosed = "a quotation mark is opened and not closed";

/** As {@link csvBatches}, one by one. */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>, format?: CsvFormat): AsyncGenerator<CsvRecord> {
  for await (const records of csvBatches(chunks, format)) yield* records;
}

/**
 * Reads records as they arrive, those of a chunk together. The encoding is found ({@link textLines}); the delimiter (comma, semicolon or tab) is the
 * one that the first line has most of, or that a spreadsheet's line `sep=` names. Lines without any character are
 * skipped. Memory holds the records of one chunk; `format`, if given, hears what the file is.
 */
export async function* csvBatches(
  chunks: AsyncIterable<Uint8Array>,
  format: CsvFormat = { encoding: "utf-8", delimiter: "," },
): AsyncGenerator<CsvRecord[]> {
  const found = (encoding: Encoding) => {
    format.encoding = encoding;
  };
  const reader = recordReader(format);
  for await (const lines of textLines(chunks, found)) {
    const records = lines.map(reader.take).filter((record) => record !== undefined);
    if (records.length > 0) yield records;
  }
  const last = reader.end();
  if (last !== undefined) yield [last];
}

/** Makes records of lines; a quoted cell may go on in the next one. */
function recordReader(format: CsvFormat) {
  let delimiter: CsvFormat["delimiter"] | undefined;
  let open: { line: number; text: string } | undefined;
  const take = (each: TextLine): CsvRecord | undefined => {
    const line = open?.line ?? each.line;
    if ("fault" in each) {
      open = undefined;
      return { line, fault: each.fault, text: each.text };
    }
    if (open === undefined && each.text === "") return undefined;
    if (delimiter === undefined) {
      const named = /^"?sep=([,;\t])"?$/.exec(each.text)?.[1] as CsvFormat["delimiter"] | undefined;
      delimiter = named ?? detectDelimiter(each.text);
      format.delimiter = delimiter;
      if (named !== undefined) return undefined;
    }
    const text = open === undefined ? each.text : `${open.text}\n${each.text}`;
    const cells = splitRecord(text, delimiter);
    open = cells === "unfinished" && text.length <= maxLineBytes ? { line, text } : undefined;
    if (open !== undefined) return undefined;
    if (cells === "unfinished") return { line, fault: unclosed, text: firstLineOf(text) };
    return typeof cells === "string" ? { line, fault: cells, text } : { line, cells };
  };
  const end = (): CsvRecord | undefined =>
    open === undefined ? undefined : { line: open.line, fault: unclosed, text: firstLineOf(open.text) };
  return { take, end };
}

function firstLineOf(text: string): string {
  return text.split("\n", 1)[0] as string;
}

function detectDelimiter(header: string): CsvFormat["delimiter"] {
  const outside = header.replace(/"[^"]*"/g, "");
  const count = (delimiter: string) => outside.split(delimiter).length - 1;
  return delimiters.reduce((best, each) => (count(each) > count(best) ? each : best));
}

/** The cells; or `unfinished` when a quoted cell goes on in the next line; or what is wrong. */
function splitRecord(text: string, delimiter: string): string[] | "unfinished" | string {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let end = at + 1;
      for (;;) {
        end = text.indexOf('"', end);
        if (end < 0) return "unfinished";
        if (text[end + 1] !== '"') break;
        end += 2;
      }
      cells.push(text.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
      if (at < text.length && text[at] !== delimiter) return "there is text after a closing quotation mark";
    } else {
      const next = text.indexOf(delimiter, at);
      const cell = text.slice(at, next < 0 ? text.length : next);
      if (cell.includes('"')) return "there is a quotation mark inside an unquoted cell";
      if (cell.includes("\r")) return "there is a carriage return inside the line";
      cells.push(cell);
      at = next < 0 ? text.length : next;
    }
    if (at >= text.length) return cells;
    at++;
  }
}

/**
 * One line with its CRLF. A cell that a spreadsheet would run as a formula gets an apostrophe in front, which
 * spreadsheets show as plain text.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

const runsAsFormula = /^[\s'"]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

function csvCell(cell: string): string {
  const safe = runsAsFormula.test(cell) ? `'${cell}` : cell;
  return /[",;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The cell before {@link csvLine} put an apostrophe in front, so that what was exported can be read back as it was. */
export function withoutApostrophe(cell: string): string {
  return cell.startsWith("'") && runsAsFormula.test(cell.slice(1)) ? cell.slice(1) : cell;
}
