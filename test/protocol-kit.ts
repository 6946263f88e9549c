/**
 * A ledger in memory and the people who act on it: for tests of the protocol and everything above it. Small, seeded, and
 * through the machine only: nothing here writes into the state by another way than a transaction.
 */
import { assert } from "#base/assert.js";
import { bigintToBytes, compareBytes, concat, utf8 } from "#base/bytes.js";
import { GENERATOR, multiplySecret, pointToBytes, pointToEighth } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { hashToScalar, type Random, scalarToBytes } from "#crypto/scalar.js";
import { type SignatureTag, sign } from "#crypto/schnorr.js";
import { type BallotType, ballotMessage, electionObject, plainVerdicts, type Verdicts } from "#protocol/ballot.js";
import { type CeremonyRecord, ceremonies } from "#protocol/ceremony.js";
import { credentialOfVoter } from "#protocol/credential.js";
import { type ElectionEntry, elections, plans, sealeds, tallies } from "#protocol/election.js";
import { applyGenesis, type Genesis } from "#protocol/genesis.js";
import { type Identity, identityFromCode } from "#protocol/identity.js";
import { type Applied, apply, check } from "#protocol/machine.js";
import { manifestHash, manifestOf } from "#protocol/manifest.js";
import type { Plan } from "#protocol/plan.js";
import type { Rejection } from "#protocol/rejections.js";
import { MemoryState } from "#protocol/state.js";
import { type Choices, seal } from "#protocol/suite/belenios-v1/seal.js";
import { encryptedTallyOf } from "#protocol/tally.js";
import { type Approvals, encodeTransaction, type Kind, transactionMessage } from "#protocol/transaction.js";
import { type BallotBody, type BallotSignature, castBallot } from "#protocol/transactions/cast-ballot.js";
import { createElection } from "#protocol/transactions/create-election.js";
import { enterRoll } from "#protocol/transactions/enter-roll.js";
import { sealElection } from "#protocol/transactions/seal-election.js";
import { spoilBallot } from "#protocol/transactions/spoil-ballot.js";
import { nextAct, shareOf, trusteeKeyOf } from "#protocol/trustee.js";

export const SECOND = 1_000_000_000n;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;

/** 2027-01-15T08:00:00Z in nanoseconds: when every test ledger begins. */
export const START = 1_800_000_000n * SECOND;

