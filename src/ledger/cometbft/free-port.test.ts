import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort } from "./free-port.js";

test("ports are free, each given once, and none that a system takes for outgoing connections", async () => {
  const ports: number[] = [];
  for (let i = 0; i < 100; i++) ports.push(await freePort());
  expect(new Set(ports).size).toBe(ports.length);
  for (const port of ports) expect(port >= 20_000 && port < 32_768).toBe(true);
  const server = createServer();
  await new Promise<void>((done) => server.listen(ports[0], "127.0.0.1", () => done()));
  await new Promise((done) => server.close(done));
});
