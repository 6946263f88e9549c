/** `psephos serve` speaking TLS itself, as people reach it: by name, with a certificate that their program trusts. */
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeEmbedded } from "#db/embedded.js";
import { freePort } from "#ledger/cometbft/free-port.js";
import { psephos } from "../command.js";
import { removeDirectory, temporaryDirectory } from "../ledger-kit.js";
import { fetchTrusting, type Process, psephosProcess } from "./processes.js";

let base: string;
let server: Process;
let url: string;
const certificate = (): string => join(base, "cert.pem");

beforeAll(async () => {
  base = await temporaryDirectory();
  chmodSync(base, 0o711);
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
    ...["-out", certificate(), "-keyout", join(base, "key.pem")],
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  const port = await freePort();
  url = `https://localhost:${port}`;
  server = psephosProcess("server", [
    ...["serve", "--port", String(port), "--data", join(base, "data"), "--public-url", url],
    ...["--tls-cert", certificate(), "--tls-key", join(base, "key.pem")],
  ]);
  server.start();
  await server.says(/is ready: https:/);
}, 120_000);

afterAll(async () => {
  await server?.stop();
  removeEmbedded(join(base, "data", "postgres"));
  await removeDirectory(base);
}, 60_000);

test("people who trust the certificate are served, with the headers that keep browsers on TLS; nobody is served without", async () => {
  const answer = await fetchTrusting(certificate())(`${url}/ready`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("strict-transport-security")).toContain("max-age=");
  expect(server.said.join("")).toContain(`${url}/setup#`);
  const trusting = await psephos(["elections", "--url", url], { env: { NODE_EXTRA_CA_CERTS: certificate() } });
  // It answers, and says what is so: it was started a moment ago.
  expect(trusting.stderr).toContain("not set up yet");
  const strange = await psephos(["elections", "--url", url]);
  expect(strange.exitCode).toBe(1);
  expect(strange.stderr).toContain("certificate that this computer does not trust");
  const port = new URL(url).port;
  await expect(fetch(`http://localhost:${port}/ready`)).rejects.toThrow();
  const old = spawnSync(
    "openssl",
    ["s_client", "-connect", `localhost:${port}`, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
    {
      input: "",
      encoding: "utf8",
    },
  );
  expect(old.status).not.toBe(0);
}, 90_000);

test("files that do not serve are said in a sentence, before anything is started", async () => {
  const files = ["--tls-cert", certificate(), "--tls-key", certificate()];
  const wrong = await psephos(["serve", "--port", "0", "--data", join(base, "other"), ...files]);
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toContain("do not serve");
}, 60_000);
