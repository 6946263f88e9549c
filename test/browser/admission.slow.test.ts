/**
 * Who may register, before a browser: those who wait are approved or refused many at once; domains, an allow-list and
 * claims of the identity provider are rules; one person who stands there twice is looked at side by side and merged. With
 * PSEPHOS_SCREENSHOTS it takes pictures, on a desktop and on a phone.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { admission, allowList, doubles } from "#client/electorate.js";
import { appointMember } from "#client/office.js";
import { makeCode } from "#crypto/base58.js";
import { identityFromCode, keyBytes } from "#protocol/identity.js";
import { common } from "#words/web/en/common.js";
import { console as office } from "#words/web/en/console.js";
import { desk as text } from "#words/web/en/desk.js";
import { letters } from "#words/web/en/letters.js";
import { people as roles } from "#words/web/en/people.js";
import {
  type Election,
  eventually,
  foundLedger,
  importWithLetters,
  type Officer,
  random,
  registerByMail,
  startWorld,
  type World,
} from "../election/kit.js";
import {
  accessible,
  capability,
  enterConsole,
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

describe.skipIf(!capability("chromium"))("who may register", () => {
  let world: World;
  let browser: Browser;
  let officer: Officer;
  let desk: Visitor;
  let page: Page;
  let election: Election;
  /** Recovery code of somebody who may look only. */
  const observer = makeCode(random);
  const settings = mkdtempSync(join(tmpdir(), "psephos-admission-"));

  const look = (title: string) => seen(page, `desk-${title}`);
  const row = (name: string | RegExp) => page.getByRole("row", { name });
  /** A field that was not filled in well: marked, and with the sentence that says why. */
  const faulty = (label: string, sentence: string) =>
    page
      .getByRole("textbox", { name: label })
      .and(page.locator("[aria-invalid=true]"))
      .waitFor()
      .then(() => page.getByText(sentence).waitFor());

  beforeAll(async () => {
    world = await startWorld();
    browser = await launch();
    officer = await foundLedger(world, "Reading Club", "Olga Officer");
    for (const [name, email] of [
      ["Ada Lovelace", "ada@club.example"],
      ["Bob Builder", "bob@club.example"],
      ["Cleo Reader", "cleo@elsewhere.example"],
      ["Dan Writer", "dan@friends.example"],
      ["Eve Nobody", "eve@nowhere.example"],
    ] as const)
      await registerByMail(world, { name, email });
    desk = await visitor(browser, world);
    page = desk.page;
  });

  afterAll(async () => {
    delete process.env.PSEPHOS_OIDC;
    await browser?.close();
    await world?.stop();
    rmSync(settings, { recursive: true, force: true });
  });

  test("from the voters to those who wait: some approved, others refused after a question", async () => {
    await enterConsole(page, "/console/voters", officer.code);
    await follow(page, text.admission);
    await sees(page, text.admission);
    await row(/Cleo Reader/).waitFor();
    await page.getByText(text.claimsNoProvider).waitFor();
    await page.getByText(text.allowEmpty).waitFor();
    await look("admission");
    expect(await page.getByRole("button", { name: text.queueApprove }).isDisabled()).toBe(true);
    await page.getByRole("checkbox", { name: text.queueAllOnPage }).check();
    await page.getByText(text.queueChosen(5)).waitFor();
    for (const name of ["Ada Lovelace", "Bob Builder", "Dan Writer", "Eve Nobody"])
      await page.getByRole("checkbox", { name: text.choose(name) }).uncheck();
    await page.getByText(text.queueChosen(1)).waitFor();
    await press(page, text.queueApprove);
    await page.getByText(text.queueDone(1)).waitFor();
    await page.getByRole("checkbox", { name: text.choose("Eve Nobody") }).check();
    await press(page, text.queueReject);
    const dialog = page.getByRole("dialog", { name: text.queueSure(1) });
    await look("admission-refuse");
    await dialog.getByRole("button", { name: common.cancel }).click();
    await press(page, text.queueReject);
    await dialog.getByRole("button", { name: text.queueReject }).click();
    await page.getByText(text.queueDone(1)).waitFor();
    await row(/Eve Nobody/).waitFor({ state: "detached" });
    expect(await page.getByRole("checkbox", { name: /^Choose / }).count()).toBe(4);
    const { voters } = await officer.http.request<{ voters: { name: string; status: string }[] }>("/officer/voters");
    expect(voters.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      "Ada Lovelace: pending",
      "Bob Builder: pending",
      "Cleo Reader: approved",
      "Dan Writer: pending",
      "Eve Nobody: rejected",
    ]);
  });

  test("who is decided about by somebody else meanwhile stops the rest, which waits as before", async () => {
    const { voters } = await officer.http.request<{ voters: { id: string; name: string }[] }>(
      "/officer/voters?status=pending",
    );
    await registerByMail(world, { name: "Aaron First", email: "aaron@gone.example" });
    await page.reload();
    await enterConsole(page, "/console/admission", officer.code);
    await row(/Aaron First/).waitFor();
    const { voters: now } = await officer.http.request<{ voters: { id: string; name: string }[] }>(
      "/officer/voters?status=pending",
    );
    expect(now).toHaveLength(voters.length + 1);
    const gone = now.find(({ name }) => name === "Bob Builder") as { id: string };
    await officer.http.request(`/officer/voters/${gone.id}`, { method: "DELETE" });
    await page.getByRole("checkbox", { name: text.choose("Aaron First") }).check();
    await page.getByRole("checkbox", { name: text.choose("Bob Builder") }).check();
    await press(page, text.queueApprove);
    await page.getByText(text.queueStopped(1, 2)).waitFor();
    await page.getByRole("alert").getByText(text.queueGone).waitFor();
    await row(/Bob Builder/).waitFor({ state: "detached" });
    await look("admission-stopped");
  });

  test("a domain is a rule, for those who wait as well; what is none is named", async () => {
    await type(page, text.domains, "club.example\nnot a domain");
    await press(page, text.saveRules);
    await faulty(text.domains, text.domainBad("not a domain"));
    await look("admission-domain-fault");
    expect((await admission(officer.http)).domains).toEqual([]);
    await type(page, text.domains, " Club.Example \n\n");
    await page.getByRole("checkbox", { name: text.applyNow }).first().check();
    await press(page, text.saveRules);
    await page.getByText(text.approvedNow(1)).waitFor();
    await row(/Ada Lovelace/).waitFor({ state: "detached" });
    expect((await admission(officer.http)).domains).toEqual(["club.example"]);
    expect(await page.getByRole("textbox", { name: text.domains }).inputValue()).toBe("club.example");
  });

  test("the allow-list by hand and from a file; what is no address is told, and an address comes off again", async () => {
    await press(page, text.allowAddGo);
    await faulty(text.allowAdd, text.allowNothing);
    const file = Buffer.from("\ufeffdan@friends.example\r\nfay@friends.example\r\nno address\r\n");
    await page.getByLabel(text.allowFile).setInputFiles({ name: "friends.txt", mimeType: "text/plain", buffer: file });
    await eventually("the file above", async () =>
      (await page.getByRole("textbox", { name: text.allowAdd }).inputValue()).startsWith("dan@friends.example"),
    );
    expect((await allowList(officer.http, 1)).total).toBe(0);
    await page.getByRole("checkbox", { name: text.applyNow }).last().check();
    await press(page, text.allowAddGo);
    await page.getByText(text.allowAdded(2, 1)).waitFor();
    const alert = page.getByRole("alert");
    await alert.getByText(text.allowFaulty).waitFor();
    await alert.getByText("no address").waitFor();
    await page.getByText(text.queueEmpty).waitFor();
    await row(/fay@friends\.example/).waitFor();
    await look("admission-list");
    await press(page, text.allowRemove("fay@friends.example"));
    await page.getByText(text.allowRemoved("fay@friends.example")).waitFor();
    expect((await allowList(officer.http, 1)).addresses).toEqual(["dan@friends.example"]);
  });

  test("with an identity provider, what it says of somebody is a rule", async () => {
    writeFileSync(join(settings, "secret"), "secret-of-the-client", { mode: 0o600 });
    const only = {
      organisation: "founder",
      name: "University login",
      issuer: "http://localhost:9",
      client_id: "psephos",
      client_secret_file: "secret",
    };
    process.env.PSEPHOS_OIDC = join(settings, "providers.json");
    writeFileSync(process.env.PSEPHOS_OIDC, JSON.stringify({ providers: [only] }), { mode: 0o600 });
    await world.halt("SIGTERM");
    await world.start();
    await enterConsole(page, "/console/admission", officer.code);
    await page.getByText(text.claimsLead("University login")).waitFor();
    await type(page, text.claim, "two words");
    await press(page, text.claimAddGo);
    await faulty(text.claim, text.claimBad);
    for (const [claim, value] of [
      ["department", "Physics"],
      ["groups", "members"],
    ] as const) {
      await type(page, text.claim, claim);
      await type(page, text.claimValue, value);
      await press(page, text.claimAddGo);
      await page.getByText(text.claimAdded(claim, value)).waitFor();
    }
    await row(/department Physics/).waitFor();
    await look("admission-claims");
    await press(page, text.claimRemove("department", "Physics"));
    await page.getByText(text.claimRemoved("department", "Physics")).waitFor();
    expect((await admission(officer.http)).claims).toEqual([{ claim: "groups", value: "members" }]);
  });

  test("an observer reads the rules and who waits, and decides nothing", async () => {
    const code = observer;
    const key = toHex(keyBytes(identityFromCode(code, "officer")));
    await appointMember(officer.http, key, "observer", "Oskar Observer");
    await registerByMail(world, { name: "Gus Waits", email: "gus@elsewhere.example" });
    const other = await visitor(browser, world, { width: 360 });
    await enterConsole(other.page, "/console/admission", code);
    await other.page.getByText(roles.mayNot("observer", "registrar")).waitFor();
    await other.page.getByRole("row", { name: /Gus Waits/ }).waitFor();
    await other.page.getByText("club.example").waitFor();
    await other.page.getByRole("row", { name: /groups members/ }).waitFor();
    await other.page.getByText(text.allowCount(1)).waitFor();
    expect(await other.page.locator("main").getByRole("checkbox").count()).toBe(0);
    expect(await other.page.locator("main").getByRole("textbox").count()).toBe(0);
    await accessible(other.page);
    await enterConsole(other.page, "/console/doubles", code);
    await other.page.getByText(roles.mayNotSee("observer", "registrar")).waitFor();
    expect(other.complaints).toEqual([]);
    await other.context.close();
  });

  test("nobody stands there twice, then two do: side by side, what stays and goes, and no way back is said", async () => {
    await enterConsole(page, "/console/voters", officer.code);
    await follow(page, text.doubles);
    await sees(page, text.doubles);
    await page.getByText(text.doublesEmpty).waitFor();
    await importWithLetters(world, officer, [
      { name: "Hedy Lamarr", email: "hedy@club.example", group: "chess", district: "North", weight: 2 },
      { name: "Lamarr Hedy", email: "hedy@old.example", group: "choir", district: "South" },
      // A weight that only one voter has would not be sealed below.
      { name: "Ivy Heavy", email: "ivy@club.example", weight: 2 },
    ]);
    const rows = [{ name: "Hedy Lamarr", email: "hedy@third.example", group: "garden" }];
    await officer.http.request("/officer/voters/import", { method: "POST", json: { rows } });
    await enterConsole(page, "/console/doubles", officer.code);
    await page.getByText(text.doublesTotal(1)).waitFor();
    await press(page, /^Compare those called/);
    await sees(page, text.mergeCompared);
    await row(/District North South/).waitFor();
    await look("doubles");
    const keep = (who: string) => page.getByRole("radio", { name: text.keepThis(who) }).check();
    const goes = (who: string) => page.getByRole("radio", { name: who, exact: true }).check();
    // Who has no key cannot take the place of who has one.
    await keep("Hedy Lamarr (hedy@third.example)");
    await goes("Hedy Lamarr (hedy@club.example)");
    await page.getByText(text.mergeOtherWay).waitFor();
    expect(await page.getByRole("button", { name: text.mergeGo, exact: true }).count()).toBe(0);
    await look("doubles-other-way");
    await keep("Hedy Lamarr (hedy@club.example)");
    await goes("Lamarr Hedy (hedy@old.example)");
    await row(/Group chess, choir Now: chess choir/).waitFor();
    await row(/District North South goes for ever/).waitFor();
    await row(/Weight 2 1 goes for ever/).waitFor();
    await row(/Own key yes yes goes for ever/).waitFor();
    await page.getByText(text.mergeNoUndo).first().waitFor();
    await look("doubles-merge");
    await press(page, text.mergeGo);
    const dialog = page.getByRole("dialog", { name: text.mergeSure });
    await dialog.getByText(text.mergeNoUndo).waitFor();
    await dialog.getByRole("button", { name: common.cancel }).click();
    await press(page, text.mergeGo);
    await dialog.getByRole("button", { name: text.mergeGo }).click();
    await page.getByText(text.merged("Hedy Lamarr")).waitFor();
    const [left] = (await doubles(officer.http)).doubles;
    expect(left?.voters.map(({ email, groups, district, weight }) => [email, groups, district, weight])).toEqual([
      ["hedy@club.example", ["chess", "choir"], "North", 2],
      ["hedy@third.example", ["garden"], "", 1],
    ]);
  });

  test("who is on the roll of an election that runs is not merged away", async () => {
    election = await openElection(world, officer, {});
    const rows = [{ name: "Ada Lovelace", email: "ada@second.example" }];
    await officer.http.request("/officer/voters/import", { method: "POST", json: { rows } });
    await importWithLetters(world, officer, [{ name: "Cleo Reader", email: "cleo@second.example" }]);
    await enterConsole(page, "/console/doubles", officer.code);
    await press(page, text.compareThese("Cleo Reader"));
    await page.getByRole("radio", { name: text.keepThis("Cleo Reader (cleo@second.example)") }).check();
    await press(page, text.mergeGo);
    await page.getByRole("dialog").getByRole("button", { name: text.mergeGo }).click();
    await page.getByRole("alert").getByText(text.mergeOnRoll).waitFor();
    await look("doubles-on-roll");
  });

  test("letters and reminders: an observer reads what became of them, and is offered no act", async () => {
    const other = await visitor(browser, world, { width: 360 });
    const offered = (name: string) => other.page.locator("main").getByRole("button", { name }).count();
    await enterConsole(other.page, "/console/letters", observer);
    await other.page.getByText(roles.mayNot("observer", "registrar")).waitFor();
    await other.page
      .getByRole("row", { name: /Cleo Reader/ })
      .first()
      .waitFor();
    expect(await offered(letters.again)).toBe(0);
    await accessible(other.page);
    await other.page.getByRole("link", { name: "Cleo Reader" }).first().click();
    await sees(other.page, letters.voterLetters);
    expect(await offered(letters.again)).toBe(0);
    expect(await offered(letters.inviteAgain)).toBe(0);
    await accessible(other.page);
    await enterConsole(other.page, `/console/elections/${election.uuid}/letters`, observer);
    await other.page.getByText(roles.mayNot("observer", "officer")).waitFor();
    await other.page.getByText(letters.historyEmpty).waitFor();
    expect(await offered(letters.send)).toBe(0);
    await accessible(other.page);
    expect(other.complaints).toEqual([]);
    await other.context.close();
    // Who may is offered all of it.
    await enterConsole(page, `/console/elections/${election.uuid}/letters`, officer.code);
    await page.getByRole("button", { name: letters.send, exact: true }).waitFor();
    await follow(page, letters.nav);
    await page.getByRole("columnheader", { name: office.actions }).waitFor();
  });

  test("nothing was complained about", () => {
    // Refusals that a test asked for are lines of the browser's own.
    expect(desk.complaints.filter((line) => !/status of (400|409)/.test(line))).toEqual([]);
  });
});
