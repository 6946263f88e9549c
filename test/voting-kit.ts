/**
 * The voting module over HTTP, with a real PostgreSQL and a real embedded ledger, for its tests and benches. Elections
 * are prepared on a ledger in memory and given to the real one, transaction by transaction, at the same times.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, InjectOptions } from "fastify";
import type { Kysely, Transaction } from "kysely";
import { pino } from "pino";
import { toBase64Url, toHex } from "#base/bytes.js";
import { type Database, openDatabase, tablesOf } from "#db/database.js";
import { removeEmbedded } from "#db/embedded.js";
import { type ModuleMigrations, migrate } from "#db/migrations.js";
import { createLedger, type LedgerOptions, nodeKeyOf } from "#ledger/embedded/open.js";
import type { Block, Ledger } from "#ledger/ledger.js";
import { electionObject } from "#protocol/ballot.js";
import { sealeds } from "#protocol/election.js";
import type { Applied } from "#protocol/machine.js";
import { type Choices, type SealingTables, sealingTables } from "#protocol/suite/belenios-v1/seal.js";
import { type FinishedBallot, finishBallot, prepareBallot } from "#protocol/voter.js";
import { createHttp } from "#server/http.js";
import { answerCache, type CacheObserver } from "#voting/cache.js";
import { createVoting } from "#voting/module.js";
import { type VotingTables, votingMigrations } from "#voting/tables.js";
import { genesisOf, START, TestLedger, type TestVoter, UUID } from "./protocol-kit.js";

/** A ledger in memory that remembers what happened and when. */
export class Rehearsal extends TestLedger {
  readonly acts: { readonly time: bigint; readonly wires: readonly Uint8Array[] }[] = [];

  override block(...transactions: readonly Uint8Array[]): Applied {
    this.acts.push({ time: this.time, wires: transactions });
    return super.block(...transactions);
  }
}

