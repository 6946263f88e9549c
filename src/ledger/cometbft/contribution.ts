/**
 * How organisations found a network together: each contributes one small file with the public halves of keys that were
 * made on its own machine, signed with the validator's key; whoever has all files makes the same genesis of them, byte for
 * byte, and compares its hash with the others. Nobody sees another's secret, and nobody has to be believed.
 */
import { createHash } from "node:crypto";
import { fromHex, toHex, utf8 } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { ed25519Verify } from "#crypto/ed25519.js";
import type { Genesis } from "#protocol/genesis.js";
import type { OrganisationFields } from "#protocol/organisation.js";
import { cometGenesis, engineKeyOf, type NamedValidator, operatedValidators } from "./genesis-file.js";
import { nodeKeys, signAsValidator } from "./home.js";

/** What one organisation brings to the founding. */
export interface Contribution {
  readonly psephos: "validator";
  /** Who runs it. */
  readonly name: string;
  /** Ed25519, 64 hexadecimal digits. */
  readonly key: string;
  readonly power: number;
  /** Key of who approves changes of the network for it, 64 hexadecimal digits; without it the set never changes. */
  readonly operator?: string;
  /** How peers name the node, and where they reach it. */
  readonly node: string;
  readonly p2p: string;
  /** Of the validator's key over the rest. */
  readonly signature: string;
}

const MAX_VALIDATORS = 100;

function signedBytes({ name, key, power, node, p2p, operator }: Omit<Contribution, "signature">): Uint8Array {
  const facts = [name, key, power, node, p2p, ...(operator === undefined ? [] : [operator])];
  return utf8(`psephos/validator|${JSON.stringify(facts)}`);
}

/** The contribution of a node's directory; makes its keys unless they are there. */
export async function contribute(
  directory: string,
  own: Pick<Contribution, "name" | "power" | "p2p" | "operator">,
): Promise<Contribution> {
  const { validatorKey, nodeId } = await nodeKeys(directory);
  const unsigned = { psephos: "validator" as const, ...own, key: toHex(validatorKey), node: nodeId };
  return { ...unsigned, signature: toHex(await signAsValidator(directory, signedBytes(unsigned))) };
}

/** Reads a contribution; a failure is a sentence. */
export function contributionFrom(text: string): Result<Contribution, string> {
  let value: Partial<Record<keyof Contribution, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return fail("it is not JSON");
  }
  if (value?.psephos !== "validator") return fail("it is no validator's contribution");
  const { name, key, power, node, p2p, operator, signature } = value;
  if (typeof name !== "string" || name.length < 1 || name.length > 100)
    return fail("it has no name of 1 to 100 characters");
  if (typeof power !== "number" || !Number.isSafeInteger(power) || power < 1)
    return fail("its power is no whole number from 1 on");
  if (typeof node !== "string" || !/^[0-9a-f]{40}$/.test(node))
    return fail("its node has no id of 40 hexadecimal digits");
  if (typeof p2p !== "string" || !/^[^\s@,]+:[0-9]{1,5}$/.test(p2p)) return fail("its p2p address is not host:port");
  const keyBytes = typeof key === "string" ? fromHex(key) : undefined;
  const proof = typeof signature === "string" ? fromHex(signature) : undefined;
  if (typeof key !== "string" || keyBytes?.length !== 32 || typeof signature !== "string" || proof?.length !== 64)
    return fail("its key or signature is not hexadecimal");
  if (operator !== undefined && (typeof operator !== "string" || fromHex(operator)?.length !== 32))
    return fail("its operator's key is no 64 hexadecimal digits");
  const facts = { psephos: "validator" as const, name, key, power, node, p2p, signature };
  const contribution: Contribution = operator === undefined ? facts : { ...facts, operator };
  if (!ed25519Verify(keyBytes, signedBytes(contribution), proof))
    return fail("its signature does not hold: somebody changed it on the way");
  return ok(contribution);
}

export interface Agreed {
  readonly chainId: string;
  /** Nanoseconds since 1970: agreed on, so that everybody makes the same file. */
  readonly time: bigint;
  readonly practice: boolean;
  readonly founder: OrganisationFields;
}

/** CometBFT's genesis.json of these validators. The order of contributions does not matter. */
export function combine(contributions: readonly Contribution[], agreed: Agreed): Result<string, string> {
  if (contributions.length < 1 || contributions.length > MAX_VALIDATORS)
    return fail(`A network has 1 to ${MAX_VALIDATORS} validators.`);
  for (const field of ["key", "name", "node", "p2p"] as const) {
    const seen = new Set<string>();
    for (const each of contributions) {
      if (seen.has(each[field])) return fail(`Two contributions have the same ${field}: ${each[field]}.`);
      seen.add(each[field]);
    }
  }
  const validators: NamedValidator[] = contributions.map(({ name, key, power, operator }) => ({
    name,
    key: fromHex(key) as Uint8Array,
    power: BigInt(power),
    ...(operator === undefined ? {} : { operator: fromHex(operator) as Uint8Array }),
  }));
  const set = { engineKey: engineKeyOf(validators), ...operatedValidators(validators) };
  const genesis: Genesis = { version: "psephos1", engine: "cometbft", ...set, ...agreed };
  return ok(cometGenesis(genesis, validators));
}

/** Whoever holds more than a third of the power stops the network alone; worth a warning before it is founded. */
export function tooPowerful(contributions: readonly Contribution[]): readonly string[] {
  const total = contributions.reduce((sum, { power }) => sum + power, 0);
  return contributions.filter(({ power }) => 3 * power > total).map(({ name }) => name);
}

/** What everybody compares: SHA-256 of the genesis file, in groups that can be read aloud. */
export function spokenHash(genesisText: string): string {
  const digest = createHash("sha256").update(genesisText).digest("hex");
  return (digest.match(/.{8}/g) as string[]).join(" ");
}

/** `nodeid@host:port` of everybody else. */
export function peersOf(contributions: readonly Contribution[], ownNode: string): readonly string[] {
  return contributions.filter(({ node }) => node !== ownNode).map(({ node, p2p }) => `${node}@${p2p}`);
}
