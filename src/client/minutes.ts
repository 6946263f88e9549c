/** Making minutes again from the ledger's record, and judging signed ones. */
import type { SignedMinutes } from "#api/minutes.js";
import { bytesEqual, fromHex, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { pointFromBytes } from "#crypto/group.js";
import { type Random, scalarFromBytes, scalarToBytes } from "#crypto/scalar.js";
import { verifySignature } from "#crypto/schnorr.js";
import { type Identity, keyBytes } from "#protocol/identity.js";
import { describe } from "#protocol/machine.js";
import {
  canonicalText,
  type Minutes,
  type MinutesEvent,
  type MinutesInterval,
  minutesContext,
  minutesHash,
  minutesOf,
  signMinutes,
} from "#protocol/minutes.js";
import { organisationOf } from "#protocol/organisation.js";
import type { BlockFrame } from "#protocol/record.js";
import type { StateReader } from "#protocol/state.js";
import type { BallotBody } from "#protocol/transactions/cast-ballot.js";
import type { BlockFacts } from "./record.js";

/** Gathers what minutes need while a ledger is replayed: pass `onBlock` to the replay. */
export interface MinutesGatherer {
  onBlock(height: number, block: BlockFrame, state: StateReader, facts: BlockFacts): void;
  /** The minutes as of the block whose height was given, or `undefined` when the record does not reach it. */
  minutes(): Minutes | undefined;
}

const HOUR = 3_600_000_000_000n;

export function gatherMinutes(uuid: string, height: number): MinutesGatherer {
  const events: MinutesEvent[] = [];
  const hours = new Map<bigint, { ballots: number; voters: number }>();
  const voters = new Set<string>();
  let made: Minutes | undefined;
  return {
    minutes: () => made,
    onBlock: (at, block, state, { time, root }) => {
      if (at > height) return;
      // A replayed block holds nothing that was refused.
      for (const wire of block.transactions) {
        const transaction = describe(wire);
        if (transaction === undefined || (transaction.body as { uuid?: string }).uuid !== uuid) continue;
        if (transaction.type === "cast-ballot" || transaction.type === "spoil-ballot") {
          const { credential } = transaction.body as BallotBody;
          const since = time - (time % HOUR);
          const hour = hours.get(since) ?? { ballots: 0, voters: 0 };
          hour.ballots += 1;
          if (transaction.type === "cast-ballot" && !voters.has(toHex(credential))) {
            voters.add(toHex(credential));
            hour.voters += 1;
          }
          hours.set(since, hour);
        } else
          events.push({
            time: formatInstant(time),
            height: at,
            type: transaction.type,
            transaction: transaction.id,
          });
      }
      if (at === height)
        made = minutesOf(state, uuid, {
          height,
          time,
          root,
          turnout: turnoutOf(hours),
          events,
        });
    },
  };
}

function turnoutOf(hours: ReadonlyMap<bigint, { ballots: number; voters: number }>): MinutesInterval[] {
  return [...hours]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([since, counts]) => ({ from: formatInstant(since), ...counts }));
}

/** What does not hold about signed minutes, in sentences; `made` are those of the record, `state` is its last state. */
export function faultsOfMinutes(signed: SignedMinutes, made: Minutes | undefined, state: StateReader): string[] {
  const faults: string[] = [];
  const minutes: Minutes = signed.minutes as Minutes;
  if (toHex(minutesHash(minutes)) !== signed.hash) faults.push("The hash is not that of the minutes.");
  if (made === undefined) faults.push(`The record does not reach block ${minutes.ledger.height}.`);
  else {
    const given = minutes as unknown as Readonly<Record<string, unknown>>;
    for (const [part, value] of Object.entries(made))
      if (canonicalText(value) !== canonicalText(given[part]))
        faults.push(`The part “${part}” does not follow from the ledger.`);
  }
  const organisation = organisationOf(state, minutes.organisation.id)?.entry.fields;
  for (const { by, name, key: hex, signature } of signed.signatures) {
    const key = fromHex(hex);
    const known =
      key !== undefined &&
      organisation !== undefined &&
      (by === "registrar"
        ? bytesEqual(organisation.registrarKey, key)
        : organisation.officers.some((officer) => bytesEqual(officer.key, key)));
    if (!known) faults.push(`“${name}” signed with a key that is no ${by}'s of this organisation.`);
    if (!signatureHolds(minutes, hex, signature)) faults.push(`The signature of “${name}” does not hold.`);
  }
  return faults;
}

/** Minutes with an officer's signature under the hash of what they say; an earlier one by the same key is replaced. */
export function withOfficer(signed: SignedMinutes, name: string, identity: Identity, random: Random): SignedMinutes {
  const minutes = signed.minutes as Minutes;
  const { challenge, response } = signMinutes(minutes, identity.secret, random);
  const key = toHex(keyBytes(identity));
  const signature = { challenge: toHex(scalarToBytes(challenge)), response: toHex(scalarToBytes(response)) };
  return {
    ...signed,
    hash: toHex(minutesHash(minutes)),
    signatures: [...signed.signatures.filter((each) => each.key !== key), { by: "officer", name, key, signature }],
  };
}

function signatureHolds(minutes: Minutes, keyHex: string, signature: { challenge: string; response: string }): boolean {
  const key = pointFromBytes(fromHex(keyHex) ?? new Uint8Array());
  const [challenge, response] = [signature.challenge, signature.response].map((hex) =>
    scalarFromBytes(fromHex(hex) ?? new Uint8Array()),
  );
  if (key === undefined || challenge === undefined || response === undefined) return false;
  return verifySignature(minutesContext(minutes), key, minutesHash(minutes), { challenge, response });
}
