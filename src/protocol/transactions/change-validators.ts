/**
 * change-validators: other validators for a network, or another key for one of them. Approved by officers of the founding
 * organisation and by the operators of more than two thirds of the present power. SPEC 3.7.22
 */
import { assert } from "#base/assert.js";
import { bytesEqual, toHex } from "#base/bytes.js";
import { bytes, list, oneOf, record, type TypeOf, uint } from "../encoding/shape.js";
import {
  changedSet,
  faultOfValidators,
  MAX_CHANGES,
  MAX_NETWORK_VALIDATORS,
  type Network,
  networkOf,
  tooStrong,
  validatorShape,
} from "../network.js";
import { checkNetworkApprovals, type NetworkApprovals, networkApprovalsShape } from "../network-approvals.js";
import { reject } from "../rejections.js";
import { isPublicKey, type Kind } from "../transaction.js";

export const changeValidatorsBody = record({
  /** The network's revision that the approvals are for. */
  revision: uint(2 ** 40),
  /** `replace`: one key for another, with the same name, power and operator (a stolen or lost key). */
  act: oneOf(["change", "replace"]),
  /** Keys of validators that go. Who gets other power, or another operator, goes and comes again. */
  remove: list(bytes(32), MAX_NETWORK_VALIDATORS),
  add: list(validatorShape, MAX_NETWORK_VALIDATORS),
});
export type ChangeValidators = TypeOf<typeof changeValidatorsBody>;

export const changeValidators: Kind<ChangeValidators, NetworkApprovals> = {
  type: "change-validators",
  body: changeValidatorsBody,
  signatures: networkApprovalsShape,
  check: (context, tx) => {
    const network = networkOf(context.reader);
    if (network === undefined) return reject("no-network", context.chain.engine);
    if (tx.body.revision !== network.revision) return reject("stale-revision", `the network is at ${network.revision}`);
    const fault = faultOfChange(network, tx.body);
    if (fault !== undefined) return reject("bad-validators", fault);
    if (network.changes.length >= MAX_CHANGES) return reject("change-limit", `${network.changes.length} changes`);
    const refused = checkNetworkApprovals(context, network, tx);
    if (refused !== null) return refused;
    // Keys of votes are made as ours are: elements of the group. One that is none could never sign.
    const sound = tx.body.add.every(({ key, operator }) => isPublicKey(key) && isPublicKey(operator));
    return sound ? null : reject("bad-key", "of a validator or its operator");
  },
  apply: (effects, context, tx) => {
    const network = networkOf(context.reader) as Network;
    assert(context.height !== undefined, "a network's blocks have heights");
    const changes = network.changes.includes(context.height) ? network.changes : [...network.changes, context.height];
    const validators = changedSet(network.validators, tx.body.remove, tx.body.add);
    effects.setNetwork({ ...network, revision: network.revision + 1, validators, changes });
  },
};

/** Why this is not a change that the network could make, or `undefined`. */
export function faultOfChange({ validators }: Network, { act, remove, add }: ChangeValidators): string | undefined {
  if (remove.length + add.length === 0) return "nothing changes";
  for (const [i, key] of remove.entries()) {
    if (!validators.some((each) => bytesEqual(each.key, key))) return `no validator has the key ${toHex(key)}`;
    if (remove.findIndex((each) => bytesEqual(each, key)) !== i) return "a key is removed twice";
  }
  const after = changedSet(validators, remove, add);
  const fault = faultOfValidators(after);
  if (fault !== undefined) return fault;
  const strong = tooStrong(validators, after);
  if (strong !== undefined) return `${strong.name} would have a third of the power`;
  if (act === "change") return undefined;
  const [gone, come] = [validators.find(({ key }) => bytesEqual(key, remove[0] ?? new Uint8Array(0))), add[0]];
  const same =
    remove.length === 1 &&
    add.length === 1 &&
    gone?.name === come?.name &&
    gone?.power === come?.power &&
    bytesEqual(gone?.operator ?? new Uint8Array(0), come?.operator ?? new Uint8Array(0));
  return same ? undefined : "a replacement changes one key and nothing else";
}
