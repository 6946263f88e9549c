/** Breaks of the part "Keys and trustees" of docs/attacks.md. */
import type { Break } from "./break.js";

const suite = "src/protocol/suite/belenios-v1";
const acts = "src/protocol/transactions";

export const BREAKS: readonly Break[] = [
  {
    row: "K-01",
    file: `${acts}/reveal-trustee.ts`,
    find: "if (!verifyTrusteeKey(key))",
    put: "if (false)",
    test: "src/protocol/ceremony.test.ts",
  },
  {
    row: "K-02",
    file: `${acts}/reveal-trustee.ts`,
    find: "trustee.commitment === null || !bytesEqual(commitmentOf(context, parsed.value), trustee.commitment)",
    put: "trustee.commitment === null",
    test: "src/protocol/ceremony.test.ts",
  },
  {
    row: "K-04",
    file: `${acts}/complain.ts`,
    find: 'return verdict === "dealer-guilty"',
    put: 'return verdict !== "invalid"',
    test: "src/protocol/ceremony.test.ts",
  },
  {
    row: "K-06",
    file: `${acts}/share-decryption.ts`,
    find: "    return judgeShare(opening.value, owner, share);",
    put: "    return null;",
    test: `${acts}/share-decryption.test.ts`,
  },
  {
    row: "K-06",
    file: `${suite}/result.ts`,
    find: "    if (judged.ok) valid.set(owner, partial);",
    put: "    if (judged.ok || partial.factors.length > 0) valid.set(owner, partial);",
    test: `${suite}/result.test.ts`,
  },
  {
    row: "K-03",
    file: "src/protocol/transactions/deal-shares.ts",
    find: "if (!bytesEqual(body.reveals, revealsTranscript(context, ceremony))) return otherView();",
    put: "if (revealsTranscript(context, ceremony).length !== body.reveals.length) return otherView();",
    test: "src/protocol/ceremony.test.ts",
  },
  {
    row: "K-05",
    file: "src/protocol/suite/belenios-v1/result.ts",
    find: "    if (have >= group.threshold) continue;",
    put: "    if (have >= group.members.length) continue;",
    test: "src/protocol/transactions/share-decryption.test.ts",
  },
  {
    row: "K-07",
    file: "src/cli/code.ts",
    find: 'if (codeFromTyped(await screen.ask("Type it in again: ")) !== code)',
    put: 'if (codeFromTyped(await screen.ask("Type it in again: ")) === "")',
    test: "test/attacks/trustee.test.ts",
  },
  {
    row: "K-08",
    file: "src/protocol/suite/belenios-v1/decryption.ts",
    find: "`decrypt|${fingerprint}|${pointToText(key)}|`",
    put: "`decrypt|${pointToText(key)}|`",
    test: "src/protocol/transactions/share-decryption.test.ts",
  },
  {
    row: "K-09",
    file: "src/client/trustee.ts",
    find: "if (before !== undefined && before !== tallyHash)",
    put: 'if (before === "")',
    test: "test/attacks/trustee.test.ts",
  },
  {
    row: "K-12",
    file: "src/client/voter.ts",
    find: "if (text !== answer.election || computed !== answer.fingerprint)",
    put: 'if (computed === "")',
    test: "test/attacks/server.test.ts",
  },
  {
    row: "K-14",
    file: "src/ledger/embedded/owner.ts",
    find: "if (owner.file !== fileOf(dataFile)) return false;",
    put: 'if (owner.file !== "") return false;',
    test: "src/ledger/embedded/embedded.test.ts",
  },
  {
    row: "K-10",
    file: "src/verify/replay.ts",
    find: "    if (bytesEqual(root, header.stateRoot)) return null;",
    put: "    if (root.length === header.stateRoot.length) return null;",
    test: "test/attacks/trustee.test.ts",
  },
  {
    row: "K-11",
    file: "src/protocol/suite/belenios-v1/ceremony.ts",
    find: '    derive("coefficient", code, context, integer(k)),',
    put: '    derive("coefficient", code, context, integer(k + Math.floor(2 ** 20 * Math.random()))),',
    test: "test/attacks/trustee.test.ts",
  },
  {
    row: "K-13",
    file: "src/management/drafts.ts",
    find: 'edgeProblem("not-found", "This invitation is not valid (any more). Ask the officers for a new one."),',
    put: 'edgeProblem("not-found", `The invitation ${token} is not valid (any more). Ask the officers for a new one.`),',
    test: "test/attacks/server.test.ts",
  },
  {
    row: "K-15",
    file: "src/server/http.ts",
    find: '        route: request.routeOptions.url ?? "(none)",\n        status',
    put: '        route: request.routeOptions.url ?? "(none)",\n        cookie: request.headers.cookie,\n        status',
    test: "test/attacks/server.test.ts",
  },
];
