/** Puts the parts together in the order they need each other, and takes them apart in the reverse order. */
import { type AddressInfo, createServer } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { Counter, type Registry } from "prom-client";
import { toBase64Url, toHex } from "#base/bytes.js";
import type { Random } from "#crypto/scalar.js";
import { type Database, openDatabase } from "#db/database.js";
import { migrate } from "#db/migrations.js";
import type { Block } from "#ledger/ledger.js";
import { createMailer, type Mailer } from "#mail/mailer.js";
import { workerJudge } from "#pool/node.js";
import { type AnswerCache, answerCache } from "#voting/cache.js";
import { auditing } from "./audit-routes.js";
import { placesIn, takeDataDirectory } from "./data-directory.js";
import { createHttp, neverShed } from "./http.js";
import { identityProviders } from "./identity-providers.js";
import { type LedgerNode, openLedgerNode, openRemoteNode } from "./ledger-node.js";
import { allMigrations } from "./migrations.js";
import type { Module } from "./module.js";
import { createModules } from "./modules.js";
import type { ServerOptions } from "./options.js";
import { addPages } from "./pages.js";
import { guardRoutes } from "./policy.js";
import type { Practice } from "./practice.js";
import { type Projector, startProjector } from "./projector.js";
import { erasedEntriesIn, purgeListIn } from "./purge-list.js";
import { loadRegistrarKey, systemRandom } from "./registrar-key.js";
import { actorOf, addSessions } from "./session.js";
import { addStatusRoutes, type ReadinessCheck } from "./status.js";
import { readTls, renewTls, type TlsFiles } from "./tls.js";
import { version } from "./version.js";

/** A running server. */
export interface Server {
  /** Where it answers, without a trailing slash. */
  readonly url: string;
  /** The one-time link with which the first officer founds the ledger; `undefined` when that was done before. */
  readonly setupLink: string | undefined;
  /** Takes no new requests, finishes those at hand, then closes everything. */
  close(): Promise<void>;
}

/** What was opened, to be closed in reverse order. */
type Closers = (() => void | Promise<void>)[];

const systemClock = () => BigInt(Date.now()) * 1_000_000n;

/**
 * Starts everything. On failure what was started already is closed again. `clock`: nanoseconds since 1970. Tests give a
 * clock and randomness of their own, to turn the one forward and to see the same bytes twice.
 */
