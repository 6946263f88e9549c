/** A letter's text as simple HTML: the same words, paragraphs and links; nothing is loaded from anywhere. */

const rightToLeft: ReadonlySet<string> = new Set(["ar", "fa", "he", "ur"]);

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Whatever the text holds stays text (row E-08). */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] as string);
}

export function htmlOf(text: string, language: string): string {
  const direction = rightToLeft.has(language.split("-")[0] as string) ? "rtl" : "ltr";
  const paragraphs = text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p style="margin:0 0 1em">${linesOf(paragraph)}</p>`)
    .join("\n");
  const style = "font:16px/1.5 sans-serif;max-width:40em;margin:1.5em auto;padding:0 1em";
  return `<!doctype html>
<html lang="${escapeHtml(language)}" dir="${direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="${style}">
${paragraphs}
</body>
</html>
`;
}

function linesOf(paragraph: string): string {
  return paragraph
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, i) => (i % 2 === 1 ? linkTo(part) : escapeHtml(part).replaceAll("\n", "<br>\n")))
    .join("");
}

/** The address itself is what is shown: a link never says something else than where it leads. */
function linkTo(address: string): string {
  return `<a href="${escapeHtml(address)}" style="overflow-wrap:anywhere">${escapeHtml(address)}</a>`;
}
