import { beforeAll, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { GENERATOR, multiplySecret, pointToBytes } from "#crypto/group.js";
import {
  announce,
  base58,
  CHAIN_ID,
  codeOf,
  enterVoters,
  FOUNDER,
  genesisOf,
  OFFICERS,
  planOf,
  REGISTRAR,
  rollSecretOf,
  runCeremony,
  seededRandom,
  TestLedger,
  trustees,
  trusteeWire,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";
import { credentialForVoter } from "./credential.js";
import { genesisHash } from "./genesis.js";
import { type Identity, identityFromCode } from "./identity.js";
import {
  anchorLogTransaction,
  approve,
  approvedTransaction,
  assembleApprovals,
  enterRollTransaction,
  expectedRoll,
  faultOfSealing,
  rollChunks,
  type SealingExpectation,
  sealingFacts,
  sealingOf,
  sortRoll,
  type VoterLine,
  waitsOfSealing,
} from "./officer.js";
import { organisationOf } from "./organisation.js";
import { appointOfficer } from "./transactions/appoint-officer.js";
import { createOrganisation } from "./transactions/create-organisation.js";
import { removeOfficer } from "./transactions/remove-officer.js";
import { sealElection } from "./transactions/seal-election.js";

const random = seededRandom("officers");
const [first, second, third] = OFFICERS as [Identity, Identity, Identity];
const specs = trustees(1, 0);
const people: readonly VoterLine[] = Array.from({ length: 7 }, (_, i) => {
  const { key } = identityFromCode(codeOf(`voter ${i + 1}`), "voter");
  const { blinding } = credentialForVoter({ chainId: CHAIN_ID, uuid: UUID }, key, rollSecretOf(UUID));
  return { key, blinding, weight: i < 3 ? 2 : 1 };
});
let ledger: TestLedger;
let expected: SealingExpectation;

beforeAll(() => {
  ledger = new TestLedger();
  const plan = planOf(specs, 0);
  announce(ledger, plan);
  runCeremony(
    ledger,
    UUID,
    specs.map((spec) => spec.code),
  );
  // What the registration service does: it knows the r_e, the officers only see (X, h).
  const roll = sortRoll(
    people.map(({ key, weight }) => ({
      credential: credentialForVoter({ chainId: CHAIN_ID, uuid: UUID }, key, rollSecretOf(UUID)).credential,
      weight,
    })),
  );
  // A first attempt with somebody missing, then the whole roll in chunks of three: it begins anew at 0.
  const attempt = rollChunks(UUID, sortRoll(roll.lines.slice(1)), 4);
  const chunks = rollChunks(UUID, roll, 3);
  expect(chunks.map((chunk) => [chunk.start, chunk.entries.length])).toEqual([
    [0, 3],
    [3, 3],
    [6, 1],
  ]);
  const wires = [...attempt, ...chunks].map((body) => enterRollTransaction(CHAIN_ID, body, REGISTRAR.secret, random));
  expect(ledger.block(...wires).rejections).toEqual(wires.map(() => null));
  const trusteesText = sealingFacts(ledger.state, UUID)?.trusteesText as string;
  expected = {
    chainId: CHAIN_ID,
    genesisHash: genesisHash(genesisOf()),
    plan,
    roll: expectedRoll(people),
    trusteesText,
  };
});

test("R-05, R-06: the roll that officers recompute from their voters is the one on the ledger, replaced ones forgotten", () => {
  const facts = sealingFacts(ledger.state, UUID);
  expect(facts).toMatchObject({ rollCount: 7, rollWeight: 10, uniqueWeights: 0 });
  expect(toHex(facts?.rollRoot as Uint8Array)).toBe(toHex(expected.roll.root));
  expect(sealingFacts(ledger.state, base58("none", 14))).toBeUndefined();
});

test("an officer's client approves a right seal and no other", () => {
  const { body, manifest } = sealingOf(ledger.state, UUID, { letters: 2, uniqueWeights: false });
  expect(faultOfSealing(body, manifest, expected)).toBeUndefined();
  const other = new Uint8Array(32).fill(1);
  const extra = expectedRoll([...people, { key: GENERATOR, blinding: 5n, weight: 1 }]);
  const swapped = expectedRoll(people.map((line, i) => (i === 0 ? { ...line, blinding: line.blinding + 1n } : line)));
  const heavier = expectedRoll(people.map((line, i) => (i === 6 ? { ...line, weight: 2 } : line)));
  const rows: readonly (readonly [string, typeof body, typeof manifest, SealingExpectation])[] = [
    ["is not the one to be approved", { ...body, manifestHash: other }, manifest, expected],
    ["is not the one to be approved", body, { ...manifest, letters: 3 }, expected],
    ["another ledger", body, manifest, { ...expected, chainId: "other-chain" }],
    ["another ledger", body, manifest, { ...expected, genesisHash: other }],
    ["plan", body, manifest, { ...expected, plan: { ...expected.plan, name: "Another" } }],
    ["7 entries on the roll, not 8", body, manifest, { ...expected, roll: extra }],
    ["not the one recomputed", body, manifest, { ...expected, roll: swapped }],
    ["weight of 10 on the roll, not 11", body, manifest, { ...expected, roll: heavier }],
    ["6 entries", { ...body, rollCount: 6 }, manifest, expected],
    ["letters or override", { ...body, letters: 3 }, manifest, expected],
    ["another trustees' object", body, manifest, { ...expected, trusteesText: "[]" }],
  ];
  for (const [reason, stated, shown, known] of rows) expect(faultOfSealing(stated, shown, known)).toContain(reason);
});

test("E-11: only k distinct officers of this organisation seal; approvals travel in one order", () => {
  const { body } = sealingOf(ledger.state, UUID, { letters: 0, uniqueWeights: false });
  const approvals = [third, first, third].map((officer) => approve(sealElection, CHAIN_ID, body, officer, random));
  const assembled = assembleApprovals(approvals);
  expect(assembled.length).toBe(2);
  expect(toHex(approvedTransaction(sealElection, CHAIN_ID, body, approvals))).toBe(
    toHex(approvedTransaction(sealElection, CHAIN_ID, body, [...assembled].reverse())),
  );
  const stranger = identityFromCode(codeOf("stranger"), "officer");
  const act = (...officers: readonly Identity[]): string =>
    ledger.send(
      approvedTransaction(
        sealElection,
        CHAIN_ID,
        body,
        officers.map((each) => approve(sealElection, CHAIN_ID, body, each, random)),
      ),
    );
  expect(act(first)).toBe("too-few-approvals");
  expect(act(first, stranger)).toBe("too-few-approvals");
  expect(act(first, second, stranger)).toBe("bad-signature");
  expect(act(first, second)).toBe("ok");
  expect(act(first, second)).toBe("wrong-stage");
});

test("L-11: appointing and removing raise the revision, so no approval is used twice; the new threshold holds at once", () => {
  const fresh = new TestLedger();
  const fourth = identityFromCode(codeOf("fourth"), "officer");
  const send = <B>(
    kind: Parameters<typeof approvedTransaction<B>>[0],
    body: B,
    ...officers: readonly Identity[]
  ): string =>
    fresh.send(
      approvedTransaction(
        kind,
        CHAIN_ID,
        body,
        officers.map((each) => approve(kind, CHAIN_ID, body, each, random)),
      ),
    );
  const appoint = {
    organisation: FOUNDER,
    revision: 0,
    officer: { key: pointToBytes(fourth.key), name: "Fourth" },
    threshold: 3,
  };
  expect(send(appointOfficer, appoint, first, second)).toBe("ok");
  expect(send(appointOfficer, appoint, first, second)).toBe("stale-revision");
  const remove = { organisation: FOUNDER, revision: 1, key: pointToBytes(first.key), threshold: 1 };
  expect(send(removeOfficer, remove, first, second)).toBe("too-few-approvals");
  expect(send(removeOfficer, remove, first, second, fourth)).toBe("ok");
  expect(organisationOf(fresh.state, FOUNDER)?.entry).toMatchObject({ revision: 2, fields: { threshold: 1 } });
  // Removed: the old officer counts no more, and can be appointed again only at the present revision.
  expect(send(removeOfficer, { ...remove, revision: 2, key: pointToBytes(second.key) }, first)).toBe(
    "too-few-approvals",
  );
  expect(send(removeOfficer, { ...remove, revision: 2, key: pointToBytes(second.key) }, fourth)).toBe("ok");
  expect(send(removeOfficer, { ...remove, revision: 3, key: pointToBytes(third.key) }, fourth)).toBe("ok");
  expect(send(removeOfficer, { ...remove, revision: 4, key: pointToBytes(fourth.key) }, fourth)).toBe("bad-threshold");
});

test("E-11: organisations have officers of their own; the founder's have no say in their elections", () => {
  const fresh = new TestLedger();
  const own = identityFromCode(codeOf("own officer"), "officer");
  const id = base58("second organisation", 14);
  const fields = {
    id,
    name: "Students",
    officers: [{ key: pointToBytes(own.key), name: "O" }],
    threshold: 1,
    registrarKey: pointToBytes(REGISTRAR.key),
  };
  const founders = [first, second].map((each) => approve(createOrganisation, CHAIN_ID, fields, each, random));
  expect(fresh.send(approvedTransaction(createOrganisation, CHAIN_ID, fields, founders))).toBe("ok");
  const appoint = { organisation: id, revision: 0, officer: { key: pointToBytes(first.key), name: "F" }, threshold: 1 };
  const by = (...officers: readonly Identity[]): string =>
    fresh.send(
      approvedTransaction(
        appointOfficer,
        CHAIN_ID,
        appoint,
        officers.map((each) => approve(appointOfficer, CHAIN_ID, appoint, each, random)),
      ),
    );
  expect(by(first, second)).toBe("too-few-approvals");
  expect(by(own)).toBe("ok");
});

test("the audit log's anchor only grows, under the registrar's key", () => {
  const fresh = new TestLedger();
  const anchor = (entries: number, secret = REGISTRAR.secret): string =>
    fresh.send(
      anchorLogTransaction(
        CHAIN_ID,
        { organisation: FOUNDER, entries, head: new Uint8Array(32).fill(entries) },
        secret,
        random,
      ),
    );
  expect([anchor(5), anchor(5), anchor(4), anchor(9, 3n), anchor(9)]).toEqual([
    "ok",
    "already-done",
    "already-done",
    "bad-signature",
    "ok",
  ]);
  expect(organisationOf(fresh.state, FOUNDER)?.entry).toMatchObject({
    logEntries: 9,
    logHead: new Uint8Array(32).fill(9),
    revision: 0,
  });
});

test("two equal credentials are a mistake of the caller", () => {
  const line = { credential: multiplySecret(GENERATOR, 5n), weight: 1 };
  expect(() => sortRoll([line, line])).toThrow();
});

test("a seal that comes too early is told what it waits for", () => {
  const young = new TestLedger("young");
  expect(waitsOfSealing(young.state, UUID)).toEqual(["The election has not been announced yet."]);
  const specs = trustees(0, 3);
  announce(young, planOf(specs, 2));
  const first = trusteeWire(young, UUID, (specs[0] as (typeof specs)[0]).code);
  young.must(first as Uint8Array);
  expect(waitsOfSealing(young.state, UUID)).toEqual([
    'The key ceremony is at "commit" and waits for Trustee 2, Trustee 3.',
    "No roll has been entered.",
  ]);
  enterVoters(young, UUID, votersOf(1));
  expect(waitsOfSealing(young.state, UUID)[1]).toBe("The roll has 1 of at least 2 entries.");
});
