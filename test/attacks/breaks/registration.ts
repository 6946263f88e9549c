/** Breaks of the part "Registration and identity" of docs/attacks.md. */
import type { Break } from "./break.js";

const acts = "src/protocol/transactions";

export const BREAKS: readonly Break[] = [
  {
    row: "R-06",
    file: `${acts}/enter-roll.ts`,
    find: "compareBytes(before, credential) >= 0",
    put: "compareBytes(before, credential) > 0",
    test: "src/protocol/rejections.test.ts",
  },
  {
    row: "R-13",
    file: `${acts}/cast-ballot.ts`,
    find: "    cancelReissue(effects, uuid, position);\n",
    put: "",
    test: "src/protocol/attacks.test.ts",
  },
  {
    row: "R-01",
    file: "src/registration/token.ts",
    find: "const tokenBytes = 32;",
    put: "const tokenBytes = 8;",
    test: "src/registration/register.test.ts",
  },
  {
    row: "R-16",
    file: "src/registration/csv.ts",
    find: "const safe = runsAsFormula.test(cell) ?",
    put: "const safe = cell.length > 1e6 ?",
    test: "src/registration/csv.test.ts",
  },
  {
    row: "R-02",
    file: "src/registration/login/attempts.ts",
    find: "return count <= limit ? 0",
    put: "return count <= 1000 * limit ? 0",
    test: "src/registration/login/session.test.ts",
  },
  {
    row: "R-03",
    file: "src/registration/login/by-mail.ts",
    find: "!equalSecret(row.code_hash, hashOfCode(browser.secret, code))",
    put: 'row.code_hash.toString("hex") !== hashOfCode(browser.secret, code).toString("hex")',
    test: "src/registration/module.test.ts",
  },
  {
    row: "R-04",
    file: "src/verify/receipt.ts",
    find: "if (bytesEqual(position.credential, credential)) log.pass(",
    put: "if (position.credential.length === credential.length) log.pass(",
    test: "test/election/letters.slow.test.ts",
    whole: true,
  },
  {
    row: "R-05",
    file: "src/protocol/roll-sample.ts",
    find: "if (now.generation !== this.#seen?.generation || now.count !== this.#seen.count) {",
    put: "if (this.#seen === undefined) {",
    test: "src/protocol/roll-sample.test.ts",
  },
  {
    row: "R-07",
    file: "src/protocol/credential.ts",
    find: "    utf8(context.uuid),\n",
    put: "",
    test: "src/protocol/identity.test.ts",
  },
  {
    row: "R-08",
    file: "src/registration/address.ts",
    find: 'const text = input.normalize("NFKC").trim();',
    put: "const text = input.trim();",
    test: "src/registration/register.test.ts",
    also: [
      {
        file: "src/registration/address.ts",
        find: 'return text.toLowerCase().normalize("NFKC");',
        put: "return text.toLowerCase();",
      },
    ],
  },
  {
    row: "R-09",
    file: "src/registration/confirm.ts",
    find: '    .where("expires_at", ">", context.date())\n    .returningAll()',
    put: "    .returningAll()",
    test: "src/registration/register.test.ts",
  },
  {
    row: "R-10",
    file: "src/registration/login/by-mail.ts",
    find: '    .where("tries", "<", triesPerCode)\n    .where("expires_at"',
    put: '    .where("expires_at"',
    test: "src/registration/login/by-mail.test.ts",
  },
  {
    row: "R-11",
    file: "src/registration/login/session.ts",
    find: "  if (old !== undefined) await signOut(context, old);\n",
    put: '  if (old === "") await signOut(context, old);\n',
    test: "src/registration/login/session.test.ts",
  },
  {
    row: "R-12",
    file: "src/registration/register.ts",
    find: "    if (known.recent < lettersPerDay)",
    put: "    if (known.recent < lettersPerDay && known.voter === undefined)",
    test: "test/attacks/enumeration.test.ts",
  },
  {
    row: "R-14",
    file: "src/registration/development-routes.ts",
    find: "if (context.production || !context.mail.keeps) return;",
    put: "if (!context.mail.keeps) return;",
    test: "src/registration/module.test.ts",
  },
];
