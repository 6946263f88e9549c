/** The database dies while people vote: ballots go on, everything else says "not now", and afterwards all tables are right. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiError } from "#client/http.js";
import { type TrustedElection, vote } from "#client/voter.js";
import { placesIn } from "#server/data-directory.js";
import { type Election, eventually, random, startWorld, type Voter, viewOf, type World } from "../election/kit.js";
import { votingClub } from "./club.js";

let world: World;
let voters: Voter[];
let election: Election;
let paper: TrustedElection;

beforeAll(async () => {
  world = await startWorld();
  ({ voters, election, paper } = await votingClub(world, 8));
});

afterAll(async () => world?.stop());

function killDatabase(): void {
  const pidFile = join(placesIn(world.dataDir).postgres, "cluster", "postmaster.pid");
  process.kill(Number(readFileSync(pidFile, "utf8").split("\n")[0]), "SIGKILL");
}

async function checks(): Promise<Record<string, boolean>> {
  const answer = await fetch(`${world.url}/ready`);
  return ((await answer.json()) as { checks: Record<string, boolean> }).checks;
}

test("killed under load: every cast is recorded or told no, the rest says 503, and the tables catch up", async () => {
  const [first, ...others] = voters as [Voter, ...Voter[]];
  await vote(first.http, paper, first.identity, [[1, 0]], random);
  killDatabase();
  const asked = { name: "Ann", email: "ann@club.example", language: "en" };
  const registering = await world
    .client()
    .request("/register", { method: "POST", json: asked })
    .catch((error: unknown) => error);
  // Unless the database was back already, a coded "not now": never a bare failure.
  if (registering instanceof Error) expect(registering).toMatchObject({ status: 503, code: "unavailable" });
  for (const voter of others) {
    if (voter === others[3]) {
      await eventually("the database", async () => (await checks()).database);
      killDatabase();
    }
    await eventually("a vote", async () => {
      try {
        await vote(voter.http, paper, voter.identity, [[0, 1]], random);
        return true;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 503) throw error;
        return false;
      }
    });
  }
  await eventually("the database", async () => Object.values(await checks()).every(Boolean));
  await eventually("the tables", async () => (await viewOf(world, election)).counted === voters.length);
  const { ballots } = await first.http.request<{ ballots: unknown[] }>(`/elections/${election.uuid}/ballots`);
  expect(ballots.length).toBe(voters.length);
});
