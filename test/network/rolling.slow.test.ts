/**
 * Two servers behind nginx, in front of four nodes, on one PostgreSQL; every server and every node is restarted while
 * ballots come in, and every ballot is recorded. The configuration of nginx is that of docs/operate.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatInstant } from "#base/instant.js";
import { createHttp } from "#client/http.js";
import { setUp } from "#client/officer.js";
import { signIn } from "#client/session.js";
import { type TrustedElection, vote } from "#client/voter.js";
import { watchNodes } from "#client/watch.js";
import { makeCode } from "#crypto/base58.js";
import { type EmbeddedPostgres, removeEmbedded, startEmbedded } from "#db/embedded.js";
import { freePort } from "#ledger/cometbft/free-port.js";
import { genesisPath } from "#ledger/cometbft/home.js";
import { identityFromCode } from "#protocol/identity.js";
import { prepareTestnet } from "../../src/cli/testnet.js";
import { capability } from "../capabilities.js";
import { cometBinary } from "../comet-node.js";
import { psephos } from "../command.js";
import {
  announceElection,
  type Election,
  enterAndSeal,
  importWithLetters,
  makeKeys,
  members,
  type Officer,
  people,
  random,
  seconds,
  trustedElection,
  type Voter,
  viewOf,
  type World,
} from "../election/kit.js";
import { removeDirectory, temporaryDirectory } from "../ledger-kit.js";
import { type Lie, lyingProxy } from "./lying-proxy.js";
import { fetchTrusting, nginxConf, type Process, programProcess, psephosProcess } from "./processes.js";

const able = cometBinary() !== undefined && capability("nginx");

describe.skipIf(!able)("servers behind nginx", () => {
  let base: string;
  let database: EmbeddedPostgres;
  let nodes: Process[] = [];
  let servers: Process[] = [];
  let nginx: Process | undefined;
  let serverUrls: string[];
  let front: typeof fetch;
  let world: World;
  let officer: Officer;
  let voters: Voter[];
  let election: Election;
  let paper: TrustedElection;
  const statuses: number[] = [];

  beforeAll(async () => {
    base = await temporaryDirectory();
    chmodSync(base, 0o711);
    database = await startEmbedded({ directory: join(base, "postgres"), log: () => undefined });
    const { host, user, password, database: name } = database.connection;
    const databaseUrl = `postgresql://${user}:${password}@/${name}?host=${encodeURIComponent(host)}`;
    const ledgers = await prepareTestnet(join(base, "net"), 4, 250);
    const founded = genesisPath(ledgers[0] as string);
    const sockets = ledgers.map((_, i) => join(base, `n${i + 1}.sock`));
    nodes = ledgers.map((ledger, i) => {
      const later = i === 0 ? [] : ["--genesis", founded, "--wait"];
      return psephosProcess(`node ${i + 1}`, [
        "node",
        "--data",
        join(ledger, ".."),
        "--socket",
        sockets[i] as string,
        ...later,
      ]);
    });
    for (const node of nodes) node.start();

    const tls = ["cert.pem", "key.pem"].map((file) => join(base, file)) as [string, string];
    const made = spawnSync("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", tls[0], "-keyout", tls[1]],
    ]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    const trusting = fetchTrusting(tls[0]);
    front = (async (input: string, init?: RequestInit) => {
      const answer = await trusting(input, init);
      if (String(input).endsWith("/vote")) statuses.push(answer.status);
      return answer;
    }) as typeof fetch;
    const [http, https, one, two] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const url = `https://localhost:${https}`;
    serverUrls = [one, two].map((port) => `http://127.0.0.1:${port}`);
    // Each prefers another node.
    servers = [one, two].map((port, i) =>
      psephosProcess(
        `server ${i + 1}`,
        [
          ...["serve", "--port", String(port), "--data", join(base, `server${i + 1}`), "--keys", join(base, "keys")],
          ...[
            "--node",
            [...sockets.slice(i), ...sockets.slice(0, i)].join(","),
            "--public-url",
            url,
            "--proxy",
            "127.0.0.1",
          ],
        ],
        { DATABASE_URL: databaseUrl },
      ),
    );
    servers[0]?.start();
    const token = await (servers[0] as Process).says(/setup#(\S+)/);
    servers[1]?.start();
    await (servers[1] as Process).says(/is ready/);
    for (const directory of ["cache", "body", "proxy"]) mkdirSync(join(base, directory));
    const conf = nginxConf(base, { http, https, servers: [one, two] });
    nginx = programProcess("nginx", "nginx", ["-p", base, "-c", conf, "-g", "daemon off;"]);
    nginx.start();

    const client = () => createHttp({ url, cookies: true, fetch: front });
    world = { url, client, now: () => BigInt(Date.now()) * 1_000_000n } as unknown as World;
    const code = makeCode(random);
    const identity = identityFromCode(code, "officer");
    const founding = createHttp({ url: serverUrls[0] as string });
    const answer = await setUp(founding, token, "Commission", { name: "Olga", identity }, random);
    // Step by step acts go through one server: another one may be a block behind what was just recorded.
    const direct = { ...world, client: () => createHttp({ url: serverUrls[0] as string, cookies: true }) } as World;
    const atServer = direct.client();
    await signIn(atServer, identity, random);
    const signer = { identity, chainId: answer.chain_id, random };
    const act: Officer = { name: "Olga", code, http: atServer, signer, organisation: answer.organisation };
    const throughNginx = client();
    await signIn(throughNginx, identity, random);
    officer = { ...act, http: throughNginx };
    voters = await importWithLetters(direct, act, people(12, "network.example"));
    election = await announceElection(direct, [act], {
      name: "Shall we found a library?",
      questions: [{ question: "A library?", answers: ["Yes", "No"], min: 1, max: 1, blank: false }],
      opens_at: formatInstant(world.now() + seconds(35)),
      closes_at: formatInstant(world.now() + seconds(600)),
      trustees: members("Tomáš", "Tereza"),
      threshold: 1,
    });
    await makeKeys(direct, election);
    await enterAndSeal(direct, [act], election, { kind: "all" });
    paper = await trustedElection(direct, election);
  }, 240_000);

  afterAll(async () => {
    await nginx?.stop();
    await Promise.all(servers.map((server) => server.stop()));
    await Promise.all(nodes.map((node) => node.stop()));
    await database?.close();
    removeEmbedded(join(base, "postgres"));
    await removeDirectory(base);
  }, 60_000);

  test("any server knows who is signed in; immutable answers come from nginx's cache; nothing of a person does", async () => {
    const [cookie] = (await officer.http.raw("/session")).headers.getSetCookie();
    expect(cookie).toBeUndefined();
    // Who is signed in stays with one server, which has read what it has recorded.
    const asked = async (): Promise<number[]> =>
      Promise.all(
        serverUrls.map(async (each) => {
          const metrics = await (await fetch(`${each}/metrics`)).text();
          const line = metrics.split("\n").find((text) => /_seconds_count\{.*route="\/session"/.test(text));
          return Number(line?.split(" ").at(-1) ?? 0);
        }),
      );
    const before = await asked();
    for (let i = 0; i < 4; i++)
      expect(await officer.http.request<{ actor: unknown }>("/session")).toMatchObject({ actor: { kind: "officer" } });
    const grown = (await asked()).map((count, i) => count - (before[i] as number));
    expect([...grown].sort((a, b) => a - b)).toEqual([0, 4]);
    const block = async () => (await front(`${world.url}/ledger/blocks/1`)).headers.get("x-cache");
    await block();
    expect(await block()).toBe("HIT");
    expect((await officer.http.raw("/session")).headers.get("x-cache")).not.toBe("HIT");
    expect((await front(`${world.url}/metrics`)).status).toBe(200);
    expect((await front(`${world.url}/`)).headers.get("strict-transport-security")).toContain("max-age");
  });

  test("L-19: every server and every node is restarted in turn, and no cast fails", async () => {
    while (world.now() < election.plan.opensAt) await new Promise((resolve) => setTimeout(resolve, 100));
    let stopping = false;
    let cast = 0;
    const failures: string[] = [];
    const lane = async (mine: readonly Voter[]): Promise<void> => {
      for (let turn = 0; !stopping; turn++) {
        const voter = mine[turn % mine.length] as Voter;
        await vote(world.client(), paper, voter.identity, [[1, 0]], random).then(
          () => cast++,
          (error: unknown) => failures.push(String(error)),
        );
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const lanes = [0, 1, 2].map((i) => lane(voters.slice(4 * i, 4 * i + 4)));
    for (const [i, server] of servers.entries()) {
      await server.stop();
      server.start();
      await server.says(/is ready/);
      await fetch(`${serverUrls[i]}/ready`);
      await new Promise((resolve) => setTimeout(resolve, 2500));
    }
    for (const node of nodes) {
      await node.stop();
      node.start();
      await node.says(/runs \(/);
      await new Promise((resolve) => setTimeout(resolve, 4000));
    }
    stopping = true;
    await Promise.all(lanes);
    expect(failures).toEqual([]);
    expect(cast).toBeGreaterThan(20);
    process.stderr.write(
      `${cast} ballots cast; answers of other kinds: ${statuses.filter((status) => status > 201).join(" ")}\n`,
    );
    expect(await viewOf(world, election)).toMatchObject({ stage: "open", counted: 12 });
  }, 240_000);

  test("O-10: a monitor says nothing of honest nodes, and tells of each lie of another", async () => {
    const [honest, proxy] = [serverUrls[0] as string, await lyingProxy(serverUrls[1] as string)];
    const https = [honest, proxy.url].map((url) => createHttp({ url, tries: 1 }));
    const watch = watchNodes(https, { stallMs: 30_000, closeMs: 60_000 }, () => 0);
    const look = async (nowMs: number): Promise<string[]> =>
      (await watch.look(nowMs, world.now())).map(
        ({ alarm, node }) => `${alarm} ${node === honest ? "honest" : "proxy"}`,
      );
    const withLie = async (lie: Lie, nowMs = 0): Promise<string[]> => {
      proxy.lie = lie;
      const alarms = await look(nowMs);
      proxy.lie = undefined;
      return [...new Set(alarms)];
    };
    const change =
      (path: RegExp, alter: (json: Record<string, unknown>) => object): Lie =>
      (asked, { status, json }) => ({
        status,
        json: path.test(asked) ? { ...(json as object), ...alter(json as Record<string, unknown>) } : json,
      });
    const first = /^\/ledger\/blocks\/1$/;
    try {
      expect(await look(0)).toEqual([]);
      expect(await withLie(change(first, ({ header }) => ({ header: `${String(header).slice(0, -4)}AAAA` })))).toEqual([
        "unproved proxy",
      ]);
      expect(await withLie(change(first, () => ({ root: "0".repeat(64) })))).toEqual(["differing-root proxy"]);
      expect(
        await withLie((path, answer) => (first.test(path) ? { status: 404, json: { code: "not-found" } } : answer)),
      ).toEqual(["removed-block proxy"]);
      const status = /^\/ledger\/status$/;
      expect(await withLie(change(status, () => ({ height: 3 })))).toEqual(["removed-block proxy"]);
      expect(await withLie(change(status, () => ({ genesis_hash: "0".repeat(64) })))).toEqual(["other-network proxy"]);
      const elections = /^\/elections/;
      const closed = [{ id: election.uuid, stage: "open", end_date: "2026-01-01T00:00:00Z" }];
      expect(await withLie(change(elections, () => ({ elections: closed, next: null })))).toEqual(["late-close proxy"]);
      expect(await look(0)).toEqual([]);
      // A node that shows what it showed before, and nothing new.
      const kept = watch.heights()[1];
      const ledger = createHttp({ url: honest });
      while ((await ledger.request<{ height: number }>("/ledger/status")).height <= (kept as number) + 1)
        await new Promise((resolve) => setTimeout(resolve, 200));
      expect(
        await withLie(
          change(status, () => ({ height: kept })),
          31_000,
        ),
      ).toEqual(["stalled proxy"]);
      const nodesOf = ["--node", honest, "--node", proxy.url];
      const remembering = ["monitor", ...nodesOf, "--state", join(base, "monitor.state"), "--every", "1", "--for", "1"];
      const told = await psephos(remembering);
      expect(told.exitCode, told.stderr).toBe(0);
      // What this process saw, the next one knows.
      proxy.lie = change(status, () => ({ height: 3 }));
      const later = await psephos(remembering);
      proxy.lie = undefined;
      expect(later.exitCode).toBe(1);
      expect(later.stdout).toContain('"alarm":"removed-block"');
      await proxy.close();
      expect(await look(32_000)).toEqual(["unreachable proxy"]);
      const alarmed = await psephos(["monitor", ...nodesOf, "--every", "1", "--for", "1"]);
      expect(alarmed.exitCode).toBe(1);
      const lines = alarmed.stdout.trim().split("\n");
      expect(JSON.parse(lines[0] as string)).toMatchObject({ alarm: "unreachable", node: proxy.url });
      expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ ended: true });
    } finally {
      await proxy.close();
    }
  }, 120_000);

  test("L-01, L-07: psephos vote --second-node stops at a node that shows another ledger, and keeps both sides", async () => {
    const proxy = await lyingProxy(serverUrls[1] as string);
    const codeFile = join(base, "voter.code");
    writeFileSync(codeFile, (voters[0] as Voter).code);
    const args = ["vote", election.uuid, "--choose", "1", "--code-file", codeFile, "--url", serverUrls[0] as string];
    const run = (...more: string[]) => psephos([...args, ...more], { cwd: base });
    try {
      const sound = await run("--second-node", proxy.url, "--out", join(base, "receipt.json"));
      expect(sound.exitCode, sound.stderr).toBe(0);
      expect(sound.stdout).toContain("Recorded and counted");
      proxy.lie = (path, { status, json }) => ({
        status,
        json: path.startsWith("/ledger/blocks/")
          ? { ...(json as object), header: `${String((json as { header?: string }).header).slice(0, -4)}AAAA` }
          : json,
      });
      const forked = await run("--second-node", proxy.url);
      expect(forked.exitCode).toBe(1);
      expect(forked.stderr).toContain("shows another block");
      const kept = /psephos-disagreement-\d+\.json/.exec(forked.stderr)?.[0] as string;
      expect(JSON.parse(readFileSync(join(base, kept), "utf8"))).toMatchObject({ second: proxy.url });
      proxy.lie = (path, { status, json }) => ({
        status,
        json: path === "/ledger/status" ? { ...(json as object), chain_id: "another" } : json,
      });
      const check = ["receipt", "check", join(base, "receipt.json"), "--online", "--url", serverUrls[0] as string];
      const other = await psephos([...check, "--second-node", proxy.url], { cwd: base });
      expect(other.exitCode).toBe(1);
      expect(other.stderr).toContain("another ledger");
    } finally {
      await proxy.close();
    }
  }, 120_000);

  test("L-20: a stolen key is replaced from the command line: show, propose, approve, submit", async () => {
    const at = ["--url", serverUrls[0] as string];
    const ok = async (...args: string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await psephos(args, { cwd: base });
      expect(exitCode, stdout + stderr).toBe(0);
      return stdout;
    };
    const before = await ok("validators", "show", ...at);
    expect(before).toContain("Revision 0, rules 1");
    const [, old, operator] = /^node 4: power 10, key (\w{64}), operator (\w{64})$/m.exec(
      before,
    ) as unknown as string[];
    const made = JSON.parse(
      await ok("genesis", "key", "--name", "node 4", "--p2p", "127.0.0.1:26656", "--data", "fresh"),
    ) as { key: string };
    const chain = ["--chain-id", paper.chainId, "--revision", "0"];
    expect((await psephos(["validators", "propose", ...chain, "--out", "none.json"], { cwd: base })).stderr).toContain(
      "Say with --add and --remove",
    );
    const change = ["--replace", "--remove", old as string, "--add", `node 4=${made.key}=10=${operator}`];
    await ok("validators", "propose", ...chain, ...change, "--out", "change.json");
    writeFileSync(join(base, "olga.code"), officer.code);
    await ok("validators", "approve", "change.json", "--role", "officer", "--code-file", "olga.code");
    const few = await psephos(["validators", "submit", "change.json", ...at], { cwd: base });
    expect([few.exitCode, few.stderr]).toEqual([1, expect.stringContaining("must both have approved")]);
    for (const n of [1, 2, 3]) {
      const shown = await ok(
        ...["validators", "approve", "change.json", "--role", "operator"],
        ...["--code-file", join(base, "net", `node${n}`, "operator.code")],
      );
      expect(shown).toContain("replace");
    }
    expect(await ok("validators", "submit", "change.json", ...at)).toContain("Agreed in block");
    const after = await ok("validators", "show", ...at);
    expect(after).toContain("Revision 1");
    expect(after).toContain(made.key);
    expect(after).not.toContain(old as string);
  }, 120_000);
});
