// node scripts/engine.mjs: prints the path of a CometBFT of the right version on stdout, building it when there is none.
// Looked for, in this order: the environment's COMETBFT, a cometbft on PATH, one built here before, a Go compiler.
// The modules are those of engine/go.sum, checksum by checksum; which version that is, engine/go.mod says.
// With --v0.38 it is the older line that we run on, too (engine/v0.38): the one built here, or built now.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const older = process.argv.includes("--v0.38");
const modules = join(root, "engine", older ? "v0.38" : "");
const cache = join(root, ".cache", older ? "engine-v0.38" : "engine");
const binary = join(cache, process.platform === "win32" ? "cometbft.exe" : "cometbft");
const stamp = join(cache, "go.sum");
const sums = readFileSync(join(modules, "go.sum"), "utf8");
const goMod = readFileSync(join(modules, "go.mod"), "utf8");

/** What `cometbft version` says for versions that we run; v0.40.0 was tagged before its own number was changed. */
const RIGHT = /^(0\.39\.0|0\.40\.\d+|0\.38\.(2[5-9]|[3-9]\d))\b/;
const NEEDED_GO = /^go (\d+)\.(\d+)/m.exec(goMod);

/** The version that a program says it is; undefined when it cannot be run. */
function versionOf(program) {
  const asked = spawnSync(program, ["version"], { encoding: "utf8" });
  return asked.status === 0 ? asked.stdout.trim() : undefined;
}

/** The program and where it was found, or a sentence that says what to do. */
function find() {
  if (older) return builtBefore() ?? build();
  const given = process.env.COMETBFT;
  if (given) {
    const version = versionOf(given);
    if (version === undefined) return { problem: `COMETBFT names ${given}, which cannot be run.` };
    if (!RIGHT.test(version))
      return { problem: `COMETBFT names a CometBFT ${version}; this needs v0.40.x or v0.38.25 and later.` };
    return { program: given };
  }
  const onPath = versionOf("cometbft");
  if (onPath !== undefined && RIGHT.test(onPath)) return { program: "cometbft" };
  return builtBefore() ?? build();
}

function builtBefore() {
  const there = existsSync(binary) && existsSync(stamp) && readFileSync(stamp, "utf8") === sums;
  return there ? { program: binary } : undefined;
}

function build() {
  const go = ["go", "/usr/local/go/bin/go"].find((each) => spawnSync(each, ["version"]).status === 0);
  const wanted = `${NEEDED_GO?.[1]}.${NEEDED_GO?.[2]}`;
  const advice = `Install Go ${wanted} or later (https://go.dev/dl), or set COMETBFT to a CometBFT v0.40.x program.`;
  if (go === undefined) return { problem: `There is no CometBFT and no Go to build it with. ${advice}` };
  process.stderr.write("Building CometBFT, once; this takes some minutes ...\n");
  mkdirSync(cache, { recursive: true });
  // Two that build at once do not get into each other's way: the last rename wins, and both programs are the same.
  const draft = `${binary}.${process.pid}.part`;
  const built = spawnSync(
    go,
    [
      "build",
      "-mod=readonly",
      "-trimpath",
      "-buildvcs=false",
      "-o",
      draft,
      "github.com/cometbft/cometbft/cmd/cometbft",
    ],
    { cwd: modules, stdio: ["ignore", 2, 2], env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" } },
  );
  if (built.status !== 0) return { problem: `CometBFT could not be built; what Go said stands above. ${advice}` };
  renameSync(draft, binary);
  writeFileSync(stamp, sums);
  return { program: binary };
}

const found = find();
if (found.program === undefined) {
  process.stderr.write(`${found.problem}\n`);
  process.exitCode = 1;
} else process.stdout.write(`${found.program}\n`);
