/** Minutes as a page that prints well: no script, nothing loaded, styles of its own. */
import { createHash } from "node:crypto";
import type { SignedMinutes } from "#api/minutes.js";
import { type MinutesLanguage, type MinutesWords, minutesWords } from "#words/minutes.js";

const style = `
:root { color-scheme: light; }
body { font: 12pt/1.4 "Noto Serif", Georgia, serif; color: #000; background: #fff; max-width: 48em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.6em; margin: 0 0 .2em; }
h2 { font-size: 1.15em; border-bottom: 1px solid #000; margin: 1.6em 0 .6em; break-after: avoid; }
h3 { font-size: 1em; margin: 1em 0 .3em; break-after: avoid; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: .15em .6em .15em 0; border-bottom: 1px solid #bbb; }
td.number, th.number { text-align: end; font-variant-numeric: tabular-nums; }
tr { break-inside: avoid; }
code { font: .8em/1.3 ui-monospace, monospace; overflow-wrap: anywhere; direction: ltr; unicode-bidi: isolate; }
.mark { border: 2px solid #000; padding: .4em .8em; font-weight: bold; }
.sign { height: 4em; border-bottom: 1px solid #000; margin-top: 1em; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } @page { margin: 18mm; } }
`;

/** Only the style above; everything else stays forbidden. */
export const minutesPolicy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const text = (value: string | number) => String(value).replace(/[&<>"]/g, (sign) => escapes[sign] as string);
const code = (value: string) => `<code>${text(value)}</code>`;

export function minutesPage(signed: SignedMinutes, language: MinutesLanguage): string {
  const words = minutesWords[language];
  const { minutes } = signed;
  const direction = language === "ar" ? "rtl" : "ltr";
  const parts = [
    `<h1>${text(words.minutes)}: <bdi>${text(minutes.election.title)}</bdi></h1>`,
    minutes.ledger.practice ? `<p class="mark">${text(words.practice)}</p>` : "",
    facts(signed, words),
    result(signed, words),
    section(words.trustees, trustees(signed, words)),
    section(words.turnout, turnout(signed, words)),
    section(
      words.events,
      rows(minutes.events.map(({ time, type, transaction }) => [text(time), text(type), code(transaction)])),
    ),
    section(words.hashes, hashes(signed)),
    section(words.verify, `<ul>${minutes.verify.map((line) => `<li><bdi>${text(line)}</bdi></li>`).join("")}</ul>`),
    section(words.signatures, signatures(signed, words)),
  ];
  return `<!doctype html>
<html lang="${language}" dir="${direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(words.minutes)}: ${text(minutes.election.title)}</title><style>${style}</style></head>
<body>
${parts.join("\n")}
</body>
</html>
`;
}

function section(title: string, body: string): string {
  return `<h2>${text(title)}</h2>\n${body}`;
}

/** Cells are HTML already. */
function rows(lines: readonly (readonly string[])[]): string {
  const cell = (html: string) => `<td${/^[0-9]+$/.test(html) ? ' class="number"' : ""}>${html}</td>`;
  return `<table>${lines.map((line) => `<tr>${line.map(cell).join("")}</tr>`).join("\n")}</table>`;
}

function facts({ minutes }: SignedMinutes, words: MinutesWords): string {
  const { organisation, election, roll, ballots } = minutes;
  const lines: (readonly [string, string | number])[] = [
    [words.organisation, organisation.name],
    [words.stage, election.stage],
    [words.opened, election.opens_at],
    [words.closed, election.closes_at],
    [words.roll, roll.count],
    ...(roll.weight === roll.count ? [] : [[words.rollWeight, roll.weight] as const]),
    ...(roll.letters === null ? [] : [[words.letters, roll.letters] as const]),
    [words.reissued, roll.reissued],
    [words.voters, ballots.voters],
    [words.ballots, ballots.accepted],
    [words.spoiled, ballots.spoiled],
    [words.mismatches, ballots.mismatches],
  ];
  return rows(lines.map(([label, value]) => [text(label), `<bdi>${text(value)}</bdi>`]));
}

function result({ minutes }: SignedMinutes, words: MinutesWords): string {
  if (minutes.result === null) return section(words.result, `<p>${text(words.noResult)}</p>`);
  const questions = minutes.result.questions.map((question) => {
    const lines = question.answers.map(({ answer, count }) => [`<bdi>${text(answer)}</bdi>`, text(count)]);
    if (question.blank !== null) lines.push([text(words.blank), text(question.blank)]);
    return `<h3><bdi>${text(question.question)}</bdi></h3>\n${rows(lines)}\n${decision(question, words)}`;
  });
  return section(words.result, questions.join("\n"));
}

type Question = NonNullable<SignedMinutes["minutes"]["result"]>["questions"][number];

function decision({ rule, decision: made }: Question, words: MinutesWords): string {
  if (rule === null || made === null) return `<p>${text(words.noRule)}</p>`;
  const names = (list: readonly string[]) => list.map((name) => `<bdi>${text(name)}</bdi>`).join(", ");
  const lines = [`${text(words.rule)}: ${code(rule)}`, `${text(words.needed)}: ${made.needed}`];
  if (made.quorum_needed > 0) lines.push(`${text(words.quorum)}: ${made.quorum_needed}`);
  const elected = made.elected.length === 0 ? "" : `${text(words.outcomes.decided)}: ${names(made.elected)}`;
  if (made.outcome === "decided") lines.push(`<strong>${elected}</strong>`);
  else {
    if (elected !== "") lines.push(`<strong>${elected}</strong>`);
    const tied = made.tied.length === 0 ? "" : `: ${names(made.tied)}`;
    lines.push(`<strong>${text(words.outcomes[made.outcome])}${tied}</strong>`);
  }
  return `<p>${lines.join("<br>")}</p>`;
}

function trustees({ minutes }: SignedMinutes, words: MinutesWords): string {
  const { list, threshold } = minutes.trustees;
  const lines = list.map(({ name, shared }) => [
    `<bdi>${text(name)}</bdi>`,
    text(shared ? words.shared : words.notShared),
  ]);
  return `${rows(lines)}<p>${text(words.threshold)}: ${threshold}</p>`;
}

function turnout({ minutes }: SignedMinutes, words: MinutesWords): string {
  const head = [text(words.hour), text(words.voters), text(words.ballots)];
  return rows([head, ...minutes.turnout.map(({ from, voters, ballots }) => [text(from), text(voters), text(ballots)])]);
}

function hashes({ minutes, hash }: SignedMinutes): string {
  const { ledger, election, roll, ballots } = minutes;
  const named: Record<string, string | null> = {
    minutes: hash,
    ledger: ledger.chain_id,
    genesis: ledger.genesis_hash,
    [`root ${ledger.height}`]: ledger.root,
    fingerprint: election.fingerprint,
    manifest: election.manifest_hash,
    plan: election.plan_hash,
    key: election.election_key,
    roll: roll.root,
    ballots: ballots.log_root,
    result: minutes.result?.text_hash ?? null,
  };
  return rows(Object.entries(named).flatMap(([name, value]) => (value === null ? [] : [[text(name), code(value)]])));
}

function signatures({ signatures: given }: SignedMinutes, words: MinutesWords): string {
  const lines = given.map(({ name, key, signature }) => [
    `<bdi>${text(name)}</bdi>`,
    `${code(key)}<br>${code(signature.challenge)}<br>${code(signature.response)}`,
  ]);
  return `${rows(lines)}<div class="sign"></div><p>${text(words.signHere)}</p>`;
}
