import { afterAll, expect, test } from "vitest";
import { bytesEqual, concat, toHex } from "#base/bytes.js";
import { GENERATOR, multiplySecret, type Point, pointFromEighth, pointToBytes } from "#crypto/group.js";
import { scalarFromBytes } from "#crypto/scalar.js";
import { credentialForVoter } from "#protocol/credential.js";
import { sortRoll } from "#protocol/officer.js";
import { computeLines, type RollVoter, summaryOf } from "./roll-lines.js";
import { rollThreads } from "./roll-threads.js";

const election = { chainId: "threads", uuid: "RollThreadsTest" };
const secret = 0x1234567890abcdef1234567890abcdefn ** 2n % 2n ** 252n;
const keys: Point[] = [];
for (let i = 0; i < 530; i++)
  keys.push(i === 0 ? multiplySecret(GENERATOR, 77n) : (keys[i - 1] as Point).add(GENERATOR));
const voters = keys.map(
  (key, i): RollVoter => ({
    digital_id: `0x${i}`,
    public_key: Buffer.from(pointToBytes(key)),
    key_source: "own",
    weight: 1 + (i % 3),
  }),
);
// As for a roll so large that threads are worth it: built files are there when tests run.
const many = rollThreads(1_000_000);
const few = rollThreads(1);
afterAll(() => many.close());

test("threads compute what this thread computes, and both what one credential is computed to be", async () => {
  const order = {
    kind: "portion",
    ...election,
    secret,
    keys: concat(...voters.map((voter) => voter.public_key)),
  } as const;
  const [far, near] = [await many.portions(order), await few.portions(order)];
  expect(toHex(far.credentials)).toBe(toHex(near.credentials));
  expect(toHex(far.blindings)).toBe(toHex(near.blindings));
  for (const i of [0, 1, 249, 250, 529]) {
    const one = credentialForVoter(election, keys[i] as Point, secret);
    expect(scalarFromBytes(near.blindings.slice(32 * i, 32 * i + 32))).toBe(one.blinding);
    expect(bytesEqual(near.credentials.slice(32 * i, 32 * i + 32), pointToBytes(one.credential))).toBe(true);
    expect(pointFromEighth(far.eighths.slice(64 * i, 64 * i + 64))?.equals(one.credential)).toBe(true);
  }
});

test("lines are in order, and their root is that of the sorted roll", async () => {
  const lines = await computeLines(election, secret, voters);
  const roll = sortRoll(keys.map((key, i) => ({ ...credentialForVoter(election, key, secret), weight: 1 + (i % 3) })));
  expect(lines.map((line) => toHex(line.bytes))).toEqual(roll.lines.map((line) => toHex(line.bytes)));
  const summary = await summaryOf(lines);
  expect([toHex(summary.root), summary.weight]).toEqual([toHex(roll.root), roll.weight]);
});

test("a thread that dies fails the roll instead of leaving it waiting", async () => {
  const threads = rollThreads(1_000_000);
  const keysOfAll = concat(...voters.map((voter) => voter.public_key));
  const asked = threads.portions({ kind: "portion", ...election, secret, keys: keysOfAll });
  const refused = expect(asked).rejects.toThrow("a thread that computes the roll");
  await threads.close();
  await refused;
});
