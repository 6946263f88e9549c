/**
 * Importing a list of voters, in two steps: a preview compares it with what is there and stores nothing; accepting names
 * the preview, and stores exactly what was previewed, all of it in one transaction, or nothing. Doing it again with the
 * same list changes nothing.
 */
import { sql } from "kysely";
import type { z } from "zod";
import { edgeProblem, ProblemError, refuse } from "#api/problem.js";
import type { ImportAnswer, importOptionsSchema, listPreviewSchema } from "#api/registration.js";
import { toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { type Context, registryOf } from "./context.js";
import { csvLine } from "./csv.js";
import { type Fault, type GoodLine, type List, readList } from "./list-lines.js";
import {
  type Connection,
  closeStage,
  countPlan,
  endOfLines,
  type GoneRule,
  openStage,
  type PlanCounts,
  planHash,
  planList,
  plannedChanges,
  plannedFaults,
  plannedGone,
  stage,
} from "./list-plan.js";
import { takeRepeats } from "./list-repeats.js";
import { storeGone, storePlan, writeLetters } from "./list-store.js";
import { shownAddress } from "./postal.js";

export type ImportOptions = z.output<typeof importOptionsSchema>;

const linesPerBatch = 1_000;
const listedFaults = 1_000;
/** A file with more faulty lines is wrong as a whole: its columns or its encoding. */
const savedFaults = 20_000;
const shownChanges = 100;
/** So many new voters change what is the best way to find one. */
const manyLines = 1_000;
/** Lists that one server works on at the same time: each holds a connection to the database while it is uploaded. */
const atOnce = 3;
let working = 0;

/** A list as a route got it. `digest` is known when all lines were taken. */
export interface Upload {
  readonly list: List;
  readonly digest: () => string;
}

interface Planned {
  readonly db: Connection;
  readonly counts: PlanCounts;
  /** Of the lines by themselves. */
  readonly faults: { readonly count: number; readonly first: readonly Fault[] };
  /** Names exactly this plan. */
  readonly preview: string;
}

/** Compares and says what would happen; stores nothing. */
export async function previewList(
  context: Context,
  organisation: string,
  upload: Upload,
  options: ImportOptions,
): Promise<z.output<typeof listPreviewSchema>> {
  return withPlan(context, organisation, upload, options, async (planned) => {
    const changes = await plannedChanges(planned.db, shownChanges);
    const gone = await plannedGone(planned.db, shownChanges);
    return {
      ...(await answerOf(planned, upload, true)),
      changes: changes.map(({ line, act, name, email, fields, before, after }) => ({
        line,
        change: act === "change" ? ("changed" as const) : ("added" as const),
        name,
        email: shownAddress(email),
        fields: fields.map((field) => ({ field, before: textOf(before[field]), after: textOf(after[field]) })),
      })),
      gone_voters: gone.map(({ id, name, mailbox, on_roll }) => ({ id, name, email: shownAddress(mailbox), on_roll })),
    };
  });
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

/** Stores the list. With `options.preview` only if that is still what it would do. */
export async function importVoters(
  context: Context,
  organisation: string,
  upload: Upload,
  options: ImportOptions & { readonly preview?: string | undefined; readonly dryRun?: boolean },
): Promise<ImportAnswer> {
  if (options.gone !== "keep" && options.preview === undefined && options.dryRun !== true)
    refuse("invalid-request", "Voters whom a list does not name are touched only when the import names its preview.");
  const answer = await withPlan(context, organisation, upload, options, async (planned) => {
    const answer = await answerOf(planned, upload, options.dryRun === true);
    if (options.dryRun === true) return answer;
    if (options.preview !== undefined && options.preview !== planned.preview)
      refuse(
        "conflict",
        "This is not what the preview showed: the file, the choices or the registry are others now. Nothing was stored; preview the list again.",
      );
    if (options.gone !== "keep" && answer.faults > 0)
      refuse("conflict", "With faulty lines nobody can say who is gone. Mend them first; nothing was stored.");
    await storePlan(context, planned.db, organisation);
    const done = await storeGone(context, planned.db, organisation, goneRule(options));
    await writeLetters(context, planned.db, organisation, options.invite === "true");
    return { ...answer, ...done };
  });
  // Until PostgreSQL gets round to it by itself it would take the registry for an empty one and read all of it for each page.
  if (answer.added > manyLines)
    await sql`analyze ${sql.table("registration.voters")}, ${sql.table("registration.standings")}`.execute(context.db);
  return answer;
}

/** The faulty lines as CSV: line, reason, and the cells as they came, so that they can be mended and sent again. */
export async function faultyLines(context: Context, organisation: string, upload: Upload): Promise<string> {
  const options: ImportOptions = { gone: "keep", invite: "false" };
  const header = () => csvLine(["line", "reason", ...upload.list.header()]);
  return withPlan(
    context,
    organisation,
    upload,
    options,
    async ({ db, faults }) => {
      const all = merged(faults.first, await plannedFaults(db, savedFaults));
      return `\ufeff${header()}${all.map(({ line, reason, cells }) => csvLine([String(line), reason, ...cells])).join("")}`;
    },
    true,
  );
}

function goneRule({ gone, gone_group, gone_district }: ImportOptions): GoneRule {
  return { act: gone, group: gone_group, district: gone_district };
}

/** Reads the list into tables of one connection, plans, and runs `work` in one transaction with a steady view. */
async function withPlan<T>(
  context: Context,
  organisation: string,
  upload: Upload,
  options: ImportOptions,
  work: (planned: Planned) => Promise<T>,
  keepCells = false,
): Promise<T> {
  if (working >= atOnce) {
    const detail = "Other lists are being read at this moment. Try again in a minute.";
    throw new ProblemError(edgeProblem("overloaded", detail), { headers: { "retry-after": "60" } });
  }
  working++;
  try {
    return await context.db.connection().execute(async (connection) => {
      const db = registryOf(connection);
      await openStage(db);
      try {
        const faults = await stageAll(context, db, organisation, upload, keepCells);
        return await planned(db, organisation, upload, options, faults, work);
      } finally {
        // A connection that broke took its tables with it.
        await closeStage(db).catch(() => undefined);
      }
    });
  } finally {
    working--;
  }
}

async function stageAll(
  context: Context,
  db: Connection,
  organisation: string,
  { list }: Upload,
  keepCells: boolean,
): Promise<Planned["faults"]> {
  const first: Fault[] = [];
  let count = 0;
  let listed = 0;
  const complain = ({ line, reason, cells }: Fault): void => {
    count++;
    if (keepCells && count > savedFaults)
      refuse("conflict", `More than ${savedFaults} lines are faulty: look at columns and encoding of the whole file.`);
    if (keepCells) first.push({ line, reason, cells });
    else if (++listed <= listedFaults) first.push({ line, reason, cells: [] });
  };
  const take = (lines: readonly GoodLine[]) => stage(db, lines, context.random, keepCells);
  await readList(list, organisation, { batch: linesPerBatch, take, complain });
  // The first of each kind: the answer shows the first of both together.
  listed = 0;
  await endOfLines(db);
  await takeRepeats(db, complain);
  return { count, first };
}

async function planned<T>(
  connection: Connection,
  organisation: string,
  upload: Upload,
  options: ImportOptions,
  faults: Planned["faults"],
  work: (planned: Planned) => Promise<T>,
): Promise<T> {
  try {
    return await connection
      .transaction()
      .setIsolationLevel("repeatable read")
      .execute(async (trx) => {
        const db = trx.withSchema("registration") as Connection;
        // Half a million lines are compared and stored in one go; a statement has one minute otherwise.
        await sql`set local statement_timeout = '10min'`.execute(db);
        await sql`set local work_mem = '64MB'`.execute(db);
        await planList(db, organisation, goneRule(options));
        const { gone, gone_group = "", gone_district = "", invite } = options;
        const choices = [gone, gone_group, gone_district, invite];
        const said = JSON.stringify(["list preview", organisation, choices, upload.digest(), await planHash(db)]);
        const preview = toHex(sha256(utf8(said)));
        return work({ db, counts: await countPlan(db), faults, preview });
      });
  } catch (error) {
    // Somebody changed one of these voters meanwhile (serialization failure), registered the same address, or entered a roll.
    const { code } = error as { code?: unknown };
    if (code === "40001" || code === "23505" || code === "23503")
      refuse("conflict", "Somebody changed the registry at the same moment. Nothing was stored; try again.");
    throw error;
  }
}

async function answerOf({ db, counts, faults, preview }: Planned, { list }: Upload, dryRun: boolean) {
  const all = merged(faults.first, await plannedFaults(db, listedFaults)).slice(0, listedFaults);
  return {
    added: counts.add + counts.join,
    updated: counts.change,
    unchanged: counts.same,
    letters: counts.keys,
    barred: counts.barred,
    gone: counts.gone,
    gone_on_roll: counts.goneOnRoll,
    suspended: 0,
    removed: 0,
    faulty: all.map(({ line, reason }) => ({ line, reason })),
    faults: faults.count + counts.fault,
    encoding: list.format?.encoding ?? null,
    delimiter: list.format?.delimiter ?? null,
    preview,
    dry_run: dryRun,
  };
}

function merged(a: readonly Fault[], b: readonly Fault[]): Fault[] {
  return [...a, ...b].sort((x, y) => x.line - y.line);
}
