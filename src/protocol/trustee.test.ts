import { beforeAll, expect, test } from "vitest";
import { GENERATOR } from "#crypto/group.js";
import { mod } from "#crypto/scalar.js";
import { sign } from "#crypto/schnorr.js";
import { announce, codeOf, planOf, runCeremony, TestLedger, trustees, UUID } from "../../test/protocol-kit.js";
import {
  type CeremonyRecord,
  type CeremonyTrustee,
  ceremonyContext,
  revealsTranscript,
  type StoredDealings,
  withTrustee,
} from "./ceremony.js";
import { envelopeSecret } from "./suite/belenios-v1/ceremony.js";
import { dealingsMessage } from "./transactions/deal-shares.js";
import { nextAct, shareOf, type TrusteeView } from "./trustee.js";

const SPECS = trustees(1, 3);
const CODES = SPECS.map((spec) => spec.code);
const code = (place: number): string => CODES[place] as string;

const records: Record<string, CeremonyRecord> = {};

beforeAll(() => {
  const ledger = new TestLedger();
  announce(ledger, planOf(SPECS, 2));
  for (const phase of ["commit", "reveal", "deal", "accept", "rehearse", "done"])
    records[phase] = runCeremony(ledger, UUID, CODES, phase);
});

const random = (length: number): Uint8Array => new Uint8Array(length).fill(9);

function view(phase: string, place?: number, change: Partial<CeremonyTrustee> = {}): TrusteeView {
  const ceremony = records[phase] as CeremonyRecord;
  return {
    chainId: "test-chain",
    uuid: UUID,
    ceremony: place === undefined ? ceremony : withTrustee(ceremony, place, change),
  };
}

function verdict(by: string, seen: TrusteeView): string {
  const act = nextAct(by, seen, random);
  if (!act.ok) return act.error.code;
  return act.value.kind === "send" ? act.value.type : act.value.kind;
}

test("each phase asks a member for its act, and a mandatory trustee to wait while members deal and accept", () => {
  const acts = ["commit-trustee", "reveal-trustee", "deal-shares", "accept-shares", "rehearse-decryption", "done"];
  for (const [i, phase] of ["commit", "reveal", "deal", "accept", "rehearse", "done"].entries()) {
    expect(verdict(code(1), view(phase))).toBe(acts[i]);
    const waits = phase === "deal" || phase === "accept";
    expect(verdict(code(0), view(phase))).toBe(waits ? "wait" : acts[i]);
  }
});

test("whoever has acted waits, and is told for whom", () => {
  const ledger = new TestLedger();
  announce(ledger, planOf(SPECS, 2));
  runCeremony(ledger, UUID, CODES.slice(0, 2));
  const act = nextAct(code(1), { chainId: "test-chain", uuid: UUID, ceremony: ledger.ceremony(UUID) }, random);
  expect(act).toEqual({ ok: true, value: { kind: "wait", phase: "commit", missing: [2, 3] } });
  const failed = { ...(records.accept as CeremonyRecord), phase: "failed" as const };
  expect(verdict(code(1), { ...view("accept"), ceremony: failed })).toBe("wait");
});

test("a code of nobody, of another election or of another ledger belongs to no place", () => {
  expect(verdict(codeOf("somebody else"), view("commit"))).toBe("not-a-trustee");
  expect(verdict(code(1), { ...view("commit"), uuid: "1".repeat(14) })).toBe("not-a-trustee");
  expect(verdict(code(1), { ...view("commit"), chainId: "other-chain" })).toBe("not-a-trustee");
});

const other = (place: number) => (records.done as CeremonyRecord).trustees[place] as CeremonyTrustee;

