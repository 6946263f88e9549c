/** A server in a process of its own, for the demo: started on a free port, set-up link and address read from what it prints. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CommandError } from "./terminal.js";

export interface DemoServer {
  readonly url: string;
  readonly setupToken: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

export async function startDemoServer(data: string): Promise<DemoServer> {
  const main = fileURLToPath(import.meta.resolve("#server/main.js"));
  const child = spawn(process.execPath, [main, "--port", "0", "--data", data, "--log-level", "warn"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let printed = "";
  const ready = new Promise<{ url: string; setupToken: string }>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new CommandError("The server did not start within a minute.")),
      START_LIMIT_MS,
    );
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const url = /ready: (\S+)/.exec(printed)?.[1];
      const setupToken = /\/setup#(\S+)/.exec(printed)?.[1];
      if (url === undefined || setupToken === undefined) return;
      clearTimeout(timer);
      resolve({ url, setupToken });
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new CommandError(`The server ended at once with code ${code}. ${printed}`));
    });
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  try {
    return { ...(await ready), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
