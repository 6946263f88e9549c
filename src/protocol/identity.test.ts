import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { codeFromTyped } from "#crypto/base58.js";
import { GENERATOR, IDENTITY, multiplySecret, pointToBytes } from "#crypto/group.js";
import { randomScalar } from "#crypto/scalar.js";
import { codeOf, seededRandom } from "../../test/protocol-kit.js";
import { blindKey, credentialForVoter, credentialOfVoter } from "./credential.js";
import { identityFromCode, keyBytes } from "./identity.js";
import { credentialIn } from "./voter.js";

/** Hash-to-scalar of the code in the role of a voter, computed by another program. */
const KNOWN_SECRET = 2557171805134091744740168135843130259232634314471540210662442040996295475977n;
const CODE = "YeVqM-1PjcGA-7Vqkc-K3nuSu";

test("codes are forgiven spaces and dashes, nothing else", () => {
  for (const fine of [
    CODE,
    CODE.replaceAll("-", ""),
    ` ${CODE.replaceAll("-", " ")}\n`,
    CODE.replaceAll("-", "–"),
    CODE.split("").join(" "),
  ])
    expect(codeFromTyped(fine), fine).toBe(CODE);
  const bad = [
    CODE.slice(1),
    `${CODE}1`,
    CODE.replace("Y", "0"),
    CODE.replace("Y", "O"),
    CODE.replace("Y", "l"),
    CODE.replace("Y", "ψ"),
    "",
  ];
  for (const each of bad) expect(codeFromTyped(each), each).toBeUndefined();
  expect(codeFromTyped(CODE.toLowerCase())).not.toBe(CODE);
});

test("law: any text gives a code in its normal form or nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (input) => {
      const code = codeFromTyped(input);
      if (code !== undefined) expect(codeFromTyped(code)).toBe(code);
    }),
  );
});

test("one code gives unrelated keys in each role; known answer", () => {
  const keys = (["voter", "officer", "trustee"] as const).map((role) => identityFromCode(CODE, role));
  expect(new Set(keys.map((each) => toHex(keyBytes(each)))).size).toBe(3);
  for (const { secret, key } of keys) expect(key.equals(multiplySecret(GENERATOR, secret))).toBe(true);
  expect(keys[0]?.secret).toBe(KNOWN_SECRET);
});

test("law: registrar and voter derive the same credential, officers can recompute it, and the secret fits", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }), (voterSeed, rollSeed) => {
      const identity = identityFromCode(codeOf(`${voterSeed}`), "voter");
      const rollSecret = randomScalar(seededRandom(`${rollSeed}`));
      const rollKey = multiplySecret(GENERATOR, rollSecret);
      const context = { chainId: "chain-1", uuid: "TestElection14" };
      const { blinding, credential } = credentialForVoter(context, identity.key, rollSecret);
      const own = credentialOfVoter(context, identity, rollKey);
      expect(own.key.equals(credential)).toBe(true);
      expect(multiplySecret(GENERATOR, own.secret).equals(credential)).toBe(true);
      expect(blindKey(identity.key, blinding).equals(credential)).toBe(true);
      expect(credentialIn({ ...context, rollKey: pointToBytes(rollKey) }, identity)?.secret).toBe(own.secret);
    }),
    { numRuns: 10 },
  );
});

test("R-07: another election, ledger or roll key gives an unrelated credential; order on the roll tells nothing", () => {
  const identity = identityFromCode(CODE, "voter");
  const rollKey = multiplySecret(GENERATOR, 77n);
  const base = { chainId: "chain-1", uuid: "TestElection14" };
  const of = (context: typeof base, key = rollKey): string =>
    toHex(pointToBytes(credentialOfVoter(context, identity, key).key));
  const keys = [
    of(base),
    of({ ...base, uuid: "TestElection15" }),
    of({ ...base, chainId: "chain-2" }),
    of(base, multiplySecret(GENERATOR, 78n)),
    toHex(pointToBytes(identity.key)),
  ];
  expect(new Set(keys).size).toBe(5);
  // Places of the same 40 people in two elections: no more agreement of order than chance gives.
  const people = Array.from({ length: 40 }, (_, i) => identityFromCode(codeOf(`p${i}`), "voter"));
  const ranks = (uuid: string): number[] => {
    const credentials = people.map((each) =>
      toHex(pointToBytes(credentialOfVoter({ ...base, uuid }, each, rollKey).key)),
    );
    const sorted = [...credentials].sort();
    return credentials.map((each) => sorted.indexOf(each));
  };
  const [a, b] = [ranks("TestElection14"), ranks("TestElection15")];
  const distance = a.reduce((sum, rank, i) => sum + (rank - (b[i] as number)) ** 2, 0);
  const correlation = 1 - (6 * distance) / (40 * (40 ** 2 - 1));
  expect(Math.abs(correlation)).toBeLessThan(0.5);
});

test("C-08, C-09: a roll key that is none gives no credential", () => {
  const identity = identityFromCode(CODE, "voter");
  const context = { chainId: "chain-1", uuid: "TestElection14" };
  for (const rollKey of [pointToBytes(IDENTITY), new Uint8Array(32), new Uint8Array(32).fill(255), new Uint8Array(31)])
    expect(credentialIn({ ...context, rollKey }, identity)).toBeUndefined();
});
