/** The whole way with a real OpenID Connect server (oidc-provider, certified) on this machine. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FOUNDER } from "../../../test/protocol-kit.js";
import { type Registry, startRegistry } from "../../../test/registration-kit.js";
import { type Provider, readProviders } from "./providers.js";

let registry: Registry;
let issuer: string;
let stop: () => void;

const people: Readonly<Record<string, object>> = {
  ada: { email: "ada@x.org", email_verified: true, name: "Ada Lovelace", groups: ["members"] },
  eve: { email: "eve@x.org", email_verified: false, name: "Eve", groups: ["members"] },
};

beforeAll(async () => {
  // Without types of its own.
  const name: string = "oidc-provider";
  const { Provider: RealProvider } = (await import(name)) as {
    Provider: new (issuer: string, settings: object) => { callback(): Parameters<typeof createServer>[1] };
  };
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const real = new RealProvider(issuer, {
    clients: [
      {
        client_id: "psephos",
        client_secret: "secret-of-the-client",
        redirect_uris: [`https://vote.example/sign-in/from/${FOUNDER}`],
        response_types: ["code"],
        grant_types: ["authorization_code"],
      },
    ],
    cookies: { keys: ["test"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    pkce: { required: () => true },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  });
  const handler = real.callback();
  server.on("request", (request, response) => void handler?.(request, response as never));
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  const file = {
    organisation: "founder",
    name: "University",
    issuer,
    client_id: "psephos",
    client_secret_file: "secret",
    approve: [{ claim: "groups", value: "members" }],
  };
  const read = readProviders({ providers: [file] }, () => "secret-of-the-client", false);
  if (!read.ok) throw new Error(read.error);
  registry = await startRegistry({ oidc: { providers: read.value satisfies readonly Provider[] } });
});

afterAll(async () => {
  stop();
  await registry.close();
});

/** A person at the provider's own pages: signs in, consents, and is sent back to us; returns the query. */
async function visit(location: string, login: string): Promise<string> {
  const jar = new Map<string, string>();
  let url = new URL(location);
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 20; step++) {
    const response = await fetch(url, {
      method: form === undefined ? "GET" : "POST",
      redirect: "manual",
      headers: { cookie: [...jar].map((pair) => pair.join("=")).join("; ") },
      ...(form === undefined ? {} : { body: form }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set) as unknown as [string, string, string];
      jar.set(name, value);
    }
    form = undefined;
    const next = response.headers.get("location");
    if (next !== null) {
      url = new URL(next, url);
      if (url.origin === "https://vote.example") return url.search;
      continue;
    }
    const page = await response.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    const action = /action="([^"]+)"/.exec(page)?.[1];
    if (prompt === undefined || action === undefined) throw new Error(`${response.status} ${page.slice(0, 500)}`);
    url = new URL(action, url);
    form = new URLSearchParams(prompt === "login" ? { prompt, login, password: "any" } : { prompt });
  }
  throw new Error("the provider never sent us back");
}

async function signInAs(login: string) {
  const begun = await registry.send("POST", "/sessions/oidc", { json: { organisation: FOUNDER } });
  expect(begun.status, begun.text).toBe(200);
  const cookie = String(begun.headers["set-cookie"]).split(";")[0] as string;
  const query = await visit(begun.body.location, login);
  const json = { organisation: FOUNDER, query };
  return { send: () => registry.send("POST", "/sessions/oidc/answer", { json, headers: { cookie } }) };
}

test("somebody signs in at a real provider, becomes a voter and is approved by a claim", async () => {
  const { send } = await signInAs("ada");
  const answer = await send();
  expect(answer.status, answer.text).toBe(200);
  expect(answer.body).toMatchObject({ method: "oidc", actor: { kind: "voter", name: "Ada Lovelace" } });
  const standing = await registry.tables.selectFrom("standings").selectAll().executeTakeFirstOrThrow();
  expect(standing).toMatchObject({ organisation: FOUNDER, status: "approved" });
  expect((await send()).status).toBe(401);
  const again = await (await signInAs("ada")).send();
  expect(again.body.actor.id).toBe(answer.body.actor.id);
});

test("an address that the real provider does not vouch for is refused", async () => {
  const { send } = await signInAs("eve");
  expect((await send()).body.code).toBe("not-allowed");
});
