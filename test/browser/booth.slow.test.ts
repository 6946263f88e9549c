/** A citizen registers, votes, tests the device and looks her vote up, in a browser, by roles and visible words. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Election,
  foundLedger,
  importWithLetters,
  type Officer,
  people,
  startWorld,
  type Voter,
  type World,
} from "../election/kit.js";
import {
  accessible,
  capability,
  choose,
  follow,
  launch,
  openElection,
  press,
  sees,
  type,
  typeSecret,
  type Visitor,
  visitor,
} from "./kit.js";

const questions = [
  { question: "Shall the town build the bridge?", answers: ["Yes", "No"], min: 1, max: 1, blank: true },
  {
    question: "Who shall sit on the bridge committee?",
    answers: [
      "Ada",
      "Bořek <img src=x onerror=alert(1)>",
      "Cyril",
      "A name that is so long that it needs more than one line on every phone there is",
    ],
    min: 1,
    max: 2,
    blank: true,
  },
];

describe.skipIf(!capability("chromium"))("the booth in a browser", () => {
  let world: World;
  let browser: Browser;
  let officer: Officer;
  let election: Election;
  let voters: Voter[];
  let citizen: Visitor;
  let code = "";

  beforeAll(async () => {
    world = await startWorld();
    browser = await launch();
    officer = await foundLedger(world, "Town of Příbram", "Olga Officer");
    voters = await importWithLetters(world, officer, people(9, "pribram.example"));
    citizen = await visitor(browser, world);
  });

  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  test("she registers: form, mailed link, a code that is shown once and typed again, a key kept on the device", async () => {
    const { page } = citizen;
    await page.goto("/join");
    await sees(page, "Register to vote");
    await press(page, "Register");
    await page.getByRole("alert").getByRole("link", { name: "Write your name." }).waitFor();
    await accessible(page);
    await type(page, "Your name", "Žofie Nováková");
    await type(page, "Your mail address", "zofie@example.org");
    await press(page, "Register");
    await sees(page, "A mail is on its way");
    await accessible(page);
    await follow(page, "Open the mailed link");
    await sees(page, "Your recovery code");
    await accessible(page);
    code = await codeOn(page);
    expect(code).toMatch(/^[1-9A-Za-z]{22}$/);
    await press(page, "I have written it down");
    await type(page, "Recovery code", `${code.slice(0, -1)}1`);
    await press(page, "Confirm my registration");
    await page.getByRole("alert").first().waitFor();
    await accessible(page);
    await type(page, "Recovery code", code);
    await press(page, "Confirm my registration");
    await sees(page, "Keep the key on this device?");
    await typeSecret(page, "Passphrase", "a horse of another stable");
    await typeSecret(page, "Passphrase again", "a horse of another stable");
    await accessible(page);
    await press(page, "Go on");
    await sees(page, "You are registered");
    await accessible(page);
    expect(page.url()).not.toContain("#");
    await follow(page, "To my page");
    await sees(page, "Hello Žofie Nováková");
    expect(await page.content()).not.toContain(code.slice(0, 5));
    await accessible(page);
  });

  test("the election opens, and her page leads to the booth", async () => {
    const found = await officer.http.request<{ voters: { id: string }[] }>("/officer/voters?status=pending");
    await officer.http.request(`/officer/voters/${found.voters[0]?.id}/approve`, { method: "POST", json: {} });
    election = await openElection(world, officer, { questions });
    const { page } = citizen;
    await page.goto("/me");
    await sees(page, "Sign in");
    await accessible(page);
    await typeSecret(page, "Passphrase", "wrong passphrase");
    await press(page, "Sign in as Žofie Nováková");
    await page.getByRole("alert").first().waitFor();
    await typeSecret(page, "Passphrase", "a horse of another stable");
    await press(page, "Sign in as Žofie Nováková");
    await sees(page, "Bridge over the river");
    await accessible(page);
    await follow(page, "Vote");
    await sees(page, "Your ballot paper");
    await page.getByText("Compare with your letter").click();
    await page.getByText(election.plan.uuid === "" ? "" : "Fingerprint").waitFor();
    await accessible(page);
  });

  test("one question a screen, a live count, faults in words, a check page with ways back", async () => {
    const { page } = citizen;
    await press(page, "Begin");
    await sees(page, "Question 1 of 2");
    await page.getByText("Step 1 of 4").waitFor();
    await press(page, "Continue");
    await page.getByRole("alert").getByText("Choose an answer, or the blank vote.").waitFor();
    await accessible(page);
    await choose(page, "Yes");
    await page.getByText("1 of 1 chosen").waitFor();
    await press(page, "Continue");
    await sees(page, "Question 2 of 2");
    for (const name of ["Ada", /Bořek/, "Cyril"]) await page.getByRole("checkbox", { name }).check();
    await press(page, "Continue");
    await page.getByRole("alert").getByText("Choose at most 2; 3 are chosen.").waitFor();
    await page.getByRole("checkbox", { name: "Ada" }).uncheck();
    await page.getByText("2 of 2 chosen").waitFor();
    await accessible(page);
    await press(page, "Continue");
    await sees(page, "Check your choices");
    await page.getByText("Nothing is sent yet.").waitFor();
    await page.getByText("Bořek <img src=x onerror=alert(1)>").waitFor();
    await accessible(page);
    await press(page, "Change: Shall the town build the bridge?");
    await choose(page, "No");
    await press(page, "Continue");
    await sees(page, "Check your choices");
    await page.goBack();
    await sees(page, "Question 1 of 2");
    await press(page, "Continue");
    await sees(page, "Question 2 of 2");
    await press(page, "Continue");
    await sees(page, "Check your choices");
  });

  test("she tests the device: a second one records the code first and says in words what was sealed", async () => {
    const { page } = citizen;
    await press(page, "Seal my vote");
    await sees(page, "Sealed, but not sent yet");
    await accessible(page);
    const tracker = await codeOn(page);
    await page.getByText("Test this device (practice envelope)").first().click();
    await accessible(page);
    const second = await visitor(browser, world, { width: 360 });
    const fingerprint = (await world.client().request<{ fingerprint: string }>(`/elections/${election.uuid}`))
      .fingerprint;
    const path = (text: string) => text.replaceAll("+", "-").replaceAll("/", "_");
    await second.page.goto(`/check#t.${election.uuid}.${path(tracker)}.${path(fingerprint)}`);
    await sees(second.page, "Recorded");
    expect(second.page.url()).not.toContain("#");
    expect(await codeOn(second.page)).toBe(tracker);
    await accessible(second.page);
    await press(page, "Test this device (practice envelope)");
    await sees(page, "The practice envelope");
    await accessible(page);
    const opening = await page.getByRole("textbox", { name: /No camera/ }).inputValue();
    await sees(second.page, "The ledger proves the test.");
    await accessible(second.page);
    await type(second.page, "Opening from the first device", opening.replace(".001-", ".010-"));
    await press(second.page, "Compare");
    await sees(second.page, "The envelope does not open");
    await accessible(second.page);
    await type(second.page, "Opening from the first device", opening);
    await press(second.page, "Compare");
    await sees(second.page, "The practice envelope says");
    const said = await second.page.getByRole("main").innerText();
    expect(said).toContain("No");
    expect(said).toContain("Bořek");
    expect(said).toContain("Cyril");
    expect(said).not.toContain("Ada");
    await accessible(second.page);
    expect(second.complaints).toEqual([]);
    await second.context.close();
    expect(await world.client().request(`/elections/${election.uuid}`)).toMatchObject({ spoiled: 1, counted: 0 });
    await press(page, "What I chose. Go on to vote");
    await sees(page, "Check your choices");
  });

  test("W-08, W-11: she sends; the confirmation lasts, and nothing left behind shows the choice", async () => {
    const { page, context } = citizen;
    await press(page, "Seal my vote");
    await sees(page, "Sealed, but not sent yet");
    const tracker = await codeOn(page);
    await page.getByRole("button", { name: "Send my vote" }).dblclick();
    await sees(page, "Your vote is recorded");
    await accessible(page);
    expect(await codeOn(page)).toBe(tracker);
    expect(await world.client().request(`/elections/${election.uuid}`)).toMatchObject({ counted: 1, ballots: 2 });
    const text = await page.content();
    for (const word of ["Bořek", "Cyril", "Shall the town"]) expect(text).not.toContain(word);
    await page.goBack();
    expect(await page.content()).not.toContain("Bořek");
    const stored = JSON.stringify(await context.storageState({ indexedDB: true }));
    for (const word of ["Bořek", "Cyril", "choice", code]) expect(stored).not.toContain(word);
    await page.goto(`/my-vote#${election.uuid}.${tracker.replaceAll("+", "-").replaceAll("/", "_")}`);
    await sees(page, /^Recorded at .*, and counted\.$/);
    await page.locator("summary").filter({ hasText: "Every check" }).click();
    await accessible(page);
  });

  test("a code that is not on the ledger, or no code at all, gets a sentence that says what to do", async () => {
    const { page } = citizen;
    await page.goto("/my-vote");
    await press(page, "Check");
    await page.getByRole("alert").getByText("Paste a receipt code, or open a receipt file.").waitFor();
    await accessible(page);
    await type(
      page,
      "Receipt code, or the whole receipt",
      `https://x.example/my-vote#${election.uuid}.${"A".repeat(42)}E`,
    );
    await press(page, "Check");
    await sees(page, "Not found on the ledger.");
    await accessible(page);
  });

  test("keyboard alone: a voter with a letter signs in with the code and casts", async () => {
    const voter = voters[0] as Voter;
    const { page, complaints, context } = await visitor(browser, world);
    await page.goto(`/booth/${election.uuid}`);
    await sees(page, "Sign in to vote");
    await tabTo(page, "Recovery code");
    await page.keyboard.type(voter.code);
    await page.keyboard.press("Enter");
    await sees(page, "Your ballot paper");
    await tabTo(page, "Begin");
    await page.keyboard.press("Enter");
    await sees(page, "Question 1 of 2");
    await tabTo(page, "Yes");
    await page.keyboard.press("Space");
    await tabTo(page, "Continue");
    await page.keyboard.press("Enter");
    await sees(page, "Question 2 of 2");
    await tabTo(page, "Blank vote: none of the answers");
    await page.keyboard.press("Space");
    await tabTo(page, "Continue");
    await page.keyboard.press("Enter");
    await sees(page, "Check your choices");
    await tabTo(page, "Seal my vote");
    await page.keyboard.press("Enter");
    await sees(page, "Sealed, but not sent yet");
    await tabTo(page, "Send my vote");
    await page.keyboard.press("Enter");
    await sees(page, "Your vote is recorded");
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("W-02, W-09: requests go to this origin only, in the same sequence and of the same sizes for every choice", async () => {
    const votes = ["Yes", "No", "Blank vote: none of the answers"];
    const traces: string[] = [];
    for (const [index, choice] of votes.entries()) {
      const someone = await visitor(browser, world);
      const { page, requests } = someone;
      await page.goto(`/booth/${election.uuid}`);
      await type(page, "Recovery code", (voters[index + 1] as Voter).code);
      await press(page, "Sign in");
      await press(page, "Begin");
      await choose(page, choice);
      await press(page, "Continue");
      await page.getByRole("checkbox", { name: index === 0 ? /A name that is so long/ : "Ada" }).check();
      await press(page, "Continue");
      await press(page, "Seal my vote");
      await press(page, "Send my vote");
      await sees(page, "Your vote is recorded");
      expect(requests.filter(({ url }) => new URL(url).origin !== world.url && !url.startsWith("blob:"))).toEqual([]);
      const api = requests.filter(({ url }) => !new URL(url).pathname.startsWith("/assets/"));
      const anonymous = (url: string) => new URL(url).pathname.replace(/credentials\/[0-9a-f]+/, "credentials/X");
      traces.push(api.map(({ method, url, size }) => `${method} ${anonymous(url)} ${size}`).join("\n"));
      expect(someone.complaints).toEqual([]);
      await someone.context.close();
    }
    expect(traces[0]).toMatch(/POST \/vote \d{4}/);
    expect(new Set(traces).size).toBe(1);
  });

  test("network loss keeps the choices; trying again sends the same ballot once", async () => {
    const { page, context } = await visitor(browser, world);
    await page.goto(`/booth/${election.uuid}`);
    await type(page, "Recovery code", (voters[5] as Voter).code);
    await press(page, "Sign in");
    await press(page, "Begin");
    await choose(page, "Yes");
    await press(page, "Continue");
    await page.getByRole("checkbox", { name: "Ada" }).check();
    await press(page, "Continue");
    await press(page, "Seal my vote");
    await sees(page, "Sealed, but not sent yet");
    const before = (await world.client().request<{ ballots: number }>(`/elections/${election.uuid}`)).ballots;
    await page.route("**/vote", (route) => route.abort());
    await press(page, "Send my vote");
    await sees(page, "Not sent");
    await accessible(page);
    await page.unroute("**/vote");
    await press(page, "Send my vote");
    await sees(page, "Your vote is recorded");
    expect((await world.client().request<{ ballots: number }>(`/elections/${election.uuid}`)).ballots).toBe(before + 1);
    await context.close();
  });

  test("states without a vote: not on the roll, unknown, and the citizen's page said nothing on its console", async () => {
    const { page, context } = await visitor(browser, world);
    await page.goto("/booth/9xKfYmrnjPbCvA");
    await type(page, "Recovery code", (voters[6] as Voter).code);
    await press(page, "Sign in");
    await page.getByText("There is no such election here.").waitFor();
    await accessible(page);
    await context.close();
    expect(citizen.complaints).toEqual([]);
  });
});

/** The code that a page shows in groups. */
async function codeOn(page: Page): Promise<string> {
  const parts = await page.locator("p.code span").allInnerTexts();
  return parts.join("");
}

/** Moves the focus with the Tab key until it is on what has this name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate<string>(
      "document.activeElement?.labels?.[0]?.innerText ?? document.activeElement?.innerText ?? ''",
    );
    if (here.trim() === name) return;
  }
  throw new Error(`the Tab key does not reach ${name}`);
}
