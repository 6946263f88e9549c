/**
 * An officer's acts: set-up, drafts, approvals, the roll and its recomputation, sealing. What is approved was recomputed
 * from the replayed ledger and the registry's lines first; the secret stays here.
 */
import type { DraftBody } from "#api/management.js";
import { type PlanJson, planFromJson } from "#api/plan.js";
import type { ImportAnswer, ListPreview, RollSelection } from "#api/registration.js";
import { bytesEqual, fromHex, toBase64Url, toHex, utf8 } from "#base/bytes.js";
import { curvePointFromBytes } from "#crypto/group.js";
import { type Random, scalarFromBytes } from "#crypto/scalar.js";
import { encodeCbor } from "#protocol/encoding/cbor.js";
import type { Shape } from "#protocol/encoding/shape.js";
import { type Identity, keyBytes } from "#protocol/identity.js";
import { planHash } from "#protocol/manifest.js";
import {
  approve,
  expectedRoll,
  faultOfSealing,
  type RollSum,
  type SortedRoll,
  sealingFacts,
  sealingOf,
  type VoterLine,
  waitsOfSealing,
} from "#protocol/officer.js";
import type { Plan } from "#protocol/plan.js";
import { cancelElection } from "#protocol/transactions/cancel-election.js";
import { createElection } from "#protocol/transactions/create-election.js";
import { extendElection } from "#protocol/transactions/extend-election.js";
import { sealElection } from "#protocol/transactions/seal-election.js";
import { ApiError, type Http } from "./http.js";
import type { ReplayedLedger } from "./record.js";
import { signJson } from "./session.js";

export interface SetupAnswer {
  readonly chain_id: string;
  readonly genesis_hash: string;
  readonly organisation: string;
}

/** Founds the ledger with the first officer. `token` is the part of the printed link after #. */
export function setUp(
  http: Http,
  token: string,
  organisation: string,
  officer: { name: string; identity: Identity },
  random: Random,
  chainId?: string,
): Promise<SetupAnswer> {
  const json = {
    token,
    organisation: { name: organisation },
    officer: { name: officer.name, key: toHex(keyBytes(officer.identity)) },
    signature: signJson("confirm", "", officer.identity, utf8(`setup|${token}`), random),
    ...(chainId === undefined ? {} : { chain_id: chainId }),
  };
  return http.request("/setup", { method: "POST", json });
}

// Drafts --------------------------------------------------------------------------------------------------------------

export interface DraftAnswer {
  readonly uuid: string;
  readonly organisation: string;
  readonly revision: number;
  readonly body: DraftBody;
  readonly trustees: readonly { readonly name: string; readonly part: string; readonly key: string | null }[];
  readonly blockers: readonly string[];
  readonly warnings: readonly string[];
  readonly plan: Omit<PlanJson, "roll_key"> | null;
}

export function createDraft(http: Http, body: DraftBody): Promise<DraftAnswer> {
  return http.request("/officer/drafts", { method: "POST", json: body });
}

/** A new draft like an earlier election or draft; without a date a week from now at the earliest. */
export function duplicateElection(http: Http, uuid: string, opensAt?: string): Promise<DraftAnswer> {
  const json = opensAt === undefined ? {} : { opens_at: opensAt };
  return http.request(`/officer/elections/${uuid}/duplicate`, { method: "POST", json });
}

export function getDraft(http: Http, uuid: string): Promise<DraftAnswer> {
  return http.request(`/officer/drafts/${uuid}`);
}

export function updateDraft(http: Http, uuid: string, revision: number, body: DraftBody): Promise<DraftAnswer> {
  return http.request(`/officer/drafts/${uuid}`, { method: "PUT", json: { revision, body } });
}

export function inviteTrustee(
  http: Http,
  uuid: string,
  place: number,
): Promise<{ trustee: string; token: string; link: string }> {
  return http.request(`/officer/drafts/${uuid}/trustees/${place}/invitation`, { method: "POST", json: {} });
}

// Approvals -----------------------------------------------------------------------------------------------------------

export interface ProposalAnswer {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly message: string;
  readonly needed: number;
  readonly approvals: readonly string[];
  readonly status: "collecting" | "recorded" | "refused" | "withdrawn";
  readonly code: string | null;
}

export interface Signer {
  readonly identity: Identity;
  readonly chainId: string;
  readonly random: Random;
}

type Act<B> = { readonly type: string; readonly body: Shape<B> };

/** Proposes an act and approves it; with one officer needed it is on the ledger when this resolves. */
export async function act<B>(http: Http, signer: Signer, kind: Act<B>, body: B): Promise<ProposalAnswer> {
  const encoded = encodeCbor(kind.body.encode(body));
  const proposal = await http.request<ProposalAnswer>("/officer/proposals", {
    method: "POST",
    json: { type: kind.type, body: toBase64Url(encoded) },
  });
  return approveAct(http, signer, kind, body, proposal.id);
}

