/** Tables of the audit log. They do not follow from the ledger; the ledger holds the heads of their chains. */
import type { Generated } from "kysely";

export const auditSchema = "audit";

export interface AuditTables {
  entries: {
    organisation: string;
    number: bigint;
    recorded_at: Date;
    /** Null once it was erased, and the salt with it. */
    content: string | null;
    salt: Buffer | null;
    content_hash: Buffer;
    hash: Buffer;
  };
  heads: { organisation: string; number: Generated<bigint>; hash: Buffer };
}

export const auditMigrations = {
  schema: auditSchema,
  migrations: [
    {
      name: "entries",
      sql: `
create table entries (
  organisation text not null,
  number bigint not null check (number > 0),
  recorded_at timestamptz not null,
  content text,
  salt bytea check (octet_length(salt) = 32),
  content_hash bytea not null check (octet_length(content_hash) = 32),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (organisation, number),
  check ((content is null) = (salt is null))
);
comment on table entries is 'every act of an officer, a chain for each organisation; contents can be erased, hashes stay';
create index entries_age on entries (recorded_at) where content is not null;

create table heads (
  organisation text primary key,
  number bigint not null default 0,
  hash bytea not null check (octet_length(hash) = 32)
);
comment on table heads is 'the last entry of each chain';
`,
    },
  ],
} as const;
