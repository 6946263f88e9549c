/** The commands of which networks are made, as people type them: founding, a testnet in the background, and bad input. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "#ledger/cometbft/free-port.js";
import { cometBinary } from "../comet-node.js";
import { psephos } from "../command.js";
import { removeDirectory, temporaryDirectory } from "../ledger-kit.js";

let base: string;
const run = (...args: string[]) => psephos(args, { cwd: base });
const good = async (...args: string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await run(...args);
  expect(exitCode, `${args.join(" ")}: ${stdout}${stderr}`).toBe(0);
  return stdout;
};

beforeAll(async () => {
  base = await temporaryDirectory();
});
afterAll(() => removeDirectory(base));

const NAMES = ["Court", "University", "Party A", "Party B"];

test("four organisations found a network: each alone comes to the same genesis, which says who operates what", async () => {
  const officer = (await good("identity", "new", "--role", "officer", "--out", "olga.code")).trim();
  const operators: string[] = [];
  for (const [i, name] of NAMES.entries()) {
    const operator = (await good("identity", "new", "--role", "operator", "--out", `op${i}.code`)).trim();
    operators.push(operator);
    const where = ["--p2p", `127.0.0.1:${26656 + i}`, "--data", `n${i}`];
    const contribution = await good("genesis", "key", "--name", name, ...where, "--operator", operator);
    // A second time it is the same: keys that are there stay.
    expect(await good("genesis", "key", "--name", name, ...where, "--operator", operator)).toBe(contribution);
    writeFileSync(join(base, `${i}.json`), contribution);
  }
  writeFileSync(
    join(base, "founder.json"),
    await good("genesis", "founder", "--name", "Commission", "--officer", `${officer}=Olga Officer`, "--keys", "keys"),
  );
  const files = NAMES.map((_, i) => `${i}.json`);
  const terms = ["--founder", "founder.json", "--chain-id", "vote-27", "--time", "2027-01-31T12:00:00Z"];
  const one = await good("genesis", "combine", ...files, ...terms, "--out", "genesis.json");
  const other = await good("genesis", "combine", ...[...files].reverse(), ...terms, "--out", "again.json");
  expect(other).toBe(one);
  expect(readFileSync(join(base, "again.json"), "utf8")).toBe(readFileSync(join(base, "genesis.json"), "utf8"));
  const shown = await good("genesis", "show", "genesis.json");
  for (const line of ["vote-27, from 2027-01-31T12:00:00", "1 of 1 officers", "Olga Officer", "Party B, power 10"])
    expect(shown).toContain(line);
  for (const [i, name] of NAMES.entries()) expect(shown).toContain(`operator   of ${name} ${operators[i]}`);
  expect(shown.trim().split("\n").at(-1)).toContain(one.trim().split("\n").at(-1) as string);

  const installed = await good("genesis", "install", ...files, "--genesis", "genesis.json", "--data", "n2", "--local");
  expect(installed).toContain("The validator of Party A is ready");
  const network = JSON.parse(readFileSync(join(base, "n2", "ledger", "network.json"), "utf8"));
  expect(network.validators.map((each: { operator: string }) => each.operator)).toEqual(operators);
  expect(network.peers).toHaveLength(3);
  const full = ["--genesis", "genesis.json", "--data", "watcher", "--listen", "127.0.0.1:27000"];
  expect(await good("genesis", "install", ...files, ...full)).toContain("A full node is ready");
}, 180_000);

test("what cannot be is refused with exit code 2 and a sentence that says what to do", async () => {
  writeFileSync(join(base, "empty.json"), "{}");
  mkdirSync(join(base, "plain"));
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["genesis", "key", "--name", "x", "--p2p", "nowhere", "--data", "bad"], "host:port"],
    [["genesis", "founder", "--name", "x", "--officer", "12=Olga", "--keys", "keys"], "64 hexadecimal digits"],
    [["genesis", "show", "empty.json"], "founds no network"],
    [["genesis", "show", "missing.json"], "there is no such file"],
    [["genesis", "install", "empty.json", "--genesis", "empty.json"], "no validator's contribution"],
    [["node", "--data", "plain"], "psephos genesis install"],
    [["node", "--data", "plain", "--socket", "tcp://10.0.0.1:1"], "a loopback address"],
    [["monitor", "--node", "nowhere"], "http or https address"],
    [["monitor", "--node", "http://127.0.0.1:1", "--every", "never"], "number of seconds"],
    [["monitor", "--node", "http://127.0.0.1:1", "--genesis", "12"], "64 hexadecimal digits"],
    [["monitor", "--node", "http://127.0.0.1:1", "--state", "empty.json"], "no file of psephos monitor"],
    [["testnet", "dance"], "testnet knows run, start, status, stop and wipe"],
    [["testnet", "start", "--validators", "99"], "1 to 10"],
    [["testnet", "wipe", "--data", "plain"], "no testnet in"],
    [["testnet", "start", "--data", "plain"], "is there already"],
    [["validators", "approve", "empty.json", "--role", "operator"], "is no proposal"],
    [["validators", "approve", "empty.json", "--role", "king"], "officer or operator"],
    [["validators", "propose", "--chain-id", "x", "--revision", "0", "--remove", "12", "--out", "p"], "64 hexadecimal"],
  ];
  for (const [args, sentence] of cases) {
    const { exitCode, stdout, stderr } = await run(...args);
    expect(stdout + stderr, args.join(" ")).toContain(sentence);
    expect(exitCode, args.join(" ")).toBe(2);
  }
}, 180_000);

describe.skipIf(cometBinary() === undefined)("psephos testnet", () => {
  test("start, status, stop, start again, wipe; nothing is left", async () => {
    const where = ["--data", "net", "--validators", "1"];
    const port = ["--port", String(await freePort())];
    const started = await good("testnet", "start", ...where, ...port);
    expect(started).toContain("1 validator and a server run in the background");
    expect(started).toContain("Set it up, once, with this link");
    expect((await run("testnet", "start", ...where, ...port)).stderr).toContain("runs already");
    const status = await good("testnet", "status", ...where);
    expect(status).toMatch(/node1\s+\d+\s+not founded/);
    expect(status).toMatch(/server\s+\d+\s+ready/);
    expect(readFileSync(join(base, "net", "node1", "operator.code"), "utf8").trim()).toHaveLength(25);
    expect(await good("testnet", "stop", ...where)).toContain("Stopped.");
    expect((await run("testnet", "status", ...where)).exitCode).toBe(1);
    expect(await good("testnet", "wipe", ...where)).toContain("is gone");
    expect((await run("testnet", "status", ...where)).stderr).toContain("There is no testnet");
  }, 180_000);
});
