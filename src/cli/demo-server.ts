/** The demo's server as the demo sees it: an address, a set-up token, and a clock that can be turned forward. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CommandError } from "./terminal.js";

export interface DemoServer {
  readonly url: string;
  readonly setupToken: string;
  /** Turns the server's clock forward to an instant (nanoseconds), if that lies ahead. */
  turnTo(instant: bigint): Promise<void>;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

export async function startDemoServer(data: string): Promise<DemoServer> {
  const main = fileURLToPath(new URL("./demo-server-main.js", import.meta.url));
  const child = fork(main, ["--port", "0", "--data", data], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const answer = <T>() =>
    new Promise<T>((resolve, reject) => {
      const gone = () => reject(new CommandError("The demo's server ended unexpectedly."));
      child.once("exit", gone);
      child.once("message", (message) => {
        child.off("exit", gone);
        resolve(message as T);
      });
    });
  const late = setTimeout(() => child.kill("SIGKILL"), START_LIMIT_MS);
  const { url, setupToken } = await answer<{ url: string; setupToken: string }>();
  clearTimeout(late);
  return {
    url,
    setupToken,
    turnTo: async (instant) => {
      const turned = answer<{ now: string }>();
      child.send({ turnTo: instant.toString() });
      await turned;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
