/** A copy of the tree in which some places at a time are broken, and whether tests notice. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A break that makes tests run longer than this is noticed, too. */
const MAX_SECONDS = 400;
/** Shared with the sound tree: never broken, and large or slow to make. */
const SHARED = ["node_modules", ".cache"];
/** The history, which tests of sources read, belongs to the sound tree. */
const LEFT_OUT = [...SHARED, ".git", "data", "coverage", "screenshots"];

export interface Edit {
  readonly file: string;
  readonly change: (sound: string) => string;
}

export interface Outcome {
  /** Whether the tests still pass. */
  readonly alive: boolean;
  /** The first error that a test told of. */
  readonly said: string;
  /** Files and names of the tests that failed. */
  readonly failed: readonly string[];
}

export interface BrokenTree {
  /**
   * Runs the tests (vitest's arguments) while the edits stand in the tree; without edits, in the sound one. `quick` is for
   * tests that no busy machine makes fail.
   */
  run(edits: readonly Edit[], tests: readonly string[], care?: "careful" | "quick"): Outcome;
  remove(): void;
}

/**
 * Tests run from sources; servers and commands that they start, from built files. A broken source is therefore compiled by
 * itself, without types, into the tree's own `dist`; a broken page makes the whole web be built again.
 */
export function brokenTree(): BrokenTree {
  const directory = mkdtempSync(join(tmpdir(), "psephos-broken-"));
  for (const name of readdirSync(ROOT).filter((each) => !LEFT_OUT.includes(each)))
    cpSync(join(ROOT, name), join(directory, name), { recursive: true });
  for (const name of [...SHARED, ".git"])
    if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(directory, name));
  return {
    run: (edits, tests, care = "careful") => {
      const undo = edits.map((edit) => apply(directory, edit));
      const web = edits.some(({ file }) => file.startsWith("web/"));
      try {
        if (web) build(directory);
        return runTests(directory, tests, care);
      } finally {
        for (const each of undo.reverse()) each();
        if (web) build(directory);
      }
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function apply(directory: string, { file, change }: Edit): () => void {
  const path = join(directory, file);
  const sound = readFileSync(path, "utf8");
  writeFileSync(path, change(sound));
  const built = join(directory, file.replace(/^src\//, "dist/").replace(/\.ts$/, ".js"));
  if (!file.startsWith("src/") || !existsSync(built)) return () => writeFileSync(path, sound);
  const before = readFileSync(built);
  const { outputText } = ts.transpileModule(change(sound), {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  });
  writeFileSync(built, outputText);
  return () => {
    writeFileSync(path, sound);
    writeFileSync(built, before);
  };
}

function build(directory: string): void {
  const vite = join(directory, "node_modules", "vite", "bin", "vite.js");
  const done = spawnSync(process.execPath, [vite, "build"], { cwd: directory, stdio: ["ignore", "ignore", "inherit"] });
  if (done.status !== 0) throw new Error("the broken page cannot be built");
}

function runTests(directory: string, tests: readonly string[], care: "careful" | "quick"): Outcome {
  const vitest = join(directory, "node_modules", "vitest", "vitest.mjs");
  // One file at a time and each test twice: a busy machine must not pass for a test that notices.
  const patience = care === "careful" ? ["--retry", "1", "--maxWorkers", "1"] : [];
  // A test of one row needs no others; of a whole file all are to be heard.
  const bail = tests.includes("-t") || care === "quick" ? ["--bail", "1"] : [];
  const flags = [...bail, ...patience, "--reporter", "default"];
  const run = spawnSync(process.execPath, [vitest, "run", ...flags, ...tests], {
    cwd: directory,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: MAX_SECONDS * 1000,
    maxBuffer: 1 << 28,
  });
  const lines = `${run.stderr}\n${run.stdout}`.split("\n");
  const failed = lines.filter((line) => /^\s*FAIL /.test(line)).map((line) => line.replace(/^\s*FAIL\s*/, "").trim());
  const error = lines.find((line) => /(Error|Rejection):/.test(line)) ?? (run.status === null ? "it hangs" : "");
  const said = `${error.trim().slice(0, 110)}  (${(failed[0] ?? "").slice(0, 120)})`;
  return { alive: run.status === 0, said, failed };
}
