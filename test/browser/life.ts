/**
 * The acts of an election's people before their browsers, by roles and visible words of any language. Each act looks at
 * the accessibility of the states that it passes.
 */
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import type { Words } from "#words/web/en.js";
import type { Rooms } from "#words/web/en-rooms.js";
import { setupTokenOf, type World } from "../election/kit.js";
import {
  accessible,
  choose,
  follow,
  press,
  sees,
  type,
  typeSecret,
  type Visitor,
  type VisitorOptions,
  visitor,
} from "./kit.js";

/** Where a whole election is played: a server, a browser, and one language at one width. */
export interface Stage {
  readonly world: World;
  readonly browser: Browser;
  readonly words: Words & Rooms;
  readonly options: VisitorOptions;
}

export const passphrase = "a quiet room with two doors";

/** The code that a page shows in groups. */
export async function codeOn(page: Page): Promise<string> {
  return (await page.locator("p.code span").allInnerTexts()).join("");
}

export async function someone({ browser, world, options }: Stage): Promise<Visitor> {
  return visitor(browser, world, options);
}

/** Opens a disclosure by its title. */
export const unfold = (page: Page, title: string) => page.locator("summary").filter({ hasText: title }).first().click();

// Officers ------------------------------------------------------------------------------------------------------------

/** The code is shown; a wrong copy is refused; the right one goes on. */
async function readBack({ words: { ceremony } }: Stage, page: Page, title: string, go: string): Promise<string> {
  await sees(page, title);
  await accessible(page);
  const code = await codeOn(page);
  expect(code).toMatch(/^[1-9A-Za-z]{22}$/);
  await press(page, ceremony.haveIt);
  await sees(page, ceremony.againTitle);
  const field = page.getByRole("textbox", { name: ceremony.code });
  await field.fill(`${code.slice(0, -1)}0`);
  await press(page, go);
  await page.getByRole("alert").first().waitFor();
  await accessible(page);
  await field.fill(code);
  await press(page, go);
  return code;
}

async function keepKey({ words: { identity } }: Stage, page: Page): Promise<void> {
  await sees(page, identity.keepTitle);
  await accessible(page);
  await typeSecret(page, identity.passphrase, passphrase);
  await typeSecret(page, identity.passphraseAgain, passphrase);
  await press(page, identity.keepGo);
}

/** The first officer founds the ledger with the printed link. */
export async function foundInBrowser(stage: Stage, organisation: string, name: string): Promise<Visitor> {
  const { console: text } = stage.words;
  const officer = await someone(stage);
  const { page } = officer;
  await page.goto(`/setup#${setupTokenOf(stage.world)}`);
  await sees(page, text.setupTitle);
  await type(page, text.organisationName, organisation);
  await type(page, text.officerName, name);
  await accessible(page);
  await press(page, text.makeKey);
  await readBack(stage, page, text.codeTitle, text.found);
  await keepKey(stage, page);
  await sees(page, text.setupDone);
  await accessible(page);
  await follow(page, text.toConsole);
  await sees(page, text.title);
  await page.getByText(text.emptyTitle).waitFor();
  await accessible(page);
  return officer;
}

/** A second officer makes a key; the first proposes the appointment, after which both are needed. */
export async function becomeOfficer(stage: Stage, first: Visitor, name: string): Promise<Visitor> {
  const { console: text, identity } = stage.words;
  const officer = await someone(stage);
  const { page } = officer;
  await page.goto("/console");
  await sees(page, text.signInTitle);
  await follow(page, text.newOfficer);
  await type(page, text.officerName, name);
  await press(page, text.makeKey);
  await readBack(stage, page, text.codeTitle, text.makeKey);
  await keepKey(stage, page);
  await sees(page, text.publicKey);
  await accessible(page);
  const key = await codeOn(page);
  await follow(first.page, text.navOfficers);
  await sees(first.page, text.officersTitle);
  await type(first.page, text.appointName, name);
  await type(first.page, text.appointKey, key);
  await type(first.page, text.appointThreshold, "2");
  await press(first.page, text.appointGo);
  await first.page.getByText(/2.*2/).first().waitFor();
  await accessible(first.page);
  await follow(page, text.toConsole);
  await typeSecret(page, identity.passphrase, passphrase);
  await press(page, identity.unlockWith(name));
  await sees(page, text.title);
  return officer;
}

/** Goes to a page of the console; after a load somebody has to sign in again. */
export async function toConsole({ words: { identity } }: Stage, page: Page, name: string, path: string): Promise<void> {
  await page.goto(path);
  await typeSecret(page, identity.passphrase, passphrase);
  await press(page, identity.unlockWith(name));
  await page.locator(".office-bar").waitFor();
}

/** Another officer reads what waits for approval and approves it. */
export async function approveWaiting(stage: Stage, officer: Visitor, name: string, act: string): Promise<void> {
  const { console: text } = stage.words;
  const { page } = officer;
  await toConsole(stage, page, name, "/console/approvals");
  const title = text.actNames[act] ?? act;
  const waiting = page.getByRole("row", { name: text.statuses.collecting as string });
  await waiting.getByRole("link", { name: title }).click();
  await sees(page, title);
  if (act === "seal-election") {
    await press(page, text.sealCheck);
    await page.getByText(text.sealAgrees).waitFor();
  }
  await accessible(page);
  await press(page, text.approve);
  await page.getByText(text.recorded).waitFor();
}

