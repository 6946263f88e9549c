import fc from "fast-check";
import { expect, test } from "vitest";
import { fail, ok } from "#base/result.js";
import type { BallotTask, BallotVerdict } from "#protocol/ballot.js";
import { reject } from "#protocol/rejections.js";
import { packTasks, packVerdicts, unpackTasks, unpackVerdicts } from "./packed.js";

const bytes = fc.uint8Array({ maxLength: 40 });
const task: fc.Arbitrary<BallotTask> = fc.record({
  id: fc.constant(""),
  chainId: fc.constantFrom("a", "b"),
  type: fc.constantFrom("cast-ballot" as const, "spoil-ballot" as const),
  uuid: fc.constantFrom("u", "v"),
  electionText: fc.constantFrom("text", "another text"),
  enrolled: fc.boolean(),
  sequence: fc.nat(1000),
  wire: bytes,
  credential: bytes,
  commitment: bytes,
  response: bytes,
});
const verdict: fc.Arbitrary<BallotVerdict> = fc.oneof(
  fc.record({ tracker: fc.uint8Array({ minLength: 32, maxLength: 32 }), ciphertexts: bytes }).map((value) => ok(value)),
  fc.string().map((detail) => fail(reject("bad-proof", detail))),
);

test("law: what is packed is unpacked as it was, and crosses to another thread", () => {
  fc.assert(
    fc.property(fc.array(task, { maxLength: 8 }), fc.array(verdict, { maxLength: 8 }), (tasks, verdicts) => {
      expect(unpackTasks(structuredClone(packTasks(tasks)))).toEqual(tasks);
      expect(unpackVerdicts(structuredClone(packVerdicts(verdicts)))).toEqual(verdicts);
    }),
  );
});

test("what a thousand ballots of one election have in common crosses once", () => {
  const [one] = fc.sample(task, 1) as [BallotTask];
  expect(packTasks(new Array(1000).fill(one)).commons).toHaveLength(1);
});
