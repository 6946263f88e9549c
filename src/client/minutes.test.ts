import { beforeAll, expect, test } from "vitest";
import type { SignedMinutes } from "#api/minutes.js";
import { signedMinutesSchema } from "#api/minutes.js";
import { toHex } from "#base/bytes.js";
import { scalarToBytes } from "#crypto/scalar.js";
import { minutesPage } from "#management/minutes-page.js";
import { type Minutes, minutesHash, signMinutes } from "#protocol/minutes.js";
import {
  ballotWire,
  OFFICERS,
  openElection,
  REGISTRAR,
  seededRandom,
  shareWire,
  toDecryption,
  trustees,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";
import { RecordedLedger } from "../../test/record-kit.js";
import { faultsOfMinutes, gatherMinutes, withOfficer } from "./minutes.js";
import { minutesFromText } from "./minutes-file.js";
import { replayStream } from "./record.js";

const ledger = new RecordedLedger("minutes");
let signed: SignedMinutes;

async function* recordBytes() {
  yield ledger.record();
}

function signature(minutes: Minutes, secret: bigint) {
  const { challenge, response } = signMinutes(minutes, secret, seededRandom("minutes"));
  return { challenge: toHex(scalarToBytes(challenge)), response: toHex(scalarToBytes(response)) };
}

async function faultsOf(given: SignedMinutes): Promise<string[]> {
  const gatherer = gatherMinutes(UUID, given.minutes.ledger.height);
  const replayed = await replayStream(recordBytes(), { onBlock: gatherer.onBlock });
  if (!replayed.ok) throw new Error(replayed.error);
  return faultsOfMinutes(given, gatherer.minutes(), replayed.value.state);
}

beforeAll(async () => {
  const specs = trustees(0, 3);
  const voters = votersOf(6);
  openElection(ledger, specs, 2, voters, {
    name: "A <b>bridge</b>?",
    description: "The town asks.\npsephos-decision 1: majority=two-thirds quorum=1/2",
    questions: [{ question: "Shall it be built?", answers: ["Yes", "No"], min: 1, max: 1, blank: true }],
  });
  for (const [i, voter] of voters.slice(0, 4).entries())
    ledger.must(ballotWire(ledger, UUID, voter, [i < 3 ? [0, 1, 0] : [0, 0, 1]]));
  ledger.must(ballotWire(ledger, UUID, voters[3] as (typeof voters)[0], [[1, 0, 0]], 2));
  toDecryption(ledger, UUID);
  for (const spec of specs.slice(1)) ledger.must(shareWire(ledger, UUID, spec.code));
  const gatherer = gatherMinutes(UUID, ledger.blocks.length);
  const replayed = await replayStream(recordBytes(), { onBlock: gatherer.onBlock });
  if (!replayed.ok) throw new Error(replayed.error);
  const minutes = gatherer.minutes() as Minutes;
  const key = toHex(REGISTRAR.key.toBytes());
  const entry = { by: "registrar" as const, name: "service", key, signature: signature(minutes, REGISTRAR.secret) };
  signed = {
    minutes: structuredClone(minutes) as SignedMinutes["minutes"],
    hash: toHex(minutesHash(minutes)),
    signatures: [entry],
  };
});

test("minutes say what happened, by the rule that the description announced", () => {
  expect(signedMinutesSchema.parse(signed)).toEqual(signed);
  const { minutes } = signed;
  expect(minutes.ballots).toMatchObject({ accepted: 5, voters: 4 });
  expect(minutes.turnout.map(({ ballots, voters }) => [ballots, voters])).toEqual([[5, 4]]);
  expect(minutes.trustees.list.map(({ shared }) => shared)).toEqual([false, true, true]);
  expect(minutes.result?.questions[0]).toMatchObject({
    answers: [
      { answer: "Yes", count: 3 },
      { answer: "No", count: 0 },
    ],
    blank: 1,
    rule: "psephos-decision 1: majority=two-thirds of=votes quorum=1/2",
    decision: { outcome: "decided", elected: ["Yes"], needed: 2, quorum_needed: 3 },
  });
  expect(minutes.events.map(({ type }) => type).slice(-2)).toEqual(["share-decryption", "share-decryption"]);
});

test("whoever has the record makes the same minutes again; signatures of registrar and officers hold", async () => {
  expect(await faultsOf(signed)).toEqual([]);
  const officer = OFFICERS[0] as (typeof OFFICERS)[number];
  const key = toHex(officer.key.toBytes());
  const by = {
    by: "officer" as const,
    name: "Ada",
    key,
    signature: signature(signed.minutes as Minutes, officer.secret),
  };
  expect(await faultsOf({ ...signed, signatures: [...signed.signatures, by] })).toEqual([]);
  const foreign = { ...by, by: "registrar" as const };
  expect(await faultsOf({ ...signed, signatures: [foreign] })).toEqual([
    "“Ada” signed with a key that is no registrar's of this organisation.",
  ]);
});

const set = (target: unknown, change: object): void => void Object.assign(target as object, change);

test.each<[string, (minutes: SignedMinutes["minutes"]) => void, string]>([
  ["another count", (m) => set(m.result?.questions[0]?.answers[0], { count: 4 }), "result"],
  ["another decision", (m) => set(m.result?.questions[0]?.decision, { elected: ["No"] }), "result"],
  ["an event left out", (m) => void m.events.pop(), "events"],
  ["other turnout", (m) => set(m.turnout[0], { voters: 5 }), "turnout"],
  ["a trustee who did not take part", (m) => set(m.trustees.list[0], { shared: true }), "trustees"],
])("%s is found out, even when the registrar signs it", async (_what, change, part) => {
  const minutes = structuredClone(signed.minutes);
  change(minutes);
  const forged = {
    minutes,
    hash: toHex(minutesHash(minutes as Minutes)),
    signatures: [
      {
        ...(signed.signatures[0] as SignedMinutes["signatures"][0]),
        signature: signature(minutes as Minutes, REGISTRAR.secret),
      },
    ],
  };
  expect(await faultsOf(forged)).toEqual([`The part “${part}” does not follow from the ledger.`]);
});

test("E-08: the page to print shows markup in names as text, in every language", () => {
  for (const language of ["en", "de", "fr", "es", "ar"] as const) {
    const page = minutesPage(signed, language);
    expect(page).toContain("A &lt;b&gt;bridge&lt;/b&gt;?");
    expect(page).not.toMatch(/<b>|<script|https?:\/\//);
    expect(page).toContain(signed.hash);
    expect(page).toContain(`dir="${language === "ar" ? "rtl" : "ltr"}"`);
  }
  expect(minutesPage(signed, "de")).toContain("<strong>Entschieden für: <bdi>Yes</bdi></strong>");
});

test("the minutes name those whose shares opened the sum, by their names on the plan", () => {
  const { trustees: list, result } = signed.minutes;
  const names = list.list.filter(({ shared }) => shared).map(({ name }) => name);
  expect(names).toHaveLength(2);
  expect(result?.opened_by).toEqual(names);
});

test("a file that a page may show is one that the schema accepts, and no other", () => {
  const text = (value: unknown) => JSON.stringify(value);
  expect(minutesFromText(text(signed))).toEqual(signed);
  const before = { ...signed, minutes: { ...signed.minutes, result: null } };
  expect(minutesFromText(text(before))).toEqual(before);
  // Each field left out, of another kind, or with one more beside it.
  const spoilt = (value: unknown): unknown[] => {
    if (Array.isArray(value)) return spoilt(value[0]).map((each) => [each, ...value.slice(1)]);
    if (typeof value !== "object" || value === null) return [];
    const fields = Object.entries(value);
    const whole = Object.fromEntries(fields);
    return [
      { ...whole, more: 1 },
      ...fields.flatMap(([name, each]) => [
        Object.fromEntries(fields.filter(([other]) => other !== name)),
        { ...whole, [name]: { nothing: true } },
        ...spoilt(each).map((bad) => ({ ...whole, [name]: bad })),
      ]),
    ];
  };
  const all = spoilt(signed);
  expect(all.length).toBeGreaterThan(100);
  for (const value of all) {
    expect(minutesFromText(text(value)), text(value).slice(0, 300)).toBeUndefined();
    expect(signedMinutesSchema.safeParse(value).success).toBe(false);
  }
  for (const bad of ["", "{", "null", "[]", text({ ...signed, minutes: { ...signed.minutes, version: "other" } })])
    expect(minutesFromText(bad)).toBeUndefined();
});

test("an officer's signature stands beside the registrar's, once, and holds", async () => {
  const { secret, key } = OFFICERS[0] as (typeof OFFICERS)[0];
  const officer = { secret, key };
  const once = withOfficer(signed, "First Officer", officer, seededRandom("sign"));
  const twice = withOfficer(once, "First Officer", officer, seededRandom("again"));
  expect(twice.signatures.map(({ by }) => by)).toEqual([...signed.signatures.map(({ by }) => by), "officer"]);
  expect(await faultsOf(twice)).toEqual([]);
});