// Trustees ------------------------------------------------------------------------------------------------------------

export interface TrusteeInBrowser {
  readonly visitor: Visitor;
  readonly code: string;
}

/** A trustee opens the invitation, makes a code and reads the copy back. */
export async function acceptInvitation(stage: Stage, link: string, election: string): Promise<TrusteeInBrowser> {
  const { ceremony: text } = stage.words;
  const trustee = await someone(stage);
  const { page } = trustee;
  await page.goto(link);
  await sees(page, text.inviteTitle(election));
  await accessible(page);
  await press(page, text.makeCode);
  const code = await readBack(stage, page, text.codeTitle, text.registerKey);
  await sees(page, text.doneTitle);
  await accessible(page);
  return { visitor: trustee, code };
}

export async function takePart({ words: { ceremony: text } }: Stage, trustee: TrusteeInBrowser, uuid: string) {
  const { page } = trustee.visitor;
  await page.goto(`/ceremony/${uuid}`);
  await page.getByRole("textbox", { name: text.code }).fill(trustee.code);
  await press(page, text.begin);
}

/** Opens the sum after closing, and has the page forget the code. */
export async function openSum(stage: Stage, trustee: TrusteeInBrowser, uuid: string): Promise<void> {
  const { ceremony: text } = stage.words;
  const { page } = trustee.visitor;
  await takePart(stage, trustee, uuid);
  await press(page, text.countGo);
  await page.getByText(text.countDone).waitFor();
  await accessible(page);
  await press(page, text.destroyed);
  await page.getByText(text.thanks).waitFor();
}

// Voters --------------------------------------------------------------------------------------------------------------

/** Registers, or recovers: the same form, the same answer; the mailed link then makes the code. Gives the code. */
export async function registerInBrowser(stage: Stage, voter: Visitor, name: string, email: string): Promise<string> {
  const { identity: text } = stage.words;
  const { page } = voter;
  await page.goto("/join");
  await sees(page, text.joinTitle);
  await type(page, text.name, name);
  await type(page, text.email, email);
  await press(page, text.send);
  await sees(page, text.mailTitle);
  await accessible(page);
  await follow(page, text.openLink);
  await sees(page, text.confirmTitle);
  await accessible(page);
  const code = await codeOn(page);
  await press(page, text.haveIt);
  await type(page, text.codeField, code);
  await press(page, text.confirmGo);
  await sees(page, text.keepTitle);
  await choose(page, text.keepNot);
  await press(page, text.keepGo);
  await sees(page, text.doneTitle);
  await accessible(page);
  return code;
}

/** From the booth's address to the sealed ballot; gives the tracker. */
export async function sealInBooth(stage: Stage, voter: Visitor, uuid: string, code: string, choice: string) {
  const { booth, common, identity } = stage.words;
  const { page } = voter;
  await page.goto(`/booth/${uuid}`);
  await sees(page, booth.signInTitle);
  await type(page, identity.codeField, code);
  await press(page, identity.unlock);
  await sees(page, booth.introTitle);
  await accessible(page);
  await press(page, booth.begin);
  await sees(page, booth.questionOf(1, 1));
  await choose(page, choice);
  await accessible(page);
  await press(page, common.next);
  await sees(page, booth.reviewTitle);
  await accessible(page);
  await press(page, booth.seal);
  await sees(page, booth.sealedTitle);
  await accessible(page);
  return codeOn(page);
}

export async function castInBooth(stage: Stage, voter: Visitor): Promise<void> {
  const { booth } = stage.words;
  await press(voter.page, booth.sendMyVote);
  await sees(voter.page, booth.recordedTitle);
  await accessible(voter.page);
}

/** The second device records the code before the test, and then says in words what the first one had sealed. */
export async function testDevice(stage: Stage, voter: Visitor, check: string, says: string): Promise<void> {
  const { booth } = stage.words;
  const { page } = voter;
  const second = await someone(stage);
  await second.page.goto(check);
  await sees(second.page, booth.deviceRecorded);
  await accessible(second.page);
  await unfold(page, booth.testDevice);
  await press(page, booth.testDevice);
  await sees(page, booth.openedTitle);
  await accessible(page);
  const opening = await page.getByRole("textbox", { name: booth.openedPaste }).inputValue();
  await sees(second.page, booth.deviceFound);
  await type(second.page, booth.deviceOpening, opening);
  await press(second.page, booth.deviceOpen);
  await sees(second.page, booth.deviceSays);
  expect(await second.page.getByRole("main").innerText()).toContain(says);
  await accessible(second.page);
  expect(second.complaints).toEqual([]);
  await second.context.close();
  await press(page, booth.openedSame);
  await sees(page, booth.reviewTitle);
}
