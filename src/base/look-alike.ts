/**
 * Names that look like others because letters of another script stand in them (row E-07). Nothing is refused for that:
 * people have such names, too. Officers are told.
 */

const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u];

/** Letters that look like Latin ones, place by place. A short list of the usual ones, no complete table. */
const TWINS = "аеорсухіјѕԁһԛԝАВЕКМНОРСТУХІЈЅοανΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";
const LATIN = "aeopcyxijsdhqwABEKMHOPCTYXIJSoavABEZHIKMNOPTYX";
const LATIN_OF = new Map([...TWINS].map((letter, i) => [letter, [...LATIN][i] as string]));

/** Whether one word of the text has letters of two scripts that look alike. */
export function mixesScripts(text: string): boolean {
  const words = text.match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.some((word) => SCRIPTS.filter((script) => script.test(word)).length > 1);
}

/** The same for texts that people can hardly tell apart: by script, by case, by spaces around and within. */
export function lookOf(text: string): string {
  const latin = [...text.normalize("NFKC")].map((letter) => LATIN_OF.get(letter) ?? letter).join("");
  return latin.toLowerCase().replace(/\s+/g, " ").trim();
}
