/**
 * `psephos validators`: changes of a network by agreement. A proposal is a file that goes from one officer and operator to
 * the next; each sees in words what is asked, and signs exactly that; whoever has enough approvals sends it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { fromHex, toHex } from "#base/bytes.js";
import type { Result } from "#base/result.js";
import { platformRandom } from "#client/http.js";
import {
  approveProposal,
  type NetworkProposal,
  proposalText,
  proposalWire,
  proposeChange,
  proposeUpgrade,
  type ReadProposal,
  readProposal,
  sendProposal,
} from "#client/network-proposal.js";
import { replayBlocks } from "#client/record.js";
import { networkOf } from "#protocol/network.js";
import type { ChangeValidators } from "#protocol/transactions/change-validators.js";
import { readIdentity, withCode } from "./code.js";
import { describeValue } from "./inspect-value.js";
import { httpOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, note, say, shown } from "./terminal.js";

export function addValidatorsCommand(program: Command): void {
  const validators = program.command("validators").description("change a network by agreement; see docs/operate");
  validators
    .command("propose")
    .description("write a proposal to a file: remove, add or replace validators")
    .requiredOption("--chain-id <id>", "of the network")
    .requiredOption("--revision <n>", "the network's present revision (psephos validators show)")
    .option("--remove <keys...>", "keys of validators that go")
    .option("--add <name=key=power=operator...>", "validators that come")
    .option("--replace", "one key for another of the same operator: a stolen or lost key")
    .requiredOption("--out <file>", "the proposal")
    .action(propose);
  validators
    .command("upgrade")
    .description("write a proposal to a file: another version of the rules from a height on")
    .requiredOption("--chain-id <id>", "of the network")
    .requiredOption("--revision <n>", "the network's present revision")
    .requiredOption("--rules <version>", "version of the rules")
    .requiredOption("--height <n>", "first height under them")
    .requiredOption("--out <file>", "the proposal")
    .action((options: Record<string, string>) => {
      const { revision, rules, height } = options;
      const body = { revision: Number(revision), version: Number(rules), height: Number(height) };
      write(options.out as string, proposeUpgrade(options.chainId as string, body));
    });
  withCode(validators.command("approve").description("read a proposal in words, and sign it as officer or operator"))
    .argument("<file>", "the proposal")
    .requiredOption("--role <role>", "officer or operator")
    .action((path: string, options: { role: string; codeFile?: string }) => sign(path, options));
  withServer(validators.command("submit").description("send a proposal that has enough approvals"))
    .argument("<file>", "the proposal")
    .action(async (path: string, options: ServerOptions) => {
      const wire = proposalWire(read(path));
      if (!wire.ok) throw new CommandError(`${wire.error}.`, 1);
      say(`Agreed in block ${await sendProposal(httpOf(options), wire.value)}.`);
    });
  withServer(
    validators.command("show").description("the network's validators and rules, replayed from its blocks"),
  ).action(show);
}

interface ProposeOptions {
  readonly chainId: string;
  readonly revision: string;
  readonly remove?: readonly string[];
  readonly add?: readonly string[];
  readonly replace?: boolean;
  readonly out: string;
}

function propose(options: ProposeOptions): void {
  if (options.add === undefined && options.remove === undefined)
    throw new CommandError("Say with --add and --remove what is to change.", 2);
  const add = (options.add ?? []).map((text) => {
    const [name, key, power, operator] = text.split("=");
    return { name, key: keyFrom(key), power: Number(power), operator: keyFrom(operator) };
  });
  const act = options.replace === true ? ("replace" as const) : ("change" as const);
  const body = { revision: Number(options.revision), act, remove: (options.remove ?? []).map(keyFrom), add };
  write(options.out, proposeChange(options.chainId, body as ChangeValidators));
}

function keyFrom(text: string | undefined): Uint8Array {
  const key = fromHex(text ?? "");
  if (key?.length !== 32) throw new CommandError(`A key has 64 hexadecimal digits, not "${text}".`, 2);
  return key;
}

function write(path: string, made: Result<NetworkProposal, string>): void {
  if (!made.ok) throw new CommandError(`${made.error}.`, 2);
  save(path, made.value, "wx");
}

function save(path: string, proposal: NetworkProposal, flag: "w" | "wx"): void {
  writeFileSync(path, proposalText(proposal), { flag });
}

function read(path: string): ReadProposal {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new CommandError(`${path} cannot be read: ${(cause as Error).message}.`, 2);
  }
  const found = readProposal(text);
  if (found === undefined) throw new CommandError(`${path} is no proposal of a change of the network.`, 2);
  return found;
}

async function sign(path: string, options: { role: string; codeFile?: string }): Promise<void> {
  const { role } = options;
  if (role !== "officer" && role !== "operator") throw new CommandError("The role is officer or operator.", 2);
  const found = read(path);
  say(`${found.act.type} on ${found.proposal.chain_id}:`);
  for (const line of describeValue(found.body)) say(`  ${line}`);
  const identity = await readIdentity(options, role);
  const signer = { identity, chainId: found.proposal.chain_id, random: platformRandom };
  save(path, approveProposal(found, role, signer), "w");
  note(`Signed as ${role}. Pass ${path} on, or send it: psephos validators submit ${path}`);
}

async function show(options: ServerOptions): Promise<void> {
  const ledger = await replayBlocks(httpOf(options));
  if (!ledger.ok) throw new CommandError(ledger.error);
  const network = networkOf(ledger.value.state);
  if (network === undefined) throw new CommandError("This ledger has no validators with operators.");
  say(`Revision ${network.revision}, rules ${network.rules}, as of block ${ledger.value.height}.`);
  if (network.upgrade !== null) say(`Rules ${network.upgrade.version} from block ${network.upgrade.height} on.`);
  for (const { name, key, power, operator } of network.validators)
    say(`${shown(name)}: power ${power}, key ${toHex(key)}, operator ${toHex(operator)}`);
}
