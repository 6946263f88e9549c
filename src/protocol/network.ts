/**
 * A network's own facts: who its validators are, and which version of the rules holds. They stand in the state, so that
 * a change of either is a transaction like every other. Ledgers of one node, and networks whose genesis names no
 * operators, have no such facts; nothing of theirs can change. SPEC 3.1.1
 */
import { bytesEqual, compareBytes, toHex } from "#base/bytes.js";
import {
  bytes,
  encode,
  humanText,
  list,
  oneOf,
  optional,
  record,
  type Shape,
  type TypeOf,
  uint,
} from "./encoding/shape.js";
import { type StateReader, slot } from "./state.js";

/** Validators of a network whose set can change: the approvals of all their operators fit into a transaction. */
export const MAX_NETWORK_VALIDATORS = 64;
/** Changes of the set in the life of a network: a receipt carries the headers of all of them. */
export const MAX_CHANGES = 100;
const MAX_POWER = 2 ** 40;
const MAX_RULES = 2 ** 16;
const HEIGHT = uint(Number.MAX_SAFE_INTEGER, 1);

export const validatorShape = record({
  name: humanText(100, 1),
  /** Ed25519 key with which the node votes; may live in a device that signs votes and nothing else. */
  key: bytes(32),
  power: uint(MAX_POWER, 1),
  /** Key of who runs the node, compressed: approves changes, and is never on the node. */
  operator: bytes(32),
});
export type NetworkValidator = TypeOf<typeof validatorShape>;

/** Ascending by key; neither a key nor an operator twice ({@link faultOfValidators}). */
export const validatorsShape: Shape<readonly NetworkValidator[]> = list(validatorShape, MAX_NETWORK_VALIDATORS, 1);

/** Version of the rules and the first height at which they hold. */
const upgradeShape = record({ version: uint(MAX_RULES, 1), height: HEIGHT });

export const networkShape = record({
  kind: oneOf(["network"]),
  /** Grows with each change and each agreed upgrade, so that an old approval cannot be used again (row L-11). */
  revision: uint(2 ** 40),
  validators: validatorsShape,
  /** Heights of the blocks that changed the set, ascending: the header above each names the next set. */
  changes: list(HEIGHT, MAX_CHANGES),
  rules: uint(MAX_RULES, 1),
  upgrade: optional(upgradeShape),
});
export type Network = TypeOf<typeof networkShape>;

export const networks = slot<Network, []>("network", networkShape);

/** Place in the directory: after the ledger's facts and the founder. */
export const NETWORK_INDEX = 2;

/** The entry that the directory commits to. */
export function networkEntry(network: Network): Uint8Array {
  return encode(networkShape, network);
}

/** The facts at the genesis. */
export function newNetwork(validators: readonly NetworkValidator[]): Network {
  return { kind: "network", revision: 0, validators, changes: [], rules: 1, upgrade: null };
}

/** The facts; `undefined` on a ledger without any. */
export function networkOf(reader: StateReader): Network | undefined {
  return networks.get(reader);
}

/** Version of the rules that hold in the block of a height; 1 on a ledger that cannot change them. */
export function rulesAt(network: Network | undefined, height: number | undefined): number {
  if (network === undefined) return 1;
  const { rules, upgrade } = network;
  return upgrade !== null && height !== undefined && height >= upgrade.height ? upgrade.version : rules;
}

export function powerOf(validators: readonly NetworkValidator[]): number {
  return validators.reduce((sum, { power }) => sum + power, 0);
}

/** What is wrong with a set in itself, or `undefined`. */
export function faultOfValidators(validators: readonly NetworkValidator[]): string | undefined {
  if (validators.length === 0) return "no validator is left";
  if (validators.length > MAX_NETWORK_VALIDATORS) return `${validators.length} validators`;
  for (let i = 1; i < validators.length; i++) {
    const [before, here] = [validators[i - 1] as NetworkValidator, validators[i] as NetworkValidator];
    if (compareBytes(before.key, here.key) >= 0) return "validators are not in ascending order of distinct keys";
  }
  const operators = new Set(validators.map(({ operator }) => toHex(operator)));
  return operators.size === validators.length ? undefined : "two validators have one operator";
}

/**
 * Which validator a change would make too strong, or `undefined`: a third of the power stops the network, so nobody may
 * come to it. Who had as large a share before may keep it; a network of three could not replace a key otherwise.
 */
export function tooStrong(
  before: readonly NetworkValidator[],
  after: readonly NetworkValidator[],
): NetworkValidator | undefined {
  const [totalBefore, total] = [BigInt(powerOf(before)), BigInt(powerOf(after))];
  return after.find(({ power, operator }) => {
    if (3n * BigInt(power) < total) return false;
    const earlier = before.find((each) => bytesEqual(each.operator, operator))?.power ?? 0;
    return BigInt(power) * totalBefore > BigInt(earlier) * total;
  });
}

/** The set without the keys of `remove`, with those of `add`, in order. */
export function changedSet(
  validators: readonly NetworkValidator[],
  remove: readonly Uint8Array[],
  add: readonly NetworkValidator[],
): readonly NetworkValidator[] {
  const kept = validators.filter(({ key }) => !remove.some((each) => bytesEqual(each, key)));
  return [...kept, ...add].sort((a, b) => compareBytes(a.key, b.key));
}
