/**
 * The second device reads what the booth shows with its camera: a fake camera whose film is made of the codes that the
 * pages really draw, and no reader of codes in the browser, as on most desktops and in Firefox.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Election,
  foundLedger,
  importWithLetters,
  people,
  startWorld,
  type Voter,
  type World,
} from "../election/kit.js";
import { accessible, capability, choose, launch, openElection, press, sees, type, visitor } from "./kit.js";
import { codeOn } from "./life.js";

describe.skipIf(!capability("chromium"))("the camera of the second device", () => {
  const folder = mkdtempSync(join(tmpdir(), "psephos-camera-"));
  const film = join(folder, "film.y4m");
  let world: World;
  let booth: Browser;
  let second: Browser;
  let election: Election;
  let voter: Voter;

  beforeAll(async () => {
    world = await startWorld();
    const officer = await foundLedger(world, "Town of Příbram", "Olga Officer");
    [voter] = (await importWithLetters(world, officer, people(5, "pribram.example"))) as [Voter];
    election = await openElection(world, officer, {});
    booth = await launch();
    writeFileSync(film, filmOf([]));
    const camera = ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`];
    second = await launch(...camera, "--use-fake-ui-for-media-stream");
  });

  afterAll(async () => {
    await booth?.close();
    await second?.close();
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("it scans the sealed ballot, what opens the practice envelope, and the receipt: nothing is typed", async () => {
    const voting = await visitor(booth, world);
    const checking = await visitor(second, world, { width: 360 });
    const { page } = voting;
    await page.goto(`/booth/${election.uuid}`);
    await type(page, "Recovery code", voter.code);
    await press(page, "Sign in");
    await press(page, "Begin");
    await choose(page, "No");
    await press(page, "Continue");
    await press(page, "Seal my vote");
    await sees(page, "Sealed, but not sent yet");
    const tracker = await codeOn(page);
    await page.getByText("Test this device (practice envelope)").first().click();

    await checking.page.goto("/check");
    expect(await checking.page.evaluate("typeof BarcodeDetector")).toBe("undefined");
    expect(checking.requests.some(({ url }) => decoder.test(url))).toBe(false);
    // Before anything is held up: the picture is searched again and again.
    await press(checking.page, "Scan the QR code");
    await checking.page.getByText(/^Hold the code before the camera/).waitFor();
    const width = () => checking.page.evaluate<number>("document.querySelector('video').videoWidth");
    await expect.poll(width, { timeout: 20_000 }).toBe(WIDTH);
    await expect.poll(() => checking.requests.some(({ url }) => decoder.test(url)), { timeout: 20_000 }).toBe(true);
    await accessible(checking.page);
    await press(checking.page, "Stop");
    await scan(checking.page, await qrOn(page));
    await sees(checking.page, "Recorded");
    expect(await codeOn(checking.page)).toBe(tracker);

    await press(page, "Test this device (practice envelope)");
    await sees(page, "The practice envelope");
    await sees(checking.page, "The ledger proves the test.");
    await scan(checking.page, await qrOn(page));
    await sees(checking.page, "The practice envelope says");
    expect(await checking.page.getByRole("main").innerText()).toContain("No");

    await press(page, "What I chose. Go on to vote");
    await press(page, "Seal my vote");
    await sees(page, "Sealed, but not sent yet");
    await press(page, "Send my vote");
    await sees(page, "Your vote is recorded");
    await checking.page.goto("/my-vote");
    await scan(checking.page, await qrOn(page));
    await sees(checking.page, /^Recorded at .*, and counted\.$/);
    for (const { complaints } of [voting, checking]) expect(complaints).toEqual([]);
  });

  async function scan(page: Page, code: readonly (readonly boolean[])[]): Promise<void> {
    writeFileSync(film, filmOf(code));
    await press(page, "Scan the QR code");
  }
});

/** The modules of the code that a page draws as squares of one unit. */
async function qrOn(page: Page): Promise<boolean[][]> {
  const drawn = page.getByRole("img", { name: /QR/ }).first();
  await drawn.waitFor();
  const size = Number((await drawn.getAttribute("viewBox"))?.split(" ")[2]);
  const path = (await drawn.locator("path").getAttribute("d")) ?? "";
  const rows = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) (rows[Number(y)] as boolean[])[Number(x)] = true;
  return rows;
}

/** The reader of codes, loaded with the first scan. */
const decoder = /\/assets\/qr-decoder-[^/]*\.js$/;

const WIDTH = 1280;
const HEIGHT = 960;

/**
 * A film in YUV4MPEG2: the code on grey paper, off the middle, turned a little, with the grain of a cheap camera; first a
 * picture without it. An empty code gives nothing but paper.
 */
function filmOf(code: readonly (readonly boolean[])[]): Uint8Array {
  const header = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
  const grey = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const pictures = [[], code, code].map((shown) =>
    Buffer.concat([Buffer.from("FRAME\n"), Buffer.from(pictureOf(shown)), grey]),
  );
  return Buffer.concat([header, ...pictures]);
}

function pictureOf(code: readonly (readonly boolean[])[]): Uint8Array {
  const light = new Uint8Array(WIDTH * HEIGHT);
  const module = (HEIGHT * 0.8) / Math.max(code.length, 1);
  const [sin, cos] = [Math.sin(0.06), Math.cos(0.06)];
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const [dx, dy] = [x - WIDTH * 0.2, y - HEIGHT * 0.08];
      const dark = code[Math.floor((dy * cos - dx * sin) / module)]?.[Math.floor((dx * cos + dy * sin) / module)];
      light[y * WIDTH + x] = (dark ? 50 : 190) + ((x * 7919 + y * 104_729) % 23);
    }
  return light;
}