/** The same bytes for the same seed, never the same twice within it. */
export function seededRandom(seed: string): Random {
  let block = 0n;
  return (length) => {
    const parts: Uint8Array[] = [];
    for (let have = 0; have < length; have += 32) parts.push(sha256(concat(utf8(seed), bigintToBytes(block++, 8))));
    return concat(...parts).slice(0, length);
  };
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Base58 text that follows from a seed. */
export function base58(seed: string, length: number): string {
  return [...seededRandom(seed)(length)].map((byte) => BASE58[byte % 58] as string).join("");
}

/** A recovery code in its normal form. */
export function codeOf(seed: string): string {
  const text = base58(`code ${seed}`, 22);
  return `${text.slice(0, 5)}-${text.slice(5, 11)}-${text.slice(11, 16)}-${text.slice(16)}`;
}

export const CHAIN_ID = "test-chain";
export const FOUNDER = base58("founder", 14);

/** Founding officers; two of the three must approve. */
export const OFFICERS: readonly Identity[] = ["1", "2", "3"].map((n) =>
  identityFromCode(codeOf(`officer ${n}`), "officer"),
);
export const REGISTRAR: Identity = secretIdentity("registrar");

function secretIdentity(seed: string): Identity {
  const secret = hashToScalar("test", utf8(seed));
  return { secret, key: multiplySecret(GENERATOR, secret) };
}

export function genesisOf(change: Partial<Genesis> = {}): Genesis {
  const officers = OFFICERS.map((officer, i) => ({ key: pointToBytes(officer.key), name: `Officer ${i + 1}` }));
  return {
    version: "psephos1",
    chainId: CHAIN_ID,
    time: START,
    engine: "embedded",
    engineKey: sha256(utf8("node")),
    practice: false,
    founder: {
      id: FOUNDER,
      name: "Electoral Commission",
      officers: officers.sort((a, b) => compareBytes(a.key, b.key)),
      threshold: 2,
      registrarKey: pointToBytes(REGISTRAR.key),
    },
    ...change,
  };
}

/** A ledger in memory: state, block time, the machine. */
export class TestLedger {
  readonly state = new MemoryState();
  readonly chainId: string;
  /** Block time of the next block. */
  time: bigint;
  /** Of the next block. */
  height = 1;
  readonly random: Random;
  readonly verdicts: Verdicts;

  constructor(seed = "ledger", genesis: Genesis = genesisOf(), verdicts: Verdicts = plainVerdicts) {
    this.state.commit(applyGenesis(genesis).changes());
    this.chainId = genesis.chainId;
    this.time = genesis.time + SECOND;
    this.random = seededRandom(seed);
    this.verdicts = verdicts;
  }

  /** The same ledger a second time: what happens on one does not happen on the other. */
  fork(): TestLedger {
    const copy = new TestLedger("fork", genesisOf({ chainId: this.chainId }), this.verdicts);
    copy.state.entries.clear();
    for (const [key, value] of this.state.entries) copy.state.entries.set(key, value);
    copy.time = this.time;
    copy.height = this.height;
    return copy;
  }

  /** One block with these transactions at the present time; a second later, the next. */
  block(...transactions: readonly Uint8Array[]): Applied {
    const applied = apply(this.state, { height: this.height, time: this.time, transactions }, this.verdicts);
    this.state.commit(applied.changes);
    this.time += SECOND;
    this.height += 1;
    return applied;
  }

  /** The code of the rejection, or "ok". What `check` says beforehand must be what the block does. */
  send(wire: Uint8Array): string {
    const before = check(this.state, this.time, wire, this.verdicts, { height: this.height });
    const [rejection] = this.block(wire).rejections as [Rejection | null];
    assert(before?.code === rejection?.code, `check said ${before?.code}, the block ${rejection?.code}`);
    return rejection === null ? "ok" : rejection.code;
  }

  /** {@link send} for what must take effect. */
  must(wire: Uint8Array): void {
    const rejection = this.block(wire).rejections[0] as Rejection | null;
    if (rejection !== null) throw new Error(`refused: ${rejection.code} (${rejection.detail})`);
  }

  entry(uuid: string): ElectionEntry {
    return (elections.get(this.state, uuid) as { readonly entry: ElectionEntry }).entry;
  }

  ceremony(uuid: string): CeremonyRecord {
    return ceremonies.get(this.state, uuid) as CeremonyRecord;
  }

  plan(uuid: string): Plan {
    return plans.get(this.state, uuid) as Plan;
  }

  /** Every key and value of the state, to see that a refusal changed nothing. */
  dump(): string {
    const rows = [...this.state.entries].map(([key, value]) => `${key}=${value.join()}`);
    return rows.sort().join("\n");
  }
}

// Officers and the registrar

/** A transaction that officers approved: the first two founders unless others are named. */
export function approved<B>(
  kind: Kind<B, Approvals>,
  body: B,
  officers: readonly Identity[] = OFFICERS.slice(0, 2),
  chainId = CHAIN_ID,
): Uint8Array {
  const message = transactionMessage(kind, chainId, body);
  const approvals = officers.map((officer) => ({
    key: pointToBytes(officer.key),
    signature: signature("officer", officer.secret, message, chainId),
  }));
  return encodeTransaction(
    kind,
    chainId,
    body,
    approvals.sort((a, b) => compareBytes(a.key, b.key)),
  );
}

/** A transaction with one role signature. */
export function signed<B>(
  kind: Kind<B, { challenge: bigint; response: bigint }>,
  body: B,
  tag: SignatureTag,
  secret: bigint,
  chainId = CHAIN_ID,
): Uint8Array {
  return encodeTransaction(
    kind,
    chainId,
    body,
    signature(tag, secret, transactionMessage(kind, chainId, body), chainId),
  );
}

function signature(tag: SignatureTag, secret: bigint, message: Uint8Array, chainId: string) {
  const { challenge, response } = sign({ tag, chainId }, secret, message, seededRandom("signature"));
  return { challenge, response };
}

// Elections

/** Registrar's secret for the blinded credentials of an election (r_e). */
export function rollSecretOf(uuid: string): bigint {
  return hashToScalar("test/roll", utf8(uuid));
}

export interface TrusteeSpec {
  readonly code: string;
  readonly name: string;
  readonly part: "mandatory" | "member";
}

/** Trustees named and coded by their place: `trustees(1, 3)` has one mandatory trustee and three members. */
export function trustees(mandatory: number, members: number, seed = ""): TrusteeSpec[] {
  return Array.from({ length: mandatory + members }, (_, i) => ({
    code: codeOf(`trustee ${i + 1}${seed}`),
    name: `Trustee ${i + 1}`,
    part: i < mandatory ? "mandatory" : "member",
  }));
}

/** The public side of trustees: what stands in a plan. */
export function trusteeList(specs: readonly TrusteeSpec[], uuid: string, chainId = CHAIN_ID): Plan["trustees"] {
  return specs.map(({ code, name, part }) => ({ name, part, key: trusteeKeyOf(code, chainId, uuid) }));
}

export const UUID = base58("election", 14);

/** A yes/no referendum: opens in an hour, closes an hour later, one mandatory trustee and 2 of 3 members. */
export function planOf(specs: readonly TrusteeSpec[], threshold: number, change: Partial<Plan> = {}): Plan {
  const uuid = change.uuid ?? UUID;
  return {
    uuid,
    organisation: FOUNDER,
    sitting: "",
    name: "Referendum on the bridge",
    description: "Shall the bridge be built?",
    language: "en",
    translations: [],
    questions: [{ question: "Shall the bridge be built?", answers: ["Yes", "No"], min: 0, max: 1, blank: false }],
    opensAt: START + HOUR,
    closesAt: START + 2n * HOUR,
    rules: {
      maxCasts: 5,
      privacyFloor: 2,
      objectionPeriod: MINUTE,
      decryptionPeriod: HOUR,
      latestClose: START + 3n * HOUR,
      reissueDelay: MINUTE,
      reissueCap: 2,
      mismatchInquiry: 3,
      phaseLimit: 10n * MINUTE,
    },
    trustees: trusteeList(specs, uuid),
    threshold,
    rollKey: pointToBytes(multiplySecret(GENERATOR, rollSecretOf(uuid))),
    nodes: [],
    booth: [],
    ...change,
  };
}

export function announce(ledger: TestLedger, plan: Plan): void {
  ledger.must(approved(createElection, plan, OFFICERS.slice(0, 2), ledger.chainId));
}

/** What the trustee with this code would send now; `undefined` when it has to wait. Throws on a problem. */
export function trusteeWire(ledger: TestLedger, uuid: string, code: string): Uint8Array | undefined {
  const act = nextAct(code, { chainId: ledger.chainId, uuid, ceremony: ledger.ceremony(uuid) }, ledger.random);
  if (!act.ok) throw new Error(`${act.error.code}: ${act.error.detail}`);
  return act.value.kind === "send" ? act.value.wire : undefined;
}

/** Lets everybody act, phase after phase, until nobody has anything to send (or the ceremony is in the phase `until`). */
export function runCeremony(
  ledger: TestLedger,
  uuid: string,
  codes: readonly string[],
  until = "done",
): CeremonyRecord {
  for (let acted = true; acted && ledger.ceremony(uuid).phase !== until; ) {
    acted = false;
    for (const code of codes) {
      if (ledger.ceremony(uuid).phase === until) break;
      const wire = trusteeWire(ledger, uuid, code);
      if (wire === undefined) continue;
      ledger.must(wire);
      acted = true;
    }
  }
  return ledger.ceremony(uuid);
}

/** A voter with its credential for one election. */
export interface TestVoter {
  readonly identity: Identity;
  readonly credential: Identity;
  readonly bytes: Uint8Array;
  readonly weight: number;
}

/** Voters in the order of the roll. */
export function votersOf(
  count: number,
  uuid: string = UUID,
  weights: readonly number[] = [],
  chainId = CHAIN_ID,
): TestVoter[] {
  const rollKey = multiplySecret(GENERATOR, rollSecretOf(uuid));
  const voters = Array.from({ length: count }, (_, i) => {
    const identity = identityFromCode(codeOf(`voter ${i + 1}`), "voter");
    const credential = credentialOfVoter({ chainId, uuid }, identity, rollKey);
    return { identity, credential, bytes: pointToBytes(credential.key), weight: weights[i] ?? 1 };
  });
  return voters.sort((a, b) => compareBytes(a.bytes, b.bytes));
}

/** Entries of one transaction. */
const ROLL_CHUNK = 5_000;

export function enterVoters(ledger: TestLedger, uuid: string, voters: readonly TestVoter[]): void {
  for (let start = 0; start === 0 || start < voters.length; start += ROLL_CHUNK) {
    const entries = voters
      .slice(start, start + ROLL_CHUNK)
      .map(({ credential, weight }) => ({ eighth: pointToEighth(credential.key), weight }));
    ledger.must(signed(enterRoll, { uuid, start, entries }, "registrar", REGISTRAR.secret, ledger.chainId));
  }
}

/** The officers seal what stands on the ledger. */
export function sealNow(ledger: TestLedger, uuid: string, letters = 0, uniqueWeights = false): void {
  const { rollCount, rollWeight, rollRoot } = ledger.entry(uuid);
  const manifest = manifestHash(manifestOf(ledger.state, uuid, { letters, uniqueWeights }));
  const body = { uuid, rollCount, rollWeight, rollRoot, manifestHash: manifest, letters, uniqueWeights };
  ledger.must(approved(sealElection, body, OFFICERS.slice(0, 2), ledger.chainId));
}

/** Election, ceremony, roll and seal in one go; the ledger's time is then a moment after opening. */
export function openElection(
  ledger: TestLedger,
  specs: readonly TrusteeSpec[],
  threshold: number,
  voters: readonly TestVoter[],
  change: Partial<Plan> = {},
): Plan {
  const plan = planOf(specs, threshold, change);
  announce(ledger, plan);
  runCeremony(
    ledger,
    plan.uuid,
    specs.map((spec) => spec.code),
  );
  enterVoters(ledger, plan.uuid, voters);
  sealNow(ledger, plan.uuid);
  ledger.time = plan.opensAt;
  return plan;
}

/** A sealed, signed ballot transaction. */
export function ballotWire(
  ledger: TestLedger,
  uuid: string,
  voter: Pick<TestVoter, "credential" | "bytes">,
  choices: Choices,
  sequence = 1,
  type: BallotType = "cast-ballot",
): Uint8Array {
  const sealed = sealeds.get(ledger.state, uuid);
  assert(sealed !== undefined, "the election is sealed");
  const ballot = seal(electionObject(sealed.electionText), voter.credential.secret, choices, ledger.random);
  if (!ballot.ok) throw new Error(ballot.error.detail);
  const body: BallotBody = { uuid, credential: voter.bytes, sequence, ballot: ballot.value.wire };
  const message = ballotMessage(type, uuid, voter.bytes, sequence, ballot.value.trackerBytes);
  const { commitment, response } = sign(
    { tag: "cast", chainId: ledger.chainId },
    voter.credential.secret,
    message,
    ledger.random,
  );
  const signatures: BallotSignature = { commitment: pointToEighth(commitment), response: scalarToBytes(response) };
  return encodeTransaction(type === "cast-ballot" ? castBallot : spoilBallot, ledger.chainId, body, signatures);
}

/** The moment from which shares are accepted. */
export function toDecryption(ledger: TestLedger, uuid: string): void {
  ledger.time = ledger.entry(uuid).closesAt + ledger.plan(uuid).rules.objectionPeriod;
}

/** The share that the trustee with this code sends for the tally on the ledger. */
export function shareWire(ledger: TestLedger, uuid: string, code: string): Uint8Array {
  const sealed = sealeds.get(ledger.state, uuid);
  const tally = tallies.get(ledger.state, uuid);
  assert(sealed !== undefined && tally !== undefined, "the election is sealed");
  const view = { chainId: ledger.chainId, uuid, ceremony: ledger.ceremony(uuid) };
  const encrypted = encryptedTallyOf(ledger.plan(uuid).questions, tally.sums);
  const share = shareOf(code, view, sealed.fingerprint, encrypted, ledger.random);
  if (!share.ok) throw new Error(`${share.error.code}: ${share.error.detail}`);
  return share.value.wire;
}
