// bench: sealing in a real browser (headless Chromium) by the built site's own worker: first ballot and warm, yes/no and five candidates
/**
 * `first` counts from the start of a worker that nothing has prepared, on a page that was never loaded: its file, its
 * compilation, the tables of the election's key, the ballot. `after reading` is the first ballot of a worker that was
 * warmed while the voter read for two seconds, as the booth does. `four times slower` is the same file on the page's own
 * thread under Chromium's throttling, which does not reach workers: about a cheap phone.
 */
import { createReadStream, existsSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { electionToText } from "#protocol/suite/belenios-v1/election.js";
import { base58, REGISTRAR } from "../test/protocol-kit.js";
import { note, option, percentile, report } from "./kit.js";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const assets = join(import.meta.dirname, "..", "dist", "web", "assets");
const runs = option("runs", 5);
const warmSeals = option("seals", 40);
const READING_MS = 2_000;

/** In the page: starts the worker, lets the voter read, has ballots sealed one after another; milliseconds of each. */
const SEAL_IN_WORKER = `async ({ url, order, readingMs, seals }) => {
  const started = performance.now();
  const worker = new Worker(url, { type: "module" });
  const secret = BigInt(order.secret);
  if (readingMs > 0) {
    worker.postMessage({ kind: "warm", electionText: order.electionText });
    await new Promise((resolve) => setTimeout(resolve, readingMs));
  }
  const times = [];
  for (let number = 0; number < seals; number++) {
    const from = number === 0 && readingMs === 0 ? started : performance.now();
    const answer = await new Promise((resolve, fail) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = () => fail(new Error("the worker failed"));
      worker.postMessage({ kind: "seal", ...order, secret, number });
    });
    if (!answer.ok || answer.number !== number) throw new Error(JSON.stringify(answer));
    times.push(performance.now() - from);
  }
  worker.terminate();
  return times;
}`;

/** In the page, on its own thread: the worker's file thinks that this is its worker. */
const SEAL_IN_PAGE = `async ({ url, order, seals }) => {
  const started = performance.now();
  const times = [];
  let answered;
  globalThis.postMessage = (answer) => { answered = answer; };
  await import(url);
  for (let number = 0; number < seals; number++) {
    const from = number === 0 ? started : performance.now();
    dispatchEvent(new MessageEvent("message", { data: { kind: "seal", ...order, secret: BigInt(order.secret), number } }));
    if (!answered.ok || answered.number !== number) throw new Error(JSON.stringify(answered));
    times.push(performance.now() - from);
  }
  return times;
}`;

interface Order {
  readonly chainId: string;
  readonly uuid: string;
  readonly electionText: string;
  readonly secret: string;
  readonly choices: readonly (readonly number[])[];
}

function orderFor(name: string, count: number): Order {
  const answers = Array.from({ length: count }, (_, i) => `Answer ${i + 1}`);
  const uuid = base58(name, 14);
  const electionText = electionToText({
    uuid,
    name,
    description: "",
    publicKey: REGISTRAR.key,
    questions: [{ kind: "homomorphic", question: "?", answers, min: 1, max: 1, blank: false }],
  });
  const choices = [answers.map((_, i) => (i === 0 ? 1 : 0))];
  return { chainId: "bench", uuid, electionText, secret: REGISTRAR.secret.toString(), choices };
}

/** The built files, and an empty page to start their worker from. */
const server = createServer((request, response) => {
  const file = join(assets, basename(request.url ?? ""));
  if (request.url?.startsWith("/assets/") && existsSync(file)) {
    response.setHeader("content-type", "text/javascript");
    createReadStream(file).pipe(response);
  } else response.setHeader("content-type", "text/html").end("<!doctype html><title>bench</title>");
});

async function inFreshPage<T>(browser: Browser, address: string, work: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(address);
    return await work(page);
  } finally {
    await context.close();
  }
}

function call(page: Page, code: string, argument: object): Promise<number[]> {
  return page.evaluate(`(${code})(${JSON.stringify(argument)})`);
}

const median = (times: readonly number[]): number =>
  percentile(
    [...times].sort((a, b) => a - b),
    0.5,
  );

async function measureElection(browser: Browser, address: string, url: string, name: string, order: Order) {
  const [first, read, warm, slowFirst, slow]: number[][] = [[], [], [], [], []];
  for (let run = 0; run < runs; run++) {
    const cold = await inFreshPage(browser, address, (page) =>
      call(page, SEAL_IN_WORKER, { url, order, readingMs: 0, seals: 1 }),
    );
    first?.push(cold[0] as number);
    const [afterReading, ...more] = await inFreshPage(browser, address, (page) =>
      call(page, SEAL_IN_WORKER, { url, order, readingMs: READING_MS, seals: 1 + warmSeals }),
    );
    read?.push(afterReading as number);
    warm?.push(median(more));
    const [throttled, ...others] = await inFreshPage(browser, address, async (page) => {
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
      return call(page, SEAL_IN_PAGE, { url, order, seals: 1 + warmSeals / 2 });
    });
    slowFirst?.push(throttled as number);
    slow?.push(median(others));
  }
  note(`${name}: first, from the start of the worker`, "ms", first ?? []);
  note(`${name}: first, after reading`, "ms", read ?? []);
  note(`${name}: warm`, "ms", warm ?? []);
  note(`${name}: first, four times slower`, "ms", slowFirst ?? []);
  note(`${name}: warm, four times slower`, "ms", slow ?? []);
}

const worker = readdirSync(assets).find((file) => /^seal-.*\.js$/.test(file));
if (worker === undefined) throw new Error("the web is not built");
if (!existsSync(CHROMIUM)) throw new Error(`There is no browser at ${CHROMIUM}; name one with CHROMIUM=path.`);
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
for (const [name, count] of [
  ["yes/no", 2],
  ["five candidates", 5],
] as const)
  await measureElection(browser, address, `/assets/${worker}`, name, orderFor(name, count));
const version = browser.version();
await browser.close();
server.close();
report("seal-browser", { browser: `Chromium ${version}`, warm_seals: warmSeals, reading_ms: READING_MS });
