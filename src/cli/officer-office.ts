/** `psephos officer people` and `psephos officer organisation`: roles, and further organisations. */
import type { Command } from "commander";
import { type OfficeRole, officeRoles } from "#api/actor.js";
import { appointMember, dismissMember, foundOrganisation, listMembers, ownOrganisations } from "#client/office.js";
import { withCode } from "./code.js";
import { officerOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, say, table } from "./terminal.js";

type Options = ServerOptions & { readonly codeFile?: string };

function command(parent: Command, name: string, description: string): Command {
  return withCode(withServer(parent.command(name).description(description)));
}

export function addOfficeCommands(officer: Command): void {
  const people = officer.command("people").description("who has which role in the organisation");
  command(people, "list", "officers, registrars and observers").action(async (options: Options) => {
    const { members } = await listMembers((await officerOf(options)).http);
    for (const line of table(members.map(({ role, key, name }) => [role, key, name]))) say(line);
  });
  command(people, "appoint", "give somebody's key a role; owners may")
    .argument("<key>", "public key, 64 hexadecimal digits")
    .requiredOption("--as <role>", officeRoles.join(", "))
    .option("--name <name>", "for who is no officer on the ledger")
    .action(async (key: string, options: Options & { as: string; name?: string }) => {
      if (!(officeRoles as readonly string[]).includes(options.as))
        throw new CommandError(`The role is one of ${officeRoles.join(", ")}.`, 2);
      await appointMember((await officerOf(options)).http, key, options.as as OfficeRole, options.name);
      say(`${key} is ${options.as} from now on.`);
    });
  command(people, "dismiss", "take a registrar's or observer's role away")
    .argument("<key>")
    .action(async (key: string, options: Options) => {
      await dismissMember((await officerOf(options)).http, key);
      say("The role has ended.");
    });
  addOrganisations(officer);
}

function addOrganisations(officer: Command): void {
  const organisation = officer.command("organisation").description("several organisations on one installation");
  command(organisation, "list", "those in which your key has a role").action(async (options: Options) => {
    const { organisations } = await ownOrganisations((await officerOf(options)).http);
    for (const line of table(organisations.map(({ id, role, name }) => [id, role, name]))) say(line);
  });
  command(organisation, "found", "propose a further organisation; officers of the founding one approve it")
    .argument("<name>")
    .requiredOption("--officer <name=key...>", "its officers: Name=PUBLICKEY, several times")
    .option("--threshold <n>", "how many of them must approve an act", "1")
    .action(async (name: string, options: Options & { officer: string[]; threshold: string }) => {
      const { http, signer } = await officerOf(options);
      const officers = options.officer.map((each) => {
        const at = each.lastIndexOf("=");
        if (at < 1) throw new CommandError(`Write an officer as Name=PUBLICKEY, not "${each}".`, 2);
        return { name: each.slice(0, at), key: each.slice(at + 1) };
      });
      const threshold = Number(options.threshold);
      const { id, proposal } = await foundOrganisation(http, signer, { name, officers, threshold });
      say(`Organisation ${id}: the proposal ${proposal.id} is ${proposal.status}.`);
    });
}
