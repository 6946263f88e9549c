// What npm knows of the packages that are used: advisories, licences, bill of materials.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { readJson, root } from "../setup.mjs";

/** Licences that ask for no more than naming the authors. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "PostgreSQL",
  "Python-2.0",
  "Unlicense",
  "Zlib",
]);
/** Tools that are run but never shipped may ask for more. */
const ALLOWED_IN_DEVELOPMENT = new Set([...ALLOWED, "CC-BY-3.0", "CC-BY-4.0", "MPL-2.0"]);

const WAIT_MS = 60_000;

function npm(...args) {
  return spawnSync("npm", args, { cwd: root, encoding: "utf8", timeout: WAIT_MS, maxBuffer: 1 << 28 });
}

/** Advisories about what runs in production, where the registry answers such questions. */
export function advisories() {
  const done = npm("audit", "--omit=dev", "--json");
  let answer;
  try {
    answer = JSON.parse(done.stdout);
  } catch {
    return { reachable: false, reason: done.error?.message ?? "npm audit gave no readable answer" };
  }
  const found = answer.metadata?.vulnerabilities;
  if (found === undefined) return { reachable: false, reason: answer.message ?? "the registry answers no audits" };
  return {
    reachable: true,
    total: found.total,
    serious: found.high + found.critical,
    names: Object.keys(answer.vulnerabilities ?? {}),
  };
}

/** Licences as the packages themselves state them; `refused` lists those that are not allowed or not stated. */
export function licences() {
  const packages = Object.entries(readJson(join(root, "package-lock.json")).packages).filter(([path]) => path !== "");
  const byName = {};
  const refused = [];
  let production = 0;
  for (const [path, entry] of packages) {
    const stated = entry.license ?? statedIn(join(root, path, "package.json"));
    const inProduction = entry.dev !== true && entry.devOptional !== true;
    if (inProduction) production += 1;
    const name = stated ?? "not stated";
    byName[name] = (byName[name] ?? 0) + 1;
    if (!isAllowed(name, inProduction ? ALLOWED : ALLOWED_IN_DEVELOPMENT))
      refused.push(`${path.replace(/^.*node_modules\//, "")} (${name}${inProduction ? "" : ", development only"})`);
  }
  const sorted = Object.fromEntries(Object.entries(byName).sort(([, a], [, b]) => b - a));
  return { production, development: packages.length - production, byName: sorted, refused };
}

function statedIn(file) {
  const manifest = readJson(file);
  const stated = manifest?.license ?? manifest?.licenses?.[0];
  return typeof stated === "object" ? stated.type : stated;
}

/** `A OR B` needs one that is allowed, `A AND B` both (SPDX expressions as they occur). */
function isAllowed(expression, allowed) {
  const plain = expression.replaceAll(/[()]/g, "");
  return plain.split(" OR ").some((choice) => choice.split(" AND ").every((name) => allowed.has(name.trim())));
}

/** Writes the CycloneDX bill of materials of what runs in production. */
export function billOfMaterials(file) {
  const done = npm("sbom", "--sbom-format=cyclonedx", "--omit=dev");
  if (done.status !== 0)
    return { reason: (done.stderr || done.error?.message || "npm sbom failed").trim().split("\n")[0] };
  writeFileSync(file, done.stdout);
  return { file: relative(root, file), components: JSON.parse(done.stdout).components.length };
}
