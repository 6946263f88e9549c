/**
 * Signing in without the key, before a browser: by a mailed code or link, by a passkey, through an organisation's own
 * provider (a real OpenID Connect server on this machine). Each way opens the voter's page, and none of them the booth.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "#ledger/cometbft/free-port.js";
import { account as text } from "#words/web/en/account.js";
import { booth } from "#words/web/en/booth.js";
import { common } from "#words/web/en/common.js";
import { identity } from "#words/web/en/identity.js";
import {
  type Election,
  eventually,
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
  follow,
  launch,
  openElection,
  press,
  sees,
  type,
  type Visitor,
  visitor,
} from "./kit.js";

interface Mail {
  readonly code: string;
  readonly link: string;
}

describe.skipIf(!capability("chromium"))("signing in without the key", () => {
  let world: World;
  /** The same under the name that it gives itself. */
  let site: World;
  let browser: Browser;
  let voters: Voter[];
  let election: Election;
  let provider: Server;
  const directory = mkdtempSync(join(tmpdir(), "psephos-oidc-"));

  beforeAll(async () => {
    provider = createServer();
    const port = await listening(provider);
    const issuer = `http://localhost:${port}`;
    process.env.PSEPHOS_OIDC = providersFile(directory, issuer);
    const own = await freePort();
    const url = `http://localhost:${own}`;
    // Passkeys belong to names, not to numbers: the server is asked under one.
    world = await startWorld(undefined, undefined, ["--port", String(own), "--public-url", url]);
    site = { ...world, url };
    const officer = await foundLedger(world, "Town of Příbram", "Olga Officer");
    provider.on("request", await realProvider(issuer, `${url}/sign-in/from/${officer.organisation}`));
    voters = await importWithLetters(world, officer, people(10, "pribram.example"));
    election = await openElection(world, officer, {});
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await world?.stop();
    provider.closeAllConnections();
    provider.close();
    delete process.env.PSEPHOS_OIDC;
    rmSync(directory, { recursive: true, force: true });
  });

  const person = (index: number): Voter => voters[index] as Voter;
  const someone = (): Promise<Visitor> => visitor(browser, site);

  /** The newest letter to an address, which is another than those before. */
  async function mailTo(email: string, before?: Mail): Promise<Mail> {
    return eventually(`a letter to ${email}`, async () => {
      const path = `/dev/outbox?to=${encodeURIComponent(email)}`;
      const { mails } = await world.client().request<{ mails: { text: string; links: string[] }[] }>(path);
      const found = mails.find(({ text: letter }) => /^[0-9]{6}$/m.test(letter));
      const code = /^[0-9]{6}$/m.exec(found?.text ?? "")?.[0];
      const link = found?.links.find((each) => each.includes("/sign-in#"));
      return code !== undefined && link !== undefined && link !== before?.link && { code, link };
    });
  }

  async function askForCode(page: Page, email: string): Promise<void> {
    await page.goto("/sign-in");
    await press(page, text.byMail);
    await sees(page, text.mailTitle);
    await type(page, identity.email, email);
    await press(page, text.sendCode);
    await sees(page, text.sentTitle);
  }

  /** Types a code that is not the mailed one. */
  async function tryWrong(page: Page, right: string): Promise<void> {
    await type(page, text.code, right === "000000" ? "000001" : "000000");
    await press(page, text.codeGo);
  }

  const says = (page: Page, sentence: string) => page.getByRole("alert").getByText(sentence).waitFor();

  test("a mailed code opens the voter's page and no booth; what is wrong is said", async () => {
    const { page, context, complaints } = await someone();
    const { email, name } = person(0);
    await page.goto("/sign-in");
    await page.getByText(text.withoutLead).waitFor();
    await accessible(page);
    await press(page, text.byMail);
    await type(page, identity.email, "nobody");
    await press(page, text.sendCode);
    await says(page, identity.emailMissing);
    await accessible(page);
    await type(page, identity.email, email);
    await press(page, text.sendCode);
    await sees(page, text.sentTitle);
    await page.getByText(/^The code works for (9|10) more minutes\.$/).waitFor();
    await accessible(page);
    const { code } = await mailTo(email);
    await type(page, text.code, "12 34");
    await press(page, text.codeGo);
    await says(page, text.codeMalformed);
    await tryWrong(page, code);
    await says(page, text.codeWrong(4));
    await accessible(page);
    // Who comes back from the mail program to a page that was loaded anew finds the field again.
    await page.reload();
    await type(page, text.code, ` ${code.slice(0, 3)} ${code.slice(3)}`);
    await press(page, text.codeGo);
    await sees(page, identity.meTitle(name));
    await sees(page, text.methods.code as string);
    await sees(page, "Bridge over the river");
    await page.getByText(text.mayVote).waitFor();
    await accessible(page);
    await page.reload();
    await sees(page, identity.meTitle(name));
    await follow(page, identity.vote);
    await sees(page, booth.signInTitle);
    await page.getByRole("textbox", { name: identity.codeField }).waitFor();
    await page.goto("/me");
    // Signing out that did not arrive is said, not pretended: the session would go on in this browser.
    await page.route("**/sessions?as=voter", (route) => route.abort());
    await press(page, identity.signOut);
    await page.getByText(common.unreachable).waitFor();
    await sees(page, identity.meTitle(name));
    await page.unroute("**/sessions?as=voter");
    expect(complaints.splice(0).every((each) => /ERR_FAILED/.test(each))).toBe(true);
    await press(page, identity.signOut);
    await sees(page, text.withKey);
    expect(complaints).toEqual([]);
    expect(await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")).not.toContain(code);
    await context.close();
  });

  test("R-10: after five wrong codes neither code nor link holds; a new one does", async () => {
    const { page, context, complaints } = await someone();
    const { email, name } = person(1);
    await askForCode(page, email);
    const mail = await mailTo(email);
    for (const left of [4, 3, 2, 1]) {
      await tryWrong(page, mail.code);
      await says(page, text.codeWrong(left));
    }
    await tryWrong(page, mail.code);
    await says(page, text.codeSpent);
    await accessible(page);
    expect(await page.getByRole("textbox", { name: text.code }).count()).toBe(0);
    const tab = await context.newPage();
    await tab.goto(mail.link);
    await sees(tab, text.linkTitle);
    await accessible(tab);
    await tab.close();
    await press(page, text.sendAgain);
    await page.getByText(text.sentAgain).waitFor();
    const next = await mailTo(email, mail);
    await type(page, text.code, next.code);
    await press(page, text.codeGo);
    await sees(page, identity.meTitle(name));
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("R-11: code and link of one browser are worth nothing in another, and are not used up there", async () => {
    const first = await someone();
    const other = await someone();
    const { email, name } = person(2);
    await askForCode(first.page, email);
    const mail = await mailTo(email);
    await other.page.goto(mail.link);
    await sees(other.page, text.linkTitle);
    await press(other.page, text.otherWay);
    await sees(other.page, text.without);
    await askForCode(other.page, person(3).email);
    await mailTo(person(3).email);
    await type(other.page, text.code, mail.code);
    await press(other.page, text.codeGo);
    await says(other.page, text.codeWrong(4));
    // The link, in another tab of the browser that asked; the tab that asked follows.
    const tab = await first.context.newPage();
    await tab.goto(mail.link);
    await sees(tab, identity.meTitle(name));
    expect(tab.url()).toBe(`${site.url}/me`);
    await first.page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    await sees(first.page, identity.meTitle(name));
    await first.context.close();
    await other.context.close();
  });

  test("R-12: an address that nobody is registered with gets the same page, and a letter that says so", async () => {
    const { page, context } = await someone();
    await askForCode(page, "stranger@elsewhere.example");
    await page.getByText(text.sentSame).waitFor();
    await tryWrong(page, "");
    await says(page, text.codeWrong(4));
    await press(page, text.otherAddress);
    await sees(page, text.mailTitle);
    await context.close();
  });

  test("a passkey is added, signs in, may be cancelled, and works no more once it is removed", async () => {
    const { page, context, complaints } = await someone();
    const { email, name } = person(4);
    const session = await context.newCDPSession(page);
    await session.send("WebAuthn.enable");
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await askForCode(page, email);
    await type(page, text.code, (await mailTo(email)).code);
    await press(page, text.codeGo);
    await sees(page, identity.meTitle(name));
    await press(page, text.addPasskey);
    await says(page, text.passkeyNameMissing);
    await type(page, text.passkeyName, "my phone");
    await press(page, text.addPasskey);
    await page.getByText(text.passkeyAdded).waitFor();
    await sees(page, "my phone");
    await accessible(page);
    // The same device once more.
    await type(page, text.passkeyName, "again");
    await press(page, text.addPasskey);
    await says(page, text.passkeyExists);
    await press(page, identity.signOut);
    await sees(page, text.without);
    await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await press(page, text.byPasskey);
    await says(page, text.passkeyCancelled);
    await accessible(page);
    await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
    await press(page, text.byPasskey);
    await sees(page, text.methods.passkey as string);
    await sees(page, "Bridge over the river");
    await press(page, text.removePasskey("my phone"));
    await press(page, text.removeGo);
    // The session that the passkey began ends with it.
    await page.reload();
    await sees(page, text.without);
    await press(page, text.byPasskey);
    await says(page, text.passkeyUnknown);
    expect(complaints).toEqual([]);
    await context.close();
  });

  /** As far as the provider's own pages, which are in its hands. */
  async function toProvider(page: Page): Promise<void> {
    await page.goto("/sign-in");
    await press(page, text.byProvider("University login"));
    await page.locator('input[name="login"]').waitFor();
  }

  async function signInThere(page: Page, login: string): Promise<void> {
    await page.locator('input[name="login"]').fill(login);
    await page.locator('input[name="password"]').fill("any");
    await page.locator('button[type="submit"]').click();
    await page.getByRole("button", { name: "Continue" }).click();
  }

  test("an organisation's own sign-in: a new voter comes in without a key, and is told so", async () => {
    const { page, context } = await someone();
    await toProvider(page);
    await signInThere(page, "ada");
    await sees(page, identity.meTitle("Ada Lovelace"));
    expect(page.url()).toBe(`${site.url}/me`);
    await sees(page, text.methods.oidc as string);
    await sees(page, text.noKeyTitle);
    await page.getByText(identity.noElections).waitFor();
    await accessible(page);
    await context.close();
  });

  test("an organisation's own sign-in that refuses, is cancelled, or comes twice: each is said, with a way on", async () => {
    const { page, context } = await someone();
    await toProvider(page);
    await page.getByRole("link", { name: "Cancel" }).click();
    await says(page, text.providerRefused("University login"));
    expect(new URL(page.url()).search).toBe("");
    await accessible(page);
    await press(page, text.beginAgain);
    await page.locator('input[name="login"]').waitFor();
    await signInThere(page, "eve");
    await says(page, text.providerNotLetIn);
    await page.getByText(/does not vouch for a mail address/).waitFor();
    await page.goto(`${new URL(page.url()).pathname}?code=code-of-another&state=other`);
    await says(page, text.providerStale);
    await follow(page, text.otherWay);
    await sees(page, text.without);
    await context.close();
  });

  test("an organisation's own link to register says with which one", async () => {
    const { page, context } = await someone();
    const { id } = await world.client().request<{ id: string }>("/organisations");
    await page.goto(`/join?organisation=${id}`);
    await page.getByText("Town of Příbram").waitFor();
    await accessible(page);
    await type(page, identity.name, "Nora Newcomer");
    await type(page, identity.email, "nora@x.example");
    await press(page, identity.send);
    await sees(page, identity.mailTitle);
    await context.close();
  });

  test("the key can be replaced after signing in by mail, with the mailed link", async () => {
    const { page, context } = await someone();
    const { email, name } = person(5);
    await askForCode(page, email);
    await type(page, text.code, (await mailTo(email)).code);
    await press(page, text.codeGo);
    await sees(page, identity.meTitle(name));
    await press(page, identity.replaceKey);
    await page.getByText(identity.replaceKeySent).waitFor();
    const link = await eventually("the link for a new key", async () => {
      const path = `/dev/outbox?to=${encodeURIComponent(email)}`;
      const { mails } = await world.client().request<{ mails: { links: string[] }[] }>(path);
      return mails.flatMap(({ links }) => links).find((each) => each.includes("/key#"));
    });
    await page.goto(link);
    await sees(page, identity.confirmTitle);
    const code = (await page.locator("p.code span").allInnerTexts()).join("");
    await press(page, identity.haveIt);
    await type(page, identity.codeField, code);
    await press(page, identity.confirmGo);
    await sees(page, identity.keepTitle);
    await choose(page, identity.keepNot);
    await press(page, identity.keepGo);
    await sees(page, identity.doneTitle);
    await context.close();
  });

  test("on the phone, in Arabic: the same pages", async () => {
    const { account: arabic } = await import("#words/web/ar/account.js");
    const { page, context, complaints } = await visitor(browser, site, { language: "ar", width: 360 });
    await page.goto("/sign-in");
    await page.getByText(arabic.withoutLead).waitFor();
    await accessible(page);
    await press(page, arabic.byMail);
    await page.getByRole("textbox").fill(person(6).email);
    await press(page, arabic.sendCode);
    await sees(page, arabic.sentTitle);
    const { code } = await mailTo(person(6).email);
    // Digits as they are written in Arabic.
    const typed = [...code].map((digit) => String.fromCharCode(0x660 + Number(digit))).join("");
    await page.getByRole("textbox", { name: arabic.code }).fill(typed);
    await accessible(page);
    await press(page, arabic.codeGo);
    await sees(page, arabic.methods.code as string);
    await accessible(page);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("a code that is older than ten minutes does not hold, by the server's clock and by this device's", async () => {
    const { page, context } = await someone();
    const { email, name } = person(7);
    await page.clock.install();
    await askForCode(page, email);
    const mail = await mailTo(email);
    await world.until(election.plan.closesAt);
    await type(page, text.code, mail.code);
    await press(page, text.codeGo);
    await says(page, text.codeWrong(4));
    await page.clock.fastForward("10:05");
    await says(page, text.codeOver);
    await accessible(page);
    await press(page, text.sendAgain);
    await page.getByText(text.sentAgain).waitFor();
    await page.getByText(/^The code works for (9|10) more minutes\.$/).waitFor();
    await type(page, text.code, (await mailTo(email, mail)).code);
    await press(page, text.codeGo);
    await sees(page, identity.meTitle(name));
    await sees(page, identity.myElections);
    await page.getByText(identity.statuses.approved as string).waitFor();
    // The election has closed meanwhile.
    expect(await page.getByRole("link", { name: identity.vote, exact: true }).count()).toBe(0);
    await accessible(page);
    await context.close();
  });

  test("the election is untouched by all this: nobody has voted", async () => {
    const { counted } = await world.client().request<{ counted: number }>(`/elections/${election.uuid}`);
    expect(counted).toBe(0);
  });
});

async function listening(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, "localhost", resolve));
  return (server.address() as AddressInfo).port;
}

function providersFile(directory: string, issuer: string): string {
  writeFileSync(join(directory, "secret"), "secret-of-the-client", { mode: 0o600 });
  const file = join(directory, "providers.json");
  const only = {
    organisation: "founder",
    name: "University login",
    issuer,
    client_id: "psephos",
    client_secret_file: "secret",
    approve: [{ claim: "groups", value: "members" }],
  };
  writeFileSync(file, JSON.stringify({ providers: [only] }), { mode: 0o600 });
  return file;
}

const accounts: Readonly<Record<string, object>> = {
  ada: { email: "ada@x.example", email_verified: true, name: "Ada Lovelace", groups: ["members"] },
  eve: { email: "eve@x.example", email_verified: false, name: "Eve", groups: ["members"] },
};

async function realProvider(issuer: string, redirect: string): Promise<RequestListener> {
  // Without types of its own.
  const name: string = "oidc-provider";
  const { Provider } = (await import(name)) as {
    Provider: new (issuer: string, settings: object) => { callback(): RequestListener };
  };
  const real = new Provider(issuer, {
    clients: [
      {
        client_id: "psephos",
        client_secret: "secret-of-the-client",
        redirect_uris: [redirect],
        response_types: ["code"],
        grant_types: ["authorization_code"],
      },
    ],
    cookies: { keys: ["test"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    pkce: { required: () => true },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
  });
  return real.callback();
}
