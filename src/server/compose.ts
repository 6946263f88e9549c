/** Puts the parts together in the order they need each other, and takes them apart in the reverse order. */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { createHttp } from "./http.js";
import type { ServerOptions } from "./options.js";
import { addStatusRoutes } from "./status.js";

/** A running server. */
export interface Server {
  /** Where it answers, without a trailing slash. */
  readonly url: string;
  /** Takes no new requests, finishes those at hand, then closes everything. */
  close(): Promise<void>;
}

/** Starts everything. On failure what was started already is closed again. */
export async function compose(options: ServerOptions, log: Logger): Promise<Server> {
  const http = await createHttp({ logger: log, ...(options.tls ? { tls: readTls(options.tls) } : {}) });
  addStatusRoutes(http, "0.1.0", async () => ({ http: true }));
  await http.listen({ host: options.host, port: options.port });
  return {
    url: urlOf(http.server.address() as AddressInfo, options.tls !== undefined),
    close: async () => http.close(),
  };
}

function readTls(tls: { readonly certFile: string; readonly keyFile: string }) {
  return { cert: readFileSync(tls.certFile, "utf8"), key: readFileSync(tls.keyFile, "utf8") };
}

function urlOf(address: AddressInfo, tls: boolean): string {
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `${tls ? "https" : "http"}://${host}:${address.port}`;
}
