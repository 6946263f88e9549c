/** Nodes, servers and nginx as processes of their own, over the built files, for tests that end and start them again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";

const program = join(import.meta.dirname, "..", "..", "dist", "cli", "psephos.js");

export interface Process {
  readonly name: string;
  readonly said: string[];
  /** Its number while it runs. */
  readonly pid: number | undefined;
  /** It has ended, or was never started. */
  readonly ended: boolean;
  start(): void;
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it has ended, whoever ended it. */
  ends(): Promise<void>;
  /** Resolves when it has said this. */
  says(pattern: RegExp): Promise<string>;
}

const LIMIT_MS = 90_000;

/** `psephos …` with these arguments, to be started and stopped again. */
export function psephosProcess(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Process {
  return programProcess(name, process.execPath, [program, ...args], env);
}

export function programProcess(
  name: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Process {
  let child: ChildProcess | undefined;
  const said: string[] = [];
  return {
    name,
    said,
    get pid() {
      return child?.pid;
    },
    get ended() {
      return child === undefined || child.exitCode !== null || child.signalCode !== null;
    },
    start: () => {
      said.length = 0;
      child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
      for (const stream of [child.stdout, child.stderr])
        stream?.setEncoding("utf8").on("data", (text: string) => said.push(text));
    },
    stop: async (signal = "SIGTERM") => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
    signal: (signal) => void child?.kill(signal),
    ends: async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      await once(child, "exit");
    },
    says: async (pattern) => {
      for (const until = performance.now() + LIMIT_MS; performance.now() < until; ) {
        const match = pattern.exec(said.join(""));
        if (match !== null) return match[1] ?? match[0];
        if (child?.exitCode !== null && child?.exitCode !== undefined) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`${name} did not say ${pattern}: ${said.join("").slice(-2000)}`);
    },
  };
}

/** `fetch` for https with a certificate of our own. */
export function fetchTrusting(certificate: string): typeof fetch {
  const ca = readFileSync(certificate, "utf8");
  return (async (input: string | URL, init: RequestInit = {}) => {
    const headers = Object.fromEntries(new Headers(init.headers).entries());
    return new Promise<Response>((resolve, reject) => {
      const sent = request(new URL(input), { method: init.method ?? "GET", headers, ca }, (answer) => {
        const chunks: Uint8Array[] = [];
        answer.on("data", (chunk: Uint8Array) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const status = answer.statusCode ?? 500;
          const all = new Headers();
          for (let i = 0; i < answer.rawHeaders.length; i += 2)
            all.append(answer.rawHeaders[i] as string, answer.rawHeaders[i + 1] as string);
          const body = status === 204 || status === 304 ? null : Buffer.concat(chunks);
          resolve(new Response(body, { status, headers: all }));
        });
      });
      sent.on("error", reject);
      sent.end(init.body as string | Uint8Array | undefined);
    });
  }) as typeof fetch;
}

/** The nginx configuration of the documentation, with a test's ports and paths. */
export function nginxConf(
  directory: string,
  ports: { http: number; https: number; servers: readonly [number, number] },
): string {
  const given = readFileSync(join(import.meta.dirname, "..", "..", "docs", "operate", "nginx.conf"), "utf8");
  const changes: readonly (readonly [string, string])[] = [
    ["user www-data;", ""],
    ["/run/nginx.pid", join(directory, "nginx.pid")],
    ["/var/log/nginx/error.log", join(directory, "error.log")],
    ["/var/cache/nginx/psephos", join(directory, "cache")],
    ["/var/lib/nginx/body", join(directory, "body")],
    ["/var/lib/nginx/proxy", join(directory, "proxy")],
    ["127.0.0.1:8081", `127.0.0.1:${ports.servers[0]}`],
    ["127.0.0.1:8082", `127.0.0.1:${ports.servers[1]}`],
    ["listen 80;", `listen 127.0.0.1:${ports.http};`],
    ["listen 443 ssl", `listen 127.0.0.1:${ports.https} ssl`],
    ["/etc/psephos/tls/fullchain.pem", join(directory, "cert.pem")],
    ["/etc/psephos/tls/privkey.pem", join(directory, "key.pem")],
  ];
  let conf = given;
  for (const [from, to] of changes) {
    if (!conf.includes(from)) throw new Error(`docs/operate/nginx.conf does not hold "${from}" any more`);
    conf = conf.replaceAll(from, to);
  }
  const path = join(directory, "nginx.conf");
  writeFileSync(path, `${process.getuid?.() === 0 ? "user root;\n" : ""}${conf}`);
  return path;
}
