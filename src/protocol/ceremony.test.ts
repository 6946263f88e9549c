import { beforeAll, expect, test } from "vitest";
import { bytesEqual } from "#base/bytes.js";
import { GENERATOR, generatorTimes, ORDER } from "#crypto/group.js";
import type { Proof } from "#crypto/proofs/knowledge.js";
import { mod } from "#crypto/scalar.js";
import type { Signature } from "#crypto/schnorr.js";
import {
  announce,
  approved,
  codeOf,
  enterVoters,
  HOUR,
  MINUTE,
  OFFICERS,
  planOf,
  runCeremony,
  START,
  sealNow,
  signed,
  TestLedger,
  type TrusteeSpec,
  trusteeList,
  trustees,
  trusteeWire,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";
import { plainVerdicts } from "./ballot.js";
import {
  assembledTrustees,
  ceremonyContext,
  ceremonyHash,
  dealingsFor,
  membersOf,
  missing,
  ownerPlaces,
  revealedMembers,
  trusteesText,
  withTrustee,
} from "./ceremony.js";
import { apply, check, describe as read } from "./machine.js";
import type { RejectionCode } from "./rejections.js";
import {
  type CeremonyContext,
  type Complaint,
  commitmentOf,
  type Dealing,
  envelopeSecret,
  type MemberReveal,
  memberReveal,
  memberSecrets,
  receiveShares,
} from "./suite/belenios-v1/ceremony.js";
import {
  makeTrusteeKey,
  makeVerificationKey,
  signedMessageToText,
  type TrusteePublicKey,
  trusteeKeyToText,
} from "./suite/belenios-v1/pki.js";
import type { Kind } from "./transaction.js";
import { acceptShares } from "./transactions/accept-shares.js";
import { cancelElection } from "./transactions/cancel-election.js";
import { commitTrustee } from "./transactions/commit-trustee.js";
import { complain } from "./transactions/complain.js";
import { dealShares } from "./transactions/deal-shares.js";
import { rehearseDecryption } from "./transactions/rehearse-decryption.js";
import { type RestartBody, restartCeremony } from "./transactions/restart-ceremony.js";
import { revealTrustee } from "./transactions/reveal-trustee.js";
import { nextAct } from "./trustee.js";

/** Trustee 1 is mandatory, 2 to 4 are the members. */
const SPECS = trustees(1, 3);
const CODES = SPECS.map((spec) => spec.code);
const code = (place: number): string => CODES[place] as string;

// biome-ignore lint/suspicious/noExplicitAny: the tests tamper with bodies of every kind
type Body = any;

const KINDS: Readonly<Record<string, Kind<Body, Body>>> = Object.fromEntries(
  [commitTrustee, revealTrustee, dealShares, acceptShares, complain, rehearseDecryption].map((kind) => [
    kind.type,
    kind,
  ]),
);

/** The ledger at the beginning of each phase. */
const at: Record<string, TestLedger> = {};

beforeAll(() => {
  const ledger = new TestLedger();
  announce(ledger, planOf(SPECS, 2));
  for (const phase of ["commit", "reveal", "deal", "accept", "rehearse", "done"]) {
    runCeremony(ledger, UUID, CODES, phase);
    expect(ledger.ceremony(UUID).phase).toBe(phase);
    at[phase] = ledger.fork();
  }
});

function from(phase: string): TestLedger {
  return (at[phase] as TestLedger).fork();
}

/** A transaction of trustee `place` with any body, signed with its envelope key (or that of another code). */
function step(type: string, body: Body, by: string): Uint8Array {
  return signed(KINDS[type] as Kind<Body, Body>, body, "trustee", envelopeSecret(by, "test-chain", UUID));
}

/** What trustee `place` would send now, changed and signed again. */
function changed(ledger: TestLedger, place: number, change: Body, by = code(place)): Uint8Array {
  const act = read(trusteeWire(ledger, UUID, code(place)) as Uint8Array);
  if (act === undefined) throw new Error("not a transaction");
  return step(act.type, { ...(act.body as Body), ...change }, by);
}

function bodyOf(wire: Uint8Array | undefined): Body {
  return wire === undefined ? undefined : read(wire)?.body;
}

function contextOf(ledger: TestLedger): CeremonyContext {
  return ceremonyContext("test-chain", UUID, ledger.ceremony(UUID));
}

/** Trustee `place` commits to what `reveal` makes, all others honestly; gives the ledger and the wire of the reveal. */
function withReveal(
  place: number,
  make: (context: CeremonyContext) => { readonly hash: Uint8Array; readonly texts: readonly string[] },
): { readonly ledger: TestLedger; readonly wire: Uint8Array } {
  const ledger = from("commit");
  const { hash, texts } = make(contextOf(ledger));
  for (const [i] of CODES.entries())
    ledger.must(
      i === place ? changed(ledger, i, { commitment: hash }) : (trusteeWire(ledger, UUID, code(i)) as Uint8Array),
    );
  const wire = step("reveal-trustee", { uuid: UUID, ceremony: 1, trustee: place, reveal: texts }, code(place));
  return { ledger, wire };
}

const fixed = (length: number): Uint8Array => new Uint8Array(length).fill(3);

function mandatoryTexts(context: CeremonyContext, key: TrusteePublicKey) {
  return { hash: commitmentOf(context, key), texts: [trusteeKeyToText(key)] };
}

test("one mandatory trustee and 2 of 3: the ceremony ends in trustees that verify, its hash in the entry at every step", () => {
  for (const phase of ["commit", "reveal", "deal", "accept", "rehearse", "done"]) {
    const ledger = from(phase);
    expect(bytesEqual(ledger.entry(UUID).ceremonyHash, ceremonyHash(ledger.ceremony(UUID)))).toBe(true);
  }
  const done = from("done").ceremony(UUID);
  const { text, checked } = assembledTrustees(done);
  if (!checked.ok) throw new Error(checked.error.detail);
  expect(text).toBe(trusteesText(done));
  expect(checked.value.groups.map((group) => `${group.kind} ${group.threshold}/${group.members.length}`)).toEqual([
    "single 1/1",
    "pedersen 2/3",
  ]);
  expect(checked.value.members.map((member) => member.name)).toEqual(SPECS.map((spec) => spec.name));
  expect(done.culprits).toEqual([]);
  expect(missing(done)).toEqual([]);
});

test("owner numbers: mandatory trustees first, then the members, each in the order of the list", () => {
  const specs: TrusteeSpec[] = (["member", "mandatory", "member", "mandatory"] as const).map((part, i) => ({
    part,
    code: code(i),
    name: `T${i}`,
  }));
  const ledger = new TestLedger();
  announce(ledger, planOf(specs, 1));
  const done = runCeremony(ledger, UUID, CODES);
  expect(done.phase).toBe("done");
  expect(ownerPlaces(done)).toEqual([1, 3, 0, 2]);
  expect(membersOf(done)).toEqual([0, 2]);
  const { checked } = assembledTrustees(done);
  expect(checked.ok && checked.value.members.map((member) => member.name)).toEqual(["T1", "T3", "T0", "T2"]);
});

test("only mandatory trustees: dealing and accepting are skipped", () => {
  const ledger = new TestLedger();
  const specs = trustees(2, 0);
  announce(ledger, planOf(specs, 0));
  expect(runCeremony(ledger, UUID, CODES.slice(0, 2), "rehearse").phase).toBe("rehearse");
  expect(runCeremony(ledger, UUID, CODES.slice(0, 2)).phase).toBe("done");
});

test("K-01: a rogue key (the others' taken out of a chosen one) has no proof of knowledge and is refused", () => {
  const { ledger, wire } = withReveal(0, (context) => {
    const others = memberSecrets(code(1), context).coefficients[0] as bigint;
    const rogue = generatorTimes(mod(5n - others));
    return mandatoryTexts(context, { ...makeTrusteeKey(5n, fixed, "Trustee 1"), publicKey: rogue });
  });
  expect(ledger.send(wire)).toBe("bad-certificate");
});

test("K-02: coefficients other than those committed to are refused, and the trustee is missing, by name, at the deadline", () => {
  const ledger = from("reveal");
  const other = memberReveal("another code", contextOf(ledger), 1);
  const reveal = [signedMessageToText(other.certificate), signedMessageToText(other.coefficients)];
  expect(ledger.send(changed(ledger, 1, { reveal }))).toBe("bad-commitment");
  for (const place of [0, 2, 3]) ledger.must(trusteeWire(ledger, UUID, code(place)) as Uint8Array);
  ledger.time += 11n * MINUTE;
  ledger.must(restart(ledger));
  expect(culprits(ledger)).toEqual(["1: Trustee 2 missing in reveal"]);
});

test("K-03: whoever was shown another certificate signs another set, and its dealing is refused", () => {
  const ledger = from("deal");
  const record = ledger.ceremony(UUID);
  // Trustee 4 plays a double game with a lying node: another commitment and reveal, well signed, for trustee 2's eyes only.
  const context = contextOf(ledger);
  const other = memberReveal("another code", context, 3);
  const reveal = [signedMessageToText(other.certificate), signedMessageToText(other.coefficients)];
  const shown = (by: string) => {
    const wire = step("reveal-trustee", { uuid: UUID, ceremony: 1, trustee: 3, reveal }, by);
    const lied = {
      reveal,
      commitment: commitmentOf(context, other),
      revealSigned: read(wire)?.signatures as Signature,
    };
    const ceremony = withTrustee(record, 3, lied);
    return nextAct(code(1), { chainId: "test-chain", uuid: UUID, ceremony }, ledger.random);
  };
  const act = shown(code(3));
  if (!act.ok || act.value.kind !== "send") throw new Error("the story is consistent");
  expect(act.value.type).toBe("deal-shares");
  expect(ledger.send(act.value.wire)).toBe("wrong-ceremony");
  // Without trustee 4's help the node's story is found out before anything is dealt to a false key.
  expect(shown("another code")).toMatchObject({ ok: false, error: { code: "bad-record" } });
});

/** Officers begin the next ceremony with the same trustees, unless others are named. */
function restart(ledger: TestLedger, change: Partial<RestartBody> = {}, officers = OFFICERS.slice(0, 2)): Uint8Array {
  const { number, threshold } = ledger.ceremony(UUID);
  const body = { uuid: UUID, ceremony: number + 1, trustees: trusteeList(SPECS, UUID), threshold, ...change };
  return approved(restartCeremony, body, officers);
}

function culprits(ledger: TestLedger): string[] {
  return ledger.ceremony(UUID).culprits.map((each) => `${each.ceremony}: ${each.name} ${each.reason} in ${each.phase}`);
}

test("K-04: a bad share is complained about, the dealer is named, and the next ceremony has other polynomials", () => {
  const ledger = from("deal");
  const dealt = bodyOf(trusteeWire(ledger, UUID, code(2)));
  const shares = dealt.shares.map((share: { masked: bigint }, i: number) =>
    i === 0 ? { ...share, masked: mod(share.masked + 1n) } : share,
  );
  for (const place of [1, 3]) ledger.must(trusteeWire(ledger, UUID, code(place)) as Uint8Array);
  ledger.must(changed(ledger, 2, { shares }));
  const complaint = trusteeWire(ledger, UUID, code(1)) as Uint8Array;
  expect(read(complaint)?.type).toBe("complain");
  // The other members got right shares and have nothing to complain about.
  expect(read(trusteeWire(ledger, UUID, code(3)) as Uint8Array)?.type).toBe("accept-shares");
  ledger.must(complaint);
  const failed = ledger.ceremony(UUID);
  expect(failed.phase).toBe("failed");
  expect(culprits(ledger)).toEqual(["1: Trustee 3 bad-dealing in accept"]);
  expect(trusteeWire(ledger, UUID, code(3))).toBeUndefined();
  ledger.must(restart(ledger));
  const again = runCeremony(ledger, UUID, CODES);
  expect([again.phase, again.number]).toEqual(["done", 2]);
  expect(culprits(ledger)).toEqual(["1: Trustee 3 bad-dealing in accept"]);
  for (const [place, trustee] of again.trustees.entries())
    for (const text of trustee.reveal ?? []) expect(failed.trustees[place]?.reveal).not.toContain(text);
  const { checked } = assembledTrustees(again);
  expect(checked.ok).toBe(true);
});

/** A complaint with a true proof of what the dealing decrypts to. */
function openedDealing(ledger: TestLedger, recipient: number, accused: number): Body {
  const ceremony = ledger.ceremony(UUID);
  const members = membersOf(ceremony);
  const index = members.indexOf(recipient) + 1;
  // The proof covers α and K, not what is masked: a client that claims to have got something else makes it.
  const dealings = (dealingsFor(ceremony, index) as Dealing[]).map((dealing) => ({
    ...dealing,
    masked: mod(dealing.masked + 1n),
  }));
  const received = receiveShares(code(recipient), contextOf(ledger), index, revealedMembers(ceremony), dealings);
  if (received.ok) throw new Error("no complaint");
  const { shared, proof } = received.error[members.indexOf(accused)] as Complaint;
  return { uuid: UUID, ceremony: 1, trustee: recipient, accused, shared, proof };
}

test("K-04: a false complaint is refused and changes nothing, whoever it accuses", () => {
  const ledger = from("accept");
  const opened = openedDealing(ledger, 1, 2);
  const before = ledger.dump();
  expect(ledger.send(step("complain", opened, code(1)))).toBe("bad-complaint");
  expect(ledger.send(step("complain", { ...opened, shared: generatorTimes(7n) }, code(1)))).toBe("bad-complaint");
  expect(ledger.send(step("complain", { ...opened, accused: 3 }, code(1)))).toBe("bad-complaint");
  expect(ledger.send(step("complain", { ...opened, accused: 0 }, code(1)))).toBe("bad-complaint");
  expect(ledger.send(step("complain", { ...opened, accused: 9 }, code(1)))).toBe("bad-complaint");
  expect(ledger.dump()).toBe(before);
  expect(runCeremony(ledger, UUID, CODES).phase).toBe("done");
});

test("a dead trustee: after the deadline only a restart is possible; whoever is missing is named, and may be replaced", () => {
  const ledger = from("accept");
  for (const place of [1, 3]) ledger.must(trusteeWire(ledger, UUID, code(place)) as Uint8Array);
  const late = trusteeWire(ledger, UUID, code(2)) as Uint8Array;
  const { phaseSince } = ledger.ceremony(UUID);
  ledger.time = phaseSince + 10n * MINUTE - 1n;
  expect(ledger.fork().send(late)).toBe("ok");
  ledger.time += 1n;
  expect(ledger.send(late)).toBe("too-late");
  const specs = [...SPECS.slice(0, 2), { ...(SPECS[2] as TrusteeSpec), name: "Trustee 5", code: codeOf("trustee 5") }];
  ledger.must(restart(ledger, { trustees: trusteeList(specs, UUID), threshold: 1 }));
  expect(culprits(ledger)).toEqual(["1: Trustee 3 missing in accept"]);
  const done = runCeremony(
    ledger,
    UUID,
    specs.map((spec) => spec.code),
  );
  expect([done.phase, done.number, done.threshold]).toEqual(["done", 2, 1]);
  expect(done.trustees.map((trustee) => trustee.name)).toEqual(["Trustee 1", "Trustee 2", "Trustee 5"]);
});

test("keys that cancel each other end the ceremony: there is no election key", () => {
  const ledger = new TestLedger();
  announce(ledger, planOf(trustees(2, 0), 0));
  const reveals = [5n, ORDER - 5n].map((secret, i) =>
    mandatoryTexts(contextOf(ledger), makeTrusteeKey(secret, fixed, `Trustee ${i + 1}`)),
  );
  const body = { uuid: UUID, ceremony: 1 };
  for (const [trustee, { hash }] of reveals.entries())
    ledger.must(step("commit-trustee", { ...body, trustee, commitment: hash }, code(trustee)));
  for (const [trustee, { texts }] of reveals.entries())
    ledger.must(step("reveal-trustee", { ...body, trustee, reveal: texts }, code(trustee)));
  expect(ledger.ceremony(UUID).phase).toBe("failed");
});

test("a rehearsal that does not hold is refused; the right one finishes the ceremony", () => {
  const ledger = from("rehearse");
  const honest = bodyOf(trusteeWire(ledger, UUID, code(3)));
  const change = (fields: Body) => ledger.send(changed(ledger, 3, fields));
  expect(change({ factor: honest.factor.add(GENERATOR) })).toBe("bad-rehearsal");
  expect(change({ proof: { ...honest.proof, response: mod(honest.proof.response + 1n) } })).toBe("bad-rehearsal");
  const other = bodyOf(trusteeWire(ledger, UUID, code(2)));
  expect(change({ factor: other.factor, proof: other.proof })).toBe("bad-rehearsal");
  expect(runCeremony(ledger, UUID, CODES).phase).toBe("done");
});

/** Each row: what is sent, on which ledger, and the code it is refused with. */
const REFUSALS: readonly (readonly [
  string,
  RejectionCode,
  () => { readonly ledger: TestLedger; readonly wire: Uint8Array },
])[] = [
  ["an election that does not exist", "unknown-election", () => simple("commit", 1, { uuid: "1".repeat(14) })],
  ["another ledger's identifier", "wrong-chain", otherChain],
  ["a cancelled election", "ended", () => after("commit", cancel)],
  ["after opening without a seal", "ended", () => after("commit", (ledger) => (ledger.time = START + HOUR))],
  ["after the seal", "wrong-stage", () => after("done", sealed, "commit")],
  ["after a failure", "wrong-stage", () => after("accept", fail)],
  ["after the phase's deadline", "too-late", () => after("commit", (ledger) => (ledger.time += 10n * MINUTE))],
  ["another ceremony's number", "wrong-ceremony", () => simple("commit", 1, { ceremony: 2 })],
  ["a ceremony that was restarted", "wrong-ceremony", () => after("reveal", (ledger) => ledger.must(restart(ledger)))],
  ["a place that does not exist", "unknown-trustee", () => simple("commit", 1, { trustee: 4 })],
  ["somebody else's place", "bad-signature", () => simple("commit", 1, { trustee: 2 })],
  ["a commitment once more", "already-done", () => again("commit", 1)],
  ["a reveal once more", "already-done", () => again("reveal", 1)],
  ["a dealing once more", "already-done", () => again("deal", 1)],
  ["an acceptance once more", "already-done", () => again("accept", 1)],
  ["a complaint after acceptance", "already-done", lateComplaint],
  ["a rehearsal once more", "already-done", () => again("rehearse", 1)],
  ["a rehearsal after the end", "already-done", () => ({ ledger: from("done"), wire: simple("rehearse", 1).wire })],
  [
    "a reveal before all have committed",
    "out-of-order",
    () => ({ ledger: from("commit"), wire: simple("reveal", 1).wire }),
  ],
  [
    "a dealing before all have revealed",
    "out-of-order",
    () => ({ ledger: from("reveal"), wire: simple("deal", 1).wire }),
  ],
  [
    "an acceptance before all have dealt",
    "out-of-order",
    () => ({ ledger: from("deal"), wire: simple("accept", 1).wire }),
  ],
  [
    "a complaint before all have dealt",
    "out-of-order",
    () => ({ ledger: from("deal"), wire: step("complain", openedDealing(from("accept"), 1, 2), code(1)) }),
  ],
  [
    "a rehearsal before all have accepted",
    "out-of-order",
    () => ({ ledger: from("accept"), wire: simple("rehearse", 1).wire }),
  ],
  ["two texts of a mandatory trustee", "bad-commitment", () => simple("reveal", 0, { reveal: ["a", "b"] })],
  ["one text of a member", "bad-commitment", () => simple("reveal", 1, { reveal: ["a"] })],
  ["texts that are no objects", "bad-commitment", () => simple("reveal", 1, { reveal: ["{}", "{}"] })],
  ["a key that is no object", "bad-commitment", () => simple("reveal", 0, { reveal: ["{}"] })],
  [
    "a mandatory key under another name",
    "bad-certificate",
    () => withReveal(0, (context) => mandatoryTexts(context, makeTrusteeKey(5n, fixed, "Trustee 2"))),
  ],
  [
    "a certificate for another place",
    "bad-certificate",
    () => withReveal(1, (context) => memberTexts(context, memberReveal(code(1), context, 2))),
  ],
  ["coefficients signed by another key", "bad-certificate", () => withReveal(1, foreignCoefficients)],
  [
    "too few coefficients",
    "bad-certificate",
    () => withReveal(1, (context) => memberTexts(context, memberReveal(code(1), { ...context, threshold: 1 }, 1), 1)),
  ],
  ["dealings of a mandatory trustee", "unknown-trustee", () => simple("deal", 1, { trustee: 0 }, 0)],
  ["a dealing too few", "bad-dealing", () => tampered("deal", 1, (body) => ({ shares: body.shares.slice(1) }))],
  [
    "a wrong signature over the certificates",
    "bad-dealing",
    () => tampered("deal", 1, (body) => ({ signature: { ...body.signature, response: 1n } })),
  ],
  ["another view of the dealings", "wrong-ceremony", () => simple("accept", 1, { dealings: fixed(32) })],
  ["a verification key that is no object", "bad-share-key", () => simple("accept", 1, { verificationKey: "{}" })],
  [
    "a verification key under another name",
    "bad-share-key",
    () =>
      simple("accept", 1, {
        verificationKey: shareKeyText((share, sk) => makeVerificationKey(share, sk, fixed, "Nobody")),
      }),
  ],
  [
    "a verification key of another share",
    "bad-share-key",
    () =>
      simple("accept", 1, {
        verificationKey: shareKeyText((share, sk) => {
          // The right key is signed, another one shown with a proof of its own.
          const { signature } = makeVerificationKey(share, sk, fixed, "Trustee 2");
          return { ...makeVerificationKey(mod(share + 1n), sk, fixed, "Trustee 2"), signature: signature as Proof };
        }),
      }),
  ],
  [
    "a verification key without proof of knowledge",
    "bad-share-key",
    () =>
      simple("accept", 1, {
        verificationKey: shareKeyText((share, sk) => ({
          ...makeVerificationKey(share, sk, fixed, "Trustee 2"),
          pok: { challenge: 1n, response: 1n },
        })),
      }),
  ],
  [
    "a verification key signed by another",
    "bad-share-key",
    () =>
      simple("accept", 1, {
        verificationKey: shareKeyText((share) => makeVerificationKey(share, 9n, fixed, "Trustee 2")),
      }),
  ],
  ["another view of the whole ceremony", "wrong-ceremony", () => simple("rehearse", 0, { transcript: fixed(32) })],
  ["a restart of an unknown election", "unknown-election", () => restarted({ uuid: "1".repeat(14) })],
  ["a restart after the seal", "wrong-stage", () => after("done", sealed, undefined, restart)],
  ["a restart of a cancelled election", "ended", () => after("commit", cancel, undefined, restart)],
  ["a restart with as many shares as members", "bad-threshold", () => restarted({ threshold: 3 })],
  [
    "a restart with one key twice",
    "bad-threshold",
    () => restarted({ trustees: trusteeList([SPECS[0], SPECS[1], SPECS[2], SPECS[2]] as TrusteeSpec[], UUID) }),
  ],
  ["a restart that leaves out a number", "wrong-ceremony", () => restarted({ ceremony: 3 })],
  [
    "a restart once more",
    "wrong-ceremony",
    () =>
      after(
        "commit",
        (ledger) => ledger.must(restart(ledger)),
        undefined,
        () => restart(from("commit")),
      ),
  ],
  ["a restart by one officer", "too-few-approvals", () => restarted({}, OFFICERS.slice(0, 1))],
  [
    "a restart with a key that is none",
    "bad-key",
    () =>
      restarted({
        trustees: trusteeList(SPECS, UUID).map((each, i) => (i === 0 ? { ...each, key: fixed(32) } : each)),
      }),
  ],
];

test.each(REFUSALS)("refused: %s (%s)", (_name, expected, make) => {
  const { ledger, wire } = make();
  expect(check(ledger.state, ledger.time, wire, plainVerdicts)?.code).toBe(expected);
  const applied = apply(ledger.state, { time: ledger.time, transactions: [wire] }, plainVerdicts);
  expect(applied.rejections.map((rejection) => rejection?.code)).toEqual([expected]);
  expect(applied.changes.size).toBe(0);
});

function simple(phase: string, place: number, change: Body = {}, by = place) {
  const ledger = from(phase);
  return { ledger, wire: changed(ledger, place, change, code(by)) };
}

function tampered(phase: string, place: number, change: (body: Body) => Body) {
  const { ledger, wire } = simple(phase, place);
  return { ledger, wire: changed(ledger, place, change(bodyOf(wire))) };
}

function again(phase: string, place: number) {
  const { ledger, wire } = simple(phase, place);
  ledger.must(wire);
  return { ledger, wire };
}

/** A transaction made at `phase` (or at `sent`), sent after something has happened. */
function after(
  phase: string,
  happen: (ledger: TestLedger) => unknown,
  sent = phase,
  make?: (ledger: TestLedger) => Uint8Array,
) {
  const ledger = from(phase);
  const wire = make === undefined ? changed(from(sent), 1, {}) : undefined;
  happen(ledger);
  return { ledger, wire: wire ?? (make as (ledger: TestLedger) => Uint8Array)(ledger) };
}

function cancel(ledger: TestLedger): void {
  ledger.must(approved(cancelElection, { uuid: UUID, reason: "a mistake" }));
}

function sealed(ledger: TestLedger): void {
  enterVoters(ledger, UUID, votersOf(2));
  sealNow(ledger, UUID);
}

function fail(ledger: TestLedger): void {
  const bad = from("deal");
  const { shares } = bodyOf(trusteeWire(bad, UUID, code(2)));
  for (const place of [1, 3]) bad.must(trusteeWire(bad, UUID, code(place)) as Uint8Array);
  bad.must(changed(bad, 2, { shares: [{ ...shares[0], masked: 1n }, ...shares.slice(1)] }));
  bad.must(trusteeWire(bad, UUID, code(1)) as Uint8Array);
  ledger.state.entries.clear();
  for (const [key, value] of bad.state.entries) ledger.state.entries.set(key, value);
}

function otherChain() {
  const ledger = from("commit");
  return {
    ledger,
    wire: signed(
      commitTrustee,
      { uuid: UUID, ceremony: 1, trustee: 1, commitment: fixed(32) },
      "trustee",
      5n,
      "other-chain",
    ),
  };
}

function lateComplaint() {
  const { ledger } = again("accept", 1);
  return { ledger, wire: step("complain", openedDealing(ledger, 1, 2), code(1)) };
}

function restarted(change: Partial<RestartBody>, officers = OFFICERS.slice(0, 2)) {
  const ledger = from("commit");
  return { ledger, wire: restart(ledger, change, officers) };
}

function memberTexts(context: CeremonyContext, reveal: MemberReveal, threshold = context.threshold) {
  expect(threshold).toBeLessThanOrEqual(context.threshold);
  return {
    hash: commitmentOf(context, reveal),
    texts: [signedMessageToText(reveal.certificate), signedMessageToText(reveal.coefficients)],
  };
}

function foreignCoefficients(context: CeremonyContext) {
  const { certificate } = memberReveal(code(1), context, 1);
  return memberTexts(context, { certificate, coefficients: memberReveal("another code", context, 1).coefficients });
}

/** A verification key made from member 1's right share and signing secret. */
function shareKeyText(make: (share: bigint, sk: bigint) => TrusteePublicKey): string {
  const ledger = from("accept");
  const ceremony = ledger.ceremony(UUID);
  const context = contextOf(ledger);
  const share = receiveShares(code(1), context, 1, revealedMembers(ceremony), dealingsFor(ceremony, 1) as Dealing[]);
  if (!share.ok) throw new Error("the shares are right");
  return trusteeKeyToText(make(share.value, memberSecrets(code(1), context).sk));
}
