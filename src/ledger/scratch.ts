/**
 * State of a long replay: in flat pages, the latest used of them in memory, the others in a file that is thrown away
 * afterwards. Nothing in it is durable; a crash loses the work, never a record.
 *
 * The keys of a state end in a number (a place on the roll, a node of a tree) or in a hash (a credential, a tracker), or
 * there are few of them. What ends in a number is a table whose rows are found by arithmetic; what ends in a hash is a
 * table in order of arrival with an index, which is in pages, too; the few stay in memory, and so does what fits no row.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Changes, StateReader } from "#protocol/state.js";

export interface ScratchState extends StateReader {
  commit(changes: Changes): void;
  /** Removes the file and its directory. */
  close(): Promise<void>;
}

export interface ScratchOptions {
  /** Directory in which a new one is made once memory does not suffice; default: the system's for such things. */
  readonly parent?: string;
  /** Pages in memory; default: 3,072 of 16 KiB. */
  readonly pages?: number;
}

const PAGE = 16_384;
const KEPT_PAGES = 3072;
/** Longer values are few (texts of shares): they stay in memory. */
const LONGEST_ROW = 4096;
/** Numbers beyond are no places of a table. */
const MOST_ROWS = 2 ** 28;
/** Before each row: 0 for nothing, or its length plus one, or this: the value does not fit and is in memory. */
const ELSEWHERE = 0xffff;
const HEAD = 2;
const KEY = 32;

/** An empty state. */
export function scratchState({ parent = tmpdir(), pages = KEPT_PAGES }: ScratchOptions = {}): ScratchState {
  const file = new PageFile(parent, pages);
  const numbered = new Map<string, NumberedRows>();
  const hashed = new Map<string, HashedRows>();
  const few = new Map<string, Uint8Array>();

  const get = (key: string): Uint8Array | undefined => {
    const cut = key.lastIndexOf("/");
    const number = cut < 0 ? -1 : numberAt(key, cut + 1);
    const hash = cut < 0 || number >= 0 ? undefined : hashAt(key, cut + 1);
    if (number < 0 && hash === undefined) return few.get(key);
    const family = key.slice(0, cut);
    const row = hash === undefined ? numbered.get(family)?.get(number) : hashed.get(family)?.get(hash);
    return row === "elsewhere" ? few.get(key) : row;
  };
  /** Whether the value stands in a row now. */
  const setRow = (key: string, value: Uint8Array | null): boolean => {
    const cut = key.lastIndexOf("/");
    const number = cut < 0 ? -1 : numberAt(key, cut + 1);
    const hash = cut < 0 || number >= 0 ? undefined : hashAt(key, cut + 1);
    if (number < 0 && hash === undefined) return false;
    const family = key.slice(0, cut);
    if (hash === undefined) {
      const rows = numbered.get(family) ?? (value === null ? undefined : new NumberedRows(file, value.length));
      if (rows !== undefined) numbered.set(family, rows);
      return rows?.set(number, value) ?? true;
    }
    const rows = hashed.get(family) ?? (value === null ? undefined : new HashedRows(file, value.length));
    if (rows !== undefined) hashed.set(family, rows);
    return rows?.set(hash, value) ?? true;
  };
  return {
    get,
    commit: (changes) => {
      for (const [key, value] of changes) {
        if (setRow(key, value) || value === null) few.delete(key);
        else few.set(key, value);
      }
    },
    close: async () => file.close(),
  };
}

/** The number that ends a key, written as the protocol writes numbers; −1 for none. */
function numberAt(key: string, from: number): number {
  const digits = key.length - from;
  if (digits < 1 || digits > 9 || (digits > 1 && key.charCodeAt(from) === 48)) return -1;
  let number = 0;
  for (let i = from; i < key.length; i++) {
    const digit = key.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = 10 * number + digit;
  }
  return number < MOST_ROWS ? number : -1;
}

const hashSpace = new Uint8Array(KEY);

/** The 64 lower-case digits that end a key, as bytes that hold until the next call; `undefined` if there is another letter. */
function hashAt(key: string, from: number): Uint8Array | undefined {
  if (key.length - from !== 2 * KEY) return undefined;
  for (let i = 0; i < KEY; i++) {
    const high = digitOf(key.charCodeAt(from + 2 * i));
    const low = digitOf(key.charCodeAt(from + 2 * i + 1));
    if (high < 0 || low < 0) return undefined;
    hashSpace[i] = (high << 4) | low;
  }
  return hashSpace;
}

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

/** Bytes of a row, by its first value: nodes of trees keep their length, what a voter has grows once it is used. */
function widthFor(length: number): number {
  if (length === 32) return HEAD + length;
  return 64 * Math.ceil((HEAD + (length < 128 ? 2 : 1.5) * length) / 64);
}

/** Rows of one width, by number. */
class Rows {
  readonly #file: PageFile;
  readonly #lead: number;
  readonly #width: number;
  readonly #perPage: number;
  readonly pages: Page[] = [];

