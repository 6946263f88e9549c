/** The table of letters on their way. */
import type { Generated } from "kysely";

export const mailSchema = "mail";

export interface MailTables {
  outbox: {
    id: string;
    position: Generated<bigint>;
    recipient: string;
    subject: string;
    body: string;
    created_at: Date;
    attempts: Generated<number>;
    next_attempt_at: Date;
    last_error: Generated<string | null>;
    given_up_at: Generated<Date | null>;
  };
}

export const mailMigrations = {
  schema: mailSchema,
  migrations: [
    {
      name: "outbox",
      sql: `
create table outbox (
  id text primary key,
  position bigint generated always as identity,
  recipient text not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  last_error text,
  given_up_at timestamptz
);
comment on table outbox is 'letters on their way; a row is deleted when its letter was sent';
create index outbox_due on outbox (next_attempt_at) where given_up_at is null;
create index outbox_position on outbox (position);
`,
    },
  ],
} as const;
