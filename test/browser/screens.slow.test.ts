/**
 * Every page and every state of the booth, on a desktop, on a phone, in the dark, and in Arabic from right to left: no
 * rule of accessibility is broken and nothing scrolls sideways. With PSEPHOS_SCREENSHOTS it takes pictures on the way.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ar } from "#words/web/ar.js";
import { en, type Words } from "#words/web/en.js";
import {
  type Election,
  foundLedger,
  importWithLetters,
  people,
  startWorld,
  type Voter,
  type World,
} from "../election/kit.js";
import { accessible, capability, launch, openElection, sees, type VisitorOptions, visitor } from "./kit.js";

const directory = process.env.PSEPHOS_SCREENSHOTS;

const variants: readonly (VisitorOptions & { readonly name: string; readonly words: Words })[] = [
  { name: "desktop", words: en },
  { name: "phone", words: en, width: 320 },
  { name: "dark", words: en, dark: true },
  { name: "arabic", words: ar, language: "ar", width: 360 },
];

describe.skipIf(!capability("chromium"))("every page", () => {
  let world: World;
  let browser: Browser;
  let election: Election;
  let voters: Voter[];

  beforeAll(async () => {
    world = await startWorld();
    browser = await launch();
    const officer = await foundLedger(world, "Town of Příbram", "Olga Officer");
    voters = await importWithLetters(world, officer, people(10, "pribram.example"));
    election = await openElection(world, officer, {
      questions: [
        { question: "Shall the town build the bridge?", answers: ["Yes", "No"], min: 1, max: 1, blank: true },
        {
          question: "Who shall sit on the committee?",
          answers: ["Ada", "Bořek", "Cyril"],
          min: 0,
          max: 2,
          blank: false,
        },
      ],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  for (const [index, { name, words, ...options }] of variants.entries()) {
    const look = async (page: Page, title: string) => {
      if (directory !== undefined) {
        mkdirSync(join(directory, name), { recursive: true });
        await page.screenshot({ path: join(directory, name, `${title}.png`), fullPage: true });
      }
      await accessible(page);
    };

    test(`pages without a person: ${name}`, async () => {
      const { page, context, complaints } = await visitor(browser, world, options);
      const paths = [
        "/",
        "/join",
        "/sign-in",
        "/me",
        "/my-vote",
        "/check",
        "/verify",
        "/console",
        "/setup",
        "/trustee",
        "/practice",
      ];
      const more = [
        `/board/${election.uuid}`,
        `/board/${election.uuid}/ballots`,
        `/booth/${election.uuid}`,
        "/nowhere",
      ];
      for (const path of [...paths, ...more]) {
        await page.goto(path === "/nowhere" ? "/board/nowhere/at/all" : path);
        await page.locator("h1").first().waitFor();
        // A page that asks again and again is never idle; what it shows first is there by then.
        await page.waitForLoadState("networkidle", { timeout: 3_000 }).catch(() => undefined);
        await look(page, `page${path.replace(election.uuid, "election").replaceAll("/", "-")}`);
      }
      expect(complaints).toEqual([]);
      await context.close();
    });

    test(`the whole way through the booth: ${name}`, async () => {
      const { page, context, complaints } = await visitor(browser, world, options);
      await page.goto(`/booth/${election.uuid}`);
      await walkBooth(page, words, (voters[index] as Voter).code, look);
      expect(complaints).toEqual([]);
      await context.close();
    });
  }
});

async function walkBooth(
  page: Page,
  { booth, common, identity }: Words,
  code: string,
  look: (page: Page, title: string) => Promise<void>,
): Promise<void> {
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("textbox", { name: identity.codeField }).fill(code);
  await press(identity.unlock);
  await sees(page, booth.introTitle);
  await page.getByText(booth.marksTitle).click();
  await look(page, "booth-1-intro");
  await press(booth.begin);
  await sees(page, booth.questionOf(1, 2));
  await press(common.next);
  await page.getByRole("alert").first().waitFor();
  await look(page, "booth-2-fault");
  await page.getByRole("radio", { name: "Yes" }).check();
  await look(page, "booth-3-question");
  await press(common.next);
  await page.getByRole("checkbox", { name: "Ada" }).check();
  await look(page, "booth-4-several");
  await press(common.next);
  await sees(page, booth.reviewTitle);
  await look(page, "booth-5-check");
  await press(booth.seal);
  await sees(page, booth.sealedTitle);
  await look(page, "booth-6-sealed");
  await page.getByText(booth.testDevice).first().click();
  await look(page, "booth-7-test");
  await press(booth.testDevice);
  await sees(page, booth.openedTitle);
  await press(booth.openedOther);
  await look(page, "booth-8-opened");
  await press(booth.report);
  await page.getByText(booth.reported).waitFor();
  await press(booth.openedSame);
  await press(booth.seal);
  await press(booth.sendMyVote);
  await sees(page, booth.recordedTitle);
  await look(page, "booth-9-recorded");
  await press(booth.finish);
  await sees(page, booth.myVoteTitle);
}
