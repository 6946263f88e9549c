/** A club that votes: what the tests of faults break something under. */
import type { TrustedElection } from "#client/voter.js";
import {
  announceElection,
  type Election,
  enterAndSeal,
  foundLedger,
  importWithLetters,
  makeKeys,
  members,
  people,
  schedule,
  trustedElection,
  type Voter,
  type World,
} from "../election/kit.js";

export interface Club {
  readonly voters: Voter[];
  readonly election: Election;
  readonly paper: TrustedElection;
}

/** Founds the ledger; `count` people may vote on one question, from now on and for a minute of the ledger's time. */
export async function votingClub(world: World, count: number): Promise<Club> {
  const officer = await foundLedger(world, "A club", "Olga Officer");
  const voters = await importWithLetters(world, officer, people(count, "club.example"));
  const opens = schedule(world, 30, 90);
  const election = await announceElection(world, [officer], {
    name: "A new roof?",
    questions: [{ question: "Shall we mend the roof?", answers: ["Yes", "No"], min: 1, max: 1, blank: false }],
    ...opens,
    trustees: members("Tomáš", "Tereza"),
    threshold: 1,
  });
  await makeKeys(world, election);
  await enterAndSeal(world, [officer], election, { kind: "all" });
  const paper = await trustedElection(world, election);
  await world.until(BigInt(Date.parse(opens.opens_at)) * 1_000_000n);
  return { voters, election, paper };
}
