/** The lines of a list as they come in, from a file or a body, and what is wrong with each by itself or by those before it. */
import { setImmediate as breathe } from "node:timers/promises";
import { refuse } from "#api/problem.js";
import type { Random } from "#crypto/scalar.js";
import { type CsvFormat, readCsv } from "./csv.js";
import { type ImportColumn, type ImportRow, type RawRow, readHeader, readImportRow, rowOfCells } from "./import-row.js";
import { newDigitalId, newUuid } from "./token.js";

/** A line with the cells it was written in. */
export type ListLine = { readonly line: number; readonly cells: readonly string[] } & (
  | { readonly row: RawRow }
  | { readonly fault: string }
);

/** A list: its lines, and what is known of the file once the first line was taken. */
export interface List {
  readonly lines: AsyncIterable<ListLine>;
  /** Of a file; `undefined` for rows in JSON. */
  readonly format: CsvFormat | undefined;
  /** Names of the first line as they were written. */
  readonly header: () => readonly string[];
}

/** A CSV file. Taking its lines refuses a file whose first line does not name its columns. */
export function listOfCsv(chunks: AsyncIterable<Uint8Array>): List {
  const format: CsvFormat = { encoding: "utf-8", delimiter: "," };
  let header: readonly string[] = [];
  async function* lines(): AsyncGenerator<ListLine> {
    let columns: readonly ImportColumn[] | undefined;
    for await (const record of readCsv(chunks, format)) {
      if (columns === undefined) {
        const read = "cells" in record ? readHeader(record.cells) : { ok: false as const, error: record.fault };
        if (!read.ok) refuse("invalid-request", `line ${record.line}: ${read.error}`);
        columns = read.value;
        header = "cells" in record ? record.cells : [];
      } else if ("fault" in record) yield { line: record.line, fault: record.fault, cells: [record.text] };
      else {
        const { line, cells } = record;
        const row = rowOfCells(columns, cells);
        yield row.ok ? { line, row: row.value, cells } : { line, fault: row.error, cells };
      }
    }
    if (columns === undefined) refuse("invalid-request", "The file is empty; its first line names the columns.");
  }
  return { lines: lines(), format, header: () => header };
}

/** Rows of a JSON body, counted from 1. */
export function listOfRows(rows: readonly RawRow[]): List {
  async function* lines(): AsyncGenerator<ListLine> {
    for (const [i, row] of rows.entries()) {
      const { name, email } = row;
      yield { line: i + 1, row, cells: [name, email] };
    }
  }
  return { lines: lines(), format: undefined, header: () => ["name", "email"] };
}

export interface Fault {
  readonly line: number;
  readonly reason: string;
  readonly cells: readonly string[];
}

/** A good line, with ids for the case that the person is new. */
export interface GoodLine extends ImportRow {
  readonly line: number;
  readonly cells: readonly string[];
  readonly id: string;
  readonly digitalId: string;
}

const maxLines = 1_000_000;

/**
 * Reads all lines: good ones go to `take` in batches, faulty ones to `complain`. An address, a key or an external id that
 * stood in a line before is a fault.
 */
export async function readList(
  list: List,
  organisation: string,
  random: Random,
  sinks: {
    readonly batch: number;
    take(lines: readonly GoodLine[]): Promise<void>;
    complain(fault: Fault): void;
  },
): Promise<void> {
  const seen = new Map<string, number>();
  let batch: GoodLine[] = [];
  let count = 0;
  for await (const each of list.lines) {
    if (++count > maxLines) refuse("too-large", `The list has more than ${maxLines} lines; split it.`);
    const { line, cells } = each;
    const row = "row" in each ? readImportRow(each.row, organisation) : { ok: false as const, error: each.fault };
    const fault = row.ok ? repetition(seen, line, row.value) : row.error;
    if (fault !== undefined) sinks.complain({ line, reason: fault, cells });
    else if (row.ok) batch.push({ ...row.value, line, cells, id: newUuid(random), digitalId: newDigitalId(random) });
    // Checking a key takes a millisecond: others must be served in between.
    if (count % 20 === 0) await breathe();
    if (batch.length < sinks.batch) continue;
    await sinks.take(batch);
    batch = [];
  }
  if (batch.length > 0) await sinks.take(batch);
}

function repetition(
  seen: Map<string, number>,
  line: number,
  { address, key, externalId }: ImportRow,
): string | undefined {
  const marks = [
    ["address", address.normal],
    ["public key", key?.toString("hex")],
    // No address and no key begins with this sign.
    ["external id", externalId === undefined ? undefined : `#${externalId}`],
  ] as const;
  for (const [what, mark] of marks) {
    const first = mark === undefined ? undefined : seen.get(mark);
    if (first !== undefined) return `the same ${what} stands in line ${first}`;
  }
  for (const [, mark] of marks) if (mark !== undefined) seen.set(mark, line);
  return undefined;
}
