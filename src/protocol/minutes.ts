/**
 * The minutes of an election: what a commission files. A pure function of the ledger, so whoever has the record makes the
 * same bytes, and a signature under them can be checked against the ledger, not only against a key.
 */
import { concat, toBase64Url, toHex, utf8 } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { pointToBytes } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import type { Random } from "#crypto/scalar.js";
import { type SignatureContext, sign } from "#crypto/schnorr.js";
import { ceremonies, ownerPlaces } from "./ceremony.js";
import { type Decision, type DecisionRule, decide, ruleLine, rulesIn } from "./decision.js";
import { type ElectionEntry, type ElectionResult, electionOf, results, sealeds, shares, stageOf } from "./election.js";
import { decode } from "./encoding/shape.js";
import { chainOf } from "./genesis.js";
import { electionKeysOf, type Manifest, manifestShape } from "./manifest.js";
import { organisationOf } from "./organisation.js";
import type { Plan } from "./plan.js";
import type { StateReader } from "./state.js";

export interface MinutesEvent {
  readonly time: string;
  readonly height: number;
  readonly type: string;
  /** SHA-256 of the transaction, hex. */
  readonly transaction: string;
}

export interface MinutesInterval {
  /** Beginning of the hour, RFC 3339. */
  readonly from: string;
  readonly ballots: number;
  /** Voters whose first ballot came then. */
  readonly voters: number;
}

export interface MinutesQuestion {
  readonly question: string;
  readonly answers: readonly { readonly answer: string; readonly count: number }[];
  readonly blank: number | null;
  /** The rule as it stands in the description; null where none was announced: then nothing is concluded. */
  readonly rule: string | null;
  readonly decision: {
    readonly outcome: Decision["outcome"];
    readonly elected: readonly string[];
    readonly tied: readonly string[];
    readonly needed: number;
    readonly quorum_needed: number;
  } | null;
}

export interface Minutes {
  readonly version: "psephos-minutes-1";
  readonly ledger: {
    readonly chain_id: string;
    readonly genesis_hash: string;
    readonly engine: string;
    readonly practice: boolean;
    /** What the minutes are of: the state after this block. */
    readonly height: number;
    readonly time: string;
    readonly root: string;
  };
  readonly organisation: { readonly id: string; readonly name: string };
  readonly election: {
    readonly id: string;
    readonly title: string;
    readonly description: string;
    readonly language: string;
    readonly stage: string;
    readonly opens_at: string;
    readonly closes_at: string;
    readonly plan_hash: string;
    readonly manifest_hash: string | null;
    readonly fingerprint: string | null;
    readonly election_key: string | null;
  };
  readonly roll: {
    readonly count: number;
    readonly weight: number;
    readonly root: string;
    /** Keys that came by letter, as the manifest states; null before sealing. */
    readonly letters: number | null;
    readonly reissued: number;
  };
  readonly ballots: {
    readonly accepted: number;
    readonly spoiled: number;
    readonly mismatches: number;
    readonly mismatch_inquiry: number;
    readonly log_root: string;
    readonly voters: number;
    readonly weight: number;
  };
  readonly turnout: readonly MinutesInterval[];
  readonly events: readonly MinutesEvent[];
  readonly trustees: {
    readonly threshold: number;
    readonly list: readonly {
      readonly name: string;
      readonly key: string;
      readonly part: string;
      /** Whether this trustee gave a share for opening the sum. */
      readonly shared: boolean;
    }[];
  };
  readonly result: {
    readonly questions: readonly MinutesQuestion[];
    /** Names of those whose shares were combined. */
    readonly opened_by: readonly string[];
    /** SHA-256 of the result object's text. */
    readonly text_hash: string;
  } | null;
  /** Sentences and commands by which anyone checks all of this. */
  readonly verify: readonly string[];
}

/** What the minutes are of, beside the state itself. */
export interface MinutesSource {
  readonly height: number;
  /** Time of the block, nanoseconds. */
  readonly time: bigint;
  readonly root: Uint8Array;
  readonly turnout: readonly MinutesInterval[];
  readonly events: readonly MinutesEvent[];
}

/** The minutes, or `undefined` when the state has no such election. */
export function minutesOf(reader: StateReader, uuid: string, source: MinutesSource): Minutes | undefined {
  const found = electionOf(reader, uuid);
  if (found === undefined) return undefined;
  const { plan } = found;
  const { entry } = found.record;
  const chain = chainOf(reader);
  const manifest = manifestIn(reader, uuid);
  return {
    version: "psephos-minutes-1",
    ledger: {
      chain_id: chain.chainId,
      genesis_hash: toHex(chain.genesisHash),
      engine: chain.engine,
      practice: chain.practice,
      height: source.height,
      time: formatInstant(source.time),
      root: toHex(source.root),
    },
    organisation: { id: plan.organisation, name: organisationOf(reader, plan.organisation)?.entry.fields.name ?? "" },
    election: electionPart(reader, plan, entry, source.time),
    roll: {
      count: entry.rollCount,
      weight: entry.rollWeight,
      root: toHex(entry.rollRoot),
      letters: manifest?.letters ?? null,
      reissued: entry.reissued,
    },
    ballots: {
      accepted: entry.ballotCount,
      spoiled: entry.spoiled,
      mismatches: entry.mismatches,
      mismatch_inquiry: plan.rules.mismatchInquiry,
      log_root: toHex(entry.ballotRoot),
      voters: entry.counted,
      weight: entry.countedWeight,
    },
    turnout: source.turnout,
    events: source.events,
    trustees: trusteesPart(reader, plan, entry),
    result: resultPart(reader, plan, entry),
    verify: howToVerify(uuid, entry.resultHash !== null),
  };
}

