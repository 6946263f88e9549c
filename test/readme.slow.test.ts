/**
 * What the README tells people to type works. Blocks that begin with "```sh run" are run as they stand, line by line in one
 * shell, at the root of the checkout; any other block is only for reading (it needs a second terminal, or a name of
 * your own).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const documents = [
  "README.md",
  ...readdirSync(join(root, "docs", "api")).map((name) => join("docs", "api", name)),
].filter((name) => name.endsWith(".md"));

interface Block {
  readonly at: string;
  readonly script: string;
}

const blocks: Block[] = documents.flatMap((document) => {
  const text = readFileSync(join(root, document), "utf8");
  return [...text.matchAll(/^```sh run\n(.*?)^```$/gms)].map((match) => ({
    at: `${document}:${text.slice(0, match.index).split("\n").length}`,
    script: match[1] as string,
  }));
});

test("there are blocks to run, and each fence is one that this test knows", () => {
  expect(blocks.length).toBeGreaterThan(0);
  for (const document of documents) {
    const fences = [...readFileSync(join(root, document), "utf8").matchAll(/^```(.*)$/gm)].map((match) => match[1]);
    expect(fences.length % 2, document).toBe(0);
    expect(fences.filter((each) => /^sh\s/.test(each ?? "") && each !== "sh run")).toEqual([]);
  }
});

const limitMs = 240_000;

test.each(blocks.map((block): [string, Block] => [block.at, block]))(
  "%s works as it stands",
  async (_, { script }) => {
    const home = mkdtempSync(join(tmpdir(), "psephos-readme-"));
    // The embedded database runs under a user of its own, who has to pass through.
    chmodSync(home, 0o711);
    const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TMPDIR: home, NO_COLOR: "1", CI: "" },
      detached: true,
    });
    // The block's own children end with it: the group has the shell's number.
    const end = () => {
      try {
        process.kill(-(child.pid as number), "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
    const timer = setTimeout(end, limitMs);
    await once(child, "close");
    clearTimeout(timer);
    end();
    rmSync(home, { recursive: true, force: true });
    expect(child.exitCode, said.slice(-3000)).toBe(0);
  },
  limitMs + 30_000,
);
