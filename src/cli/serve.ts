/** `psephos serve`: the server, in this process, with its own flags. */
import type { Command } from "commander";

export function addServeCommand(program: Command): void {
  program
    .command("serve")
    .description("run the server (the same as npm start); options as there")
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .action(async () => {
      // The server's entry point reads the process's own arguments; from here on this process is the server.
      process.argv.splice(2, 1);
      await import("#server/main.js");
    });
}
