/** Stands in front of a server and changes what it says, as a test wishes. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Gives another answer for a path (with its query), or the same. */
export type Lie = (path: string, answer: { status: number; json: unknown }) => { status: number; json: unknown };

export interface LyingProxy {
  readonly url: string;
  /** Without one it is honest. */
  lie?: Lie | undefined;
  close(): Promise<void>;
}

export async function lyingProxy(target: string): Promise<LyingProxy> {
  const proxy: { lie?: Lie | undefined } = {};
  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    const answer = await fetch(`${target}${path}`).then(
      async (got) => ({ status: got.status, json: (await got.json()) as unknown }),
      () => ({ status: 502, json: {} }),
    );
    const said = proxy.lie?.(path, answer) ?? answer;
    response.writeHead(said.status, { "content-type": "application/json" });
    response.end(JSON.stringify(said.json));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}
