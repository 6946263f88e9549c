/** `psephos officer`: set-up, drafts, trustees, roll, seal, approvals. */
import type { Command } from "commander";
import { parseInstant } from "#api/instant.js";
import { draftBodySchema } from "#api/management.js";
import type { RollSelection } from "#api/registration.js";
import { parseStrictJson } from "#api/strict-json.js";
import { toBase64Url } from "#base/bytes.js";
import { mixesScripts } from "#base/look-alike.js";
import { announcedLedger, notAnnounced } from "#client/announced.js";
import { ApiError, platformRandom } from "#client/http.js";
import {
  announce,
  approveAll,
  cancel,
  createDraft,
  type DraftAnswer,
  enterRoll,
  extend,
  getDraft,
  inviteTrustee,
  listProposals,
  type ProposalAnswer,
  planOfDraft,
  recomputeRoll,
  seal,
  setUp,
  updateDraft,
} from "#client/officer.js";
import { electionOf } from "#protocol/election.js";
import { identityFromCode } from "#protocol/identity.js";
import { addAuditLogCommand } from "./audit-log.js";
import { newCode, readCode, withCode } from "./code.js";
import { approveProposal } from "./officer-approve.js";
import { addImportCommand } from "./officer-import.js";
import { addOfficeCommands } from "./officer-office.js";
import { addDoublesCommands, addRulesCommands } from "./officer-rules.js";
import { addSampleCommand } from "./officer-sample.js";
import { httpOf, officerOf, type ServerOptions, withServer } from "./server.js";
import { CommandError, counted, note, paint, progress, readInput, say, shown, table } from "./terminal.js";

type Options = ServerOptions & { readonly codeFile?: string };

export function addOfficerCommands(program: Command): void {
  const officer = program.command("officer").description("set up elections and approve acts");
  addSetup(officer);
  addAuditLogCommand(officer);
  addDrafts(officer);
  addVoters(officer);
  addRoll(officer);
  addActs(officer);
  addOfficeCommands(officer);
  addRulesCommands(officer);
}

function command(parent: Command, name: string, description: string): Command {
  return withCode(withServer(parent.command(name).description(description)));
}

function addSetup(officer: Command): void {
  withServer(
    officer.command("setup").description("found the ledger with the link that the server printed at its first start"),
  )
    .argument("<link>", "the set-up link, or its part after #")
    .requiredOption("--organisation <name>", "name of the organisation")
    .requiredOption("--name <name>", "your name, as the ledger will show it")
    .option("--code-file <file>", "your recovery code; without it a new one is made")
    .option("--out <file>", "where the new code is written instead of the screen")
    .option("--chain-id <id>", "identifier of the ledger: 3 to 20 small letters, digits, dashes")
    .action(
      async (
        link: string,
        options: Options & { organisation: string; name: string; out?: string; chainId?: string },
      ) => {
        const token = link.includes("#") ? (link.split("#")[1] as string) : link;
        const url = link.startsWith("http") ? new URL(link).origin : options.url;
        const code = options.codeFile === undefined ? await newCode(options.out) : await readCode(options);
        const identity = identityFromCode(code, "officer");
        const answer = await setUp(
          httpOf({ url }),
          token,
          options.organisation,
          { name: options.name, identity },
          platformRandom,
          options.chainId,
        );
        say(`Ledger ${answer.chain_id}, genesis ${answer.genesis_hash}`);
        say(`Organisation ${shown(answer.organisation)}; you are its first officer.`);
      },
    );
}

const DRAFT_HELP = `
An example is in docs/examples/draft.json. Times need an offset, like 2026-11-24T18:00:00+01:00.

What comes next, in this order:
  officer invite        links for the trustees, who answer with: trustee accept
  officer announce      the election stands on the ledger; the trustees do: trustee step --watch
  officer roll enter    and officer roll check, officer roll sample
  officer seal          once the trustees are done; before the election opens`;