  /** `lead`: bytes before the row's head that belong to the caller. */
  constructor(file: PageFile, lead: number, length: number) {
    this.#file = file;
    this.#lead = lead;
    this.#width = lead + widthFor(Math.min(length, LONGEST_ROW));
    this.#perPage = Math.floor(PAGE / this.#width);
  }

  get(number: number): Uint8Array | "elsewhere" | undefined {
    const page = this.pages[Math.floor(number / this.#perPage)];
    if (page === undefined) return undefined;
    const bytes = this.#file.bytesOf(page);
    const at = this.#at(number) + this.#lead;
    const head = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    if (head === 0) return undefined;
    return head === ELSEWHERE ? "elsewhere" : bytes.slice(at + HEAD, at + HEAD + head - 1);
  }

  /** Whether the value fits; if not, the row says so. `null`: nothing. */
  set(number: number, value: Uint8Array | null): boolean {
    const bytes = this.#changed(number);
    const at = this.#at(number) + this.#lead;
    const fits = value === null || this.#lead + HEAD + value.length <= this.#width;
    const head = value === null ? 0 : fits ? value.length + 1 : ELSEWHERE;
    bytes[at] = head;
    bytes[at + 1] = head >> 8;
    if (fits && value !== null) bytes.set(value, at + HEAD);
    return fits;
  }

  /** Whether the caller's bytes of a row are these. */
  leads(number: number, lead: Uint8Array): boolean {
    const page = this.pages[Math.floor(number / this.#perPage)] as Page;
    const bytes = this.#file.bytesOf(page);
    const at = this.#at(number);
    for (let i = 0; i < lead.length; i++) if (bytes[at + i] !== lead[i]) return false;
    return true;
  }

  lead(number: number, lead: Uint8Array): void {
    this.#changed(number).set(lead, this.#at(number));
  }

  #at(number: number): number {
    return (number % this.#perPage) * this.#width;
  }

  #changed(number: number): Uint8Array {
    const index = Math.floor(number / this.#perPage);
    let page = this.pages[index];
    if (page === undefined) {
      page = newPage();
      this.pages[index] = page;
    }
    const bytes = this.#file.bytesOf(page);
    page.changed = true;
    return bytes;
  }
}

/** A family whose keys end in a number. */
class NumberedRows {
  readonly #rows: Rows;

  constructor(file: PageFile, length: number) {
    this.#rows = new Rows(file, 0, length);
  }

  get(number: number): Uint8Array | "elsewhere" | undefined {
    return this.#rows.get(number);
  }

  set(number: number, value: Uint8Array | null): boolean {
    return this.#rows.set(number, value);
  }
}

/** Bytes of a slot of an index: 32 bits of the hash, then the number of the row plus one (0: free), highest byte first. */
const SLOT = 8;
const SLOTS_ON_PAGE = PAGE / SLOT;

/** An index by parts of hashes: open addressing over a power of two of slots, whole pages of them. */
class Index {
  readonly #file: PageFile;
  readonly #pages: (Page | undefined)[];
  readonly length: number;
  /** Of the slot that was looked at last. */
  part = 0;
  number = 0;

  constructor(file: PageFile, pages: number) {
    this.#file = file;
    this.#pages = new Array(pages);
    this.length = pages * SLOTS_ON_PAGE;
  }

  /** Looks at a slot. */
  look(slot: number): void {
    const page = this.#pages[Math.floor(slot / SLOTS_ON_PAGE)];
    this.number = 0;
    if (page === undefined) return;
    const bytes = this.#file.bytesOf(page);
    const at = SLOT * (slot % SLOTS_ON_PAGE);
    this.part = wordAt(bytes, at);
    this.number = wordAt(bytes, at + 4);
  }

  /** Fills a slot that is free. */
  fill(slot: number, part: number, number: number): void {
    const index = Math.floor(slot / SLOTS_ON_PAGE);
    const page = this.#pages[index] ?? newPage();
    this.#pages[index] = page;
    const bytes = this.#file.bytesOf(page);
    page.changed = true;
    const at = SLOT * (slot % SLOTS_ON_PAGE);
    putWord(bytes, at, part);
    putWord(bytes, at + 4, number);
  }

  /** The same entries in twice as many slots; this one is given up. */
  doubled(): Index {
    const after = new Index(this.#file, 2 * this.#pages.length);
    for (let slot = 0; slot < this.length; slot++) {
      this.look(slot);
      if (this.number !== 0) after.fill(after.#freeFrom(this.part), this.part, this.number);
      if (slot % SLOTS_ON_PAGE === SLOTS_ON_PAGE - 1) this.#giveUp(Math.floor(slot / SLOTS_ON_PAGE));
    }
    return after;
  }

  #freeFrom(part: number): number {
    for (let slot = part & (this.length - 1); ; slot = (slot + 1) & (this.length - 1)) {
      this.look(slot);
      if (this.number === 0) return slot;
    }
  }

  #giveUp(index: number): void {
    const page = this.#pages[index];
    if (page !== undefined) this.#file.giveUp(page);
    this.#pages[index] = undefined;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
  return (high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0;
}

function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

/** A family whose keys end in a hash: rows in order of arrival, each led by its hash, and an index by parts of hashes. */
class HashedRows {
  readonly #rows: Rows;
  #index: Index;
  #count = 0;

  constructor(file: PageFile, length: number) {
    this.#rows = new Rows(file, KEY, length);
    this.#index = new Index(file, 1);
  }

  get(hash: Uint8Array): Uint8Array | "elsewhere" | undefined {
    const { number } = this.#find(hash);
    return number === 0 ? undefined : this.#rows.get(number - 1);
  }

  set(hash: Uint8Array, value: Uint8Array | null): boolean {
    const { slot, number } = this.#find(hash);
    if (number !== 0) return this.#rows.set(number - 1, value);
    if (value === null) return true;
    this.#rows.lead(this.#count, hash);
    this.#index.fill(slot, partOf(hash), ++this.#count);
    if (4 * this.#count > 3 * this.#index.length) this.#index = this.#index.doubled();
    return this.#rows.set(this.#count - 1, value);
  }

  /** The slot of this hash and the number in it; or the free one where it belongs, and 0. */
  #find(hash: Uint8Array): { readonly slot: number; readonly number: number } {
    const index = this.#index;
    const mask = index.length - 1;
    const part = partOf(hash);
    for (let slot = part & mask; ; slot = (slot + 1) & mask) {
      index.look(slot);
      const { number } = index;
      if (number === 0 || (index.part === part && this.#rows.leads(number - 1, hash))) return { slot, number };
    }
  }
}

function partOf(hash: Uint8Array): number {
  const word = ((hash[4] as number) << 24) | ((hash[5] as number) << 16) | ((hash[6] as number) << 8);
  return Math.imul(word | (hash[7] as number), 0x9e3779b1) >>> 0;
}

/** A page of rows: in memory (`bytes`), in the file (`place`), or both. */
interface Page {
  bytes: Uint8Array | undefined;
  /** Number in the file; −1: never written. */
  place: number;
  /** Since it was written. */
  changed: boolean;
  /** Since the hand last came by. */
  used: boolean;
}

function newPage(): Page {
  return { bytes: undefined, place: -1, changed: false, used: false };
}

/** All pages. Which of them stay in memory is decided as a clock's hand goes round: what was used since goes on. */
class PageFile {
  readonly #parent: string;
  readonly #most: number;
  readonly #inMemory: Page[] = [];
  #hand = 0;
  #directory: string | undefined;
  #file = -1;
  #places = 0;
  /** Places in the file of pages that were given up. */
  readonly #freed: number[] = [];

  constructor(parent: string, most: number) {
    this.#parent = parent;
    this.#most = Math.max(1, most);
  }

  /** A page's bytes; they may be changed until the next call. */
  bytesOf(page: Page): Uint8Array {
    page.used = true;
    return page.bytes ?? this.#load(page);
  }

  #load(page: Page): Uint8Array {
    const bytes = this.#free(page);
    if (page.place < 0) bytes.fill(0);
    else this.#whole(readSync, bytes, page.place);
    page.bytes = bytes;
    return bytes;
  }

  /** Memory for a page: new, or that of the first page under the hand that was not used lately. */
  #free(next: Page): Uint8Array {
    if (this.#inMemory.length < this.#most) {
      this.#inMemory.push(next);
      return new Uint8Array(PAGE);
    }
    for (;;) {
      const page = this.#inMemory[this.#hand] as Page;
      if (!page.used) break;
      page.used = false;
      this.#hand = (this.#hand + 1) % this.#most;
    }
    const out = this.#inMemory[this.#hand] as Page;
    this.#inMemory[this.#hand] = next;
    this.#hand = (this.#hand + 1) % this.#most;
    const bytes = out.bytes as Uint8Array;
    if (out.changed) this.#write(out, bytes);
    out.bytes = undefined;
    return bytes;
  }

  #write(page: Page, bytes: Uint8Array): void {
    if (page.place < 0) page.place = this.#freed.pop() ?? this.#places++;
    this.#whole(writeSync, bytes, page.place);
    page.changed = false;
  }

  /** This page is not needed any more: its memory goes to the next one, its place in the file to another. */
  giveUp(page: Page): void {
    page.used = false;
    page.changed = false;
    if (page.place >= 0) this.#freed.push(page.place);
    page.place = -1;
  }

  #whole(
    move: (file: number, bytes: Uint8Array, offset: number, length: number, position: number) => number,
    bytes: Uint8Array,
    place: number,
  ): void {
    if (this.#file < 0) {
      this.#directory = mkdtempSync(join(this.#parent, "psephos-replay-"));
      this.#file = openSync(join(this.#directory, "state"), "wx+", 0o600);
    }
    for (let done = 0; done < PAGE; ) {
      const moved = move(this.#file, bytes, done, PAGE - done, place * PAGE + done);
      if (moved === 0) throw new Error("the replay's file is shorter than what was written to it");
      done += moved;
    }
  }

  close(): void {
    if (this.#file >= 0) closeSync(this.#file);
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
    this.#file = -1;
    this.#directory = undefined;
  }
}
