/** A transaction under way: between the moment when it was made and its block, the world may have moved on. */
import type { Act } from "./acts.js";
import { countedSeats, type Election, type Model } from "./model.js";

export interface Sent {
  readonly act: Act;
  readonly wire: Uint8Array;
  /** What the bytes state of the ledger, as it was when they were made: the roll or the ballots, and the rest. */
  readonly stated: readonly [first: string, rest: string];
}

export function sentAs(act: Act, wire: Uint8Array, model: Model): Sent {
  return { act, wire, stated: stated(act, model) };
}

/** The act as it is now: what it states of the ledger may have become wrong. */
export function asOfNow({ act, stated: then }: Sent, model: Model): Act {
  const now = stated(act, model);
  const [sameFirst, sameRest] = [then[0] === now[0], then[1] === now[1]];
  if (act.kind === "seal-election")
    return {
      ...act,
      rightRoot: act.rightRoot && sameFirst,
      rightManifest: act.rightManifest && sameFirst && sameRest,
    };
  if (act.kind === "share-decryption" && act.fault === null && !(sameFirst && sameRest))
    return { ...act, fault: "content" };
  return act;
}

function stated(act: Act, model: Model): Sent["stated"] {
  if (act.kind !== "seal-election" && act.kind !== "share-decryption") return ["", ""];
  const election = model.elections.get(act.election);
  if (election === undefined) return ["nothing", ""];
  return act.kind === "seal-election" ? setUp(election) : counted(election);
}

function setUp({ ceremony, seats }: Election): Sent["stated"] {
  return [JSON.stringify(seats.map(({ who, weight }) => [who, weight])), `${ceremony.number} ${ceremony.phase}`];
}

function counted(election: Election): Sent["stated"] {
  const ballots = countedSeats(election).map(({ who, counted }) => [who, counted?.ballot]);
  return [JSON.stringify(ballots), `${election.sealed}`];
}
