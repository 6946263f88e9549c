/** Letters on paper as one HTML file for the printer: a page for each voter, nothing loaded from anywhere. */
import { encode } from "uqr";
import { escapeHtml } from "#mail/html.js";
import { paperLetterIn } from "#words/post.js";

export interface PaperVoter {
  readonly name: string;
  /** Lines for the window of the envelope; none: only the name. */
  readonly address: readonly string[];
  readonly language: string;
  /** Grouped, with its dashes. */
  readonly code: string;
  /** What tells two letters of one name apart at the office; printed small. */
  readonly reference: string;
}

export interface PaperFacts {
  readonly organisation: string;
  /** Where people vote; printed to be typed. */
  readonly url: string;
  readonly chainId: string | undefined;
  readonly fingerprint: string | undefined;
}

const style = `
@page { size: A4; margin: 15mm 22mm; }
body { font: 10.5pt/1.35 sans-serif; color: #000; margin: 0; }
article + article { break-before: page; }
article { break-inside: avoid; max-width: 166mm; margin: 0 auto; }
.window { height: 43mm; padding-top: 8mm; white-space: pre-line; }
h1 { font-size: 17pt; margin: 0 0 5mm; }
.code { border: 0.6mm solid #000; border-radius: 2mm; padding: 4mm 6mm; display: flex; gap: 8mm; align-items: center; }
.code p { margin: 0 0 1mm; font-size: 10pt; }
.code output { font: 700 16pt/1.4 monospace; letter-spacing: 0.5pt; overflow-wrap: anywhere; }
.code svg { width: 30mm; height: 30mm; flex: none; }
li { margin-bottom: 1.5mm; }
.warn { border-inline-start: 1.2mm solid #000; padding-inline-start: 3mm; }
dl { font-size: 8.5pt; margin: 2mm 0; } dt { font-weight: 700; } dd { margin: 0 0 1mm; font-family: monospace; overflow-wrap: anywhere; }
footer { font-size: 8pt; }
@media screen { article { margin: 10mm auto; padding-bottom: 10mm; border-bottom: 1px dashed #888; } }
`;

/** The file before its pages. */
export function lettersHead(organisation: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(organisation)}</title><style>${style}</style></head><body>
`;
}

export const lettersFoot = "</body></html>\n";

/** One page. Whatever names hold stays text (row E-08). */
export function letterPage(voter: PaperVoter, facts: PaperFacts): string {
  const { letter, language } = paperLetterIn(voter.language);
  const isolated = (text: string) => `<bdi>${escapeHtml(text)}</bdi>`;
  const marks = [
    [letter.ledger, facts.chainId],
    [letter.fingerprint, facts.fingerprint],
  ].filter((mark): mark is [string, string] => mark[1] !== undefined);
  const list = marks.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd dir="ltr">${escapeHtml(value)}</dd>`);
  return `<article lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}">
<p>${isolated(facts.organisation)}</p>
<div class="window">${[voter.name, ...voter.address].map(isolated).join("\n")}</div>
<h1>${escapeHtml(letter.title)}</h1>
<p>${escapeHtml(letter.greeting(voter.name))}</p>
<p>${escapeHtml(letter.lead(facts.organisation))}</p>
<div class="code"><div><p>${escapeHtml(letter.codeLabel)}</p><output dir="ltr">${escapeHtml(voter.code)}</output></div>
<figure style="margin:0">${qrSvg(voter.code, letter.qrLabel)}</figure></div>
<ol>${letter
    .steps(facts.url)
    .map((step) => `<li>${escapeHtml(step)}</li>`)
    .join("")}</ol>
<p class="warn">${escapeHtml(letter.secrecy)}</p>
<p>${escapeHtml(letter.opened)}</p>
${list.length === 0 ? "" : `<dl>${list.join("")}</dl>`}
<footer dir="ltr">${escapeHtml(voter.reference)}</footer>
</article>
`;
}

/** The code alone, not a link: a camera shows it, and sends it nowhere. */
function qrSvg(value: string, label: string): string {
  const { size, data } = encode(value, { ecc: "M", border: 2 });
  let path = "";
  for (const [y, row] of data.entries()) for (const [x, dark] of row.entries()) if (dark) path += `M${x} ${y}h1v1h-1z`;
  return `<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${escapeHtml(label)}"><path d="${path}"/></svg>`;
}
