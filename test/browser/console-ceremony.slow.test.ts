/**
 * A whole election set up in browsers: two officers of whom both are needed, three trustees of whom two are, by roles and
 * visible words. Voters cast through the client here; the booth has tests of its own.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { anchorOf, electionOf, vote } from "#client/voter.js";
import { makeCode } from "#crypto/base58.js";
import { identityFromCode, keyBytes } from "#protocol/identity.js";
import { eventually, minutes, random, setupTokenOf, startWorld, type World } from "../election/kit.js";
import {
  accessible as axe,
  capability,
  follow,
  launch,
  press,
  sees,
  type,
  typeSecret,
  type Visitor,
  visitor,
} from "./kit.js";

const passphrase = "a quiet room with two doors";
const names = ["Tara", "Tom", "Tilda <img src=x onerror=alert(1)>"];

describe.skipIf(!capability("chromium"))("console and ceremony in a browser", () => {
  let world: World;
  let browser: Browser;
  let first: Visitor;
  let second: Visitor;
  let uuid = "";
  let secondKey = "";
  let closesAt = 0n;
  const trustees: { visitor: Visitor; code: string }[] = [];
  const voters = Array.from({ length: 6 }, (_, i) => ({ name: `Voter ${i + 1}`, code: makeCode(random) }));

  beforeAll(async () => {
    world = await startWorld();
    browser = await launch();
    first = await visitor(browser, world);
    second = await visitor(browser, world, { width: 360 });
  });

  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  test("the first officer opens the set-up link, makes a key, and founds the ledger", async () => {
    const { page } = first;
    await page.goto(`/setup#${setupTokenOf(world)}`);
    await sees(page, "Found the ledger");
    await press(page, "Make my key");
    await page.getByRole("alert").getByRole("link", { name: "Write your name." }).waitFor();
    await accessible(page);
    await type(page, "Name of the organisation", "Reading Club");
    await type(page, "Your name", "Olga Officer");
    await press(page, "Make my key");
    await makeAndReadBack(page, "Your officer's code", "Found the ledger");
    await keepKey(page);
    await sees(page, "The ledger is founded");
    await accessible(page);
    expect(page.url()).not.toContain("#");
    await follow(page, "To the console");
    await sees(page, "Elections office");
    await page.getByText("No election yet").waitFor();
    await accessible(page);
  });

  test("a second officer makes a key, is appointed, and from then on both are needed", async () => {
    const { page } = second;
    await page.goto("/console");
    await sees(page, "Sign in as an officer");
    await accessible(page);
    await follow(page, "Become an officer");
    await type(page, "Your name", "Otto Officer");
    await press(page, "Make my key");
    await makeAndReadBack(page, "Your officer's code", "Make my key");
    await keepKey(page);
    await sees(page, "Your public key");
    await accessible(page);
    secondKey = await codeOn(page);
    expect(secondKey).toMatch(/^[0-9a-f]{64}$/);
    await follow(first.page, "Officers");
    await sees(first.page, "Officers");
    await type(first.page, "Public key of the new officer", "none");
    await press(first.page, "Propose the appointment");
    await first.page.getByRole("alert").first().waitFor();
    await accessible(first.page);
    await type(first.page, "Name of the new officer", "Otto Officer");
    await type(first.page, "Public key of the new officer", secondKey);
    await type(first.page, "Approvals needed from then on", "2");
    await press(first.page, "Propose the appointment");
    await first.page.getByText("Reading Club: 2 of 2 officers approve an act together.").waitFor();
    await first.page.getByText("Remove an officer").click();
    await press(first.page, "Propose the removal");
    await first.page.getByRole("alert").getByText("Choose who goes.").waitFor();
    await accessible(first.page);
    await follow(first.page, "Validators");
    await first.page.getByText("This ledger is kept by one node. There are no validators to change.").waitFor();
    await accessible(first.page);
    await follow(page, "To the console");
    await typeSecret(page, "Passphrase", "wrong passphrase");
    await press(page, "Sign in as Otto Officer");
    await page.getByRole("alert").first().waitFor();
    await typeSecret(page, "Passphrase", passphrase);
    await press(page, "Sign in as Otto Officer");
    await sees(page, "Elections office");
    await accessible(page);
  });

  test("a list is looked at before it is imported; faulty lines are named", async () => {
    const { page } = first;
    await follow(page, "Voters");
    await sees(page, "Voters");
    await page.getByText("Nobody here.").waitFor();
    await accessible(page);
    await follow(page, "Import a list");
    const key = (code: string) => toHex(keyBytes(identityFromCode(code, "voter")));
    const lines = voters.map(({ name, code }, i) => `${name},voter-${i + 1}@club.example,${key(code)}`);
    const csv = ["name,email,public_key", ...lines, "Broken,not an address,", ""].join("\n");
    const file = { name: "voters.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
    await page.getByLabel("List of voters (CSV)").setInputFiles(file);
    await sees(page, "Preview: nothing is stored yet");
    await page.getByRole("table", { name: "Faulty lines, left out" }).getByText("8").waitFor();
    await accessible(page);
    await press(page, "Import");
    await sees(page, "The list is imported");
    await accessible(page);
    const next = [
      "name,email",
      "Voter One,voter-1@club.example",
      ...voters.slice(1, 5).map(({ name }, i) => `${name},voter-${i + 2}@club.example`),
    ];
    const later = { name: "later.csv", mimeType: "text/csv", buffer: Buffer.from(`${next.join("\n")}\n`) };
    await page.getByLabel("List of voters (CSV)").setInputFiles(later);
    await page.getByRole("table", { name: "What changes" }).getByText("Voter One").first().waitFor();
    await page.getByRole("table", { name: "Known, but not on this list" }).getByText("Voter 6").waitFor();
    await page.getByRole("radio", { name: "They are suspended" }).check();
    await accessible(page);
    await follow(page, "To the list of voters");
    await page.getByText("Page 1 of 1; 6 in all").waitFor();
    await page.getByRole("searchbox", { name: "Name or address" }).fill("voter-3@");
    await press(page, "Show");
    await page.getByText("Page 1 of 1; 1 in all").waitFor();
    await press(page, "Suspend Voter 3");
    await page.getByRole("button", { name: "Approve Voter 3" }).click();
    await page.getByRole("button", { name: "Suspend Voter 3" }).waitFor();
    await accessible(page);
  });

  test("the wizard: questions, voters, trustees with links, dates, letter, rehearsal, and what blocks", async () => {
    const { page } = first;
    await follow(page, "Our elections");
    await press(page, "New election");
    await sees(page, "Questions");
    uuid = /drafts\/([^/]+)\//.exec(page.url())?.[1] ?? "";
    await type(page, "Name of the election", "Chair of the club");
    await type(page, "Description", "Who leads us next year?");
    await type(page, "Question", "Who shall chair?");
    await type(page, "Answers, one a line", "Ada\nBořek");
    await type(page, "At most", "3");
    await press(page, "Continue");
    await page.getByRole("alert").first().waitFor();
    await accessible(page);
    await type(page, "At most", "1");
    await press(page, "Continue");
    await translateIntoGerman(page);
    await press(page, "Continue");
    await sees(page, "Voters");
    await type(page, "Privacy floor", "2");
    await accessible(page);
    await press(page, "Continue");
    await sees(page, "Trustees");
    for (const [i, name] of names.entries()) {
      await press(page, "Add a trustee");
      await page
        .getByRole("group", { name: `Trustee ${i + 1}` })
        .getByRole("textbox")
        .fill(name);
    }
    for (const name of names) {
      await press(page, `Make a link for ${name}`);
      await page.getByText(`Link for ${name}`, { exact: true }).waitFor();
    }
    await accessible(page);
    for (const name of names) trustees.push(await acceptAs(name, await linkFor(page, name)));
    await press(page, "Continue");
    await sees(page, "Dates");
    await press(page, "Continue");
    await page.getByRole("alert").first().waitFor();
    const start = world.now() / 1_000_000n;
    await page.getByLabel("Opening", { exact: true }).fill(pragueTime(start + 3_600_000n));
    await page.getByLabel("Closing", { exact: true }).fill(pragueTime(start + 7_200_000n));
    await page.getByLabel(/^Latest closing/).fill(pragueTime(start + 14_400_000n));
    await accessible(page);
    await press(page, "Continue");
    await safeguard(page);
    await press(page, "Continue");
    await sees(page, "Letter");
    await page.getByText("Chair of the club").first().waitFor();
    await accessible(page);
    await press(page, "Continue");
    await sees(page, "Rehearsal");
    await press(page, "Check this paper");
    await page.getByRole("alert").getByText("Who shall chair?: choose from 1 to 1.").waitFor();
    await page.getByRole("checkbox", { name: "Ada" }).check();
    await press(page, "Check this paper");
    await page.getByText("This paper would be accepted.").waitFor();
    await accessible(page);
    await press(page, "Continue");
    await sees(page, "Announce");
    await page.getByText("Nothing blocks the announcement").waitFor();
    await accessible(page);
    await press(page, "Announce the election");
    await page.getByText("1 of 2 approvals.").waitFor();
    await approveWaiting("announce an election");
  });

  test("the ceremony: three trustees with their codes, every phase, in three browsers", async () => {
    for (const { visitor: one, code } of trustees) {
      await one.page.goto(`/ceremony/${uuid}`);
      await sees(one.page, "Key ceremony: Chair of the club");
      await one.page.getByRole("textbox", { name: "Trustee's code" }).fill(code);
      await press(one.page, "Take part");
    }
    await accessible((trustees[0] as { visitor: Visitor }).visitor.page);
    for (const { visitor: one } of trustees) await one.page.getByText("Your part is done").waitFor({ timeout: 60_000 });
    await accessible((trustees[2] as { visitor: Visitor }).visitor.page);
    expect(await world.client().request(`/elections/${uuid}/ceremony`)).toMatchObject({ phase: "done" });
  });

  test("the roll is entered, recomputed in each officer's browser, and sealed by both", async () => {
    const { page } = first;
    await page.goto(`/console/elections/${uuid}`);
    await signIn(page, "Olga Officer");
    await sees(page, "Chair of the club");
    await press(page, "Enter the roll");
    await page.getByText("Credentials on the roll: 6").first().waitFor();
    await follow(page, "Ask a sample of the roll");
    await type(page, "How many people", "0");
    await press(page, "Draw");
    await page.getByRole("alert").first().waitFor();
    await type(page, "How many people", "3");
    await press(page, "Draw");
    await page
      .getByText(/^(Nothing is drawn yet|3 of 6 on the roll, drawn by block)/)
      .first()
      .waitFor();
    await accessible(page);
    await page.goBack();
    await press(page, "Recompute and compare");
    await page.getByText("Roll, key and manifest were recomputed in this browser and agree").waitFor();
    await sees(page, "Sealing fixes this for ever");
    await accessible(page);
    await press(page, "Seal the election");
    await page.getByText("1 of 2 approvals.").waitFor();
    await approveWaiting("seal an election");
    await press(page, "Look again");
    await page.getByText("Fingerprint").waitFor();
    expect(await world.client().request(`/elections/${uuid}`)).toMatchObject({ stage: "sealed", roll: 6 });
    const found = await world.client().request<{ end_date: string }>(`/elections/${uuid}`);
    closesAt = BigInt(Date.parse(found.end_date)) * 1_000_000n;
  });

  test("open: turnout live, no result; an extension by both", async () => {
    await world.until(closesAt - minutes(60));
    const http = world.client();
    const election = await electionOf(http, uuid, await anchorOf(http));
    for (const [i, { code }] of voters.slice(0, 5).entries())
      await vote(http, election, identityFromCode(code, "voter"), [i < 3 ? [1, 0] : [0, 1]], random);
    const { page } = first;
    await press(page, "Look again");
    await page.getByText("5 of 6 voters (83.3%)").waitFor();
    expect(await page.getByRole("main").innerText()).not.toContain("Bořek");
    await accessible(page);
    await page.getByText("Close later").click();
    await press(page, "Propose the extension");
    await page.getByText("1 of 2 approvals.").waitFor();
    await approveWaiting("close an election later");
    await eventually("a later closing", async () => {
      const found = await http.request<{ end_date: string }>(`/elections/${uuid}`);
      const at = BigInt(Date.parse(found.end_date)) * 1_000_000n;
      const later = at > closesAt;
      closesAt = at;
      return later;
    });
  });

  test("closed: two trustees open the sum, destroy their codes, and the result stands", async () => {
    await world.until(closesAt);
    for (const { visitor: one, code } of trustees.slice(0, 2)) {
      const { page } = one;
      await page.goto(`/ceremony/${uuid}`);
      await sees(page, "Open the sum");
      await page.getByRole("textbox", { name: "Trustee's code" }).fill(code);
      await press(page, "Take part");
      await press(page, "Open my part");
      await page.getByText("Your part is opened").waitFor();
      await accessible(page);
      await press(page, "I have destroyed it");
      await page.getByText("Thank you. Nothing more is asked of you.").waitFor();
      expect(await page.content()).not.toContain(code.slice(0, 8));
    }
    const result = await world.client().request(`/elections/${uuid}/result`);
    expect(result).toMatchObject({ counted: 5, questions: [{ answers: [{ count: 3 }, { count: 2 }] }] });
    await press(first.page, "Look again");
    await first.page.getByText("counted", { exact: true }).first().waitFor();
    await accessible(first.page);
    for (const { complaints } of [first, second, ...trustees.map((each) => each.visitor)])
      expect(complaints).toEqual([]);
  });

  /** The second officer reads what waits and approves it. */
  async function approveWaiting(act: string): Promise<void> {
    const { page } = second;
    await page.goto("/console/approvals");
    await signIn(page, "Otto Officer");
    const waiting = page.getByRole("row", { name: /collecting approvals/ });
    await waiting.getByRole("link", { name: act }).click();
    await sees(page, act);
    if (act === "seal an election") {
      await press(page, "Recompute and compare");
      await page.getByText("Roll, key and manifest were recomputed in this browser and agree").waitFor();
    }
    await accessible(page);
    await press(page, "Approve");
    await page.getByText("Recorded on the ledger.").waitFor();
  }

  /** A trustee opens the link, makes a code and reads the copy back. */
  async function acceptAs(name: string, link: string): Promise<{ visitor: Visitor; code: string }> {
    const one = await visitor(browser, world);
    await one.page.goto(link);
    await sees(one.page, "Trustee of “Chair of the club”");
    await one.page.getByText(name).first().waitFor();
    await accessible(one.page);
    await press(one.page, "Make my code");
    const code = await makeAndReadBack(one.page, "Your trustee's code", "Register my key");
    await sees(one.page, "Your key is registered");
    await accessible(one.page);
    return { visitor: one, code };
  }
});

