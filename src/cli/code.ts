/** Recovery codes on the command line: from a file, the environment or the keyboard; never from an argument, which others see. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import { platformRandom } from "#client/http.js";
import { codeFromTyped, makeCode } from "#crypto/base58.js";
import { type Identity, identityFromCode, type Role } from "#protocol/identity.js";
import { CommandError, note } from "./terminal.js";

export interface CodeOptions {
  readonly codeFile?: string;
}

/** Adds the option that says where the code is. */
export function withCode(command: Command): Command {
  return command.option("--code-file <file>", "file with the recovery code (else PSEPHOS_CODE, else asked for)");
}

/** The code in its normal form. */
export async function readCode(options: CodeOptions): Promise<string> {
  const typed =
    options.codeFile === undefined
      ? (process.env.PSEPHOS_CODE ?? (await ask("Recovery code: ")))
      : readFile(options.codeFile);
  const code = codeFromTyped(typed.trim());
  if (code === undefined)
    throw new CommandError(
      "This is not a recovery code: 22 letters and digits, without 0, I, O and l, like 5A3bc-dEfg12-3hJkm-Np4qrs.",
      2,
    );
  return code;
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CommandError(
      `The code file ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      2,
    );
  }
}

export async function readIdentity(options: CodeOptions, role: Role): Promise<Identity> {
  return identityFromCode(await readCode(options), role);
}

/** Where a new code is shown and typed in again. */
export interface CodeScreen {
  readonly isTTY: boolean;
  readonly note: (line: string) => void;
  readonly ask: (question: string) => Promise<string>;
}

const ownScreen = (): CodeScreen => ({ isTTY: process.stdin.isTTY, note, ask });

/** Makes a code. It goes to a new file that only the user can read, or is shown once and asked for again (row K-07). */
export async function newCode(path: string | undefined, screen: CodeScreen = ownScreen()): Promise<string> {
  const code = makeCode(platformRandom);
  if (path !== undefined) {
    if (existsSync(path)) throw new CommandError(`${path} exists already; a code is never overwritten.`, 2);
    writeFileSync(path, `${code}\n`, { mode: 0o600, flag: "wx" });
    note(`The recovery code is in ${path}. Print it or copy it to a safe place: nobody can restore it for you.`);
    return code;
  }
  if (!screen.isTTY) throw new CommandError("Without a terminal, say with --out where the code is to be written.", 2);
  screen.note(`\n    ${code}\n\nWrite it down: it is shown once, and nobody can restore it for you.`);
  if (codeFromTyped(await screen.ask("Type it in again: ")) !== code)
    throw new CommandError("That is another code. Start again.", 1);
  return code;
}

/** Asks on the terminal; what is typed is shown, since a code is typed from paper. */
export function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY)
    return Promise.reject(new CommandError("There is no terminal to ask on; use --code-file or PSEPHOS_CODE.", 2));
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    lines.question(question, (answer) => {
      lines.close();
      resolve(answer);
    });
  });
}
