/**
 * A voter's acts: register, sign in, take the election from the ledger with proof, seal, cast or test, judge receipts.
 * Secrets stay here; the server's word is believed in nothing that a proof can show.
 */
import { parseInstant } from "#api/instant.js";
import type { SignatureJson } from "#api/management.js";
import type { ReceiptJson } from "#api/voting.js";
import { bytesEqual, fromBase64Url, fromHex, toBase64Url, toHex, utf8 } from "#base/bytes.js";
import { sha256Base64 } from "#crypto/hash.js";
import type { Random } from "#crypto/scalar.js";
import type { BallotType } from "#protocol/ballot.js";
import { decode } from "#protocol/encoding/shape.js";
import { type Identity, keyBytes } from "#protocol/identity.js";
import { electionTextOf, type Manifest, manifestHash, manifestShape } from "#protocol/manifest.js";
import type { Choices, SealingTables } from "#protocol/suite/belenios-v1/seal.js";
import {
  type BoothElection,
  credentialIn,
  type FinishedBallot,
  finishBallot,
  mismatchTransaction,
  type PreparedBallot,
  prepareBallot,
} from "#protocol/voter.js";
import {
  type JudgedCredential,
  type JudgedReceipt,
  judgeCredentialReceipt,
  judgeElectionReceipt,
  judgeReceipt,
  type Receipt,
  type ReceiptTrust,
} from "#verify/receipt.js";
import { ApiError, type Http } from "./http.js";
import { signJson } from "./session.js";
import { Untrustworthy } from "./untrustworthy.js";

export interface RegisterAnswer {
  readonly id: string;
  readonly digital_id: string;
}

/** Asks to be registered. The answer says nothing about whether the address is known. */
export function register(
  http: Http,
  person: { name: string; email: string; language?: string; organisation?: string },
  identity?: Identity,
): Promise<RegisterAnswer> {
  const json = identity === undefined ? person : { ...person, public_key: toHex(keyBytes(identity)) };
  return http.request("/register", { method: "POST", json });
}

/** Binds the identity's key to the registration whose mailed token this is. */
export function confirm(
  http: Http,
  token: string,
  identity: Identity,
  random: Random,
): Promise<RegisterAnswer & { status: string }> {
  const signature: SignatureJson = signJson("confirm", "", identity, utf8(`confirm|${token}`), random);
  return http.request("/register/confirm", {
    method: "POST",
    json: { token, public_key: toHex(keyBytes(identity)), signature },
  });
}

/** What anchors a ledger from outside the page: from the mail, the letter, or a first visit that is then remembered. */
export interface LedgerAnchor {
  readonly chainId: string;
  /** What orders the blocks: one node, or the validators of a network. */
  readonly engine: "embedded" | "cometbft";
  /** The node's key, or the hash of the first set of validators. */
  readonly engineKey: Uint8Array;
}

interface StatusAnswer {
  readonly chain_id: string;
  readonly engine: LedgerAnchor["engine"];
  readonly engine_key: string;
  readonly genesis_hash: string;
  readonly height: number;
}

/** The anchor that the server itself gives. To be compared with another source; better than nothing, not more. */
export async function anchorOf(http: Http): Promise<LedgerAnchor> {
  const status = await http.request<StatusAnswer>("/ledger/status", { fresh: true });
  const engineKey = fromHex(status.engine_key);
  if (engineKey === undefined || engineKey.length !== 32) throw new Untrustworthy("The ledger's key is malformed.");
  return { chainId: status.chain_id, engine: status.engine, engineKey };
}

/** Compares a receipt that was judged with what another node shows; throws {@link Untrustworthy} when they differ. */
export type Compare = (receipt: ReceiptJson) => Promise<void>;

/** A sealed election, taken from the ledger with proof. */
export interface TrustedElection extends BoothElection {
  /** Asks a second node about every receipt of this election, if there is one (`client/second-node.ts`). */
  readonly compare?: Compare;
  readonly manifest: Manifest;
  readonly fingerprint: string;
  readonly trust: ReceiptTrust;
}

interface ManifestAnswer {
  readonly manifest: string;
  readonly election: string;
  readonly trustees: string;
  readonly fingerprint: string;
  readonly receipt: ReceiptJson;
}

/**
 * Takes an election's manifest, key and text from the ledger and proves them against the anchor (rows K-12, T-04).
 * `fingerprint`: as the voter knows it from a mail or letter, if so.
 */
