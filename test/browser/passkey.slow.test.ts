/** Passkeys in a real browser: Chromium with a virtual authenticator, on the real server's own page and policy. */

import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "#ledger/cometbft/free-port.js";
import { foundLedger, freshDataDirectory, registerByMail, startWorld, type World } from "../election/kit.js";
import { capability, launch, visitor } from "./kit.js";

const chromiumThere = capability("chromium");

let world: World;
let site: string;
let browser: Browser;
beforeAll(async () => {
  if (!chromiumThere) return;
  // A passkey belongs to a name, not to an address of numbers: the site is `localhost` here.
  const port = await freePort();
  site = `http://localhost:${port}`;
  world = await startWorld(undefined, freshDataDirectory(), ["--port", String(port), "--public-url", site]);
  await foundLedger(world, "Town of Example", "Olga Officer");
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

interface Answer {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly method?: string;
    readonly actor?: { readonly name: string } | null;
    readonly passkeys?: readonly { readonly id: string; readonly name: string }[];
  };
}

/** Runs in the page, as the site's own script would: asks for options, asks the authenticator, sends its answer. */
const inPage = `async ([act, name]) => {
  const send = async (method, path, json) => {
    const headers = json === undefined ? {} : { "content-type": "application/json" };
    const answer = await fetch(path, { method, headers, ...(json === undefined ? {} : { body: JSON.stringify(json) }) });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? {} : JSON.parse(text) };
  };
  if (act === "add") {
    const { body } = await send("POST", "/me/passkeys/options", {});
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(body.public_key);
    const made = (await navigator.credentials.create({ publicKey })).toJSON();
    return send("POST", "/me/passkeys", { name, response: made });
  }
  if (act === "enter" || act === "enter twice") {
    const { body } = await send("POST", "/sessions/passkey/options", {});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(body.public_key);
    const got = (await navigator.credentials.get({ publicKey })).toJSON();
    const first = await send("POST", "/sessions/passkey", got);
    return act === "enter" ? first : send("POST", "/sessions/passkey", got);
  }
  if (act === "letter") return send("POST", "/sessions/letter", { email: name });
  if (act === "code") return send("POST", "/sessions/code", { code: name });
  if (act === "leave") return send("DELETE", "/sessions?as=voter");
  if (act === "remove") return send("DELETE", "/me/passkeys/" + name);
  return send("GET", act);
}`;

const act = (page: Page, ...what: readonly string[]): Promise<Answer> =>
  page.evaluate(`(${inPage})(${JSON.stringify(what)})`);

async function withAuthenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id: authenticatorId };
}

test.skipIf(!chromiumThere)("a voter adds a passkey in Chromium, signs in with it, and removes it", async () => {
  await registerByMail(world, { name: "Zoë", email: "zoe@example.org" });
  const { page, complaints } = await visitor(browser, world);
  await page.goto(`${site}/`);
  const { cdp, id } = await withAuthenticator(page);
  // By mail first: the code works in the browser that asked.
  expect((await act(page, "letter", "zoe@example.org")).status).toBe(202);
  const { mails } = await world
    .client()
    .request<{ mails: { text: string }[] }>("/dev/outbox?to=zoe@example.org&limit=1");
  const code = /^[0-9]{6}$/m.exec(mails[0]?.text ?? "")?.[0] ?? "";
  const elsewhere = await visitor(browser, world);
  await elsewhere.page.goto(`${site}/`);
  expect((await act(elsewhere.page, "code", code)).status).toBe(401);
  expect(await act(page, "code", code)).toMatchObject({ status: 200, body: { method: "code" } });
  expect(await act(page, "/me")).toMatchObject({ status: 200 });

  expect(await act(page, "add", "Zoë's laptop")).toMatchObject({
    status: 201,
    body: { passkeys: [{ name: "Zoë's laptop" }] },
  });
  const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId: id });
  expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: "localhost" }]);

  expect((await act(page, "leave")).status).toBe(204);
  expect((await act(page, "/me")).status).toBe(401);
  expect(await act(page, "enter")).toMatchObject({ status: 200, body: { method: "passkey", actor: { name: "Zoë" } } });
  expect((await act(page, "/me")).status).toBe(200);
  // The same answer again is a replay.
  expect(await act(page, "enter twice")).toMatchObject({ status: 401, body: { code: "not-signed-in" } });

  // A copy of the authenticator whose counter stayed behind.
  const [credential] = credentials;
  await cdp.send("WebAuthn.clearCredentials", { authenticatorId: id });
  await cdp.send("WebAuthn.addCredential", {
    authenticatorId: id,
    credential: { ...(credential as NonNullable<typeof credential>), signCount: 0 },
  });
  expect((await act(page, "enter")).status).toBe(401);

  // Without the person's finger or code it is not enough.
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId: id, isUserVerified: false });
  await expect(act(page, "enter")).rejects.toThrow();

  const list = await act(page, "/me/passkeys");
  expect((await act(page, "remove", list.body.passkeys?.[0]?.id ?? "")).status).toBe(204);
  expect(complaints).toEqual([]);
});
