/** `psephos result`: the result of an election as the server shows it, or what it still waits for. */
import type { Command } from "commander";
import type { z } from "zod";
import type { electionSchema, resultSchema } from "#api/management.js";
import { ApiError, type Http } from "#client/http.js";
import { printResult } from "./report.js";
import { httpOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, counted, note, paint, say, shown } from "./terminal.js";

type Election = z.output<typeof electionSchema>;
type Result = z.output<typeof resultSchema>;

export function addResultCommand(program: Command): void {
  withServer(program.command("result").description("show an election's result, or what it still waits for"))
    .argument("<election>", "identifier of the election")
    .option("--json", "print the server's answer as JSON")
    .action(async (uuid: string, options: ServerOptions & { json?: boolean }) => {
      const http = httpOf(options);
      const election = await http.request<Election>(`/elections/${encodeURIComponent(uuid)}`);
      const result = await resultOf(http, election);
      if (options.json === true) say(JSON.stringify(result));
      else show(election, result);
      note(`This is the server's word. To recompute it: psephos verify ${http.url}/elections/${uuid}/record`);
    });
}

async function resultOf(http: Http, election: Election): Promise<Result> {
  try {
    return await http.request<Result>(`/elections/${election.id}/result`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404)
      throw new CommandError(`There is no result of “${shown(election.title)}”: ${whyNone(election)}`);
    throw error;
  }
}

/** In words why an election has no result, by its stage. */
export function whyNone(
  election: Pick<Election, "stage" | "start_date" | "end_date" | "decryption_start" | "decryption_deadline" | "shares">,
): string {
  switch (election.stage) {
    case "announced":
      return `it is announced, but not sealed yet; it opens at ${election.start_date} if it is sealed before.`;
    case "sealed":
      return `it is sealed and opens at ${election.start_date}.`;
    case "open":
      return `it is open until ${election.end_date}.`;
    case "closed":
      return `it is closed; the trustees open the sum between ${election.decryption_start} and ${election.decryption_deadline} (${counted(election.shares, "share")} so far).`;
    case "cancelled":
      return "it was cancelled.";
    case "lapsed":
      return "it was not sealed before it should have opened.";
    case "withheld":
      return "too few ballots were counted to open their sum without showing votes.";
    default:
      return "too few trustees gave their shares in time.";
  }
}

function show(election: Election, result: Result): void {
  say(paint(`${shown(election.title)} (${election.id})`, "strong"));
  say(`${result.counted} of ${counted(result.roll, "voter")} on the roll voted.`);
  printResult(
    result.questions.map(({ question, answers, blank }) => ({
      question,
      answers,
      ...(blank === null ? {} : { blank }),
    })),
  );
  say();
  say(`The sum was opened by ${result.trustees.map(shown).join(", ")}.`);
}
