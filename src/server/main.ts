/** The server's entry point: reads options, composes the parts, listens, and closes everything in order. */
import { compose } from "./compose.js";
import { createLog } from "./log.js";
import { helpText, parseServerOptions } from "./options.js";

const options = parseServerOptions(process.argv.slice(2), process.env);
if (!options.ok) {
  process.stderr.write(`${options.error}\n`);
  process.exitCode = 2;
} else if (options.value === "help") {
  process.stdout.write(helpText);
} else {
  await serve(options.value);
}

async function serve(chosen: Parameters<typeof compose>[0]): Promise<void> {
  const log = createLog(chosen.logLevel);
  try {
    const server = await compose(chosen, log);
    stopOnSignal(server.close);
    process.stdout.write(`Psephos is ready: ${server.url}\n`);
    if (server.setupLink !== undefined) {
      process.stdout.write(`It has no officer yet. Set it up, once, with this link: ${server.setupLink}\n`);
    }
    if (chosen.practice === "beside")
      process.stdout.write(`To try voting out: ${server.url}/practice opens in some seconds. Nothing there counts.\n`);
  } catch (error) {
    process.stderr.write(`${sentenceOf(error, chosen.port)}\n`);
    log.debug({ err: error }, "start failed");
    process.exitCode = 1;
  }
}

function sentenceOf(error: unknown, port: number): string {
  if (!(error instanceof Error)) return "The server could not start.";
  if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
    return `Port ${port} is in use by another program. Stop that program, or choose another port: npm start -- --port ${port + 1}`;
  }
  return `The server could not start: ${error.message}`;
}

function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    process.stdout.write("Stopping ...\n");
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Stopping failed: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}
