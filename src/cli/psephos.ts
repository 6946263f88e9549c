#!/usr/bin/env node
/** The command line: one file per command; this one lists them and turns errors into sentences and exit codes. */
import { Command, CommanderError } from "commander";
import { ApiError, Unreachable } from "#client/http.js";
import { SealingRefused } from "#client/officer.js";
import { TrusteeStop } from "#client/trustee.js";
import { Untrustworthy } from "#client/untrustworthy.js";
import { version } from "#server/version.js";
import { addBackupCommands } from "./backup.js";
import { addBoothCommand } from "./booth.js";
import { addCompletionCommand } from "./completion.js";
import { addDemoCommand } from "./demo.js";
import { addDoctorCommand } from "./doctor.js";
import { addEraseLogCommand } from "./erase-log.js";
import { addExportCommand } from "./export.js";
import { addIdentityCommand } from "./identity.js";
import { addInspectCommand } from "./inspect.js";
import { addLettersCommand } from "./letters.js";
import { addMinutesCommand } from "./minutes.js";
import { addOfficerCommands } from "./officer.js";
import { addResultCommand } from "./result.js";
import { addServeCommand } from "./serve.js";
import { CommandError, note, paint, shown } from "./terminal.js";
import { addTestnetCommand } from "./testnet.js";
import { addTrusteeCommands } from "./trustee.js";
import { addUsedCommand } from "./used.js";
import { addValidatorsCommand } from "./validators.js";
import { addVerifyCommand } from "./verify.js";
import { addVoterCommands } from "./voter.js";

const program = new Command("psephos")
  .description("Elections that anyone can verify, on a ledger that no one owns.")
  .version(version, "-V, --version", "print the version")
  .showSuggestionAfterError(true)
  .showHelpAfterError("(run with --help for all options)")
  .exitOverride();

addServeCommand(program);
addDemoCommand(program);
addTestnetCommand(program);
addIdentityCommand(program);
addVoterCommands(program);
addUsedCommand(program);
addLettersCommand(program);
addResultCommand(program);
addMinutesCommand(program);
addOfficerCommands(program);
addTrusteeCommands(program);
addValidatorsCommand(program);
addVerifyCommand(program);
addExportCommand(program);
addInspectCommand(program);
addBoothCommand(program);
addBackupCommands(program);
addEraseLogCommand(program);
addDoctorCommand(program);
addCompletionCommand(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = exitCodeFor(error);
}

/** 1: refused or not valid. 2: wrong use or unusable input. 70: a fault of this program. */
function exitCodeFor(error: unknown): number {
  // Commander has said already what is wrong; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const expected = [CommandError, ApiError, Unreachable, TrusteeStop, SealingRefused, Untrustworthy].some(
    (kind) => error instanceof kind,
  );
  if (!expected || !(error instanceof Error)) {
    note(paint(error instanceof Error ? (error.stack ?? error.message) : String(error), "bad", process.stderr));
    return 70;
  }
  const code = "code" in error && typeof error.code === "string" ? ` [${error.code}]` : "";
  // What a server or a record said stays one line; what this program says may have several.
  const message = error instanceof CommandError ? error.message : shown(error.message);
  note(paint(`${message}${code}`, "bad", process.stderr));
  return error instanceof CommandError ? error.exitCode : 1;
}
