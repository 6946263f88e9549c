/**
 * Changes of a network by agreement, as a file that goes from one officer and operator to the next: each sees in words what
 * is asked and signs exactly that; whoever has enough approvals sends it. The same file for command line and console.
 */
import { fromBase64Url, fromHex, toBase64Url, toHex } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { decode, encode } from "#protocol/encoding/shape.js";
import { approveAsOperator, type NetworkApprovals, networkApprovalsShape } from "#protocol/network-approvals.js";
import { approve, assembleApprovals } from "#protocol/officer.js";
import { type Approval, encodeTransaction, type Kind } from "#protocol/transaction.js";
import { type ChangeValidators, changeValidators } from "#protocol/transactions/change-validators.js";
import { upgradeRules } from "#protocol/transactions/upgrade-rules.js";
import type { Http } from "./http.js";
import type { Signer } from "./officer.js";

type NetworkAct = Kind<unknown, NetworkApprovals>;
const ACTS: readonly NetworkAct[] = [changeValidators as NetworkAct, upgradeRules as NetworkAct];

/** A proposal as it stands in a file. */
export interface NetworkProposal {
  readonly chain_id: string;
  readonly type: string;
  /** CBOR of the body, base64url. */
  readonly body: string;
  /** Approvals so far: each a list of key and the two numbers of the signature, hexadecimal, as JSON text. */
  readonly officers: readonly string[];
  readonly operators: readonly string[];
}

export interface ReadProposal {
  readonly proposal: NetworkProposal;
  readonly act: NetworkAct;
  /** What is asked, decoded by this client. */
  readonly body: unknown;
}

export type Approver = "officer" | "operator";

/** A proposal to change validators, or the sentence that says what is wrong with its form. */
export function proposeChange(chainId: string, body: ChangeValidators): Result<NetworkProposal, string> {
  return proposalOf(chainId, changeValidators as NetworkAct, body);
}

/** A proposal to run other rules from a height on. */
export function proposeUpgrade(
  chainId: string,
  body: { readonly revision: number; readonly version: number; readonly height: number },
): Result<NetworkProposal, string> {
  return proposalOf(chainId, upgradeRules as NetworkAct, body);
}

function proposalOf(chainId: string, act: NetworkAct, body: unknown): Result<NetworkProposal, string> {
  const bytes = encode(act.body, body);
  const checked = decode(act.body, bytes, "proposal");
  if (!checked.ok) return fail(checked.error);
  return ok({ chain_id: chainId, type: act.type, body: toBase64Url(bytes), officers: [], operators: [] });
}

export function proposalText(proposal: NetworkProposal): string {
  return `${JSON.stringify(proposal, null, 2)}\n`;
}

/** Total: whatever is in the file. `undefined`: it is no such proposal. */
export function readProposal(text: string): ReadProposal | undefined {
  let found: Partial<NetworkProposal>;
  try {
    found = JSON.parse(text) as Partial<NetworkProposal>;
  } catch {
    return undefined;
  }
  if (typeof found !== "object" || found === null || typeof found.chain_id !== "string") return undefined;
  const { officers, operators } = found;
  const lists = [officers, operators].every(
    (list) => Array.isArray(list) && list.every((each) => typeof each === "string" && approvalFrom(each) !== undefined),
  );
  const act = ACTS.find(({ type }) => type === found.type);
  const bytes = typeof found.body === "string" ? fromBase64Url(found.body) : undefined;
  const body = act === undefined || bytes === undefined ? undefined : decode(act.body, bytes, "proposal");
  if (!lists || act === undefined || body?.ok !== true) return undefined;
  return { proposal: found as NetworkProposal, act, body: body.value };
}

/** The proposal with one more approval, over what was decoded and shown. */
export function approveProposal(
  { proposal, act, body }: ReadProposal,
  role: Approver,
  signer: Signer,
): NetworkProposal {
  const make = role === "officer" ? approve : approveAsOperator;
  const { key, signature } = make(act, proposal.chain_id, body, signer.identity, signer.random);
  const text = JSON.stringify([toHex(key), signature.challenge.toString(16), signature.response.toString(16)]);
  const list = role === "officer" ? "officers" : "operators";
  return { ...proposal, [list]: [...proposal[list], text] };
}

function approvalFrom(text: string): Approval | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return undefined;
  }
  const [key, challenge, response] = Array.isArray(parts) ? (parts as unknown[]) : [];
  const bytes = typeof key === "string" ? fromHex(key) : undefined;
  if (bytes?.length !== 32) return undefined;
  if (![challenge, response].every((number) => /^[0-9a-f]{1,64}$/.test(String(number)))) return undefined;
  return { key: bytes, signature: { challenge: BigInt(`0x${challenge}`), response: BigInt(`0x${response}`) } };
}

/** The transaction, or what still lacks. */
export function proposalWire({ proposal, act, body }: ReadProposal): Result<Uint8Array, string> {
  const [officers, operators] = [proposal.officers, proposal.operators].map((list) =>
    assembleApprovals(list.flatMap((text) => approvalFrom(text) ?? [])),
  ) as [Approval[], Approval[]];
  if (officers.length === 0 || operators.length === 0) return fail("Officers and operators must both have approved");
  const again = decode(networkApprovalsShape, encode(networkApprovalsShape, { officers, operators }), "approvals");
  if (!again.ok) return fail(again.error);
  return ok(encodeTransaction(act, proposal.chain_id, body, { officers, operators }));
}

/** Sends a proposal that has enough approvals; the height at which it took effect. */
export async function sendProposal(http: Http, wire: Uint8Array): Promise<number> {
  const json = { transaction: toBase64Url(wire) };
  return (await http.request<{ height: number }>("/transactions", { method: "POST", json, repeat: true })).height;
}
