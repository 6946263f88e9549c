/** Ports for nodes that this program starts itself: `psephos testnet`, and the tests. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** From 32,768 on systems take ports for outgoing connections: one of these could come in between before the node listens. */
const [FIRST, BEHIND] = [20_000, 32_768];
const TRIES = 200;

/** Once given here, a port is not given again: its node may listen only later. */
const given = new Set<number>();

/** A port of the loopback interface on which nobody listens. Throws when 200 in a row are taken. */
export async function freePort(): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(FIRST, BEHIND);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port found between ${FIRST} and ${BEHIND - 1}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
