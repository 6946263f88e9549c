/** `psephos identity`: recovery codes and the public keys that follow from them. Works without any network. */
import type { Command } from "commander";
import { toHex } from "#base/bytes.js";
import { identityFromCode, keyBytes, type Role } from "#protocol/identity.js";
import { newCode, readIdentity, withCode } from "./code.js";
import { CommandError, say } from "./terminal.js";

export function addIdentityCommand(program: Command): void {
  const identity = program.command("identity").description("recovery codes and public keys; works offline");
  identity
    .command("new")
    .description("make a recovery code; shows the public key")
    .option("--role <role>", "voter, officer or operator (of a validator)", "voter")
    .option("--out <file>", "write the code to a new file instead of the screen")
    .action(async (options: { role: string; out?: string }) => {
      const role = roleOf(options.role);
      say(toHex(keyBytes(identityFromCode(await newCode(options.out), role))));
    });
  withCode(identity.command("show").description("the public key of a code"))
    .option("--role <role>", "voter, officer or operator (of a validator)", "voter")
    .action(async (options: { role: string; codeFile?: string }) => {
      say(toHex(keyBytes(await readIdentity(options, roleOf(options.role)))));
    });
}

function roleOf(word: string): Role {
  if (word !== "voter" && word !== "officer" && word !== "operator")
    throw new CommandError("The role is voter, officer or operator.", 2);
  return word;
}
