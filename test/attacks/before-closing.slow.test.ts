/**
 * Row O-07: while an election is open, two electorates that are alike in everything but their choices are told apart by
 * nothing that the server says or the state holds, but for the bytes of ciphertexts, proofs and hashes themselves.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { results } from "#protocol/election.js";
import { openElection, shareWire, type TestVoter, trustees, UUID, votersOf } from "../protocol-kit.js";
import { type Board, ballotFor, startBoard, voteJson } from "../voting-kit.js";

const specs = trustees(1, 0);
const questions = [{ question: "Which?", answers: ["A", "B", "C"], min: 0, max: 2, blank: true }];
const voters = votersOf(6) as TestVoter[];
/** By voter: one electorate of one mind, and one of many; the last votes twice. */
const ELECTORATES = [
  [0, 1, 2, 3, 4, 5, 5].map(() => [[0, 1, 0, 0]]),
  [[[1, 0, 0, 0]], [[0, 1, 1, 0]], [[0, 0, 0, 1]], [[0, 0, 0, 0]], [[0, 0, 1, 1]], [[0, 1, 0, 1]], [[1, 0, 0, 0]]],
] as const;
const boards: Board[] = [];

beforeAll(async () => {
  for (const choices of ELECTORATES) {
    const board = await startBoard();
    boards.push(board);
    openElection(board.memory, specs, 0, voters, { questions });
    await board.perform();
    for (const [i, choice] of choices.entries()) {
      const voter = voters[Math.min(i, voters.length - 1)] as TestVoter;
      const answer = await board.post("/vote", voteJson(voter, ballotFor(board, voter, choice, i === 6 ? 2 : 1)));
      expect(answer.status).toBe(201);
    }
  }
});

afterAll(async () => {
  for (const board of boards) await board.close();
});

/** What is random or a hash keeps its place and its length. */
const masked = (text: string): string =>
  text.replace(/\b\d{30,}\b/g, "<number>").replace(/[A-Za-z0-9+/_-]{40,}/g, (run) => `<${run.length}>`);

test("O-07: every answer about an open election has the same words, numbers and lengths whatever was chosen", async () => {
  const credential = toHex((voters[5] as TestVoter).bytes);
  const paths = [
    ...["turnout", "turnout?interval=5m", "ballots?limit=100", "roll", `credentials/${credential}`, "manifest"].map(
      (each) => `/elections/${UUID}/${each}`,
    ),
    `/elections/${UUID}/archive.bel`,
    "/ledger/status",
    "/ledger/blocks?from=1&limit=100",
  ];
  for (const path of paths) {
    const [one, other] = await Promise.all(boards.map((board) => board.get(path)));
    const seen = (answer: typeof one) => [
      answer?.status,
      masked(JSON.stringify(answer?.body ?? null)),
      answer?.headers["content-length"],
    ];
    expect(seen(other), path).toEqual(seen(one));
  }
  const [one, other] = await Promise.all(boards.map((board) => board.get(`/elections/${UUID}/record`)));
  expect(other?.bytes.length).toBe(one?.bytes.length);
  for (let number = 0; number < 7; number++) {
    const ballots = await Promise.all(
      boards.map(async (board) => {
        const list = (await board.get(`/elections/${UUID}/ballots?limit=100`)).body.ballots as { tracker: string }[];
        const tracker = (list[number] as { tracker: string }).tracker.replaceAll("+", "-").replaceAll("/", "_");
        return masked(JSON.stringify((await board.get(`/elections/${UUID}/ballots/${tracker}`)).body));
      }),
    );
    expect(ballots[1]).toBe(ballots[0]);
  }
});

test("O-07: the state has the same entries of the same sizes, and no share is taken before the end", async () => {
  const sizes = boards.map((board) => {
    board.recall();
    // Trackers stand in the names of entries.
    return [...board.memory.state.entries]
      .map(([key, value]) => `${key.replace(/[0-9a-f]{64}/g, "<hash>")} ${value.length}`)
      .sort();
  });
  expect(sizes[0]?.length).toBeGreaterThan(20);
  expect(sizes[1]).toEqual(sizes[0]);
  for (const board of boards) {
    expect(board.memory.fork().send(shareWire(board.memory, UUID, specs[0]?.code as string))).toBe("wrong-stage");
    expect(results.get(board.ledger.state(), UUID)).toBeUndefined();
  }
});
