import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeRecord, recordReader } from "#archive/container.js";
import { type Chapter, chapterReader, type EventType } from "#archive/read.js";
import { chapterWriter } from "#archive/write.js";
import { concat, utf8 } from "#base/bytes.js";
import { sha256Hex } from "#crypto/hash.js";
import { archiveVerifier, verifyArchive } from "./archive.js";
import { ARCHIVE_CHECKS } from "./archive-checks.js";
import { exitCodeOf, type Report, reportToJson } from "./report.js";

const directory = "vectors/belenios";
const TINY = "tiny-yesno-ALMYGqHaLyCN8x.bel";
const WEIGHTS = "blank-weights-EyhEbzntnXPpwv.bel";

function load(name: string): Uint8Array {
  return new Uint8Array(readFileSync(`${directory}/${name}`));
}

interface Part {
  type: EventType;
  objects: string[];
}

function partsOf(name: string): { timestamp: number; parts: Part[] } {
  const records = recordReader();
  const chapters = chapterReader();
  const parts: Part[] = [];
  for (const record of records.push(load(name))) {
    if (!record.ok) throw new Error(record.error.detail);
    const chapter: Chapter | undefined =
      record.value.name === "BELENIOS" ? undefined : chapters.accept(record.value).chapter;
    if (chapter) parts.push({ type: chapter.type, objects: chapter.objects.map((object) => object.text) });
  }
  return { timestamp: records.timestamp() as number, parts };
}

/** An archive after `edit` of its chapters: chain, names and payloads made anew, so only the edit itself can be found. */
function edited(name: string, edit: (parts: Part[]) => Part[]): Uint8Array {
  const { timestamp, parts } = partsOf(name);
  const writer = chapterWriter(timestamp);
  const chapters = edit(parts).map(relinked);
  return concat(writer.header(), ...chapters.flatMap((part) => writer.chapter(part.type, ...part.objects)));
}

/** Payloads name their objects by hash: after an edit the hashes are made right again. */
function relinked({ type, objects }: Part): Part {
  if (objects.length < 2) return { type, objects };
  const [payload, ...rest] = [objects[objects.length - 1] as string, ...objects.slice(0, -1)];
  let at = 0;
  const fixed = payload.replace(/[0-9a-f]{64}/g, () => sha256Hex(rest[at++] as string));
  return { type, objects: [...rest, fixed] };
}

/** Edits the texts of the n-th chapter (from 0) of a type. */
function editing(type: EventType, n: number, edit: (text: string, at: number) => string) {
  return (parts: Part[]): Part[] => {
    let seen = 0;
    return parts.map((part) => {
      if (part.type !== type || seen++ !== n) return part;
      return { ...part, objects: part.objects.map(edit) };
    });
  };
}

const failing = (report: Report): string[] =>
  report.checks.filter((check) => check.status === "fail").map((check) => check.id);
const evidence = (report: Report, id: string): string =>
  report.checks.find((check) => check.id === id)?.evidence[0] ?? "";

function failingOf(name: string, edit: (parts: Part[]) => Part[]): string[] {
  return failing(verifyArchive(edited(name, edit)));
}

const small = readdirSync(directory)
  .filter((name) => name.endsWith(".bel") && !/^(five|yesno|mixed)/.test(name))
  .sort();

test.each(small)("the genuine archive %s is valid, every check passed or explained", (name) => {
  const report = verifyArchive(load(name));
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
  expect(report.verdict).toBe("valid");
  expect(report.checks.filter((check) => check.status === "skipped").map((check) => check.id)).toEqual([
    "credentials-certificate",
  ]);
  expect(report.checks.map((check) => check.id)).toEqual(ARCHIVE_CHECKS.map((check) => check.id));
});

test("the recomputed result is told with its answers, blank votes and weights", () => {
  expect(verifyArchive(load(TINY)).result).toEqual([
    {
      question: "Do you approve the proposal?",
      answers: [
        { answer: "Yes", count: 3 },
        { answer: "No", count: 2 },
      ],
    },
  ]);
  const report = verifyArchive(load(WEIGHTS));
  const stated = JSON.parse(partsOf(WEIGHTS).parts.at(-1)?.objects[0] ?? "").result;
  expect(
    report.result?.map((each) => [
      ...(each.blank === undefined ? [] : [each.blank]),
      ...each.answers.map((a) => a.count),
    ]),
  ).toEqual(stated);
  expect(report.facts.map((fact) => [fact.id, fact.value])).toContainEqual(["ballots", 11]);
});

