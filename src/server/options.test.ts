import { resolve } from "node:path";
import { expect, test } from "vitest";
import { helpText, parseServerOptions } from "./options.js";

test("without flags: this machine only, port 8080, ./data, quiet", () => {
  const parsed = parseServerOptions([], {});
  expect(parsed).toMatchObject({
    ok: true,
    value: {
      host: "127.0.0.1",
      port: 8080,
      dataDir: resolve("data"),
      reset: false,
      production: false,
      logLevel: "warn",
    },
  });
});

test("a flag wins over its environment variable; empty variables do not count", () => {
  const env = { PSEPHOS_PORT: "9000", PSEPHOS_HOST: "::1", DATABASE_URL: "", NODE_ENV: "production" };
  expect(parseServerOptions(["--port", "0", "--reset"], env)).toMatchObject({
    ok: true,
    value: { host: "::1", port: 0, reset: true, databaseUrl: undefined, production: true, logLevel: "info" },
  });
});

test.each([
  [["--port", "70000"], "--port takes a number from 0 to 65535"],
  [["--port", "80a"], "--port takes a number from 0 to 65535"],
  [["--port", "-1"], "--port"],
  [["--log-level", "loud"], "--log-level takes one of"],
  [["--tls-cert", "cert.pem"], "--tls-cert and --tls-key need each other"],
  [["--public-url", "javascript:alert(1)"], "--public-url takes an http or https address"],
  [["--porty"], "Unknown option '--porty'. Try --help."],
  [["extra"], "Try --help."],
])("%j is refused with a sentence", (args, sentence) => {
  const parsed = parseServerOptions(args, {});
  expect(parsed.ok ? "accepted" : parsed.error).toContain(sentence);
});

test("help names every flag", () => {
  expect(parseServerOptions(["--help"], {})).toEqual({ ok: true, value: "help" });
  for (const flag of [
    "--port",
    "--host",
    "--data",
    "--reset",
    "--public-url",
    "--tls-cert",
    "--tls-key",
    "--log-level",
  ]) {
    expect(helpText).toContain(flag);
  }
});
