/** What commands write to people: lines, colours, progress. Data goes to stdout, everything else to stderr. */
import { styleText } from "node:util";
import { type Bar, MultiBar, Presets } from "cli-progress";

export type Tone = "good" | "bad" | "dim" | "strong" | "warn";

const STYLES = { good: "green", bad: "red", dim: "gray", strong: "bold", warn: "yellow" } as const;

/** Colours only where a person looks, and never against NO_COLOR (https://no-color.org). */
export function paint(text: string, tone: Tone, stream: NodeJS.WriteStream = process.stdout): string {
  if (!stream.isTTY || process.env.NO_COLOR !== undefined) return text;
  return styleText(STYLES[tone], text, { validateStream: false });
}

/** A line of output. */
export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** A line about what is going on; not part of the output. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
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

/** Columns of equal width. */
export function table(rows: readonly (readonly string[])[]): string[] {
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
