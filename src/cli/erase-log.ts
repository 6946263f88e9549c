/** `psephos erase-log`: contents of the log of officers' acts, of one person or of all that is old, beside a running server. */
import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { platformRandom } from "#client/http.js";
import { openBeside, tablesOf } from "#db/database.js";
import { type RegistrationTables, registrationSchema } from "#registration/tables.js";
import { eraseContents, type FoundEntry, findContents, shortestText } from "#server/audit-erasure.js";
import { placesIn } from "#server/data-directory.js";
import { erasedEntriesIn } from "#server/purge-list.js";
import { CommandError, counted, note, say, shown } from "./terminal.js";

interface EraseOptions {
  readonly data: string;
  readonly keys?: string;
  readonly of?: readonly string[];
  readonly olderThan: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const HELP = `
Content and salt of the entries are erased; their hashes stay. The chain and its heads on the ledger still verify
(psephos officer audit-log), and show how many acts there were and when the ledger covered them; what was done, by whom and
about whom, nobody can find out any more. The erasure itself becomes an entry, which names numbers only. What was erased is
noted beside the registration key, so that putting back a backup does not bring it back.

Give what may stand in an entry: the voter's identifier, address, and name as your lists write it. For a voter who is still
in the registry, identifier or address is enough to find the other one.

Examples:
  psephos erase-log --of ada@example.org --of "Ada Lovelace" --older-than 365
  psephos erase-log --older-than 3650 --yes`;

const dayMs = 24 * 3600 * 1000;

export function addEraseLogCommand(program: Command): void {
  program
    .command("erase-log")
    .description("erase what the log of officers' acts says of a person, or all that is older than you keep it")
    .requiredOption("--older-than <days>", "only entries older than this: as long as you have to keep them")
    .option("--of <text...>", "only entries with one of these texts")
    .option("--data <dir>", "the server's data directory (else PSEPHOS_DATA)", process.env.PSEPHOS_DATA ?? "data")
    .option("--keys <dir>", "directory of the registration key (else PSEPHOS_KEYS, else DATA/keys)")
    .option("--yes", "erase without being asked")
    .option("--json", "print what was found as JSON")
    .addHelpText("after", HELP)
    .action(eraseLog);
}

async function eraseLog(options: EraseOptions): Promise<void> {
  const days = /^[0-9]{1,5}$/.test(options.olderThan) ? Number(options.olderThan) : Number.NaN;
  if (Number.isNaN(days)) throw new CommandError("--older-than is a number of days.", 2);
  for (const text of options.of ?? [])
    if (text.length < shortestText)
      throw new CommandError(
        `"${text}" is too short: it would be found by accident. Give at least ${shortestText} characters.`,
        2,
      );
  const url = process.env.DATABASE_URL || undefined;
  const places = placesIn(options.data);
  if (url === undefined && !existsSync(places.postgres))
    throw new CommandError(`There is no registry in ${options.data}. Name the data directory with --data.`, 2);
  const erased = erasedEntriesIn(options.keys ?? process.env.PSEPHOS_KEYS ?? places.keys);
  const database = await openBeside({ url, directory: places.postgres, log: () => undefined });
  try {
    const texts = options.of === undefined ? undefined : await withOtherNames(database.db, options.of);
    const found = await findContents(database.db, { texts, before: new Date(Date.now() - days * dayMs) });
    show(found, options.json === true);
    if (found.length === 0 || !(options.yes === true || (await agreed(found.length)))) return;
    await eraseContents(database.db, found, { erased, random: platformRandom, now: BigInt(Date.now()) * 1_000_000n });
    note(
      `The contents of ${counted(found.length, "entry", "entries")} are erased. Keep backups no longer than you need.`,
    );
  } finally {
    await database.close();
  }
}

/** Identifier, digital identity and address of voters of whom one of them was given. */
async function withOtherNames(db: Parameters<typeof tablesOf>[0], texts: readonly string[]): Promise<string[]> {
  const given = texts.map((text) => text.trim().toLowerCase());
  const rows = await tablesOf<RegistrationTables>(db, registrationSchema)
    .selectFrom("voters")
    .select(["id", "digital_id", "email", "mailbox"])
    .where((eb) =>
      eb.or([eb("email", "in", given), eb(eb.cast<string>("id", "text"), "in", given), eb("digital_id", "in", given)]),
    )
    .execute();
  return [...new Set([...texts, ...rows.flatMap((row) => [row.id, row.digital_id, row.email, row.mailbox])])];
}

function show(found: readonly FoundEntry[], json: boolean): void {
  if (json) {
    const entries = found.map(({ organisation, number, recorded_at }) => ({
      organisation,
      number: Number(number),
      at: recorded_at.toISOString(),
    }));
    say(JSON.stringify({ entries }));
    return;
  }
  for (const { organisation, number, content } of found) say(shown(`${organisation} ${number}  ${content}`));
  if (found.length === 0) say("There is no such entry.");
}

async function agreed(count: number): Promise<boolean> {
  if (!process.stdin.isTTY) {
    note("Nothing was erased. To erase these: --yes");
    return false;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (
      (await lines.question(`Erase the contents of ${counted(count, "entry", "entries")} for good? [y/N] `)) === "y"
    );
  } finally {
    lines.close();
  }
}
