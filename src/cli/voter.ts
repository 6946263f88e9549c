/** `psephos register`, `elections`, `vote`, `receipt`: what voters do. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { toBase64 } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { createHttp, type Http, platformRandom } from "#client/http.js";
import { judgeReceiptFile, parseReceiptFile, type ReceiptFile, receiptFileText } from "#client/receipt-file.js";
import { comparing } from "#client/second-node.js";
import { Untrustworthy } from "#client/untrustworthy.js";
import { judgeUseFile } from "#client/used.js";
import {
  anchorOf,
  confirm,
  credentialFor,
  credentialState,
  electionOf,
  findBallot,
  register,
  sealChoices,
  send,
  type TrustedElection,
} from "#client/voter.js";
import type { Choices } from "#protocol/suite/belenios-v1/seal.js";
import { exitCodeOf } from "#verify/report.js";
import { readIdentity, withCode } from "./code.js";
import { printReport } from "./report.js";
import { httpOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, counted, note, paint, readInput, say, shown, table } from "./terminal.js";
import { sentencesOf } from "./use-sentences.js";

export function addVoterCommands(program: Command): void {
  addRegister(program);
  addElections(program);
  addVote(program);
  addReceipt(program);
}

function addRegister(program: Command): void {
  withServer(program.command("register").description("ask to be registered as a voter; a mail comes with a token"))
    .requiredOption("--name <name>", "your name")
    .requiredOption("--email <address>", "your mail address")
    .action(async (options: ServerOptions & { name: string; email: string }) => {
      const answer = await register(httpOf(options), { name: options.name, email: options.email });
      say(`Request ${answer.id}, digital identity ${answer.digital_id} (yours once the mail is confirmed).`);
      note("A mail is on its way. Confirm with: psephos confirm --token TOKEN --code-file FILE");
    });
  withCode(withServer(program.command("confirm").description("bind your key to the registration of a mailed token")))
    .requiredOption("--token <token>", "the part of the mailed link after #")
    .action(async (options: ServerOptions & { token: string; codeFile?: string }) => {
      const identity = await readIdentity(options, "voter");
      const answer = await confirm(httpOf(options), options.token, identity, platformRandom);
      say(`You are registered as ${answer.digital_id}; status: ${answer.status}.`);
    });
}

interface ListedElection {
  readonly id: string;
  readonly title: string;
  readonly stage: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly counted: number;
  readonly roll: number;
}

interface ListAnswer {
  readonly elections: readonly ListedElection[];
  readonly next: string | null;
}

function addElections(program: Command): void {
  withServer(program.command("elections").description("list the elections of a server"))
    .option("--when <period>", "upcoming, open or past")
    .action(async (options: ServerOptions & { when?: string }) => {
      const elections = await allElections(httpOf(options), options.when);
      if (elections.length === 0) say("There are no elections.");
      const rows = elections.map((each) => [
        each.id,
        each.stage,
        `${each.start_date} – ${each.end_date}`,
        `${each.counted}/${each.roll}`,
        each.title,
      ]);
      if (rows.length > 0)
        for (const line of table([["id", "stage", "from – to", "voted", "title"], ...rows])) say(line);
    });
}

/** All pages of the list. */
async function allElections(http: Http, when: string | undefined): Promise<readonly ListedElection[]> {
  const elections: ListedElection[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const query = new URLSearchParams({
      ...(when === undefined ? {} : { when }),
      ...(after === undefined ? {} : { after }),
    });
    const page: ListAnswer = await http.request(`/elections?${query}`);
    elections.push(...page.elections);
    after = page.elections.length === 0 ? null : page.next;
  }
  return elections;
}

interface SecondNode {
  readonly secondNode?: string;
}

export const SECOND_NODE = "another server of the same ledger, run by somebody else: its blocks are compared";

/** The election with proof, compared with the second node if there is one. */
export async function trustedElection(
  http: Http,
  uuid: string,
  { secondNode, fingerprint }: SecondNode & { readonly fingerprint?: string },
): Promise<TrustedElection> {
  const anchor = await anchorOf(http);
  const second = secondNode === undefined ? undefined : createHttp({ url: secondNode });
  const compare = second === undefined ? undefined : await comparing(http, second, anchor);
  return electionOf(http, uuid, anchor, fingerprint, compare);
}

/** What shows that two nodes disagree is kept in a file before the command stops. */
export async function keepingEvidence(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Untrustworthy && error.evidence !== undefined) {
      const path = `psephos-disagreement-${Date.now()}.json`;
      writeFileSync(path, error.evidence, { flag: "wx" });
      note(`Both sides are kept in ${path}. Give this file to the organiser and to an observer.`);
    }
    throw error;
  }
}

interface VoteOptions extends ServerOptions, SecondNode {
  readonly choose: readonly string[];
  readonly codeFile?: string;
  readonly fingerprint?: string;
  readonly test?: boolean;
  readonly out?: string;
}

function addVote(program: Command): void {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  withCode(withServer(program.command("vote").description("seal and cast a ballot, and judge the receipt")))
    .argument("<election>", "identifier of the election")
    .option(
      "--choose <numbers>",
      "answers to one question, by number, like 1 or 1,3 or blank; once for each question",
      collect,
      [],
    )
    .option("--fingerprint <text>", "the election's fingerprint as your mail or letter gives it")
    .option("--second-node <address>", SECOND_NODE)
    .option("--test", "test this device: the ballot is recorded and opened, but never counted")
    .option("--out <file>", "write the receipt to this file")
    .action((uuid: string, options: VoteOptions) => keepingEvidence(() => castOne(uuid, options)));
}

