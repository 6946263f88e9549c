/**
 * The outer form of a `.bel` archive (belenios-format §12): an old-style tar without end blocks, one record after the
 * other, whose every byte follows from the names, the bodies and one timestamp. Anything else is "not reproducible".
 *
 * Reading is by chunks of any size, so a file, a download or a Blob can be read without holding it whole; memory is
 * bounded by the largest record.
 */

import { assert } from "#base/assert.js";
import { bytesEqual, concat, utf8 } from "#base/bytes.js";
import { MAX_JSON_TEXT } from "#base/limits.js";
import { fail, ok, type Result } from "#base/result.js";

const BLOCK = 512;

/** 11 octal digits: the largest size or timestamp a header can hold. */
const MAX_OCTAL = 8 ** 11 - 1;

/** One record: its name and its bytes. */
export interface ArchiveRecord {
  readonly name: string;
  readonly body: Uint8Array;
}

/** Why bytes are not an archive, and the offset of the record in which it showed. */
export interface ContainerFault {
  readonly code: "not-reproducible" | "truncated" | "record-too-large" | "empty";
  readonly offset: number;
  readonly detail: string;
}

/** The bytes of one record: header block, body, padding. `timestamp` in whole seconds. */
export function encodeRecord(name: string, body: Uint8Array, timestamp: number): Uint8Array {
  const padding = new Uint8Array((BLOCK - (body.length % BLOCK)) % BLOCK);
  return concat(headerBlock(utf8(name), body.length, timestamp), body, padding);
}

function headerBlock(name: Uint8Array, size: number, timestamp: number): Uint8Array {
  assert(name.length > 0 && name.length < 100, "length of a record's name");
  assert(Number.isSafeInteger(size) && size >= 0 && size <= MAX_OCTAL, "size of a record");
  assert(Number.isSafeInteger(timestamp) && timestamp >= 0 && timestamp <= MAX_OCTAL, "timestamp of an archive");
  const block = new Uint8Array(BLOCK);
  block.set(name, 0);
  block.set(utf8("0000644"), 100);
  block.set(utf8("0000000"), 108);
  block.set(utf8("0000000"), 116);
  block.set(utf8(size.toString(8).padStart(11, "0")), 124);
  block.set(utf8(timestamp.toString(8).padStart(11, "0")), 136);
  block.set(utf8("        "), 148);
  block.set(utf8("0"), 156);
  let checksum = 0;
  for (const byte of block) checksum += byte;
  block.set(utf8(`${checksum.toString(8).padStart(6, "0")}\0 `), 148);
  return block;
}

/** Takes an archive in chunks and gives its records back; `timestamp` is known after the first record. */
export interface RecordReader {
  /** The records completed by this chunk, in order; the last element may be the fault that ends reading. */
  push(chunk: Uint8Array): Generator<Result<ArchiveRecord, ContainerFault>>;
  /** To be called after the last chunk: the fault of an archive that stops in the middle or holds nothing. */
  end(): Result<null, ContainerFault>;
  /** Seconds since 1970 in every header; `undefined` before the first record. */
  timestamp(): number | undefined;
  /** Bytes of all records given back so far. */
  offset(): number;
}

export function recordReader(): RecordReader {
  let pending: Uint8Array[] = [];
  let available = 0;
  let needed = BLOCK;
  let offset = 0;
  let timestamp: number | undefined;
  let fault: ContainerFault | undefined;

  function stop(code: ContainerFault["code"], detail: string): Result<ArchiveRecord, ContainerFault> {
    fault = { code, offset, detail };
    pending = [];
    available = 0;
    return fail(fault);
  }

  function* push(chunk: Uint8Array): Generator<Result<ArchiveRecord, ContainerFault>> {
    if (fault !== undefined) return;
    pending.push(chunk);
    available += chunk.length;
    if (available < needed) return;
    let buffer = pending.length === 1 ? (pending[0] as Uint8Array) : concat(...pending);
    pending = [];
    while (buffer.length >= BLOCK) {
      const header = readHeader(buffer.subarray(0, BLOCK), timestamp);
      if (typeof header === "string") return yield stop("not-reproducible", header);
      if (header.size > MAX_JSON_TEXT) return yield stop("record-too-large", `${header.name}: ${header.size} bytes`);
      timestamp = header.timestamp;
      needed = BLOCK + Math.ceil(header.size / BLOCK) * BLOCK;
      if (buffer.length < needed) break;
      if (buffer.subarray(BLOCK + header.size, needed).some((byte) => byte !== 0)) {
        return yield stop("not-reproducible", `${header.name}: the padding is not zero`);
      }
      const body = buffer.slice(BLOCK, BLOCK + header.size);
      buffer = buffer.subarray(needed);
      offset += needed;
      needed = BLOCK;
      yield ok({ name: header.name, body });
    }
    pending = [buffer];
    available = buffer.length;
  }

  function end(): Result<null, ContainerFault> {
    if (fault !== undefined) return fail(fault);
    if (available > 0) return fail({ code: "truncated", offset, detail: `${available} bytes after the last record` });
    if (timestamp === undefined) return fail({ code: "empty", offset: 0, detail: "no record" });
    return ok(null);
  }

  return { push, end, timestamp: () => timestamp, offset: () => offset };
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly timestamp: number;
}

/** Reads the three free fields and compares the whole block with the one they determine; a string is the complaint. */
function readHeader(block: Uint8Array, expectedTimestamp: number | undefined): Header | string {
  const nameEnd = block.indexOf(0);
  if (nameEnd <= 0 || nameEnd >= 100) return "a header without a name";
  const name = ascii(block.subarray(0, nameEnd));
  const size = octal(block.subarray(124, 135));
  const timestamp = octal(block.subarray(136, 147));
  if (name === undefined || size === undefined || timestamp === undefined) return "a header with foreign characters";
  if (!bytesEqual(block, headerBlock(utf8(name), size, timestamp)))
    return `${name}: the header is not in canonical form`;
  if (expectedTimestamp !== undefined && timestamp !== expectedTimestamp) return `${name}: another timestamp`;
  return { name, size, timestamp };
}

function ascii(bytes: Uint8Array): string | undefined {
  let text = "";
  for (const byte of bytes) {
    if (byte < 0x21 || byte > 0x7e) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

function octal(bytes: Uint8Array): number | undefined {
  let value = 0;
  for (const byte of bytes) {
    if (byte < 48 || byte > 55) return undefined;
    value = value * 8 + (byte - 48);
  }
  return value;
}

/** All records of an archive given as chunks; a fault is the last element. */
export function* readRecords(chunks: Iterable<Uint8Array>): Generator<Result<ArchiveRecord, ContainerFault>> {
  const reader = recordReader();
  for (const chunk of chunks) {
    for (const record of reader.push(chunk)) {
      yield record;
      if (!record.ok) return;
    }
  }
  const end = reader.end();
  if (!end.ok) yield end;
}
