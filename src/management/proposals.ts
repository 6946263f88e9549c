/** Proposals: acts that need approvals of several officers collect them here; the ledger alone decides whether they hold. */
import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { OfficerActor } from "#api/actor.js";
import type { SignatureJson } from "#api/management.js";
import { edgeProblem, ProblemError } from "#api/problem.js";
import { rejectionProblem } from "#api/rejection.js";
import { bytesOfHex } from "#api/values.js";
import { bigintFromBytes, compareBytes } from "#base/bytes.js";
import { BASE58 } from "#crypto/base58.js";
import { scalarFromBytes } from "#crypto/scalar.js";
import type { Ledger } from "#ledger/ledger.js";
import { plainVerdicts } from "#protocol/ballot.js";
import { type Cbor, decodeCbor, encodeCbor } from "#protocol/encoding/cbor.js";
import { chainOf } from "#protocol/genesis.js";
import { check, isOfficerAct } from "#protocol/machine.js";
import { organisationOf } from "#protocol/organisation.js";
import { TRANSACTION_VERSION } from "#protocol/transaction.js";
import type { ManagementTables } from "./tables.js";

type Tables = Kysely<ManagementTables>;
type ProposalRow = ManagementTables["proposals"];
type ApprovalRow = ManagementTables["proposal_approvals"];

export interface ProposalView {
  readonly row: ProposalRow;
  readonly approvals: readonly ApprovalRow[];
  readonly needed: number;
}

/** Stores a proposal. The same act proposed twice is one proposal: its id is the hash of what is signed. */
export async function propose(
  tables: Tables,
  ledger: Ledger,
  actor: OfficerActor,
  request: { type: string; body: Uint8Array },
  now: Date,
): Promise<string> {
  if (!isOfficerAct(request.type))
    throw new ProblemError(edgeProblem("invalid-request", `${request.type} is not an act of officers.`));
  const body = decodeCbor(request.body);
  if (!body.ok) throw new ProblemError(edgeProblem("invalid-request", `The body is not canonical: ${body.error}.`));
  const message = encodeCbor([TRANSACTION_VERSION, chainOf(ledger.state()).chainId, request.type, body.value]);
  const id = proposalId(message);
  await tables
    .insertInto("proposals")
    .values({
      id,
      organisation: actor.organisation,
      type: request.type,
      body: Buffer.from(request.body),
      message: Buffer.from(message),
      status: "collecting",
      code: null,
      created_at: now,
      created_by: actor.key,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  return id;
}

/** 22 Base58 digits of the message's SHA-256. */
function proposalId(message: Uint8Array): string {
  let rest = bigintFromBytes(createHash("sha256").update(message).digest());
  let id = "";
  for (let i = 0; i < 22; i++) {
    id += BASE58[Number(rest % 58n)] as string;
    rest /= 58n;
  }
  return id;
}

/** Adds an approval; when the ledger finds enough of them, the act is submitted. */
export async function approve(
  tables: Tables,
  ledger: Ledger,
  actor: OfficerActor,
  id: string,
  approval: { key: string; signature: SignatureJson },
  now: bigint,
): Promise<void> {
  const view = await viewProposal(tables, ledger, actor, id);
  if (view.row.status !== "collecting")
    throw new ProblemError(edgeProblem("conflict", `This proposal is ${view.row.status} already.`));
  if (approval.key !== actor.key)
    throw new ProblemError(edgeProblem("not-allowed", "Approve with the key you signed in with."));
  const scalars = [approval.signature.challenge, approval.signature.response].map((hex) =>
    scalarFromBytes(bytesOfHex(hex)),
  );
  if (scalars.includes(undefined))
    throw new ProblemError(edgeProblem("invalid-request", "The signature is not a pair of scalars."));
  const candidate = [
    ...view.approvals.filter((each) => each.key !== approval.key),
    { proposal: id, key: approval.key, ...approval.signature },
  ];
  const state = ledger.state();
  const wire = assemble(view.row, candidate);
  const rejection = check(state, now > state.time ? now : state.time, wire, plainVerdicts);
  if (rejection !== null && rejection.code !== "too-few-approvals") throw new ProblemError(rejectionProblem(rejection));
  await tables
    .insertInto("proposal_approvals")
    .values({
      proposal: id,
      key: approval.key,
      challenge: approval.signature.challenge,
      response: approval.signature.response,
    })
    .onConflict((conflict) => conflict.columns(["proposal", "key"]).doUpdateSet(approval.signature))
    .execute();
  if (rejection === null) await submitProposal(tables, ledger, id, wire);
}

async function submitProposal(tables: Tables, ledger: Ledger, id: string, wire: Uint8Array): Promise<void> {
  const outcome = await ledger.submit(wire);
  const change = outcome.ok ? { status: "recorded", code: null } : { status: "refused", code: outcome.error.code };
  await tables.updateTable("proposals").set(change).where("id", "=", id).execute();
  if (!outcome.ok) throw new ProblemError(rejectionProblem(outcome.error));
}

function assemble(row: ProposalRow, approvals: readonly ApprovalRow[]): Uint8Array {
  const body = decodeCbor(new Uint8Array(row.body));
  const message = decodeCbor(new Uint8Array(row.message));
  if (!body.ok || !message.ok) throw new Error("a stored proposal is damaged");
  const [version, chainId, type] = message.value as readonly Cbor[];
  const signatures = [...approvals]
    .map((each) => ({
      key: bytesOfHex(each.key),
      challenge: bytesOfHex(each.challenge),
      response: bytesOfHex(each.response),
    }))
    .sort((a, b) => compareBytes(a.key, b.key))
    .map(({ key, challenge, response }) => [key, [challenge, response]]);
  return encodeCbor([version as Cbor, chainId as Cbor, type as Cbor, body.value, signatures]);
}

/** One proposal of the actor's organisation, or 404. */
export async function viewProposal(
  tables: Tables,
  ledger: Ledger,
  actor: OfficerActor,
  id: string,
): Promise<ProposalView> {
  const row = await tables
    .selectFrom("proposals")
    .selectAll()
    .where("id", "=", id)
    .where("organisation", "=", actor.organisation)
    .executeTakeFirst();
  if (row === undefined) throw new ProblemError(edgeProblem("not-found", "There is no such proposal."));
  const approvals = await tables
    .selectFrom("proposal_approvals")
    .selectAll()
    .where("proposal", "=", id)
    .orderBy("key")
    .execute();
  const organisation = organisationOf(ledger.state(), actor.organisation);
  return { row, approvals, needed: organisation?.entry.fields.threshold ?? 0 };
}

/** Newest first. */
export async function listProposals(tables: Tables, ledger: Ledger, actor: OfficerActor): Promise<ProposalView[]> {
  const rows = await tables
    .selectFrom("proposals")
    .select("id")
    .where("organisation", "=", actor.organisation)
    .orderBy("created_at", "desc")
    .limit(200)
    .execute();
  return Promise.all(rows.map((row) => viewProposal(tables, ledger, actor, row.id)));
}

/** Takes a proposal back; nothing on the ledger changes. */
export async function withdraw(tables: Tables, ledger: Ledger, actor: OfficerActor, id: string): Promise<void> {
  const view = await viewProposal(tables, ledger, actor, id);
  if (view.row.status !== "collecting")
    throw new ProblemError(edgeProblem("conflict", `This proposal is ${view.row.status} already.`));
  await tables.updateTable("proposals").set({ status: "withdrawn" }).where("id", "=", id).execute();
}
