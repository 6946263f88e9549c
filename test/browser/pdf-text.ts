/** The text of a PDF that Chromium printed, without its spaces: what a reader could search for in it. */
import { inflateSync } from "node:zlib";

/** Glyph -> text, as the font's own table says. */
type Glyphs = ReadonlyMap<string, string>;

/** Chromium names a font on a page by the number of its object: /F4 is object 4. */
export function pdfText(bytes: Buffer): string {
  const objects = objectsOf(bytes.toString("latin1"));
  const fonts = new Map<string, Glyphs>();
  for (const [number, body] of objects) {
    const table = /\/ToUnicode (\d+) 0 R/.exec(body)?.[1];
    if (table !== undefined) fonts.set(`F${number}`, glyphsOf(streamOf(objects.get(table) ?? "")));
  }
  const pages = [...objects.values()].filter((body) => /\/Type ?\/Page\b/.test(body));
  const contents = pages.flatMap((body) => [
    ...(/\/Contents (\[.*?\]|\d+ 0 R)/s.exec(body)?.[1] ?? "").matchAll(/(\d+) 0 R/g),
  ]);
  return contents.map(([, number]) => shown(streamOf(objects.get(number as string) ?? ""), fonts)).join("");
}

function objectsOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/(?:^|\n)(\d+) 0 obj\s([\s\S]*?)\nendobj/g)].map(([, number, body]) => [
      number as string,
      body as string,
    ]),
  );
}

function streamOf(body: string): string {
  const length = Number(/\/Length (\d+)/.exec(body)?.[1] ?? 0);
  const start = /stream\r?\n/.exec(body);
  if (start === null) return "";
  const raw = Buffer.from(body.slice(start.index + start[0].length).slice(0, length), "latin1");
  return (body.includes("/FlateDecode") ? inflateSync(raw) : raw).toString("latin1");
}

function glyphsOf(table: string): Glyphs {
  const glyphs = new Map<string, string>();
  const text = (hex: string) => Buffer.from(hex, "hex").swap16().toString("utf16le");
  for (const [, part] of table.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
    for (const [, glyph, hex] of (part as string).matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g))
      glyphs.set((glyph as string).toUpperCase(), text(hex as string));
  for (const [, part] of table.matchAll(/beginbfrange([\s\S]*?)endbfrange/g))
    for (const [, from, to, hex] of (part as string).matchAll(
      /<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g,
    )) {
      const first = Number.parseInt(from as string, 16);
      for (let glyph = first; glyph <= Number.parseInt(to as string, 16); glyph++) {
        const code = (Number.parseInt(hex as string, 16) + glyph - first)
          .toString(16)
          .padStart((hex as string).length, "0");
        glyphs.set(glyph.toString(16).padStart(4, "0").toUpperCase(), text(code));
      }
    }
  return glyphs;
}

/** What a page's drawing shows, glyph by glyph. */
function shown(drawing: string, fonts: ReadonlyMap<string, Glyphs>): string {
  let font: Glyphs = new Map();
  let text = "";
  for (const [, name, glyphs] of drawing.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>/g)) {
    if (name !== undefined) font = fonts.get(name) ?? new Map();
    for (const [glyph] of (glyphs ?? "").matchAll(/.{4}/g)) text += font.get(glyph.toUpperCase()) ?? "";
  }
  return text.replace(/\s/g, "");
}
