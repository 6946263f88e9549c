/** `psephos genesis`: organisations found a network together, each with keys of its own that nobody else sees. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { parseInstant } from "#api/instant.js";
import { compareBytes, fromHex, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { randomBase58 } from "#crypto/base58.js";
import {
  type Contribution,
  combine,
  contribute,
  contributionFrom,
  peersOf,
  spokenHash,
  tooPowerful,
} from "#ledger/cometbft/contribution.js";
import { genesisFromFile } from "#ledger/cometbft/genesis-file.js";
import { nodeKeys } from "#ledger/cometbft/home.js";
import { NETWORK_FILE, type NetworkConfig } from "#ledger/cometbft/network.js";
import { installGenesis } from "#ledger/cometbft/open.js";
import { decode, encode } from "#protocol/encoding/shape.js";
import { type OrganisationFields, organisationShape } from "#protocol/organisation.js";
import { loadRegistrarKey, systemRandom } from "#server/registrar-key.js";
import { CommandError, counted, note, readInput, say, shown } from "./terminal.js";

export function addGenesisCommand(program: Command): void {
  const genesis = program.command("genesis").description("found a network together; nobody sees another's secret");
  genesis.addHelpText(
    "after",
    `
Each validator runs "key" and gives its file to the others; one describes the founding organisation with "founder";
everybody runs "combine" and compares the hash; then each runs "install" and "psephos node". docs/operate/validator.md`,
  );
  genesis
    .command("key")
    .description("make a node's keys, unless they are there; prints the contribution to give to the others")
    .requiredOption("--name <name>", "who runs this validator")
    .requiredOption("--p2p <host:port>", "where the other nodes reach it")
    .option("--power <number>", "its weight in votes", "10")
    .option("--operator <key>", "who approves changes of the network for it (psephos identity new --role operator)")
    .option("--data <dir>", "the node's directory", "node")
    .action((options: KeyOptions) => makeKey(options));
  genesis
    .command("founder")
    .description("describe the founding organisation; prints the file to give to the others")
    .requiredOption("--name <name>", "its name")
    .requiredOption("--officer <key=name...>", "an officer's public key (psephos identity new --role officer) and name")
    .option("--threshold <number>", "how many officers an act needs", "1")
    .requiredOption("--keys <dir>", "the directory of the servers' registration key (made there if missing)")
    .action((options: FounderOptions) => describeFounder(options));
  genesis
    .command("combine")
    .description("make the genesis of all contributions; everybody does so and compares the hash")
    .argument("<contributions...>", "one file from each validator, in any order")
    .requiredOption("--founder <file>", "the founding organisation")
    .requiredOption("--chain-id <id>", "the network's name: 3 to 20 small letters, digits and hyphens")
    .requiredOption("--time <instant>", "an agreed time, for example 2027-01-31T12:00:00Z")
    .option("--practice", "mark the network as practice for ever")
    .requiredOption("--out <file>", "where the genesis goes")
    .action((files: string[], options: CombineOptions) => combineAll(files, options));
  genesis
    .command("show")
    .description("what a genesis says, with the hash to compare")
    .argument("<genesis>", "the file")
    .action((file: string) => show(file));
  genesis
    .command("install")
    .description("put a genesis and the others' addresses into a node's directory")
    .argument("<contributions...>", "one file from each validator")
    .requiredOption("--genesis <file>", "the combined genesis")
    .option("--data <dir>", "the node's directory", "node")
    .option("--listen <host:port>", "where this node listens for the others (default: as contributed)")
    .option("--rpc <host:port>", "loopback address for its own CometBFT", "127.0.0.1:26657")
    .option("--local", "the nodes are on private or loopback addresses")
    .action((files: string[], options: InstallOptions) => install(files, options));
}

interface KeyOptions {
  readonly name: string;
  readonly p2p: string;
  readonly power: string;
  readonly operator?: string;
  readonly data: string;
}

async function makeKey({ name, p2p, power, operator, data }: KeyOptions): Promise<void> {
  const directory = join(resolve(data), "ledger");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const contribution = await contribute(directory, {
    ...{ name, p2p, power: Number(power) },
    ...(operator === undefined ? {} : { operator }),
  });
  const text = JSON.stringify(contribution, null, 2);
  const read = contributionFrom(text);
  if (!read.ok) throw new CommandError(`This would not do: ${read.error}.`, 2);
  say(text);
  note("Give this to the others. The secret keys stay in the node's directory.");
}

interface FounderOptions {
  readonly name: string;
  readonly officer: readonly string[];
  readonly threshold: string;
  readonly keys: string;
}

function describeFounder({ name, officer, threshold, keys }: FounderOptions): void {
  const officers = officer.map((text) => {
    const [hex, ...rest] = text.split("=");
    const key = fromHex(hex ?? "");
    if (key?.length !== 32 || rest.length === 0)
      throw new CommandError(`--officer takes 64 hexadecimal digits, =, and a name; not "${text}".`, 2);
    return { key, name: rest.join("=") };
  });
  const founder: OrganisationFields = {
    id: randomBase58(14, systemRandom),
    name,
    officers: officers.sort((a, b) => compareBytes(a.key, b.key)),
    threshold: Number(threshold),
    registrarKey: loadRegistrarKey(resolve(keys)).key,
  };
  say(JSON.stringify({ psephos: "founder", name, organisation: toHex(encodedFounder(founder)) }, null, 2));
}

function encodedFounder(founder: OrganisationFields): Uint8Array {
  try {
    return encode(organisationShape, founder);
  } catch (error) {
    throw new CommandError(`This cannot be an organisation: ${(error as Error).message}.`, 2);
  }
}

function founderFrom(file: string): OrganisationFields {
  const value = jsonOf(file) as { psephos?: unknown; organisation?: unknown };
  const bytes = typeof value?.organisation === "string" ? fromHex(value.organisation) : undefined;
  const founder = bytes === undefined ? undefined : decode(organisationShape, bytes);
  if (value?.psephos !== "founder" || founder?.ok !== true)
    throw new CommandError(`${file} describes no founding organisation (psephos genesis founder).`, 2);
  return founder.value;
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(readInput(file)));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file} is not JSON.`, 2);
  }
}

function contributionsFrom(files: readonly string[]): readonly Contribution[] {
  return files.map((file) => {
    const read = contributionFrom(new TextDecoder().decode(readInput(file)));
    if (!read.ok) throw new CommandError(`${file} cannot be used: ${read.error}.`, 2);
    return read.value;
  });
}

interface CombineOptions {
  readonly founder: string;
  readonly chainId: string;
  readonly time: string;
  readonly practice?: boolean;
  readonly out: string;
}

function combineAll(files: readonly string[], options: CombineOptions): void {
  const { chainId, out } = options;
  if (!/^[a-z0-9][a-z0-9-]{2,19}$/.test(chainId))
    throw new CommandError("--chain-id takes 3 to 20 small letters, digits and hyphens.", 2);
  const time = parseInstant(options.time);
  if (!time.ok) throw new CommandError("--time takes an instant such as 2027-01-31T12:00:00Z.", 2);
  const contributions = contributionsFrom(files);
  const agreed = {
    chainId,
    time: time.value,
    practice: options.practice === true,
    founder: founderFrom(options.founder),
  };
  let combined: ReturnType<typeof combine>;
  try {
    combined = combine(contributions, agreed);
  } catch (error) {
    throw new CommandError((error as Error).message, 2);
  }
  if (!combined.ok) throw new CommandError(combined.error, 2);
  if (existsSync(out) && readFileSync(out, "utf8") !== combined.value)
    throw new CommandError(`${out} is there already and differs; nothing was written.`, 2);
  writeFileSync(out, combined.value);
  for (const name of tooPowerful(contributions))
    note(`${shown(name)} holds more than a third of the power and can stop the network alone.`);
  if (contributions.every(({ operator }) => operator === undefined))
    note("No contribution names an operator: the validators and rules of this network can never change.");
  if (contributions.length < 4) note("With fewer than four validators the network stops when one of them does.");
  say(`${counted(contributions.length, "validator")}. Everybody must have the same hash:`);
  say(spokenHash(combined.value));
}

function show(file: string): void {
  const text = new TextDecoder().decode(readInput(file));
  const genesis = genesisFromFile(text);
  if (!genesis.ok) throw new CommandError(`${file} founds no network of ours: ${genesis.error}.`, 2);
  const { chainId, time, founder, practice, validators: operated } = genesis.value;
  const { validators } = JSON.parse(text) as { validators: { name: string; power: string; address: string }[] };
  say(`network    ${shown(chainId)}${practice ? " (practice)" : ""}, from ${formatInstant(time)}`);
  say(`founder    ${shown(founder.name)}, ${founder.threshold} of ${founder.officers.length} officers`);
  for (const each of founder.officers) say(`officer    ${shown(each.name)} ${toHex(each.key)}`);
  for (const each of validators)
    say(`validator  ${shown(each.name)}, power ${shown(each.power)}, ${shown(each.address)}`);
  for (const each of operated ?? []) say(`operator   of ${shown(each.name)} ${toHex(each.operator)}`);
  if (operated === undefined) say("operator   none: its validators and rules can never change");
  say(`hash       ${spokenHash(text)}`);
}

interface InstallOptions {
  readonly genesis: string;
  readonly data: string;
  readonly listen?: string;
  readonly rpc: string;
  readonly local?: boolean;
}

async function install(files: readonly string[], options: InstallOptions): Promise<void> {
  const contributions = contributionsFrom(files);
  const text = new TextDecoder().decode(readInput(options.genesis));
  const genesis = genesisFromFile(text);
  if (!genesis.ok) throw new CommandError(`${options.genesis} founds no network of ours: ${genesis.error}.`, 2);
  if (!/^(127(\.\d{1,3}){3}|localhost|\[::1\]):[0-9]{1,5}$/.test(options.rpc))
    throw new CommandError("--rpc takes a loopback address: who reaches it can drive the node.", 2);
  const directory = join(resolve(options.data), "ledger");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { nodeId } = await nodeKeys(directory);
  const own = contributions.find(({ node }) => node === nodeId);
  const p2p = options.listen ?? own?.p2p;
  if (p2p === undefined)
    throw new CommandError(
      "None of the contributions is this node's; a full node says where it listens with --listen.",
      2,
    );
  const config: NetworkConfig = {
    p2p,
    rpc: options.rpc,
    peers: peersOf(contributions, nodeId),
    local: options.local === true,
    validators: contributions.map(({ name, key, power, operator }) => ({
      ...{ name, key, power },
      ...(operator === undefined ? {} : { operator }),
    })),
  };
  await installGenesis(directory, text);
  writeFileSync(join(directory, NETWORK_FILE), `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  say(
    `${own === undefined ? "A full node" : `The validator of ${shown(own.name)}`} is ready: psephos node --data ${options.data}`,
  );
  say(`hash  ${spokenHash(text)}`);
}