export async function electionOf(
  http: Http,
  uuid: string,
  anchor: LedgerAnchor,
  fingerprint?: string,
  compare?: Compare,
): Promise<TrustedElection> {
  const answer = await http.request<ManifestAnswer>(`/elections/${uuid}/manifest`, { fresh: true });
  const bytes = fromBase64Url(answer.manifest);
  const manifest = bytes === undefined ? undefined : decode(manifestShape, bytes, "manifest");
  if (manifest?.ok !== true) throw new Untrustworthy("The election's manifest is malformed.");
  const text = electionTextOf(manifest.value);
  const computed = sha256Base64(text);
  if (text !== answer.election || computed !== answer.fingerprint)
    throw new Untrustworthy(
      "The election's text does not follow from its manifest. Do not vote here; tell the organiser.",
    );
  if (fingerprint !== undefined && fingerprint !== computed)
    throw new Untrustworthy(
      "This is not the election whose fingerprint you were given. Do not vote here; tell the organiser.",
    );
  const trust: ReceiptTrust = { ...anchor, uuid, electionText: text, fingerprint: computed };
  const judged = judgeElectionReceipt(receiptFromJson(answer.receipt), trust);
  const bound = judged.entry?.manifestHash;
  if (bound === undefined || bound === null || !bytesEqual(bound, manifestHash(manifest.value)))
    throw new Untrustworthy(
      "The ledger does not prove this election. Do not vote here; tell the organiser.",
      judged.report,
    );
  await compare?.(answer.receipt);
  const election = { chainId: anchor.chainId, uuid, electionText: text, manifest: manifest.value };
  return { ...election, fingerprint: computed, trust, ...(compare === undefined ? {} : { compare }) };
}

/** The voter's credential in an election. */
export function credentialFor(election: TrustedElection, identity: Identity): Identity {
  const { rollKey } = election.manifest.plan;
  const credential = credentialIn({ chainId: election.chainId, uuid: election.uuid, rollKey }, identity);
  if (credential === undefined) throw new Untrustworthy("The registrar's key for this election is malformed.");
  return credential;
}

interface CredentialAnswer {
  readonly on_roll: boolean;
  readonly last_sequence: number;
  readonly receipt: ReceiptJson | null;
}

/** What the ledger proves about a credential; `undefined`: it is not on the roll (which is the server's word only). */
export async function credentialState(
  http: Http,
  election: TrustedElection,
  credential: Identity,
): Promise<NonNullable<JudgedCredential["shows"]> | undefined> {
  const key = keyBytes(credential);
  // Never out of a browser's own store: who votes again has just changed the answer.
  const path = `/elections/${election.uuid}/credentials/${toHex(key)}`;
  const answer = await http.request<CredentialAnswer>(path, { fresh: true });
  if (answer.receipt === null) return undefined;
  const judged = judgeCredentialReceipt(receiptFromJson(answer.receipt), election.trust, key);
  if (judged.shows === undefined)
    throw new Untrustworthy("The ledger does not prove what the server says about your credential.", judged.report);
  await election.compare?.(answer.receipt);
  return judged.shows;
}

/** Seals choices; whether the ballot is cast or tests the device is decided afterwards. */
export function sealChoices(
  election: TrustedElection,
  credential: Identity,
  choices: Choices,
  random: Random,
  tables?: SealingTables,
): PreparedBallot {
  const prepared = prepareBallot(election, credential, choices, random, tables);
  if (!prepared.ok) throw new ApiError(400, prepared.error.code, prepared.error.detail);
  return prepared.value;
}

interface CastAnswer {
  readonly tracker: string;
  readonly height: number;
  readonly time: string;
  readonly receipt: ReceiptJson;
}

/** A recorded ballot: the client itself has judged the receipt. */
export interface RecordedBallot {
  readonly tracker: string;
  readonly sequence: number;
  readonly receipt: ReceiptJson;
  readonly shows: NonNullable<JudgedReceipt["shows"]>;
}

/**
 * Sends a prepared ballot and judges the receipt. Repeats after failures of the network with the same bytes, which is
 * safe: casting is idempotent. No cookie goes with it.
 */
export async function send(
  http: Http,
  type: "cast" | "spoil",
  election: TrustedElection,
  credential: Identity,
  sequence: number,
  prepared: PreparedBallot,
  random: Random,
): Promise<RecordedBallot> {
  const kind: BallotType = type === "cast" ? "cast-ballot" : "spoil-ballot";
  const finished = finishBallot(kind, election, credential, sequence, prepared, random);
  const answer = await http.request<CastAnswer>("/vote", {
    method: "POST",
    json: castJson(election, credential, finished),
    repeat: true,
    anonymous: true,
  });
  if (answer.tracker !== prepared.tracker)
    throw new Untrustworthy("The server answered with another tracker than that of your ballot.");
  const judged = judgeReceipt(receiptFromJson(answer.receipt), election.trust, {
    tracker: prepared.trackerBytes,
    credential: keyBytes(credential),
    sequence,
    kind: type === "cast" ? "cast" : "spoiled",
    ballotText: prepared.text,
  });
  if (judged.shows === undefined)
    throw new Untrustworthy(
      "The receipt does not prove that your ballot is recorded. Keep it and tell the organiser.",
      judged.report,
    );
  await election.compare?.(answer.receipt);
  return { tracker: answer.tracker, sequence, receipt: answer.receipt, shows: judged.shows };
}

