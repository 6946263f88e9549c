/** No language lacks a word, and none has one that the others lack. */
import { expect, test } from "vitest";
import { account as arAccount } from "./ar/account.js";
import { ar as arStart } from "./ar.js";
import { arRooms } from "./ar-rooms.js";
import { account as deAccount } from "./de/account.js";
import { de as deStart } from "./de.js";
import { deRooms } from "./de-rooms.js";
import { account as enAccount } from "./en/account.js";
import { en as enStart } from "./en.js";
import { enRooms } from "./en-rooms.js";
import { account as esAccount } from "./es/account.js";
import { es as esStart } from "./es.js";
import { esRooms } from "./es-rooms.js";
import { account as frAccount } from "./fr/account.js";
import { fr as frStart } from "./fr.js";
import { frRooms } from "./fr-rooms.js";
import { chosenLanguage } from "./languages.js";

/** Each word's place and kind; functions count their arguments. */
function places(words: unknown, at = ""): string[] {
  if (typeof words === "function") return [`${at} (${words.length})`];
  if (typeof words !== "object" || words === null) return [`${at} ${typeof words}`];
  return Object.entries(words).flatMap(([key, value]) => places(value, `${at}/${key}`));
}

function texts(words: unknown, at = ""): [string, string][] {
  if (typeof words === "string") return [[at, words]];
  if (typeof words !== "object" || words === null) return [];
  return Object.entries(words).flatMap(([key, value]) => texts(value, `${at}/${key}`));
}

const en = { ...enStart, account: enAccount, ...enRooms };
const others = {
  de: { ...deStart, account: deAccount, ...deRooms },
  fr: { ...frStart, account: frAccount, ...frRooms },
  es: { ...esStart, account: esAccount, ...esRooms },
  ar: { ...arStart, account: arAccount, ...arRooms },
};

test.each(Object.entries(others))("%s has every word and no other", (_language, words) => {
  expect(places(words).sort()).toEqual(places(en).sort());
});

test.each(Object.entries(others))("%s: no word is empty", (_language, words) => {
  expect(texts(words).filter(([, text]) => text.trim() === "")).toEqual([]);
});

test.each(Object.entries(others))("%s: sentences are translated", (language, words) => {
  const english = new Map(texts(en));
  // Names and single words may be the same in two languages; sentences are not.
  const same = texts(words).filter(([at, text]) => english.get(at) === text && text.split(" ").length > 3);
  expect(same.map(([at]) => `${language}${at}`)).toEqual([]);
});

test("the first preferred language that is here is taken", () => {
  expect(chosenLanguage(["pt-BR", "es-MX", "en"])).toBe("es");
  expect(chosenLanguage(["xx"])).toBe("en");
});
