/** Drafts and the trustees' invitations: everything before an election stands on the ledger. */
import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { OfficerActor } from "#api/actor.js";
import type { DraftBody } from "#api/management.js";
import { edgeProblem, ProblemError } from "#api/problem.js";
import { toBase64Url } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import { randomBase58 } from "#crypto/base58.js";
import type { Random } from "#crypto/scalar.js";
import { type DraftTrustee, judgeDraft, warningsOf } from "./draft.js";
import type { ManagementTables } from "./tables.js";

type Tables = Kysely<ManagementTables>;
type DraftRow = ManagementTables["drafts"];
type InvitationRow = ManagementTables["trustee_invitations"];

export interface DraftDeps {
  readonly tables: Tables;
  readonly random: Random;
  readonly now: () => bigint;
}

/** A draft as officers see it. Invitation links are shown once, when they are made: only their hashes are stored. */
export interface DraftView {
  readonly uuid: string;
  readonly organisation: string;
  readonly revision: number;
  readonly updated_at: string;
  readonly body: DraftBody;
  readonly trustees: readonly DraftTrustee[];
  readonly blockers: readonly string[];
  readonly warnings: readonly string[];
  readonly plan: ReturnType<typeof judgeDraft>["plan"];
}

export async function createDraft(deps: DraftDeps, actor: OfficerActor, body: DraftBody): Promise<DraftView> {
  const uuid = randomBase58(14, deps.random);
  await deps.tables
    .insertInto("drafts")
    .values({
      uuid,
      organisation: actor.organisation,
      revision: 1,
      body: JSON.stringify(body) as unknown as DraftBody,
      updated_at: dateOf(deps.now()),
      updated_by: actor.key,
    })
    .execute();
  await setTrustees(deps, uuid, body.trustees ?? []);
  return viewDraft(deps, actor, uuid);
}

/** Replaces a draft's body. `revision` is the one that was read: somebody else's change in between is a conflict. */
export async function updateDraft(
  deps: DraftDeps,
  actor: OfficerActor,
  uuid: string,
  revision: number,
  body: DraftBody,
): Promise<DraftView> {
  await rowOf(deps, actor, uuid);
  const changed = await deps.tables
    .updateTable("drafts")
    .set({
      revision: revision + 1,
      body: JSON.stringify(body) as unknown as DraftBody,
      updated_at: dateOf(deps.now()),
      updated_by: actor.key,
    })
    .where("uuid", "=", uuid)
    .where("revision", "=", revision)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n)
    throw new ProblemError(
      edgeProblem("conflict", "Another officer has changed this draft; load it and decide again."),
    );
  await setTrustees(deps, uuid, body.trustees ?? []);
  return viewDraft(deps, actor, uuid);
}

export async function deleteDraft(deps: DraftDeps, actor: OfficerActor, uuid: string): Promise<void> {
  await rowOf(deps, actor, uuid);
  await deps.tables.deleteFrom("drafts").where("uuid", "=", uuid).execute();
}

export async function listDrafts(deps: DraftDeps, actor: OfficerActor): Promise<DraftView[]> {
  const rows = await deps.tables
    .selectFrom("drafts")
    .select("uuid")
    .where("organisation", "=", actor.organisation)
    .orderBy("updated_at", "desc")
    .limit(200)
    .execute();
  return Promise.all(rows.map((row) => viewDraft(deps, actor, row.uuid)));
}

export async function viewDraft(deps: DraftDeps, actor: OfficerActor, uuid: string): Promise<DraftView> {
  const row = await rowOf(deps, actor, uuid);
  const trustees = await trusteesOf(deps, uuid);
  const judged = judgeDraft({ uuid, organisation: row.organisation, body: row.body, trustees }, deps.now());
  return {
    uuid,
    organisation: row.organisation,
    revision: row.revision,
    updated_at: formatInstant(BigInt(row.updated_at.getTime()) * 1_000_000n),
    body: row.body,
    trustees,
    blockers: judged.blockers,
    warnings: warningsOf({ body: row.body, trustees }),
    plan: judged.plan,
  };
}

