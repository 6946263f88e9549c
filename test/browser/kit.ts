/**
 * People before a browser: Debian's Chromium, driven by roles and visible words, against a real server over the built
 * files. What a page says on its console as an error, and what the content policy refuses, fails the test.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import type { DraftBody } from "#api/management.js";
import {
  announceElection,
  type Election,
  enterAndSeal,
  makeKeys,
  members,
  type Officer,
  schedule,
  type World,
} from "../election/kit.js";

export { capability } from "../capabilities.js";

/** One browser for a test file. As root Chromium has no sandbox. */
export function launch(...more: readonly string[]): Promise<Browser> {
  const args = ["--no-sandbox", "--disable-dev-shm-usage", ...more];
  return chromium.launch({ executablePath: "/usr/bin/chromium", args });
}

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors and refusals of the content policy, so far. */
  readonly complaints: string[];
  /** Every request: method, path without query, and size of the body. */
  readonly requests: { readonly method: string; readonly url: string; readonly size: number }[];
  /** Every answer: a server that asks to come again says when. */
  readonly answers: { readonly url: string; readonly status: number; readonly retryAfter: string | undefined }[];
}

export interface VisitorOptions {
  readonly language?: string;
  readonly width?: number;
  readonly dark?: boolean;
}

/** Somebody with a fresh browser profile. */
export async function visitor(browser: Browser, world: World, options: VisitorOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: world.url,
    locale: options.language ?? "en",
    timezoneId: "Europe/Prague",
    viewport: { width: options.width ?? 1280, height: 800 },
    colorScheme: options.dark ? "dark" : "light",
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  const requests: Visitor["requests"] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of (401|403|404)/.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const size = request.postDataBuffer()?.length ?? 0;
    requests.push({ method: request.method(), url: request.url(), size });
  });
  const answers: Visitor["answers"] = [];
  page.on("response", (response) => {
    const retryAfter = response.headers()["retry-after"];
    answers.push({ url: response.url(), status: response.status(), retryAfter });
  });
  return { page, context, complaints, requests, answers };
}

/** Names in full; part of a name as a regular expression. */
const named = (name: string | RegExp) => (typeof name === "string" ? { name, exact: true } : { name });

export const press = (page: Page, name: string | RegExp) => page.getByRole("button", named(name)).click();
export const follow = (page: Page, name: string | RegExp) => page.getByRole("link", named(name)).click();
export const type = (page: Page, label: string | RegExp, text: string) =>
  page.getByRole("textbox", named(label)).fill(text);
/** Passphrases: fields whose role no browser tells. */
export const typeSecret = (page: Page, label: string, text: string) =>
  page.getByLabel(label, { exact: true }).fill(text);
export const choose = (page: Page, name: string | RegExp) => page.getByRole("radio", named(name)).check();
/** Waits for a heading; what the page says instead is told when it does not come. */
export async function sees(page: Page, heading: string | RegExp): Promise<void> {
  try {
    await page.getByRole("heading", { name: heading }).first().waitFor({ state: "visible" });
  } catch (cause) {
    const text = await page.locator("body").innerText();
    throw new Error(`the page at ${page.url()} does not show ${String(heading)}, but:\n${text}`, { cause });
  }
}

/** No rule of WCAG 2.2 A and AA that axe knows is broken on the page as it is. */
export async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
  expect(said).toEqual([]);
  const tooWide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
  expect(tooWide, "the page scrolls sideways").toBe(false);
}

/** Goes to a page of the console with an officer's code: this device keeps no key, so it is asked for after each load. */
export async function enterConsole(page: Page, path: string, code: string): Promise<void> {
  await page.goto(path);
  await type(page, "Recovery code", code);
  await press(page, "Sign in");
  await page.locator(".office-bar").waitFor();
}

const pictures = process.env.PSEPHOS_SCREENSHOTS;

/** {@link accessible} at the width of a phone; with PSEPHOS_SCREENSHOTS a picture of this name on a phone and on a desk. */
export async function seen(page: Page, picture: string): Promise<void> {
  for (const [name, width] of [
    ["desktop", 1280],
    ["phone", 360],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    if (pictures === undefined) continue;
    mkdirSync(join(pictures, name), { recursive: true });
    await page.screenshot({ path: join(pictures, name, `${picture}.png`), fullPage: true });
  }
  // Once, where it is tighter: the rules take seconds on long tables.
  await accessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** An election whose roll is everybody that the registry approves, open now. */
export async function openElection(world: World, officer: Officer, draft: Partial<DraftBody>): Promise<Election> {
  const election = await announceElection(world, [officer], {
    name: "Bridge over the river",
    description: "The council asks everybody who lives here.",
    questions: [{ question: "Shall the town build the bridge?", answers: ["Yes", "No"], min: 1, max: 1, blank: true }],
    ...schedule(world, 30, 600),
    trustees: members("Tomáš", "Tereza"),
    threshold: 1,
    ...draft,
  } as DraftBody);
  await makeKeys(world, election);
  await enterAndSeal(world, [officer], election, { kind: "all" });
  await world.until(election.plan.opensAt);
  return election;
}
