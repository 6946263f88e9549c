/**
 * Effects of a block under construction: writes that belong together, and the trees and sums that are brought up to date
 * once at its end instead of once per transaction.
 */
import { assert } from "#base/assert.js";
import { toHex } from "#base/bytes.js";
import { IDENTITY, pointToAffine } from "#crypto/group.js";
import { leafHash, setLeaves, treeRoot } from "#crypto/merkle.js";
import { addSummands, publicSha256, type Summand } from "#crypto/public-data.js";
import { directoryAppend, directorySet, stateNodes, stateRoot } from "./directory.js";
import {
  type BallotLeaf,
  ballotLeafShape,
  ballots,
  type ElectionEntry,
  type ElectionRecord,
  electionEntry,
  elections,
  type Position,
  positionShape,
  positions,
  rollIndex,
  tallies,
  tallyShape,
} from "./election.js";
import { encode } from "./encoding/shape.js";
import { eventLeaf, eventTree } from "./events.js";
import { NETWORK_INDEX, type Network, networkEntry, networks } from "./network.js";
import {
  newOrganisation,
  type OrganisationFields,
  type OrganisationRecord,
  organisationEntry,
  organisations,
} from "./organisation.js";
import type { Draft } from "./state.js";

/** One line of a roll: compressed public credential and weight. */
export interface RollEntry {
  readonly credential: Uint8Array;
  readonly weight: number;
}

/** What no ballot and no re-issue has touched. */
export const FRESH_POSITION = {
  sequence: 0,
  tracker: null,
  replacedFrom: null,
  activeFrom: null,
  cancelled: false,
} as const;

const NEUTRAL: Uint8Array = pointToAffine(IDENTITY);

/** Work that an election's trees still wait for. */
interface Pending {
  readonly positions: Set<number>;
  readonly ballots: Map<number, Uint8Array>;
  readonly events: Map<number, Uint8Array>;
  sums: readonly Uint8Array[] | null;
  /** What the sums still wait for: ballots in, ballots out. */
  readonly summands: Summand[];
}

export class Effects {
  readonly draft: Draft;
  readonly #elections = new Map<string, Pending>();
  readonly #organisations = new Set<string>();
  #network: Network | undefined;

  constructor(draft: Draft) {
    this.draft = draft;
  }

  createOrganisation(fields: OrganisationFields): void {
    const directoryIndex = directoryAppend(this.draft, new Uint8Array(0));
    this.setOrganisation(newOrganisation(fields, directoryIndex));
  }

  setOrganisation(organisation: OrganisationRecord): void {
    organisations.set(this.draft, organisation, organisation.entry.fields.id);
    this.#organisations.add(organisation.entry.fields.id);
  }

  setNetwork(network: Network): void {
    networks.set(this.draft, network);
    this.#network = network;
  }

  createElection(entry: ElectionEntry): void {
    const directoryIndex = directoryAppend(this.draft, new Uint8Array(0));
    elections.set(this.draft, { entry, directoryIndex }, entry.uuid);
    this.#pending(entry.uuid);
  }

  /** Changes fields of an election's entry. Counts and roots that follow from the trees are kept by the methods below. */
  updateElection(uuid: string, change: Partial<ElectionEntry>): void {
    const record = this.#record(uuid);
    elections.set(this.draft, { ...record, entry: { ...record.entry, ...change } }, uuid);
    this.#pending(uuid);
  }

  /** Writes a roll position; a new one must stand right after the last. */
  setPosition(uuid: string, position: Position): void {
    const { entry } = this.#record(uuid);
    assert(position.index <= entry.rollCount, "roll positions are contiguous");
    positions.set(this.draft, position, uuid, position.index);
    this.#pending(uuid).positions.add(position.index);
    if (position.index === entry.rollCount) this.updateElection(uuid, { rollCount: entry.rollCount + 1 });
  }

  /**
   * Writes roll positions from `start` on: right after the last one, or from 0 to replace a roll that is not sealed yet.
   * The root is brought up to date at once, because a seal in the same block compares it.
   */
  enterRoll(uuid: string, start: number, entries: readonly RollEntry[]): void {
    const { entry } = this.#record(uuid);
    assert(start === 0 || start === entry.rollCount, "roll positions are contiguous");
    const leaves = new Map<number, Uint8Array>();
    let rollWeight = start === 0 ? 0 : entry.rollWeight;
    for (const [i, { credential, weight }] of entries.entries()) {
      const position: Position = { ...FRESH_POSITION, index: start + i, credential, weight };
      positions.set(this.draft, position, uuid, position.index);
      rollIndex.set(this.draft, position.index, uuid, toHex(credential));
      leaves.set(position.index, leafHash(encode(positionShape, position)));
      rollWeight += weight;
    }
    const rollCount = start + entries.length;
    const store = stateNodes(this.draft, `roll-tree/${uuid}`);
    setLeaves(store, rollCount, leaves);
    this.updateElection(uuid, { rollCount, rollWeight, rollRoot: treeRoot(store, rollCount) });
  }

