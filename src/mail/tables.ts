/** The table of letters, and what became of each. */
import type { Generated } from "kysely";
import type { LetterState } from "./letter.js";

export const mailSchema = "mail";

export interface MailTables {
  outbox: {
    id: string;
    position: Generated<bigint>;
    /** Erased (empty) when a letter that must not show whom it went to was sent. */
    recipient: string;
    subject: string;
    body: string;
    created_at: Date;
    attempts: Generated<number>;
    next_attempt_at: Date;
    last_error: Generated<string | null>;
    state: Generated<LetterState>;
    kind: Generated<string>;
    language: Generated<string>;
    election: Generated<string | null>;
    /** 0 goes first. */
    priority: Generated<number>;
    /** The same intent is queued once. */
    intent: Generated<string | null>;
    unsubscribe: Generated<string | null>;
    /** Who is sending it at the moment, and until when that may take. */
    claim: Generated<string | null>;
    claimed_until: Generated<Date | null>;
    settled_at: Generated<Date | null>;
  };
  /** Voters who want no reminders. */
  optouts: { voter_id: string; created_at: Date };
  /** When the next letter may go, under a rate limit that all servers share. */
  pace: { one: boolean; next_at: Date };
}

const outbox = `
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
`;

const deliveries = `
alter table outbox
  add column state text not null default 'queued'
    check (state in ('queued', 'sending', 'handing', 'unknown', 'sent', 'delivered', 'refused', 'bounced', 'expired')),
  add column kind text not null default '',
  add column language text not null default 'en',
  add column election text,
  add column priority smallint not null default 1,
  add column intent text,
  add column unsubscribe text,
  add column claim text,
  add column claimed_until timestamptz,
  add column settled_at timestamptz;
update outbox set state = 'refused', settled_at = given_up_at where given_up_at is not null;
alter table outbox drop column given_up_at;
comment on table outbox is 'letters and what became of them; the text is erased when a letter is done, the row later';
create index outbox_due on outbox (priority, next_attempt_at, position) where state = 'queued';
create index outbox_claimed on outbox (claimed_until) where state in ('sending', 'handing');
create index outbox_unknown on outbox (next_attempt_at) where state = 'unknown';
create index outbox_settled on outbox (settled_at) where settled_at is not null;
create index outbox_recipient on outbox (lower(recipient));
create index outbox_election on outbox (election, kind, state) where election is not null;
create unique index outbox_intent on outbox (intent) where intent is not null;

create table optouts (voter_id text primary key, created_at timestamptz not null);
comment on table optouts is 'voters who want no reminders';

create table pace (one boolean primary key default true check (one), next_at timestamptz not null);
comment on table pace is 'when the next letter may go, under a rate limit';
insert into pace (next_at) values ('2000-01-01 00:00:00+00');
`;

/** Few of very many: what officers look for. */
const troubles = `
create index outbox_troubles on outbox (position) where state in ('refused', 'bounced', 'expired');
`;

export const mailMigrations = {
  schema: mailSchema,
  migrations: [
    { name: "outbox", sql: outbox },
    { name: "deliveries", sql: deliveries },
    { name: "troubles", sql: troubles },
  ],
} as const;
