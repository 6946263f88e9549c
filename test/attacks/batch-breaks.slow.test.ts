/**
 * Breaks the batch, each guard in turn, and asks whether the tests of the batch notice: a copy of the sources with one
 * patch, the kernel built anew where the patch is in its sources, and `src/protocol/batch.test.ts` run on it. The patches
 * below are the replayable form of "seen red once"; nothing in the sources knows of them.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const KERNEL = "src/crypto/kernel/assembly/";

interface Break {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly guard: string;
  readonly instead: string;
  /** Part of the names of tests that must fail. */
  readonly red: string;
}

const BREAKS: readonly Break[] = [
  {
    name: "equal weights for all equations",
    file: "src/crypto/batch.ts",
    guard: "exports.expand(coefficients, block, number, Math.ceil((count * equations.length) / 4));",
    instead:
      "for (let k = 0; k < count * equations.length; k++) this.#space.write(coefficients + 16 * k, new Uint8Array(16).fill(1, 0, 1)); void block; void number;",
    red: "errors that cancel",
  },
  {
    name: "one equation of each ballot without weight",
    file: "src/crypto/batch.ts",
    guard: "exports.expand(coefficients, block, number, Math.ceil((count * equations.length) / 4));",
    instead:
      "exports.expand(coefficients, block, number, Math.ceil((count * equations.length) / 4)); for (let k = 1; k < count * equations.length; k += equations.length) this.#space.write(coefficients + 16 * k, new Uint8Array(16));",
    red: "faults behind an envelope that holds",
  },
  {
    name: "coefficients that can be foreseen",
    file: "src/crypto/batch.ts",
    guard: "digest, program.digest, key, fresh)",
    instead: "digest, program.digest, key)",
    red: "the seed depends on every byte",
  },
  {
    name: "coefficients that do not depend on the batch",
    file: "src/crypto/batch.ts",
    guard: "digest, program.digest, key, fresh)",
    instead: "program.digest, key, fresh)",
    red: "the seed depends on every byte",
  },
  {
    name: "a search that leaves out the right half",
    file: "src/crypto/batch.ts",
    guard: "this.#settle(outcomes, middle, to, left);",
    instead: "void middle;",
    red: "one bad ballot anywhere",
  },
  {
    name: "credentials taken for members",
    file: "src/crypto/batch.ts",
    guard: "this.#members = members ? 1 : 0;",
    instead: "this.#members = 1; void members;",
    red: "every kind of bad ballot",
  },
  {
    name: "a subgroup test that everything passes",
    file: `${KERNEL}subgroup.ts`,
    guard: "if (fisZero(affine)) return fequal(y, ONE);",
    instead: "if (!fisZero(y)) return true;",
    red: "every kind of bad ballot",
  },
  {
    name: "scalars that need not be below q",
    file: `${KERNEL}scalar.ts`,
    guard: "return !notBelow(out, ORDER, 8);",
    instead: "return true;",
    red: "every kind of bad ballot",
  },
  {
    name: "points that need not be on the curve",
    file: `${KERNEL}point.ts`,
    guard: "return onCurve(affine);",
    instead: "return true;",
    red: "every kind of bad ballot",
  },
];

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "psephos-breaks-"));
  const parts = ["src", "test", "scripts", "vectors", "package.json", "tsconfig.base.json", "vitest.config.ts"];
  for (const part of parts) cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(realpathSync(join(root, "node_modules")), join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function run(...args: readonly string[]): string {
  const done = spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8", env: { ...process.env, VITEST: "" } });
  return `${done.stdout}\n${done.stderr}`;
}

/** Names of the tests of the batch that fail in the copy: those on the build without SIMD, which all patches reach. */
function failures(): string[] {
  const report = join(copy, "report.json");
  const runner = join("node_modules", "vitest", "vitest.mjs");
  const said = run(
    runner,
    "run",
    "src/protocol/batch.test.ts",
    "-t",
    "scalar",
    "--reporter=json",
    "--outputFile",
    report,
  );
  interface Report {
    readonly testResults: readonly {
      readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
    }[];
  }
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
    const all = testResults.flatMap((file) => file.assertionResults);
    expect(all.filter(({ status }) => status === "passed" || status === "failed").length, said).toBeGreaterThan(5);
    return all.filter(({ status }) => status === "failed").map(({ fullName }) => fullName);
  } finally {
    rmSync(report, { force: true });
  }
}

test.each(BREAKS)("C-18: the tests see: $name", { timeout: 600_000 }, ({ file, guard, instead, red }) => {
  const whole = readFileSync(join(root, file), "utf8");
  expect(whole.split(guard), `the guard in ${file}`).toHaveLength(2);
  const inKernel = file.startsWith(KERNEL);
  writeFileSync(
    join(copy, file),
    whole.replace(guard, () => instead),
  );
  try {
    if (inKernel) expect(run("scripts/kernel.mjs")).not.toContain("Error");
    expect(failures().join("\n")).toContain(red);
  } finally {
    writeFileSync(join(copy, file), whole);
    const built = "src/crypto/kernel/kernel.generated.ts";
    if (inKernel) cpSync(join(root, built), join(copy, built));
  }
});
