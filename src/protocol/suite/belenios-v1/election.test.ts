import { expect, test } from "vitest";
import { GENERATOR, IDENTITY, pointToText } from "#crypto/group.js";
import { type ElectionFields, electionFromText, electionToText, homomorphicQuestions } from "./election.js";

const fieldsOf = (change: Partial<ElectionFields> = {}): ElectionFields => ({
  uuid: "4eUJG2iYJxUzQj",
  name: "Referendum",
  description: 'Shall the "proposal" be adopted?\nTab\there, é, 😀, \\',
  publicKey: GENERATOR.double(),
  questions: [
    { kind: "homomorphic", question: "Q1?", answers: ["Yes", "No"], blank: false, min: 1, max: 1 },
    { kind: "homomorphic", question: "Q2?", answers: ["A", "B", "C"], blank: true, min: 0, max: 2 },
  ],
  ...change,
});

/** The written object with one part of its text replaced. */
function changed(from: string, to: string): string {
  const text = electionToText(fieldsOf());
  expect(text).toContain(from);
  return text.replace(from, to);
}

function codeOf(text: string): string {
  const election = electionFromText(text);
  return election.ok ? "ok" : `${election.error.code} ${election.error.path}`;
}

test("decode ∘ encode gives the same fields, encode ∘ decode the same text", () => {
  const full = fieldsOf({ administrator: "Ada", credentialAuthority: "server", language: ["ar", "rtl"] });
  for (const fields of [fieldsOf(), full]) {
    const text = electionToText(fields);
    const election = electionFromText(text);
    if (!election.ok) throw new Error(election.error.reason);
    const { text: kept, fingerprint, publicKey, ...rest } = election.value;
    expect(kept).toBe(text);
    expect(fingerprint).toHaveLength(43);
    const { publicKey: key, ...others } = fields;
    expect(rest).toEqual(others);
    expect(pointToText(publicKey)).toBe(pointToText(key));
    expect(electionToText(election.value)).toBe(text);
  }
});

test("any JSON writer is read; the fingerprint is that of the bytes given", () => {
  const text = electionToText(fieldsOf());
  const spaced = JSON.stringify(JSON.parse(text), null, 2);
  const election = electionFromText(spaced);
  const original = electionFromText(text);
  if (!election.ok || !original.ok) throw new Error("both must be read");
  expect(election.value.questions).toEqual(original.value.questions);
  expect(election.value.fingerprint).not.toBe(original.value.fingerprint);
});

test("C-10: only the group of the suite; others of Belenios are named as unsupported", () => {
  for (const group of ["BELENIOS-2048", "RFC-3526-2048", "ed25519", "toy", ""]) {
    expect(codeOf(changed('"Ed25519"', `"${group}"`)), group).toBe("unsupported-group group");
  }
});

test("C-08: the neutral element, a torsion point or a non-canonical text is no election key", () => {
  const key = pointToText(GENERATOR.double());
  const torsion = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec";
  for (const bad of [pointToText(IDENTITY), torsion, key.toUpperCase(), ""]) {
    expect(codeOf(changed(key, bad)), bad).toBe("bad-public-key public_key");
  }
});

test("C-02: an election cannot name a generator of its own", () => {
  expect(codeOf(changed('"group"', '"generator":"66","group"'))).toBe("bad-form generator");
});

test("version 2 is recognised", () => {
  expect(codeOf(changed('"version":1', '"version":2'))).toBe("unsupported-version version");
});

test("T-06: limits are sane", () => {
  const tail = '"min":1,"max":1';
  expect(codeOf(changed(tail, '"min":2,"max":1'))).toBe("bad-form questions[0].min");
  expect(codeOf(changed(tail, '"min":1,"max":3'))).toBe("bad-form questions[0].max");
  expect(codeOf(changed(tail, '"min":-1,"max":1'))).toBe("bad-form questions[0].min");
  expect(codeOf(changed(tail, '"min":1,"max":null'))).toBe("bad-form questions[0].max");
  expect(codeOf(changed(`${tail},`, '"min":1,'))).toBe("bad-form questions[0]");
  expect(codeOf(changed('["Yes","No"]', "[]"))).toBe("bad-form questions[0].answers");
  expect(codeOf(changed(tail, '"min":0,"max":0'))).toBe("ok");
});

test("form: unknown, duplicate, missing and mistyped fields", () => {
  expect(codeOf(changed('"name"', '"title":"x","name"'))).toBe("bad-form title");
  expect(codeOf(changed('"name"', '"name":"x","name"'))).toBe("bad-form name");
  expect(codeOf(changed('"uuid":"4eUJG2iYJxUzQj"', '"uuid":"4eUJG2iYJxUz0j"'))).toBe("bad-form uuid");
  expect(codeOf(changed('"uuid":"4eUJG2iYJxUzQj"', '"uuid":"short"'))).toBe("bad-form uuid");
  expect(codeOf(changed('"blank":true', '"blank":1'))).toBe("bad-form questions[1].blank");
  expect(codeOf(changed('"A","B","C"', '"A",2,"C"'))).toBe("bad-form questions[1].answers[1]");
  expect(codeOf("")).toBe("bad-form ");
});

test("graded, ranked and list questions are recognised and carried as not supported yet", () => {
  const nonHomomorphic =
    '{"type":"NonHomomorphic","value":{"answers":["X","Y"],"question":"Q3?"},"extra":{"type":"ScoreVoting","w":-1.5e3}}';
  const lists = '{"type":"Lists","value":{"answers":[["L","C1"]],"question":"Q4?"}}';
  const election = electionFromText(changed('"questions":[', `"questions":[${nonHomomorphic},${lists},`));
  if (!election.ok) throw new Error(election.error.reason);
  expect(election.value.questions.map((question) => question.kind)).toEqual([
    "unsupported",
    "unsupported",
    "homomorphic",
    "homomorphic",
  ]);
  expect(homomorphicQuestions(election.value.questions)).toEqual({
    ok: false,
    error: { question: 0, reason: "graded and ranked (non-homomorphic) questions are not supported yet" },
  });
  expect(codeOf(changed('"questions":[', '"questions":[{"type":"Magic","value":{}},'))).toBe(
    "bad-form questions[0].type",
  );
});

test("writing refuses what could not be read back", () => {
  expect(() => electionToText(fieldsOf({ uuid: "short" }))).toThrow("uuid");
  expect(() => electionToText(fieldsOf({ publicKey: IDENTITY }))).toThrow("neutral");
});
