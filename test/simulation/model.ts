/**
 * The independent model: predicts, from acts in words, what the machine answers and where the ledger stands afterwards.
 * It shares no code with the machine (it imports the vocabulary only) and knows no cryptography: whether a signature or a
 * proof holds stands in the act. Where machine and model differ, one of them is wrong.
 */
import { type Act, type ActOf, type Approved, cheatIn, type Rules, type Step, type Trust } from "./acts.js";

export interface Organisation {
  readonly name: string;
  officers: Set<string>;
  threshold: number;
  revision: number;
  logEntries: number;
}

export interface Seat {
  readonly who: number;
  readonly weight: number;
  sequence: number;
  counted: { readonly ballot: number; readonly choice: readonly number[] } | null;
  readonly used: Set<number>;
  replacedFrom: bigint | null;
  replacedBy: Seat | null;
  readonly activeFrom: bigint | null;
  void: boolean;
}

interface Ceremony {
  number: number;
  phase: Step | "done" | "failed";
  since: bigint;
  /** Somebody has dealt a wrong share. */
  cheated: boolean;
}

export interface Culprit {
  readonly ceremony: number;
  readonly place: number;
  readonly phase: Step;
  readonly reason: "missing" | "bad-dealing";
}

export interface Election {
  readonly name: string;
  readonly organisation: string;
  readonly rules: Rules;
  readonly trust: Trust;
  closesAt: bigint;
  end: "cancelled" | "tallied" | null;
  sealed: boolean;
  ceremony: Ceremony;
  /** Who failed whom, over all ceremonies. */
  culprits: Culprit[];
  /** Steps already taken in this ceremony: "reveal/2". */
  done: Set<string>;
  seats: Seat[];
  /** Chunks of the roll that were ever entered, each a message of its own. */
  readonly chunks: Set<number>;
  events: number;
  /** Accepted ballots by number, in order of acceptance. */
  log: Map<number, { readonly spoiled: boolean; readonly who: number; reported: boolean }>;
  spoiled: number;
  mismatches: number;
  reissued: number;
  shares: Set<number>;
  result: number[] | null;
}

export type Stage =
  | "announced"
  | "sealed"
  | "open"
  | "closed"
  | "tallied"
  | "cancelled"
  | "lapsed"
  | "withheld"
  | "undecided";

const OK = "ok";
const MAX_WEIGHT = 10_000_000;

export class Model {
  readonly organisations = new Map<string, Organisation>();
  readonly elections = new Map<string, Election>();
  readonly #founder: string;
  readonly #trusts: ReadonlyMap<string, Trust>;

  constructor(founder: string, officers: readonly string[], threshold: number, trusts: ReadonlyMap<string, Trust>) {
    this.#founder = founder;
    this.#trusts = trusts;
    this.#found(founder, officers, threshold);
  }

  /** The same world a second time: what happens in one does not happen in the other. */
  fork(): Model {
    const copy = new Model(this.#founder, [], 0, this.#trusts);
    const { organisations, elections } = structuredClone({
      organisations: this.organisations,
      elections: this.elections,
    });
    copy.organisations.clear();
    for (const [name, organisation] of organisations) copy.organisations.set(name, organisation);
    for (const [name, election] of elections) copy.elections.set(name, election);
    return copy;
  }

  #found(name: string, officers: readonly string[], threshold: number): void {
    this.organisations.set(name, { name, officers: new Set(officers), threshold, revision: 0, logEntries: 0 });
  }

