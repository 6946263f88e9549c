/**
 * A PostgreSQL that is given by its address, as an operator's would be: made from the embedded one's binaries, reached
 * over TCP with a password, with settings that are not ours (another time zone).
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseAccount, giveTo } from "#db/account.js";
import { findBinaries } from "#db/binaries.js";
import { openDatabase } from "#db/database.js";
import { freePort } from "#ledger/cometbft/free-port.js";

export interface GivenPostgres {
  readonly url: string;
  close(): Promise<void>;
}

const password = "an operator's password";

export async function startGivenPostgres(): Promise<GivenPostgres> {
  const account = databaseAccount();
  const binaries = await findBinaries(account);
  const directory = mkdtempSync(join(tmpdir(), "psephos-given-"));
  chmodSync(directory, 0o711);
  const cluster = join(directory, "cluster");
  mkdirSync(cluster);
  giveTo(account, cluster, 0o700);
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, password);
  giveTo(account, passwordFile, 0o600);
  const env = { PATH: process.env.PATH ?? "", TZ: "America/New_York" };
  const made = spawnSync(
    binaries.initdb,
    [
      "-D",
      cluster,
      "-U",
      "operator",
      "--auth=scram-sha-256",
      `--pwfile=${passwordFile}`,
      "--encoding=UTF8",
      "--locale=C",
    ],
    { ...account.ids, env, cwd: "/", encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  const port = await freePort();
  const settings = ["-h", "127.0.0.1", "-p", String(port), "-k", cluster, "-c", "TimeZone=America/New_York"];
  const server = spawn(binaries.postgres, ["-D", cluster, ...settings], {
    ...account.ids,
    env,
    cwd: "/",
    stdio: "ignore",
  });
  const url = `postgres://operator:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  const first = await openDatabase({ url, directory, log: () => undefined, startTimeoutMs: 60_000 });
  await first.close();
  return {
    url,
    close: async () => {
      await stop(server);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function stop(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.once("exit", () => resolve());
    server.kill("SIGINT");
  });
}
