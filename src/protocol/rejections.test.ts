/**
 * Every rejection of the closed list, as a table: a world, a transaction, the code. Whatever is refused changes nothing.
 * Then the order of precedence: a transaction in which everything is wrong, repaired step by step.
 */
import { beforeAll, expect, test } from "vitest";
import { concat } from "#base/bytes.js";
import { GENERATOR, IDENTITY, multiplySecret, pointToAffine, pointToBytes, pointToEighth } from "#crypto/group.js";
import { scalarToBytes } from "#crypto/scalar.js";
import { sign } from "#crypto/schnorr.js";
import { envelopedWire, resignedWire } from "../../test/ballot-forge.js";
import {
  announce,
  approved,
  ballotWire,
  base58,
  CHAIN_ID,
  enterVoters,
  FOUNDER,
  HOUR,
  OFFICERS,
  planOf,
  REGISTRAR,
  runCeremony,
  START,
  sealNow,
  seededRandom,
  shareWire,
  signed,
  TestLedger,
  type TestVoter,
  toDecryption,
  trusteeList,
  trustees,
  trusteeWire,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";
import { ceremonyContext } from "./ceremony.js";
import { ballots, sealeds } from "./election.js";
import { encodeCbor } from "./encoding/cbor.js";
import type { Identity } from "./identity.js";
import { identityFromCode } from "./identity.js";
import { describe } from "./machine.js";
import { manifestHash, manifestOf } from "./manifest.js";
import type { Plan } from "./plan.js";
import { REJECTIONS, type RejectionCode } from "./rejections.js";
import { commitmentOf, envelopeSecret, memberReveal } from "./suite/belenios-v1/ceremony.js";
import { signedMessageToText } from "./suite/belenios-v1/pki.js";
import { encodeTransaction, type Kind, transactionMessage } from "./transaction.js";
import { acceptShares } from "./transactions/accept-shares.js";
import { anchorLog } from "./transactions/anchor-log.js";
import { appointOfficer } from "./transactions/appoint-officer.js";
import { cancelElection } from "./transactions/cancel-election.js";
import { type BallotBody, castBallot } from "./transactions/cast-ballot.js";
import { commitTrustee } from "./transactions/commit-trustee.js";
import { complain } from "./transactions/complain.js";
import { createElection } from "./transactions/create-election.js";
import { createOrganisation } from "./transactions/create-organisation.js";
import { dealShares } from "./transactions/deal-shares.js";
import { enterRoll } from "./transactions/enter-roll.js";
import { extendElection } from "./transactions/extend-election.js";
import { rehearseDecryption } from "./transactions/rehearse-decryption.js";
import { reissueCredential } from "./transactions/reissue-credential.js";
import { removeOfficer } from "./transactions/remove-officer.js";
import { reportMismatch } from "./transactions/report-mismatch.js";
import { restartCeremony } from "./transactions/restart-ceremony.js";
import { revealTrustee } from "./transactions/reveal-trustee.js";
import { type SealElection, sealElection } from "./transactions/seal-election.js";
import { shareDecryption } from "./transactions/share-decryption.js";

const SPECS = trustees(0, 2);
const CODES = SPECS.map((spec) => spec.code);
const VOTERS = votersOf(6);
const [alice, bob, carol, dora] = VOTERS as [TestVoter, TestVoter, TestVoter, TestVoter];
const fred = VOTERS[5] as TestVoter;
const ROLL = VOTERS.slice(0, 5);
const OTHER = base58("another election", 14);
const NOWHERE = base58("no election", 14);
const STRANGER = identityFromCode(base58("x", 22), "officer");
const YES = [[1, 0]];

/** Snapshots of one election's life; each row works on a copy. */
type World =
  | "founded"
  | "announced"
  | "committed"
  | "revealed"
  | "dealt"
  | "accepted"
  | "keyed"
  | "rolled"
  | "sealed"
  | "open"
  | "closing"
  | "counting"
  | "tallied"
  | "quiet"
  | "cancelled"
  | "lapsed";
const worlds = {} as Record<World, TestLedger>;
/** The wire ballot of alice that is on the ledger in the world `open`. */
let alicesBallot: Uint8Array;
let electionText: string;

function copyOf(ledger: TestLedger): TestLedger {
  const copy = new TestLedger("copy");
  copy.state.entries.clear();
  for (const [key, value] of ledger.state.entries) copy.state.entries.set(key, value);
  copy.time = ledger.time;
  return copy;
}

beforeAll(() => {
  const ledger = new TestLedger();
  const keep = (name: World): void => {
    worlds[name] = copyOf(ledger);
  };
  keep("founded");
  announce(ledger, planOf(SPECS, 1));
  keep("announced");
  for (const [phase, name] of [
    ["reveal", "committed"],
    ["deal", "revealed"],
    ["accept", "dealt"],
    ["rehearse", "accepted"],
    ["done", "keyed"],
  ] as const) {
    runCeremony(ledger, UUID, CODES, phase);
    keep(name);
  }
  enterVoters(ledger, UUID, ROLL);
  keep("rolled");
  const lapsed = copyOf(ledger);
  lapsed.time = START + HOUR;
  worlds.lapsed = lapsed;
  const cancelled = copyOf(ledger);
  cancelled.must(approved(cancelElection, { uuid: UUID, reason: "a name is missing on the ballot paper" }));
  worlds.cancelled = cancelled;
  sealNow(ledger, UUID);
  keep("sealed");
  electionText = sealeds.get(ledger.state, UUID)?.electionText as string;
  ledger.time = START + HOUR;
  const quiet = copyOf(ledger);
  quiet.must(ballotWire(quiet, UUID, alice, YES));
  toDecryption(quiet, UUID);
  worlds.quiet = quiet;
  const first = ballotWire(ledger, UUID, alice, YES, 2);
  alicesBallot = bodyOf<BallotBody>(first).ballot;
  ledger.must(first);
  ledger.must(ballotWire(ledger, UUID, bob, YES, 1, "spoil-ballot"));
  ledger.must(ballotWire(ledger, UUID, bob, YES, 2));
  ledger.must(
    approved(reissueCredential, { uuid: UUID, old: dora.bytes, credential: pointToEighth(fred.credential.key) }),
  );
  keep("open");
  ledger.time = ledger.entry(UUID).closesAt;
  keep("closing");
  toDecryption(ledger, UUID);
  keep("counting");
  ledger.must(shareWire(ledger, UUID, CODES[1] as string));
  keep("tallied");
});

// The language of the table

/** A transaction of a trustee with its body changed and signed anew by `place`. */
function trusteeAct<B>(
  kind: Kind<B, { challenge: bigint; response: bigint }>,
  wire: Uint8Array,
  place: number,
  change: Partial<B>,
): Uint8Array {
  const body = { ...(describe(wire)?.body as B), ...change };
  return signed(kind, body, "trustee", envelopeSecret(CODES[place] as string, CHAIN_ID, UUID));
}

const act = (world: World, place: number): Uint8Array =>
  trusteeWire(worlds[world], UUID, CODES[place] as string) as Uint8Array;
const bodyOf = <B>(wire: Uint8Array): B => describe(wire)?.body as B;
const key = (who: Identity): Uint8Array => pointToBytes(who.key);

/** A cast with everything right but what is changed. */
function cast(change: {
  uuid?: string;
  by?: Identity;
  bytes?: Uint8Array;
  sequence?: number;
  ballot?: Uint8Array;
  chainId?: string;
}): Uint8Array {
  const { uuid = UUID, by = carol.credential, sequence = 1, ballot = alicesBallot, chainId = CHAIN_ID } = change;
  const credential = change.bytes ?? key(by);
  const commitment = pointToEighth(multiplySecret(GENERATOR, 5n));
  return encodeTransaction(
    castBallot,
    chainId,
    { uuid, credential, sequence, ballot },
    { commitment, response: scalarToBytes(7n) },
  );
}

/** A ballot of carol's that is hers and well signed, with something changed inside first. */
function carolsForged(change: (wire: Uint8Array) => Uint8Array): Uint8Array {
  const parts = {
    type: "cast-ballot",
    chainId: CHAIN_ID,
    uuid: UUID,
    electionText,
    credential: carol.credential,
    sequence: 1,
  } as const;
  const own = bodyOf<BallotBody>(ballotWire(worlds.open, UUID, carol, YES)).ballot;
  return envelopedWire(parts, change(own), seededRandom("forged"));
}

function altered(wire: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  const out = wire.slice();
  out.set(bytes, at < 0 ? out.length + at : at);
  return out;
}

const plan = (change: Partial<Plan> = {}): Plan => planOf(SPECS, 1, { uuid: OTHER, ...change });
const rules = (change: Partial<Plan["rules"]>): Plan["rules"] => ({ ...planOf(SPECS, 1).rules, ...change });
const twelve = (n: number): Uint8Array => new Uint8Array(32).fill(n);
const chunk = (start: number, entries: readonly { eighth: Uint8Array; weight: number }[], uuid = UUID): Uint8Array =>
  signed(enterRoll, { uuid, start, entries }, "registrar", REGISTRAR.secret);
const entry = (voter: TestVoter, weight = 1) => ({ eighth: pointToEighth(voter.credential.key), weight });
const report = (tracker: Uint8Array, by: Identity, uuid = UUID): Uint8Array =>
  signed(reportMismatch, { uuid, tracker, kind: "other-choice" }, "voter", by.secret);
const spoiledTracker = (): Uint8Array => trackerOf("spoiled");
function trackerOf(kind: "cast" | "spoiled"): Uint8Array {
  for (const [name] of worlds.open.state.entries) {
    if (!name.startsWith(`ballot/${UUID}/`)) continue;
    const found = ballots.get(worlds.open.state, UUID, name.split("/")[2] as string);
    if (found?.leaf.kind === kind) return found.leaf.tracker;
  }
  throw new Error(`no ${kind} ballot`);
}

function seal(ledger: TestLedger, change: Partial<SealElection> = {}, officers?: readonly Identity[]): Uint8Array {
  const { rollCount, rollWeight, rollRoot } = ledger.entry(UUID);
  const choices = { letters: change.letters ?? 0, uniqueWeights: change.uniqueWeights ?? false };
  const done = ledger.ceremony(UUID).phase === "done" && rollCount > 0;
  const hash = done ? manifestHash(manifestOf(ledger.state, UUID, choices)) : twelve(1);
  const body = {
    uuid: UUID,
    rollCount: Math.max(1, rollCount),
    rollWeight: Math.max(1, rollWeight),
    rollRoot,
    manifestHash: hash,
    ...choices,
    ...change,
  };
  return officers === undefined ? approved(sealElection, body) : approved(sealElection, body, officers);
}

const organisation = (change: object = {}) => ({
  id: base58("organisation", 14),
  name: "A second one",
  officers: [{ key: key(STRANGER), name: "Stranger" }],
  threshold: 1,
  registrarKey: key(REGISTRAR),
  ...change,
});
const appoint = (change: object = {}) => ({
  organisation: FOUNDER,
  revision: 0,
  officer: { key: key(STRANGER), name: "S" },
  threshold: 2,
  ...change,
});

/** [code, world, transaction (from a copy of the world, which it may bring further), what is wrong]. */
type Row = readonly [RejectionCode, World, (ledger: TestLedger) => Uint8Array, string];

const FORM: readonly Row[] = [
  ["too-large", "founded", () => new Uint8Array(400_001), "one byte more than the limit"],
  ["malformed", "founded", () => new Uint8Array(0), "nothing"],
  ["malformed", "founded", () => Uint8Array.of(0xff, 1, 2), "no CBOR"],
  ["malformed", "founded", () => concat(approved(createElection, plan()), Uint8Array.of(0)), "L-13: a trailing byte"],
  ["malformed", "founded", () => encodeCbor([2, CHAIN_ID, "create-election", [], []]), "another version"],
  ["malformed", "founded", () => encodeCbor([1, CHAIN_ID, "cast-ballot", [UUID, twelve(1), 1]]), "four parts"],
  [
    "malformed",
    "open",
    () =>
      encodeCbor([1, CHAIN_ID, "cast-ballot", [UUID, twelve(1), 1, twelve(1), null], [new Uint8Array(64), twelve(1)]]),
    "L-13: an unknown field",
  ],
  [
    "malformed",
    "open",
    () => encodeCbor([1, CHAIN_ID, "cast-ballot", [UUID, twelve(1), 0, twelve(1)], [new Uint8Array(64), twelve(1)]]),
    "sequence 0",
  ],
  ["malformed", "founded", () => approved(createElection, plan({ name: "a‮b" })), "E-07: a bidirectional control"],
  ["malformed", "founded", () => approved(createElection, plan({ name: "a​b" })), "E-07: a zero-width character"],
  [
    "malformed",
    "founded",
    () => encodeTransaction(createElection, CHAIN_ID, plan(), twice(createElection, plan())),
    "one approval twice",
  ],
  ["unknown-type", "founded", () => encodeCbor([1, CHAIN_ID, "cast-vote", [], []]), "no such kind"],
  [
    "wrong-chain",
    "founded",
    () => approved(createElection, plan(), OFFICERS.slice(0, 2), "other-chain"),
    "another ledger's",
  ],
];

const OFFICER_ROWS: readonly Row[] = [
  [
    "unknown-organisation",
    "founded",
    () => approved(createElection, plan({ organisation: NOWHERE })),
    "create-election",
  ],
  [
    "unknown-organisation",
    "founded",
    () => approved(appointOfficer, appoint({ organisation: NOWHERE })),
    "appoint-officer",
  ],
  [
    "unknown-organisation",
    "founded",
    () => approved(removeOfficer, { organisation: NOWHERE, revision: 0, key: twelve(1), threshold: 1 }),
    "remove-officer",
  ],
  [
    "unknown-organisation",
    "founded",
    () => signed(anchorLog, { organisation: NOWHERE, entries: 1, head: twelve(1) }, "log", REGISTRAR.secret),
    "anchor-log",
  ],
  [
    "organisation-exists",
    "founded",
    () => approved(createOrganisation, organisation({ id: FOUNDER })),
    "the founder's identifier",
  ],
  ["election-exists", "announced", () => approved(createElection, planOf(SPECS, 1)), "the same again"],
  ["invalid-plan", "founded", () => approved(createElection, plan({ opensAt: START })), "opens in the past"],
  ["invalid-plan", "founded", () => approved(createElection, plan({ closesAt: START + HOUR })), "closes when it opens"],
  [
    "invalid-plan",
    "founded",
    () => approved(createElection, plan({ rules: rules({ latestClose: START + HOUR }) })),
    "closes after the latest moment",
  ],
  [
    "invalid-plan",
    "founded",
    () => approved(createElection, plan({ rules: rules({ decryptionPeriod: 0n }) })),
    "no time for shares",
  ],
  [
    "invalid-plan",
    "founded",
    () => approved(createElection, plan({ rules: rules({ phaseLimit: 0n }) })),
    "no time for a phase",
  ],
  [
    "invalid-plan",
    "founded",
    () =>
      approved(
        createElection,
        plan({ questions: [{ question: "?", answers: ["a", "b"], min: 2, max: 1, blank: false }] }),
      ),
    "min above max",
  ],
  [
    "invalid-plan",
    "founded",
    () =>
      approved(
        createElection,
        plan({ questions: [{ question: "?", answers: ["a", "b"], min: 0, max: 3, blank: false }] }),
      ),
    "max above the answers",
  ],
  [
    "invalid-plan",
    "founded",
    () =>
      approved(
        createElection,
        plan({ questions: [{ question: "?", answers: ["a", "a"], min: 0, max: 1, blank: false }] }),
      ),
    "E-07: an answer twice",
  ],
  [
    "invalid-plan",
    "founded",
    () =>
      approved(
        createElection,
        plan({ questions: [{ question: "?", answers: ["a b", "a  b "], min: 0, max: 1, blank: false }] }),
      ),
    "E-07: answers that only white space tells apart",
  ],
  ["invalid-plan", "founded", () => approved(createElection, plan({ threshold: 2 })), "K-05: all of the members"],
  [
    "invalid-plan",
    "founded",
    () => approved(createElection, plan({ trustees: trusteeList([...SPECS, ...SPECS], OTHER) })),
    "two trustees with one key",
  ],
  [
    "invalid-plan",
    "founded",
    () =>
      approved(
        createElection,
        plan({
          translations: [
            { language: "de", name: "x", description: "", questions: [{ question: "?", answers: ["ja"] }] },
          ],
        }),
      ),
    "T-04: a translation with fewer answers",
  ],
  ["stale-revision", "founded", () => approved(appointOfficer, appoint({ revision: 1 })), "appoint-officer"],
  [
    "stale-revision",
    "founded",
    () =>
      approved(removeOfficer, { organisation: FOUNDER, revision: 7, key: key(OFFICERS[0] as Identity), threshold: 1 }),
    "remove-officer",
  ],
  [
    "officer-exists",
    "founded",
    () => approved(appointOfficer, appoint({ officer: { key: key(OFFICERS[2] as Identity), name: "again" } })),
    "",
  ],
  [
    "unknown-officer",
    "founded",
    () => approved(removeOfficer, { organisation: FOUNDER, revision: 0, key: key(STRANGER), threshold: 2 }),
    "",
  ],
  ["bad-threshold", "founded", () => approved(appointOfficer, appoint({ threshold: 5 })), "5 of 4"],
  [
    "bad-threshold",
    "founded",
    () =>
      approved(removeOfficer, { organisation: FOUNDER, revision: 0, key: key(OFFICERS[0] as Identity), threshold: 3 }),
    "3 of 2",
  ],
  ["bad-threshold", "founded", () => approved(createOrganisation, organisation({ threshold: 2 })), "2 of 1"],
  [
    "bad-threshold",
    "keyed",
    () => approved(restartCeremony, { uuid: UUID, ceremony: 2, trustees: trusteeList(SPECS, UUID), threshold: 2 }),
    "restart: 2 of 2",
  ],
  ["already-done", "founded", (ledger) => anchoredTwice(ledger), "anchored twice"],
  ["too-few-approvals", "founded", () => approved(createElection, plan(), OFFICERS.slice(0, 1)), "one of two"],
  [
    "too-few-approvals",
    "founded",
    () => approved(createElection, plan(), [OFFICERS[0] as Identity, STRANGER]),
    "one of two and a stranger",
  ],
  [
    "too-few-approvals",
    "sealed",
    () => approved(extendElection, { uuid: UUID, closesAt: START + 3n * HOUR }, [STRANGER]),
    "extend-election",
  ],
  [
    "too-few-approvals",
    "sealed",
    () => approved(cancelElection, { uuid: UUID, reason: "x" }, OFFICERS.slice(2)),
    "cancel-election",
  ],
  ["too-few-approvals", "rolled", (ledger) => seal(ledger, {}, OFFICERS.slice(0, 1)), "seal-election"],
  [
    "too-few-approvals",
    "open",
    () =>
      approved(
        reissueCredential,
        {
          uuid: UUID,
          old: carol.bytes,
          credential: pointToEighth((VOTERS[4] as TestVoter).credential.key.add(GENERATOR)),
        },
        OFFICERS.slice(1, 2),
      ),
    "R-13: re-issue by one officer",
  ],
  [
    "bad-signature",
    "founded",
    () => approved(createElection, plan(), [...OFFICERS.slice(0, 2), STRANGER]),
    "two of two, and a stranger",
  ],
  [
    "bad-signature",
    "founded",
    () => foreign(createElection, plan(), plan({ name: "Another" })),
    "approved something else",
  ],
  [
    "bad-key",
    "founded",
    () => approved(createElection, plan({ rollKey: pointToBytes(IDENTITY) })),
    "C-08: neutral roll key",
  ],
  ["bad-key", "founded", () => approved(createElection, plan({ rollKey: twelve(2) })), "C-06: no point"],
  [
    "bad-key",
    "founded",
    () => approved(appointOfficer, appoint({ officer: { key: pointToBytes(IDENTITY), name: "nobody" } })),
    "C-08: neutral officer",
  ],
  [
    "bad-key",
    "founded",
    () => approved(createOrganisation, organisation({ registrarKey: twelve(255) })),
    "C-09: not canonical",
  ],
];

const CEREMONY: readonly Row[] = [
  [
    "wrong-ceremony",
    "announced",
    () => trusteeAct(commitTrustee, act("announced", 0), 0, { ceremony: 2 }),
    "the next one",
  ],
  [
    "unknown-trustee",
    "announced",
    () => trusteeAct(commitTrustee, act("announced", 0), 0, { trustee: 2 }),
    "the third of two",
  ],
  ["already-done", "revealed", () => act("announced", 0), "a second commitment"],
  ["out-of-order", "announced", () => act("committed", 0), "revealed before all have committed (K-02)"],
  ["out-of-order", "accepted", (ledger) => seal(ledger), "sealed before the rehearsal"],
  [
    "bad-commitment",
    "committed",
    () => trusteeAct(revealTrustee, act("committed", 1), 0, { trustee: 0 }),
    "K-02: another reveal than committed",
  ],
  [
    "bad-dealing",
    "revealed",
    () => trusteeAct(dealShares, act("revealed", 0), 0, { signature: { challenge: 1n, response: 1n } }),
    "signature",
  ],
  [
    "bad-share-key",
    "dealt",
    () =>
      trusteeAct(acceptShares, act("dealt", 0), 0, {
        verificationKey: bodyOf<{ verificationKey: string }>(act("dealt", 1)).verificationKey,
      }),
    "the other's key",
  ],
  [
    "bad-complaint",
    "dealt",
    () =>
      signed(
        complain,
        { uuid: UUID, ceremony: 1, trustee: 0, accused: 1, shared: GENERATOR, proof: { challenge: 1n, response: 1n } },
        "trustee",
        envelopeSecret(CODES[0] as string, CHAIN_ID, UUID),
      ),
    "no proof",
  ],
  [
    "bad-rehearsal",
    "accepted",
    () => trusteeAct(rehearseDecryption, act("accepted", 0), 0, { factor: GENERATOR }),
    "another factor",
  ],
  [
    "bad-signature",
    "announced",
    () => trusteeAct(commitTrustee, act("announced", 0), 1, {}),
    "the other trustee's signature",
  ],
  ["ended", "cancelled", () => act("announced", 0), "cancelled"],
  ["wrong-stage", "sealed", () => act("announced", 0), "sealed"],
];

const ROLL_ROWS: readonly Row[] = [
  ["unknown-election", "founded", () => chunk(0, [entry(alice)]), "enter-roll"],
  ["wrong-stage", "sealed", () => chunk(0, [entry(alice)]), "E-02, R-05: after the seal"],
  ["wrong-stage", "open", () => chunk(5, [entry(fred)]), "E-02, R-05: after opening"],
  ["wrong-stage", "lapsed", () => chunk(0, [entry(alice)]), "lapsed"],
  ["roll-gap", "keyed", () => chunk(1, [entry(alice)]), "begins at 1"],
  ["roll-gap", "rolled", () => chunk(4, [entry(fred)]), "repeats an entry's place"],
  [
    "roll-limit",
    "keyed",
    () => chunk(0, [entry(alice, 10_000_000), entry(bob)]),
    "T-12: one above the maximum of weight",
  ],
  ["roll-limit", "rolled", () => chunk(5, [entry(fred, 9_999_996)]), "T-12: one above, over two chunks"],
  ["roll-order", "keyed", () => chunk(0, [entry(bob), entry(alice)]), "descending"],
  ["roll-order", "keyed", () => chunk(0, [entry(alice), entry(alice)]), "R-06: one credential twice"],
  ["roll-order", "rolled", () => chunk(5, [entry(alice)]), "below the last of the chunk before"],
  ["roll-point", "keyed", () => chunk(0, [{ eighth: new Uint8Array(64).fill(1), weight: 1 }]), "C-06: off the curve"],
  [
    "roll-point",
    "keyed",
    () => chunk(0, [{ eighth: pointToAffine(IDENTITY), weight: 1 }]),
    "C-08: the neutral element",
  ],
  [
    "roll-point",
    "keyed",
    () => chunk(0, [{ eighth: smallOrder(), weight: 1 }]),
    "C-06: 8 times a point of order 2 is neutral",
  ],
  [
    "bad-signature",
    "keyed",
    () => signed(enterRoll, { uuid: UUID, start: 0, entries: [entry(alice)] }, "registrar", STRANGER.secret),
    "a stranger's roll",
  ],
  [
    "bad-signature",
    "keyed",
    () => signed(enterRoll, { uuid: UUID, start: 0, entries: [entry(alice)] }, "log", REGISTRAR.secret),
    "C-16: another tag",
  ],
  ["roll-too-small", "keyed", (ledger) => seal(ledger), "O-01: no roll"],
  ["roll-mismatch", "rolled", (ledger) => seal(ledger, { rollRoot: twelve(3) }), "another root"],
  ["roll-mismatch", "rolled", (ledger) => seal(ledger, { rollCount: 4 }), "another count"],
  ["roll-mismatch", "rolled", (ledger) => seal(ledger, { rollWeight: 6 }), "another weight"],
  ["roll-mismatch", "rolled", (ledger) => seal(ledger, { letters: 6 }), "more letters than voters"],
  ["manifest-mismatch", "rolled", (ledger) => seal(ledger, { manifestHash: twelve(4) }), "another manifest"],
  ["wrong-stage", "sealed", (ledger) => seal(ledger), "sealed twice"],
  ["wrong-stage", "lapsed", (ledger) => seal(ledger), "at the moment of opening"],
];

const MORE: readonly Row[] = [
  [
    "bad-certificate",
    "announced",
    (ledger) => badCertificate(ledger),
    "committed to a bad signature, then revealed it",
  ],
  ["unique-weight", "keyed", (ledger) => uniqueWeight(ledger), "O-01: one voter alone has weight 2"],
  ["reissue-limit", "open", (ledger) => thirdReissue(ledger), "one more than the plan allows"],
];

function badCertificate(ledger: TestLedger): Uint8Array {
  const context = ceremonyContext(CHAIN_ID, UUID, ledger.ceremony(UUID));
  const { certificate, coefficients } = memberReveal(CODES[0] as string, context, 1);
  const bad = { certificate, coefficients: { ...coefficients, signature: certificate.signature } };
  ledger.must(trusteeAct(commitTrustee, act("announced", 0), 0, { commitment: commitmentOf(context, bad) }));
  ledger.must(act("announced", 1));
  const reveal = [signedMessageToText(bad.certificate), signedMessageToText(bad.coefficients)];
  const secret = envelopeSecret(CODES[0] as string, CHAIN_ID, UUID);
  return signed(revealTrustee, { uuid: UUID, ceremony: 1, trustee: 0, reveal }, "trustee", secret);
}

function uniqueWeight(ledger: TestLedger): Uint8Array {
  enterVoters(
    ledger,
    UUID,
    ROLL.map((voter, i) => ({ ...voter, weight: i === 3 ? 2 : 1 })),
  );
  return seal(ledger);
}

function thirdReissue(ledger: TestLedger): Uint8Array {
  ledger.must(approved(reissueCredential, { uuid: UUID, old: carol.bytes, credential: fresh(1n) }));
  return approved(reissueCredential, { uuid: UUID, old: (VOTERS[4] as TestVoter).bytes, credential: fresh(2n) });
}

const BALLOTS: readonly Row[] = [
  ["unknown-election", "open", () => cast({ uuid: NOWHERE }), "no such election"],
  ["not-yet-open", "sealed", () => cast({}), "before opening"],
  ["not-yet-open", "announced", () => cast({}), "before the seal"],
  ["closed", "closing", () => cast({}), "E-04: in the very nanosecond of closing"],
  ["closed", "tallied", () => cast({}), "after the count"],
  ["ended", "cancelled", () => cast({}), "cancelled"],
  ["ended", "lapsed", () => cast({}), "lapsed"],
  ["not-on-roll", "open", () => cast({ by: STRANGER }), "a stranger"],
  ["not-on-roll", "open", () => cast({ bytes: twelve(9) }), "no point at all"],
  ["too-early", "open", () => cast({ by: fred.credential }), "a re-issued credential before its delay"],
  ["stale-sequence", "open", () => cast({ by: alice.credential, sequence: 2 }), "T-08: the same again"],
  ["stale-sequence", "open", () => cast({ by: alice.credential, sequence: 1 }), "T-08: an older one"],
  ["sequence-too-high", "open", () => cast({ sequence: 6 }), "L-16: one more than allowed"],
  [
    "bad-signature",
    "open",
    () => cast({ ballot: bodyOf<BallotBody>(ballotWire(worlds.open, UUID, carol, YES)).ballot }),
    "envelope",
  ],
  ["bad-wire", "open", () => carolsForged((wire) => wire.slice(1)), "T-05: too short"],
  ["bad-wire", "open", () => carolsForged((wire) => concat(wire, wire)), "T-05: twice as long"],
  [
    "bad-wire",
    "open",
    () => carolsForged((wire) => altered(wire, 0, new Uint8Array(64).fill(1))),
    "C-06: off the curve",
  ],
  ["bad-wire", "open", () => carolsForged((wire) => altered(wire, -32, twelve(255))), "C-09: a scalar above q"],
  [
    "bad-ballot-signature",
    "open",
    () => carolsForged((wire) => altered(wire, -32, scalarToBytes(3n))),
    "another response",
  ],
  [
    "bad-ballot-signature",
    "open",
    () => carolsForged(() => alicesBallot),
    "T-01: alice's ballot under carol's credential",
  ],
  ["bad-proof", "open", () => carolsForged(() => resigned(alicesBallot)), "T-01: the same, signed by carol"],
  ["bad-proof", "open", () => carolsForged((wire) => resigned(swapped(wire))), "T-02: choices permuted"],
  [
    "bad-proof",
    "open",
    () => carolsForged((wire) => resigned(altered(wire, -64, scalarToBytes(3n)))),
    "C-04: a response replaced",
  ],
  [
    "bad-proof",
    "open",
    () => carolsForged((wire) => resigned(altered(wire, 64, pointToEighth(GENERATOR)))),
    "C-01: another β",
  ],
  ["ciphertext-reused", "open", () => aliceAgain(), "the same ciphertexts with the next number"],
  ["ciphertext-reused", "open", (ledger) => testedThenCast(ledger), "a tested ballot is barred for ever"],
  ["unknown-tracker", "open", () => report(twelve(1), bob.credential), "report-mismatch"],
  ["not-spoiled", "open", () => report(trackerOf("cast"), alice.credential), "report-mismatch"],
  ["bad-signature", "open", () => report(spoiledTracker(), alice.credential), "report of another's ballot"],
  ["wrong-stage", "tallied", () => report(spoiledTracker(), bob.credential), "report after the count"],
  [
    "wrong-stage",
    "rolled",
    () => approved(reissueCredential, { uuid: UUID, old: carol.bytes, credential: fresh(1n) }),
    "re-issue before the seal",
  ],
  [
    "too-early",
    "open",
    () => approved(reissueCredential, { uuid: UUID, old: fred.bytes, credential: fresh(1n) }),
    "re-issue of one that is not valid yet",
  ],
  [
    "not-on-roll",
    "open",
    () => approved(reissueCredential, { uuid: UUID, old: key(STRANGER), credential: fresh(1n) }),
    "re-issue for a stranger",
  ],
  [
    "credential-revoked",
    "open",
    () => approved(reissueCredential, { uuid: UUID, old: dora.bytes, credential: fresh(1n) }),
    "re-issued twice",
  ],
  [
    "has-voted",
    "open",
    () => approved(reissueCredential, { uuid: UUID, old: alice.bytes, credential: fresh(1n) }),
    "R-13: re-issue after a vote",
  ],
  [
    "credential-exists",
    "open",
    () => approved(reissueCredential, { uuid: UUID, old: carol.bytes, credential: entry(bob).eighth }),
    "bob's credential for carol",
  ],
  [
    "roll-point",
    "open",
    () => approved(reissueCredential, { uuid: UUID, old: carol.bytes, credential: new Uint8Array(64).fill(1) }),
    "re-issue of no point",
  ],
];

const ENDS: readonly Row[] = [
  [
    "extension-limit",
    "open",
    () => approved(extendElection, { uuid: UUID, closesAt: START + 3n * HOUR + 1n }),
    "a nanosecond after the latest",
  ],
  [
    "extension-limit",
    "open",
    () => approved(extendElection, { uuid: UUID, closesAt: START + 2n * HOUR }),
    "not later than now fixed",
  ],
  [
    "too-late",
    "closing",
    () => approved(extendElection, { uuid: UUID, closesAt: START + 3n * HOUR }),
    "E-03: in the nanosecond of closing",
  ],
  [
    "too-late",
    "tallied",
    () => approved(extendElection, { uuid: UUID, closesAt: START + 3n * HOUR }),
    "E-03: after the count",
  ],
  [
    "wrong-stage",
    "rolled",
    () => approved(extendElection, { uuid: UUID, closesAt: START + 3n * HOUR }),
    "before the seal",
  ],
  [
    "too-late",
    "open",
    () => approved(cancelElection, { uuid: UUID, reason: "the other side is winning" }),
    "E-01: cancelled while open",
  ],
  ["wrong-stage", "cancelled", () => approved(cancelElection, { uuid: UUID, reason: "again" }), "cancelled twice"],
  [
    "too-early",
    "closing",
    () => shareWire(worlds.closing, UUID, CODES[0] as string),
    "E-10: shares before the objection period is over",
  ],
  [
    "not-decrypted",
    "quiet",
    () => shareWire(worlds.quiet, UUID, CODES[0] as string),
    "O-01: fewer ballots than the privacy floor",
  ],
  [
    "bad-factor",
    "counting",
    () =>
      trusteeAct(shareDecryption, shareWire(worlds.counting, UUID, CODES[0] as string), 0, {
        share: bodyOf<{ share: string }>(shareWire(worlds.quiet, UUID, CODES[0] as string)).share,
      }),
    "C-13, K-10: factors of another sum",
  ],
];

function fresh(n: bigint): Uint8Array {
  return pointToEighth(multiplySecret(GENERATOR, 1_000n + n));
}

/** Approvals that repeat one officer. */
function twice<B>(kind: Kind<B, never> | Kind<B, unknown>, body: B) {
  const message = transactionMessage(kind as Kind<B, unknown>, CHAIN_ID, body);
  const officer = OFFICERS[0] as Identity;
  const { challenge, response } = sign(
    { tag: "officer", chainId: CHAIN_ID },
    officer.secret,
    message,
    seededRandom("twice"),
  );
  const approval = { key: key(officer), signature: { challenge, response } };
  return [approval, approval] as never;
}

/** A body under approvals of another one. */
function foreign<B>(kind: Kind<B, unknown> | Kind<B, never>, body: B, approvedBody: B): Uint8Array {
  const { signatures } = describe(approved(kind as never, approvedBody)) as unknown as { signatures: never };
  return encodeTransaction(kind as Kind<B, never>, CHAIN_ID, body, signatures);
}

/** (0, −1): of order 2, so that 8·Q is neutral. */
function smallOrder(): Uint8Array {
  const minusOne = (1n << 255n) - 20n;
  const out = new Uint8Array(64);
  for (let i = 0, rest = minusOne; i < 32; i++, rest >>= 8n) out[32 + i] = Number(rest & 0xffn);
  return out;
}

function resigned(wire: Uint8Array): Uint8Array {
  return resignedWire(wire, electionText, carol.credential, seededRandom("resigned"));
}

/** The two choices of a yes/no ballot exchanged, ciphertexts only. */
function swapped(wire: Uint8Array): Uint8Array {
  return concat(wire.subarray(128, 256), wire.subarray(0, 128), wire.subarray(256));
}

function aliceAgain(): Uint8Array {
  const parts = {
    type: "cast-ballot",
    chainId: CHAIN_ID,
    uuid: UUID,
    electionText,
    credential: alice.credential,
    sequence: 3,
  } as const;
  return envelopedWire(parts, alicesBallot, seededRandom("again"));
}

function testedThenCast(ledger: TestLedger): Uint8Array {
  const parts = { chainId: CHAIN_ID, uuid: UUID, electionText, credential: bob.credential };
  const { ballot } = bodyOf<BallotBody>(ballotWire(ledger, UUID, bob, YES));
  ledger.must(envelopedWire({ ...parts, type: "spoil-ballot", sequence: 3 }, ballot, seededRandom("tested")));
  return envelopedWire({ ...parts, type: "cast-ballot", sequence: 4 }, ballot, seededRandom("cast"));
}

function anchoredTwice(ledger: TestLedger): Uint8Array {
  const wire = signed(anchorLog, { organisation: FOUNDER, entries: 1, head: twelve(1) }, "log", REGISTRAR.secret);
  ledger.must(wire);
  return wire;
}

const TABLE = [...FORM, ...OFFICER_ROWS, ...CEREMONY, ...ROLL_ROWS, ...MORE, ...BALLOTS, ...ENDS];

const NAMED = TABLE.map(([code, world, make, what]) => [what, code, world, make] as const);

test.each(NAMED)("%s: %s in the world %s: %#", (what, code, world, make) => {
  const ledger = copyOf(worlds[world]);
  const wire = make(ledger);
  const before = ledger.dump();
  expect(ledger.send(wire), what).toBe(code);
  expect(ledger.dump() === before, `${what}: a refusal changes nothing`).toBe(true);
});

test("every code of the list is produced by a row, numbers ascend and are never shared", () => {
  // A ledger with validators is another world: network.test.ts has its rows.
  const elsewhere = ["no-network", "bad-validators", "change-limit", "bad-upgrade", "too-little-power"];
  const produced = new Set<string>([...TABLE.map(([code]) => code), ...elsewhere]);
  expect(REJECTIONS.map((row) => row.code).filter((code) => !produced.has(code))).toEqual([]);
  const numbers = REJECTIONS.map((row) => row.number);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});

/** Wrong in every way that can be tried at once; each step repairs the first fault and meets the next. */
test("precedence: a ballot, repaired step by step", () => {
  const bad = alicesBallot.slice(1);
  const open = worlds.open;
  const steps: readonly (readonly [RejectionCode, TestLedger, Uint8Array])[] = [
    ["too-large", open, concat(Uint8Array.of(0xff), new Uint8Array(400_000))],
    ["malformed", open, Uint8Array.of(0xff)],
    ["unknown-type", open, encodeCbor([1, "other-chain", "cast-vote", [], []])],
    ["wrong-chain", open, cast({ chainId: "other-chain", uuid: NOWHERE, by: STRANGER, sequence: 99, ballot: bad })],
    ["unknown-election", open, cast({ uuid: NOWHERE, by: STRANGER, sequence: 99, ballot: bad })],
    ["not-yet-open", worlds.sealed, cast({ by: STRANGER, sequence: 99, ballot: bad })],
    ["closed", worlds.closing, cast({ by: STRANGER, sequence: 99, ballot: bad })],
    ["ended", worlds.cancelled, cast({ by: STRANGER, sequence: 99, ballot: bad })],
    ["not-on-roll", open, cast({ by: STRANGER, sequence: 99, ballot: bad })],
    ["sequence-too-high", open, cast({ by: alice.credential, sequence: 99, ballot: bad })],
    ["stale-sequence", open, cast({ by: alice.credential, sequence: 1, ballot: bad })],
    ["bad-wire", open, cast({ by: alice.credential, sequence: 3, ballot: bad })],
    ["bad-signature", open, cast({ by: alice.credential, sequence: 3, ballot: alicesBallot })],
    ["ciphertext-reused", open, aliceAgain()],
  ];
  for (const [code, ledger, wire] of steps) expect(copyOf(ledger).send(wire)).toBe(code);
  expect(copyOf(open).send(ballotWire(open, UUID, alice, YES, 3))).toBe("ok");
});

test("precedence: a seal, repaired step by step", () => {
  const few = OFFICERS.slice(0, 1);
  const wrong = { rollRoot: twelve(1), manifestHash: twelve(1) };
  const steps: readonly (readonly [RejectionCode, World, Partial<SealElection>])[] = [
    ["unknown-election", "rolled", { ...wrong, uuid: NOWHERE }],
    ["wrong-stage", "lapsed", wrong],
    ["out-of-order", "accepted", wrong],
    ["roll-too-small", "keyed", wrong],
    ["roll-mismatch", "rolled", wrong],
    ["manifest-mismatch", "rolled", { manifestHash: twelve(1) }],
    ["too-few-approvals", "rolled", {}],
  ];
  for (const [code, world, change] of steps) {
    const ledger = copyOf(worlds[world]);
    expect(ledger.send(seal(ledger, change, few))).toBe(code);
  }
  const ledger = copyOf(worlds.rolled);
  expect(ledger.send(seal(ledger))).toBe("ok");
});

test("precedence: an appointment, repaired step by step", () => {
  const neutral = { key: pointToBytes(IDENTITY), name: "nobody" };
  const known = { key: key(OFFICERS[0] as Identity), name: "again" };
  const steps: readonly (readonly [RejectionCode, object, number])[] = [
    ["unknown-organisation", { organisation: NOWHERE, revision: 9, officer: known, threshold: 9 }, 1],
    ["stale-revision", { revision: 9, officer: known, threshold: 9 }, 1],
    ["officer-exists", { officer: known, threshold: 9 }, 1],
    ["bad-threshold", { officer: neutral, threshold: 9 }, 1],
    ["too-few-approvals", { officer: neutral }, 1],
    ["bad-key", { officer: neutral }, 2],
  ];
  for (const [code, change, officers] of steps)
    expect(copyOf(worlds.founded).send(approved(appointOfficer, appoint(change), OFFICERS.slice(0, officers)))).toBe(
      code,
    );
});
