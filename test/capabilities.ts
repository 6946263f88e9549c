/**
 * What a test may need from the machine beyond Node and npm. A test asks with `capability(...)` and skips itself when
 * the answer is false:
 *
 *     test.skipIf(!capability("nginx"))("nginx serves cached answers", ...)
 *
 * What is absent is listed at the end of `npm test`; with CI=true an absence is an error, because .ci/setup installs
 * everything named here.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { otherNode } from "./other-node.js";

interface Need {
  readonly what: string;
  readonly present: () => boolean;
}

const needs = {
  chromium: { what: "tests in a browser (chromium)", present: () => runs("chromium", "--version") },
  nginx: { what: "tests behind a load balancer (nginx)", present: () => runs("nginx", "-v") },
  go: { what: "tests with the CometBFT engine built here (Go)", present: () => runs("go", "version") },
  "belenios-tool": {
    what: "judgement of our archives by an independent program (belenios-tool)",
    present: () => runs("belenios-tool", "--version"),
  },
  "network-namespaces": {
    what: "tests that cut the network between nodes (network namespaces)",
    present: () => runs("unshare", "--net", "true"),
  },
  "other-node": {
    what: "nodes under another major version of Node (npm could not fetch one)",
    present: () => otherNode() !== undefined,
  },
} as const satisfies Record<string, Need>;

export type Capability = keyof typeof needs;

const known = new Map<Capability, boolean>();

/** Whether this machine has what the test needs. Throws with CI=true when it has not. */
export function capability(name: Capability): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  const present = needs[name].present();
  known.set(name, present);
  if (present) return true;
  if (process.env.CI === "true") throw new Error(`CI lacks ${name}: .ci/setup must install it`);
  const list = process.env.PSEPHOS_ABSENCES;
  if (list !== undefined) appendFileSync(list, `${needs[name].what}\n`);
  return false;
}

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}