  /** The code that the machine must give, "ok" included; an act that is accepted has happened. */
  act(act: Act, now: bigint): string {
    switch (act.kind) {
      case "garbage":
        return act.form;
      case "create-organisation":
        return this.#createOrganisation(act);
      case "appoint-officer":
        return this.#changeOfficers(
          act,
          (has) => (has ? "officer-exists" : OK),
          (set) => set.add(act.officer),
        );
      case "remove-officer":
        return this.#changeOfficers(
          act,
          (has) => (has ? OK : "unknown-officer"),
          (set) => set.delete(act.officer),
        );
      case "anchor-log":
        return this.#anchorLog(act);
      case "create-election":
        return this.#createElection(act, now);
      default:
        return this.#inElection(act, now);
    }
  }

  #inElection(
    act: Exclude<
      Act,
      {
        kind:
          | "garbage"
          | "create-organisation"
          | "appoint-officer"
          | "remove-officer"
          | "anchor-log"
          | "create-election";
      }
    >,
    now: bigint,
  ): string {
    const election = this.elections.get(act.election);
    if (election === undefined) return "unknown-election";
    const code = this.#judge(act, election, now);
    if (code === OK && act.kind !== "cast-ballot" && act.kind !== "spoil-ballot") election.events++;
    return code;
  }

  #judge(act: Parameters<Model["act"]>[0], election: Election, now: bigint): string {
    switch (act.kind) {
      case "trustee-step":
        return trusteeStep(act, election, now);
      case "complain":
        return complaint(act, election, now);
      case "restart-ceremony":
        return this.#restart(act, election, now);
      case "enter-roll":
        return enterRoll(act, election, now);
      case "seal-election":
        return this.#seal(act, election, now);
      case "cast-ballot":
      case "spoil-ballot":
        return ballot(act, election, now);
      case "report-mismatch":
        return report(act, election, now);
      case "reissue-credential":
        return this.#reissue(act, election, now);
      case "extend-election":
        return this.#extend(act, election, now);
      case "cancel-election":
        return this.#cancel(act, election, now);
      case "share-decryption":
        return share(act, election, now);
      default:
        throw new Error(`${act.kind} belongs to no election`);
    }
  }

  #approvals(organisation: string, { by, forged }: Approved): string {
    const { officers, threshold } = this.organisations.get(organisation) as Organisation;
    const strangers = by.filter((name) => !officers.has(name)).length;
    if (by.length - strangers < threshold) return "too-few-approvals";
    return strangers > 0 || forged ? "bad-signature" : OK;
  }

  #createOrganisation(act: ActOf<"create-organisation">): string {
    if (this.organisations.has(act.organisation)) return "organisation-exists";
    if (act.threshold > act.officers.length) return "bad-threshold";
    const approved = this.#approvals(this.#founder, act);
    if (approved !== OK) return approved;
    if (!act.soundKeys) return "bad-key";
    this.#found(act.organisation, act.officers, act.threshold);
    return OK;
  }

  #changeOfficers(
    act: ActOf<"appoint-officer"> | ActOf<"remove-officer">,
    membership: (has: boolean) => string,
    change: (officers: Set<string>) => void,
  ): string {
    const organisation = this.organisations.get(act.organisation);
    if (organisation === undefined) return "unknown-organisation";
    if (act.revision !== organisation.revision) return "stale-revision";
    const fits = membership(organisation.officers.has(act.officer));
    if (fits !== OK) return fits;
    const officers = new Set(organisation.officers);
    change(officers);
    if (act.threshold < 1 || act.threshold > officers.size) return "bad-threshold";
    const approved = this.#approvals(act.organisation, act);
    if (approved !== OK) return approved;
    organisation.officers = officers;
    organisation.threshold = act.threshold;
    organisation.revision++;
    return OK;
  }

  #anchorLog(act: ActOf<"anchor-log">): string {
    const organisation = this.organisations.get(act.organisation);
    if (organisation === undefined) return "unknown-organisation";
    if (act.entries <= organisation.logEntries) return "already-done";
    if (!act.signed) return "bad-signature";
    organisation.logEntries = act.entries;
    return OK;
  }

  #createElection(act: ActOf<"create-election">, now: bigint): string {
    const { election: name, organisation, rules } = act;
    if (!this.organisations.has(organisation)) return "unknown-organisation";
    if (this.elections.has(name)) return "election-exists";
    if (rules.opensAt <= now || rules.closesAt <= rules.opensAt || rules.latestClose < rules.closesAt)
      return "invalid-plan";
    const approved = this.#approvals(organisation, act);
    if (approved !== OK) return approved;
    if (!act.soundKeys) return "bad-key";
    this.elections.set(name, {
      name,
      organisation,
      rules,
      trust: this.#trusts.get(name) as Trust,
      closesAt: rules.closesAt,
      end: null,
      sealed: false,
      ceremony: { number: 1, phase: "commit", since: now, cheated: false },
      culprits: [],
      done: new Set(),
      seats: [],
      chunks: new Set(),
      events: 1,
      log: new Map(),
      spoiled: 0,
      mismatches: 0,
      reissued: 0,
      shares: new Set(),
      result: null,
    });
    return OK;
  }

  #restart(act: ActOf<"restart-ceremony">, election: Election, now: bigint): string {
    const progress = inProgress(election, now);
    if (progress !== OK) return progress;
    if (act.ceremony !== election.ceremony.number + 1) return "wrong-ceremony";
    const approved = this.#approvals(election.organisation, act);
    if (approved !== OK) return approved;
    const { number, phase, since } = election.ceremony;
    // Whoever was waited for in vain is named.
    if (phase !== "done" && phase !== "failed" && now >= since + election.rules.phaseLimit)
      for (const place of missingIn(election, phase))
        election.culprits.push({ ceremony: number, place, phase, reason: "missing" });
    election.ceremony = { number: act.ceremony, phase: "commit", since: now, cheated: false };
    election.done = new Set();
    return OK;
  }

  #seal(act: ActOf<"seal-election">, election: Election, now: bigint): string {
    if (stageOf(election, now) !== "announced") return "wrong-stage";
    if (election.ceremony.phase !== "done") return "out-of-order";
    const { seats } = election;
    if (seats.length < election.rules.privacyFloor) return "roll-too-small";
    const lonely = seats.some((seat) => seats.filter((other) => other.weight === seat.weight).length === 1);
    if (lonely && !act.override) return "unique-weight";
    const sameRoll = act.rollCount === seats.length && act.rollWeight === weightOf(seats) && act.rightRoot;
    if (!sameRoll || act.letters > seats.length) return "roll-mismatch";
    if (!act.rightManifest) return "manifest-mismatch";
    const approved = this.#approvals(election.organisation, act);
    if (approved === OK) election.sealed = true;
    return approved;
  }

  #reissue(act: ActOf<"reissue-credential">, election: Election, now: bigint): string {
    const stage = stageOf(election, now);
    if (stage !== "sealed" && stage !== "open") return "wrong-stage";
    const { rules } = election;
    const old = seatOf(election, act.old);
    const from = now + rules.reissueDelay;
    if (old !== undefined && !old.void && old.activeFrom !== null && now < old.activeFrom) return "too-early";
    if (from >= election.closesAt) return "too-late";
    if (old === undefined) return "not-on-roll";
    if (old.void || old.replacedFrom !== null) return "credential-revoked";
    if (old.sequence > 0) return "has-voted";
    if (election.reissued >= rules.reissueCap) return "reissue-limit";
    if (act.soundPoint && seatOf(election, act.fresh) !== undefined) return "credential-exists";
    const approved = this.#approvals(election.organisation, act);
    if (approved !== OK) return approved;
    if (!act.soundPoint) return "roll-point";
    const seat = freshSeat(act.fresh, old.weight, from);
    old.replacedFrom = from;
    old.replacedBy = seat;
    election.seats.push(seat);
    election.reissued++;
    return OK;
  }

  #extend(act: ActOf<"extend-election">, election: Election, now: bigint): string {
    const stage = stageOf(election, now);
    if (stage === "announced" || stage === "cancelled" || stage === "lapsed") return "wrong-stage";
    if (stage !== "sealed" && stage !== "open") return "too-late";
    if (act.closesAt <= election.closesAt || act.closesAt > election.rules.latestClose) return "extension-limit";
    const approved = this.#approvals(election.organisation, act);
    if (approved === OK) election.closesAt = act.closesAt;
    return approved;
  }

  #cancel(act: ActOf<"cancel-election">, election: Election, now: bigint): string {
    const stage = stageOf(election, now);
    if (stage === "cancelled" || stage === "lapsed") return "wrong-stage";
    if (stage !== "announced" && stage !== "sealed") return "too-late";
    const approved = this.#approvals(election.organisation, act);
    if (approved === OK) election.end = "cancelled";
    return approved;
  }
}