function addDrafts(officer: Command): void {
  const draft = officer.command("draft").description("elections in preparation");
  command(draft, "create", "begin an election from a JSON file")
    .argument("<file>", "draft: name, questions, opens_at, closes_at, rules, trustees, threshold")
    .addHelpText("after", DRAFT_HELP)
    .action(async (path: string, options: Options) => {
      const { http } = await officerOf(options);
      showDraft(await createDraft(http, draftOf(path)));
    });
  command(draft, "update", "replace a draft")
    .argument("<uuid>")
    .argument("<file>")
    .action(async (uuid: string, path: string, options: Options) => {
      const { http } = await officerOf(options);
      const before = await getDraft(http, uuid);
      showDraft(await updateDraft(http, uuid, before.revision, draftOf(path)));
    });
  command(draft, "show", "a draft and what blocks announcing it")
    .argument("<uuid>")
    .action(async (uuid: string, options: Options) => showDraft(await getDraft((await officerOf(options)).http, uuid)));
  command(officer, "invite", "make the links with which a draft's trustees register their keys")
    .argument("<uuid>")
    .action(async (uuid: string, options: Options) => {
      const { http } = await officerOf(options);
      const { trustees } = await getDraft(http, uuid);
      for (const [place, trustee] of trustees.entries()) {
        if (trustee.key !== null) continue;
        const invitation = await inviteTrustee(http, uuid, place);
        say(shown(`${invitation.trustee}: ${invitation.link}`));
      }
      note("Give each trustee their link. They make a code (psephos trustee new-code) and answer with:");
      note("psephos trustee accept LINK --code-file FILE");
    });
  command(officer, "announce", "put a draft on the ledger")
    .argument("<uuid>")
    .action(async (uuid: string, options: Options) => {
      const { http, signer } = await officerOf(options);
      const { proposal } = await announce(http, signer, uuid);
      showProposal(proposal);
    });
}

function draftOf(path: string) {
  const json = parseStrictJson(readInput(path));
  if (!json.ok) throw new CommandError(`${path} is not strict JSON: ${json.error.detail}`, 2);
  const draft = draftBodySchema.safeParse(json.value);
  if (!draft.success)
    throw new CommandError(
      draft.error.issues.map((issue) => `${issue.path.join(".") || path}: ${issue.message}`).join("\n"),
      2,
    );
  return draft.data;
}

function showDraft(draft: DraftAnswer): void {
  say(`Draft ${draft.uuid}, revision ${draft.revision}: ${shown(draft.body.name ?? "(no name)")}`);
  for (const trustee of draft.trustees)
    say(`  trustee ${shown(trustee.name)} (${trustee.part}): ${trustee.key ?? "no key yet"}`);
  for (const blocker of draft.blockers) say(`  ${paint("blocks", "warn")}: ${shown(blocker)}`);
  for (const warning of draft.warnings) say(`  ${paint("note", "warn")}: ${shown(warning)}`);
  if (draft.blockers.length === 0) say(paint("  ready to be announced", "good"));
}

function showProposal(proposal: ProposalAnswer): void {
  const state =
    proposal.status === "recorded"
      ? paint("recorded on the ledger", "good")
      : `${proposal.status}, ${proposal.approvals.length} of ${proposal.needed} approvals`;
  say(`Proposal ${proposal.id} (${proposal.type}): ${state}`);
}

function addVoters(officer: Command): void {
  const voters = officer.command("voters").description("the registry");
  addImportCommand(voters);
  addDoublesCommands(voters);
  command(voters, "approve-all", "approve every voter who waits for it")
    .option("--group <group>")
    .option("--district <district>")
    .action(async (options: Options & { group?: string; district?: string }) => {
      const { http } = await officerOf(options);
      const filter = {
        ...(options.group === undefined ? {} : { group: options.group }),
        ...(options.district === undefined ? {} : { district: options.district }),
      };
      say(`${(await approveAll(http, filter)).approved} approved`);
    });
  command(voters, "list", "voters, page by page")
    .option("--status <status>", "pending, approved, rejected or suspended")
    .option("--page <number>", "which page", "1")
    .action(async (options: Options & { status?: string; page: string }) => {
      const { http } = await officerOf(options);
      const status = options.status === undefined ? "" : `&status=${encodeURIComponent(options.status)}`;
      const answer = await http.request<VoterPage>(`/officer/voters?page=${encodeURIComponent(options.page)}${status}`);
      for (const line of table(
        answer.voters.map((v) => [v.digital_id, v.status, v.key_bound ? "key" : "no key", `${v.name} <${v.email}>`]),
      ))
        say(line);
      for (const { name, email } of answer.voters.filter((v) => mixesScripts(`${v.name} ${v.email}`)))
        note(`Look closely: ${shown(`${name} <${email}>`)} has letters of several scripts in one word.`);
      note(`page ${answer.page} of ${answer.pages}, ${counted(answer.total, "voter")}`);
    });
}

