/** Rows H-10, H-11, H-12, K-15: what no source may do, and what no commit may hold; containers with hostile names. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { encodeRecord, recordReader } from "#archive/container.js";
import { utf8 } from "#base/bytes.js";
import { replayStream } from "#client/record.js";
import { sha256 } from "#crypto/hash.js";
import { electionFromText } from "#protocol/suite/belenios-v1/election.js";
import { archiveVerifier } from "#verify/archive.js";
import { genesisOf } from "../protocol-kit.js";
import { RecordedLedger, recordOf } from "../record-kit.js";

const root = join(import.meta.dirname, "..", "..");

const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .map((name) => name.split("\\").join("/"))
  .filter((name) => name.endsWith(".ts") && !/\.(test|contract|d)\.ts$/.test(name) && !name.includes("/assembly/"))
  .map((name) => {
    const text = readFileSync(join(root, "src", name), "utf8");
    return { name, text, tree: ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true) };
  });

/** Calls in a file: what is called and its arguments, as written. */
function callsIn(
  tree: ts.SourceFile,
): { readonly called: string; readonly first: ts.Expression | undefined; readonly text: string }[] {
  const calls: ReturnType<typeof callsIn> = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node))
      calls.push({ called: node.expression.getText(tree), first: node.arguments[0], text: node.getText(tree) });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return calls;
}

