/**
 * Lines of a text file whose encoding nobody states: UTF-8 with or without a byte order mark, UTF-16 with one, or
 * Windows-1252, which spreadsheets still write. Read as a stream: memory holds one line at a time.
 */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** A physical line, counted from 1, without its end. `text` of a faulty line is for finding it again, no more. */
export type TextLine =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly text: string; readonly fault: string };

/** Longest line or record, in bytes: a name, an address and a key stay below 1 kB; a forgotten quote must not eat the file. */
export const maxLineBytes = 16_384;

/**
 * Yields the lines, those of a chunk together; ends are LF or CRLF. Without a mark the first line that is not plain ASCII decides between UTF-8 and
 * Windows-1252. After that a line which fits the other one only is a fault of that line: one file, one encoding, and
 * nobody's name is garbled silently. `found` hears the encoding (`utf-8` for plain ASCII).
 */
export async function* textLines(
  chunks: AsyncIterable<Uint8Array>,
  found: (encoding: Encoding) => void,
): AsyncGenerator<TextLine[]> {
  let decided: Encoding | undefined;
  const decide = (encoding: Encoding) => {
    decided = encoding;
    found(encoding);
  };
  found("utf-8");
  const lineOf = ({ line, bytes }: ByteLine): TextLine => {
    if (bytes === undefined) return { line, text: "", fault: "the line is too long" };
    const { text, encoding, fault } = decodeLine(bytes, decided);
    if (decided === undefined && encoding !== undefined) decide(encoding);
    return fault === undefined ? { line, text } : { line, text, fault };
  };
  for await (const lines of byteLines(withoutMark(chunks, decide))) yield lines.map(lineOf);
}

const marks: readonly (readonly [Encoding, readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/** The bytes after a mark, as UTF-8 when the mark is UTF-16's; all bytes as they are when there is none. */
async function* withoutMark(
  chunks: AsyncIterable<Uint8Array>,
  decide: (encoding: Encoding) => void,
): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let wide: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of chunks) {
    let bytes: Uint8Array = chunk;
    if (head !== undefined) {
      head = Buffer.concat([head, chunk]);
      if (head.length < 3) continue;
      const found = markOf(head);
      if (found !== undefined) decide(found.encoding);
      if (found !== undefined && found.encoding !== "utf-8")
        wide = new TextDecoder(found.encoding, { fatal: false, ignoreBOM: true });
      bytes = head.subarray(found?.length ?? 0);
      head = undefined;
    }
    yield wide === undefined ? bytes : Buffer.from(wide.decode(bytes, { stream: true }));
  }
  if (head !== undefined) {
    const found = markOf(head);
    if (found !== undefined) decide(found.encoding);
    yield head.subarray(found?.length ?? 0);
  } else if (wide !== undefined) yield Buffer.from(wide.decode());
}

function markOf(head: Buffer): { encoding: Encoding; length: number } | undefined {
  for (const [encoding, mark] of marks)
    if (mark.every((byte, i) => head[i] === byte)) return { encoding, length: mark.length };
  return undefined;
}

/** Bytes of a line without its end; `undefined` where the line is too long (the rest of it is skipped). */
interface ByteLine {
  readonly line: number;
  readonly bytes: Uint8Array | undefined;
}

async function* byteLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ByteLine[]> {
  let line = 1;
  let pending = Buffer.alloc(0);
  let skipping = false;
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk]);
    const lines: ByteLine[] = [];
    let from = 0;
    for (let end = pending.indexOf(10); end >= 0; end = pending.indexOf(10, from)) {
      const tooLong = skipping || end - from > maxLineBytes;
      lines.push({ line, bytes: tooLong ? undefined : withoutReturn(pending.subarray(from, end)) });
      skipping = false;
      from = end + 1;
      line++;
    }
    pending = pending.subarray(from);
    if (pending.length > maxLineBytes) {
      skipping = true;
      pending = Buffer.alloc(0);
    }
    if (lines.length > 0) yield lines;
  }
  if (skipping) yield [{ line, bytes: undefined }];
  else if (pending.length > 0) yield [{ line, bytes: withoutReturn(pending) }];
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes[bytes.length - 1] === 13 ? bytes.subarray(0, -1) : bytes;
}

interface Decoded {
  readonly text: string;
  /** What a line that is not ASCII shows the file to be, where nothing was known. */
  readonly encoding?: Encoding;
  readonly fault?: string;
}

function decodeLine(bytes: Uint8Array, known: Encoding | undefined): Decoded {
  const text = utf8Text(bytes);
  if (text?.includes("\ufffd") === true)
    return { text, fault: "characters of the line were lost before (U+FFFD); save the file again from its source" };
  if (text?.includes("\0") === true)
    return { text, fault: "the line has NUL characters; is it UTF-16 without a byte order mark?" };
  if (known === "windows-1252") {
    if (text === undefined) return windows1252(bytes);
    return isAscii(text, bytes) ? { text } : { text, fault: "the line is UTF-8, but lines before it are Windows-1252" };
  }
  if (text !== undefined) return isAscii(text, bytes) ? { text } : { text, encoding: "utf-8" };
  const other = windows1252(bytes);
  if (known !== undefined) return { text: other.text, fault: "the line is not UTF-8; save the file as UTF-8" };
  return { ...other, encoding: "windows-1252" };
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether bytes that are UTF-8 are plain ASCII: anything else takes more bytes than code units. */
function isAscii(text: string, bytes: Uint8Array): boolean {
  return text.length === bytes.length;
}

/** Bytes 80 to 9f (https://encoding.spec.whatwg.org/#windows-1252); the space stands for bytes that mean nothing. */
const upper = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/** Own table: what platforms call by this name differs. */
function windows1252(bytes: Uint8Array): Decoded {
  let text = "";
  let meaningless = false;
  for (const byte of bytes) {
    const character = byte >= 0x80 && byte < 0xa0 ? (upper[byte - 0x80] as string) : String.fromCharCode(byte);
    if (character === " " && byte !== 0x20) meaningless = true;
    text += character;
  }
  return meaningless ? { text, fault: "the line is neither UTF-8 nor Windows-1252; save the file as UTF-8" } : { text };
}
