import fc from "fast-check";
import { expect, test } from "vitest";
import { announcedFromText, announcedText, openingFromText, openingText } from "./opening.js";

const uuid = "9xKfYmrnjPbCvA";
const tracker = "vQ+/JqF0S8o3yVhN0m1oKX9w0o5dQ8m3tR2c7yZ1abE";

test("what is announced and what opens come out as they went in", () => {
  const announced = { uuid, tracker, fingerprint: tracker };
  expect(announcedFromText(announcedText(announced))).toEqual(announced);
  const opening = {
    uuid,
    tracker,
    choices: [
      [0, 1, 0],
      [1, 0],
    ],
    randomness: [
      [1n, 2n, 3n],
      [4n, 5n],
    ],
  };
  expect(openingFromText(openingText(opening))).toEqual(opening);
});

test("anything else is nothing, and never throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(openingFromText(text)).toBeUndefined();
      expect(announcedFromText(text)).toBeUndefined();
    }),
  );
  const good = openingText({ uuid, tracker, choices: [[0, 1]], randomness: [[1n, 2n]] });
  for (const bad of [good.slice(0, -1), `${good}.x`, good.replace("01", "02"), good.replace("01", "011")])
    expect(openingFromText(bad)).toBeUndefined();
});
