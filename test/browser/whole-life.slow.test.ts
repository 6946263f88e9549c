/**
 * The whole life of an election, everybody before a browser: two officers, three trustees, five voters, of whom one votes
 * twice, one tests the device, and one loses the key and is given a new credential; then the result, and its verification
 * in the browser. The same script in another language and on a phone.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ar } from "#words/web/ar.js";
import { arRooms } from "#words/web/ar-rooms.js";
import { en } from "#words/web/en.js";
import { enRooms } from "#words/web/en-rooms.js";
import { startWorld, type World } from "../election/kit.js";
import { accessible, capability, follow, launch, press, sees, type, type Visitor } from "./kit.js";
import {
  acceptInvitation,
  approveWaiting,
  becomeOfficer,
  castInBooth,
  codeOn,
  foundInBrowser,
  openSum,
  registerInBrowser,
  type Stage,
  sealInBooth,
  someone,
  type TrusteeInBrowser,
  takePart,
  testDevice,
  toConsole,
  unfold,
} from "./life.js";

const variants = [
  { name: "English, desktop", words: { ...en, ...enRooms }, options: {} },
  { name: "Arabic, desktop", words: { ...ar, ...arRooms }, options: { language: "ar" } },
  { name: "English, phone of 360 px", words: { ...en, ...enRooms }, options: { width: 360 } },
];
const title = "Bridge over the river";
const trusteeNames = ["Tara", "Tom", "Tilda"];
const people = ["Vera", "Viktor", "Tess", "Bea", "Lena"] as const;
type PersonName = (typeof people)[number];

for (const { name, words, options } of variants)
  describe.skipIf(!capability("chromium"))(`the whole life of an election: ${name}`, () => {
    const { console: text, office, ceremony, booth, board } = words;
    let world: World;
    let browser: Browser;
    let stage: Stage;
    let olga: Visitor;
    let otto: Visitor;
    let uuid = "";
    let times = { opensAt: 0n, closesAt: 0n };
    const voters = new Map<PersonName, { visitor: Visitor; code: string }>();
    const trustees: TrusteeInBrowser[] = [];
    const trackers = new Map<string, string>();
    const voterOf = (who: PersonName) => voters.get(who) as { visitor: Visitor; code: string };

    beforeAll(async () => {
      world = await startWorld();
      browser = await launch();
      stage = { world, browser, words, options };
    });

    afterAll(async () => {
      await browser?.close();
      await world?.stop();
    });

    test("two officers found the ledger and act together from then on", async () => {
      olga = await foundInBrowser(stage, "Town of Příbram", "Olga");
      otto = await becomeOfficer(stage, olga, "Otto");
    });

    test("five voters register by mail, and an officer approves them", async () => {
      for (const who of people) {
        const voter = await someone(stage);
        const code = await registerInBrowser(stage, voter, who, `${who.toLowerCase()}@pribram.example`);
        voters.set(who, { visitor: voter, code });
      }
      const { page } = olga;
      await follow(page, text.navVoters);
      await sees(page, text.votersTitle);
      await press(page, text.approveAll);
      await page.getByText(text.approvedCount(people.length)).waitFor();
      await accessible(page);
    });

    test("the plan: question, voters, trustees, dates, safeguards; announced by both", async () => {
      const { page } = olga;
      await follow(page, text.navElections);
      await press(page, text.newElection);
      await sees(page, text.wizardSteps[0] as string);
      uuid = /drafts\/([^/]+)\//.exec(page.url())?.[1] ?? "";
      await type(page, text.electionName, title);
      await type(page, text.questionText, "Shall the town build it?");
      await type(page, text.answers, "Yes, build it\nNo, leave it");
      await page.getByRole("checkbox", { name: text.allowBlank }).check();
      await go(page, 1);
      await go(page, 2);
      await type(page, text.privacyFloor, "2");
      await go(page, 3);
      for (const [i, trustee] of trusteeNames.entries()) {
        await press(page, text.addTrustee);
        await page
          .getByRole("group", { name: text.trusteeName(i + 1) })
          .getByRole("textbox")
          .fill(trustee);
      }
      for (const trustee of trusteeNames) {
        await press(page, text.invite(trustee));
        const box = page.locator(".code-box", { hasText: text.inviteLink(trustee) });
        await box.waitFor();
        const link = (await box.locator("p.code span").allInnerTexts()).join("");
        trustees.push(await acceptInvitation(stage, link, title));
      }
      await accessible(page);
      await go(page, 4);
      const start = world.now() / 1_000_000n;
      await page.getByLabel(text.opensAt, { exact: true }).fill(pragueTime(start + 3_600_000n));
      await page.getByLabel(text.closesAt, { exact: true }).fill(pragueTime(start + 7_200_000n));
      await go(page, 5);
      await type(page, office.reissueCap, "1");
      await type(page, office.reissueHours, "0");
      await go(page, 6);
      await go(page, 7);
      await page.getByRole("checkbox", { name: "Yes, build it" }).check();
      await press(page, text.rehearsalCheck);
      await page.getByText(text.rehearsalGood).waitFor();
      await go(page, 8);
      await page.getByText(text.nothingBlocks).waitFor();
      await accessible(page);
      await press(page, text.announce);
      await page.getByText(text.announcedCollecting(1, 2)).waitFor();
      await approveWaiting(stage, otto, "Otto", "create-election");
    });

    test("three trustees make the key", async () => {
      for (const trustee of trustees) await takePart(stage, trustee, uuid);
      for (const { visitor } of trustees)
        await visitor.page.getByText(ceremony.ceremonyDone).waitFor({ timeout: 60_000 });
      await accessible((trustees[0] as TrusteeInBrowser).visitor.page);
    });

    test("the roll is entered, recomputed and sealed by both", async () => {
      const { page } = olga;
      await toConsole(stage, page, "Olga", `/console/elections/${uuid}`);
      await press(page, text.rollEnter);
      await page.getByText(text.rollEntered(people.length)).first().waitFor();
      await press(page, text.sealCheck);
      await page.getByText(text.sealAgrees).waitFor();
      await accessible(page);
      await press(page, text.sealGo);
      await page.getByText(text.announcedCollecting(1, 2)).waitFor();
      await approveWaiting(stage, otto, "Otto", "seal-election");
      const found = await world.client().request<{ start_date: string; end_date: string }>(`/elections/${uuid}`);
      times = { opensAt: nanoseconds(found.start_date), closesAt: nanoseconds(found.end_date) };
      await world.until(times.opensAt);
    });

    test("one votes; one votes blank; one votes and then again", async () => {
      const cast = async (who: PersonName, choice: string, note: string) => {
        const { visitor, code } = voterOf(who);
        trackers.set(note, await sealInBooth(stage, visitor, uuid, code, choice));
        await castInBooth(stage, visitor);
      };
      await cast("Vera", "Yes, build it", "Vera");
      await cast("Bea", booth.blank, "Bea");
      await cast("Viktor", "No, leave it", "Viktor's first");
      await cast("Viktor", "Yes, build it", "Viktor's last");
    });

    test("one tests the device with a second one, and votes for real afterwards", async () => {
      const { visitor, code } = voterOf("Tess");
      const tracker = await sealInBooth(stage, visitor, uuid, code, "No, leave it");
      const { fingerprint } = await world.client().request<{ fingerprint: string }>(`/elections/${uuid}`);
      await testDevice(stage, visitor, `/check#t.${uuid}.${inPath(tracker)}.${inPath(fingerprint)}`, "No, leave it");
      await press(visitor.page, booth.seal);
      await sees(visitor.page, booth.sealedTitle);
      expect(await codeOn(visitor.page)).not.toBe(tracker);
      await castInBooth(stage, visitor);
    });

    test("R-13: one loses the key: a new code by mail, a new credential by both officers, and then a vote", async () => {
      const { code: lost } = voterOf("Lena");
      const fresh = await someone(stage);
      const code = await registerInBrowser(stage, fresh, "Lena", "lena@pribram.example");
      await fresh.page.goto(`/booth/${uuid}`);
      await type(fresh.page, words.identity.codeField, code);
      await press(fresh.page, words.identity.unlock);
      await fresh.page.getByText(booth.refusals["not-on-roll"]).waitFor();
      await accessible(fresh.page);
      const { page } = olga;
      // A key that the mailbox alone replaced has to be looked at by an officer.
      await toConsole(stage, page, "Olga", "/console/voters");
      await press(page, text.approveVoter("Lena"));
      await page.getByRole("button", { name: text.suspendVoter("Lena") }).waitFor();
      await follow(page, text.navElections);
      await follow(page, title);
      await unfold(page, office.reissue);
      await page.getByRole("searchbox", { name: office.findVoter }).fill("nobody at all");
      await press(page, office.find);
      await page.getByText(office.reissueNobody).waitFor();
      await page.getByRole("searchbox", { name: office.findVoter }).fill("lena@");
      await press(page, office.find);
      await press(page, office.reissuePrepare("Lena"));
      await page.getByText(office.reissueNew).waitFor();
      await accessible(page);
      await press(page, office.reissueGo);
      await page.getByText(text.announcedCollecting(1, 2)).waitFor();
      await approveWaiting(stage, otto, "Otto", "reissue-credential");
      trackers.set("Lena", await sealInBooth(stage, fresh, uuid, code, "No, leave it"));
      await castInBooth(stage, fresh);
      const old = await someone(stage);
      await old.page.goto(`/booth/${uuid}`);
      await type(old.page, words.identity.codeField, lost);
      await press(old.page, words.identity.unlock);
      await old.page.getByRole("alert").first().waitFor();
      await fresh.context.close();
      await old.context.close();
    });

    test("after closing two trustees open the sum", async () => {
      await world.until(times.closesAt);
      for (const trustee of trustees.slice(0, 2)) await openSum(stage, trustee, uuid);
    });

    test("the result stands on the board, with every voter's last vote; the superseded one is told", async () => {
      const reader = await someone(stage);
      const { page } = reader;
      await page.goto(`/board/${uuid}`);
      await sees(page, board.result);
      await page.getByText(board.blanks(1)).waitFor();
      await accessible(page);
      expect(await world.client().request(`/elections/${uuid}/result`)).toMatchObject({
        counted: 5,
        spoiled: 1,
        questions: [{ answers: [{ count: 2 }, { count: 2 }], blank: 1 }],
      });
      for (const [who, said] of [
        ["Viktor's first", booth.answerSuperseded("@")],
        ["Viktor's last", booth.answerCounted("@")],
        ["Lena", booth.answerCounted("@")],
      ] as const) {
        await page.goto("about:blank");
        await page.goto(`/my-vote#${uuid}.${inPath(trackers.get(who) as string)}`);
        await sees(page, new RegExp(`^${said.split("@").map(escaped).join(".*")}$`));
        await accessible(page);
      }
      await page.goto(`/board/${uuid}`);
      await follow(page, board.toVerify);
      await press(page, board.verifyStart);
      await sees(page, board.good);
      await page.getByText(board.countedGood(5)).waitFor();
      await accessible(page);
      const everybody = [reader, olga, otto, ...trustees.map((each) => each.visitor)];
      for (const { complaints } of [...everybody, ...[...voters.values()].map((each) => each.visitor)])
        expect(complaints).toEqual([]);
    });

    /** Presses "Continue" of a step of the wizard, once its page was looked at. */
    async function go(page: Page, step: number): Promise<void> {
      await accessible(page);
      await press(page, words.common.next);
      await sees(page, text.wizardSteps[step] as string);
    }
  });

const inPath = (code: string): string => code.replaceAll("+", "-").replaceAll("/", "_");
const nanoseconds = (date: string): bigint => BigInt(Date.parse(date)) * 1_000_000n;
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What a person in Prague types for an instant (milliseconds). */
function pragueTime(ms: bigint): string {
  const zone = { timeZone: "Europe/Prague", dateStyle: "short", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat("sv-SE", zone).format(new Date(Number(ms))).replace(" ", "T");
}
