/**
 * What people do in a simulation, chosen by a seed: honest ones do what is next, hostile and clumsy ones everything else.
 * The author looks at the model only, so the same seed gives the same acts on every kind of ledger that keeps the rules.
 */
import { START } from "../protocol-kit.js";
import type { Act, ActOf, Approved, BallotFault, Rules, Step } from "./acts.js";
import { cheatIn, STEPS } from "./acts.js";
import { countedSeats, type Election, type Model, stageOf, weightOf } from "./model.js";
import { CHOICES, CREDENTIALS, isRecorded, OFFICER_NAMES, templates } from "./people.js";

const S = 1_000_000_000n;
export const FOUNDERS = ["A", "B", "C"];
/** More ballots than this are not sealed for one election: each has ciphertexts of its own. */
const MAX_BALLOTS = 38;

/** Numbers that follow from a seed (mulberry32). */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed * 2654435761) >>> 0;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
  chance(p: number): boolean {
    return this.next() < p;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

export class Author {
  readonly #dice: Dice;
  readonly #model: Model;
  readonly names: readonly string[];
  readonly #rules = new Map<string, Rules>();
  readonly #accepted: Act[] = [];
  #chunks = 0;
  readonly #nextBallot = new Map<string, number>();
  /** A trustee (owner number) who is never heard of again after the ceremony; 0: all live. */
  readonly #dead: number;
  /** A member of a threshold set deals a wrong share in the first ceremony. */
  readonly #cheating: boolean;
  /** Nanoseconds since 1970, as people's clocks have it. */
  #time = START + S;

  constructor(seed: number, dice: Dice, model: Model) {
    this.#dice = dice;
    this.#model = model;
    this.#dead = dice.chance(0.1) ? 1 + dice.below(2) : 0;
    this.#cheating = dice.chance(0.4);
    // Threshold ceremonies are dear, so most seeds have the one mandatory trustee.
    const first = ["mixed", "two-of-three"][seed % 8] ?? "one";
    this.names = [...templates().keys()].filter((name) => name === first || dice.chance(0.1));
    for (const name of this.names) this.#rules.set(name, this.#randomRules());
  }

  #randomRules(): Rules {
    const opensAt = START + BigInt(500 + this.#dice.below(500)) * S;
    const closesAt = opensAt + BigInt(300 + this.#dice.below(300)) * S;
    return {
      opensAt,
      closesAt,
      latestClose: closesAt + BigInt(this.#dice.below(200)) * S,
      maxCasts: 1 + this.#dice.below(4),
      privacyFloor: 1 + this.#dice.below(4),
      objectionPeriod: BigInt(this.#dice.below(3) * 50) * S,
      decryptionPeriod: BigInt(100 + this.#dice.below(300)) * S,
      reissueDelay: BigInt(this.#dice.below(3) * 60) * S,
      reissueCap: this.#dice.below(3),
      phaseLimit: BigInt(150 + this.#dice.below(200)) * S,
    };
  }

  /** It happened; it may be sent again. */
  remember(act: Act): void {
    this.#accepted.push(act);
  }

  /** Whether every election has ended. */
  over(time: bigint): boolean {
    const ended = ["tallied", "cancelled", "lapsed", "withheld", "undecided"];
    return this.names.every((name) => {
      const election = this.#model.elections.get(name);
      const rules = this.#rules.get(name) as Rules;
      return election === undefined ? time >= rules.opensAt : ended.includes(stageOf(election, time));
    });
  }

  /** When the next block is: mostly in seconds; now and then right at a border, or a nanosecond before it, or across an idle stretch. */
  later(time: bigint): bigint {
    this.#time = time;
    const chance = (p: number): boolean => this.#dice.chance(p);
    if (chance(0.03)) return this.#time; // two blocks with one time
    if (chance(0.01) || this.#idle()) {
      const borders = this.#borders().filter((border) => border > this.#time);
      const next = borders.reduce((least, each) => (each < least ? each : least), this.#time + 1000n * S);
      return chance(0.3) && next - 1n > this.#time ? next - 1n : next;
    }
    return this.#time + BigInt(1 + this.#dice.below(5)) * S;
  }

  #borders(): bigint[] {
    return [...this.#model.elections.values()].flatMap((election) => {
      const { rules, closesAt, ceremony } = election;
      const start = closesAt + rules.objectionPeriod;
      const active = election.seats.flatMap((seat) => (seat.activeFrom === null ? [] : [seat.activeFrom]));
      return [
        rules.opensAt,
        closesAt,
        start,
        start + rules.decryptionPeriod,
        ceremony.since + rules.phaseLimit,
        ...active,
      ];
    });
  }

  /** Whether honest people can do nothing until some border of time. */
  #idle(): boolean {
    return this.names.every((name) => this.#next(name) === undefined);
  }

  /** What people send at a time. */
  acts(time: bigint): Act[] {
    this.#time = time;
    const acts: Act[] = [];
    for (let i = this.#dice.below(6); i > 0; i--) {
      const act = this.#dice.chance(0.4) ? this.#next(this.#dice.pick(this.names)) : this.#wild();
      if (act === undefined || !isRecorded(act)) continue;
      // A seal states what the ledger holds when it is made: nothing may stand before it in the block.
      if (act.kind === "seal-election") return [act];
      acts.push(act);
    }
    return acts;
  }

  #approvals(organisation = "founders"): Approved {
    const { officers, threshold } = this.#model.organisations.get(organisation) ?? {
      officers: new Set(FOUNDERS),
      threshold: 2,
    };
    return { by: [...officers].slice(0, threshold), forged: false };
  }

  /** What honest people do next in an election; `undefined` while they wait. */
  #next(name: string): Act | undefined {
    const election = this.#model.elections.get(name);
    if (election === undefined) return this.#announce(name);
    const stage = stageOf(election, this.#time);
    if (stage === "announced") return this.#prepare(election);
    if (stage === "open")
      return countedSeats(election).length * 2 < election.seats.length + this.#dice.below(6)
        ? this.#cast(election)
        : undefined;
    if (stage !== "closed" || this.#time < election.closesAt + election.rules.objectionPeriod) return undefined;
    const owners = election.trust.parts
      .map((_, i) => i + 1)
      .filter((owner) => !election.shares.has(owner) && owner !== this.#dead);
    if (owners.length === 0) return undefined;
    return { kind: "share-decryption", election: name, owner: this.#dice.pick(owners), fault: null };
  }

  #announce(name: string): Act | undefined {
    const rules = this.#rules.get(name) as Rules;
    if (this.#time >= rules.opensAt) return undefined;
    const organisation = this.#model.organisations.has("second") && this.#dice.chance(0.5) ? "second" : "founders";
    return {
      kind: "create-election",
      election: name,
      organisation,
      rules,
      soundKeys: true,
      ...this.#approvals(organisation),
    };
  }

  #prepare(election: Election): Act | undefined {
    const { name, ceremony, trust } = election;
    if (election.seats.length === 0) return this.#roll(election);
    if (ceremony.phase === "done")
      return election.seats.length >= election.rules.privacyFloor || this.#dice.chance(0.2)
        ? this.#seal(election)
        : this.#roll(election);
    if (ceremony.phase === "failed" || this.#time >= ceremony.since + election.rules.phaseLimit)
      return {
        kind: "restart-ceremony",
        election: name,
        ceremony: ceremony.number + 1,
        ...this.#approvals(election.organisation),
      };
    const step = ceremony.phase;
    const missing = trust.parts.flatMap((part, place) => {
      const concerned = part === "member" || (step !== "deal" && step !== "accept");
      return concerned && !election.done.has(`${step}/${place}`) ? [place] : [];
    });
    const place = this.#dice.pick(missing);
    const cheat = cheatIn(trust);
    const common = { election: name, ceremony: ceremony.number, place };
    if (ceremony.cheated && place === cheat?.victim)
      return this.#dice.chance(0.7) ? { kind: "complain", ...common, accused: cheat.dealer } : undefined;
    const cheats = this.#cheating && ceremony.number === 1 && step === "deal" && place === cheat?.dealer;
    const saw = ceremony.cheated ? "cheated" : "honest";
    const act: Act = { kind: "trustee-step", ...common, step, fault: cheats ? "share" : null, saw };
    return isRecorded(act) ? act : undefined;
  }

  #roll(election: Election): Act {
    const start = this.#dice.chance(0.3) ? 0 : election.seats.length;
    const first = start === 0 ? 0 : (election.seats.at(-1)?.who ?? -1) + 1;
    const entries: { who: number; weight: number }[] = [];
    for (let who = first; who < CREDENTIALS - 2 && entries.length < 5; who++)
      if (this.#dice.chance(0.7)) entries.push({ who, weight: this.#dice.chance(0.7) ? 1 : 2 });
    if (entries.length === 0)
      return {
        kind: "enter-roll",
        election: election.name,
        number: this.#chunks++,
        start: 0,
        entries: [{ who: 0, weight: 1 }],
        soundPoints: true,
        signed: true,
      };
    return {
      kind: "enter-roll",
      election: election.name,
      number: this.#chunks++,
      start,
      entries,
      soundPoints: true,
      signed: true,
    };
  }

  #seal(election: Election): ActOf<"seal-election"> {
    const { seats } = election;
    const lonely = seats.some((seat) => seats.filter((other) => other.weight === seat.weight).length === 1);
    const override = lonely && this.#dice.chance(0.8);
    return {
      kind: "seal-election",
      election: election.name,
      rollCount: Math.max(1, seats.length),
      rollWeight: Math.max(1, weightOf(seats.filter((seat) => seat.activeFrom === null))),
      rightRoot: true,
      rightManifest: true,
      letters: this.#dice.below(seats.length + 1),
      override,
      ...this.#approvals(election.organisation),
    };
  }

  #cast(election: Election): Act | undefined {
    const able = election.seats.filter((seat) => !seat.void && seat.sequence < election.rules.maxCasts);
    if (able.length === 0) return undefined;
    const seat = this.#dice.pick(able);
    const kind = this.#dice.chance(0.2) ? "spoil-ballot" : "cast-ballot";
    return this.#ballot(kind, election, seat.who, seat.sequence + 1, null);
  }

  #ballot(
    kind: "cast-ballot" | "spoil-ballot",
    election: Election,
    who: number,
    sequence: number,
    fault: BallotFault | null,
  ): Act | undefined {
    const ballot = this.#nextBallot.get(election.name) ?? 0;
    if (ballot >= MAX_BALLOTS) return undefined;
    this.#nextBallot.set(election.name, ballot + 1);
    return {
      kind,
      election: election.name,
      who,
      sequence,
      ballot,
      choice: CHOICES[ballot % CHOICES.length] as readonly number[],
      fault,
    };
  }

  /** Anything else: too early, too late, by the wrong people, twice, with faults. */
  #wild(): Act | undefined {
    const dice = this.#dice;
    if (this.#accepted.length > 0 && dice.chance(0.15)) return dice.pick(this.#accepted);
    const name = dice.chance(0.95) ? dice.pick(this.names) : dice.pick([...templates().keys()]);
    const election = this.#model.elections.get(name);
    if (election === undefined && dice.chance(0.2))
      return { kind: "cancel-election", election: name, ...this.#approvals() };
    if (election === undefined || dice.chance(0.15)) return this.#wildOffice(name);
    return this.#wildIn(election);
  }

  #someone(organisation: string): Approved {
    const honest = this.#approvals(organisation);
    if (this.#dice.chance(0.5)) return honest;
    const by = OFFICER_NAMES.filter(() => this.#dice.chance(0.5));
    return { by: by.length === 0 ? ["D"] : by, forged: this.#dice.chance(0.15) };
  }

  #wildOffice(name: string): Act {
    const dice = this.#dice;
    const organisation = dice.pick(["founders", "founders", "second", "nobody"]);
    const present = this.#model.organisations.get(organisation);
    const revision = dice.chance(0.8) ? (present?.revision ?? 0) : dice.below(3);
    const size = present?.officers.size ?? 1;
    const threshold = Math.max(1, Math.min(size, 2) + dice.below(3) - 1);
    const approved = this.#someone(organisation);
    const officer = dice.pick(OFFICER_NAMES);
    const kinds = [
      "create-organisation",
      "appoint-officer",
      "remove-officer",
      "anchor-log",
      "create-election",
      "garbage",
    ] as const;
    const kind = dice.pick(kinds);
    switch (kind) {
      case "create-organisation": {
        const officers = OFFICER_NAMES.filter((_, i) => i < 1 + dice.below(3));
        const members = { officers, threshold: 1 + dice.below(3), soundKeys: dice.chance(0.9) };
        return {
          kind,
          organisation: dice.pick(["founders", "second", "second"]),
          ...members,
          ...this.#someone("founders"),
        };
      }
      case "appoint-officer":
        return { kind, organisation, revision, officer, threshold, ...approved };
      case "remove-officer":
        return { kind, organisation, revision, officer, threshold, ...approved };
      case "anchor-log":
        return { kind, organisation, entries: 1 + dice.below(40), signed: dice.chance(0.8) };
      case "create-election": {
        const rules = this.#rules.get(name) ?? this.#randomRules();
        const odd = dice.chance(0.3)
          ? { ...rules, closesAt: rules.opensAt }
          : dice.chance(0.2)
            ? { ...rules, opensAt: this.#time }
            : rules;
        // An election that this seed does not play is never made.
        const made = this.#rules.has(name) ? odd : { ...odd, closesAt: odd.opensAt };
        return { kind, election: name, organisation, rules: made, soundKeys: dice.chance(0.9), ...approved };
      }
      case "garbage":
        return { kind, form: dice.pick(["too-large", "malformed", "unknown-type", "wrong-chain"] as const) };
    }
  }

  #wildIn(election: Election): Act | undefined {
    const dice = this.#dice;
    const { name, organisation } = election;
    const approved = this.#someone(organisation);
    const kinds = [
      "trustee-step",
      "complain",
      "restart",
      "enter-roll",
      "seal",
      "ballot",
      "ballot",
      "ballot",
      "report",
      "report",
      "reissue",
      "reissue",
      "extend",
      "cancel",
      "share",
      "share",
    ] as const;
    switch (dice.pick(kinds)) {
      case "trustee-step": {
        const { phase, number } = election.ceremony;
        const step: Step = phase !== "done" && phase !== "failed" && dice.chance(0.7) ? phase : dice.pick(STEPS);
        const ceremony = dice.chance(0.8) ? number : 1 + dice.below(2);
        const fault = dice.chance(0.7) ? dice.pick(["content", "content", "signature"] as const) : null;
        return {
          kind: "trustee-step",
          election: name,
          step,
          ceremony,
          place: dice.below(election.trust.parts.length + 1),
          fault,
          saw: dice.chance(0.9) === election.ceremony.cheated ? "cheated" : "honest",
        };
      }
      case "complain": {
        const { parts } = election.trust;
        const cheat = cheatIn(election.trust);
        const right = cheat !== undefined && dice.chance(0.5);
        return {
          kind: "complain",
          election: name,
          ceremony: dice.chance(0.8) ? election.ceremony.number : 1 + dice.below(2),
          place: right ? cheat.victim : dice.below(parts.length + 1),
          accused: right ? cheat.dealer : dice.below(parts.length),
        };
      }
      case "restart":
        return dice.chance(0.5)
          ? undefined
          : { kind: "restart-ceremony", election: name, ceremony: 2 + dice.below(3), ...approved };
      case "enter-roll":
        return this.#wildRoll(election);
      case "seal": {
        const honest = this.#seal(election);
        switch (dice.below(6)) {
          case 0:
            return { ...honest, rollCount: honest.rollCount + 1 };
          case 1:
            return { ...honest, rollWeight: honest.rollWeight === 1 ? 2 : honest.rollWeight - 1 };
          case 2:
            return { ...honest, letters: election.seats.length + dice.below(2) };
          case 3:
            return { ...honest, rightRoot: false };
          case 4:
            return { ...honest, override: true, rightManifest: false };
          default:
            return { ...honest, override: dice.chance(0.5), ...approved };
        }
      }
      case "ballot":
        return this.#wildBallot(election);
      case "report":
        return this.#wildReport(election);
      case "reissue": {
        const fresh = dice.chance(0.7) ? CREDENTIALS - 1 - dice.below(2) : dice.below(CREDENTIALS);
        return {
          kind: "reissue-credential",
          election: name,
          old: dice.below(CREDENTIALS),
          fresh,
          soundPoint: dice.chance(0.9),
          ...approved,
        };
      }
      case "extend": {
        const closesAt = dice.pick([
          election.closesAt,
          election.closesAt + 10n * S,
          election.rules.latestClose,
          election.rules.latestClose + 1n,
        ]);
        return { kind: "extend-election", election: name, closesAt, ...approved };
      }
      case "cancel":
        return dice.chance(0.85) ? undefined : { kind: "cancel-election", election: name, ...approved };
      case "share": {
        const fault = dice.chance(0.4) ? dice.pick(["content", "signature"] as const) : null;
        const owner = 1 + dice.below(4);
        return { kind: "share-decryption", election: name, owner, fault: owner === this.#dead ? "content" : fault };
      }
    }
  }

  /** Of any ballot, mostly of a tested one by its owner; also a second time. */
  #wildReport(election: Election): Act {
    const dice = this.#dice;
    const { name } = election;
    const tested = [...election.log].filter(([, each]) => each.spoiled);
    if (tested.length === 0 || dice.chance(0.3)) {
      const ballot = dice.below((this.#nextBallot.get(name) ?? 0) + 1);
      return { kind: "report-mismatch", election: name, ballot, who: this.#voter(election) };
    }
    const [ballot, { who }] = dice.pick(tested) as (typeof tested)[number];
    return { kind: "report-mismatch", election: name, ballot, who: dice.chance(0.8) ? who : this.#voter(election) };
  }

  /** Mostly somebody on the roll. */
  #voter(election: Election): number {
    const { seats } = election;
    return seats.length > 0 && this.#dice.chance(0.85) ? this.#dice.pick(seats).who : this.#dice.below(CREDENTIALS);
  }

  #wildRoll(election: Election): Act {
    const dice = this.#dice;
    const entries = Array.from({ length: 1 + dice.below(3) }, () => ({
      who: dice.below(CREDENTIALS),
      weight: dice.chance(0.95) ? 1 : 9_999_999,
    }));
    if (dice.chance(0.6)) entries.sort((a, b) => a.who - b.who);
    const start = dice.pick([0, election.seats.length, election.seats.length + 1]);
    return {
      kind: "enter-roll",
      election: election.name,
      number: this.#chunks++,
      start,
      entries,
      soundPoints: dice.chance(0.9),
      signed: dice.chance(0.8),
    };
  }

  #wildBallot(election: Election): Act | undefined {
    const dice = this.#dice;
    const who = this.#voter(election);
    const last = election.seats.find((seat) => seat.who === who)?.sequence ?? 0;
    const sequence = Math.max(1, last + dice.below(4) - 1);
    const kind = dice.chance(0.5) ? "cast-ballot" : "spoil-ballot";
    const used = [...election.log].filter(([, each]) => each.who === who).map(([ballot]) => ballot);
    if (used.length > 0 && dice.chance(0.4)) {
      const ballot = dice.pick(used);
      return {
        kind,
        election: election.name,
        who,
        sequence,
        ballot,
        choice: CHOICES[ballot % CHOICES.length] as readonly number[],
        fault: null,
      };
    }
    const fault = dice.chance(0.6) ? dice.pick(["wire", "envelope", "signature", "proof"] as const) : null;
    return this.#ballot(kind, election, who, sequence, fault);
  }
}
