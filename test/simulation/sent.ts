/** A transaction under way: between the moment when it was made and its block, the world may have moved on. */
import type { Act } from "./acts.js";
import { countedSeats, type Election, type Model } from "./model.js";

export interface Sent {
  readonly act: Act;
  readonly wire: Uint8Array;
  /** What the bytes state of the ledger, as it was when they were made. */
  readonly stated: string;
}

export function sentAs(act: Act, wire: Uint8Array, model: Model): Sent {
  return { act, wire, stated: stated(act, model) };
}

/** The act as it is now: what it states of the ledger may have become wrong. */
export function asOfNow({ act, stated: then }: Sent, model: Model): Act {
  if (then === stated(act, model)) return act;
  if (act.kind === "seal-election") return { ...act, rightRoot: false, rightManifest: false };
  if (act.kind === "share-decryption" && act.fault === null) return { ...act, fault: "content" };
  return act;
}

function stated(act: Act, model: Model): string {
  if (act.kind !== "seal-election" && act.kind !== "share-decryption") return "";
  const election = model.elections.get(act.election);
  if (election === undefined) return "nothing";
  return act.kind === "seal-election" ? setUp(election) : counted(election);
}

function setUp({ ceremony, seats }: Election): string {
  return JSON.stringify([ceremony.number, ceremony.phase, seats.map(({ who, weight }) => [who, weight])]);
}

function counted(election: Election): string {
  return JSON.stringify([election.sealed, countedSeats(election).map(({ who, counted }) => [who, counted?.ballot])]);
}