/** Where an election stands at block time `now`. */
export function stageOf(election: Election, now: bigint): Stage {
  if (election.end !== null) return election.end;
  const { rules } = election;
  if (!election.sealed) return now < rules.opensAt ? "announced" : "lapsed";
  if (now < rules.opensAt) return "sealed";
  if (now < election.closesAt) return "open";
  if (countedSeats(election).length < rules.privacyFloor) return "withheld";
  return now < election.closesAt + rules.objectionPeriod + rules.decryptionPeriod ? "closed" : "undecided";
}

export function countedSeats(election: Election): Seat[] {
  return election.seats.filter((seat) => seat.counted !== null);
}

export function weightOf(seats: readonly Seat[]): number {
  return seats.reduce((total, seat) => total + seat.weight, 0);
}

/** The sum of marks, weighted, over the ballots that count. */
export function countsOf(election: Election): number[] {
  const counts: number[] = [];
  for (const seat of countedSeats(election))
    for (const [i, mark] of (seat.counted as { choice: readonly number[] }).choice.entries())
      counts[i] = (counts[i] ?? 0) + mark * seat.weight;
  return counts;
}

function freshSeat(who: number, weight: number, activeFrom: bigint | null): Seat {
  return {
    who,
    weight,
    sequence: 0,
    counted: null,
    used: new Set(),
    replacedFrom: null,
    replacedBy: null,
    activeFrom,
    void: false,
  };
}

