/** `psephos officer rules`: whom the organisation approves by rule; `officer voters doubles` and `merge`. */
import type { Command } from "commander";
import {
  admission,
  allowList,
  changeAllowList,
  doubles,
  mergeVoters,
  setClaims,
  setDomains,
} from "#client/electorate.js";
import { type CodeOptions, withCode } from "./code.js";
import { officerOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, counted, note, readInput, say, shown, table } from "./terminal.js";

interface Options extends ServerOptions, CodeOptions {
  readonly json?: boolean;
}

const HELP = `
Whoever registers waits for an officer, unless a rule fits: the mail domain of the confirmed address, an address of the
allow-list, or a claim of the organisation's identity provider. A rule says as much as the mailbox or the provider does: use
domains where only members get an address.

Examples:
  psephos officer rules show
  psephos officer rules domains town.example members.example --apply
  psephos officer rules claims department=Physics groups=members
  psephos officer rules allow --add ada@example.org --remove bob@example.org
  psephos officer rules allow --file addresses.txt --apply`;

function command(parent: Command, name: string, description: string): Command {
  return withCode(withServer(parent.command(name).description(description))).option("--json", "print JSON");
}

export function addRulesCommands(officer: Command): void {
  const rules = officer
    .command("rules")
    .description("whom the organisation approves by rule")
    .addHelpText("after", HELP);
  command(rules, "show", "the rules that hold").action(show);
  command(rules, "domains", "set the mail domains whose registrants are approved; exact, no subdomains")
    .argument("[domain...]")
    .option("--none", "no domain any more")
    .option("--apply", "also approve those who wait already and whom the rules fit")
    .action(domains);
  command(rules, "claims", "set what the identity provider must say of somebody; one of them is enough")
    .argument("[claim=value...]", "like department=Physics, exactly as the provider says it")
    .option("--none", "no claim any more")
    .action(claims);
  command(rules, "allow", "add addresses to the allow-list and take addresses away")
    .option("--add <address...>")
    .option("--remove <address...>")
    .option("--file <file>", "addresses to add, one a line")
    .option("--apply", "also approve those who wait already and whom the rules fit")
    .action(allow);
  command(rules, "allowed", "the allow-list, page by page")
    .option("--page <number>", "which page", "1")
    .action(allowed);
}

export function addDoublesCommands(voters: Command): void {
  command(voters, "doubles", "voters whose names have the same words: perhaps one person, perhaps not").action(
    async (options: Options) => {
      const found = await doubles((await officerOf(options)).http);
      if (options.json === true) return say(JSON.stringify(found));
      for (const { voters: same } of found.doubles) {
        for (const line of table(
          same.map((v) => [v.id, v.status, v.key_bound ? "key" : "no key", v.district, `${v.name} <${v.email}>`]),
        ))
          say(line);
        say();
      }
      const more = found.total - found.doubles.length;
      say(`${counted(found.total, "name")} more than once${more > 0 ? `; ${more} of them not shown` : ""}`);
    },
  );
  command(voters, "merge", "make one voter of two; it cannot be undone, and both addresses are told")
    .argument("<gone>", "identifier of the voter who goes; groups go over")
    .requiredOption("--into <kept>", "identifier of the voter who stays, with key, address and weight")
    .action(async (gone: string, options: Options & { into: string }) => {
      const answer = await mergeVoters((await officerOf(options)).http, gone, options.into);
      say(options.json === true ? JSON.stringify(answer) : `One voter now: ${shown(answer.id)}.`);
    });
}

async function show(options: Options): Promise<void> {
  const rules = await admission((await officerOf(options)).http);
  if (options.json === true) return say(JSON.stringify(rules));
  say(`domains     ${shown(rules.domains.join(", ") || "none")}`);
  say(`claims      ${shown(rules.claims.map(({ claim, value }) => `${claim}=${value}`).join(", ") || "none")}`);
  say(`provider    ${shown(rules.provider ?? "none: claims cannot be rules until the operator sets one up")}`);
  say(`allow-list  ${counted(rules.addresses, "address", "addresses")}`);
}

/** A list in place of the one before: an empty one is meant only with `--none`. */
function replaced<T>(given: readonly T[], none: boolean | undefined, what: string): readonly T[] {
  if ((given.length === 0) !== (none === true))
    throw new CommandError(`Name the ${what} that are to hold, all of them, or --none.`, 2);
  return given;
}

async function domains(
  given: readonly string[],
  options: Options & { readonly none?: boolean; readonly apply?: boolean },
): Promise<void> {
  const list = replaced(given, options.none, "domains");
  const answer = await setDomains((await officerOf(options)).http, list, options.apply === true);
  if (options.json === true) return say(JSON.stringify(answer));
  say(`Domains: ${shown(answer.domains.join(", ") || "none")}. ${answer.approved} who waited approved.`);
}

async function claims(given: readonly string[], options: Options & { readonly none?: boolean }): Promise<void> {
  const list = replaced(given, options.none, "claims").map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new CommandError(`Write a claim as NAME=VALUE, not "${text}".`, 2);
    return { claim: text.slice(0, at), value: text.slice(at + 1) };
  });
  const answer = await setClaims((await officerOf(options)).http, list);
  if (options.json === true) return say(JSON.stringify(answer));
  say(`Claims: ${shown(answer.claims.map(({ claim, value }) => `${claim}=${value}`).join(", ") || "none")}.`);
  if (list.length > 0) note("Who waits already is approved at the next sign-in at the provider.");
}

async function allow(
  options: Options & {
    readonly add?: readonly string[];
    readonly remove?: readonly string[];
    readonly file?: string;
    readonly apply?: boolean;
  },
): Promise<void> {
  const lines = options.file === undefined ? [] : new TextDecoder().decode(readInput(options.file)).split(/\r?\n/);
  const add = [...(options.add ?? []), ...lines.map((line) => line.trim()).filter((line) => line !== "")];
  const remove = options.remove ?? [];
  if (add.length + remove.length === 0) throw new CommandError("Name addresses with --add, --remove or --file.", 2);
  const { http } = await officerOf(options);
  const answer = await changeAllowList(http, { add, remove, apply: options.apply === true });
  if (answer.faulty.length > 0) process.exitCode = 1;
  if (options.json === true) return say(JSON.stringify(answer));
  say(
    `${answer.added} added, ${answer.removed} taken away, ${answer.total} on the list; ${answer.approved} who waited approved`,
  );
  for (const { place, reason } of answer.faulty) note(shown(`${add[place]}: ${reason}`));
}

async function allowed(options: Options & { readonly page: string }): Promise<void> {
  const page = /^[1-9][0-9]{0,5}$/.test(options.page) ? Number(options.page) : 0;
  if (page === 0) throw new CommandError("--page is a number from 1 on.", 2);
  const answer = await allowList((await officerOf(options)).http, page);
  if (options.json === true) return say(JSON.stringify(answer));
  for (const address of answer.addresses) say(shown(address));
  note(`page ${answer.page} of ${answer.pages}, ${counted(answer.total, "address", "addresses")}`);
}
