/**
 * The people of an organisation before their browsers: an owner gives and takes roles, a registrar and an observer see what
 * they may not do as a sentence; a further organisation is founded and entered; an election is used again.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DraftBody } from "#api/management.js";
import { toHex } from "#base/bytes.js";
import { makeCode } from "#crypto/base58.js";
import { identityFromCode, keyBytes } from "#protocol/identity.js";
import { common } from "#words/web/en/common.js";
import { console as office } from "#words/web/en/console.js";
import { identity } from "#words/web/en/identity.js";
import { people as text } from "#words/web/en/people.js";
import {
  announceElection,
  type Election,
  foundLedger,
  importWithLetters,
  members,
  type Officer,
  people,
  random,
  schedule,
  startWorld,
  type World,
} from "../election/kit.js";
import { accessible, capability, choose, enterConsole, follow, launch, press, sees, type, visitor } from "./kit.js";
import { unfold } from "./life.js";

const directory = process.env.PSEPHOS_SCREENSHOTS;

describe.skipIf(!capability("chromium"))("the people of the office", () => {
  let world: World;
  let browser: Browser;
  let owner: Officer;
  let election: Election;
  const codes = { registrar: makeCode(random), cleo: makeCode(random) };
  const keyOf = (code: string) => toHex(keyBytes(identityFromCode(code, "officer")));

  beforeAll(async () => {
    world = await startWorld();
    browser = await launch();
    owner = await foundLedger(world, "Town of Příbram", "Olga Officer");
    await importWithLetters(world, owner, people(3, "pribram.example"));
    election = await announceElection(world, [owner], {
      name: "Bridge over the river",
      questions: [
        { question: "Shall the town build the bridge?", answers: ["Yes", "No"], min: 1, max: 1, blank: true },
      ],
      ...schedule(world, 600, 1200),
      trustees: members("Tomáš", "Tereza"),
      threshold: 1,
    } as DraftBody);
  });

  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  async function look(page: Page, title: string): Promise<void> {
    await accessible(page);
    if (directory === undefined) return;
    mkdirSync(join(directory, "office"), { recursive: true });
    const { width } = page.viewportSize() ?? { width: 0 };
    await page.screenshot({ path: join(directory, "office", `${title}-${width}.png`), fullPage: true });
  }

  const says = (page: Page, sentence: string) => page.getByRole("alert").getByText(sentence).first().waitFor();

  test("an owner gives a role, changes it and takes it away; each person sees what the role allows", async () => {
    const { page, context, complaints } = await visitor(browser, world);
    await enterConsole(page, "/console", owner.code);
    await follow(page, text.nav);
    await sees(page, text.title);
    await page.getByText(text.everyOwner).waitFor();
    await page.getByRole("row", { name: /^Give and take roles no no no yes$/ }).waitFor();
    await page.getByRole("row", { name: /^Approve, refuse and suspend voters no yes yes yes$/ }).waitFor();
    await look(page, "people");
    await press(page, text.addGo);
    await says(page, text.addNameMissing);
    await says(page, text.addKeyBad);
    await look(page, "people-fault");
    await type(page, text.addName, "Rita Registrar");
    await type(page, text.addKey, keyOf(codes.registrar));
    await choose(page, text.roles.registrar as string);
    await press(page, text.addGo);
    await page.getByText(text.given("Rita Registrar", "registrar")).waitFor();
    await page.getByRole("row", { name: /Rita Registrar registrar in the registry/ }).waitFor();

    const rita = await visitor(browser, world, { width: 360 });
    await enterConsole(rita.page, "/console", codes.registrar);
    await rita.page.getByText(text.mayNot("registrar", "officer")).waitFor();
    expect(await rita.page.getByRole("button", { name: office.newElection }).count()).toBe(0);
    await look(rita.page, "overview-registrar");
    await follow(rita.page, "Bridge over the river");
    await sees(rita.page, "Bridge over the river");
    await rita.page.getByText(text.mayNot("registrar", "officer")).waitFor();
    await look(rita.page, "election-registrar");
    await follow(rita.page, office.navVoters);
    await rita.page.getByRole("link", { name: office.importTitle }).waitFor();
    await follow(rita.page, text.nav);
    await rita.page.getByText(text.mayNot("registrar", "owner")).waitFor();
    await rita.page.getByText(text.ownersAre("Olga Officer")).waitFor();
    await look(rita.page, "people-registrar");

    await press(page, text.makeRole("Rita Registrar", "observer"));
    await page.getByText(text.given("Rita Registrar", "observer")).waitFor();
    await enterConsole(rita.page, "/console/voters", codes.registrar);
    await rita.page.getByText(text.mayNot("observer", "registrar")).waitFor();
    await rita.page.getByRole("row", { name: /voter-1@pribram\.example/ }).waitFor();
    expect(await rita.page.getByRole("link", { name: office.importTitle }).count()).toBe(0);
    expect(await rita.page.getByRole("columnheader", { name: office.actions }).count()).toBe(0);
    await look(rita.page, "voters-observer");
    await enterConsole(rita.page, "/console/voters/import", codes.registrar);
    await rita.page.getByText(text.mayNotSee("observer", "registrar")).waitFor();
    await look(rita.page, "import-observer");

    await press(page, text.dismiss("Rita Registrar"));
    await press(page, text.dismissShort);
    await page.getByText(text.taken("Rita Registrar")).waitFor();
    await rita.page.goto("/console");
    await type(rita.page, identity.codeField, codes.registrar);
    await press(rita.page, identity.unlock);
    await says(rita.page, office.notOfficer);
    expect([...complaints, ...rita.complaints]).toEqual([]);
    await rita.context.close();
    await context.close();
    // Two browsers take turns, and axe looks at each of many states: a busy machine may take its time.
  }, 900_000);

  test("a further organisation is founded, and whoever has a role in both goes from one to the other", async () => {
    const { page, context, complaints } = await visitor(browser, world);
    await enterConsole(page, "/console/organisations", owner.code);
    await sees(page, text.organisations);
    await page.getByText(text.here).waitFor();
    await press(page, text.foundGo);
    await says(page, text.foundNameMissing);
    await says(page, text.foundOfficersNone);
    await type(page, text.foundOfficers, "Cleo");
    await press(page, text.foundGo);
    await says(page, text.foundOfficersBad(1));
    await look(page, "organisations-fault");
    await type(page, text.foundName, "Rowing Club");
    const [cleo, olga] = [keyOf(codes.cleo), keyOf(owner.code)];
    await type(page, text.foundOfficers, `Cleo = ${cleo}\nOlga = ${olga}\nOlga again = ${olga}`);
    await press(page, text.foundGo);
    await says(page, text.foundOfficersTwice);
    await type(page, text.foundOfficers, `Cleo = ${cleo}\nOlga = ${olga}`);
    await press(page, text.foundGo);
    await page.getByText(office.recorded).waitFor();
    await enterConsole(page, "/console/organisations", owner.code);
    await look(page, "organisations");
    await press(page, text.switchTo("Rowing Club"));
    await page.getByText(text.foundElsewhere("Town of Příbram")).waitFor();
    await page.getByRole("button", { name: text.switchTo("Town of Příbram") }).waitFor();
    // What is the town's is not the club's.
    await follow(page, office.navElections);
    await sees(page, office.emptyTitle);
    const other = await visitor(browser, world);
    await enterConsole(other.page, "/console/people", codes.cleo);
    await other.page.getByText(text.yourRole("owner")).waitFor();
    await other.context.close();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("an election is used again: what is copied and what is not is said, and the draft opens", async () => {
    const { page, context, complaints } = await visitor(browser, world);
    await enterConsole(page, `/console/elections/${election.uuid}`, owner.code);
    // The key has a role in two organisations now; without a choice it is the founding one.
    await unfold(page, text.again);
    await page.getByText(text.againNot).waitFor();
    await look(page, "election-again");
    await press(page, text.againGo);
    await sees(page, office.wizardSteps[0] as string);
    expect(await page.getByRole("textbox", { name: office.electionName }).inputValue()).toContain(
      "Bridge over the river",
    );
    expect(page.url()).not.toContain(election.uuid);
    await unfold(page, text.again);
    await page.getByRole("button", { name: text.againGo }).waitFor();
    await press(page, common.next);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
