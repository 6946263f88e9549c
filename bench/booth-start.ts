// bench: how long a voter waits before the booth takes the first letter, on a processor made four times slower; `--web DIR` compares with another build
/**
 * A fresh profile each time, the built files from a server that does nothing else, no API: the booth asks for a code
 * before it asks the server anything. `field drawn` is told by the page itself; `first letter typed` has the hands of
 * Playwright in it, which are slowed down, too; then what the page's own thread was busy with (throttled), and its longest
 * task afterwards, while the rest of the booth comes. With `--web DIR` the runs of the two builds alternate, and the
 * ratio of their medians is reported: it says more than milliseconds of a machine that has other work.
 */
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { note, option, report } from "./kit.js";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const runs = option("runs", 9);
const SLOWER = 4;
const types: Readonly<Record<string, string>> = { js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

/** In the page: when the field is there and drawn, and how long the page's own thread is ever busy in one go. */
const WATCH = `
  globalThis.longest = { before: 0, after: 0 };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      const side = startTime > (globalThis.field ?? Infinity) ? "after" : "before";
      longest[side] = Math.max(longest[side], duration);
    }
  }).observe({ type: "longtask", buffered: true });
  new MutationObserver((_, observer) => {
    if (document.querySelector("input#code") === null) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { globalThis.field = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });`;

interface Start {
  readonly field: number;
  readonly longest: number;
  readonly letter: number;
  readonly tasks: number;
  readonly script: number;
}

async function serve(web: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://any").pathname;
    const file = path.startsWith("/assets/") ? join(web, "assets", basename(path)) : join(web, "index.html");
    if (!existsSync(file) || path.startsWith("/elections")) return void response.writeHead(404).end();
    response.setHeader("content-type", types[file.split(".").pop() ?? ""] ?? "text/html");
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

async function start(browser: Browser, url: string): Promise<Start> {
  const context = await browser.newContext({ locale: "en" });
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  await page.goto(`${url}/booth/9xKfYmrnjPbCvA`, { waitUntil: "commit" });
  await page.getByRole("textbox", { name: "Recovery code" }).fill("a");
  const letter = await page.evaluate<number>("performance.now()");
  const { metrics } = await devtools.send("Performance.getMetrics");
  const seconds = (name: string) => metrics.find((each) => each.name === name)?.value ?? 0;
  // What is loaded behind the voter's back comes now.
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const field = await page.evaluate<number>("globalThis.field");
  const longest = await page.evaluate<number>("globalThis.longest.after");
  await context.close();
  return { field, longest, letter, tasks: seconds("TaskDuration") * 1000, script: seconds("ScriptDuration") * 1000 };
}

const other = process.argv.indexOf("--web");
const builds = [join(import.meta.dirname, "..", "dist", "web"), ...process.argv.slice(other + 1, other + 2)];
const compared = other === -1 ? builds.slice(0, 1) : builds;
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
const servers = await Promise.all(compared.map(serve));
const starts: Start[][] = compared.map(() => []);
for (let run = -1; run < runs; run++)
  for (const [i, { url }] of servers.entries()) {
    const one = await start(browser, url);
    // The first one warms the browser itself up.
    if (run >= 0) starts[i]?.push(one);
  }
const names = {
  field: "field drawn",
  letter: "first letter typed",
  tasks: "busy until then",
  script: "of that, script",
  longest: "longest task afterwards",
};
const medians = starts.map((each, i) =>
  (["field", "letter", "tasks", "script", "longest"] as const).map(
    (part) =>
      note(
        `${i === 0 ? "this build" : "the other build"}: ${names[part]}`,
        "ms",
        each.map((one) => one[part]),
      ).median,
  ),
);
const version = browser.version();
await browser.close();
for (const { close } of servers) close();
const ratio = (medians[0]?.[0] ?? 0) / (medians[1]?.[0] ?? Number.NaN);
report("booth-start", {
  browser: `Chromium ${version}`,
  slower: SLOWER,
  ...(compared.length === 2 ? { ratio_to_the_other: Math.round(ratio * 100) / 100 } : {}),
});
