/** `psephos export`: the record or the archive of an election, into a file. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Command } from "commander";
import { httpOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, note } from "./terminal.js";

export function addExportCommand(program: Command): void {
  withServer(
    program
      .command("export")
      .description("download an election's record, or with --belenios its archive for other tools"),
  )
    .argument("<election>", "identifier")
    .option("--belenios", "the .bel archive of a finished election instead of the record")
    .option("--out <file>", "where to write it")
    .action(async (uuid: string, options: ServerOptions & { belenios?: boolean; out?: string }) => {
      const archive = options.belenios === true;
      const response = await httpOf(options).raw(`/elections/${uuid}/${archive ? "archive.bel" : "record"}`);
      const path = options.out ?? `${uuid}.${archive ? "bel" : "psephos"}`;
      if (response.body === null) throw new CommandError("The server sent nothing.");
      await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(path));
      note(`Written to ${path}. Verify it with: psephos verify ${path}`);
    });
}
