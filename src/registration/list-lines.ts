/** The lines of a list as they come in, from a file or a body, and what is wrong with each by itself. */
import { setImmediate as breathe } from "node:timers/promises";
import { refuse } from "#api/problem.js";
import { type CsvFormat, type CsvRecord, csvBatches } from "./csv.js";
import { type ImportColumn, type ImportRow, type RawRow, readHeader, readImportRow, rowOfCells } from "./import-row.js";

/** A line with the cells it was written in. */
export type ListLine = { readonly line: number; readonly cells: readonly string[] } & (
  | { readonly row: RawRow }
  | { readonly fault: string }
);

/** A list: its lines, and what is known of the file once the first line was taken. */
export interface List {
  /** In order, some hundred at a time. */
  readonly lines: AsyncIterable<readonly ListLine[]>;
  /** Of a file; `undefined` for rows in JSON. */
  readonly format: CsvFormat | undefined;
  /** Names of the first line as they were written. */
  readonly header: () => readonly string[];
}

/** A CSV file. Taking its lines refuses a file whose first line does not name its columns. */
export function listOfCsv(chunks: AsyncIterable<Uint8Array>): List {
  const format: CsvFormat = { encoding: "utf-8", delimiter: "," };
  let header: readonly string[] = [];
  const namesOf = (record: CsvRecord): readonly ImportColumn[] => {
    const read = "cells" in record ? readHeader(record.cells) : { ok: false as const, error: record.fault };
    if (!read.ok) refuse("invalid-request", `line ${record.line}: ${read.error}`);
    header = "cells" in record ? record.cells : [];
    return read.value;
  };
  async function* lines(): AsyncGenerator<readonly ListLine[]> {
    let columns: readonly ImportColumn[] | undefined;
    for await (const batch of csvBatches(chunks, format)) {
      const records = columns === undefined ? batch.slice(1) : batch;
      const names: readonly ImportColumn[] = columns ?? namesOf(batch[0] as CsvRecord);
      columns = names;
      yield records.map((record) => lineOf(names, record));
    }
    if (columns === undefined) refuse("invalid-request", "The file is empty; its first line names the columns.");
  }
  return { lines: lines(), format, header: () => header };
}

function lineOf(columns: readonly ImportColumn[], record: CsvRecord): ListLine {
  if ("fault" in record) return { line: record.line, fault: record.fault, cells: [record.text] };
  const { line, cells } = record;
  const row = rowOfCells(columns, cells);
  return row.ok ? { line, row: row.value, cells } : { line, fault: row.error, cells };
}

/** Rows of a JSON body, counted from 1. */
export function listOfRows(rows: readonly RawRow[]): List {
  async function* lines(): AsyncGenerator<readonly ListLine[]> {
    yield rows.map((row, i) => ({ line: i + 1, row, cells: [row.name, row.email] }));
  }
  return { lines: lines(), format: undefined, header: () => ["name", "email"] };
}

export interface Fault {
  readonly line: number;
  readonly reason: string;
  readonly cells: readonly string[];
}

/** A line that is good by itself. */
export interface GoodLine extends ImportRow {
  readonly line: number;
  readonly cells: readonly string[];
}

const maxLines = 1_000_000;
/** Lines, and keys, between two pauses: some milliseconds. Checking a key takes a third of one. */
const [linesPerTurn, keysPerTurn] = [500, 20];

/** Reads all lines: those that are good by themselves go to `take` in batches, the others to `complain`. */
export async function readList(
  list: List,
  organisation: string,
  sinks: {
    readonly batch: number;
    take(lines: readonly GoodLine[]): Promise<void>;
    complain(fault: Fault): void;
  },
): Promise<void> {
  let batch: GoodLine[] = [];
  let count = 0;
  let sincePause = 0;
  for await (const lines of list.lines)
    for (const each of lines) {
      if (++count > maxLines) refuse("too-large", `The list has more than ${maxLines} lines; split it.`);
      const { line, cells } = each;
      const row = "row" in each ? readImportRow(each.row, organisation) : { ok: false as const, error: each.fault };
      if (row.ok) batch.push({ ...row.value, line, cells });
      else sinks.complain({ line, reason: row.error, cells });
      sincePause += row.ok && row.value.key === undefined ? 1 : linesPerTurn / keysPerTurn;
      if (sincePause >= linesPerTurn) {
        // Others must be served in between.
        await breathe();
        sincePause = 0;
      }
      if (batch.length < sinks.batch) continue;
      await sinks.take(batch);
      batch = [];
    }
  if (batch.length > 0) await sinks.take(batch);
}
