/** `psephos officer voters import`: preview a list, save its faulty lines, accept it as it was previewed. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { ImportAnswer, ListPreview } from "#api/registration.js";
import type { Http } from "#client/http.js";
import { acceptVoters, faultyLines, importVoters, type ListChoices, previewVoters } from "#client/officer.js";
import { type CodeOptions, withCode } from "./code.js";
import { officerOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, counted, note, readInput, say, shown } from "./terminal.js";

interface ImportOptions extends ServerOptions, CodeOptions {
  readonly dryRun?: boolean;
  readonly preview?: boolean;
  readonly accept?: string;
  readonly gone?: string;
  readonly goneGroup?: string;
  readonly goneDistrict?: string;
  readonly invite: boolean;
  readonly faulty?: string;
}

export function addImportCommand(voters: Command): void {
  withCode(withServer(voters.command("import").description("import voters from a CSV file")))
    .argument("<file>", "columns name, email, public_key, group, district, weight, language, external_id")
    .option("--dry-run", "only say what would happen")
    .option("--preview", "show what would change and who is gone; store nothing")
    .option("--accept <preview>", "store what this preview showed, or nothing")
    .option("--gone <what>", "voters whom the list does not name: keep, suspend or remove", "keep")
    .option("--gone-group <group>", "only voters of this group can be gone")
    .option("--gone-district <district>", "only voters of this district can be gone")
    .option("--no-invite", "mail no invitations to new voters without a key")
    .option("--faulty <file>", "save the faulty lines with their reasons as CSV")
    .action(runImport);
}

async function runImport(path: string, options: ImportOptions): Promise<void> {
  const csv = readInput(path);
  const choices = choicesOf(options);
  const { http } = await officerOf(options);
  if (options.faulty !== undefined) {
    writeFileSync(options.faulty, await faultyLines(http, csv), { mode: 0o600, flag: "wx" });
    note(`The faulty lines are in ${options.faulty}.`);
  }
  const answer = await answerOf(http, csv, choices, options);
  say(
    `${answer.added} added, ${answer.updated} updated, ${answer.unchanged} unchanged, ${counted(answer.letters, "key")} by letter, ${counted(answer.faults, "faulty line")}${answer.dry_run ? " (nothing was stored)" : ""}`,
  );
  if (answer.suspended + answer.removed > 0) say(`${answer.suspended} suspended, ${answer.removed} removed`);
  for (const fault of answer.faulty) note(`line ${fault.line}: ${shown(fault.reason)}`);
  if (answer.faults > 0) process.exitCode = 1;
}

function choicesOf({ gone = "keep", goneGroup, goneDistrict, invite }: ImportOptions): ListChoices {
  if (gone !== "keep" && gone !== "suspend" && gone !== "remove")
    throw new CommandError("--gone is keep, suspend or remove.", 2);
  return {
    gone,
    invite,
    ...(goneGroup === undefined ? {} : { gone_group: goneGroup }),
    ...(goneDistrict === undefined ? {} : { gone_district: goneDistrict }),
  };
}

async function answerOf(
  http: Http,
  csv: Uint8Array,
  choices: ListChoices,
  options: ImportOptions,
): Promise<ImportAnswer> {
  if (options.accept !== undefined) return acceptVoters(http, csv, options.accept, choices);
  if (options.preview === true) {
    const preview = await previewVoters(http, csv, choices);
    showPreview(preview);
    return preview;
  }
  if (choices.gone !== "keep" && options.dryRun !== true)
    throw new CommandError("First --preview, then --accept with the same --gone.", 2);
  return importVoters(http, csv, options.dryRun === true, choices.invite);
}

function showPreview(preview: ListPreview): void {
  if (preview.encoding !== null)
    note(`The file is ${preview.encoding}, separated by ${preview.delimiter === "\t" ? "tabs" : preview.delimiter}.`);
  for (const { change, name, email, fields } of preview.changes) {
    const what = fields.map(
      ({ field, before, after }) => `${field}: ${before || "(nothing)"} → ${after || "(nothing)"}`,
    );
    say(`  ${change}  ${shown(name)} <${shown(email)}>${what.length === 0 ? "" : `  ${shown(what.join(", "))}`}`);
  }
  for (const { name, email, on_roll } of preview.gone_voters)
    say(`  gone     ${shown(name)} <${shown(email)}>${on_roll ? "  (on a roll in use)" : ""}`);
  const more = preview.added + preview.updated - preview.changes.length;
  if (more > 0) say(`  and ${more} more`);
  if (preview.gone > preview.gone_voters.length)
    say(`  and ${preview.gone - preview.gone_voters.length} more are gone`);
  say(`To store exactly this: --accept ${preview.preview}`);
}
