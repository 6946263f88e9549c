// How the web is built: two pages (the site, and the small one of the second device), hashed files, nothing inline.
// Two builds of the same sources in different folders give the same bytes.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

const web = join(import.meta.dirname, "web");
const out = join(import.meta.dirname, "dist", "web");

/**
 * With what these need, one file has everything that every first screen needs: many small ones take a slow phone longer
 * to ask for than to run.
 */
const firstScreen =
  /\/web\/ui\/(button|error-summary|fetched|frame|http|link|loading|notice|page|problem|radio-group|room-words|select|text-field|trouble|words)\.tsx?$/;

/** The same for what a voter's and the second device's pages share once somebody does something there. */
const afterwards =
  /\/(src\/client\/(voter|session)|web\/(booth\/(anchor|paper|second)|ui\/(code|disclosure|file-drop|instant|qr|scan|steps|text-area)))\.tsx?$/;

/** Paths that a server gives the pages under; every other file has its own. */
const pages: Readonly<Record<string, string>> = { "index.html": "/", "check.html": "/check" };

/**
 * A list of all files with their hashes, for those who compare what they are served (`psephos booth hashes`), and whose
 * own hash an election can pin.
 */
function fileList(): Plugin {
  return {
    name: "psephos-file-list",
    apply: "build",
    closeBundle: {
      order: "post",
      sequential: true,
      handler: () => {
        const lines = readdirSync(out, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && entry.name !== "files.txt")
          .map((entry) => join(entry.parentPath, entry.name))
          .map((file) => {
            const path = relative(out, file).split(sep).join("/");
            const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
            return `${hash}  ${pages[path] ?? `/${path}`}`;
          })
          .sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1));
        writeFileSync(join(out, "assets", "files.txt"), `${lines.join("\n")}\n`);
      },
    },
  };
}

export default defineConfig({
  root: web,
  base: "/",
  publicDir: join(web, "public"),
  logLevel: "warn",
  plugins: [react(), fileList()],
  // Our own sources, not the compiled ones.
  resolve: { conditions: ["psephos-source", ...defaultClientConditions] },
  worker: { format: "es" },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: "es2022",
    // The content policy of the pages allows no data: scripts, styles or fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Which file needs which: for the test of the booth's size, and for those who compare the served files.
    manifest: "assets/manifest.json",
    rolldownOptions: {
      // On a busy machine it would remark on itself; what a build says is for faults.
      checks: { pluginTimings: false },
      input: { index: join(web, "index.html"), check: join(web, "check.html") },
      // zod would try whether it may compile code from text; the content policy refuses, and browsers report the try.
      output: {
        banner: "globalThis.__zod_globalConfig??={jitless:true};",
        codeSplitting: {
          groups: [
            { name: "frame", test: firstScreen, priority: 2 },
            { name: "voter", test: afterwards, priority: 1 },
          ],
        },
      },
    },
  },
});
