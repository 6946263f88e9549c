/**
 * An officer's desk in a browser, by roles and visible words: what became of letters, reminders, one voter's page. People
 * and ballots come through the client. With PSEPHOS_SCREENSHOTS it takes pictures, on a desktop and on a phone.
 */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SignedMinutes } from "#api/minutes.js";
import { anchorOf, electionOf, vote } from "#client/voter.js";
import {
  type Election,
  eventually,
  foundLedger,
  importWithLetters,
  type Officer,
  openSum,
  people,
  random,
  startWorld,
  type Voter,
  type World,
} from "../election/kit.js";
import {
  capability,
  choose,
  follow,
  launch,
  openElection,
  press,
  seen,
  sees,
  type,
  type Visitor,
  visitor,
} from "./kit.js";
import { pdfText } from "./pdf-text.js";

const secret = "a secret of the mail service, long enough";

describe.skipIf(!capability("chromium"))("the officer's desk in a browser", () => {
  let world: World;
  let browser: Browser;
  let officer: Officer;
  let desk: Visitor;
  let page: Page;
  let election: Election;
  let voters: Voter[];

  const look = (title: string) => seen(page, `desk-${title}`);
  const report = async (id: string, event: string, status?: string): Promise<void> => {
    const answer = await fetch(`${world.url}/mail/reports`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      body: JSON.stringify({ events: [{ id, event, ...(status === undefined ? {} : { status }) }] }),
    });
    expect(await answer.json()).toEqual({ known: 1 });
  };

  const enter = async (): Promise<void> => {
    await page.goto("/console");
    await type(page, "Recovery code", officer.code);
    await press(page, "Sign in");
    await sees(page, "Elections office");
  };

  beforeAll(async () => {
    const before = process.env.MAIL_WEBHOOK_SECRET;
    process.env.MAIL_WEBHOOK_SECRET = secret;
    world = await startWorld();
    if (before === undefined) delete process.env.MAIL_WEBHOOK_SECRET;
    else process.env.MAIL_WEBHOOK_SECRET = before;
    browser = await launch();
    officer = await foundLedger(world, "Reading Club", "Olga Officer");
    desk = await visitor(browser, world);
    page = desk.page;
    await enter();
  });

  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  test("no letter yet: the page says so", async () => {
    await follow(page, "Letters");
    await sees(page, "Letters");
    await page.getByText("No letter has been written yet.").waitFor();
    await look("letters-empty");
  });

  test("letters by state: numbers on top, one state, one name, and page by page", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      name: `Member ${i + 1}`,
      email: `member-${i + 1}@club.example`,
    }));
    await officer.http.request("/officer/voters/import", { method: "POST", json: { rows } });
    await press(page, "Look again");
    const numbers = page.getByRole("list", { name: "All letters by state" });
    await numbers.getByRole("button", { name: "60 on its way" }).waitFor();
    const { letters } = await officer.http.request<{ letters: { id: string; voter: { name: string } }[] }>(
      "/officer/letters",
    );
    const [gone, full, good] = letters as [
      { id: string; voter: { name: string } },
      (typeof letters)[0],
      (typeof letters)[0],
    ];
    await report(gone.id, "bounced", "5.1.1");
    await report(full.id, "bounced", "4.2.2");
    await report(good.id, "delivered");
    await press(page, "Look again");
    await numbers.getByRole("button", { name: "2 came back" }).waitFor();
    await look("letters");
    await press(page, "Older letters");
    await page.getByRole("table").getByRole("row").nth(10).waitFor();
    expect(await page.getByRole("row").count()).toBe(11);
    await press(page, "Newest");
    await numbers.getByRole("button", { name: "2 came back" }).click();
    await page.getByRole("row", { name: gone.voter.name }).getByText("no such address").waitFor();
    await page.getByRole("row", { name: full.voter.name }).getByText("mailbox full or closed").waitFor();
    expect(await page.getByRole("row").count()).toBe(3);
    await look("letters-came-back");
    await page.getByRole("combobox", { name: "State" }).selectOption("refused");
    await page.getByText("No letter is in this state.").waitFor();
    await page.getByRole("combobox", { name: "State" }).selectOption("");
    await page.getByRole("searchbox").fill("member-7@");
    await press(page, "Show");
    await page.getByRole("link", { name: "Member 7" }).waitFor();
    expect(await page.getByRole("row").count()).toBe(2);
  });

  test("one voter: the letters, the invitation again until it is too many, the data on request", async () => {
    await follow(page, "Member 7");
    await sees(page, "Member 7");
    await press(page, "Send again to Member 7: Invitation");
    await page.getByText("The letter to Member 7 is queued again.").waitFor();
    await eventually("a second invitation", async () => (await page.getByRole("row").count()) === 3);
    await look("voter");
    for (let sent = 3; sent <= 5; sent++) {
      await press(page, "Send the invitation again");
      await eventually(`invitation ${sent}`, async () => (await page.getByRole("row").count()) === sent + 1);
    }
    await press(page, "Send the invitation again");
    await page.getByRole("alert").getByText("This voter got enough letters of this kind today.").waitFor();
    await page.getByText("Everything held about this person").click();
    const [file] = await Promise.all([page.waitForEvent("download"), press(page, "Save as a file")]);
    const data = JSON.parse(readFileSync(await file.path(), "utf8"));
    expect(data.person.name).toBe("Member 7");
    expect(data.letters).toHaveLength(5);
  });

  test("erasing asks first, says that nothing brings it back, and does it", async () => {
    await page.locator("summary").filter({ hasText: "Erase this person" }).click();
    await press(page, "Erase this person");
    const dialog = page.getByRole("dialog", { name: "Erase Member 7?" });
    await dialog.getByText("This cannot be undone.").waitFor();
    await look("voter-erase");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await press(page, "Erase this person");
    await dialog.getByRole("button", { name: "Erase for ever" }).click();
    await page.getByText("Member 7 is erased.").waitFor();
    const { total } = await officer.http.request<{ total: number }>("/officer/voters?q=member-7@");
    expect(total).toBe(0);
  });

  test("how letters look, in each language", async () => {
    await follow(page, "Letters");
    await follow(page, "How letters look");
    await sees(page, "How letters look");
    const sheet = page.getByRole("region", { name: "Preview" });
    await sheet.getByText("Ada Example").waitFor();
    await page.getByRole("combobox", { name: "Language of letters" }).selectOption("de");
    await sheet.getByText("Einladung").first().waitFor();
    await page.getByRole("combobox", { name: "Letter", exact: true }).selectOption("reminder");
    await page.getByText("This letter is about an election, and there is none yet.").waitFor();
    await look("looks-none");
  });

  test("a reminder: at most so many, never who; seen first, scheduled, called off, sent", async () => {
    voters = await importWithLetters(world, officer, people(6, "club.example"));
    election = await openElection(world, officer, {
      name: "Bridge over the river",
      description: "The club asks.\npsephos-decision 1: majority=two-thirds quorum=1/2",
    });
    const trusted = await electionOf(world.client(), election.uuid, await anchorOf(world.client()));
    for (const { identity } of voters.slice(0, 2)) await vote(world.client(), trusted, identity, [[0, 1, 0]], random);
    await eventually("two voters counted", async () => {
      const { counted } = await officer.http.request<{ counted: number }>(`/elections/${election.uuid}`);
      return counted === 2;
    });
    await follow(page, "Our elections");
    await follow(page, "Bridge over the river");
    await follow(page, "Letters to the roll");
    await sees(page, "Letters to the roll");
    await page.getByText("At most 4 of 6 on the roll would get it now.").waitFor();
    await page.getByText("Nothing so far.").waitFor();
    await type(page, "A note of your own", "The hall is open, too.");
    await press(page, "Preview");
    const sheet = page.getByRole("region", { name: "Preview" });
    await sheet.getByText("The hall is open, too.").waitFor();
    await page.getByRole("combobox", { name: "Language of letters" }).selectOption("ar");
    await page.locator(".letter-sheet [dir=rtl]").waitFor();
    await look("mailing");
    await choose(page, "At a time");
    await page.getByLabel("Not before").fill("2001-01-01T10:00");
    await press(page, "Schedule");
    await page.getByText("This time is over.").waitFor();
    await page.getByLabel("Not before").fill("2099-01-01T10:00");
    await press(page, "Schedule");
    await page.getByText("Choose a time before the election closes.").waitFor();
    await look("mailing-fault");
    // A minute before the end: what the field held at first is the end itself.
    await page.getByLabel("Not before").fill(pragueTime(election.plan.closesAt / 1_000_000n - 60_000n));
    await press(page, "Schedule");
    const dialog = page.getByRole("dialog", { name: "Send these letters?" });
    await dialog.getByRole("button", { name: "Schedule" }).click();
    await page.getByRole("row", { name: "scheduled" }).getByText("Those who have not voted").waitFor();
    await page.getByRole("button", { name: /^Call off: Reminder/ }).click();
    await page.getByRole("row", { name: "called off" }).waitFor();
    await choose(page, "At once");
    await press(page, "Send");
    await dialog.getByRole("button", { name: "Send" }).click();
    await page.getByText("The letters are being queued.").waitFor();
    await eventually("the reminders", async () => {
      await press(page, "Look again");
      return (await page.getByRole("row", { name: /^Reminder .*sent 4/ }).count()) === 1;
    });
    await look("mailings");
    const { mails } = await officer.http.request<{ mails: { to: string; subject: string }[] }>("/dev/outbox");
    const reminded = mails.filter(({ subject }) => subject.startsWith("Reminder")).map(({ to }) => to);
    expect(reminded.sort()).toEqual(
      voters
        .slice(2)
        .map(({ email }) => email)
        .sort(),
    );
    // Not on the page, nor anywhere else in the console, stands who they are.
    const text = await page.getByRole("main").innerText();
    for (const { email, name } of voters) expect(text.includes(email) || text.includes(name)).toBe(false);
    await follow(page, "Letters");
    await page.getByRole("table").waitFor();
    expect(await page.getByRole("table").innerText()).not.toContain("Reminder");
  });

  test("minutes: read, made again in this browser, signed, printed; an altered file is found out", async () => {
    const trusted = await electionOf(world.client(), election.uuid, await anchorOf(world.client()));
    for (const { identity } of voters.slice(2)) await vote(world.client(), trusted, identity, [[1, 0, 0]], random);
    await world.until(election.plan.closesAt);
    await openSum(world, election, election.trustees.slice(0, 1));
    // Hours have passed, and with them the session.
    await enter();
    await follow(page, "Bridge over the river");
    await follow(page, "Minutes");
    await sees(page, "Minutes: Bridge over the river");
    await page.getByText("Check the minutes first.").waitFor();
    expect(await page.getByRole("button", { name: "Sign as Olga Officer" }).isDisabled()).toBe(true);
    await press(page, "Check these minutes in this browser");
    await page.getByText("The minutes follow from the ledger, and the signatures hold").waitFor();
    await look("minutes");
    const [file] = await Promise.all([page.waitForEvent("download"), press(page, "Sign as Olga Officer")]);
    await page.getByText("Signed and saved.").waitFor();
    await page.getByRole("table", { name: "Signatures" }).getByText("Olga Officer").waitFor();
    const saved = readFileSync(await file.path(), "utf8");
    const signed = JSON.parse(saved) as SignedMinutes;
    expect(signed.signatures.map(({ by }) => by)).toEqual(["registrar", "officer"]);
    // The next one gets the file, and sees when it is not what was signed.
    const altered = JSON.stringify({
      ...signed,
      minutes: { ...signed.minutes, roll: { ...signed.minutes.roll, count: 7 } },
    });
    await page.getByText("Minutes that somebody gave you").click();
    const give = (buffer: string) =>
      page
        .getByLabel("Minutes as a file (JSON)")
        .setInputFiles({ name: "m.json", mimeType: "application/json", buffer: Buffer.from(buffer) });
    await give("{}");
    await page.getByText("This file holds no minutes of this version.").waitFor();
    await give(altered);
    await press(page, "Check these minutes in this browser");
    await page.getByText("These minutes do not hold").waitFor();
    await page.getByText("The part “roll” does not follow from the ledger.").waitFor();
    await page.getByText("The signature of “Olga Officer” does not hold.").waitFor();
    expect(await page.getByRole("button", { name: "Sign as Olga Officer" }).isDisabled()).toBe(true);
    await look("minutes-altered");
    await give(saved);
    await press(page, "Check these minutes in this browser");
    await page.getByText("The minutes follow from the ledger, and the signatures hold").waitFor();
  });

  test("minutes of everybody's page as a PDF hold title, numbers, decision, trustees and hashes", async () => {
    const reader = await visitor(browser, world);
    await reader.page.goto(`/board/${election.uuid}/minutes`);
    await sees(reader.page, "Minutes: Bridge over the river");
    const pdf = await reader.page.pdf({ format: "A4" });
    const text = pdfText(pdf);
    const minutes = await reader.page.evaluate(`fetch("/elections/${election.uuid}/minutes").then((a) => a.json())`);
    const { hash, minutes: said } = minutes as SignedMinutes;
    const wanted = [
      "Minutes: Bridge over the river",
      "Reading Club",
      "two-thirds",
      "Yes",
      "Tereza",
      hash,
      said.roll.root,
    ];
    for (const part of [...wanted, "Decided for: “Yes”", "Place, date, signature"])
      expect(text).toContain(part.replace(/\s/g, ""));
    // What is for the screen only is not on paper.
    for (const part of ["Print or save", "Check these minutes", "My vote"])
      expect(text).not.toContain(part.replace(/\s/g, ""));
    await reader.context.close();
  });

  test("what officers did: who, what, in which role; the chain holds, and what the ledger covers is said", async () => {
    await follow(page, "Log");
    await sees(page, "What officers did");
    await page
      .getByRole("row", { name: /letters to the roll/ })
      .first()
      .waitFor();
    await page.getByRole("row", { name: /Olga Officer owner voter erased/ }).waitFor();
    await page.getByText(/refused: entry \d+, status 429/).waitFor();
    await look("log");
    await press(page, "Check the log in this browser");
    await page.getByText("The log holds").waitFor();
    await page.getByText(/entries form one chain. The ledger covers the first 0;/).waitFor();
    await look("log-checked");
  });

  test("nothing was complained about", () => {
    expect(desk.complaints.filter((line) => !line.includes("status of 429"))).toEqual([]);
  });
});

/** What a person in Prague types for an instant (milliseconds). */
function pragueTime(ms: bigint): string {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Europe/Prague",
    dateStyle: "short",
    timeStyle: "short",
  });
  return format.format(new Date(Number(ms))).replace(" ", "T");
}