function seatOf(election: Election, who: number): Seat | undefined {
  return election.seats.find((seat) => seat.who === who);
}

function inProgress(election: Election, now: bigint): string {
  const stage = stageOf(election, now);
  if (stage === "cancelled" || stage === "lapsed") return "ended";
  return stage === "announced" ? OK : "wrong-stage";
}

const ORDER: readonly Ceremony["phase"][] = ["commit", "reveal", "deal", "accept", "rehearse", "done"];

function concerns(trust: Trust, place: number, step: Step): boolean {
  return trust.parts[place] === "member" || (step !== "deal" && step !== "accept");
}

const CONTENT: Readonly<Record<Step, string>> = {
  commit: OK,
  reveal: "bad-commitment",
  deal: "bad-dealing",
  accept: "bad-share-key",
  rehearse: "bad-rehearsal",
};

/** Whether somebody may take a step now. */
function standing(act: { ceremony: number; place: number }, step: Step, election: Election, now: bigint): string {
  const progress = inProgress(election, now);
  if (progress !== OK) return progress;
  const { ceremony, trust, rules } = election;
  if (ceremony.phase === "failed") return "wrong-stage";
  if (ceremony.phase !== "done" && now >= ceremony.since + rules.phaseLimit) return "too-late";
  if (act.ceremony !== ceremony.number) return "wrong-ceremony";
  if (act.place >= trust.parts.length || !concerns(trust, act.place, step)) return "unknown-trustee";
  if (election.done.has(`${step}/${act.place}`)) return "already-done";
  return ORDER.indexOf(ceremony.phase) < ORDER.indexOf(step) ? "out-of-order" : OK;
}

function missingIn({ trust, done }: Election, step: Step): number[] {
  return trust.parts.flatMap((_, place) =>
    concerns(trust, place, step) && !done.has(`${step}/${place}`) ? [place] : [],
  );
}

/** Only who got a wrong share can show it, and only about who dealt it; the ceremony is over then. */
function complaint(act: ActOf<"complain">, election: Election, now: bigint): string {
  const may = standing(act, "accept", election, now);
  if (may !== OK) return may;
  const { ceremony, trust } = election;
  const cheat = cheatIn(trust);
  if (!ceremony.cheated || act.place !== cheat?.victim || act.accused !== cheat.dealer) return "bad-complaint";
  election.culprits.push({ ceremony: ceremony.number, place: act.accused, phase: "accept", reason: "bad-dealing" });
  ceremony.phase = "failed";
  ceremony.since = now;
  return OK;
}

function trusteeStep(act: ActOf<"trustee-step">, election: Election, now: bigint): string {
  const may = standing(act, act.step, election, now);
  if (may !== OK) return may;
  const { ceremony, trust } = election;
  // What somebody saw who looked at other dealings.
  if (act.step === "accept" && (act.saw === "cheated") !== ceremony.cheated) return "wrong-ceremony";
  if (act.fault === "content" && CONTENT[act.step] !== OK) return CONTENT[act.step];
  if (act.fault === "signature") return "bad-signature";
  if (act.fault === "share") ceremony.cheated = true;
  election.done.add(`${act.step}/${act.place}`);
  if (missingIn(election, act.step).length === 0) {
    const hasMembers = trust.parts.includes("member");
    const next = ORDER[ORDER.indexOf(act.step) + 1] as Step | "done";
    ceremony.phase = next === "deal" && !hasMembers ? "rehearse" : next;
    ceremony.since = now;
  }
  return OK;
}

