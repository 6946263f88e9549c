/** A Node of another major version than this one, fetched once through npm: what a validator's neighbour may run. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const VERSIONS = ["24.9.0", "22.23.3"];
const LIMIT_MS = 180_000;

/** Path of its program; `undefined` when npm cannot fetch it. */
export function otherNode(): string | undefined {
  const [own] = process.versions.node.split(".");
  const version = VERSIONS.find((each) => !each.startsWith(`${own}.`)) as string;
  const name = `node-${process.platform}-${process.arch}`;
  const directory = join(import.meta.dirname, "..", ".cache", `node-${version}`);
  const program = join(directory, "node_modules", name, "bin", "node");
  if (!existsSync(program)) {
    mkdirSync(directory, { recursive: true });
    const flags = ["--prefix", directory, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
    // Away from this checkout, whose own packages are none of its business.
    spawnSync("npm", ["install", ...flags, `${name}@${version}`], {
      cwd: directory,
      stdio: "ignore",
      timeout: LIMIT_MS,
      shell: process.platform === "win32",
    });
  }
  const runs = spawnSync(program, ["--version"], { encoding: "utf8" });
  return runs.status === 0 && runs.stdout.trim() === `v${version}` ? program : undefined;
}
