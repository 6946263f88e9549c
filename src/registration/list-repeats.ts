/**
 * Lines of a list whose address, key or external id stood in a good line before. PostgreSQL finds those that share
 * anything; only they come into this process, so a list without repetitions takes no memory here, however long it is.
 */
import { sql } from "kysely";
import type { Fault } from "./list-lines.js";
import type { Connection } from "./list-plan.js";

const linesPerTurn = 1_000;

interface Marked {
  readonly line: number;
  readonly email: string;
  readonly key: Buffer | null;
  readonly external_id: string | null;
  readonly cells: string | null;
}

/** Takes repetitions out of the staged lines and hands each to `complain`, in order. A repetition claims nothing itself. */
export async function takeRepeats(db: Connection, complain: (fault: Fault) => void): Promise<void> {
  const shared = (column: "email" | "key" | "external_id") => {
    const name = sql.ref(column);
    return sql`select line from pg_temp.list_lines join (select ${name} from pg_temp.list_lines
      where ${name} is not null group by ${name} having count(*) > 1) as shared using (${name})`;
  };
  await sql`create temporary table list_shared as
    ${shared("email")} union ${shared("key")} union ${shared("external_id")} order by line`.execute(db);
  const seen = new Map<string, number>();
  for (let after = -1; ; ) {
    const { rows } = await sql<Marked>`select line, email, key, external_id, cells
      from pg_temp.list_shared join pg_temp.list_lines using (line)
      where line > ${after} order by line limit ${linesPerTurn}`.execute(db);
    if (rows.length === 0) break;
    after = (rows.at(-1) as Marked).line;
    const repeated: number[] = [];
    for (const row of rows) {
      const reason = repetition(seen, row);
      if (reason === undefined) continue;
      repeated.push(row.line);
      complain({ line: row.line, reason, cells: JSON.parse(row.cells ?? "[]") as string[] });
    }
    await sql`delete from pg_temp.list_lines where line = any (${repeated}::integer[])`.execute(db);
  }
}

function repetition(seen: Map<string, number>, { line, email, key, external_id }: Marked): string | undefined {
  const marks = [
    ["address", email],
    ["public key", key?.toString("hex")],
    // No address and no key begins with this sign.
    ["external id", external_id === null ? undefined : `#${external_id}`],
  ] as const;
  for (const [what, mark] of marks) {
    const first = mark === undefined ? undefined : seen.get(mark);
    if (first !== undefined) return `the same ${what} stands in line ${first}`;
  }
  for (const [, mark] of marks) if (mark !== undefined) seen.set(mark, line);
  return undefined;
}
