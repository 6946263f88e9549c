/**
 * The console's rarer acts, sent for real: an officer removed by the others, a key ceremony begun anew with another
 * trustee, a sitting of two elections that a voter votes on in one go, and another set of validators.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { registerTrustees } from "#client/demonstration.js";
import { approveProposal, proposalText, type ReadProposal, readProposal } from "#client/network-proposal.js";
import { announce, createDraft } from "#client/officer.js";
import { makeCode } from "#crypto/base58.js";
import { identityFromCode, keyBytes } from "#protocol/identity.js";
import { prepareTestnet } from "../../src/cli/testnet.js";
import { cometBinary } from "../comet-node.js";
import {
  announceElection,
  appoint,
  type Election,
  enterAndSeal,
  foundLedger,
  importWithLetters,
  makeKeys,
  members,
  type Officer,
  people,
  random,
  schedule,
  startWorld,
  type Voter,
  type World,
} from "../election/kit.js";
import {
  accessible,
  capability,
  choose,
  enterConsole,
  follow,
  launch,
  press,
  sees,
  type,
  type Visitor,
  visitor,
} from "./kit.js";
import { codeOn, unfold } from "./life.js";

describe.skipIf(!capability("chromium"))("rarer acts of an office of three, of whom two are needed", () => {
  let world: World;
  let browser: Browser;
  let officers: Officer[];
  let olga: Visitor;
  let otto: Visitor;
  let voters: Voter[];

  beforeAll(async () => {
    world = await startWorld();
    const first = await foundLedger(world, "Town of Příbram", "Olga Officer");
    const second = await appoint(world, [first], "Otto Officer", 2);
    const third = await appoint(world, [first, second], "Oscar Officer", 2);
    officers = [first, second, third];
    voters = await importWithLetters(world, first, people(5, "pribram.example"));
    browser = await launch();
    olga = await visitor(browser, world);
    otto = await visitor(browser, world, { width: 360 });
  });

  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  const deciding = () => officers.slice(0, 2);

  /** The second officer reads what waits, and approves it. */
  async function approveAsOtto(act: string): Promise<void> {
    const { page } = otto;
    await enterConsole(page, "/console/approvals", (officers[1] as Officer).code);
    await page
      .getByRole("row", { name: /collecting approvals/ })
      .getByRole("link", { name: act })
      .click();
    await sees(page, act);
    await accessible(page);
    await press(page, "Approve");
    await page.getByText("Recorded on the ledger.").waitFor();
  }

  test("two officers remove the third: proposed by one, approved by the other, and his code opens nothing more", async () => {
    const { page } = olga;
    await enterConsole(page, "/console/officers", (officers[0] as Officer).code);
    await page.getByText("Town of Příbram: 2 of 3 officers approve an act together.").waitFor();
    await unfold(page, "Remove an officer");
    await page.getByLabel("Officer who goes").selectOption("Oscar Officer");
    await page.getByRole("textbox", { name: "Approvals needed from then on" }).last().fill("2");
    await press(page, "Propose the removal");
    await page.getByText("1 of 2 approvals.").waitFor();
    await accessible(page);
    await page.getByText("2 of 3 officers approve an act together.").waitFor();
    await approveAsOtto("remove an officer");
    await follow(page, "Our elections");
    await follow(page, "Officers");
    await page.getByText("Town of Příbram: 2 of 2 officers approve an act together.").waitFor();
    expect(await page.getByRole("table", { name: "Officers" }).innerText()).not.toContain("Oscar");
    const gone = await visitor(browser, world);
    await gone.page.goto("/console");
    await type(gone.page, "Recovery code", (officers[2] as Officer).code);
    await press(gone.page, "Sign in");
    await gone.page.getByRole("alert").first().waitFor();
    expect(await gone.page.locator(".office-bar").count()).toBe(0);
    await accessible(gone.page);
    await gone.context.close();
  });

  test("a ceremony from which a trustee stays away is begun anew with another one, whose key is made in the browser", async () => {
    const election = await announceElection(world, deciding(), {
      name: "Bridge over the river",
      questions: [{ question: "Shall we build it?", answers: ["Yes", "No"], min: 1, max: 1, blank: false }],
      ...schedule(world, 120, 600),
      trustees: members("Tara", "Tom", "Tilda"),
      threshold: 2,
    });
    const { uuid } = election;
    const tina = await visitor(browser, world, { width: 360 });
    await tina.page.goto("/trustee");
    await type(tina.page, "Identifier of the election", uuid);
    await press(tina.page, "Make a code for this election");
    await sees(tina.page, "Your trustee's code");
    await accessible(tina.page);
    const code = await codeOn(tina.page);
    await press(tina.page, "I have my copy");
    await type(tina.page, "Trustee's code", code);
    await press(tina.page, "Make a code for this election");
    await sees(tina.page, "Give this public key to the officer");
    await accessible(tina.page);
    const key = await codeOn(tina.page);
    expect(key).toMatch(/^[0-9a-f]{64}$/);

    const { page } = olga;
    await enterConsole(page, `/console/elections/${uuid}`, (officers[0] as Officer).code);
    await unfold(page, "Begin the key ceremony anew");
    await page.getByText("This is ceremony 1.").waitFor();
    await page.getByRole("checkbox", { name: "Tilda" }).uncheck();
    await type(page, "Public key of the trustee", "none");
    await press(page, "Add to the new ceremony");
    await page.getByRole("alert").first().waitFor();
    await accessible(page);
    await type(page, "Name", "Tina");
    await type(page, "Public key of the trustee", key);
    await press(page, "Add to the new ceremony");
    await page.getByRole("checkbox", { name: "Tina" }).waitFor();
    await type(page, "How many members are needed to open the sum", "2");
    await press(page, "Propose the new ceremony");
    await page.getByText("1 of 2 approvals.").waitFor();
    await accessible(page);
    await approveAsOtto("restart the ceremony");
    const ceremony = await world
      .client()
      .request<{ number: number; trustees: { name: string }[] }>(`/elections/${uuid}/ceremony`, { fresh: true });
    expect(ceremony).toMatchObject({ number: 2 });
    expect(ceremony.trustees.map(({ name }) => name)).toEqual(["Tara", "Tom", "Tina"]);

    const codes = [code, ...election.trustees.slice(0, 2).map((trustee) => trustee.code)];
    const trustees = [tina, await visitor(browser, world), await visitor(browser, world)];
    for (const [i, trustee] of trustees.entries()) {
      await trustee.page.goto(`/ceremony/${uuid}`);
      await type(trustee.page, "Trustee's code", codes[i] as string);
      await press(trustee.page, "Take part");
    }
    for (const trustee of trustees) await trustee.page.getByText("Your part is done").waitFor({ timeout: 60_000 });
    expect(await world.client().request(`/elections/${uuid}/ceremony`, { fresh: true })).toMatchObject({
      phase: "done",
    });
    await press(page, "Look again");
    await page.getByText("Begin the key ceremony anew").waitFor({ state: "detached" });
    for (const { complaints } of [olga, otto, ...trustees]) expect(complaints).toEqual([]);
    for (const { context } of trustees) await context.close();
  });

  test("a sitting made in the console is voted on in one go, with a receipt for each election", async () => {
    const drafts = await Promise.all(["The mayor", "The bridge"].map(draftOf));
    const [mayor, bridge] = drafts as [string, string];
    const { page } = olga;
    await enterConsole(page, `/console/drafts/${mayor}/1`, (officers[0] as Officer).code);
    await page.getByLabel("Voted on together with").selectOption("A new sitting that further elections can join");
    await accessible(page);
    await press(page, "Continue");
    await sees(page, "Translations");
    await enterConsole(page, `/console/drafts/${bridge}/1`, (officers[0] as Officer).code);
    await page.getByLabel("Voted on together with").selectOption("The sitting of: The mayor");
    await press(page, "Continue");
    await sees(page, "Translations");
    const elections: Election[] = [];
    for (const uuid of drafts) elections.push(await announceDraft(uuid));
    await makeKeys(world, elections[0] as Election, ...elections.slice(1));
    for (const election of elections) await enterAndSeal(world, deciding(), election, { kind: "all" });
    await world.until((elections[1] as Election).plan.opensAt);

    const someone = await visitor(browser, world, { width: 360 });
    const booth = someone.page;
    await booth.goto(`/booth/${bridge}`);
    await type(booth, "Recovery code", (voters[0] as Voter).code);
    await press(booth, "Sign in");
    await booth.getByRole("heading", { name: "The mayor" }).waitFor();
    await booth.getByRole("heading", { name: "The bridge" }).waitFor();
    await accessible(booth);
    await press(booth, "Begin");
    await sees(booth, "Question 1 of 2");
    await choose(booth, "Yes");
    await press(booth, "Continue");
    await sees(booth, "Question 2 of 2");
    await choose(booth, "No");
    await press(booth, "Continue");
    await sees(booth, "Check your choices");
    await accessible(booth);
    await press(booth, "Seal my vote");
    await sees(booth, "Sealed, but not sent yet");
    await accessible(booth);
    await press(booth, "Send my vote");
    await sees(booth, "Your vote is recorded");
    await accessible(booth);
    const receipts = await Promise.all(
      ["The mayor", "The bridge"].map(async (name) => {
        const receipt = booth.locator("section.receipt", { has: booth.getByRole("heading", { name }) });
        return (await receipt.locator("p.code span").allInnerTexts()).join("");
      }),
    );
    expect(new Set(receipts).size).toBe(2);
    for (const [i, uuid] of drafts.entries()) {
      expect(await world.client().request(`/elections/${uuid}`)).toMatchObject({ counted: 1 });
      await booth.goto("about:blank");
      await booth.goto(`/my-vote#${uuid}.${(receipts[i] ?? "").replaceAll("+", "-").replaceAll("/", "_")}`);
      await sees(booth, /^Recorded at .*, and counted\.$/);
    }
    expect([...olga.complaints, ...someone.complaints]).toEqual([]);
    await someone.context.close();
  });

  async function draftOf(name: string): Promise<string> {
    const { uuid } = await createDraft((officers[0] as Officer).http, {
      name,
      questions: [{ question: `${name}?`, answers: ["Yes", "No"], min: 1, max: 1, blank: false }],
      ...schedule(world, 120, 600),
      trustees: members("Tara", "Tom"),
      threshold: 1,
    });
    return uuid;
  }

  /** Announced by both, with keys of its trustees. */
  async function announceDraft(uuid: string): Promise<Election> {
    const trustees = ["Tara", "Tom"].map((name) => ({ name, code: makeCode(random), opened: new Map() }));
    const codes = trustees.map(({ code }) => code);
    await registerTrustees((officers[0] as Officer).http, world.client(), uuid, codes, random);
    await announce((officers[0] as Officer).http, (officers[0] as Officer).signer, uuid);
    const { plan, proposal } = await announce((officers[1] as Officer).http, (officers[1] as Officer).signer, uuid);
    expect(proposal.status).toBe("recorded");
    return { uuid, plan, trustees };
  }
});