function enterRoll(act: ActOf<"enter-roll">, election: Election, now: bigint): string {
  if (stageOf(election, now) !== "announced") return "wrong-stage";
  const before = act.start === 0 ? [] : election.seats;
  if (act.start !== before.length) return "roll-gap";
  const added = act.entries.reduce((total, entry) => total + entry.weight, 0);
  if (weightOf(before) + added > MAX_WEIGHT) return "roll-limit";
  if (!act.signed) return "bad-signature";
  if (election.chunks.has(act.number)) return "already-done";
  if (!act.soundPoints) return "roll-point";
  let last = before.at(-1)?.who ?? -1;
  for (const { who } of act.entries) {
    if (who <= last) return "roll-order";
    last = who;
  }
  election.chunks.add(act.number);
  election.seats = [...before, ...act.entries.map(({ who, weight }) => freshSeat(who, weight, null))];
  return OK;
}

const BALLOT_FAULTS = {
  wire: "bad-wire",
  envelope: "bad-signature",
  signature: "bad-ballot-signature",
  proof: "bad-proof",
} as const;

function ballot(act: ActOf<"cast-ballot" | "spoil-ballot">, election: Election, now: bigint): string {
  const stage = stageOf(election, now);
  if (stage === "announced" || stage === "sealed") return "not-yet-open";
  if (stage === "cancelled" || stage === "lapsed") return "ended";
  if (stage !== "open") return "closed";
  const seat = seatOf(election, act.who);
  if (seat === undefined) return "not-on-roll";
  if (seat.void || (seat.replacedFrom !== null && now >= seat.replacedFrom)) return "credential-revoked";
  if (seat.activeFrom !== null && now < seat.activeFrom) return "too-early";
  if (act.sequence <= seat.sequence) return "stale-sequence";
  if (act.sequence > election.rules.maxCasts) return "sequence-too-high";
  if (act.fault !== null) return BALLOT_FAULTS[act.fault];
  if (seat.used.has(act.ballot)) return "ciphertext-reused";
  const spoiled = act.kind === "spoil-ballot";
  seat.used.add(act.ballot);
  seat.sequence = act.sequence;
  election.log.set(act.ballot, { spoiled, who: act.who, reported: false });
  if (spoiled) election.spoiled++;
  else {
    seat.counted = { ballot: act.ballot, choice: act.choice };
    if (seat.replacedBy !== null) seat.replacedBy.void = true;
    seat.replacedBy = null;
    seat.replacedFrom = null;
  }
  return OK;
}

function report(act: ActOf<"report-mismatch">, election: Election, now: bigint): string {
  const stage = stageOf(election, now);
  if (stage !== "open" && stage !== "closed") return "wrong-stage";
  const found = election.log.get(act.ballot);
  if (found?.reported === true) return "already-done";
  if (found === undefined) return "unknown-tracker";
  if (!found.spoiled) return "not-spoiled";
  if (found.who !== act.who) return "bad-signature";
  found.reported = true;
  election.mismatches++;
  return OK;
}

function share(act: ActOf<"share-decryption">, election: Election, now: bigint): string {
  const stage = stageOf(election, now);
  if (stage === "cancelled" || stage === "lapsed") return "ended";
  if (stage === "undecided") return "too-late";
  if (stage === "withheld") return "not-decrypted";
  if (stage !== "closed") return "wrong-stage";
  if (now < election.closesAt + election.rules.objectionPeriod) return "too-early";
  const { parts, threshold } = election.trust;
  if (act.owner > parts.length) return "unknown-trustee";
  if (election.shares.has(act.owner)) return "already-done";
  if (act.fault === "signature") return "bad-signature";
  if (act.fault === "content") return "bad-factor";
  election.shares.add(act.owner);
  const mandatory = parts.filter((part) => part === "mandatory").length;
  const given = [...election.shares];
  const enough =
    given.filter((owner) => owner <= mandatory).length === mandatory &&
    given.filter((owner) => owner > mandatory).length >= threshold;
  if (enough) {
    election.end = "tallied";
    election.result = countsOf(election);
  }
  return OK;
}
