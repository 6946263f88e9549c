/**
 * Two servers behind nginx, in front of four nodes, on one PostgreSQL; every server and every node is restarted while
 * ballots come in, and every ballot is recorded. The configuration of nginx is that of docs/operate.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatInstant } from "#base/instant.js";
import { createHttp } from "#client/http.js";
import { setUp } from "#client/officer.js";
import { signIn } from "#client/session.js";
import { type TrustedElection, vote } from "#client/voter.js";
import { makeCode } from "#crypto/base58.js";
import { type EmbeddedPostgres, removeEmbedded, startEmbedded } from "#db/embedded.js";
import { genesisPath } from "#ledger/cometbft/home.js";
import { identityFromCode } from "#protocol/identity.js";
import { prepareTestnet } from "../../src/cli/testnet.js";
import { capability } from "../capabilities.js";
import { cometBinary, freePort } from "../comet-node.js";
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
    for (let i = 0; i < 4; i++)
      expect(await officer.http.request<{ actor: unknown }>("/session")).toMatchObject({ actor: { kind: "officer" } });
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
});
