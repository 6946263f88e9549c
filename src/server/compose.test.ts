import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, expect, test } from "vitest";
import { toHex, utf8 } from "#base/bytes.js";
import { generatorTimes, pointToBytes } from "#crypto/group.js";
import { randomScalar, scalarToBytes } from "#crypto/scalar.js";
import { sign } from "#crypto/schnorr.js";
import { removeEmbedded } from "#db/embedded.js";
import { compose } from "./compose.js";
import { placesIn } from "./data-directory.js";
import type { ServerOptions } from "./options.js";
import { loadRegistrarKey, systemRandom } from "./registrar-key.js";

const dataDir = mkdtempSync(join(tmpdir(), "psephos-compose-"));
const places = placesIn(dataDir);
afterAll(() => {
  removeEmbedded(places.postgres);
  rmSync(dataDir, { recursive: true, force: true });
});

const options: ServerOptions = {
  host: "127.0.0.1",
  port: 0,
  dataDir,
  reset: false,
  databaseUrl: process.env.DATABASE_URL,
  smtpUrl: undefined,
  publicUrl: undefined,
  tls: undefined,
  production: false,
  logLevel: "silent",
};
const log = pino({ level: "silent" });

function setupRequest(token: string) {
  const secret = randomScalar(systemRandom);
  const signature = sign({ tag: "confirm", chainId: "" }, secret, utf8(`setup|${token}`), systemRandom);
  return {
    token,
    organisation: { name: "Town of Example" },
    officer: { name: "Ada", key: toHex(pointToBytes(generatorTimes(secret))) },
    signature: {
      challenge: toHex(scalarToBytes(signature.challenge)),
      response: toHex(scalarToBytes(signature.response)),
    },
  };
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

test("a fresh server is set up once with its link, and keeps its ledger over a restart", async () => {
  const first = await compose(options, log);
  const token = first.setupLink?.split("#")[1] ?? "";
  expect(await (await fetch(`${first.url}/setup`)).json()).toEqual({ needed: true });
  expect((await post(`${first.url}/setup`, setupRequest("x".repeat(32)))).status).toBe(403);
  const request = setupRequest(token);
  const founded = await post(`${first.url}/setup`, request);
  expect(founded.status).toBe(201);
  const { organisation } = (await founded.json()) as { organisation: string };
  expect((await post(`${first.url}/setup`, request)).status).toBe(410);
  await first.close();

  const second = await compose(options, log);
  expect(second.setupLink).toBeUndefined();
  expect(await (await fetch(`${second.url}/setup`)).json()).toEqual({ needed: false });
  expect(await (await fetch(`${second.url}/organisations/${organisation}`)).json()).toMatchObject({
    name: "Town of Example",
  });
  expect(await (await fetch(`${second.url}/ready`)).json()).toMatchObject({ status: "ready" });
  expect((await fetch(`${second.url}/elections`)).status).toBe(200);
  await second.close();
});

test("the registrar's key is made once, for its owner only", () => {
  const key = loadRegistrarKey(places.keys);
  expect(loadRegistrarKey(places.keys)).toEqual(key);
  expect(statSync(join(places.keys, "registrar.key")).mode & 0o777).toBe(0o600);
});

test("when the start fails, what was started is closed again", async () => {
  await expect(
    compose({ ...options, tls: { certFile: "/nowhere.pem", keyFile: "/nowhere.pem" } }, log),
  ).rejects.toThrow(/nowhere\.pem cannot be read: there is no such file/);
  const again = await compose(options, log);
  await again.close();
});
