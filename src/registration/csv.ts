/**
 * Comma-separated values (RFC 4180, and what spreadsheets make of it): read as a stream, one bad line costs that line
 * only; written so that no spreadsheet takes a cell for a formula (row R-16).
 */

/** One record, or why there is none. `line` counts physical lines from 1: where the record starts. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly fault: string };

/** Longest record, in bytes: a name, an address and a key stay below 1 kB; a forgotten quote must not eat the file. */
const maxRecordBytes = 16_384;

const byteOrderMark = [0xef, 0xbb, 0xbf];
const delimiters = [",", ";", "\t"] as const;

/**
 * Reads records as they arrive. Lines may end with LF or CRLF, a byte order mark is skipped, the delimiter (comma,
 * semicolon or tab) is the one that the first line has most of. Lines without any character are skipped. Memory holds
 * one record at a time.
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord> {
  let delimiter: string | undefined;
  let open: { line: number; text: string } | undefined;
  for await (const { line, bytes } of physicalLines(chunks)) {
    const decoded = bytes === undefined ? undefined : decodeLine(bytes);
    if (decoded === undefined) {
      const fault = bytes === undefined ? "the line is too long" : "the line is not UTF-8; save the file as UTF-8";
      yield { line: open?.line ?? line, fault };
      open = undefined;
      continue;
    }
    if (open === undefined && decoded === "") continue;
    delimiter ??= detectDelimiter(decoded);
    const text = open === undefined ? decoded : `${open.text}\n${decoded}`;
    const start = open?.line ?? line;
    const cells = splitRecord(text, delimiter);
    open = cells === "unfinished" && text.length <= maxRecordBytes ? { line: start, text } : undefined;
    if (cells === "unfinished") {
      if (open === undefined) yield { line: start, fault: "a quotation mark is opened and not closed" };
    } else {
      yield typeof cells === "string" ? { line: start, fault: cells } : { line: start, cells };
    }
  }
  if (open !== undefined) yield { line: open.line, fault: "a quotation mark is opened and not closed" };
}

/** Bytes of each line without its end; `undefined` where the line is too long (the rest of it is skipped). */
async function* physicalLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ line: number; bytes: Uint8Array | undefined }> {
  let line = 1;
  let pending = Buffer.alloc(0);
  let skipping = false;
  let atStart = true;
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk]);
    if (atStart) {
      if (pending.length < byteOrderMark.length) continue;
      if (byteOrderMark.every((byte, i) => pending[i] === byte)) pending = pending.subarray(byteOrderMark.length);
      atStart = false;
    }
    let from = 0;
    for (let end = pending.indexOf(10); end >= 0; end = pending.indexOf(10, from)) {
      const tooLong = skipping || end - from > maxRecordBytes;
      yield { line, bytes: tooLong ? undefined : withoutReturn(pending.subarray(from, end)) };
      skipping = false;
      from = end + 1;
      line++;
    }
    pending = pending.subarray(from);
    if (pending.length > maxRecordBytes) {
      skipping = true;
      pending = Buffer.alloc(0);
    }
  }
  if (skipping) yield { line, bytes: undefined };
  else if (pending.length > 0) yield { line, bytes: withoutReturn(pending) };
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes[bytes.length - 1] === 13 ? bytes.subarray(0, -1) : bytes;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeLine(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function detectDelimiter(header: string): string {
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

function csvCell(cell: string): string {
  const safe = /^[\s'"]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