/** A shell is harmless when its script is a constant and everything else comes as positional arguments. */
function constantScript(text: string, call: string): boolean {
  const script = /\["-c", ("[^"]*"|'[^']*'|\w+)[,\]]/.exec(call)?.[1] ?? "";
  return /^["']/.test(script) || new RegExp(`const ${script} = ("[^"]*"|'[^']*');`).test(text);
}

test("H-12: no text ever becomes a command: programs are started by name with a list of arguments, and names come from us", () => {
  const complaints: string[] = [];
  const started: string[] = [];
  for (const { name, text, tree } of files) {
    if (/["'](node:)?child_process["']/.test(text)) {
      if (/import[^;]*\b(exec|execSync|default)\b[^;]*["'](node:)?child_process/.test(text))
        complaints.push(`${name}: exec`);
      for (const { called, first, text: call } of callsIn(tree)) {
        if (!/^(spawn|spawnSync|execFile|execFileSync|fork)$/.test(called)) continue;
        started.push(`${name} ${called}`);
        if (/\bshell\s*:/.test(call)) complaints.push(`${name}: ${called} with a shell`);
        const program = first?.getText(tree) ?? "";
        if (program === '"/bin/sh"') {
          if (!constantScript(text, call)) complaints.push(`${name}: a script that is put together`);
        } else if (!/^("[a-z]+"|process\.execPath|[a-zA-Z.#]+)$/.test(program))
          complaints.push(`${name}: starts ${program}`);
        if (/`|" ?\+/.test(program)) complaints.push(`${name}: a program's name is put together`);
      }
    }
    if (/\beval\(|new Function\(/.test(text)) complaints.push(`${name}: text as code`);
  }
  expect(complaints).toEqual([]);
  // The scan sees something: the ledger asks the system when a process started.
  expect(started).toContain("ledger/embedded/owner.ts spawnSync");
});

/** Rooms that run inside the server. The clients of the command line reach out, because a person asked them to. */
const SERVER =
  /^(base|words|crypto|evidence|protocol|archive|api|pool|ledger|db|mail|registration|voting|management|server|verify)\//;

/**
 * The one caller of an address in the server: the node's own CometBFT, at the address that the operator's `network.json`
 * names; no request can reach that value.
 */
const OWN_ENGINE = "ledger/cometbft/rpc.ts: imports http";

/** The practice server hands requests on to the process that it has forked itself, at the address that process told it. */
const OWN_PRACTICE = "server/practice.ts: imports http";

test("H-10: identity providers are asked from one room, and only those of the operator's file", () => {
  const asking = files.filter(({ text }) => /from "openid-client"/.test(text)).map(({ name }) => name);
  expect(asking.sort()).toEqual(["registration/login/by-oidc.ts", "registration/login/providers.ts"]);
});

test("H-10: the server fetches no address: not of nodes, logos, webhooks or anything that a request names", () => {
  const complaints: string[] = [];
  for (const { name, text, tree } of files.filter((file) => SERVER.test(file.name))) {
    for (const module of ["http", "https", "http2", "undici", "dgram", "node-fetch", "axios"])
      if (new RegExp(`from "(node:)?${module}"`).test(text.replace(/import type [^;]*;/g, "")))
        complaints.push(`${name}: imports ${module}`);
    for (const { called } of callsIn(tree))
      if (
        /^(globalThis\.)?fetch$|^(new )?(WebSocket|EventSource|XMLHttpRequest)$|^(net|tls)\.connect$|^createConnection$/.test(
          called,
        )
      )
        complaints.push(`${name}: calls ${called}`);
    for (const word of ["WebSocket", "EventSource", "XMLHttpRequest"])
      if (text.includes(`new ${word}(`)) complaints.push(`${name}: makes a ${word}`);
  }
  expect(complaints.sort()).toEqual([OWN_ENGINE, OWN_PRACTICE]);
  const makers = files
    .filter(({ text }) => text.includes("new CometRpc("))
    .map(({ name, text }) => {
      return `${name}: ${/new CometRpc\(([^)]*)\)/.exec(text)?.[1]}`;
    });
  expect(makers).toEqual([expect.stringMatching(/^ledger\/cometbft\/open\.ts: `http:\/\/\$\{options\.rpc\}`$/)]);
});

test("H-11: names in an archive are compared, never used as paths: no reading room writes a file", () => {
  const readers = files.filter((file) => /^(archive|verify|client|protocol|evidence)\//.test(file.name));
  expect(readers.length).toBeGreaterThan(50);
  expect(readers.filter(({ text }) => /from "node:fs/.test(text)).map(({ name }) => name)).toEqual([]);
  for (const name of ["../../x", "/etc/passwd", "..\\..\\x", "a/../../x", "BELENIOS/../x", "x\0../../y"]) {
    const bytes = encodeRecord(name, utf8("{}"), 1_700_000_000);
    const records = [...recordReader().push(bytes)];
    const verifier = archiveVerifier();
    for (const _ of verifier.push(bytes));
    expect(records.length, name).toBe(1);
    expect(verifier.finish().verdict, name).not.toBe("valid");
  }
});

test("H-11: a configuration that nobody signed, or somebody else, is refused before anything in it is believed", async () => {
  const ledger = new RecordedLedger("h11");
  ledger.block();
  const replay = (record: Uint8Array) =>
    replayStream(
      (async function* () {
        yield record;
      })(),
    );
  expect(await replay(ledger.record())).toMatchObject({ ok: true });
  const unsigned = ledger.blocks.map((block) => ({ ...block, evidence: new Uint8Array(64) }));
  expect(await replay(recordOf(ledger.genesis, unsigned))).toMatchObject({ ok: false });
  const { blocks } = new RecordedLedger("h11", { engineKey: sha256(utf8("another node")) });
  expect(blocks).toEqual([]);
  expect(await replay(recordOf(genesisOf({ engineKey: sha256(utf8("another node")) }), ledger.blocks))).toMatchObject({
    ok: false,
  });
  expect(electionFromText("{}")).toMatchObject({ ok: false });
});

/** Files that hold known answers: their secrets were made for the tests and belong to nobody. */
const KNOWN = /^(vectors|test|bench|docs\/api-examples\.json|openapi\.json)|\.test\.ts$|package-lock\.json$/;

/** What keys and tokens look like. Hex of 64 digits is what public hashes look like, too, so a word must say what it is. */
const SECRETS: readonly (readonly [string, RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["a token of a code host", /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,}|glpat-[A-Za-z0-9_-]{20})\b/],
  ["a cloud key", /\b(AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|sk-[A-Za-z0-9]{32,}|xox[baprs]-[0-9A-Za-z-]{20,})\b/],
  ["a token of a package registry", /\b(npm_[A-Za-z0-9]{36}|_authToken\s*=\s*\S+)/],
  [
    "a password in an address",
    /\b(postgres(ql)?|smtps?|https?):\/\/[^\s:/@"'`$]+:(?!(password|secret|pw|\.\.\.)@)[^\s:/@"'`$]+@(?!(localhost|db|host|127\.0\.0\.1|[a-z.]*example))/,
  ],
  [
    "a recovery code",
    /\b[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}-[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}\b/,
  ],
  ["a named secret in hex", /\b(secret|private|node)[_-]?key["']?\s*[:=]\s*["'][0-9a-f]{64}["']/i],
];

test("K-15: no commit of the whole history adds a key, token, code or password, nor a file that would hold one", () => {
  const log = execFileSync(
    "git",
    ["log", "--all", "--no-color", "--format=commit %h", "-p", "--unified=0", "--no-renames"],
    {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 1 << 29,
    },
  );
  const found: string[] = [];
  let [commit, file] = ["", ""];
  let lines = 0;
  for (const line of log.split("\n")) {
    if (line.startsWith("commit ")) commit = line.slice(7);
    else if (line.startsWith("+++ b/")) {
      file = line.slice(6);
      if (/(^|\/)(\.env(\..*)?|.*\.pem|id_(rsa|ed25519)|node\.key|registrar\.key|credentials?\.json)$/.test(file))
        found.push(`${commit} ${file}: a file that holds secrets`);
    } else if (line.startsWith("+") && !KNOWN.test(posix.normalize(file))) {
      lines++;
      for (const [what, pattern] of SECRETS)
        if (pattern.test(line)) found.push(`${commit} ${file}: ${what}: ${line.slice(0, 100)}`);
    }
  }
  expect(lines).toBeGreaterThan(1000);
  expect(found.filter((each) => !EXAMPLES.some((example) => each.includes(example)))).toEqual([]);
});

/** Examples in help texts and documents, made up to be shown. */
const EXAMPLES: readonly string[] = ["5A3bc-dEfg12", "XXXXX-XXXXXX-XXXXX-XXXXXX"];
