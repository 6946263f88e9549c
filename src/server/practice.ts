/**
 * The way to the practice ledger: a server of its own, in a process of its own, with its own ledger, tables and keys in
 * the data directory's `practice` folder. Only what lies below `/practice/api` reaches it, without cookies either way, so
 * that neither a session nor a key of the real ledger ever gets there. Never in production.
 */
import { type ChildProcess, fork } from "node:child_process";
import { request as ask, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";

if (process.env.NODE_ENV === "production")
  throw new Error("There is no practice ledger on a server for real elections.");

/** What the practice office tells of itself. */
export interface PracticeState {
  readonly state: "off" | "starting" | "open" | "counting";
  readonly uuid: string | null;
  readonly last: string | null;
  /** Practice voters of this round that nobody has taken. */
  readonly free: number;
}

/** From the office: where its server answers and how it stands, or the answer to an order. */
export type PracticeMessage =
  | { readonly kind: "state"; readonly url: string; readonly state: PracticeState }
  | { readonly kind: "answer"; readonly number: number; readonly status: number; readonly body: unknown };

/** To the office. */
export interface PracticeOrder {
  readonly number: number;
  readonly order: "voter" | "close";
}

const PREFIX = "/practice/api";
const off: PracticeState = { state: "off", uuid: null, last: null, free: 0 };

export interface Practice {
  /** Starts the office; the server beside it is ready already and need not wait. */
  start(): void;
  close(): Promise<void>;
}

/** Adds the way to the office; call before any route is added. */
export function addPractice(app: FastifyInstance, directory: string, log: Logger): Practice {
  const office = createOffice(directory, log);
  app.addHook("onRequest", async (request, reply) => {
    const path = request.raw.url ?? "";
    if (!path.startsWith(`${PREFIX}/`)) return;
    for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value as string);
    reply.hijack();
    request.raw.url = path.slice(PREFIX.length);
    office.serve(request.raw, reply.raw);
  });
  return office;
}

function createOffice(directory: string, log: Logger) {
  let child: ChildProcess | undefined;
  let at: { url: string; state: PracticeState } | undefined;
  let number = 0;
  const waiting = new Map<number, ServerResponse>();

  const hear = (message: PracticeMessage) => {
    if (message.kind === "state") at = message;
    else {
      const response = waiting.get(message.number);
      waiting.delete(message.number);
      if (response !== undefined) answer(response, message.status, message.body);
    }
  };
  const gone = () => {
    child = undefined;
    at = undefined;
    for (const response of waiting.values()) answer(response, 503, unavailable);
    waiting.clear();
  };
  const order = (what: PracticeOrder["order"], response: ServerResponse) => {
    if (child === undefined || at === undefined) return answer(response, 503, unavailable);
    waiting.set(++number, response);
    child.send({ number, order: what } satisfies PracticeOrder);
  };

  return {
    start: () => {
      const main = join(import.meta.dirname, "..", "..", "dist", "cli", "practice-main.js");
      child = fork(main, ["--port", "0", "--data", directory], {
        stdio: ["ignore", "ignore", "ignore", "ipc"],
        execArgv: [],
        env: officeEnvironment(),
      });
      child.on("message", hear);
      child.once("error", (error) => log.warn({ err: error }, "the practice ledger could not be started"));
      child.once("exit", (code) => {
        if (code !== 0 && code !== null) log.warn({ code }, "the practice ledger ended");
        gone();
      });
    },
    serve: (request: IncomingMessage, response: ServerResponse) => {
      const route = `${request.method} ${(request.url ?? "").split("?")[0]}`;
      if (route === "GET /practice")
        return answer(response, 200, at?.state ?? (child === undefined ? off : { ...off, state: "starting" }));
      if (route === "POST /practice/voter") return order("voter", response);
      if (route === "POST /practice/close") return order("close", response);
      if (at === undefined) return answer(response, 503, unavailable);
      pass(request, response, at.url);
    },
    close: async () => {
      const ending = child;
      if (ending === undefined) return;
      const ended = new Promise<void>((resolve) => ending.once("exit", () => resolve()));
      ending.kill("SIGTERM");
      await ended;
    },
  };
}

/** Nothing of the real server's database, mail or address reaches the office. */
function officeEnvironment(): NodeJS.ProcessEnv {
  const { DATABASE_URL: _database, SMTP_URL: _mail, PSEPHOS_PUBLIC_URL: _url, ...rest } = process.env;
  return rest;
}

const unavailable = {
  type: "about:blank",
  title: "Not available",
  status: 503,
  code: "unavailable",
  detail: "The practice ledger is not ready. Try again in a few seconds.",
};

function answer(response: ServerResponse, status: number, body: unknown): void {
  const type = status < 400 ? "application/json; charset=utf-8" : "application/problem+json";
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(JSON.stringify(body));
}

/** Headers that belong to one connection, to this origin, or to a session. */
const notPassed: ReadonlySet<string> = new Set(["host", "cookie", "set-cookie", "origin", "referer", "connection"]);

function passed(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !notPassed.has(name) && !name.startsWith("sec-fetch-")),
  );
}

function pass(request: IncomingMessage, response: ServerResponse, url: string): void {
  const { hostname, port } = new URL(url);
  const further = ask(
    { hostname, port, path: request.url, method: request.method, headers: passed(request.headers) },
    (given) => {
      response.writeHead(given.statusCode ?? 502, passed(given.headers));
      given.pipe(response);
    },
  );
  further.on("error", () => (response.headersSent ? response.destroy() : answer(response, 503, unavailable)));
  response.on("close", () => further.destroy());
  request.pipe(further);
}
