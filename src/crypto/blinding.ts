/**
 * Multiplication of foreign points with a long-lived secret (decision 0002): the exponent is split into two random
 * summands for every use, so no two runs show the same operations.
 */
import { multiplySecret, type Point } from "./group.js";
import { mod, type Random, randomScalar } from "./scalar.js";

/** P·secret = P·b + P·(secret − b) for a fresh random b; each part through noble's fixed-window ladder. */
export function multiplyBlinded(point: Point, secret: bigint, random: Random): Point {
  const blind = randomScalar(random);
  return multiplySecret(point, blind).add(multiplySecret(point, mod(secret - blind)));
}
