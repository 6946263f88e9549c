// node scripts/kernel.mjs [--check]: builds the ballot kernel from its AssemblyScript sources, with and without SIMD, and
// writes both as a constant; with --check only says (exit code 1) whether the committed constant is what would be written.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import { root } from "./setup.mjs";

const output = join(root, "src/crypto/kernel/kernel.generated.ts");

async function build(directory, name, flags) {
  const file = join(directory, `${name}.wasm`);
  const source = "src/crypto/kernel/assembly/kernel.ts";
  const { error, stderr } = await asc.main(
    [source, "--baseDir", root, "-O3", "--noAssert", "--runtime", "stub", ...flags, "--outFile", file],
    {},
  );
  if (error !== null) throw new Error(`${name}: ${error.message}\n${stderr.toString()}`);
  return readFileSync(file).toString("base64").replace(/=+$/, "");
}

const directory = mkdtempSync(join(tmpdir(), "kernel-"));
try {
  const simd = await build(directory, "simd", ["--enable", "simd"]);
  const scalar = await build(directory, "scalar", []);
  const text = [
    "/** Made by `node scripts/kernel.mjs` from assembly/*.ts; not edited by hand. Base64 of the modules, without padding. */",
    "export const SIMD_MODULE =",
    `  "${simd}";`,
    "export const SCALAR_MODULE =",
    `  "${scalar}";`,
    "",
  ].join("\n");
  if (process.argv.includes("--check")) {
    const same = readFileSync(output, "utf8") === text;
    if (!same)
      console.error("src/crypto/kernel/kernel.generated.ts is not what its sources make; run node scripts/kernel.mjs");
    process.exitCode = same ? 0 : 1;
  } else writeFileSync(output, text);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