/** Approves a proposal whose body this client has read and judged: it signs what it encodes itself, not the server's bytes. */
export function approveAct<B>(
  http: Http,
  signer: Signer,
  kind: Act<B>,
  body: B,
  proposal: string,
): Promise<ProposalAnswer> {
  const { key, signature } = approve(kind, signer.chainId, body, signer.identity, signer.random);
  const json = {
    key: toHex(key),
    signature: { challenge: hexScalar(signature.challenge), response: hexScalar(signature.response) },
  };
  return http.request(`/officer/proposals/${proposal}/approvals`, { method: "POST", json });
}

function hexScalar(scalar: bigint): string {
  return scalar.toString(16).padStart(64, "0");
}

export async function listProposals(http: Http): Promise<readonly ProposalAnswer[]> {
  return (await http.request<{ proposals: readonly ProposalAnswer[] }>("/officer/proposals")).proposals;
}

// Elections -----------------------------------------------------------------------------------------------------------

/** The plan of a draft that nothing blocks, with the registrar's key for the election. */
export async function planOfDraft(http: Http, uuid: string): Promise<Plan> {
  const draft = await getDraft(http, uuid);
  if (draft.plan === null)
    throw new ApiError(409, "conflict", `This election cannot be announced yet. ${draft.blockers.join(" ")}`);
  const { roll_key } = await http.request<{ roll_key: string }>(`/officer/elections/${uuid}/roll-key`, {
    method: "POST",
    json: {},
  });
  const plan = planFromJson({ ...draft.plan, roll_key });
  if (!plan.ok) throw new ApiError(409, "invalid-plan", plan.error);
  return plan.value;
}

/** Announces the election of a draft. */
export async function announce(
  http: Http,
  signer: Signer,
  uuid: string,
): Promise<{ plan: Plan; proposal: ProposalAnswer }> {
  const plan = await planOfDraft(http, uuid);
  return { plan, proposal: await act(http, signer, createElection, plan) };
}

export interface RollAnswer {
  readonly count: number;
  readonly weight: number;
  readonly root: string;
  readonly letters: number;
  readonly reissued: number;
  readonly skipped: readonly { readonly reason: string; readonly count: number }[];
}

/** Has the registration service enter the roll. */
export function enterRoll(http: Http, uuid: string, selection: RollSelection): Promise<RollAnswer> {
  return http.request(`/officer/elections/${uuid}/roll`, { method: "POST", json: { selection } });
}

interface RecomputationAnswer {
  readonly count: number;
  readonly letters: number;
  readonly entries: readonly {
    readonly digital_id: string;
    readonly public_key: string;
    readonly blinding: string;
    readonly credential: string;
    readonly weight: number;
  }[];
}

/** A voter's line as the registry shows it, with the digital id that stands for the person. */
export interface RecomputedLine extends VoterLine {
  readonly digitalId: string;
  /** Compressed credential as the registry says; the recomputed roll shows whether it is so. */
  readonly credential: Uint8Array;
}

