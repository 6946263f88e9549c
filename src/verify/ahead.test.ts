/** Proofs judged while blocks before them are replayed: nothing is replayed before its proofs are judged. */
import { expect, test } from "vitest";
import { type BallotTask, type BallotVerdict, judgeBallot } from "#protocol/ballot.js";
import { ballotWire, openElection, trustees, UUID, votersOf } from "../../test/protocol-kit.js";
import { RecordedLedger } from "../../test/record-kit.js";
import { judgingAhead } from "./ahead.js";
import { recordVerifier } from "./record.js";

const task = (id: string) => ({ id }) as BallotTask;

test("what a step needs is awaited, what it does not need is not; a failure is heard by who needs it", async () => {
  const answered: string[] = [];
  const open = new Map<string, (error?: Error) => void>();
  const ahead = judgingAhead(
    ([first]) =>
      new Promise((resolve, reject) => {
        const id = first?.id as string;
        open.set(id, (error) => {
          if (error !== undefined) return reject(error);
          answered.push(id);
          resolve();
        });
      }),
  );
  await ahead({ tasks: [task("a")], needs: 0 });
  const second = ahead({ tasks: [task("b")], needs: 1 });
  expect([...open.keys()]).toEqual(["a", "b"]);
  open.get("a")?.();
  await second;
  expect(answered).toEqual(["a"]);
  open.get("b")?.(new Error("broken"));
  await expect(ahead({ tasks: [], needs: 2 })).rejects.toThrow("broken");
});

test("a record in groups: each ballot is asked for once, before its block; only two groups are under way", () => {
  const ledger = new RecordedLedger("ahead");
  const voters = votersOf(7);
  openElection(ledger, trustees(1, 0), 0, voters);
  for (const voter of voters) ledger.block(ballotWire(ledger, UUID, voter, [[1, 0]]));
  const record = ledger.record();
  // One piece that holds the sealing as well, and one that begins after it.
  for (const cut of [0, record.length - 7 * 1500]) {
    const given: BallotTask[] = [];
    const judged = new Map<string, BallotVerdict>();
    let missed = 0;
    const verdicts = {
      ballot: (asked: BallotTask) => {
        if (!judged.has(asked.id)) missed++;
        return judged.get(asked.id) ?? judgeBallot(asked);
      },
    };
    const verifier = recordVerifier({ verdicts, together: 2 });
    let most = 0;
    for (const piece of cut === 0 ? [record] : [record.subarray(0, cut), record.subarray(cut)])
      for (const step of verifier.push(piece)) {
        given.push(...step.tasks);
        expect(step.needs).toBeLessThanOrEqual(given.length);
        // The laziest caller: answers what is needed, at the last moment.
        for (const each of given.slice(judged.size, step.needs)) judged.set(each.id, judgeBallot(each));
        most = Math.max(most, given.length - judged.size);
      }
    expect(verifier.finish()).toMatchObject({ verdict: expect.stringMatching(/./) });
    expect(new Set(given.map((each) => each.id)).size).toBe(given.length);
    expect(given).toHaveLength(7);
    expect(missed).toBe(0);
    if (cut > 0) expect(most).toBeLessThanOrEqual(4);
  }
});
