import { expect, test } from "vitest";
import { toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { boothHash, servedFiles } from "./booth-files.js";
import type { Http } from "./http.js";

const hashOf = (text: string) => toHex(sha256(utf8(text)));

function server(files: Readonly<Record<string, string>>, list?: string): Http {
  const lines = Object.entries(files).map(([path, text]) => `${hashOf(text)}  ${path}\n`);
  const all: Record<string, string> = { ...files, "/assets/files.txt": list ?? lines.join("") };
  return {
    url: "https://vote.example",
    raw: async (path: string) => new Response(all[path]),
    request: () => Promise.reject(new Error("not used")),
    forget: () => {},
  };
}

test("W-04: every file that is served is hashed, and one hash stands for the list", async () => {
  const files = { "/": "<title>", "/assets/a.js": "export {};", "/check": "second" };
  const found = await servedFiles(server(files));
  expect(found.files.map(({ path, holds }) => [path, holds])).toEqual([
    ["/", true],
    ["/assets/a.js", true],
    ["/check", true],
  ]);
  expect(found.hash).toBe(
    hashOf(
      Object.entries(files)
        .map(([path, text]) => `${hashOf(text)}  ${path}\n`)
        .join(""),
    ),
  );
  expect(await boothHash(server(files))).toBe(found.hash);
});

test("W-04: altered bytes under an honest list are named; an altered list is another hash", async () => {
  const honest = { "/": "<title>", "/assets/a.js": "export {};" };
  const list = Object.entries(honest)
    .map(([path, text]) => `${hashOf(text)}  ${path}\n`)
    .join("");
  const altered = { ...honest, "/assets/a.js": "steal();" };
  const found = await servedFiles(server(altered, list));
  expect(found.files.filter(({ holds }) => holds !== true).map(({ path }) => path)).toEqual(["/assets/a.js"]);
  expect((await servedFiles(server(altered))).hash).not.toBe(found.hash);
});

test.each([
  "",
  "nothing",
  `${"0".repeat(64)} /one-space\n`,
  `${"0".repeat(64)}  /a\nmore`,
  `${"0".repeat(64)}  https://x\n`,
])("a list that is none is refused: %j", async (list) => {
  await expect(boothHash(server({}, list))).rejects.toThrow("malformed");
});
