/** What commands write to people: lines, colours, progress. Data goes to stdout, everything else to stderr. */
import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import { type Bar, MultiBar, Presets } from "cli-progress";

export type Tone = "good" | "bad" | "dim" | "strong" | "warn";

const STYLES = { good: "green", bad: "red", dim: "gray", strong: "bold", warn: "yellow" } as const;

/** Colours only where a person looks, and never against NO_COLOR (https://no-color.org). */
export function paint(text: string, tone: Tone, stream: NodeJS.WriteStream = process.stdout): string {
  if (!stream.isTTY || process.env.NO_COLOR !== undefined) return text;
  return styleText(STYLES[tone], text, { validateStream: false });
}

/** Control characters, what reverses the reading order or cannot be seen, and halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
/** The same, but for line feeds and for the colours that {@link paint} sets. */
const UNSEEN_IN_LINES = new RegExp(`\u001b\\[(?:1|22|31|32|33|39|90)m|\n|${UNSEEN.source}`, "gu");

/**
 * Text that others wrote, as one harmless line: what a terminal would act on stands there as \uXXXX, which is also how
 * JSON writes it (row E-08).
 */
export function shown(text: string): string {
  return text.replace(UNSEEN, escaped);
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`)
    .join("");
}

/** The last gate before a terminal: also what nobody thought of passing through {@link shown} does no harm. */
function harmless(lines: string): string {
  return lines.replace(UNSEEN_IN_LINES, (match) => (match === "\n" || match.endsWith("m") ? match : escaped(match)));
}

/** A line of output. */
export function say(line = ""): void {
  process.stdout.write(`${harmless(line)}\n`);
}

/** A line about what is going on; not part of the output. */
export function note(line: string): void {
  process.stderr.write(`${harmless(line)}\n`);
}

export interface Progress {
  /** How far; `detail` stands behind the bar. */
  update(done: number, detail?: string): void;
  stop(): void;
}

/** A progress bar on stderr with rate and time left; silent where nobody looks. */
export function progress(title: string, total: number): Progress {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const bars = new MultiBar(
    {
      format: `${title} {bar} {percentage}% {detail} {eta_formatted} left`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  );
  const bar: Bar = bars.create(Math.max(total, 1), 0, { detail: "" });
  return {
    update: (done, detail = "") => bar.update(Math.min(done, total), { detail }),
    stop: () => bars.stop(),
  };
}

/** A command cannot go on; the message says what to do. The exit code is part of the command's contract. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A number with its noun: `1 voter`, `2 voters`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Columns of equal width. Cells are {@link shown}. */
export function table(texts: readonly (readonly string[])[]): string[] {
  const rows = texts.map((row) => row.map(shown));
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows.map((row) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] as number))).join("  "),
  );
}

/** A horizontal bar of `share` (0 to 1) in `width` characters. */
export function barOf(share: number, width: number): string {
  const eighths = Math.round(share * width * 8);
  const full = Math.floor(eighths / 8);
  const rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] as string;
  return "█".repeat(full) + rest;
}

/** The bytes of a file that the person named (0: standard input). */
export function readInput(path: string | 0): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : message;
    throw new CommandError(`${path === 0 ? "Standard input" : path} cannot be read: ${reason}.`, 2);
  }
}
