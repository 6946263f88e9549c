/** The built web as files: how much a voter loads, what it names, and that anybody's build gives the same bytes. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const builds: string[] = [];

/** Builds the web from a copy of the sources in a directory of another name and depth. */
function buildIn(...folders: string[]): string {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const top = mkdtempSync(join(root, ".cache", "web-"));
  builds.push(top);
  const place = join(top, ...folders);
  for (const each of ["web", "src", "vite.config.ts", "package.json", "tsconfig.base.json", "tsconfig.web.json"])
    cpSync(join(root, each), join(place, each), { recursive: true });
  // Packages as npm would lay them there; hard links, because a copy would take a minute.
  expect(spawnSync("cp", ["-al", join(root, "node_modules"), join(place, "node_modules")]).status).toBe(0);
  const done = spawnSync(process.execPath, ["node_modules/vite/bin/vite.js", "build"], {
    cwd: place,
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "production" },
  });
  expect(done.stderr + done.stdout).toBe("");
  expect(done.status).toBe(0);
  return join(place, "dist", "web");
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

let web: string;
let chunks: Readonly<Record<string, Chunk>>;

beforeAll(() => {
  web = buildIn("one");
  chunks = JSON.parse(readFileSync(join(web, "assets", "manifest.json"), "utf8"));
});

afterAll(() => {
  for (const each of builds) rmSync(each, { recursive: true, force: true });
});

/** Everything that must be there before these entries run. */
function loadedBy(...names: readonly string[]): Set<string> {
  const files = new Set<string>();
  const load = (name: string) => {
    const chunk = chunks[name] as Chunk;
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const each of chunk.css ?? []) files.add(each);
    for (const each of chunk.imports ?? []) load(each);
  };
  for (const name of names) load(name);
  return files;
}

const zipped = (files: Iterable<string>) =>
  [...files].reduce((total, file) => total + gzipSync(readFileSync(join(web, file))).length, 0);

/** With the words of the largest language. */
const heaviest = (...names: readonly string[]) =>
  Math.max(...["en", "de", "fr", "es", "ar"].map((tag) => zipped(loadedBy(...names, `../src/words/web/${tag}.ts`))));

const firstScreen = ["index.html", "booth/pages.tsx"];
/** What comes while the voter types: the key, signing in, the booth from inside, and looking a receipt up. */
const later = ["identity/unlock.ts", "../src/client/session.ts", "booth/inside.tsx", "booth/my-vote-page.tsx"];

test("the booth's first screen weighs at most 125 kB, in the largest language, and has nothing of cryptography", () => {
  const weight = heaviest(...firstScreen);
  console.info(`booth, first screen: ${Math.round(weight / 1000)} kB gzipped`);
  expect(weight).toBeLessThanOrEqual(125_000);
  for (const each of later) expect(loadedBy(...firstScreen)).not.toContain((chunks[each] as Chunk).file);
});

test("the whole booth and its sealing worker weigh at most 200 kB, in the largest language", () => {
  // The sealing worker comes while the voter reads; it counts all the same.
  const worker = filesOf(web).filter((file) => /assets\/seal-.*\.js$/.test(file));
  expect(worker).toHaveLength(1);
  const [pages, sealing] = [heaviest(...firstScreen, ...later), zipped(worker)];
  console.info(`whole booth: ${Math.round(pages / 1000)} kB gzipped, and ${Math.round(sealing / 1000)} kB worker`);
  expect(pages + sealing).toBeLessThanOrEqual(200_000);
});

test("the second device's page is a bundle of its own, and smaller than the booth's", () => {
  const total = zipped(loadedBy("check.html"));
  console.info(`second device: ${Math.round(total / 1000)} kB gzipped`);
  expect(total).toBeLessThanOrEqual(180_000);
});

test("W-02: pages load nothing from elsewhere, and nothing is inline", () => {
  for (const page of ["index.html", "check.html"]) {
    const text = readFileSync(join(web, page), "utf8");
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(text).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)|\son[a-z]+=/);
  }
});

test("W-04: the build's list names every file with its hash, for `psephos booth hashes` and for the manifest", () => {
  const lines = readFileSync(join(web, "assets", "files.txt"), "utf8")
    .trimEnd()
    .split("\n");
  const listed = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)] as const));
  const pages: Readonly<Record<string, string>> = { "index.html": "/", "check.html": "/check" };
  const files = filesOf(web).filter((file) => file !== join("assets", "files.txt"));
  const hashes = files.map(
    (file) =>
      [
        pages[file] ?? `/${file}`,
        createHash("sha256")
          .update(readFileSync(join(web, file)))
          .digest("hex"),
      ] as const,
  );
  expect(listed).toEqual(new Map(hashes));
});

test("W-04: two builds in different folders give identical bytes", () => {
  const other = buildIn("another", "place altogether");
  const hashes = (directory: string) =>
    filesOf(directory).map(
      (file) =>
        `${file} ${createHash("sha256")
          .update(readFileSync(join(directory, file)))
          .digest("hex")}`,
    );
  expect(hashes(other)).toEqual(hashes(web));
});