test.each([
  ["badproof-ALMYGqHaLyCN8x.bel", ["ballot-signature", "ballot-proofs"]],
  ["badsig-ALMYGqHaLyCN8x.bel", ["ballot-signature"]],
  ["badpd-ALMYGqHaLyCN8x.bel", ["decryption-proofs", "result"]],
  ["noend-ALMYGqHaLyCN8x.bel", ["events-order"]],
  ["numtallied-ALMYGqHaLyCN8x.bel", ["tally-size"]],
])("the tampered archive %s is refused, naming %j", (name, checks) => {
  const report = verifyArchive(load(`tampered/${name}`));
  expect(report.verdict).toBe("invalid");
  expect(exitCodeOf(report.verdict)).toBe(1);
  expect(failing(report)).toEqual(checks);
  expect(report.result).toBeUndefined();
});

test.each(readdirSync(`${directory}/tampered`).filter((name) => name.endsWith(".json")))(
  "the tampered ballot %s is refused in an archive",
  (name) => {
    const text = readFileSync(`${directory}/tampered/${name}`, "utf8").trimEnd();
    // Its election is not among the archives: what can be judged is the form, and that it is none of this election's.
    const report = verifyArchive(edited(TINY, (parts) => [parts[0] as Part, { type: "Ballot", objects: [text] }]));
    const wellFormed = name === "nc-plain.json" || name === "torsion-ballot.json";
    expect(failing(report)).toEqual(wellFormed ? ["ballot-credential", "ballot-election"] : ["ballot-canonical"]);
  },
);

test("questions and groups of other kinds: recognised, unusable, never half-verified", () => {
  const report = verifyArchive(load("mixed-B68LvrNoAWBNSB.bel"));
  expect(report.verdict).toBe("unusable");
  expect(exitCodeOf(report.verdict)).toBe(2);
  expect(failing(report)).toEqual(["supported"]);
  expect(evidence(report, "supported")).toContain(
    "question 3: graded and ranked (non-homomorphic) questions are not supported yet",
  );
  expect(report.checks.filter((check) => check.status === "pass").map((check) => check.id)).toEqual(["election"]);
  const lists = verifyArchive(
    edited(
      "mixed-B68LvrNoAWBNSB.bel",
      editing("Setup", 0, (text) => text.replace(/\{"type":"NonHomomorphic".*?"ScoreVoting"\}\},/, "")),
    ),
  );
  expect([lists.verdict, evidence(lists, "supported")]).toEqual([
    "unusable",
    "question 3: list questions are not supported yet",
  ]);
  const group = verifyArchive(
    edited(
      TINY,
      editing("Setup", 0, (text) => text.replace('"group":"Ed25519"', '"group":"RFC-3526-2048"')),
    ),
  );
  expect([group.verdict, failing(group)]).toEqual(["unusable", ["supported"]]);
});

test("ballots: duplicate, stranger, other election, altered at each kind of place", () => {
  const ballot = (edit: (text: string) => string) => failingOf(TINY, editing("Ballot", 1, edit));
  expect(failingOf(TINY, (parts) => [...parts.slice(0, 2), parts[1] as Part, ...parts.slice(2)])).toEqual([
    "ballot-duplicate",
  ]);
  const stranger = partsOf(WEIGHTS).parts[1]?.objects[0] ?? "";
  const credential = JSON.parse(stranger).credential as string;
  expect(ballot((text) => text.replace(/"credential":"[0-9a-f]{64}"/, `"credential":"${credential}"`))).toEqual([
    "ballot-credential",
    "ballot-signature",
    "ballot-proofs",
    "tally",
    "tally-size",
  ]);
  expect(ballot((text) => text.replace(/"election_uuid":"\w+"/, '"election_uuid":"4eUJG2iYJxUzQj"'))).toEqual([
    "ballot-election",
  ]);
  expect(ballot((text) => text.replace(/"election_hash":"[^"]+"/, `"election_hash":"${"A".repeat(43)}"`))).toEqual([
    "ballot-election",
  ]);
  expect(ballot((text) => text.replace('"answers":[', '"answers":[ '))).toEqual(["ballot-canonical"]);
  expect(
    ballot((text) =>
      text
        .replace(/"blank_proof"/g, "")
        .replace(/\]\}\],"signature"/, ']},{"choices":[],"individual_proofs":[],"overall_proof":[]}],"signature"'),
    ),
  ).toEqual(["ballot-proofs"]);
  expect(failingOf(TINY, (parts) => parts.filter((_, i) => i !== 3))).toEqual(["tally", "tally-size"]);
});

