/**
 * `psephos validators`: changes of a network by agreement. A proposal is a file that goes from one officer and operator to
 * the next; each sees in words what is asked, and signs exactly that; whoever has enough approvals sends it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { fromBase64Url, fromHex, toBase64Url, toHex } from "#base/bytes.js";
import { platformRandom } from "#client/http.js";
import { replayBlocks } from "#client/record.js";
import { decode, encode } from "#protocol/encoding/shape.js";
import { networkOf } from "#protocol/network.js";
import { approveAsOperator, type NetworkApprovals, networkApprovalsShape } from "#protocol/network-approvals.js";
import { approve, assembleApprovals } from "#protocol/officer.js";
import { type Approval, encodeTransaction, type Kind } from "#protocol/transaction.js";
import { changeValidators } from "#protocol/transactions/change-validators.js";
import { upgradeRules } from "#protocol/transactions/upgrade-rules.js";
import { readIdentity, withCode } from "./code.js";
import { describeValue } from "./inspect-value.js";
import { httpOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, note, say, shown } from "./terminal.js";

type Act = Kind<unknown, NetworkApprovals>;
const ACTS: readonly Act[] = [changeValidators as Act, upgradeRules as Act];

interface Proposal {
  readonly chain_id: string;
  readonly type: string;
  /** CBOR of the body, and of the approvals so far; base64url. */
  readonly body: string;
  readonly officers: readonly string[];
  readonly operators: readonly string[];
}

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
      write(options.out as string, options.chainId as string, upgradeRules as Act, body);
    });
  withCode(validators.command("approve").description("read a proposal in words, and sign it as officer or operator"))
    .argument("<file>", "the proposal")
    .requiredOption("--role <role>", "officer or operator")
    .action((path: string, options: { role: string; codeFile?: string }) => sign(path, options));
  withServer(validators.command("submit").description("send a proposal that has enough approvals"))
    .argument("<file>", "the proposal")
    .action(async (path: string, options: ServerOptions) => {
      const transaction = toBase64Url(wireOf(read(path)));
      const answer = await httpOf(options).request<{ height: number }>("/transactions", {
        method: "POST",
        json: { transaction },
        repeat: true,
      });
      say(`Agreed in block ${answer.height}.`);
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
  const act = options.replace === true ? "replace" : "change";
  const body = { revision: Number(options.revision), act, remove: (options.remove ?? []).map(keyFrom), add };
  write(options.out, options.chainId, changeValidators as Act, body);
}

function keyFrom(text: string | undefined): Uint8Array {
  const key = fromHex(text ?? "");
  if (key?.length !== 32) throw new CommandError(`A key has 64 hexadecimal digits, not "${text}".`, 2);
  return key;
}

function write(path: string, chainId: string, act: Act, body: unknown): void {
  const bytes = encode(act.body, body);
  const checked = decode(act.body, bytes, "proposal");
  if (!checked.ok) throw new CommandError(`${checked.error}.`, 2);
  save(path, { chain_id: chainId, type: act.type, body: toBase64Url(bytes), officers: [], operators: [] }, "wx");
}

function save(path: string, proposal: Proposal, flag: "w" | "wx"): void {
  writeFileSync(path, `${JSON.stringify(proposal, null, 2)}\n`, { flag });
}

interface ReadProposal {
  readonly proposal: Proposal;
  readonly act: Act;
  readonly body: unknown;
}

function read(path: string): ReadProposal {
  let proposal: Proposal;
  try {
    proposal = JSON.parse(readFileSync(path, "utf8")) as Proposal;
  } catch (cause) {
    throw new CommandError(`${path} is no proposal: ${(cause as Error).message}.`, 2);
  }
  const act = ACTS.find(({ type }) => type === proposal.type);
  const bytes = typeof proposal.body === "string" ? fromBase64Url(proposal.body) : undefined;
  const body = act === undefined || bytes === undefined ? undefined : decode(act.body, bytes, "proposal");
  const lists = [proposal.officers, proposal.operators].every((list) => Array.isArray(list));
  if (act === undefined || body?.ok !== true || !lists || typeof proposal.chain_id !== "string")
    throw new CommandError(`${path} is no proposal of a change of the network.`, 2);
  return { proposal, act, body: body.value };
}

async function sign(path: string, options: { role: string; codeFile?: string }): Promise<void> {
  const { role } = options;
  if (role !== "officer" && role !== "operator") throw new CommandError("The role is officer or operator.", 2);
  const { proposal, act, body } = read(path);
  say(`${act.type} on ${proposal.chain_id}:`);
  for (const line of describeValue(body)) say(`  ${line}`);
  const identity = await readIdentity(options, role);
  const make = role === "officer" ? approve : approveAsOperator;
  const text = JSON.stringify(plain(make(act, proposal.chain_id, body, identity, platformRandom)));
  const list = role === "officer" ? "officers" : "operators";
  save(path, { ...proposal, [list]: [...proposal[list], text] }, "w");
  note(`Signed as ${role}. Pass ${path} on, or send it: psephos validators submit ${path}`);
}

/** An approval as text: key and the two numbers of the signature, hexadecimal. */
function plain({ key, signature }: Approval): readonly string[] {
  return [toHex(key), signature.challenge.toString(16), signature.response.toString(16)];
}

function approvalFrom(text: string): Approval {
  const parts = JSON.parse(text) as unknown;
  const [key, challenge, response] = Array.isArray(parts) ? (parts as string[]) : [];
  if (![challenge, response].every((number) => /^[0-9a-f]{1,64}$/.test(String(number))))
    throw new CommandError("An approval in the proposal is malformed.", 2);
  return { key: keyFrom(key), signature: { challenge: BigInt(`0x${challenge}`), response: BigInt(`0x${response}`) } };
}

function wireOf({ proposal, act, body }: ReadProposal): Uint8Array {
  const [officers, operators] = [proposal.officers, proposal.operators].map((list) =>
    assembleApprovals(list.map(approvalFrom)),
  ) as [Approval[], Approval[]];
  if (officers.length === 0 || operators.length === 0)
    throw new CommandError("Officers and operators must both have approved.", 1);
  const wire = encodeTransaction(act, proposal.chain_id, body, { officers, operators });
  const again = decode(networkApprovalsShape, encode(networkApprovalsShape, { officers, operators }), "approvals");
  if (!again.ok) throw new CommandError(`${again.error}.`, 2);
  return wire;
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
