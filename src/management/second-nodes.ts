/** The second nodes that this server's pages compare with: what their content policy lets them ask, and nothing else. */
import { electionOf } from "#protocol/election.js";
import type { ManagementContext } from "./context.js";

/** Origins of the nodes of one election, or of all that are prepared or open; never this server's own. */
export async function secondNodes(context: ManagementContext, uuid: string | undefined): Promise<readonly string[]> {
  const state = context.ledger.current()?.state();
  if (state === undefined) return [];
  const own = new URL(context.publicUrl()).origin;
  const ids = uuid === undefined ? await presentElections(context) : [uuid];
  const origins = ids.flatMap((id) => secondNodeOf(electionOf(state, id)?.plan.nodes ?? [], own) ?? []);
  return [...new Set(origins)];
}

/** The first node that is another than this one. The plan's form is judged on the ledger; an origin is made of it here. */
function secondNodeOf(nodes: readonly string[], own: string): string | undefined {
  return nodes
    .flatMap((address) => (URL.canParse(address) ? [new URL(address).origin] : []))
    .find((origin) => origin !== own && origin !== "null");
}

async function presentElections({ tables, now }: ManagementContext): Promise<readonly string[]> {
  const rows = await tables
    .selectFrom("elections")
    .select("id")
    .where("mark", "in", ["announced", "sealed"])
    .where("end_date", ">", new Date(Number(now() / 1_000_000n)))
    .limit(50)
    .execute();
  return rows.map(({ id }) => id);
}