test("T-08: the last ballot of a credential counts; the order of two ballots of one credential matters", () => {
  const { parts } = partsOf(WEIGHTS);
  const of = (part: Part): string => JSON.parse(part.objects[0] as string).credential;
  const places = parts.flatMap((part, i) => (part.type === "Ballot" ? [i] : []));
  const twice = places.filter((i) => places.some((j) => j !== i && of(parts[j] as Part) === of(parts[i] as Part)));
  const [first, second] = twice.filter((i) => of(parts[i] as Part) === of(parts[twice[0] as number] as Part)) as [
    number,
    number,
  ];
  expect(first).toBeLessThan(second);
  const swap = (list: Part[]) =>
    list.map((part, i) => (i === first ? list[second] : i === second ? list[first] : part) as Part);
  expect(failingOf(WEIGHTS, swap)).toEqual(["tally"]);
});

test("credentials: duplicate, neutral, outside the group, bad weight, unsorted; a changed weight shows in the tally", () => {
  const credentials = (edit: (list: string[]) => string[]) => {
    const change = (text: string, at: number) => (at === 2 ? JSON.stringify(edit(JSON.parse(text))) : text);
    return failingOf(WEIGHTS, (parts) => editing("Setup", 0, change)(parts.slice(0, 1)));
  };
  expect(credentials((list) => list)).toEqual([]);
  expect(credentials((list) => [list[0] as string, ...list])).toEqual(["credentials"]);
  expect(credentials((list) => [`${"0".repeat(63)}1,1`, ...list])).toEqual(["credentials"]);
  expect(credentials((list) => [...list, `${"0".repeat(64)},1`])).toEqual(["credentials"]);
  expect(credentials((list) => [...list].reverse())).toEqual(["credentials-order"]);
  for (const bad of ["0", "01", "-1", "1.0", "", "x", "1,name"]) {
    expect(
      credentials((list) => [`${(list[0] as string).split(",")[0]},${bad}`, ...list.slice(1)]),
      bad,
    ).toContain("credentials");
  }
  const equal = (text: string, at: number) => (at === 2 ? text.replaceAll(/,[0-9]+"/g, ',1"') : text);
  expect(failingOf(WEIGHTS, editing("Setup", 0, equal))).toEqual(["tally", "tally-size", "result"]);
  const heavy = (list: string[]) => list.map((entry) => entry.replace(/,.*/, ",9999999"));
  const change = (text: string, at: number) => (at === 2 ? JSON.stringify(heavy(JSON.parse(text))) : text);
  const report = verifyArchive(edited(WEIGHTS, editing("Setup", 0, change)));
  expect([report.verdict, failing(report)]).toEqual(["unusable", ["supported"]]);
});

test("trustees and election key", () => {
  const trustees = (edit: (text: string) => string) =>
    failingOf(
      TINY,
      editing("Setup", 0, (text, at) => (at === 1 ? edit(text) : text)),
    );
  expect(trustees((text) => text.replace(/"challenge":"1/, '"challenge":"2'))).toContain("trustees");
  expect(trustees((text) => text.replace('"threshold":2', '"threshold":1'))).toContain("trustees");
  const other = partsOf("three-mandatory-18YpF9FC4sy1n5.bel").parts[0]?.objects[1] as string;
  expect(trustees(() => other)).toEqual(["election-key", "decryption-proofs", "result"]);
});

test("the events' order: nothing may be missing, repeated or late", () => {
  const order = (edit: (parts: Part[]) => Part[]) => failingOf(TINY, edit);
  const { parts } = partsOf(TINY);
  const at = (type: EventType) => parts.findIndex((part) => part.type === type);
  const late = (list: Part[]) => [...list.filter((_, i) => i !== 1), list[1] as Part];
  expect(order(late)).toContain("events-order");
  expect(order((list) => [...list, list.at(-1) as Part])).toEqual(["events-order"]);
  expect(order((list) => [...list, list[0] as Part])).toEqual(["events-order"]);
  expect(
    order((list) => [
      ...list.slice(0, at("EndBallots")),
      list[at("EndBallots")] as Part,
      ...list.slice(at("EndBallots")),
    ]),
  ).toEqual(["events-order"]);
  expect(order((list) => list.filter((part) => part.type !== "EncryptedTally"))).toContain("events-order");
  const shuffle: Part = { type: "Shuffle", objects: ["{}", `{"owner":1,"payload":"${"0".repeat(64)}"}`] };
  expect(order((list) => list.flatMap((part) => (part.type === "EncryptedTally" ? [part, shuffle] : [part])))).toEqual([
    "events-order",
  ]);
  expect(order((list) => list.slice(1))).toEqual(["events-order"]);
  // The known trick: close, then one more ballot, close again, and count only that one.
  const trick = (list: Part[]) =>
    list.flatMap((part, i) => (i === 4 ? [part, { type: "EndBallots", objects: [] } as Part] : [part]));
  expect(order(trick)).toEqual(["events-order"]);
});

test("an election still going on is valid so far, and says what is not there yet", () => {
  for (const [length, skipped] of [
    [1, ["tally", "tally-size", "decryption-owners", "decryption-proofs", "result"]],
    [4, ["tally", "tally-size", "decryption-owners", "decryption-proofs", "result"]],
    [7, ["tally", "tally-size", "decryption-owners", "decryption-proofs", "result"]],
    [8, ["decryption-owners", "decryption-proofs", "result"]],
    [9, ["result"]],
  ] as const) {
    const report = verifyArchive(edited(TINY, (parts) => parts.slice(0, length)));
    expect(report.verdict).toBe("valid");
    const ids = report.checks.filter((check) => check.status === "skipped").map((check) => check.id);
    expect(ids).toEqual(["credentials-certificate", ...skipped]);
    expect(report.result).toBeUndefined();
  }
});

test("decryptions: bad without a result too, foreign, repeated, too few; the result, off by one", () => {
  const wrong = (text: string, at: number) =>
    at === 0
      ? text.replace(/"response":"\d/, (start) => `${start.slice(0, -1)}${(Number(start.at(-1)) % 8) + 1}`)
      : text;
  const noResult = (parts: Part[]) => editing("PartialDecryption", 0, wrong)(parts).slice(0, -1);
  expect(failingOf(TINY, noResult)).toEqual(["decryption-proofs"]);
  const owner = (n: number) =>
    editing("PartialDecryption", 0, (text, at) => (at === 1 ? text.replace(/"owner":\d+/, `"owner":${n}`) : text));
  expect(failingOf(TINY, owner(9))).toEqual(["decryption-owners", "result"]);
  expect(failingOf(TINY, owner(2))).toEqual(["decryption-owners", "decryption-proofs", "result"]);
  expect(failingOf(TINY, owner(0))).toEqual(["decryption-owners", "result"]);
  const once = (parts: Part[]) =>
    parts.filter((part, i) => !(part.type === "PartialDecryption" && parts[i - 1]?.type === "EncryptedTally"));
  expect(failingOf(TINY, once)).toEqual(["result"]);
  expect(
    failingOf(
      TINY,
      editing("Result", 0, (text) => text.replace("[3,2]", "[2,3]")),
    ),
  ).toEqual(["result"]);
  expect(
    failingOf(
      TINY,
      editing("Result", 0, (text) => text.replace("[3,2]", '["3",2]')),
    ),
  ).toEqual(["result"]);
});

test("C-13: partial decryptions taken from another sum fail", () => {
  const { parts } = partsOf(TINY);
  const ballots = (list: Part[]) => list.filter((part) => part.type === "Ballot");
  // The tally of another subset of the ballots, with the old decryptions.
  const tally = editing("EncryptedTally", 0, (text, at) => {
    if (at !== 0) return text;
    const choices = JSON.parse(ballots(parts)[0]?.objects[0] as string).answers.map(
      (answer: { choices: unknown }) => answer.choices,
    );
    return JSON.stringify(choices);
  });
  expect(failingOf(TINY, tally)).toEqual(["tally", "decryption-proofs", "result"]);
});

test("a credentials certificate is judged: hash, number, election, signature", () => {
  const text = (hash: string, voters: number) =>
    `{"uuid":"ALMYGqHaLyCN8x","voter_list_length":${voters},"public_creds_hash":"${hash}","verification_key":"${"6".repeat(62)}58","encryption_key":"${"6".repeat(62)}58"}`;
  const add = (certificate: string) => (parts: Part[]) =>
    parts.map((part, i) => {
      if (i !== 0) return part;
      const [election, trustees, credentials, setup] = part.objects as [string, string, string, string];
      const payload = setup.replace(/\}$/, `,"credentials_certificate":"${"0".repeat(64)}"}`);
      return { ...part, objects: [election, trustees, credentials, certificate, payload] };
    });
  const hash = sha256Hex(partsOf(TINY).parts[0]?.objects[2] as string);
  const report = verifyArchive(edited(TINY, add(text(hash, 5))));
  expect(failing(report)).toEqual(["credentials-certificate"]);
  expect(evidence(report, "credentials-certificate")).toBe("is not signed with the key it names");
  expect(
    verifyArchive(edited(TINY, add(text("0".repeat(64), 6)))).checks.find((c) => c.id === "credentials-certificate")
      ?.failures,
  ).toBe(3);
  expect(failingOf(TINY, add("{}"))).toEqual(["credentials-certificate"]);
});

test("bytes: any single changed bit is found; a cut or foreign file says so", () => {
  const archive = load("minimal-4eUJG2iYJxUzQj.bel");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: archive.length - 1 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
      const bad = archive.slice();
      bad[at] = (bad[at] as number) ^ (1 << bit);
      expect(verifyArchive(bad).verdict).not.toBe("valid");
    }),
    { numRuns: 40 },
  );
  expect(verifyArchive(archive.subarray(0, archive.length - 1)).verdict).toBe("invalid");
  for (const foreign of [
    new Uint8Array(0),
    utf8("PK not an archive"),
    encodeRecord("README", utf8("hello"), 5),
    new Uint8Array(10_000),
  ]) {
    const report = verifyArchive(foreign);
    expect([report.verdict, exitCodeOf(report.verdict), failing(report)]).toEqual(["unusable", 2, ["container"]]);
  }
});

test("any text anywhere: the verifier answers with a report, never with a throw, and never calls it valid", () => {
  const name = "minimal-4eUJG2iYJxUzQj.bel";
  const count = partsOf(name).parts.length;
  const junk = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom("0", '"', "{}", "[]", "null", "1e9", "-1", "\\u0000", "é"),
  );
  fc.assert(
    fc.property(fc.nat(count - 1), fc.nat(5), fc.nat(5000), fc.nat(80), junk, (n, object, at, length, text) => {
      let before = "";
      let after = "";
      const bad = edited(name, (parts) =>
        parts.map((part, i) => {
          const old = part.objects[object % Math.max(1, part.objects.length)];
          if (i !== n || old === undefined) return part;
          const start = at % (old.length + 1);
          before = old;
          after = old.slice(0, start) + text + old.slice(start + length);
          return { ...part, objects: part.objects.map((each) => (each === old ? after : each)) };
        }),
      );
      const report = verifyArchive(bad);
      // The election's own words may be anything: they are hashed as they are, so trackers and proofs fail then.
      if (before !== after) expect(report.verdict).not.toBe("valid");
    }),
    { numRuns: 80 },
  );
});

test("step by step, in chunks, with progress; and the report's JSON form carries its version", () => {
  const archive = load(TINY);
  const verifier = archiveVerifier();
  let steps = 0;
  let last = { bytes: 0, ballots: 0 };
  for (let at = 0; at < archive.length; at += 777) {
    for (const progress of verifier.push(archive.subarray(at, at + 777))) {
      steps++;
      last = progress;
    }
  }
  const report = verifier.finish();
  expect([report.verdict, last]).toEqual(["valid", { bytes: archive.length, ballots: 5 }]);
  expect(steps).toBeGreaterThan(20);
  expect(JSON.parse(reportToJson(report))).toEqual(report);
  expect(report.version).toBe(1);
  const seen: number[] = [];
  verifyArchive(archive, { progress: ({ ballots }) => seen.push(ballots) });
  expect(seen.at(-1)).toBe(5);
});