export async function compose(
  options: ServerOptions,
  log: Logger,
  clock: () => bigint = systemClock,
  random: Random = systemRandom,
): Promise<Server> {
  const closers: Closers = [];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    // Before the slow parts, so that the message about a busy port comes at once.
    await checkPortFree(options.host, options.port);
    const lock = takeDataDirectory(options.dataDir, options.reset);
    closers.push(() => lock.release());
    const database = await openTables(options, log, closers);
    const keysDir = options.keysDir ?? placesIn(options.dataDir).keys;
    const registrar = loadRegistrarKey(keysDir, random);
    const ledger = await openLedger(options, registrar.key, log, clock, closers);
    const mail = openMail(options, database, log, clock, random, closers);
    const setupToken = ledger.current() === undefined ? toBase64Url(random(24)) : undefined;

    const http = await openHttp(options, log);
    const practice = await practiceBeside(options, http, log, closers);
    guardRoutes(http, actorOf);
    const onTrouble = toLog(log);
    const erased = erasedEntriesIn(keysDir);
    const audit = auditing(http, { db: database.db, ledger, registrar, random, clock, erased }, onTrouble);
    waitForNode(http, ledger);
    let url = "";
    const publicUrl = () => options.publicUrl ?? url;
    const projection = projectionOf(database, ledger, log, closers);
    const registry = addStatusRoutes(http, version, readiness(database, ledger, projection));
    const { withSessions, anonymous, lookup, secondNodes } = createModules({
      db: database.db,
      ledger,
      mail,
      purged: purgeListIn(keysDir),
      mailWebhookSecret: options.mailWebhookSecret,
      registrar,
      answers: measuredAnswers(registry),
      random,
      clock,
      publicUrl,
      setupToken,
      production: options.production,
      ...identityProviders(options),
      onTrouble,
    });
    const people = [...withSessions, audit];
    await addAllRoutes(http, people, anonymous, (scope) =>
      addSessions(scope, lookup, () => new URL(publicUrl()).origin),
    );
    addPages(http, secondNodes);
    const modules = [...people, ...anonymous];
    for (const module of modules) if (module.close) closers.push(module.close);
    closers.push(() => closeHttp(http));
    await http.listen({ host: options.host, port: options.port });
    if (options.tls) closers.push(renewing(http, options.tls, log));
    url = urlOf(http.server.address() as AddressInfo, options.tls !== undefined);
    for (const module of modules) module.start?.();
    projection.begin(modules);
    practice?.start();
    return { url, setupLink: setupToken === undefined ? undefined : `${publicUrl()}/setup#${setupToken}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openHttp(options: ServerOptions, log: Logger): Promise<FastifyInstance> {
  return createHttp({
    logger: log,
    proxies: options.proxies,
    ...(options.tls ? { tls: readTls(options.tls) } : {}),
  });
}

function readiness(database: Database, ledger: LedgerNode, projection: Projection): ReadinessCheck {
  return async () => ({
    database: await database.alive(),
    ledger: ledger.ready() && ledger.current()?.status().stopped == null,
    projection: projection.healthy(),
  });
}

async function addAllRoutes(
  http: FastifyInstance,
  people: readonly Module<Block>[],
  anonymous: readonly Module<Block>[],
  sessions: (scope: FastifyInstance) => void,
): Promise<void> {
  for (const module of people) await addRoutes(http, module, sessions);
  for (const module of anonymous) await addRoutes(http, module);
}

function toLog(log: Logger): (error: unknown) => void {
  return (error) => log.warn({ err: error }, "background work failed; it is done again the next time");
}

/** How long a request waits while no node can be reached: about as long as one takes to start again. */
const nodePatienceMs = 15_000;

/** A server moves from one node to the next in a moment; requests wait for it instead of failing. */
function waitForNode(http: FastifyInstance, ledger: LedgerNode): void {
  http.addHook("preHandler", async (request) => {
    if (!ledger.ready() && !neverShed.has(request.routeOptions.url ?? "")) await ledger.wait(nodePatienceMs);
  });
}

/** Requests at hand may finish; downloads that would take longer than this are cut. */
const lastRequestsMs = 10_000;

async function closeHttp(http: FastifyInstance): Promise<void> {
  const hurry = setTimeout(() => http.server.closeAllConnections(), lastRequestsMs);
  await http.close();
  clearTimeout(hurry);
}

async function openTables(options: ServerOptions, log: Logger, closers: Closers): Promise<Database> {
  const database = await openDatabase({
    url: options.databaseUrl,
    directory: placesIn(options.dataDir).postgres,
    log: (line) => log.debug({ from: "database" }, line),
  });
  closers.push(() => database.close());
  const applied = await migrate(database.db, allMigrations);
  if (applied.length > 0) log.info({ applied }, "tables brought up to date");
  return database;
}

async function openLedger(
  options: ServerOptions,
  registrarKey: Uint8Array,
  log: Logger,
  clock: () => bigint,
  closers: Closers,
): Promise<LedgerNode> {
  const nodes = options.nodes ?? [];
  if (nodes.length > 0) {
    const remote = await openRemoteNode(registrarKey, { nodes, log, clock });
    closers.push(() => remote.close());
    return remote;
  }
  const judge = workerJudge({}, (error) => log.error({ err: error }, "a worker that checks proofs died"));
  closers.push(() => judge.close());
  const ledger = await openLedgerNode({
    directory: placesIn(options.dataDir).ledger,
    registrarKey,
    engine: { judge, log, clock },
    practice: options.practice === "itself",
  });
  closers.push(() => ledger.close());
  return ledger;
}

/** Loaded only where it is wanted: in production its code cannot even be loaded. */
async function practiceBeside(
  options: ServerOptions,
  http: FastifyInstance,
  log: Logger,
  closers: Closers,
): Promise<Practice | undefined> {
  if (options.practice !== "beside" || options.production) return undefined;
  const { addPractice } = await import("./practice.js");
  const practice = addPractice(http, placesIn(options.dataDir).practice, log);
  closers.push(() => practice.close());
  return practice;
}

function openMail(
  options: ServerOptions,
  database: Database,
  log: Logger,
  clock: () => bigint,
  random: Random,
  closers: Closers,
): Mailer {
  const host = new URL(options.publicUrl ?? "http://localhost").hostname;
  const mail = createMailer({
    db: database.db,
    smtpUrl: options.smtpUrl,
    returned: options.returnedMail,
    from: `no-reply@${host}`,
    clock,
    newId: () => toHex(random(16)),
    log,
  });
  closers.push(() => mail.close());
  return mail;
}

/** Each module in a scope of its own: hooks of one do not reach the others. */
async function addRoutes(
  http: FastifyInstance,
  module: Module<Block>,
  prepare: (scope: FastifyInstance) => void = () => undefined,
): Promise<void> {
  await http.register(async (scope) => {
    prepare(scope);
    await module.routes(scope);
  });
}

interface Projection {
  begin(modules: readonly Module<Block>[]): void;
  healthy(): boolean;
}

/** The projector runs from the moment there is a ledger; before set-up there is nothing to project. */
function projectionOf(database: Database, ledger: LedgerNode, log: Logger, closers: Closers): Projection {
  let projector: Projector | undefined;
  let ended = false;
  closers.push(async () => {
    ended = true;
    await projector?.close();
  });
  return {
    healthy: () => projector?.healthy() ?? true,
    begin: (modules) => {
      void ledger.founded.then((founded) => {
        if (ended) return;
        const blocks = (fromHeight: number, signal: AbortSignal) => founded.follow(fromHeight, signal);
        projector = startProjector({ db: database.db, modules, blocks, log });
      });
    },
  };
}

function measuredAnswers(registry: Registry): AnswerCache {
  const answers = new Counter({
    name: "psephos_answers_total",
    help: "Public answers by whether they were kept from before",
    labelNames: ["outcome"],
    registers: [registry],
  });
  return answerCache({ salt: version, observe: (outcome) => answers.inc({ outcome }) });
}

function checkPortFree(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}

/** Renewed certificates are taken while the server runs. */
function renewing(http: FastifyInstance, tls: TlsFiles, log: Logger): () => Promise<void> {
  const end = renewTls(http.server, tls, (problem) => {
    if (problem === null) log.warn({}, "a renewed certificate is in use");
    else log.error({ problem }, "the renewed certificate cannot be used; the old one stays");
  });
  return async () => end();
}

function urlOf(address: AddressInfo, tls: boolean): string {
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `${tls ? "https" : "http"}://${host}:${address.port}`;
}
