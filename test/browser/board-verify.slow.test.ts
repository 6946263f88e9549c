/**
 * A newcomer before the built server: practises voting, looks the ballot up, has the sum opened, and verifies it in the
 * browser; then the same record as a file, whole and with one byte altered.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHttp } from "#client/http.js";
import { accessible, capability, choose, follow, launch, press, sees, type Visitor, visitor } from "./kit.js";

const main = join(import.meta.dirname, "..", "..", "dist", "server", "main.js");
const START_MS = 120_000;

interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

async function startServer(directory: string): Promise<Running> {
  const child: ChildProcess = spawn(process.execPath, [main, "--practice", "--port", "0", "--data", directory], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, NODE_ENV: "" },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (piece) => {
      said += String(piece);
      const ready = /ready: (http\S+)/.exec(said)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    void ended.then(() => reject(new Error("the server ended")));
  });
  return {
    url,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

describe.skipIf(!capability("chromium"))("the board, practice and verifying", () => {
  let directory: string;
  let server: Running;
  let browser: Browser;
  let someone: Visitor;
  let page: Page;
  let code: string;
  let election: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "psephos-board-"));
    server = await startServer(directory);
    browser = await launch();
    someone = await visitor(browser, server as never);
    page = someone.page;
  }, START_MS);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  }, START_MS);

  test(
    "a newcomer votes in the practice referendum",
    async () => {
      await page.goto("/");
      await page.getByText("This installation is not set up yet.").waitFor();
      await accessible(page);
      await follow(page, "Practise voting");
      await page.getByRole("button", { name: "Make me a practice voter" }).waitFor({ timeout: START_MS });
      await page.getByText("Practice: nothing here counts.").waitFor();
      await accessible(page);
      await press(page, "Make me a practice voter");
      await press(page, "Begin");
      await choose(page, "Yes");
      await press(page, "Continue");
      await page.getByLabel("A heron").first().check();
      await press(page, "Continue");
      await press(page, "Seal my vote");
      await press(page, "Send my vote");
      await sees(page, "recorded");
      code = (await page.locator(".code").first().innerText()).replaceAll(/\s/g, "");
      expect(code).toMatch(/^[A-Za-z0-9+/]{43}$/);
    },
    START_MS,
  );

  test("the ballot is on the board, and this browser judges its receipt", async () => {
    await page.goto("/practice");
    await follow(page, "See all ballots");
    await page.getByRole("link", { name: code }).waitFor();
    election = new URL(page.url()).pathname.split("/")[3] as string;
    await accessible(page);
    const box = page.getByRole("textbox", { name: /Receipt code/ });
    await box.fill("too short");
    await press(page, "Find");
    await page.getByText("A receipt code has 43 letters").waitFor();
    await box.fill(code);
    await press(page, "Find");
    await page.getByText("This browser has checked the proof and the signature.").waitFor();
    await accessible(page);
    await page.getByRole("link", { name: /^\d+$/ }).click();
    await sees(page, /^Block \d+/);
    await accessible(page);
    await page.goto(`/practice/board/${election}/ballots/${"A".repeat(43)}`);
    await page.getByText("The board holds no ballot with this code.").waitFor();
  });

  test(
    "closing opens the sum; the result is a chart, a table and a sentence",
    async () => {
      await page.goto("/practice");
      await press(page, "Close and count");
      await page.getByRole("link", { name: "The last count" }).click({ timeout: START_MS });
      await sees(page, "Result");
      await page.getByText("Blank ballots: 1.").waitFor();
      await page.getByText("A heron received the most votes: 3 of 7 counted ballots.").waitFor();
      await accessible(page);
    },
    START_MS,
  );

  test(
    "the browser verifies the record, and the same record as a file",
    async () => {
      await follow(page, "Verify in this browser");
      await press(page, "Verify");
      await sees(page, "Everything holds");
      await page.getByText("The result is the sum of the last ballot of each of 7 voters.").waitFor();
      await accessible(page);
      // A busy server may ask to come again; this client does.
      const api = createHttp({ url: `${server.url}/practice/api` });
      const response = await api.raw(`/elections/${election}/record`);
      const buffer = Buffer.from(await response.arrayBuffer());
      const file = (bytes: Buffer) => ({ name: "x.psephos", mimeType: "application/octet-stream", buffer: bytes });
      await page.reload();
      await page.getByLabel("Or a file that you have").setInputFiles(file(buffer));
      await sees(page, "Everything holds");
      const altered = Buffer.from(buffer);
      altered[Math.floor(altered.length / 2)] = (altered[Math.floor(altered.length / 2)] as number) ^ 1;
      await page.getByLabel("Or a file that you have").setInputFiles(file(altered));
      await sees(page, "Something does not hold");
      await page.getByText(/call the election office/).waitFor();
      await accessible(page);
      await page.getByLabel("Or a file that you have").setInputFiles(file(Buffer.from("not a record")));
      await sees(page, "This is not a record or an archive that can be judged");
      expectTracedOnly(someone);
    },
    START_MS,
  );

  test(
    "an archive for other tools is verified, too; and all of it without a network, once the page is open",
    async () => {
      const fresh = await visitor(browser, server as never);
      const last = new URL(page.url()).searchParams.get("election") ?? election;
      const files = { "x.psephos": `elections/${last}/record`, "x.bel": `elections/${last}/archive.bel` };
      const buffers = new Map<string, Buffer>();
      for (const [name, path] of Object.entries(files)) {
        const response = await createHttp({ url: `${server.url}/practice/api` }).raw(`/${path}`);
        buffers.set(name, Buffer.from(await response.arrayBuffer()));
      }
      await fresh.page.goto("/verify");
      await sees(fresh.page, "Verify in this browser");
      await fresh.page.waitForLoadState("networkidle", { timeout: 5_000 }).catch(() => undefined);
      await fresh.context.setOffline(true);
      for (const [name, buffer] of buffers) {
        const input = fresh.page.getByLabel("Or a file that you have");
        await input.setInputFiles({ name, mimeType: "application/octet-stream", buffer });
        await sees(fresh.page, "Everything holds");
        await fresh.page.getByText("The result is the sum of the last ballot of each of 7 voters.").waitFor();
        await input.setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from("nothing") });
        await sees(fresh.page, "This is not a record or an archive that can be judged");
      }
      await fresh.context.close();
    },
    START_MS,
  );

  test(
    "a code of the practice ledger leads the second device to the practice server",
    async () => {
      const fresh = await visitor(browser, server as never);
      await fresh.page.goto("/practice");
      await press(fresh.page, "Make me a practice voter");
      await press(fresh.page, "Begin");
      await choose(fresh.page, "No");
      await press(fresh.page, "Continue");
      await fresh.page.getByLabel("A heron").first().check();
      await press(fresh.page, "Continue");
      await press(fresh.page, "Seal my vote");
      await fresh.page.getByText("Test this device (practice envelope)").first().click();
      const address = await fresh.page.getByRole("textbox", { name: /No camera/ }).inputValue();
      expect(address).toMatch(/^http:\S+\/check\?practice#t\./);
      const second = await visitor(browser, server as never);
      await second.page.goto("/check");
      await second.page.getByRole("textbox", { name: "Code from the first device" }).fill(address);
      await press(second.page, "Record");
      await second.page.getByText("Practice ledger: nothing here counts.").waitFor();
      await sees(second.page, "Recorded");
      await accessible(second.page);
      const paths = second.requests
        .map(({ url }) => new URL(url).pathname)
        .filter((path) => path.includes("elections/"));
      expect(paths.length).toBeGreaterThan(0);
      expect(paths.filter((path) => !path.startsWith("/practice/api/"))).toEqual([]);
      await second.context.close();
      await fresh.context.close();
    },
    START_MS,
  );

  test("no cookie reaches the practice ledger or comes from it; its keys lie in its own folder", async () => {
    const answer = await fetch(`${server.url}/practice/api/ledger/status`, { headers: { cookie: "__Host-session=x" } });
    expect(await answer.json()).toMatchObject({ practice: true });
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect((await fetch(`${server.url}/ledger/status`)).status).toBe(503);
    const kept = JSON.parse(await readFile(join(directory, "practice", "keys", "practice.json"), "utf8")) as object;
    expect(kept).toHaveProperty("officer");
  });
});

/**
 * Nothing on the console but refusals that the server explained: it was busy, said when to come again, and the same
 * request was answered later.
 */
function expectTracedOnly({ complaints, answers }: Visitor): void {
  const shed = answers.filter(({ status }) => status === 503);
  expect(complaints.filter((each) => !each.includes("status of 503"))).toEqual([]);
  expect(complaints.length).toBeLessThanOrEqual(shed.length);
  for (const refused of shed) {
    expect([refused.url, Number(refused.retryAfter) > 0]).toEqual([refused.url, true]);
    const later = answers.slice(answers.indexOf(refused) + 1).filter(({ url }) => url === refused.url);
    expect([refused.url, later.some(({ status }) => status < 400)]).toEqual([refused.url, true]);
  }
}
