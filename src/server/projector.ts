/**
 * Carries blocks from the ledger into the modules' tables. One server at a time does it: it holds an advisory lock on
 * the very connection it writes with, so who loses the lock loses the connection, too. Tables and the height they
 * follow up to change in one transaction: whatever is killed, each block is applied exactly once.
 */
import { type Kysely, sql } from "kysely";
import type { Module } from "./module.js";

/** A block, as far as the projector looks at it. */
export interface Numbered {
  readonly height: number;
}

export interface ProjectorOptions<Block extends Numbered> {
  readonly db: Kysely<unknown>;
  readonly modules: readonly Module<Block>[];
  /** The ledger's blocks from this height on, without end; ends quietly when the signal says so. */
  readonly blocks: (fromHeight: number, signal: AbortSignal) => AsyncIterable<Block>;
  readonly log: { warn(details: object, line: string): void };
  /** Pause before the next try after a failure or while another server projects (default one second). */
  readonly pauseMs?: number;
}

export interface Projector {
  /** Up to which height this server, or another one, has projected, as far as known here; 0 before the first block. */
  height(): number;
  /** Whether the last attempt succeeded. Another server's projecting counts as success. */
  healthy(): boolean;
  /** Resolves to true when the tables follow this block, to false after the limit. */
  reached(height: number, limitMs: number): Promise<boolean>;
  close(): Promise<void>;
}

// Any number will do, as long as it stays and differs from the one for migrations.
const advisoryLock = 0x70_73_65_71;

export function startProjector<Block extends Numbered>(options: ProjectorOptions<Block>): Projector {
  const followers = options.modules.filter((module) => module.project !== undefined);
  const stopping = new AbortController();
  const state = { height: 0, healthy: true, waiting: new Set<() => void>() };
  // Whoever leads goes on without end, so success is told here: the tables could be read, or a block was applied.
  const advance = (height: number) => {
    state.healthy = true;
    state.height = height;
    for (const wake of state.waiting) wake();
  };
  const pauseMs = options.pauseMs ?? 1_000;

  const running = (async () => {
    while (!stopping.signal.aborted && followers.length > 0) {
      try {
        await projectWhileLeading({ ...options, modules: followers }, stopping.signal, advance);
        advance(await lowestHeight(options.db, followers));
      } catch (error) {
        state.healthy = false;
        options.log.warn({ err: error }, "blocks could not be projected; trying again");
      }
      await pause(pauseMs, stopping.signal);
    }
  })();

  return {
    height: () => state.height,
    healthy: () => state.healthy,
    reached: (height, limitMs) => reached(state, height, limitMs),
    close: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Projects as long as this server leads and nothing fails; returns at once when another server leads. */
async function projectWhileLeading<Block extends Numbered>(
  options: ProjectorOptions<Block>,
  signal: AbortSignal,
  advance: (height: number) => void,
): Promise<void> {
  await options.db.connection().execute(async (connection) => {
    const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_lock(${sql.lit(advisoryLock)}) as got`.execute(
      connection,
    );
    if (rows[0]?.got !== true) return;
    try {
      const heights = await heightsOf(connection, options.modules);
      const from = lowest(heights.values());
      advance(from);
      for await (const block of options.blocks(from + 1, signal)) {
        await projectOne(connection, options.modules, heights, block);
        advance(block.height);
        if (signal.aborted) return;
      }
    } finally {
      // On a broken connection this fails, and the lock went with the connection.
      await sql`select pg_advisory_unlock(${sql.lit(advisoryLock)})`.execute(connection).catch(() => undefined);
    }
  });
}

async function projectOne<Block extends Numbered>(
  connection: Kysely<unknown>,
  modules: readonly Module<Block>[],
  heights: Map<string, number>,
  block: Block,
): Promise<void> {
  // Modules that are ahead (another one was rebuilt) have this block already.
  const behind = modules.filter((module) => (heights.get(module.migrations.schema) ?? 0) < block.height);
  await connection.transaction().execute(async (trx) => {
    for (const module of behind) {
      await module.project?.(trx, block);
      await sql`insert into psephos.projected (module, height) values (${module.migrations.schema}, ${block.height})
        on conflict (module) do update set height = excluded.height`.execute(trx);
    }
  });
  for (const module of behind) heights.set(module.migrations.schema, block.height);
}

interface Followed {
  readonly migrations: { readonly schema: string };
}

async function heightsOf(db: Kysely<unknown>, modules: readonly Followed[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ module: string; height: bigint }>`select module, height from psephos.projected`.execute(
    db,
  );
  const recorded = new Map(rows.map((row) => [row.module, Number(row.height)]));
  return new Map(modules.map(({ migrations }) => [migrations.schema, recorded.get(migrations.schema) ?? 0]));
}

async function lowestHeight(db: Kysely<unknown>, modules: readonly Followed[]): Promise<number> {
  return lowest((await heightsOf(db, modules)).values());
}

function lowest(heights: Iterable<number>): number {
  return Math.min(...heights);
}

interface Waiting {
  readonly height: number;
  readonly waiting: Set<() => void>;
}

function reached(state: Waiting, height: number, limitMs: number): Promise<boolean> {
  if (state.height >= height) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (outcome: boolean) => {
      clearTimeout(timer);
      state.waiting.delete(wake);
      resolve(outcome);
    };
    const wake = () => {
      if (state.height >= height) end(true);
    };
    const timer = setTimeout(() => end(false), limitMs);
    state.waiting.add(wake);
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
