/**
 * From closing to the result: the sum is there already (it is updated with every cast), so what remains is the trustees'
 * partial decryptions, their verification by the machine, and the search for the counts, bounded by the number of voters.
 */
import { encrypt } from "#crypto/elgamal.js";
import { GENERATOR, multiplySecret } from "#crypto/group.js";
import { randomScalar } from "#crypto/scalar.js";
import { combineFactorShares, evaluatePolynomial } from "#crypto/threshold.js";
import { makePartialDecryption, verifyPartialDecryption } from "#protocol/suite/belenios-v1/decryption.js";
import { countsOf } from "#protocol/suite/belenios-v1/result.js";
import { seededRandom } from "../test/protocol-kit.js";
import { measureMs, option, report } from "./kit.js";

const voters = option("voters", 100_000);
const random = seededRandom("bench tally");
const polynomial = [randomScalar(random), randomScalar(random)];
const key = multiplySecret(GENERATOR, polynomial[0] as bigint);
const shares = [1, 2, 3].map((index) => evaluatePolynomial(polynomial, index));
const keys = shares.map((share) => multiplySecret(GENERATOR, share));

for (const answers of [2, 5, 20]) {
  const counts = Array.from({ length: answers }, (_, i) => Math.floor((voters * (i + 1)) / (answers * answers)));
  const tally = [counts.map((count) => encrypt(key, BigInt(count), randomScalar(random)))];
  await measureMs(
    `${answers} answers, ${voters} voters: 3 shares, 3 checks, result of 2`,
    () => {
      const partials = shares.map((share) => makePartialDecryption(tally, "fingerprint", share, random));
      for (const [i, partial] of partials.entries()) {
        const verdict = verifyPartialDecryption(tally, "fingerprint", keys[i] as typeof key, partial);
        if (!verdict.ok) throw new Error("an honest share was refused");
      }
      const sums = [
        (tally[0] as (typeof tally)[number]).map(({ beta }, k) => {
          const factors = [1, 2].map((index) => ({
            index,
            factor: partials[index - 1]?.factors[0]?.[k] as typeof key,
          }));
          const factor = combineFactorShares(factors, 2);
          if (!factor.ok) throw new Error("two shares are enough");
          return beta.subtract(factor.value);
        }),
      ];
      const result = countsOf(sums, voters);
      if (!result.ok || result.value[0]?.some((count, i) => count !== counts[i])) throw new Error("another result");
    },
    { runs: 3 },
  );
}
report("tally", { voters, trustees: "2 of 3" });
