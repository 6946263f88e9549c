/**
 * An officer's check of a sample of the roll by another channel (DESIGN §5): the replayed ledger says which block drew
 * it, the registry says who these people are, and the officer asks them by some way that the registrar does not control.
 */
import { bytesEqual, toHex } from "#base/bytes.js";
import { pointToBytes } from "#crypto/group.js";
import { blindKey } from "#protocol/credential.js";
import { electionOf } from "#protocol/election.js";
import { expectedRoll } from "#protocol/officer.js";
import { drawSample, rollVersion, SampleWatch } from "#protocol/roll-sample.js";
import { ApiError, type Http } from "./http.js";
import { recomputationLines, SealingRefused } from "./officer.js";
import { replayLedger } from "./record.js";

/** One person to be asked. */
export interface SampledVoter {
  /** Place on the roll, from 0. */
  readonly position: number;
  readonly digitalId: string;
  readonly name: string;
  readonly email: string;
  /** Identity key, as the person's own client shows it: the person says whether it is theirs. */
  readonly publicKey: Uint8Array;
  readonly weight: number;
}

export interface RollSample {
  /** The block that drew it. */
  readonly height: number;
  readonly rollCount: number;
  /** How often the roll was begun: each time draws another sample, so a number above 1 needs a reason. */
  readonly generation: number;
  readonly voters: readonly SampledVoter[];
}

/** Not an error: the ledger has no block yet that could draw. */
export type NotYet = "not-drawn-yet";

/**
 * Draws `size` people (all of them, when the roll is shorter). Refused when the registry's lines do not give the roll on
 * the ledger; a 409 of the server when the roll is sealed and the registry shows it no more.
 */
export async function sampleRoll(http: Http, uuid: string, size: number): Promise<RollSample | NotYet> {
  const watch = new SampleWatch(uuid);
  const ledger = await replayLedger(http, uuid, {
    onBlock: (height, block, state) => watch.after(state, height, block.header),
  });
  if (!ledger.ok) throw new SealingRefused(ledger.error);
  const { state } = ledger.value;
  const entry = electionOf(state, uuid)?.record.entry;
  const version = rollVersion(state, uuid);
  if (entry === undefined || version === undefined || version.count === 0)
    throw new ApiError(409, "conflict", "No roll was entered for this election yet.");
  if (watch.drawn === undefined) return "not-drawn-yet";
  const { lines } = await recomputationLines(http, uuid);
  const roll = expectedRoll(lines);
  if (roll.count !== entry.rollCount || !bytesEqual(roll.root, entry.rollRoot))
    throw new SealingRefused("The registry's lines do not give the roll on the ledger. Do not seal it.");
  const { height, header } = watch.drawn;
  const source = { uuid, rollRoot: entry.rollRoot, rollCount: entry.rollCount, header };
  const positions = drawSample(source, Math.min(size, roll.count));
  const byCredential = new Map(lines.map((line) => [toHex(line.credential), line]));
  const voters: SampledVoter[] = [];
  for (const position of positions) {
    const credential = roll.lines[position]?.bytes as Uint8Array;
    const line = byCredential.get(toHex(credential));
    if (line === undefined || !bytesEqual(pointToBytes(blindKey(line.key, line.blinding)), credential))
      throw new SealingRefused(`The registry does not say whose entry ${position} of the roll is. Do not seal it.`);
    const { name, email } = await personOf(http, line.digitalId);
    const { digitalId, weight } = line;
    voters.push({ position, digitalId, name, email, publicKey: pointToBytes(line.key), weight });
  }
  return { height, rollCount: roll.count, generation: version.generation, voters };
}

interface VoterPage {
  readonly voters: readonly { readonly digital_id: string; readonly name: string; readonly email: string }[];
}

async function personOf(http: Http, digitalId: string): Promise<{ name: string; email: string }> {
  const { voters } = await http.request<VoterPage>(`/officer/voters?q=${encodeURIComponent(digitalId)}`);
  const found = voters.find((voter) => voter.digital_id === digitalId);
  if (found === undefined)
    throw new SealingRefused(`${digitalId} is on the roll, but not among the voters. Do not seal the roll.`);
  return found;
}
