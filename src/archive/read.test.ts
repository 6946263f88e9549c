import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bytesEqual, concat, utf8 } from "#base/bytes.js";
import { sha256Hex } from "#crypto/hash.js";
import { type ArchiveRecord, encodeRecord, recordReader } from "./container.js";
import { type ArchiveFault, type Chapter, chapterReader, readHeaderRecord } from "./read.js";
import { chapterWriter } from "./write.js";

const directory = "vectors/belenios";
const tiny = new Uint8Array(readFileSync(`${directory}/tiny-yesno-ALMYGqHaLyCN8x.bel`));

interface Taken {
  readonly records: readonly ArchiveRecord[];
  readonly timestamp: number;
}

function recordsOf(archive: Uint8Array): Taken {
  const reader = recordReader();
  const records: ArchiveRecord[] = [];
  for (const record of reader.push(archive)) if (record.ok) records.push(record.value);
  return { records, timestamp: reader.timestamp() as number };
}

function chaptersOf(records: readonly ArchiveRecord[]): { chapters: Chapter[]; faults: ArchiveFault[] } {
  const reader = chapterReader();
  const chapters: Chapter[] = [];
  const faults: ArchiveFault[] = [];
  for (const record of records) {
    const taken = reader.accept(record);
    if (taken.chapter) chapters.push(taken.chapter);
    faults.push(...taken.faults);
  }
  faults.push(...reader.end());
  return { chapters, faults };
}

function faultsOf(edit: (records: ArchiveRecord[]) => ArchiveRecord[]): string[] {
  const { records } = recordsOf(tiny);
  return chaptersOf(edit(records.slice(1))).faults.map((fault) => `${fault.check}: ${fault.detail}`);
}

test("D: reading every genuine archive and writing its chapters back gives identical bytes", () => {
  for (const name of readdirSync(directory).filter((file) => file.endsWith(".bel"))) {
    const archive = new Uint8Array(readFileSync(`${directory}/${name}`));
    const { records, timestamp } = recordsOf(archive);
    const [first, ...rest] = records as [ArchiveRecord, ...ArchiveRecord[]];
    expect(readHeaderRecord(first, timestamp)).toEqual({ ok: true, value: { timestamp } });
    const { chapters, faults } = chaptersOf(rest);
    expect(faults, name).toEqual([]);
    const writer = chapterWriter(timestamp);
    const parts = chapters.flatMap((each) => writer.chapter(each.type, ...each.objects.map((object) => object.text)));
    expect(bytesEqual(concat(writer.header(), ...parts), archive), name).toBe(true);
  }
});

test("the header must be BELENIOS, version 1, with the timestamp of the records", () => {
  const good = '{"version":1,"timestamp":"1700000000"}';
  const error = (name: string, text: string) => readHeaderRecord({ name, body: utf8(text) }, 1_700_000_000).ok;
  expect(error("BELENIOS", good)).toBe(true);
  expect(error("belenios", good)).toBe(false);
  for (const bad of [
    '{"version":2,"timestamp":"1700000000"}',
    '{"version":1,"timestamp":1700000000}',
    '{"version":1,"timestamp":"1700000001"}',
    '{"version":1,"timestamp":"01700000000"}',
    ' {"version":1,"timestamp":"1700000000"}',
    "",
  ]) {
    expect(error("BELENIOS", bad), bad).toBe(false);
  }
  expect(readHeaderRecord({ name: "BELENIOS", body: new Uint8Array([255]) }, 5).ok).toBe(false);
});

test("a record whose content is not that of its name, is no object, or is not UTF-8", () => {
  expect(faultsOf((records) => records)).toEqual([]);
  const renamed = (name: string) => (records: ArchiveRecord[]) =>
    records.map((record, i) => (i === 0 ? { ...record, name } : record));
  expect(faultsOf(renamed(`${"0".repeat(64)}.data.json`))).toEqual([
    "container: the content has another hash than the name says",
  ]);
  expect(faultsOf(renamed("readme.txt"))[0]).toBe("container: not the name of an object or an event");
  const binary = (records: ArchiveRecord[]) =>
    records.map((record, i) => (i === 0 ? { ...record, body: new Uint8Array([0xc0, 0x80]) } : record));
  expect(faultsOf(binary)).toContain("container: not UTF-8");
});

test("objects that are missing, extra, swapped or left over at the end", () => {
  expect(faultsOf((records) => records.slice(1))[0]).toContain("3 objects before event 0 (Setup), which takes 4");
  expect(faultsOf(([a, b, ...rest]) => [b, a, ...rest] as ArchiveRecord[])[0]).toContain("in their order");
  const doubled = faultsOf((records) => [...records.slice(0, 5), records[5], ...records.slice(5)] as ArchiveRecord[]);
  expect(doubled).toEqual(["container: 2 objects before event 1 (Ballot), which takes 1"]);
  expect(faultsOf((records) => [...records, records[0] as ArchiveRecord])).toEqual([
    "container: no event follows this object",
  ]);
});

test("events that are out of line: parent, height, payload, form", () => {
  const lost = faultsOf((records) => [...records.slice(0, 5), ...records.slice(7)]);
  expect(lost).toEqual([
    "event-chain: height 2 where 1 is due",
    "event-chain: does not name the event before it as parent",
  ]);
  const late = faultsOf((records) => records.slice(5));
  expect(late).toContain("event-chain: the first event names a parent");
  const event = (text: string) => {
    const writer = encodeRecord("x", utf8(text), 0);
    const body = writer.slice(512, 512 + text.length);
    return chaptersOf([{ name: `${"0".repeat(64)}.event.json`, body }]).faults.map((fault) => fault.detail);
  };
  expect(event('{"height":0,"type":"EndBallots"}')).toEqual(["the content has another hash than the name says"]);
  for (const bad of [
    '{"height":0,"type":"EndBallot"}',
    '{"type":"EndBallots","height":0}',
    '{"height":0,"type":"EndBallots","parent":null}',
    '{"height":-1,"type":"EndBallots"}',
    '{"height":0,"type":"EndBallots" }',
    "[]",
  ]) {
    expect(
      event(bad).some((detail) => detail.startsWith("event: ")),
      bad,
    ).toBe(true);
  }
});

test("an event without payload where one is due, and the other way round", () => {
  const writer = chapterWriter(5);
  const bad = [...writer.chapter("EndBallots", "{}"), ...writer.chapter("Result")];
  const { records } = recordsOf(concat(...bad));
  expect(chaptersOf(records).faults.map((fault) => fault.detail)).toEqual([
    "1 objects before event 0 (EndBallots), which takes 0",
    "0 objects before event 1 (Result), which takes 1",
  ]);
});

test("an event whose payload is another object than the one before it", () => {
  const records = ['{"a":1}', `{"height":0,"type":"Ballot","payload":"${"0".repeat(64)}"}`].map((text, i) => {
    const body = utf8(text);
    return { name: `${sha256Hex(text)}.${i === 0 ? "data" : "event"}.json`, body };
  });
  const { chapters, faults } = chaptersOf(records);
  expect(chapters).toEqual([]);
  expect(faults.map((fault) => `${fault.check}: ${fault.detail}`)).toEqual([
    "container: the payload of event 0 (Ballot) is not the object before it",
  ]);
});