function manifestIn(reader: StateReader, uuid: string): Manifest | undefined {
  const bytes = sealeds.get(reader, uuid)?.manifest;
  const decoded = bytes === undefined ? undefined : decode(manifestShape, bytes, "manifest");
  return decoded?.ok === true ? decoded.value : undefined;
}

function electionPart(reader: StateReader, plan: Plan, entry: ElectionEntry, now: bigint): Minutes["election"] {
  const keys = electionKeysOf(reader, entry);
  return {
    id: plan.uuid,
    title: plan.name,
    description: plan.description,
    language: plan.language,
    stage: stageOf(entry, plan, now),
    opens_at: formatInstant(entry.opensAt),
    closes_at: formatInstant(entry.closesAt),
    plan_hash: toHex(entry.planHash),
    manifest_hash: entry.manifestHash === null ? null : toHex(entry.manifestHash),
    fingerprint: sealeds.get(reader, plan.uuid)?.fingerprint ?? null,
    election_key: keys === undefined ? null : toHex(pointToBytes(keys.electionKey)),
  };
}

/** Owner numbers begin with the mandatory trustees; places are those of the ceremony's list. */
function trusteesPart(reader: StateReader, plan: Plan, { uuid }: ElectionEntry): Minutes["trustees"] {
  const ceremony = ceremonies.get(reader, uuid);
  const list = ceremony?.trustees ?? plan.trustees;
  const places = ceremony === undefined ? [] : ownerPlaces(ceremony);
  const shared = new Set(places.filter((_, i) => shares.get(reader, uuid, i + 1) !== undefined));
  return {
    threshold: ceremony?.threshold ?? plan.threshold,
    list: list.map(({ name, key, part }, place) => ({ name, key: toHex(key), part, shared: shared.has(place) })),
  };
}

function resultPart(reader: StateReader, plan: Plan, entry: ElectionEntry): Minutes["result"] {
  const result = results.get(reader, plan.uuid);
  if (result === undefined) return null;
  const ceremony = ceremonies.get(reader, plan.uuid);
  const places = ceremony === undefined ? [] : ownerPlaces(ceremony);
  const rules = rulesIn(
    plan.description,
    plan.questions.map((question) => question.answers.length),
  );
  return {
    questions: plan.questions.map((_, i) =>
      questionPart(plan, entry, result, i, rules.ok ? rules.value.get(i + 1) : undefined),
    ),
    opened_by: result.owners.map((owner) => ceremony?.trustees[places[owner - 1] ?? -1]?.name ?? ""),
    text_hash: toHex(sha256(utf8(result.text))),
  };
}

function questionPart(
  plan: Plan,
  entry: ElectionEntry,
  result: ElectionResult,
  i: number,
  rule: DecisionRule | undefined,
): MinutesQuestion {
  const question = plan.questions[i] as Plan["questions"][number];
  const counts = [...(result.counts[i] ?? [])];
  // With a blank choice the first place of the vote vector is the blank one.
  const blank = question.blank ? (counts.shift() ?? 0) : null;
  const answers = question.answers.map((answer, k) => ({ answer, count: counts[k] ?? 0 }));
  const part = { roll: entry.rollWeight, counted: entry.countedWeight };
  const decision = rule && decide(rule, { answers: answers.map(({ count }) => count), blank: blank ?? 0 }, part);
  const named = (numbers: readonly number[]) => numbers.map((number) => question.answers[number] ?? "");
  return {
    question: question.question,
    answers,
    blank,
    rule: rule === undefined ? null : ruleLine(i + 1, rule),
    decision:
      decision === undefined
        ? null
        : {
            outcome: decision.outcome,
            elected: named(decision.elected),
            tied: named(decision.tied),
            needed: decision.needed,
            quorum_needed: decision.quorumNeeded,
          },
  };
}

function howToVerify(uuid: string, counted: boolean): readonly string[] {
  return [
    "These minutes follow from the ledger alone. To make them again and compare: psephos minutes --check FILE",
    `To replay the ledger and check every proof: psephos verify ADDRESS/elections/${uuid}/record`,
    ...(counted ? [`To check it with another program: download ADDRESS/elections/${uuid}/archive.bel`] : []),
    "Voters and trustees know ledger and fingerprint from letters; both stand above.",
  ];
}

/** One text for one value: names in the order of their code units, no spaces, whole numbers only (RFC 8785). */
export function canonicalText(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  const fields = Object.entries(value as Readonly<Record<string, unknown>>)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalText(field)}`).join(",")}}`;
}

/** What a signature under minutes signs. */
export function minutesHash(minutes: Minutes): Uint8Array {
  return sha256(concat(utf8("psephos/minutes|"), utf8(canonicalText(minutes))));
}

/** Tag `minutes`: a signature under minutes is good for nothing else. */
export function minutesContext(minutes: Minutes): SignatureContext {
  return { tag: "minutes", chainId: minutes.ledger.chain_id };
}

export function signMinutes(minutes: Minutes, secret: bigint, random: Random) {
  return sign(minutesContext(minutes), secret, minutesHash(minutes), random);
}

/** For people: the first characters of the hash, as on the printed page. */
export function minutesMark(minutes: Minutes): string {
  return toBase64Url(minutesHash(minutes));
}
