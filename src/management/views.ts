/** Elections, organisations, ceremonies and results of the ledger's state as JSON for readers. */
import type { z } from "zod";
import type {
  ceremonySchema,
  ElectionSummary,
  electionSchema,
  organisationSchema,
  resultSchema,
} from "#api/management.js";
import { planToJson } from "#api/plan.js";
import { refuseWith } from "#api/rejection.js";
import { toBase64Url, toHex } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { pointToBytes } from "#crypto/group.js";
import {
  type CeremonyRecord,
  ceremonies,
  ceremonyShape,
  hasActed,
  missing,
  mustAct,
  ownerPlaces,
  phaseDeadline,
} from "#protocol/ceremony.js";
import {
  decryptionDeadline,
  decryptionStart,
  type ElectionRecord,
  electionOf,
  results,
  sealeds,
  stageOf,
} from "#protocol/election.js";
import { encode } from "#protocol/encoding/shape.js";
import { chainOf } from "#protocol/genesis.js";
import { electionKeysOf } from "#protocol/manifest.js";
import { type OrganisationRecord, organisationOf } from "#protocol/organisation.js";
import type { Plan } from "#protocol/plan.js";
import { reject } from "#protocol/rejections.js";
import type { StateReader } from "#protocol/state.js";

export interface View {
  readonly reader: StateReader;
  readonly height: number;
  /** The moment the view is of, nanoseconds: stages depend on it. */
  readonly now: bigint;
}

/** The answer for an election that does not exist: the machine's own code. */
export function noElection(uuid: string): never {
  return refuseWith(reject("unknown-election", uuid));
}

type Found = { readonly record: ElectionRecord; readonly plan: Plan };

/** One election in a list. */
export function summaryOf(view: View, found: Found): ElectionSummary {
  const { entry } = found.record;
  return {
    id: entry.uuid,
    title: found.plan.name,
    organisation: found.plan.organisation,
    start_date: formatInstant(entry.opensAt),
    end_date: formatInstant(entry.closesAt),
    stage: stageOf(entry, found.plan, view.now),
    sitting: found.plan.sitting,
    roll: entry.rollCount,
    counted: entry.counted,
    practice: chainOf(view.reader).practice,
  };
}

/** Everything that is public about one election, or `undefined`. */
export function electionView(view: View, uuid: string): z.output<typeof electionSchema> | undefined {
  const found = electionOf(view.reader, uuid);
  if (found === undefined) return undefined;
  const { entry } = found.record;
  const keys = electionKeysOf(view.reader, entry);
  return {
    ...summaryOf(view, found),
    chain_id: chainOf(view.reader).chainId,
    plan: planToJson(found.plan),
    plan_hash: toHex(entry.planHash),
    fingerprint: sealeds.get(view.reader, uuid)?.fingerprint ?? null,
    manifest_hash: entry.manifestHash === null ? null : toHex(entry.manifestHash),
    election_key: keys === undefined ? null : toHex(pointToBytes(keys.electionKey)),
    roll_weight: entry.rollWeight,
    roll_root: toHex(entry.rollRoot),
    ballots: entry.ballotCount,
    spoiled: entry.spoiled,
    mismatches: entry.mismatches,
    reissued: entry.reissued,
    shares: entry.shares,
    ceremony_phase: ceremonies.get(view.reader, uuid)?.phase ?? "commit",
    decryption_start: formatInstant(decryptionStart(entry, found.plan)),
    decryption_deadline: formatInstant(decryptionDeadline(entry, found.plan)),
    height: view.height,
  };
}

export function organisationView(view: View, organisation: OrganisationRecord): z.output<typeof organisationSchema> {
  const { fields, revision } = organisation.entry;
  return {
    id: fields.id,
    name: fields.name,
    officers: fields.officers.map((officer) => ({ name: officer.name, key: toHex(officer.key) })),
    threshold: fields.threshold,
    revision,
    registrar_key: toHex(fields.registrarKey),
    founder: chainOf(view.reader).founder === fields.id,
  };
}

export function organisationById(view: View, id: string): z.output<typeof organisationSchema> | undefined {
  const organisation = organisationOf(view.reader, id);
  return organisation === undefined ? undefined : organisationView(view, organisation);
}

const STEPS = ["commit", "reveal", "deal", "accept", "rehearse"] as const;

/** Who has done what in the key ceremony, and whose step is awaited. */
export function ceremonyView(view: View, uuid: string): z.output<typeof ceremonySchema> | undefined {
  const found = electionOf(view.reader, uuid);
  const ceremony = ceremonies.get(view.reader, uuid);
  if (found === undefined || ceremony === undefined) return undefined;
  const deadline = phaseDeadline(ceremony, found.plan);
  return {
    number: ceremony.number,
    phase: ceremony.phase,
    deadline: deadline === undefined ? null : formatInstant(deadline),
    missing: missing(ceremony).map((place) => nameAt(ceremony, place)),
    culprits: ceremony.culprits.map((culprit) => ({ trustee: culprit.name, reason: culprit.reason })),
    trustees: ceremony.trustees.map((trustee) => ({
      name: trustee.name,
      key: toHex(trustee.key),
      part: trustee.part,
      done: STEPS.filter((step) => mustAct(trustee, step) && hasActed(trustee, step)),
    })),
    threshold: ceremony.threshold,
    record: toBase64Url(encode(ceremonyShape, ceremony)),
  };
}

/** Names of trustees by owner number (from 1). */
export function ownerNames(view: View, uuid: string): string[] {
  const ceremony = ceremonies.get(view.reader, uuid);
  return ceremony === undefined ? [] : ownerPlaces(ceremony).map((place) => nameAt(ceremony, place));
}

function nameAt(ceremony: CeremonyRecord, place: number): string {
  return ceremony.trustees[place]?.name ?? "";
}

/** The result of a tallied election, or `undefined` when there is none. */
export function resultView(view: View, uuid: string): z.output<typeof resultSchema> | undefined {
  const found = electionOf(view.reader, uuid);
  const result = results.get(view.reader, uuid);
  if (found === undefined || result === undefined) return undefined;
  const { entry } = found.record;
  const names = ownerNames(view, uuid);
  return {
    election_id: uuid,
    stage: stageOf(entry, found.plan, view.now),
    counted: entry.counted,
    counted_weight: entry.countedWeight,
    roll: entry.rollCount,
    spoiled: entry.spoiled,
    questions: found.plan.questions.map((question, i) => {
      const counts = [...(result.counts[i] ?? [])];
      // With a blank choice the first place of the vote vector is the blank one.
      const blank = question.blank ? (counts.shift() as number) : null;
      return {
        question: question.question,
        answers: question.answers.map((answer, k) => ({ answer, count: counts[k] as number })),
        blank,
      };
    }),
    trustees: result.owners.map((owner) => names[owner - 1] ?? ""),
    text: result.text,
  };
}