export interface Board {
  /** The server, made with the first request. */
  begin(): Promise<FastifyInstance>;
  readonly ledger: Ledger;
  readonly database: Database;
  readonly tables: Kysely<VotingTables>;
  readonly module: ReturnType<typeof createVoting>;
  /** The same ledger in memory: elections are made there, then {@link Board.perform}ed. */
  readonly memory: Rehearsal;
  /** Clock of the ledger, nanoseconds. */
  time: bigint;
  /** Gives the real ledger everything that happened in memory since the last call. */
  perform(): Promise<void>;
  /** Lets memory see what the real ledger has since then, at the same times. */
  recall(): void;
  get(url: string, headers?: Record<string, string>): Promise<Answer>;
  post(url: string, json: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** What each answer of the cache was. */
  readonly outcomes: Parameters<CacheObserver>[0][];
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly body: any;
  readonly headers: Record<string, string | string[] | number | undefined>;
  readonly bytes: Buffer;
}

export interface BoardOptions {
  readonly engine?: LedgerOptions;
  /** Stands between the module and the ledger. */
  readonly wrap?: (ledger: Ledger) => Ledger;
  /** A second module beside voting, over the same database, ledger and answers. */
  readonly beside?: (parts: BoardParts) => BesideModule;
}

export interface BoardParts {
  readonly db: Kysely<unknown>;
  readonly ledger: { current(): Ledger };
  readonly answers: ReturnType<typeof answerCache>;
  readonly now: () => bigint;
}

interface BesideModule {
  readonly migrations: ModuleMigrations;
  routes(app: FastifyInstance): void | Promise<void>;
  readonly project?: (trx: Transaction<unknown>, block: Block) => Promise<void>;
}

export async function startBoard(options: BoardOptions = {}): Promise<Board> {
  const directory = mkdtempSync(join(tmpdir(), "psephos-board-"));
  const postgres = join(directory, "postgres");
  const state = { time: START, height: 0 };
  const database = await openDatabase({ url: process.env.DATABASE_URL, directory: postgres, log: () => undefined });
  const ledgerDirectory = join(directory, "ledger");
  const genesis = genesisOf({ engineKey: await nodeKeyOf(ledgerDirectory) });
  const ledger = await createLedger(ledgerDirectory, genesis, {
    clock: () => state.time,
    gatherMs: 0,
    ...options.engine,
  });
  const seen = options.wrap?.(ledger) ?? ledger;
  const port = { current: () => seen };
  const outcomes: Parameters<CacheObserver>[0][] = [];
  const answers = answerCache({ salt: directory, observe: (outcome) => outcomes.push(outcome) });
  const { db } = database;
  const module = createVoting({ db, ledger: port, answers });
  const beside = options.beside?.({ db, ledger: port, answers, now: () => ledger.now() });
  await migrate(db, [votingMigrations, ...(beside === undefined ? [] : [beside.migrations])]);
  // Made when the first election has been prepared: that keeps this thread busy for seconds, and the server, which is
  // in the same thread, would shed its first requests.
  let app: FastifyInstance | undefined;
  async function begin(): Promise<FastifyInstance> {
    if (app !== undefined) return app;
    app = await createHttp({ logger: pino({ level: "silent" }) });
    await module.routes(app);
    await beside?.routes(app);
    return app;
  }
  const stopping = new AbortController();
  const following = (async () => {
    for await (const block of ledger.follow(1, stopping.signal))
      await db.transaction().execute(async (trx) => {
        await module.project(trx, block);
        await beside?.project?.(trx, block);
      });
  })();
  const memory = new Rehearsal("board", genesis);

  async function ask(request: InjectOptions): Promise<Answer> {
    const answer = await (await begin()).inject(request);
    const isJson = /json/.test(String(answer.headers["content-type"]));
    return {
      status: answer.statusCode,
      body: isJson ? answer.json() : undefined,
      headers: answer.headers,
      bytes: answer.rawPayload,
    };
  }

  return {
    begin,
    ledger,
    database,
    tables: tablesOf<VotingTables>(database.db, "voting"),
    module,
    memory,
    outcomes,
    get time() {
      return state.time;
    },
    set time(value) {
      state.time = value;
    },
    perform: async () => {
      for (const { time, wires } of memory.acts.splice(0)) {
        state.time = time;
        for (const wire of wires) {
          const outcome = await ledger.submit(wire);
          if (!outcome.ok) throw new Error(`refused: ${outcome.error.code} (${outcome.error.detail})`);
        }
      }
      state.time = memory.time;
      state.height = ledger.status().height;
    },
    recall: () => {
      for (const end = ledger.status().height; state.height < end; state.height++) {
        const block = ledger.block(state.height + 1);
        if (block === undefined) throw new Error("a block is not there");
        memory.time = block.time;
        memory.block(...block.transactions);
        memory.acts.pop();
      }
    },
    get: (url, headers = {}) => ask({ method: "GET", url, headers }),
    post: (url, json, headers = {}) =>
      ask({
        method: "POST",
        url,
        headers: { "content-type": "application/json", ...headers },
        payload: typeof json === "string" || Buffer.isBuffer(json) ? json : JSON.stringify(json),
      }),
    close: async () => {
      stopping.abort();
      await following;
      await app?.close();
      await ledger.close();
      await database.close();
      removeEmbedded(postgres);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Tables of each election's key: many ballots are sealed under it. */
const sealingKept = new Map<string, SealingTables>();

function keptTables(electionText: string): SealingTables {
  const made = sealingKept.get(electionText) ?? sealingTables(electionObject(electionText));
  sealingKept.set(electionText, made);
  return made;
}

/** A voter's ballot for a sealed election of the board, not sent yet. */
export function ballotFor(
  board: { readonly memory: Pick<Rehearsal, "state" | "chainId" | "random"> },
  voter: Pick<TestVoter, "credential">,
  choices: Choices,
  sequence = 1,
  type: FinishedBallot["type"] = "cast-ballot",
  uuid = UUID,
): FinishedBallot {
  const { memory } = board;
  const electionText = sealeds.get(memory.state, uuid)?.electionText ?? "";
  const election = { chainId: memory.chainId, uuid, electionText };
  const prepared = prepareBallot(election, voter.credential, choices, memory.random, keptTables(electionText));
  if (!prepared.ok) throw new Error(prepared.error.detail);
  return finishBallot(type, election, voter.credential, sequence, prepared.value, memory.random);
}

/** Body of `POST /vote` with wire bytes. */
export function voteJson(voter: Pick<TestVoter, "bytes">, ballot: FinishedBallot, uuid = UUID) {
  return {
    election_id: uuid,
    type: ballot.type === "cast-ballot" ? "cast" : "spoil",
    ballot: toBase64Url(ballot.ballot),
    credential: toHex(voter.bytes),
    sequence: ballot.sequence,
    signature: { commitment: toBase64Url(ballot.commitment), response: toHex(ballot.response) },
  };
}

/** Body of `POST /vote` with the canonical JSON. */
export function voteJsonText(ballot: FinishedBallot, uuid = UUID) {
  const { credential: _, ...body } = voteJson({ bytes: new Uint8Array(32) }, ballot, uuid);
  return { ...body, ballot: JSON.parse(ballot.text) as Record<string, unknown> };
}