async function castOne(uuid: string, options: VoteOptions): Promise<void> {
  const http = httpOf(options);
  const election = await trustedElection(http, uuid, options);
  const { questions } = election.manifest.plan;
  if (options.choose.length === 0) {
    showQuestions(election);
    throw new CommandError("Choose with --choose, once for each question.", 2);
  }
  if (options.choose.length !== questions.length)
    throw new CommandError(
      `The election has ${counted(questions.length, "question")}, but --choose stands ${counted(options.choose.length, "time")}.`,
      2,
    );
  const choices: Choices = questions.map((question, i) => vectorOf(question, options.choose[i] as string, i));
  const credential = credentialFor(election, await readIdentity(options, "voter"));
  const state = await credentialState(http, election, credential);
  if (state === undefined) throw new CommandError("This code is not on the roll of the election.");
  const prepared = sealChoices(election, credential, choices, platformRandom);
  const type = options.test === true ? "spoil" : "cast";
  const recorded = await send(http, type, election, credential, state.lastSequence + 1, prepared, platformRandom);
  say(
    `${paint(type === "cast" ? "Recorded and counted" : "Recorded as a test, not counted", "good")} at ${formatInstant(recorded.shows.time)}, block ${recorded.shows.height}.`,
  );
  say(`Tracker: ${recorded.tracker}`);
  if (type === "cast") say("You may vote again until the election closes; only your last ballot counts.");
  if (options.out !== undefined) {
    writeFileSync(options.out, receiptFileText(election, recorded.tracker, recorded.receipt));
    note(`The receipt is in ${options.out}. It does not show how you voted.`);
  }
}

function showQuestions(election: TrustedElection): void {
  for (const [i, question] of election.manifest.plan.questions.entries()) {
    say(
      `Question ${i + 1}: ${shown(question.question)} (choose ${question.min === question.max ? question.min : `${question.min} to ${question.max}`}${question.blank ? ", or blank" : ""})`,
    );
    for (const [k, answer] of question.answers.entries()) say(`  ${k + 1}  ${shown(answer)}`);
  }
}

type Question = TrustedElection["manifest"]["plan"]["questions"][number];

/** The 0/1 vector of a choice like `1,3`, `none` or `blank`. */
export function vectorOf(question: Question, typed: string, index: number): number[] {
  const vector = new Array<number>(question.answers.length).fill(0);
  if (typed === "blank") {
    if (!question.blank) throw new CommandError(`Question ${index + 1} offers no blank vote.`, 2);
    return [1, ...vector];
  }
  for (const word of typed === "none" ? [] : typed.split(",")) {
    const number = Number(word);
    if (!/^[1-9]\d*$/.test(word.trim()) || number > vector.length)
      throw new CommandError(`Question ${index + 1}: ${word} is none of the answers 1 to ${vector.length}.`, 2);
    vector[number - 1] = 1;
  }
  return question.blank ? [0, ...vector] : vector;
}

function addReceipt(program: Command): void {
  const receipt = program.command("receipt").description("receipts of ballots");
  withServer(receipt.command("check").description("judge a receipt; with --online also where the ballot stands now"))
    .argument("<file>", "receipt file of psephos vote --out")
    .option("--second-node <address>", `with --online: ${SECOND_NODE}`)
    .option("--online", "ask the server for the ballot's present standing, and judge the answer")
    .action(async (path: string, options: ServerOptions & SecondNode & { online?: boolean }) => {
      const text = new TextDecoder().decode(readInput(path));
      const use = judgeUseFile(text);
      if (use !== undefined) return printUse(use);
      const file = parseReceiptFile(text);
      if (file === undefined) throw new CommandError(`${path} is not a receipt file, or it is damaged.`, 2);
      const judged = judgeReceiptFile(file);
      printReport(judged.report, `Receipt of ${file.tracker}`);
      if (judged.shows !== undefined) say(sentenceOf(judged.shows.status, judged.shows.time));
      process.exitCode = exitCodeOf(judged.report.verdict);
      if (options.online === true) await keepingEvidence(() => checkOnline(httpOf(options), file, options));
    });
}

/** A proof that `psephos used --out` has kept. */
function printUse(judged: NonNullable<ReturnType<typeof judgeUseFile>>): void {
  printReport(judged.report, `Use of credential ${judged.credential}`);
  if (judged.shows !== undefined) {
    const { tracker, ...shows } = judged.shows;
    for (const line of sentencesOf({ ...shows, tracker: tracker === null ? null : toBase64(tracker) })) say(line);
  }
  process.exitCode = exitCodeOf(judged.report.verdict);
}

async function checkOnline(http: Http, file: ReceiptFile, options: SecondNode): Promise<void> {
  const second = options.secondNode === undefined ? {} : { secondNode: options.secondNode };
  const election = await trustedElection(http, file.election_id, { fingerprint: file.fingerprint, ...second });
  const { judged } = await findBallot(http, election, file.tracker);
  if (judged.shows === undefined) throw new CommandError("The server's answer does not prove where the ballot stands.");
  say(`Now: ${sentenceOf(judged.shows.status, judged.shows.time)}`);
}

function sentenceOf(status: string, time: bigint): string {
  const at = formatInstant(time);
  if (status === "counted") return `As of ${at} the ballot is recorded and counted.`;
  if (status === "superseded")
    return `As of ${at} the ballot is recorded, but superseded by a later one of the same voter.`;
  return `As of ${at} the ballot is recorded as a test of the device; it is not counted.`;
}
