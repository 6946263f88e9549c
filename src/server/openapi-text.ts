/** The text of openapi.json: the routes of all modules, without database, ledger or network behind them. */
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import { pino } from "pino";
import type { AuditLog } from "./audit-log.js";
import { addAuditRoutes } from "./audit-routes.js";
import { createHttp } from "./http.js";
import { createModules, type ModuleParts } from "./modules.js";
import { apiDocument, storedExamples } from "./openapi-document.js";
import { guardRoutes } from "./policy.js";
import { addStatusRoutes } from "./status.js";
import { version } from "./version.js";

/** Stands for what a module is given; a module that uses it while it only adds routes fails here. */
function absent<T extends object>(what: string): T {
  const refuse = (): never => {
    throw new Error(`adding routes must not use the ${what}`);
  };
  return new Proxy({}, { get: refuse }) as T;
}

const db = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** The OpenAPI document as committed text. It is that of production: without the development outbox. */
export async function describeApi(): Promise<string> {
  const http = await createHttp({ logger: pino({ level: "silent" }) });
  guardRoutes(http, () => null);
  addStatusRoutes(http, version, async () => ({}));
  const { withSessions, anonymous } = createModules({
    db,
    ledger: absent<ModuleParts["ledger"]>("ledger"),
    mail: absent<ModuleParts["mail"]>("mail"),
    purged: absent<ModuleParts["purged"]>("purge list"),
    mailWebhookSecret: undefined,
    registrar: absent<ModuleParts["registrar"]>("registrar's key"),
    answers: absent<ModuleParts["answers"]>("cache"),
    random: (length) => new Uint8Array(length),
    clock: () => 0n,
    publicUrl: () => "",
    setupToken: undefined,
    production: true,
    onTrouble: () => {},
  });
  for (const module of [...withSessions, ...anonymous]) await module.routes(http);
  const ledger = absent<ModuleParts["ledger"]>("ledger");
  addAuditRoutes(http, { log: absent<AuditLog>("audit log"), ledger, actorOf: () => null });
  await http.ready();
  const document = apiDocument(http, storedExamples());
  await http.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}
