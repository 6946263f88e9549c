/**
 * What passes from the booth to the second device: first the tracker (before the voter chooses to send or to test), then,
 * for a spoiled ballot only, choices and encryption randomness. Never a nonce of a proof or signature.
 */
import { fromBase64Url, toBase64Url } from "#base/bytes.js";
import { scalarFromBytes, scalarToBytes } from "#crypto/scalar.js";
import { electionObject } from "#protocol/ballot.js";
import { ballotFromText } from "#protocol/suite/belenios-v1/ballot.js";
import { type Choices, checkOpening, type Randomness } from "#protocol/suite/belenios-v1/seal.js";
import type { JudgedReceipt } from "#verify/receipt.js";
import type { Http } from "./http.js";
import { trackerFromPath, trackerPath } from "./receipt-file.js";
import { findBallot, type TrustedElection } from "./voter.js";

/** What the second device records before anything is sent. */
export interface Announced {
  readonly uuid: string;
  readonly tracker: string;
  readonly fingerprint: string;
}

export interface Opening {
  readonly uuid: string;
  readonly tracker: string;
  readonly choices: Choices;
  readonly randomness: Randomness;
}

const idPattern = /^[1-9A-HJ-NP-Za-km-z]{14,22}$/;

export function announcedText({ uuid, tracker, fingerprint }: Announced): string {
  return `t.${uuid}.${trackerPath(tracker)}.${trackerPath(fingerprint)}`;
}

export function announcedFromText(text: string): Announced | undefined {
  const [kind, uuid, tracker, fingerprint, ...rest] = text.trim().split(".");
  if (kind !== "t" || rest.length > 0 || uuid === undefined || !idPattern.test(uuid)) return undefined;
  if (!isHash(tracker) || !isHash(fingerprint)) return undefined;
  return { uuid, tracker: trackerFromPath(tracker), fingerprint: trackerFromPath(fingerprint) };
}

function isHash(text: string | undefined): text is string {
  return text !== undefined && fromBase64Url(text)?.length === 32;
}

export function openingText({ uuid, tracker, choices, randomness }: Opening): string {
  const digits = choices.map((vector) => vector.join("")).join("-");
  const scalars = randomness.flat().map(scalarToBytes);
  const bytes = new Uint8Array(scalars.length * 32);
  for (const [index, scalar] of scalars.entries()) bytes.set(scalar, index * 32);
  return `o.${uuid}.${trackerPath(tracker)}.${digits}.${toBase64Url(bytes)}`;
}

/** Total: whatever was scanned or pasted. */
export function openingFromText(text: string): Opening | undefined {
  const [kind, uuid, tracker, digits, packed, ...rest] = text.trim().split(".");
  if (kind !== "o" || rest.length > 0 || uuid === undefined || !idPattern.test(uuid) || !isHash(tracker))
    return undefined;
  if (digits === undefined || !/^[01]+(-[01]+)*$/.test(digits)) return undefined;
  const choices = digits.split("-").map((vector) => [...vector].map(Number));
  const bytes = fromBase64Url(packed ?? "");
  if (bytes === undefined || bytes.length !== 32 * choices.flat().length) return undefined;
  let at = 0;
  const randomness: bigint[][] = [];
  for (const vector of choices) {
    const row: bigint[] = [];
    for (const _ of vector) {
      const scalar = scalarFromBytes(bytes.slice(at, at + 32));
      if (scalar === undefined) return undefined;
      row.push(scalar);
      at += 32;
    }
    randomness.push(row);
  }
  return { uuid, tracker: trackerFromPath(tracker), choices, randomness };
}

/** A ballot that the ledger shows with proof: what kind it is and its text. */
export interface ShownBallot {
  readonly judged: JudgedReceipt;
  readonly text: string;
}

/** Fetches the ballot that was announced, with proof; throws as {@link findBallot} does. */
export async function announcedBallot(http: Http, election: TrustedElection, tracker: string): Promise<ShownBallot> {
  const { judged, ballot } = await findBallot(http, election, tracker);
  return { judged, text: ballot };
}

/** Whether the opening opens this very ballot of the ledger. */
export function opens(election: TrustedElection, shown: ShownBallot, opening: Opening): boolean {
  const ballot = ballotFromText(shown.text);
  return (
    ballot.ok && checkOpening(electionObject(election.electionText), ballot.value, opening.choices, opening.randomness)
  );
}
