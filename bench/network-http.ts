/** Casts over HTTP on a network: servers in front of the four nodes, on one PostgreSQL, and what each of them costs. */
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { removeEmbedded, startEmbedded } from "#db/embedded.js";
import { freePort } from "#ledger/cometbft/free-port.js";
import type { Process } from "../test/network/processes.js";
import { cpuMs, descendantsNamed } from "./cpu.js";
import { startGenerator } from "./http-load.js";
import { note, percentile } from "./kit.js";
import { endAtExit, program } from "./network-kit.js";

export interface Servers {
  /**
   * Casts over the first `instances` servers, the bodies dealt out evenly, by as many connections together; notes rate,
   * times, and the processor time of a cast.
   */
  cast(name: string, instances: number, bodies: readonly string[], connections: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts as many servers, each preferring another node. */
export async function startServers(base: string, sockets: readonly string[], count: number): Promise<Servers> {
  chmodSync(base, 0o711);
  const directory = join(base, "postgres");
  const database = await startEmbedded({ directory, log: () => undefined });
  const { host, user, password, database: name } = database.connection;
  const url = `postgresql://${user}:${password}@/${name}?host=${encodeURIComponent(host)}`;
  const servers: (Process & { readonly port: number })[] = [];
  for (let i = 0; i < count; i++) {
    const port = await freePort();
    const nodes = [...sockets.slice(i), ...sockets.slice(0, i)].join(",");
    const places = ["--data", join(base, `server${i + 1}`), "--keys", join(base, "keys")];
    const args = ["serve", "--port", String(port), "--node", nodes, ...places, "--log-level", "error"];
    const server = program(`server ${i + 1}`, args, { DATABASE_URL: url }, i === 0 ? process.env.PROFILE : undefined);
    server.start();
    await server.says(/is ready/);
    endAtExit(server);
    servers.push(Object.assign(server, { port }));
  }
  const generators = servers.map(() => startGenerator());
  const databaseMs = (): number => descendantsNamed("postgres").reduce((sum, pid) => sum + cpuMs(pid), 0);
  return {
    cast: async (label, instances, bodies, connections) => {
      const used = servers.slice(0, instances);
      const serverMs = (): number => used.reduce((sum, { pid }) => sum + cpuMs(pid as number), 0);
      const [server, postgres] = [serverMs(), databaseMs()];
      const loads = await Promise.all(
        used.map(({ port }, i) =>
          (generators[i] as (typeof generators)[0]).load(
            port,
            bodies.filter((_, k) => k % instances === i),
            Math.ceil(connections / instances),
          ),
        ),
      );
      // A server that has too much to do says so with 503, and the voter's client comes again.
      const later = loads.reduce((sum, { refusals }) => sum + (refusals["503"] ?? 0), 0);
      const other = loads.flatMap(({ refusals }) => Object.keys(refusals)).filter((status) => status !== "503");
      if (other.length > 0) throw new Error(`answered ${other.join(", ")}`);
      const times = loads.flatMap(({ latencies }) => [...latencies]).sort((a, b) => a - b);
      note(label, "per second", [times.length / Math.max(...loads.map(({ seconds }) => seconds))]);
      note("  to final, median", "ms", [percentile(times, 0.5)]);
      note("  to final, 95th percentile", "ms", [percentile(times, 0.95)]);
      note("  answered 503", "casts", [later]);
      note("  processor, servers", "ms a cast", [(serverMs() - server) / bodies.length]);
      note("  processor, PostgreSQL", "ms a cast", [(databaseMs() - postgres) / bodies.length]);
    },
    close: async () => {
      for (const generator of generators) await generator.close();
      for (const server of servers) await server.stop();
      await database.close();
      removeEmbedded(directory);
    },
  };
}
