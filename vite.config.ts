// How the web is built: two pages (the site, and the small one of the second device), hashed files, nothing inline.
// Two builds of the same sources in different folders give the same bytes.
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

const web = join(import.meta.dirname, "web");

export default defineConfig({
  root: web,
  base: "/",
  publicDir: join(web, "public"),
  logLevel: "warn",
  plugins: [react()],
  // Our own sources, not the compiled ones.
  resolve: { conditions: ["psephos-source", ...defaultClientConditions] },
  worker: { format: "es" },
  build: {
    outDir: join(import.meta.dirname, "dist", "web"),
    emptyOutDir: true,
    target: "es2022",
    // The content policy of the pages allows no data: scripts, styles or fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Which file needs which: for the test of the booth's size, and for those who compare the served files.
    manifest: "assets/manifest.json",
    rolldownOptions: {
      input: { index: join(web, "index.html"), check: join(web, "check.html") },
      // zod would try whether it may compile code from text; the content policy refuses, and browsers report the try.
      output: { banner: "globalThis.__zod_globalConfig??={jitless:true};" },
    },
  },
});