const pictures = process.env.PSEPHOS_SCREENSHOTS;
let pictured = 0;

/** No rule of accessibility is broken here; with PSEPHOS_SCREENSHOTS a picture is taken at two widths, too. */
async function accessible(page: Page): Promise<void> {
  await axe(page);
  if (pictures === undefined) return;
  const folder = join(pictures, "office");
  mkdirSync(folder, { recursive: true });
  const before = page.viewportSize();
  const name = `${String(++pictured).padStart(2, "0")}-${new URL(page.url()).pathname.split("/")[1] ?? ""}`;
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
  }
  if (before !== null) await page.setViewportSize(before);
}

/** A translation with a gap is refused; then the gap is filled. */
async function translateIntoGerman(page: Page): Promise<void> {
  await sees(page, "Translations");
  await page.getByText("No translation yet.").waitFor();
  await page.getByLabel("Language", { exact: true }).last().selectOption("de");
  await press(page, "Add a language");
  const german = page.getByRole("group", { name: "Deutsch" });
  await german.getByRole("textbox", { name: "Name of the election" }).fill("Vorsitz des Vereins");
  await german.getByRole("textbox", { name: "Question 1", exact: true }).fill("Wer soll den Vorsitz führen?");
  await german.getByRole("textbox", { name: /^Answers to question 1/ }).fill("Ada");
  await press(page, "Continue");
  await page
    .getByRole("alert")
    .getByText(/^Deutsch, question 1:/)
    .waitFor();
  await accessible(page);
  await german.getByRole("textbox", { name: /^Answers to question 1/ }).fill("Ada\nBořek");
}

