/** The mail server goes away while people register by the dozen: nobody hears of it, and each letter comes once, later. */
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiError, createHttp } from "#client/http.js";
import { register } from "#client/voter.js";
import { removeEmbedded } from "#db/embedded.js";
import { compose, type Server } from "#server/compose.js";
import { placesIn } from "#server/data-directory.js";
import { eventually } from "../election/kit.js";

const dataDir = mkdtempSync(join(tmpdir(), "psephos-mail-gone-"));
const received: string[] = [];
let server: Server;
let smtp: SMTPServer | undefined;
let port = 0;
/** The server's clock is so much ahead, nanoseconds: what waits after a failed try need not be waited for. */
let ahead = 0n;
const HOUR = 3_600_000_000_000n;
/** Letters that are handed over at the same time: of each the last word may have been under way when the line broke. */
const SENDERS = 4;

async function mailServer(wanted: number): Promise<void> {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData: (stream, session, done) => {
      stream.resume();
      stream.on("end", () => {
        received.push(...session.envelope.rcptTo.map(({ address }) => address));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp?.listen(wanted, "127.0.0.1", resolve));
  port = (smtp.server.address() as AddressInfo).port;
}

/** Cuts whatever is being said, and answers nobody any more. */
async function mailServerGone(): Promise<void> {
  const ending = smtp;
  smtp = undefined;
  await new Promise<void>((resolve) => {
    ending?.close(() => resolve());
    for (const each of ending?.connections ?? []) (each as { _socket?: { destroy(): void } })._socket?.destroy();
  });
}

beforeAll(async () => {
  await mailServer(0);
  const options = {
    host: "127.0.0.1",
    port: 0,
    dataDir,
    reset: false,
    production: false,
    logLevel: "silent",
    databaseUrl: undefined,
    smtpUrl: `smtp://127.0.0.1:${port}`,
    tls: undefined,
    publicUrl: "https://vote.example.org",
  };
  server = await compose(options, pino({ level: "silent" }), () => BigInt(Date.now()) * 1_000_000n + ahead);
});

afterAll(async () => {
  await server?.close();
  if (smtp !== undefined) await mailServerGone();
  removeEmbedded(placesIn(dataDir).postgres);
  rmSync(dataDir, { recursive: true, force: true });
});

const addresses = (wave: string) => Array.from({ length: 25 }, (_, i) => `${wave}-${i}@x.example`);
/** A busy machine turns requests away now and then; people come again, as they are asked to. */
async function patiently(email: string): Promise<void> {
  await eventually(`${email} to be registered`, () =>
    register(createHttp({ url: server.url }), { name: "Ann", email }).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === "overloaded") return false;
      throw error;
    }),
  );
}

const registering = (wave: string) => Promise.all(addresses(wave).map(patiently));

test("registering goes on without a mail server; when it is back each letter comes once", async () => {
  const before = registering("before");
  await eventually("some letters", async () => received.length > 3);
  await mailServerGone();
  await before;
  // Every answer is as always: a mail server is nobody's business but the operator's.
  await registering("during");
  expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  expect(received.filter((to) => to.startsWith("during"))).toEqual([]);
  await mailServer(port);
  await registering("after");
  const all = ["before", "during", "after"].flatMap(addresses);
  for (let i = 0; i < 6 && new Set(received).size < all.length; i++) {
    ahead += HOUR;
    await eventually("more letters, or the next hour", async () => new Set(received).size === all.length).catch(
      () => {},
    );
  }
  expect([...new Set(received)].sort()).toEqual(all.sort());
  expect(received.length - all.length).toBeLessThanOrEqual(SENDERS);
});
