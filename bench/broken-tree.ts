/** A copy of the source in which one place at a time is broken, and whether tests notice. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A break that makes tests run longer than this is noticed, too. */
const MAX_SECONDS = 400;

export interface BrokenTree {
  /** Whether the tests (vitest's arguments) still pass with `end - start` characters of the file replaced by `text`. */
  survives(file: string, change: (sound: string) => string, tests: readonly string[]): boolean;
  remove(): void;
}

export function brokenTree(): BrokenTree {
  const directory = mkdtempSync(join(tmpdir(), "psephos-broken-"));
  for (const name of ["src", "test", "vectors", "docs", "package.json", "vitest.config.ts"])
    cpSync(join(ROOT, name), join(directory, name), { recursive: true });
  for (const name of readdirSync(ROOT).filter((each) => /^tsconfig.*\.json$/.test(each)))
    cpSync(join(ROOT, name), join(directory, name));
  for (const name of ["node_modules", "dist"]) symlinkSync(join(ROOT, name), join(directory, name));
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  return {
    survives: (file, change, tests) => {
      const path = join(directory, file);
      const sound = readFileSync(path, "utf8");
      writeFileSync(path, change(sound));
      const run = spawnSync(process.execPath, [vitest, "run", "--bail", "1", "--reporter", "dot", ...tests], {
        cwd: directory,
        stdio: "ignore",
        timeout: MAX_SECONDS * 1000,
      });
      writeFileSync(path, sound);
      return run.status === 0;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
