import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kysely, sql, type Transaction } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase } from "#db/database.js";
import { removeEmbedded } from "#db/embedded.js";
import { dropModule, migrate } from "#db/migrations.js";
import type { Module } from "./module.js";
import { startProjector } from "./projector.js";

interface Block {
  readonly height: number;
  readonly word: string;
}

const directory = mkdtempSync(join(tmpdir(), "psephos-projector-"));
let database: Database;

beforeAll(async () => {
  database = await openDatabase({ url: undefined, directory: join(directory, "postgres"), log: () => undefined });
});
beforeEach(async () => {
  await migrate(database.db, []);
  for (const name of ["words", "sums"]) await dropModule(database.db, name);
  await migrateAll();
});
afterAll(async () => {
  await database.close();
  removeEmbedded(join(directory, "postgres"));
  rmSync(directory, { recursive: true, force: true });
});

function migrateAll() {
  const make = { name: "make", sql: "create table seen (height bigint primary key, word text not null)" };
  return migrate(
    database.db,
    ["words", "sums"].map((schema) => ({ schema, migrations: [make] })),
  );
}

/** A module that notes each block; `before` may throw. */
function noting(name: string, before: (block: Block) => void = () => undefined): Module<Block> {
  return {
    name,
    migrations: { schema: name, migrations: [] },
    routes: () => undefined,
    project: async (trx: Transaction<unknown>, block: Block) => {
      await sql`insert into ${sql.table(`${name}.seen`)} (height, word) values (${block.height}, ${block.word})`.execute(
        trx,
      );
      before(block);
    },
  };
}

/** A ledger that grows by itself up to `length` blocks and then waits. */
function ledger(length: number) {
  return async function* blocks(fromHeight: number, signal: AbortSignal): AsyncIterable<Block> {
    for (let height = fromHeight; height <= length; height++) yield { height, word: `w${height}` };
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve());
    });
  };
}

const quiet = { warn: () => undefined };

function start(modules: readonly Module<Block>[], length: number, db: Kysely<unknown> = database.db) {
  return startProjector({ db, modules, blocks: ledger(length), log: quiet, pauseMs: 20 });
}

async function seen(name: string): Promise<string> {
  const { rows } = await sql<{ word: string }>`select word from ${sql.table(`${name}.seen`)} order by height`.execute(
    database.db,
  );
  return rows.map((row) => row.word).join(" ");
}

test("each module sees each block once, in order, over restarts", async () => {
  for (const length of [3, 3, 5]) {
    const projector = start([noting("words"), noting("sums")], length);
    expect(await projector.reached(length, 5_000)).toBe(true);
    expect(projector.height()).toBe(length);
    await projector.close();
  }
  expect([await seen("words"), await seen("sums")]).toEqual(["w1 w2 w3 w4 w5", "w1 w2 w3 w4 w5"]);
});

test("a module that was dropped is rebuilt alone, and ends with the same tables", async () => {
  const first = start([noting("words"), noting("sums")], 4);
  await first.reached(4, 5_000);
  await first.close();
  await dropModule(database.db, "sums");
  await migrateAll();
  const second = start([noting("words"), noting("sums")], 5);
  expect(await second.reached(5, 5_000)).toBe(true);
  await second.close();
  expect([await seen("words"), await seen("sums")]).toEqual(["w1 w2 w3 w4 w5", "w1 w2 w3 w4 w5"]);
});

test("a block that fails leaves no half of it behind, is reported, and is tried again", async () => {
  let failures = 0;
  const failing = noting("sums", (block) => {
    if (block.height === 3 && failures < 2) {
      failures += 1;
      throw new Error("disk full");
    }
  });
  const warned: object[] = [];
  const log = { warn: (details: object) => void warned.push(details) };
  const projector = startProjector({
    db: database.db,
    modules: [noting("words"), failing],
    blocks: ledger(4),
    log,
    pauseMs: 20,
  });
  expect(await projector.reached(4, 5_000)).toBe(true);
  // It still leads, and is well again: a server that said otherwise would be left out by whoever balances the load.
  expect(projector.healthy()).toBe(true);
  await projector.close();
  expect(warned).toHaveLength(2);
  expect([await seen("words"), await seen("sums")]).toEqual(["w1 w2 w3 w4", "w1 w2 w3 w4"]);
});

test("of two servers one projects; when it stops the other goes on, and no block is applied twice", async () => {
  const [one, two] = [start([noting("words")], 3), start([noting("words")], 6)];
  await Promise.all([one.reached(3, 5_000), two.reached(3, 5_000)]);
  await one.close();
  expect(await two.reached(6, 5_000)).toBe(true);
  expect(two.healthy()).toBe(true);
  await two.close();
  expect(await seen("words")).toBe("w1 w2 w3 w4 w5 w6");
});

test("waiting for a block that does not come ends with false", async () => {
  const projector = start([noting("words")], 1);
  expect(await projector.reached(9, 50)).toBe(false);
  await projector.close();
});

test("a lost connection is survived", async () => {
  const projector = start([noting("words")], 2);
  await projector.reached(2, 5_000);
  await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()`.execute(
    database.db,
  );
  await projector.close();
  const again = start([noting("words")], 4);
  expect(await again.reached(4, 5_000)).toBe(true);
  await again.close();
  expect(await seen("words")).toBe("w1 w2 w3 w4");
});