/** What a lying node may show to trustee 2 (place 1), and what its client says. */
const LIES: readonly (readonly [string, string, () => TrusteeView])[] = [
  ["a commitment in its own name", "foreign-act", () => view("reveal", 1, { commitment: new Uint8Array(32) })],
  ["its own dealing, changed", "foreign-act", () => view("accept", 1, signedDealing(1))],
  ["another's reveal that was not committed to", "bad-record", () => view("deal", 3, { reveal: other(2).reveal })],
  ["a mandatory key with another's text", "bad-record", () => view("deal", 0, { reveal: other(1).reveal })],
  ["a text that is no object", "bad-record", () => view("deal", 0, { reveal: ["{}"] })],
  ["a reveal that is missing", "bad-record", () => view("deal", 3, { reveal: null })],
  ["a dealing that is too early", "bad-record", () => view("reveal", 3, { dealings: other(3).dealings })],
  ["a dealing of a mandatory trustee", "bad-record", () => view("accept", 0, { dealings: other(3).dealings })],
  ["another's dealing with a wrong signature", "bad-record", () => view("accept", 3, { dealings: other(2).dealings })],
  [
    "another's verification key",
    "bad-record",
    () => view("rehearse", 3, { verificationKey: other(2).verificationKey }),
  ],
  [
    "a threshold that is none",
    "bad-record",
    () => ({ ...view("deal"), ceremony: { ...(records.deal as CeremonyRecord), threshold: 0 } }),
  ],
  [
    "another threshold",
    "bad-record",
    () => ({ ...view("deal"), ceremony: { ...(records.deal as CeremonyRecord), threshold: 1 } }),
  ],
  [
    "another number",
    "bad-record",
    () => ({ ...view("deal"), ceremony: { ...(records.deal as CeremonyRecord), number: 2 } }),
  ],
];

test.each(LIES)("a lying node is found out: %s (%s)", (_name, expected, make) => {
  expect(verdict(code(1), make())).toBe(expected);
});

test("K-04: a wrong share is complained about only when its dealer signed it: a lying node gets no complaint", () => {
  // Dealer 3 (place 2) sent a wrong share to the first member, place 1.
  const act = (place: number, shown: Partial<CeremonyTrustee>) =>
    nextAct(code(place), view("accept", 2, shown), random);
  expect(act(1, signedDealing(2))).toMatchObject({ ok: true, value: { kind: "send", type: "complain", accused: 2 } });
  expect(act(3, signedDealing(2))).toMatchObject({ ok: true, value: { kind: "send", type: "accept-shares" } });
  expect(act(1, { dealings: changedDealing(2) })).toMatchObject({ ok: false, error: { code: "bad-record" } });
});

/** A changed dealing that its dealer signed. */
function signedDealing(place: number): Partial<CeremonyTrustee> {
  const dealings = changedDealing(place) as StoredDealings;
  const record = records.accept as CeremonyRecord;
  const context = ceremonyContext("test-chain", UUID, record);
  const message = dealingsMessage(context, place, revealsTranscript(context, record), dealings);
  const secret = envelopeSecret(code(place), "test-chain", UUID);
  return { dealings, dealSigned: sign({ tag: "trustee", chainId: "test-chain" }, secret, message, random) };
}

test("no share before the ceremony is done, and none with a foreign code", () => {
  expect(shareOf(code(1), view("rehearse"), "A".repeat(43), [], random)).toMatchObject({
    ok: false,
    error: { code: "too-early" },
  });
  expect(shareOf(codeOf("nobody"), view("done"), "A".repeat(43), [], random)).toMatchObject({
    ok: false,
    error: { code: "not-a-trustee" },
  });
  const tally = [[{ alpha: GENERATOR, beta: GENERATOR }]];
  expect(shareOf(code(0), view("done"), "A".repeat(43), tally, random)).toMatchObject({
    ok: true,
    value: { owner: 1 },
  });
});

/** A dealer's dealings with the share to the first member changed. */
function changedDealing(place: number): CeremonyTrustee["dealings"] {
  const dealings = other(place).dealings as NonNullable<CeremonyTrustee["dealings"]>;
  return {
    ...dealings,
    shares: dealings.shares.map((share, i) => (i === 0 ? { ...share, masked: mod(share.masked + 1n) } : share)),
  };
}
