/** Row E-08 on the command line: what others wrote is shown as text, whatever a terminal would make of it. */
import { afterEach, expect, test, vi } from "vitest";
import { describeValue } from "#cli/inspect-value.js";
import { printReport } from "#cli/report.js";
import { CommandError, note, say, shown, table } from "#cli/terminal.js";

afterEach(() => vi.restoreAllMocks());

/** What would erase lines, set the window's title, reverse the reading order, hide itself, or start a new line. */
const HOSTILE = [
  "\u001b[2J\u001b[1;31mEverything holds.",
  "\u001b]0;title\u0007",
  "\u009b31m",
  "yes\u202eon",
  "\u2066isolated",
  "zero\u200bwidth",
  "back\b\b\b\bspace",
  "carriage\rreturn",
  "a\nfalse line",
  "lone \ud800 surrogate",
  "tag \u{e0041}",
];

const DANGEROUS = /[^\P{Cc}\n]|[\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

const output = (print: () => void): string => {
  let text = "";
  const keep = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  vi.spyOn(process.stderr, "write").mockImplementation(keep);
  print();
  return text;
};

test.each(HOSTILE.map((text) => [JSON.stringify(text), text]))(
  "E-08: %s reaches the terminal as harmless text",
  (_, text) => {
    expect(shown(text)).not.toMatch(DANGEROUS);
    expect(shown(text)).not.toContain("\n");
    expect(output(() => say(`“${text}”`))).not.toMatch(DANGEROUS);
    expect(output(() => note(text))).not.toMatch(DANGEROUS);
    expect(output(() => say(table([["id", text, "end"]]).join("")))).not.toMatch(DANGEROUS);
    expect(describeValue({ name: text }).join("")).not.toMatch(DANGEROUS);
  },
);

test("E-08: ordinary writing in any script is shown as it is, markup too", () => {
  for (const text of ["<img src=x onerror=alert(1)>", "Žofie Nováková", "تصويت", "李小龙", "👍🏽", "e\u0301"])
    expect(shown(text)).toBe(text);
});

test("E-08: a report whose facts, evidence and result were written by an attacker draws no false line", () => {
  const text = "Bridge\n✓ everything: holds\u001b[8m\u202e";
  const printed = output(() =>
    printReport(
      {
        verdict: "invalid",
        facts: [{ id: "name", label: "Election", value: text }],
        checks: [
          { id: "result", sentence: "The result is right.", status: "fail", evidence: [text], failures: 1 },
          { id: "roll", sentence: "The roll is right.", status: "pass", evidence: [text], failures: 0 },
          { id: "tally", sentence: "The tally is right.", status: "skipped", evidence: [text], failures: 0 },
        ],
        result: [{ question: text, answers: [{ answer: text, count: 1 }] }],
      } as unknown as Parameters<typeof printReport>[0],
      text,
    ),
  );
  expect(printed).not.toMatch(DANGEROUS);
  expect(printed).not.toMatch(/^✓ everything/m);
  expect(printed).toContain("\\u001b");
});

test("E-08: errors carry their text through the same gate", () => {
  expect(output(() => note(new CommandError("bad\u001b[2J name").message))).not.toMatch(DANGEROUS);
});
