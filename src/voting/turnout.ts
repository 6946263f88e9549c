/** Turnout: how many have voted, and when they came. Nothing here tells of a choice. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { type RawBuilder, sql } from "kysely";
import { z } from "zod";
import { identifier } from "#api/values.js";
import { turnoutQuery, turnoutSchema } from "#api/voting.js";
import { formatInstant } from "#base/instant.js";
import type { VotingContext } from "./context.js";
import { entryVersion, type FoundElection, requireElection } from "./elections.js";
import { followedUpTo, type Tables } from "./votes.js";

type Interval = z.output<typeof turnoutQuery>["interval"];

const WIDTHS: Readonly<Record<Interval, RawBuilder<unknown>>> = {
  "5m": sql`interval '5 minutes'`,
  "1h": sql`interval '1 hour'`,
  "1d": sql`interval '1 day'`,
};

export function addTurnoutRoute(app: FastifyInstance, context: VotingContext): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/elections/:id/turnout",
    schema: {
      operationId: "getTurnout",
      tags: ["voting"],
      summary: "How many have voted, live, and how they came over time (UTC)",
      params: z.strictObject({ id: identifier }),
      querystring: turnoutQuery,
      response: { 200: turnoutSchema },
    },
    handler: async (request, reply) => {
      const found = requireElection(context.requireLedger().state(), request.params.id);
      return context.answers.answer(request, reply, { version: entryVersion(found) }, () =>
        turnout(context.tables, found, request.query.interval),
      );
    },
  });
}

/** New voters and ballots by the hour, once the board has this many ballots. */
export async function hourlyTurnout(
  tables: Tables,
  uuid: string,
  ballots: number,
): Promise<{ readonly from: string; readonly ballots: number; readonly voters: number }[]> {
  await followedUpTo(tables, uuid, ballots);
  const { rows } = await sql<{ since: Date; ballots: string; voters: string }>`
    select date_bin(${WIDTHS["1h"]}, since, timestamptz 'epoch') as since,
      sum(ballots)::text as ballots, sum(voters)::text as voters
    from voting.turnout where election_id = ${uuid} group by 1 order by 1`.execute(tables);
  return rows.map(({ since, ...counts }) => ({
    from: formatInstant(BigInt(since.getTime()) * 1_000_000n),
    ballots: Number(counts.ballots),
    voters: Number(counts.voters),
  }));
}

async function turnout(
  tables: Tables,
  { record, plan }: FoundElection,
  interval: Interval,
): Promise<z.output<typeof turnoutSchema>> {
  const { entry } = record;
  await followedUpTo(tables, plan.uuid, entry.ballotCount);
  const { rows } = await sql<{ since: Date; ballots: string; voters: string }>`
    select date_bin(${WIDTHS[interval]}, since, timestamptz 'epoch') as since,
      sum(ballots)::text as ballots, sum(voters)::text as voters
    from voting.turnout where election_id = ${plan.uuid} group by 1 order by 1`.execute(tables);
  return {
    election_id: plan.uuid,
    roll: entry.rollCount,
    counted: entry.counted,
    roll_weight: entry.rollWeight,
    counted_weight: entry.countedWeight,
    ballots: entry.ballotCount,
    spoiled: entry.spoiled,
    mismatches: entry.mismatches,
    intervals: rows.map((row) => ({
      from: row.since.toISOString(),
      voters: Number(row.voters),
      ballots: Number(row.ballots),
    })),
  };
}
