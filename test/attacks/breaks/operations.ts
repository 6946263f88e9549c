/** Breaks of the part "Operations and privacy" of docs/attacks.md. */
import type { Break } from "./break.js";

export const BREAKS: readonly Break[] = [
  {
    row: "O-01",
    file: "src/protocol/transactions/seal-election.ts",
    find: "if (entry.rollCount < plan.rules.privacyFloor)",
    put: "if (entry.rollCount < 0)",
    test: "src/protocol/rejections.test.ts",
  },
  {
    row: "O-04",
    file: "src/protocol/credential.ts",
    find: "const credentials = voterKeys.map((key, i) => key.add(multiplySecret(base, blindings[i] as bigint)));",
    put: "const credentials = [...voterKeys].filter(() => base !== undefined || blindings.length > 0);",
    test: "src/registration/roll.test.ts",
    whole: true,
  },
  {
    row: "O-05",
    file: "src/registration/voters.ts",
    find: "  if (others.length > 0) return context.purged.add(voterId, organisation);",
    put: "  if (others.length >= 0) return context.purged.add(voterId, organisation);",
    test: "src/registration/voters.test.ts",
  },
  {
    row: "O-06",
    file: "src/registration/voters.ts",
    find: "    await context.purged.add(voterId, null);\n",
    put: "",
    test: "src/registration/mailings.test.ts",
    whole: true,
  },
  {
    row: "O-08",
    file: "src/registration/follow.ts",
    find: 'else if (described.type === "seal-election")',
    put: 'else if (described.type === "seal-election" || described.type === "cast-ballot")',
    test: "src/registration/roll.test.ts",
    also: [{ file: "src/registration/follow.ts", find: '    .where("notified_at", "is", null)\n', put: "" }],
  },
  {
    row: "O-09",
    file: "src/registration/restored.ts",
    find: '  await note(tables, uuid, height, `reissue-unknown: place ${place ?? "?"} of the roll`);',
    put: '  if (place === -1) await note(tables, uuid, height, "reissue-unknown");',
    test: "src/registration/mailings.test.ts",
    whole: true,
  },
  {
    row: "O-10",
    file: "src/client/watch.ts",
    find: '    if (!bytesEqual(outcome.value.previous, previous)) return "it does not continue the chain";\n',
    put: "",
    test: "src/client/watch.test.ts",
  },
  {
    row: "O-11",
    file: "src/ledger/embedded/intake.ts",
    find: "if (this.#byId.size >= this.#limits.maxWaiting || this.#bytes + wire.length > this.#limits.maxWaitingBytes)",
    put: "if (this.#bytes + wire.length > this.#limits.maxWaitingBytes)",
    test: "test/attacks/rush.slow.test.ts",
  },
  {
    row: "O-07",
    file: "src/protocol/transactions/share-decryption.ts",
    find: '    default:\n      return reject("wrong-stage", `the election is ${stage}`);',
    put: "    default:\n      return null;",
    test: "test/attacks/before-closing.slow.test.ts",
  },
];