  /** Appends to the ballot log and makes the ballot findable by its tracker. */
  appendBallot(uuid: string, leaf: BallotLeaf): void {
    const index = this.#record(uuid).entry.ballotCount;
    this.#pending(uuid).ballots.set(index, leafHash(encode(ballotLeafShape, leaf)));
    ballots.set(this.draft, { index, leaf, mismatch: false }, uuid, toHex(leaf.tracker));
    this.updateElection(uuid, { ballotCount: index + 1 });
  }

  countSpoiled(uuid: string): void {
    this.updateElection(uuid, { spoiled: this.#record(uuid).entry.spoiled + 1 });
  }

  /** Appends to the log of the election's other transactions. */
  appendEvent(uuid: string, type: string, transaction: Uint8Array): void {
    const index = this.#record(uuid).entry.eventCount;
    const hash = eventLeaf(type, transaction);
    this.#pending(uuid).events.set(index, hash);
    // At once, not with the tree above it: later transactions of this block ask what has happened already.
    stateNodes(this.draft, eventTree(uuid)).set(0, index, hash);
    this.updateElection(uuid, { eventCount: index + 1 });
  }

  /** Starts the running tally: one pair of neutral elements for each answer. */
  startTally(uuid: string, ciphertexts: number): void {
    this.#pending(uuid).sums = new Array<Uint8Array>(2 * ciphertexts).fill(NEUTRAL);
  }

  /** Takes the old ballot's ciphertexts out (if any), puts the new ones in, `weight` times. Affine bytes, 64 each. */
  replaceInTally(uuid: string, before: Uint8Array | undefined, after: Uint8Array, weight: number): void {
    const sums = this.#sums(uuid);
    assert(after.length === 64 * sums.length, "ciphertexts fit the questions");
    const { summands } = this.#pending(uuid);
    if (before !== undefined) summands.push({ points: before, weight: -weight });
    summands.push({ points: after, weight });
  }

  /** Brings trees, sums and directory up to date. Returns the state root. */
  finish(): Uint8Array {
    const entries = new Map<number, Uint8Array>();
    if (this.#network !== undefined) entries.set(NETWORK_INDEX, networkEntry(this.#network));
    for (const id of this.#organisations) {
      const organisation = organisations.get(this.draft, id);
      assert(organisation !== undefined, "organisation exists");
      entries.set(organisation.directoryIndex, organisationEntry(organisation));
    }
    for (const [uuid, pending] of this.#elections) {
      this.#finishElection(uuid, pending);
      const record = this.#record(uuid);
      entries.set(record.directoryIndex, electionEntry(record));
    }
    if (entries.size > 0) directorySet(this.draft, entries);
    return stateRoot(this.draft);
  }

  #finishElection(uuid: string, pending: Pending): void {
    const { entry } = this.#record(uuid);
    const root = (tree: string, size: number, leaves: ReadonlyMap<number, Uint8Array>): Uint8Array => {
      const store = stateNodes(this.draft, tree);
      setLeaves(store, size, leaves);
      return treeRoot(store, size);
    };
    const change: { -readonly [K in keyof ElectionEntry]?: ElectionEntry[K] } = {};
    if (pending.positions.size > 0) {
      const bytes = (index: number) => this.draft.get(positions.key(uuid, index)) as Uint8Array;
      const leaves = new Map([...pending.positions].map((index) => [index, leafHash(bytes(index))]));
      change.rollRoot = root(`roll-tree/${uuid}`, entry.rollCount, leaves);
    }
    if (pending.ballots.size > 0) change.ballotRoot = root(`ballot-tree/${uuid}`, entry.ballotCount, pending.ballots);
    if (pending.events.size > 0) change.eventRoot = root(eventTree(uuid), entry.eventCount, pending.events);
    if (pending.sums !== null) {
      const tally = { sums: addSummands(pending.sums, pending.summands) };
      tallies.set(this.draft, tally, uuid);
      change.tallyHash = publicSha256(encode(tallyShape, tally));
    }
    this.updateElection(uuid, change);
  }

  #sums(uuid: string): readonly Uint8Array[] {
    const pending = this.#pending(uuid);
    if (pending.sums === null) {
      const stored = tallies.get(this.draft, uuid);
      assert(stored !== undefined, "a sealed election has a tally");
      pending.sums = stored.sums;
    }
    return pending.sums;
  }

  #record(uuid: string): ElectionRecord {
    const record = elections.get(this.draft, uuid);
    assert(record !== undefined, "election exists");
    return record;
  }

  #pending(uuid: string): Pending {
    let pending = this.#elections.get(uuid);
    if (pending === undefined) {
      pending = { positions: new Set(), ballots: new Map(), events: new Map(), sums: null, summands: [] };
      this.#elections.set(uuid, pending);
    }
    return pending;
  }
}
