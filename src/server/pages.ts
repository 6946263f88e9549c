/**
 * The web: hashed files that never change, and one page for every path of the site. Read once at the start and kept in
 * memory, plain and compressed. Where nothing is built (tests of the API alone) there are no pages.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { edgeProblem, ProblemError } from "#api/problem.js";

/** Where the build puts the web: beside the compiled sources, whether this runs from them or not. */
export const builtWeb = join(import.meta.dirname, "..", "..", "dist", "web");

/** Paths that answer with the site's page; the browser's own router does the rest. */
export const pagePaths = [
  "/",
  "/join",
  "/confirm",
  "/key",
  "/sign-in",
  "/sign-in/*",
  "/booth/*",
  "/my-vote",
  "/console",
  "/console/*",
  "/trustee",
  "/ceremony",
  "/ceremony/*",
  "/board/*",
  "/verify",
  "/practice",
  "/practice/*",
] as const;

/** Paths that are pages for who asks for HTML, and the API's for who does not. */
const sharedPaths: ReadonlySet<string> = new Set(["/me", "/setup"]);

/**
 * What a page may do: run and load what comes from here, nothing inline, no eval (WebAssembly of our own aside), in
 * no frame. Injected text stays text: scripts' addresses go through one policy, everything else is refused (row W-03).
 */
const rules = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "font-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types psephos",
];
export const pagePolicy = rules.join("; ");

/** Which other nodes a page may ask: of one election, or of all present ones. */
export type SecondNodes = (uuid: string | undefined) => Promise<readonly string[]>;

/** The same policy, with the second nodes that the booth compares proofs with: data may come from there, never script. */
function policyWith(nodes: readonly string[]): string {
  if (nodes.length === 0) return pagePolicy;
  return rules.map((rule) => (rule === "connect-src 'self'" ? `${rule} ${nodes.join(" ")}` : rule)).join("; ");
}

/** The election whose page this is, by its path. */
const uuidOf = (url: string): string | undefined => /^\/(?:booth|board)\/([1-9A-HJ-NP-Za-km-z]{14,22})/.exec(url)?.[1];

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".json": "application/json; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

interface Stored {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
}

function read(path: string): Stored {
  const plain = readFileSync(path);
  const etag = `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
  return { type: types[extname(path)] ?? "application/octet-stream", etag, plain, gzip: gzipSync(plain) };
}

/** Adds the pages of `directory`; does nothing where it holds none. */
export function addPages(app: FastifyInstance, nodes: SecondNodes, directory: string = builtWeb): void {
  if (!existsSync(join(directory, "index.html"))) return;
  const assets = new Map(
    readdirSync(join(directory, "assets")).map((name) => [name, read(join(directory, "assets", name))]),
  );
  const site = read(join(directory, "index.html"));
  const check = read(join(directory, "check.html"));
  const icon = read(join(directory, "pebble.svg"));

  const sendPage = async (request: FastifyRequest, reply: FastifyReply, page: Stored) => {
    // A page without the policy's second nodes is better than none: the booth then says that it could not compare.
    const others = await nodes(uuidOf(request.url)).catch(() => []);
    reply.header("content-security-policy", policyWith(others)).header("cache-control", "no-cache");
    return send(request, reply, page);
  };

  app.addHook("onRequest", async (request, reply) => {
    if (request.method !== "GET" || !sharedPaths.has(request.url.split("?")[0] as string)) return;
    reply.header("vary", "accept");
    if (request.headers.accept?.includes("text/html")) return sendPage(request, reply, site);
  });
  const hidden = { schema: { hide: true } };
  for (const path of pagePaths) app.get(path, hidden, (request, reply) => sendPage(request, reply, site));
  app.get("/check", hidden, (request, reply) => sendPage(request, reply, check));
  app.get("/pebble.svg", hidden, (request, reply) =>
    send(request, reply.header("cache-control", "public, max-age=3600"), icon),
  );
  app.get<{ Params: { file: string } }>("/assets/:file", hidden, (request, reply) => {
    const asset = assets.get(request.params.file);
    if (asset === undefined) throw new ProblemError(edgeProblem("not-found"));
    // A worker's policy is that of its own file: without this one it could neither load nor run WebAssembly.
    reply.header("content-security-policy", pagePolicy);
    // Every name but those of the two lists holds the hash of its content.
    const lasting = request.params.file !== "manifest.json" && request.params.file !== "files.txt";
    reply.header(
      "cache-control",
      lasting ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate",
    );
    return send(request, reply, asset);
  });
}

function send(request: FastifyRequest, reply: FastifyReply, stored: Stored): FastifyReply {
  reply.header("etag", stored.etag).header("vary", "accept, accept-encoding").type(stored.type);
  if (request.headers["if-none-match"] === stored.etag) return reply.code(304).send();
  if (!String(request.headers["accept-encoding"] ?? "").includes("gzip")) return reply.send(stored.plain);
  return reply.header("content-encoding", "gzip").send(stored.gzip);
}