interface VoterPage {
  readonly voters: readonly { digital_id: string; status: string; key_bound: boolean; name: string; email: string }[];
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

function addRoll(officer: Command): void {
  const roll = officer.command("roll").description("who may vote in an election");
  command(roll, "enter", "have the registration service enter the roll")
    .argument("<uuid>")
    .option("--group <group...>", "only these groups")
    .option("--district <district...>", "only these districts")
    .action(async (uuid: string, options: Options & { group?: string[]; district?: string[] }) => {
      const { http } = await officerOf(options);
      const { group: groups = [], district: districts = [] } = options;
      const all = groups.length === 0 && districts.length === 0;
      const selection: RollSelection = all ? { kind: "all" } : { kind: "where", groups, districts };
      const answer = await enterRoll(http, uuid, selection).catch(async (error: unknown) => {
        throw error instanceof ApiError && error.status === 404 ? await notAnnounced(http, uuid, error) : error;
      });
      say(
        `${counted(answer.count, "credential")} of weight ${answer.weight}, ${counted(answer.letters, "key")} by letter, root ${answer.root}`,
      );
      for (const { reason, count } of answer.skipped) say(`  ${count} left out: ${shown(reason)}`);
    });
  command(roll, "check", "recompute the roll from the voters' keys and compare it with the ledger")
    .argument("<uuid>")
    .action(async (uuid: string, options: Options) => {
      const { http } = await officerOf(options);
      const bar = progress("Recomputing", 1);
      const { roll: recomputed } = await recomputeRoll(http, uuid, (done, of) =>
        bar.update(done / of, `${done} of ${of}`),
      );
      bar.stop();
      const ledger = await announcedLedger(http, uuid);
      const entry = electionOf(ledger.state, uuid)?.record.entry;
      if (entry === undefined) throw new CommandError("The ledger knows no such election.");
      const same = entry.rollCount === recomputed.count && toBase64Url(entry.rollRoot) === toBase64Url(recomputed.root);
      if (!same)
        throw new CommandError(
          `The roll on the ledger is not the one recomputed: ${entry.rollCount} on it, ${recomputed.count} here.`,
        );
      say(
        paint(
          `The roll on the ledger follows from the voters' keys: ${counted(recomputed.count, "credential")}.`,
          "good",
        ),
      );
    });
  addSampleCommand(roll);
}

function addActs(officer: Command): void {
  command(officer, "seal", "recompute roll, key and manifest, and approve sealing the election")
    .argument("<uuid>")
    .option("--unique-weights", "accept weights that only one voter has; the result may reveal these votes")
    .action(async (uuid: string, options: Options & { uniqueWeights?: boolean }) => {
      const { http, signer } = await officerOf(options);
      const ledger = await announcedLedger(http, uuid);
      const plan = electionOf(ledger.state, uuid)?.plan ?? (await planOfDraft(http, uuid));
      showProposal(await seal(http, signer, ledger, plan, { uniqueWeights: options.uniqueWeights === true }));
    });
  command(officer, "extend", "close later, within what the manifest allows")
    .argument("<uuid>")
    .argument("<time>", "like 2026-11-24T18:00:00+01:00")
    .action(async (uuid: string, time: string, options: Options) => {
      const instant = parseInstant(time);
      if (!instant.ok) throw new CommandError(`${time}: ${instant.error}`, 2);
      const { http, signer } = await officerOf(options);
      showProposal(await extend(http, signer, uuid, instant.value));
    });
  command(officer, "cancel", "cancel an election that has not opened")
    .argument("<uuid>")
    .requiredOption("--reason <text>", "why; it stands on the ledger")
    .action(async (uuid: string, options: Options & { reason: string }) => {
      const { http, signer } = await officerOf(options);
      showProposal(await cancel(http, signer, uuid, options.reason));
    });
  command(officer, "proposals", "acts that wait for approvals").action(async (options: Options) => {
    const { http } = await officerOf(options);
    const proposals = await listProposals(http);
    if (proposals.length === 0) say("There are no proposals.");
    for (const proposal of proposals) showProposal(proposal);
  });
  command(officer, "approve", "read a proposal, and approve exactly what was shown")
    .argument("<proposal>")
    .option("--yes", "approve without being asked")
    .action(async (id: string, options: Options & { yes?: boolean }) => {
      const { http, signer } = await officerOf(options);
      showProposal(await approveProposal(http, signer, id, options.yes === true));
    });
}