const comet = cometBinary();

describe.skipIf(!capability("chromium") || comet === undefined)("a network's validators in the console", () => {
  let base: string;
  let world: World;
  let browser: Browser;
  let officer: Officer;

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "psephos-validators-"));
    await prepareTestnet(join(base, "net"), 1, 250);
    world = await startWorld(undefined, join(base, "net", "node1"));
    officer = await foundLedger(world, "Electoral Commission", "Olga Officer");
    browser = await launch();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await world?.stop();
    await rm(base, { recursive: true, force: true });
  });

  test("an officer proposes and approves, an operator approves the saved file, and the file is sent", async () => {
    const { page, complaints, context } = await visitor(browser, world);
    await enterConsole(page, "/console/validators", officer.code);
    const table = page.getByRole("table", { name: "Validators" });
    await table.getByText("node 1").waitFor();
    await accessible(page);
    await unfold(page, "Propose a change");
    await press(page, "Make the proposal");
    await page.getByRole("alert").first().waitFor();
    await accessible(page);
    await type(page, "Name", "node 2");
    // An Ed25519 key whose node does not run yet: the first one has the power to go on alone.
    const code = makeCode(random);
    await type(page, "Key of the node", toHex(keyBytes(identityFromCode(code, "operator"))));
    await type(page, "Power", "1");
    await type(page, "Key of the operator", toHex(keyBytes(identityFromCode(makeCode(random), "operator"))));
    await press(page, "Make the proposal");
    await page.getByText("Approvals: officers 0, operators 0.").waitFor();
    await accessible(page);
    await press(page, "Approve as an officer");
    await page.getByText("Approvals: officers 1, operators 0.").waitFor();
    const saved = page.waitForEvent("download");
    await press(page, "Save the proposal");
    const text = readFileSync(await (await saved).path(), "utf8");
    // What an operator does with the command line.
    const operator = identityFromCode(
      readFileSync(join(base, "net", "node1", "operator.code"), "utf8").trim(),
      "operator",
    );
    const signer = { identity: operator, chainId: officer.signer.chainId, random };
    const approved = proposalText(approveProposal(readProposal(text) as ReadProposal, "operator", signer));
    const drop = page.getByLabel("Open a proposal");
    await drop.setInputFiles({ name: "bad.json", mimeType: "application/json", buffer: Buffer.from("{}") });
    await page.getByText("This file is no proposal of a change of the network.").waitFor();
    await drop.setInputFiles({ name: "proposal.json", mimeType: "application/json", buffer: Buffer.from(approved) });
    await page.getByText("Approvals: officers 1, operators 1.").waitFor();
    await press(page, "Send it to the ledger");
    await page.getByText(/Agreed in block \d+\./).waitFor();
    // What is agreed is not sent again.
    expect(await page.getByRole("button", { name: "Send it to the ledger" }).count()).toBe(0);
    await table.getByText("node 2").waitFor();
    await accessible(page);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
