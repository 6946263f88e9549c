/** Small parts of letters. */

export function paragraphs(...parts: readonly string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Titles may have line feeds; a subject or a line of a letter may not. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
