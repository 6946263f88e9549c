/**
 * Approvals of what concerns a whole network: officers of the founding organisation, and operators of more than two
 * thirds of the voting power. Neither can change it without the other (row L-20). SPEC 3.3.2
 */
import { bytesEqual } from "#base/bytes.js";
import type { Random } from "#crypto/scalar.js";
import { sign } from "#crypto/schnorr.js";
import { record, type Shape, type TypeOf } from "./encoding/shape.js";
import { type Identity, keyBytes } from "./identity.js";
import { type Network, powerOf } from "./network.js";
import { type OrganisationRecord, organisationOf } from "./organisation.js";
import { type Rejection, reject } from "./rejections.js";
import {
  type Approval,
  approvalsShape,
  type Context,
  checkApprovalSignatures,
  checkSignature,
  countApprovals,
  type Transaction,
  transactionMessage,
} from "./transaction.js";

export const networkApprovalsShape = record({ officers: approvalsShape, operators: approvalsShape });
export type NetworkApprovals = TypeOf<typeof networkApprovalsShape>;

/** Whether officers and operators approved; the cheap questions of both come before the signatures of either. */
export function checkNetworkApprovals<B>(
  context: Context,
  network: Network,
  tx: Transaction<B, NetworkApprovals>,
): Rejection | null {
  const { officers, operators } = tx.signatures;
  const approving = network.validators.filter(({ operator }) => operators.some(({ key }) => bytesEqual(key, operator)));
  const [power, total] = [powerOf(approving), powerOf(network.validators)];
  if (3 * power <= 2 * total) return reject("too-little-power", `${power} of ${total}`);
  const founder = organisationOf(context.reader, context.chain.founder) as OrganisationRecord;
  const few = countApprovals(founder, officers);
  if (few !== null) return few;
  const bad = checkApprovalSignatures(context, founder, tx.message, officers);
  if (bad !== null) return bad;
  if (approving.length < operators.length)
    return reject("bad-signature", "an approval by a key that is not an operator's");
  for (const { key, signature } of operators)
    if (!checkSignature(context, "operator", key, tx.message, signature))
      return reject("bad-signature", "an operator's approval");
  return null;
}

/** One operator's approval. The operator's secret stays with the operator; the node never sees it. */
export function approveAsOperator<B>(
  act: { readonly type: string; readonly body: Shape<B> },
  chainId: string,
  body: B,
  operator: Identity,
  random: Random,
): Approval {
  const message = transactionMessage(act, chainId, body);
  const { challenge, response } = sign({ tag: "operator", chainId }, operator.secret, message, random);
  return { key: keyBytes(operator), signature: { challenge, response } };
}