/** An address that is none is refused; the files of the site are pinned. */
async function safeguard(page: Page): Promise<void> {
  await sees(page, "Safeguards");
  await type(page, "Addresses of second nodes, one a line", "ledger.example");
  await press(page, "Continue");
  await page.getByRole("alert").getByText("“ledger.example” is not the address of a server (https://…).").waitFor();
  await type(page, "Addresses of second nodes, one a line", "");
  await page.getByRole("checkbox", { name: "Pin the files of this site" }).check();
  await page.getByText(/^[0-9a-f]{64}$/).waitFor();
  await accessible(page);
}

async function signIn(page: Page, name: string): Promise<void> {
  await typeSecret(page, "Passphrase", passphrase);
  await press(page, `Sign in as ${name}`);
}

/** The code is shown; a wrong copy is refused; the right one goes on. */
async function makeAndReadBack(page: Page, title: string, go: string): Promise<string> {
  await sees(page, title);
  await accessible(page);
  const code = await codeOn(page);
  expect(code).toMatch(/^[1-9A-Za-z]{22}$/);
  await press(page, "I have my copy");
  await sees(page, "Read your copy back");
  const field = page.getByRole("textbox", { name: "Trustee's code" });
  await field.fill(`${code.slice(0, -1)}0`);
  await press(page, go);
  await page.getByRole("alert").first().waitFor();
  await accessible(page);
  await field.fill(code);
  await press(page, go);
  return code;
}

async function keepKey(page: Page): Promise<void> {
  await sees(page, "Keep the key on this device?");
  await typeSecret(page, "Passphrase", passphrase);
  await typeSecret(page, "Passphrase again", passphrase);
  await press(page, "Go on");
}

async function codeOn(page: Page): Promise<string> {
  return (await page.locator("p.code span").allInnerTexts()).join("");
}

async function linkFor(page: Page, name: string): Promise<string> {
  const box = page.locator(".code-box", { hasText: `Link for ${name}` });
  return (await box.locator("p.code span").allInnerTexts()).join("");
}

/** What a person in Prague types for an instant (milliseconds). */
function pragueTime(ms: bigint): string {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Europe/Prague",
    dateStyle: "short",
    timeStyle: "short",
  }).format(new Date(Number(ms)));
  return parts.replace(" ", "T");
}
