/** Breaks of the part "Running elections" of docs/attacks.md. */
import type { Break } from "./break.js";

const acts = "src/protocol/transactions";

export const BREAKS: readonly Break[] = [
  {
    row: "E-04",
    file: `${acts}/cast-ballot.ts`,
    find: 'if (stage !== "open") return reject("closed"',
    put: 'if (stage === "tallied") return reject("closed"',
    test: "src/protocol/attacks.test.ts",
  },
  {
    row: "E-03",
    file: `${acts}/extend-election.ts`,
    find: 'if (stage !== "sealed" && stage !== "open") return reject("too-late", stage);',
    put: "",
    test: "src/protocol/attacks.test.ts",
  },
  {
    row: "E-02",
    file: `${acts}/enter-roll.ts`,
    find: 'if (stage !== "announced") return reject("wrong-stage", stage);',
    put: "",
    test: "test/attacks/trustee.test.ts",
  },
  {
    row: "E-06",
    file: "src/api/instant.ts",
    find: '(match[9] === "-" ? -1 : 1) * (hours * 60 + minutes)',
    put: "hours * 60 + minutes",
    test: "src/api/instant.test.ts",
  },
  {
    row: "E-05",
    file: "src/protocol/election.ts",
    find: '  if (now < entry.closesAt) return "open";',
    put: '  if (now <= entry.closesAt) return "open";',
    test: "src/protocol/attacks.test.ts",
  },
  {
    row: "E-10",
    file: "src/client/trustee.ts",
    find: '  if (stage !== "closed" && stage !== "tallied")',
    put: '  if (stage === "sealed")',
    test: "test/attacks/trustee.test.ts",
  },
  {
    row: "E-09",
    file: "src/cli/voter.ts",
    find: "    vector[number - 1] = 1;",
    put: "    vector[number % vector.length] = 1;",
    test: "test/attacks/arithmetic.test.ts",
  },
  {
    row: "E-01",
    file: "src/protocol/transactions/create-election.ts",
    find: '    if (elections.get(context.reader, plan.uuid) !== undefined) return reject("election-exists", plan.uuid);\n',
    put: "",
    test: "test/attacks/trustee.test.ts",
  },
  {
    row: "E-07",
    file: "src/protocol/encoding/shape.ts",
    find: "\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]*$/u",
    put: "\\u200b-\\u200f\\u2060-\\u2069\\ufeff]*$/u",
    test: "src/protocol/encoding/shape.test.ts",
  },
  {
    row: "E-07",
    file: "src/base/look-alike.ts",
    find: 'const latin = [...text.normalize("NFKC")].map((letter) => LATIN_OF.get(letter) ?? letter).join("");',
    put: 'const latin = text.normalize("NFKC");',
    test: "src/management/draft.test.ts",
  },
  {
    row: "E-08",
    file: "src/cli/terminal.ts",
    find: "  return text.replace(UNSEEN, escaped);",
    put: "  return text;",
    test: "test/attacks/words.test.ts",
  },
  {
    row: "E-11",
    file: "src/registration/list-plan.ts",
    find: "where s.organisation = ${organisation} and s.status in ('approved', 'pending')",
    put: "where s.status in ('approved', 'pending')",
    test: "src/registration/lists.test.ts",
  },
  {
    row: "E-11",
    file: "src/protocol/transaction.ts",
    find: "  const counted = approvals.filter((approval) => isOfficer(organisation, approval.key));",
    put: "  const counted = approvals;",
    test: "src/protocol/officer.test.ts",
  },
  {
    row: "E-12",
    file: "src/management/draft.ts",
    find: "  if (trustees.length === 1) warnings.push(",
    put: "  if (trustees.length === 0) warnings.push(",
    test: "test/attacks/server.test.ts",
  },
];
