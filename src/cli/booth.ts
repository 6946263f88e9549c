/** `psephos booth hashes`: what a server gives to voters' browsers, compared with its list and with what elections pin. */
import type { Command } from "commander";
import { toHex } from "#base/bytes.js";
import { servedFiles } from "#client/booth-files.js";
import { anchorOf, electionOf } from "#client/voter.js";
import { httpOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, note, paint, say } from "./terminal.js";

interface Options extends ServerOptions {
  readonly election?: string;
  readonly hash?: string;
  readonly json?: boolean;
}

const HELP = `
The last line is the hash that stands for all files. Whoever builds the same release from its sources gets the same one,
whatever the folder: compare it with a build of your own (npm run build writes dist/web/assets/files.txt; its SHA-256 is
the hash), with what the organisation announced, and from several networks at several times: a server that gives one
voter other files can be caught by whoever asks like that voter.`;

export function addBoothCommand(program: Command): void {
  const booth = program.command("booth").description("the pages and scripts that a server gives to voters");
  withServer(booth.command("hashes").description("fetch every file that voters are served, and print the hashes"))
    .option("--election <uuid>", "fail unless this election's manifest pins these files")
    .option("--hash <sha256>", "fail unless this is the hash of the files, for instance that of your own build")
    .option("--json", "print as JSON")
    .addHelpText("after", HELP)
    .action(hashes);
}

async function hashes(options: Options): Promise<void> {
  const http = httpOf(options);
  const { hash, files } = await servedFiles(http);
  const pinned = options.election === undefined ? undefined : await pinnedBy(options, options.election);
  if (options.json === true) say(JSON.stringify({ url: http.url, hash, files, ...(pinned ? { pinned } : {}) }));
  else {
    for (const file of files)
      say(file.holds === true ? `${file.sha256}  ${file.path}` : paint(`${file.sha256}  ${file.path}  DIFFERS`, "bad"));
    say(`${hash}  (all files)`);
  }
  const differing = files.filter(({ holds }) => holds !== true).map(({ path }) => path);
  if (differing.length > 0)
    throw new CommandError(
      `The server gives other bytes than its own list says: ${differing.join(", ")}. Do not vote there; tell the organiser.`,
    );
  if (options.hash !== undefined && options.hash.toLowerCase() !== hash)
    throw new CommandError("These are not the files you expected. Do not vote there before it is explained.");
  if (pinned === undefined) return;
  if (pinned.length === 0) throw new CommandError("This election's manifest pins no files.");
  if (!pinned.includes(hash))
    throw new CommandError("These are not the files that the election's manifest pins. Do not vote there.");
  note("The election's manifest, proved by the ledger, pins these files.");
}

async function pinnedBy(options: Options, uuid: string): Promise<readonly string[]> {
  const http = httpOf(options);
  const election = await electionOf(http, uuid, await anchorOf(http));
  return election.manifest.plan.booth.map(toHex);
}
