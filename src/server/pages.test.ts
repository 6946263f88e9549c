import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHttp } from "./http.js";
import { addPages, pagePaths } from "./pages.js";
import { guardRoutes, policy } from "./policy.js";

let app: FastifyInstance;
const directory = mkdtempSync(join(tmpdir(), "psephos-pages-"));

beforeAll(async () => {
  mkdirSync(join(directory, "assets"));
  for (const [name, text] of [
    ["index.html", "<title>site</title>"],
    ["check.html", "<title>second device</title>"],
    ["pebble.svg", "<svg/>"],
    ["assets/a-1234.js", "export {};"],
    ["assets/manifest.json", "{}"],
  ] as const)
    writeFileSync(join(directory, name), text);
  app = await createHttp({ logger: pino({ level: "silent" }) });
  guardRoutes(app, () => null);
  addPages(app, async (uuid) => (uuid === undefined ? [] : [`https://${uuid.toLowerCase()}.example`]), directory);
  app.get("/setup", async () => ({ needed: true }));
  await app.ready();
});

afterAll(async () => {
  await app.close();
  rmSync(directory, { recursive: true });
});

test("W-03, W-12: every page has the strict policy: nothing inline, no eval, no frame, Trusted Types", async () => {
  for (const path of [...pagePaths.map((each) => each.replace("*", "x/y")), "/check"]) {
    const answer = await app.inject(path);
    expect([path, answer.statusCode, answer.headers["content-type"]]).toEqual([path, 200, "text/html; charset=utf-8"]);
    const csp = String(answer.headers["content-security-policy"]).split("; ");
    expect(csp).toContain("default-src 'none'");
    expect(csp).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(csp).toContain("style-src 'self'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).toContain("require-trusted-types-for 'script'");
    expect(csp.join()).not.toMatch(/'unsafe-(inline|eval)'|https?:|\*|data:/);
    expect(answer.headers["cache-control"]).toBe("no-cache");
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  }
});

test("W-02: only the second node of the page's own election may be asked besides, and nothing but data comes from it", async () => {
  const csp = async (path: string) =>
    String((await app.inject(path)).headers["content-security-policy"])
      .split("; ")
      .filter((rule) => rule.includes("example"));
  expect(await csp("/booth/9xKfYmrnjPbCvA")).toEqual(["connect-src 'self' https://9xkfymrnjpbcva.example"]);
  expect(await csp("/booth/https:%2F%2Fevil.example")).toEqual([]);
  expect(await csp("/my-vote?election_url=https://evil.example")).toEqual([]);
});

test("a path that the API has, too, answers with the page only who asks for HTML", async () => {
  const page = await app.inject({ url: "/setup", headers: { accept: "text/html,application/xhtml+xml" } });
  expect(page.body).toBe("<title>site</title>");
  const api = await app.inject({ url: "/setup", headers: { accept: "application/json" } });
  expect(api.json()).toEqual({ needed: true });
  expect(api.headers.vary).toContain("accept");
});

test("files with a hash in their name are kept for ever, compressed on request, and confirmed by their tag", async () => {
  const plain = await app.inject("/assets/a-1234.js");
  expect(plain.body).toBe("export {};");
  expect(plain.headers["cache-control"]).toContain("immutable");
  const zipped = await app.inject({ url: "/assets/a-1234.js", headers: { "accept-encoding": "gzip, br" } });
  expect(gunzipSync(zipped.rawPayload).toString()).toBe("export {};");
  const again = await app.inject({
    url: "/assets/a-1234.js",
    headers: { "if-none-match": String(plain.headers.etag) },
  });
  expect(again.statusCode).toBe(304);
  expect((await app.inject("/assets/manifest.json")).headers["cache-control"]).not.toContain("immutable");
});

test("nothing else is there: no other file, no way up, no page for unknown paths", async () => {
  for (const path of ["/assets/none.js", "/assets/..%2findex.html", "/index.html", "/nowhere"])
    expect((await app.inject(path)).statusCode).toBe(404);
});

test("the table of access names every page", () => {
  for (const path of pagePaths) expect(policy.get(`GET ${path}`)).toBe("page");
});