/** What the registry shows officers of every voter on a roll that is not sealed. */
export async function recomputationLines(
  http: Http,
  uuid: string,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<{ lines: readonly RecomputedLine[]; letters: number }> {
  const lines: RecomputedLine[] = [];
  let letters = 0;
  for (let count = 1; lines.length < count; ) {
    const page = await http.request<RecomputationAnswer>(
      `/officer/elections/${uuid}/roll/recomputation?from=${lines.length}&limit=500`,
    );
    ({ count, letters } = page);
    if (page.entries.length === 0 && lines.length < count)
      throw new ApiError(502, "internal", "The registry shows fewer voters than it says.");
    for (const entry of page.entries) lines.push(lineOf(entry));
    onProgress(lines.length, count);
  }
  return { lines, letters };
}

/** The roll as it follows from each voter's key and blinding: what an officer compares before approving (DESIGN §5). */
export async function recomputeRoll(
  http: Http,
  uuid: string,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<{ roll: SortedRoll; letters: number }> {
  const { lines, letters } = await recomputationLines(http, uuid, onProgress);
  return { roll: expectedRoll(lines), letters };
}

/** {@link recomputeRoll}, or the same somewhere else: browsers do it away from the page. */
export type Recompute = (
  http: Http,
  uuid: string,
  onProgress?: (done: number, of: number) => void,
) => Promise<{ readonly roll: RollSum; readonly letters: number }>;

function lineOf(entry: RecomputationAnswer["entries"][number]): RecomputedLine {
  // Not asked whether it is in the subgroup, which takes a millisecond: credentials on the ledger are, so a key that is
  // not makes another roll than the ledger's.
  const key = curvePointFromBytes(fromHex(entry.public_key) ?? new Uint8Array(0));
  const blinding = scalarFromBytes(fromHex(entry.blinding) ?? new Uint8Array(0));
  const credential = fromHex(entry.credential);
  if (key === undefined || blinding === undefined || credential === undefined)
    throw new ApiError(502, "internal", `The registry's line for ${entry.digital_id} is malformed.`);
  return { key, blinding, weight: entry.weight, digitalId: entry.digital_id, credential };
}

/** What stands in the way of an honest approval of the seal. */
export class SealingRefused extends Error {
  override readonly name = "SealingRefused";
}

export interface SealOptions {
  readonly uniqueWeights?: boolean;
  readonly onProgress?: (done: number, of: number) => void;
  readonly recompute?: Recompute;
}

/**
 * Seals: recomputes roll, keys and manifest from the replayed ledger and the registry's lines, compares, approves. `plan`
 * is what this officer approved when the election was announced.
 */
export async function seal(
  http: Http,
  signer: Signer,
  ledger: ReplayedLedger,
  plan: Plan,
  options: SealOptions = {},
): Promise<ProposalAnswer> {
  const facts = sealingFacts(ledger.state, plan.uuid);
  if (facts === undefined || !bytesEqual(planHash(facts.plan), planHash(plan)))
    throw new SealingRefused("The plan on the ledger is not the one that was announced.");
  const waiting = waitsOfSealing(ledger.state, plan.uuid);
  if (waiting.length > 0 || facts.trusteesText === undefined)
    throw new SealingRefused(`It is too early to seal. ${waiting.join(" ")}`);
  const { roll, letters } = await (options.recompute ?? recomputeRoll)(http, plan.uuid, options.onProgress);
  const { body, manifest } = sealingOf(ledger.state, plan.uuid, {
    letters,
    uniqueWeights: options.uniqueWeights ?? false,
  });
  const fault = faultOfSealing(body, manifest, {
    chainId: signer.chainId,
    genesisHash: ledger.genesisHash,
    plan,
    roll,
    trusteesText: facts.trusteesText,
  });
  if (fault !== undefined) throw new SealingRefused(`The seal must not be approved: ${fault}.`);
  return act(http, signer, sealElection, body);
}

export function extend(http: Http, signer: Signer, uuid: string, closesAt: bigint): Promise<ProposalAnswer> {
  return act(http, signer, extendElection, { uuid, closesAt });
}

export function cancel(http: Http, signer: Signer, uuid: string, reason: string): Promise<ProposalAnswer> {
  return act(http, signer, cancelElection, { uuid, reason });
}

// Voters --------------------------------------------------------------------------------------------------------------

/** Imports a list as CSV; with `dryRun` nothing is stored. */
export function importVoters(
  http: Http,
  csv: string | Uint8Array,
  dryRun = false,
  invite = true,
): Promise<ImportAnswer> {
  return http.request(`/officer/voters/import?dry_run=${dryRun}&invite=${invite}`, {
    method: "POST",
    body: { type: "text/csv", content: csv },
  });
}

/** What happens to voters whom a list does not name, and whether new ones get an invitation by mail. */
export interface ListChoices {
  readonly gone?: "keep" | "suspend" | "remove";
  readonly gone_group?: string;
  readonly gone_district?: string;
  readonly invite?: boolean;
}

function choicesOf({ invite = true, ...choices }: ListChoices, preview?: string): string {
  const given = { ...choices, invite: String(invite), ...(preview === undefined ? {} : { preview }) };
  return new URLSearchParams(given).toString();
}

/** Compares a list with the registry; nothing is stored. */
export function previewVoters(http: Http, csv: string | Uint8Array, choices: ListChoices = {}): Promise<ListPreview> {
  const body = { type: "text/csv", content: csv };
  return http.request(`/officer/voters/import/preview?${choicesOf(choices)}`, { method: "POST", body });
}

/** Stores a list as it was previewed, with the same choices; 409 when it would do anything else by now. */
export function acceptVoters(
  http: Http,
  csv: string | Uint8Array,
  preview: string,
  choices: ListChoices = {},
): Promise<ImportAnswer> {
  const body = { type: "text/csv", content: csv };
  return http.request(`/officer/voters/import?${choicesOf(choices, preview)}`, { method: "POST", body });
}

/** The faulty lines of a list as CSV, each with its number and what is wrong. */
export async function faultyLines(http: Http, csv: string | Uint8Array): Promise<string> {
  const body = { type: "text/csv", content: csv };
  return (await http.raw("/officer/voters/import/faulty", { method: "POST", body })).text();
}

export function approveAll(
  http: Http,
  filter: { q?: string; group?: string; district?: string } = {},
): Promise<{ approved: number }> {
  return http.request("/officer/voters/approve-all", { method: "POST", json: { filter } });
}
