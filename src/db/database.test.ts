import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type GivenPostgres, startGivenPostgres } from "../../test/given-postgres.js";
import { databaseContract } from "./database.contract.js";
import { openDatabase } from "./database.js";
import { removeEmbedded } from "./embedded.js";

const directory = mkdtempSync(join(tmpdir(), "psephos-db-"));
const embedded = join(directory, "postgres");
afterAll(() => {
  removeEmbedded(embedded);
  rmSync(directory, { recursive: true, force: true });
});

databaseContract("embedded", () => openDatabase({ url: undefined, directory: embedded, log: () => undefined }));

// The same suite on a PostgreSQL that is given by its address: the one in DATABASE_URL, else one of our own.
let own: GivenPostgres | undefined;
afterAll(() => own?.close());
databaseContract("DATABASE_URL", async () => {
  if (!process.env.DATABASE_URL) own = await startGivenPostgres();
  const url = process.env.DATABASE_URL || own?.url;
  return openDatabase({ url, directory, log: () => undefined });
});

test("a database that does not answer is named, its password is not", async () => {
  const url = "postgres://someone:hunter2@127.0.0.1:1/votes";
  const opening = openDatabase({ url, directory, log: () => undefined, startTimeoutMs: 300 });
  const failure: Error = await opening.then(
    () => Promise.reject(new Error("it opened")),
    (error: Error) => error,
  );
  expect(failure.message).toMatch(/^The database at 127\.0\.0\.1:1\/votes cannot be used: /);
  expect(failure.message).not.toContain("hunter2");
});
