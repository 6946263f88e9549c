/**
 * The booth beside a second node that the election names: what it asks of whom, that every choice looks the same from
 * outside, and what happens when that node is silent or shows another ledger. The second node is the same ledger behind
 * another address, which lies on demand.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { psephos } from "../command.js";
import {
  type Election,
  foundLedger,
  importWithLetters,
  people,
  startWorld,
  type Voter,
  type World,
} from "../election/kit.js";
import {
  accessible,
  capability,
  choose,
  launch,
  openElection,
  press,
  sees,
  type,
  type Visitor,
  visitor,
} from "./kit.js";

type Manner = "honest" | "silent" | "forked" | "altered";

/** Another address of the ledger at `url`. */
async function secondNode(url: string): Promise<{ url: string; manner: Manner; delayMs: number; server: Server }> {
  const node = { url: "", manner: "honest" as Manner, delayMs: 0, server: createServer() };
  node.server.on("request", async (request, response) => {
    if (node.manner === "silent") return void request.socket.destroy();
    await new Promise((done) => setTimeout(done, node.delayMs));
    const answer = await fetch(url + (request.url ?? "/"));
    let text = await answer.text();
    if (node.manner === "forked" && /^\/ledger\/blocks\//.test(request.url ?? ""))
      text = text.replace(/"header":"(.)/, (_all, first) => `"header":"${first === "A" ? "B" : "A"}`);
    if (node.manner === "altered" && /^\/assets\/frame-.*\.js$/.test(request.url ?? "")) text += "steal();";
    response.writeHead(answer.status, { "content-type": "application/json", "access-control-allow-origin": "*" });
    response.end(text);
  });
  await new Promise<void>((resolve) => node.server.listen(0, "127.0.0.1", resolve));
  node.url = `http://127.0.0.1:${(node.server.address() as AddressInfo).port}`;
  return node;
}

const root = join(import.meta.dirname, "..", "..");

const longest = "A name that is so long that it needs more than one line on every phone there is, and then some more";
const answers = ["Yes", "No", longest];
const blank = "Blank vote: none of the answers";

describe.skipIf(!capability("chromium"))("the booth and a second node", () => {
  let world: World;
  let browser: Browser;
  let election: Election;
  let voters: Voter[];
  let node: Awaited<ReturnType<typeof secondNode>>;
  let pinned = "";

  beforeAll(async () => {
    world = await startWorld();
    browser = await launch();
    node = await secondNode(world.url);
    const officer = await foundLedger(world, "Town of Příbram", "Olga Officer");
    voters = await importWithLetters(world, officer, people(9, "pribram.example"));
    const questions = [{ question: "Shall the town build the bridge?", answers, min: 1, max: 1, blank: true }];
    pinned = createHash("sha256")
      .update(readFileSync(join(root, "dist", "web", "assets", "files.txt")))
      .digest("hex");
    election = await openElection(world, officer, { questions, nodes: [node.url], booth: [pinned] });
  });

  afterAll(async () => {
    await browser?.close();
    node?.server.close();
    await world?.stop();
  });

  /** Signs in to the booth with a letter's code. */
  async function enter(someone: Visitor, index: number): Promise<void> {
    await someone.page.goto(`/booth/${election.uuid}`);
    await type(someone.page, "Recovery code", (voters[index] as Voter).code);
    await press(someone.page, "Sign in");
  }

  async function seal(someone: Visitor, choice: string): Promise<void> {
    const { page } = someone;
    await sees(page, "Your ballot paper");
    await press(page, "Begin");
    await choose(page, choice);
    await press(page, "Continue");
    await press(page, "Seal my vote");
    await sees(page, "Sealed, but not sent yet");
  }

  test("W-02: the page's policy lets it ask this server and that node, and nobody else", async () => {
    const answer = await fetch(`${world.url}/booth/${election.uuid}`, { headers: { accept: "text/html" } });
    const policy = (answer.headers.get("content-security-policy") ?? "").split("; ");
    expect(policy).toContain(`connect-src 'self' ${node.url}`);
    expect(policy.filter((rule) => rule.includes(node.url))).toHaveLength(1);
  });

  test("W-02, W-09: for every choice the same requests of the same sizes, to this server and that node only", async () => {
    const traces: string[] = [];
    for (const [index, choice] of [...answers, blank].entries()) {
      const someone = await visitor(browser, world);
      // A node that is slow makes what a browser keeps grow old: nothing may be asked more often for that.
      node.delayMs = index === 1 ? 1300 : 0;
      await enter(someone, index);
      await seal(someone, choice);
      await press(someone.page, "Send my vote");
      await sees(someone.page, "Your vote is recorded");
      const asked = someone.requests.filter(({ url }) => !new URL(url).pathname.startsWith("/assets/"));
      // What a busy server turned away was asked again: that says how busy it was, and nothing about the choice.
      for (const { url } of someone.answers.filter(({ status }) => status === 503))
        asked.splice(
          asked.findIndex((each) => each.url === url),
          1,
        );
      expect(new Set(asked.map(({ url }) => new URL(url).origin))).toEqual(new Set([world.url, node.url]));
      const anonymous = (url: string) =>
        url.replace(/credentials\/[0-9a-f]+/, "credentials/X").replace(/blocks\/\d+/, "blocks/N");
      traces.push(asked.map(({ method, url, size }) => `${method} ${anonymous(url)} ${size}`).join("\n"));
      expect(someone.complaints).toEqual([]);
      await someone.context.close();
    }
    node.delayMs = 0;
    expect(traces[0]).toContain(`GET ${node.url}/ledger/blocks/N 0`);
    expect(traces[0]).toMatch(/POST http\S+\/vote \d{4}/);
    for (const trace of traces) expect(trace).toBe(traces[0]);
  });

  test("W-08: after casting, Back, the restored tab, the history and the stores show nothing of it", async () => {
    const someone = await visitor(browser, world);
    const { page, context } = someone;
    await page.goto("/");
    await enter(someone, 4);
    await seal(someone, longest);
    await press(page, "Send my vote");
    await sees(page, "Your vote is recorded");
    const { code } = voters[4] as Voter;
    const traces = [longest, code, code.replaceAll("-", ""), '"marked"', '"choices"', '"randomness"'];
    const session = await context.newCDPSession(page);
    const { entries } = await session.send("Page.getNavigationHistory");
    const stored = JSON.stringify(await context.storageState({ indexedDB: true }));
    const inTab = await page.evaluate<string>(
      "JSON.stringify([history.state, {...sessionStorage}, {...localStorage}, name])",
    );
    for (const trace of traces)
      for (const text of [JSON.stringify(entries), stored, inTab]) expect(text).not.toContain(trace);
    expect(entries.map(({ url }) => new URL(url).hash).join("")).toBe("");
    for (const move of [() => page.goBack(), () => page.goForward(), () => page.reload()]) {
      await move();
      await page.locator("h1").first().waitFor();
      expect(await page.content()).not.toContain(longest);
    }
    // A tab that the browser restores begins with the same address and nothing else.
    const restored = await context.newPage();
    await restored.goto(page.url());
    await sees(restored, "Sign in to vote");
    expect(await restored.content()).not.toContain(longest);
    await context.close();
  });

  test("L-01: a node that shows another block stops the booth before anything is chosen; the evidence is a file", async () => {
    node.manner = "forked";
    const someone = await visitor(browser, world);
    const { page } = someone;
    await enter(someone, 5);
    await sees(page, "Stop: do not vote here");
    await accessible(page);
    const [file] = await Promise.all([page.waitForEvent("download"), press(page, "Save the evidence")]);
    expect(file.suggestedFilename()).toBe("psephos-evidence.json");
    expect(someone.requests.filter(({ url }) => url.endsWith("/vote"))).toEqual([]);
    node.manner = "honest";
    await page.context().close();
  });

  test("L-01: a node that begins to lie after the vote was chosen: the receipt is not accepted", async () => {
    const someone = await visitor(browser, world);
    await enter(someone, 6);
    await seal(someone, "Yes");
    node.manner = "forked";
    await press(someone.page, "Send my vote");
    await sees(someone.page, "Stop: do not vote here");
    node.manner = "honest";
    await someone.context.close();
  });

  test("a node that is silent: the voter decides, and is told on every page from then on", async () => {
    node.manner = "silent";
    const someone = await visitor(browser, world);
    const { page } = someone;
    await enter(someone, 7);
    await sees(page, "The second node does not answer");
    await accessible(page);
    await press(page, "Go on without comparing");
    await page.getByText(/does not answer: what this server proves is not compared/).waitFor();
    await seal(someone, "No");
    await press(page, "Send my vote");
    await sees(page, "Your vote is recorded");
    node.manner = "honest";
    await someone.context.close();
  });

  test("W-04: psephos booth hashes compares what is served with the manifest, and names what was altered", async () => {
    const hashes = (...args: readonly string[]) => psephos(["booth", "hashes", ...args]);
    const good = await hashes("--url", world.url, "--election", election.uuid);
    expect(good).toMatchObject({ exitCode: 0 });
    expect(good.stdout.trimEnd().split("\n").at(-1)).toBe(`${pinned}  (all files)`);
    expect(await hashes("--url", world.url, "--hash", "0".repeat(64))).toMatchObject({ exitCode: 1 });
    node.manner = "altered";
    const bad = await hashes("--url", node.url, "--election", election.uuid);
    node.manner = "honest";
    expect(bad.exitCode).toBe(1);
    expect(bad.stdout).toMatch(/\/assets\/frame-\S+\.js {2}DIFFERS/);
    expect(bad.stderr).toContain("gives other bytes than its own list says: /assets/frame-");
  });

  test("W-12: the booth says under which address it stands, beside the marks of the letter", async () => {
    const someone = await visitor(browser, world);
    await enter(someone, 8);
    await sees(someone.page, "Your ballot paper");
    await someone.page.getByText("Compare with your letter").click();
    await someone.page.getByText(new URL(world.url).host, { exact: true }).waitFor();
    await someone.context.close();
  });

  test("W-01: an address in the link names no other server and no other election", async () => {
    const someone = await visitor(browser, world);
    const other = await secondNode(world.url);
    const evil = encodeURIComponent(`${other.url}/elections/${election.uuid}`);
    const before = someone.requests.length;
    for (const path of [
      `/booth/${election.uuid}?election_url=${evil}#${evil}`,
      `/booth/${evil}`,
      `/my-vote?url=${evil}#${evil}`,
      `/check?url=${evil}#${evil}`,
      `/verify?election=${evil}`,
    ]) {
      await someone.page.goto(path);
      await someone.page.locator("h1").first().waitFor();
      await someone.page.waitForLoadState("networkidle", { timeout: 3_000 }).catch(() => undefined);
    }
    // And with somebody signed in: the paper comes from this server, compared with the node that the election names.
    await someone.page.goto(`/booth/${election.uuid}?election_url=${evil}&server=${evil}&node=${evil}#${evil}`);
    await type(someone.page, "Recovery code", (voters[8] as Voter).code);
    await press(someone.page, "Sign in");
    await sees(someone.page, "Your ballot paper");
    const asked = someone.requests.slice(before).map(({ url }) => new URL(url).origin);
    expect(new Set(asked)).toEqual(new Set([world.url, node.url]));
    expect(someone.complaints).toEqual([]);
    other.server.close();
    await someone.context.close();
  });

  test("W-06: the check page reads no code of another site, and a code goes to no server", async () => {
    const someone = await visitor(browser, world);
    const { page } = someone;
    const code = `t.${election.uuid}.${"A".repeat(42)}E.${"A".repeat(42)}E`;
    await page.goto("/check");
    await type(page, "Code from the first device", `https://evil.example/check#${code}`);
    await press(page, "Record");
    await page
      .getByRole("alert")
      .getByText(/^This code belongs to another site/)
      .waitFor();
    await accessible(page);
    await type(page, "Code from the first device", `${world.url}/check#${code}`);
    await press(page, "Record");
    await sees(page, "Recorded");
    expect(someone.requests.filter(({ url }) => url.includes(code))).toEqual([]);
    await someone.context.close();
  });

  test("W-10: what the devices show and compare is the whole tracker, in groups of four", async () => {
    const someone = await visitor(browser, world);
    await enter(someone, 8);
    await seal(someone, "Yes");
    const groups = await someone.page.locator("p.code span").allInnerTexts();
    expect(groups.join("")).toMatch(/^[A-Za-z0-9+/]{43}$/);
    expect(groups.slice(0, -1).every((group) => group.length === 4)).toBe(true);
    await someone.context.close();
  });
});
