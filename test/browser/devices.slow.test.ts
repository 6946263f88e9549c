/**
 * What a page asks of the device: a passkey that protects the key (its PRF extension, by a virtual authenticator), and the
 * camera that reads a code with the browser's own reader (stood in for: Debian's Chromium has none; see camera.slow.test.ts).
 */
import type { Browser, CDPSession } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "#ledger/cometbft/free-port.js";
import { foundLedger, startWorld, type World } from "../election/kit.js";
import {
  accessible,
  capability,
  choose,
  follow,
  launch,
  press,
  sees,
  type,
  typeSecret,
  type Visitor,
  visitor,
} from "./kit.js";
import { codeOn } from "./life.js";

describe.skipIf(!capability("chromium"))("the device's passkey and camera", () => {
  let world: World;
  let browser: Browser;
  let url = "";

  beforeAll(async () => {
    // Passkeys belong to names, not to numbers: the server is asked under one.
    const port = await freePort();
    url = `http://localhost:${port}`;
    world = await startWorld(undefined, undefined, ["--port", String(port), "--public-url", url]);
    await foundLedger(world, "Town of Příbram", "Olga Officer");
    browser = await launch("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream");
  });

  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  async function authenticator(
    { page, context }: Visitor,
    hasPrf: boolean,
  ): Promise<{ session: CDPSession; id: string }> {
    const session = await context.newCDPSession(page);
    await session.send("WebAuthn.enable");
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        hasPrf,
      },
    });
    return { session, id: authenticatorId };
  }

  /** As far as the question how this device shall protect the key. */
  async function register({ page }: Visitor, email: string): Promise<string> {
    await page.goto(`${url}/join`);
    await type(page, "Your name", "Pavla Passkey");
    await type(page, "Your mail address", email);
    await press(page, "Register");
    await follow(page, "Open the mailed link");
    await sees(page, "Your recovery code");
    const code = await codeOn(page);
    await press(page, "I have written it down");
    await type(page, "Recovery code", code);
    await press(page, "Confirm my registration");
    await sees(page, "Keep the key on this device?");
    return code;
  }

  test("a passkey with PRF keeps the key: stored encrypted, opened by the passkey alone, and by no other", async () => {
    const someone = await visitor(browser, world);
    const { page, context } = someone;
    const { session, id } = await authenticator(someone, true);
    const code = await register(someone, "pavla@example.org");
    await choose(page, /^With a passkey of this device/);
    await accessible(page);
    await press(page, "Go on");
    await sees(page, "You are registered");
    const stored = JSON.stringify(await context.storageState({ indexedDB: true }));
    expect(stored).toContain("Pavla Passkey");
    expect(stored).not.toContain(code);
    await page.goto(`${url}/me`);
    await sees(page, "Sign in");
    await accessible(page);
    await press(page, "Sign in as Pavla Passkey");
    await sees(page, "Hello Pavla Passkey");
    await page.reload();
    await session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: id });
    await authenticator(someone, true);
    await press(page, "Sign in as Pavla Passkey");
    await page
      .getByRole("alert")
      .getByText("The passkey did not answer. Try again, or use the recovery code.")
      .waitFor();
    await accessible(page);
    expect(someone.complaints).toEqual([]);
    await context.close();
  });

  test("a passkey without PRF cannot protect a key: it is said, and a passphrase does", async () => {
    const someone = await visitor(browser, world);
    const { page } = someone;
    await authenticator(someone, false);
    await register(someone, "petra@example.org");
    await choose(page, /^With a passkey of this device/);
    await press(page, "Go on");
    await page
      .getByRole("alert")
      .getByText(/^This device gave no passkey that can protect a key/)
      .waitFor();
    await accessible(page);
    await someone.context.close();
  });

  test("whoever signs in with the code may have it kept on this device", async () => {
    const first = await visitor(browser, world);
    const code = await register(first, "kveta@example.org");
    await first.context.close();
    const someone = await visitor(browser, world);
    const { page } = someone;
    await page.goto(`${url}/me`);
    await type(page, "Recovery code", code);
    await page.getByRole("checkbox", { name: "Keep the key on this device" }).check();
    await press(page, "Sign in");
    await sees(page, "Keep the key on this device?");
    await accessible(page);
    await typeSecret(page, "Passphrase", "a horse of another stable");
    await typeSecret(page, "Passphrase again", "a horse of another stable");
    await press(page, "Go on");
    await sees(page, "Hello Pavla Passkey");
    await page.reload();
    await typeSecret(page, "Passphrase", "a horse of another stable");
    await press(page, "Sign in as Pavla Passkey");
    await sees(page, "Hello Pavla Passkey");
    await someone.context.close();
  });

  test("the camera reads a code on the second device, and is released afterwards", async () => {
    const someone = await visitor(browser, world);
    const { page } = someone;
    const code = `t.9xKfYmrnjPbCvA.${"A".repeat(42)}E.${"B".repeat(42)}E`;
    // A browser with a reader of its own, as on most phones: it finds the code in the first frame that really came.
    await page.addInitScript(`
      globalThis.BarcodeDetector = class {
        static async getSupportedFormats() { return ["qr_code"]; }
        async detect(video) {
          const track = video.srcObject.getVideoTracks()[0];
          globalThis.seenTrack = track;
          return video.videoWidth > 0 ? [{ rawValue: location.origin + "/check#${code}" }] : [];
        }
      };`);
    await page.goto(`${url}/check`);
    await press(page, "Scan the QR code");
    await sees(page, "Recorded");
    expect(await codeOn(page)).toBe(`${"A".repeat(42)}E`);
    expect(await page.evaluate<string>("seenTrack.readyState")).toBe("ended");
    expect(someone.requests.filter(({ url }) => url.includes("AAAA") || url.includes("qr-decoder-"))).toEqual([]);
    await someone.context.close();
  });

  test("where the camera cannot be used, it is said what to do instead", async () => {
    const someone = await visitor(browser, world);
    const { page } = someone;
    await page.addInitScript(`
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));`);
    await page.goto(`${url}/check`);
    await press(page, "Scan the QR code");
    await page.getByText("The camera could not be used. Paste the code instead.").waitFor();
    await accessible(page);
    await someone.context.close();
  });
});
