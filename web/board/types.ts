/** The board's answers as this room reads them. */
import type { z } from "zod";
import type { ElectionSummary, electionSchema, eventsSchema, resultSchema } from "#api/management.js";
import type { blockSchema, boardBallotSchema, boardSchema, turnoutSchema } from "#api/voting.js";

export type { ElectionSummary };
export type Election = z.output<typeof electionSchema>;
export type Events = z.output<typeof eventsSchema>["events"];
export type Result = z.output<typeof resultSchema>;
export type BoardPage = z.output<typeof boardSchema>;
export type BoardBallot = z.output<typeof boardBallotSchema>;
export type Turnout = z.output<typeof turnoutSchema>;
export type Block = z.output<typeof blockSchema>;
