/**
 * upgrade-rules: from an agreed height on, another version of the rules. Approved like a change of validators, because
 * whoever does not follow stands still from that height on. SPEC 3.7.23
 */
import { record, type TypeOf, uint } from "../encoding/shape.js";
import { type Network, networkOf } from "../network.js";
import { checkNetworkApprovals, type NetworkApprovals, networkApprovalsShape } from "../network-approvals.js";
import { reject } from "../rejections.js";
import type { Kind } from "../transaction.js";

/** Blocks between the agreement and the first block under the new rules, at least. */
export const MIN_UPGRADE_NOTICE = 10;

export const upgradeRulesBody = record({
  /** The network's revision that the approvals are for. */
  revision: uint(2 ** 40),
  /** Above the present one; the present one takes back an upgrade that was agreed and has not begun. */
  version: uint(2 ** 16, 1),
  /** First height under the new rules. */
  height: uint(Number.MAX_SAFE_INTEGER, 1),
});
export type UpgradeRules = TypeOf<typeof upgradeRulesBody>;

export const upgradeRules: Kind<UpgradeRules, NetworkApprovals> = {
  type: "upgrade-rules",
  body: upgradeRulesBody,
  signatures: networkApprovalsShape,
  check: (context, tx) => {
    const network = networkOf(context.reader);
    if (network === undefined) return reject("no-network", context.chain.engine);
    if (tx.body.revision !== network.revision) return reject("stale-revision", `the network is at ${network.revision}`);
    const fault = faultOfUpgrade(network, tx.body, context.height);
    return fault !== undefined ? reject("bad-upgrade", fault) : checkNetworkApprovals(context, network, tx);
  },
  apply: (effects, context, tx) => {
    const network = networkOf(context.reader) as Network;
    const { version, height } = tx.body;
    const upgrade = version === network.rules ? null : { version, height };
    effects.setNetwork({ ...network, revision: network.revision + 1, upgrade });
  },
};

function faultOfUpgrade(network: Network, body: UpgradeRules, height: number | undefined): string | undefined {
  if (body.version < network.rules) return `version ${network.rules} holds already`;
  if (body.version === network.rules) return network.upgrade === null ? "no upgrade is agreed on" : undefined;
  if (height === undefined || body.height >= height + MIN_UPGRADE_NOTICE) return undefined;
  return `height ${body.height} is less than ${MIN_UPGRADE_NOTICE} blocks away`;
}
