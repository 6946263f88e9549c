/** Tables of election management. `elections` and `events` follow the ledger; drafts and proposals are before it. */

import type { DraftBody } from "#api/management.js";
import type { ModuleMigrations } from "#db/migrations.js";

export interface ManagementTables {
  elections: {
    id: string;
    title: string;
    start_date: Date;
    end_date: Date;
    organisation: string;
    sitting: string;
    /** Nanoseconds since 1970 as decimal text: what decides, where the dates above are for people and queries. */
    opens_ns: string;
    closes_ns: string;
    mark: string;
    announced_height: string;
  };
  events: { election_id: string; number: number; height: string; time_ns: string; type: string; transaction: string };
  drafts: {
    uuid: string;
    organisation: string;
    revision: number;
    body: DraftBody;
    updated_at: Date;
    updated_by: string;
  };
  trustee_invitations: {
    uuid: string;
    place: number;
    name: string;
    part: string;
    /** SHA-256 of the token; the token itself is in the link only. */
    token_hash: Buffer;
    key: string | null;
  };
  proposals: {
    id: string;
    organisation: string;
    type: string;
    body: Buffer;
    message: Buffer;
    status: string;
    code: string | null;
    created_at: Date;
    created_by: string;
  };
  proposal_approvals: { proposal: string; key: string; challenge: string; response: string };
}

export const managementMigrations: ModuleMigrations = {
  schema: "management",
  migrations: [
    {
      name: "2026-11-24 elections, drafts, proposals",
      sql: `
        create table elections (
          id text primary key,
          title text not null,
          start_date timestamptz not null,
          end_date timestamptz not null,
          organisation text not null,
          sitting text not null,
          opens_ns numeric(20, 0) not null,
          closes_ns numeric(20, 0) not null,
          mark text not null,
          announced_height bigint not null
        );
        create index elections_by_time on elections (opens_ns, id);
        create table events (
          election_id text not null,
          number integer not null,
          height bigint not null,
          time_ns numeric(20, 0) not null,
          type text not null,
          transaction text not null,
          primary key (election_id, number)
        );
        create table drafts (
          uuid text primary key,
          organisation text not null,
          revision integer not null,
          body jsonb not null,
          updated_at timestamptz not null,
          updated_by text not null
        );
        create index drafts_by_organisation on drafts (organisation);
        create table trustee_invitations (
          uuid text not null references drafts (uuid) on delete cascade,
          place integer not null,
          name text not null,
          part text not null,
          token_hash bytea not null unique,
          key text,
          primary key (uuid, place)
        );
        create table proposals (
          id text primary key,
          organisation text not null,
          type text not null,
          body bytea not null,
          message bytea not null,
          status text not null,
          code text,
          created_at timestamptz not null,
          created_by text not null
        );
        create index proposals_by_organisation on proposals (organisation, created_at);
        create table proposal_approvals (
          proposal text not null references proposals (id) on delete cascade,
          key text not null,
          challenge text not null,
          response text not null,
          primary key (proposal, key)
        );
      `,
    },
  ],
};
