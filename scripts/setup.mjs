// Set-up shared by every command of this repository: checks Node, installs what package-lock.json names, builds what
// changed. Uses only what Node itself brings, because it runs before anything is installed. Everything it says goes
// to stderr, so that the stdout of a command stays clean.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const oldestNode = [20, 19];

/** One short line for a person. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Stops the command with one sentence. 2: nothing was judged or run (`psephos verify` says with 1 that a check failed). */
export function stop(sentence, code = 2) {
  say(sentence);
  process.exit(code);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  stop(
    `Psephos needs Node.js ${oldestNode.join(".")} or newer; this is ${process.versions.node}. Install a newer Node.js and try again.`,
  );
}

/** Parsed JSON of a file; `undefined` when there is none or it is none. */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** The packages of package-lock.json that node_modules lacks or holds in another version. */
function missingPackages() {
  const wanted = readJson(join(root, "package-lock.json"))?.packages ?? {};
  const present = readJson(join(root, "node_modules", ".package-lock.json"))?.packages;
  if (present === undefined) return ["everything"];
  return Object.entries(wanted)
    .filter(
      ([path, entry]) =>
        path !== "" && !(path in present && present[path].version === entry.version && existsSync(join(root, path))),
    )
    .filter(([, entry]) => !(entry.optional || entry.devOptional || entry.peer))
    .map(([path]) => path);
}

function install() {
  if (missingPackages().length === 0) return;
  say("Installing packages (once; about a minute) ...");
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const done = spawnSync(command, [...first, "ci", "--prefer-offline", "--ignore-scripts"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32" && first.length === 0,
    env: { ...process.env, NODE_ENV: "development" },
  });
  if (done.status !== 0) {
    stop(
      "Packages could not be installed (npm's message is above). Check the network connection or the npm registry setting and try again.",
    );
  }
}

function* files(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

/** A fingerprint of everything the build reads: paths, sizes and times of change. */
function sourcesFingerprint() {
  const hash = createHash("sha256");
  const settings = [
    "package.json",
    "package-lock.json",
    "tsconfig.base.json",
    "tsconfig.pure.json",
    "tsconfig.node.json",
  ];
  const all = [...settings.map((name) => join(root, name)), ...files(join(root, "src"))];
  for (const path of all.filter((path) => !path.endsWith(".test.ts")).sort()) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** Runs a tool of node_modules/.bin under this same Node; returns its exit code. Its stdout goes to our stderr. */
export function runTool(script, args, options = {}) {
  const done = spawnSync(process.execPath, [join(root, "node_modules", script), ...args], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    ...options,
  });
  return done.status ?? 1;
}

/** Runs a few lines of code over the sources themselves, which need not be built; returns the exit code. */
export function runSource(code) {
  const flags = ["--conditions=psephos-source", "--import", "tsx", "--input-type=module", "-e", code];
  return spawnSync(process.execPath, flags, { cwd: root, stdio: ["ignore", 2, 2] }).status ?? 1;
}

/** Compiles the given project (with what it refers to); returns whether it compiles. */
export function compile(project) {
  return runTool("typescript/bin/tsc", ["-b", project]) === 0;
}

/** A fingerprint of what the web is bundled from: its own files and every source that a browser may load. */
function webFingerprint() {
  const hash = createHash("sha256");
  const settings = ["package-lock.json", "vite.config.ts"].map((name) => join(root, name));
  const all = [...settings, ...files(join(root, "web")), ...files(join(root, "src"))];
  for (const path of all.filter((path) => !path.endsWith(".test.ts")).sort()) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function buildWeb() {
  const stamp = join(root, "dist", ".built-web");
  const fingerprint = webFingerprint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return;
  say("Building the web ...");
  const env = { ...process.env, NODE_ENV: "production" };
  if (runTool("vite/bin/vite.js", ["build"], { env }) !== 0) stop("The web could not be built (the message is above).");
  writeFileSync(stamp, fingerprint);
}

function build() {
  const stamp = join(root, "dist", ".built");
  const fingerprint = sourcesFingerprint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return;
  say("Building ...");
  if (!compile("tsconfig.node.json")) stop("The sources do not compile (the compiler's message is above).");
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, fingerprint);
}

/** Makes the checkout ready: Node checked, packages installed, sources built. Does nothing when nothing changed. */
export function prepare(options = { build: true }) {
  checkNode();
  install();
  if (!options.build) return;
  build();
  buildWeb();
}