/** Body of `POST /vote`. */
export function castJson(
  election: BoothElection,
  credential: Identity,
  ballot: FinishedBallot,
): Record<string, unknown> {
  return {
    election_id: election.uuid,
    type: ballot.type === "cast-ballot" ? "cast" : "spoil",
    ballot: toBase64Url(ballot.ballot),
    credential: toHex(keyBytes(credential)),
    sequence: ballot.sequence,
    signature: { commitment: toBase64Url(ballot.commitment), response: toHex(ballot.response) },
  };
}

/** Seals and casts in one go: the next sequence number comes from the proved state. */
export async function vote(
  http: Http,
  election: TrustedElection,
  identity: Identity,
  choices: Choices,
  random: Random,
  tables?: SealingTables,
): Promise<RecordedBallot> {
  const credential = credentialFor(election, identity);
  const state = await credentialState(http, election, credential);
  if (state === undefined) throw new ApiError(403, "not-on-roll", "This identity is not on the roll of the election.");
  const prepared = sealChoices(election, credential, choices, random, tables);
  return send(http, "cast", election, credential, state.lastSequence + 1, prepared, random);
}

/** Reports that a spoiled ballot did not hold what the device had shown. Counted on the board, judged by people. */
export async function reportMismatch(
  http: Http,
  election: TrustedElection,
  credential: Identity,
  report: { readonly tracker: Uint8Array; readonly kind: Parameters<typeof mismatchTransaction>[1]["kind"] },
  random: Random,
): Promise<void> {
  const body = { uuid: election.uuid, credential: keyBytes(credential), ...report } as Parameters<
    typeof mismatchTransaction
  >[1];
  const wire = mismatchTransaction(election.chainId, body, credential, random);
  await http.request("/transactions", { method: "POST", json: { transaction: toBase64Url(wire) }, repeat: true });
}

export interface FoundBallot {
  readonly judged: JudgedReceipt;
  readonly receipt: ReceiptJson;
  /** Canonical text; its hash is the tracker, which the judge has compared. */
  readonly ballot: string;
  /** The server's word: tracker of the later ballot of the same voter. */
  readonly supersededBy: string | null;
}

/** Where a ballot stands now, by its tracker; judged. */
export async function findBallot(http: Http, election: TrustedElection, tracker: string): Promise<FoundBallot> {
  const path = tracker.replaceAll("+", "-").replaceAll("/", "_");
  const answer = await http.request<{ receipt: ReceiptJson; ballot: string; superseded_by: string | null }>(
    `/elections/${election.uuid}/ballots/${path}`,
  );
  const bytes = fromBase64Url(path);
  if (bytes === undefined) throw new ApiError(400, "invalid-request", "This is not a tracker.");
  const expected = { tracker: bytes, ballotText: answer.ballot };
  const judged = judgeReceipt(receiptFromJson(answer.receipt), election.trust, expected);
  if (judged.shows !== undefined) await election.compare?.(answer.receipt);
  return {
    judged,
    receipt: answer.receipt,
    ballot: answer.ballot,
    supersededBy: answer.superseded_by,
  };
}

/** A receipt out of JSON into bytes. */
export function receiptFromJson(json: ReceiptJson): Receipt {
  const [proof, header, evidence] = [json.proof, json.header, json.evidence].map(fromBase64Url);
  const time = parseInstant(json.time);
  if (proof === undefined || header === undefined || evidence === undefined || !time.ok)
    throw new Untrustworthy("The receipt is malformed.");
  return { chainId: json.chain_id, height: json.height, time: time.value, proof, header, evidence };
}

/** Replaces the key of the voter who is signed in: needs the mailed token, signed by the new key. Ends all sessions. */
export async function replaceKey(http: Http, token: string, identity: Identity, random: Random): Promise<void> {
  const signature: SignatureJson = signJson("confirm", "", identity, utf8(`confirm|${token}`), random);
  await http.request("/me/key", {
    method: "PUT",
    json: { token, public_key: toHex(keyBytes(identity)), signature },
  });
}