async function rowOf(deps: DraftDeps, actor: OfficerActor, uuid: string): Promise<DraftRow> {
  const row = await deps.tables
    .selectFrom("drafts")
    .selectAll()
    .where("uuid", "=", uuid)
    .where("organisation", "=", actor.organisation)
    .executeTakeFirst();
  if (row === undefined) throw new ProblemError(edgeProblem("not-found", "There is no such draft."));
  return row;
}

async function trusteesOf(deps: DraftDeps, uuid: string): Promise<DraftTrustee[]> {
  const rows = await deps.tables
    .selectFrom("trustee_invitations")
    .selectAll()
    .where("uuid", "=", uuid)
    .orderBy("place")
    .execute();
  return rows.map((row) => ({ name: row.name, part: row.part as DraftTrustee["part"], key: row.key }));
}

/** Brings the trustees in line with the body: who keeps name, part and place keeps the key; the others start anew. */
async function setTrustees(deps: DraftDeps, uuid: string, wanted: NonNullable<DraftBody["trustees"]>): Promise<void> {
  await deps.tables.transaction().execute(async (trx) => {
    const before = await trx.selectFrom("trustee_invitations").selectAll().where("uuid", "=", uuid).execute();
    await trx.deleteFrom("trustee_invitations").where("uuid", "=", uuid).execute();
    for (const [place, { name, part }] of wanted.entries()) {
      const same = before.find((row) => row.place === place && row.name === name && row.part === part);
      const row: InvitationRow = same ?? {
        uuid,
        place,
        name,
        part,
        token_hash: hashOf(toBase64Url(deps.random(24))),
        key: null,
      };
      await trx.insertInto("trustee_invitations").values(row).execute();
    }
  });
}

/** Makes a new link for one trustee; an earlier one stops working. Returns the token: it is not stored. */
export async function inviteTrustee(
  deps: DraftDeps,
  actor: OfficerActor,
  uuid: string,
  place: number,
): Promise<{ token: string; trustee: string }> {
  await rowOf(deps, actor, uuid);
  const token = toBase64Url(deps.random(24));
  const row = await deps.tables
    .updateTable("trustee_invitations")
    .set({ token_hash: hashOf(token), key: null })
    .where("uuid", "=", uuid)
    .where("place", "=", place)
    .returning("name")
    .executeTakeFirst();
  if (row === undefined) throw new ProblemError(edgeProblem("not-found", "There is no trustee at this place."));
  return { token, trustee: row.name };
}

export interface Invitation {
  readonly uuid: string;
  readonly organisation: string;
  readonly election: string;
  readonly trustee: string;
  readonly part: DraftTrustee["part"];
  readonly key: string | null;
}

/** What an invitation is for. An unknown token and one that was replaced answer alike (row K-13). */
export async function readInvitation(deps: DraftDeps, token: string): Promise<Invitation> {
  const row = await deps.tables
    .selectFrom("trustee_invitations")
    .innerJoin("drafts", "drafts.uuid", "trustee_invitations.uuid")
    .select([
      "drafts.uuid",
      "drafts.organisation",
      "drafts.body",
      "trustee_invitations.name",
      "trustee_invitations.part",
      "trustee_invitations.key",
    ])
    .where("token_hash", "=", hashOf(token))
    .executeTakeFirst();
  if (row === undefined)
    throw new ProblemError(
      edgeProblem("not-found", "This invitation is not valid (any more). Ask the officers for a new one."),
    );
  return {
    uuid: row.uuid,
    organisation: row.organisation,
    election: row.body.name ?? "",
    trustee: row.name,
    part: row.part as DraftTrustee["part"],
    key: row.key,
  };
}

/** Registers the trustee's envelope key, once. */
export async function acceptInvitation(deps: DraftDeps, token: string, key: string): Promise<void> {
  const done = await deps.tables
    .updateTable("trustee_invitations")
    .set({ key })
    .where("token_hash", "=", hashOf(token))
    .where("key", "is", null)
    .executeTakeFirst();
  if (done.numUpdatedRows === 0n)
    throw new ProblemError(
      edgeProblem(
        "conflict",
        "A key is registered already. If it is not yours, ask the officers for a new invitation.",
      ),
    );
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function dateOf(instant: bigint): Date {
  return new Date(Number(instant / 1_000_000n));
}
