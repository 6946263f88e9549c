/** The registry's tables: the only place with personal data. They do not follow from the ledger and cannot be rebuilt. */
import type { Generated } from "kysely";
import type { SignInMethod } from "#api/actor.js";
import type { KeySource, VoterStatus } from "#api/registration.js";

export const registrationSchema = "registration";

export interface RegistrationTables {
  voters: {
    id: string;
    name: string;
    /** Compared: one spelling for each address. */
    email: string;
    /** Where letters go: the owner's spelling. */
    mailbox: string;
    digital_id: string;
    public_key: Buffer | null;
    key_source: KeySource | null;
    language: string;
    created_at: Date;
    key_changed_at: Date | null;
  };
  /** What an organisation says of a voter. */
  standings: {
    voter_id: string;
    organisation: string;
    status: VoterStatus;
    groups: string[];
    district: string;
    weight: number;
    /** The organisation's own number or name for the person; unique within it. */
    external_id: string | null;
  };
  /** Whose mail addresses an organisation approves by rule: all of a domain, or those of its allow-list. */
  admission_domains: { organisation: string; domain: string };
  admission_addresses: { organisation: string; email: string };
  /** What an organisation's identity provider must say of somebody for approval by rule. */
  admission_claims: { organisation: string; claim: string; value: string };
  /** Registrations whose mail was not confirmed yet. */
  requests: {
    id: string;
    digital_id: string;
    name: string;
    email: string;
    mailbox: string;
    language: string;
    proposed_key: Buffer | null;
    token_hash: Buffer;
    /** The address is this voter's: confirming replaces the key, the rest of the request is dropped. */
    voter_id: string | null;
    /** Where the new voter asks to be approved; null: the founding organisation. */
    organisation: string | null;
    created_at: Date;
    expires_at: Date;
  };
  /** Mailed links of voters who are in the registry already. */
  tokens: {
    hash: Buffer;
    purpose: "invitation" | "replace-key";
    voter_id: string;
    created_at: Date;
    expires_at: Date;
  };
  challenges: { hash: Buffer; public_key: Buffer; expires_at: Date };
  sessions: {
    hash: Buffer;
    voter_id: string | null;
    organisation: string | null;
    officer_key: Buffer | null;
    method: SignInMethod;
    created_at: Date;
    expires_at: Date;
  };
  /** Roles that do not follow from the ledger: registrars, observers, and which officers are owners. */
  office_members: {
    organisation: string;
    key: Buffer;
    /** Empty for owners: officers' names stand on the ledger. */
    name: string;
    role: "observer" | "registrar" | "owner";
    appointed_at: Date;
    appointed_by: Buffer;
  };
  /** Mailed links and codes, kept for a day so that letters can be counted. Unknown addresses have rows like known ones. */
  mailed_sign_ins: {
    /** Of the secret in the cookie of the browser that asked. */
    browser_hash: Buffer;
    email: string;
    voter_id: string | null;
    /** Of the code together with the browser's secret: from this table alone no code can be found. */
    code_hash: Buffer;
    link_hash: Buffer;
    tries: Generated<number>;
    used: Generated<boolean>;
    created_at: Date;
    expires_at: Date;
  };
  passkeys: {
    /** The credential's id. */
    id: Buffer;
    voter_id: string;
    /** COSE key. */
    public_key: Buffer;
    counter: bigint;
    transports: string[];
    /** Kept by the person's provider and shared by several devices. */
    backed_up: boolean;
    name: string;
    created_at: Date;
    last_used_at: Date | null;
  };
  passkey_challenges: {
    hash: Buffer;
    /** Whose passkey is being added; null: somebody signs in. */
    voter_id: string | null;
    expires_at: Date;
  };
  /** Sign-ins on their way to a provider and back. State, nonce and PKCE secret follow from the browser's secret. */
  oidc_attempts: { browser_hash: Buffer; organisation: string; expires_at: Date };
  /** Who at a provider is which voter. */
  oidc_identities: { organisation: string; issuer: string; subject: string; voter_id: string; created_at: Date };
  /** Organisations of the ledger beside the founder. */
  organisations: { id: string };
  roll_secrets: {
    election: string;
    organisation: string;
    /** r_e, encrypted under the registrar's key; null once it is erased. */
    secret: Buffer | null;
    created_at: Date;
    /** Somebody is entering the roll until then. */
    entering_until: Date | null;
    notified_at: Date | null;
    erased_at: Date | null;
    /** How the roll was drawn, as the officer asked for it: JSON text. */
    selection: string | null;
  };
  /** Who is on a roll, and with which identity key. No credential stands here: they follow from r_e. */
  roll_entries: {
    election: string;
    voter_id: string;
    public_key: Buffer;
    key_source: KeySource;
    weight: number;
    kind: "entered" | "proposed" | "reissued";
    created_at: Generated<Date>;
  };
  /** Whose credential stands at which place of a roll, sealed under r_e; gone with it. */
  roll_places: { election: string; sealed: Buffer };
  /** Letters to many voters that officers asked for, at once or at a time. */
  mailings: {
    id: string;
    organisation: string;
    election: string;
    kind: "reminder" | "on-roll";
    audience: "not-voted" | "all";
    /** What the officers add to the text. */
    note: string;
    due_at: Date;
    created_at: Date;
    created_by: string;
    state: "scheduled" | "sent" | "cancelled" | "impossible";
    letters: number | null;
    finished_at: Date | null;
  };
  /** What the ledger knows and this registry does not: it was restored from a backup. */
  reconciliations: { election: string; height: bigint; finding: string; created_at: Generated<Date> };
}

const voters = `
create table voters (
  id uuid primary key,
  name text not null,
  email text not null unique,
  mailbox text not null,
  digital_id text not null unique check (digital_id ~ '^0x[0-9a-f]{40}$'),
  public_key bytea unique check (octet_length(public_key) = 32),
  key_source text check (key_source in ('own', 'letter', 'reissue')),
  language text not null,
  created_at timestamptz not null,
  key_changed_at timestamptz,
  check ((public_key is null) = (key_source is null))
);
comment on table voters is 'people and their public identity keys; the secret keys never leave their devices';

create table standings (
  voter_id uuid not null references voters (id) on delete cascade,
  organisation text not null,
  status text not null check (status in ('pending', 'approved', 'rejected', 'suspended')),
  groups text[] not null default '{}',
  district text not null default '',
  weight integer not null default 1 check (weight > 0),
  primary key (voter_id, organisation)
);
comment on table standings is 'what an organisation says of a voter';
create index standings_organisation on standings (organisation, status);

create table organisations (id text primary key);
comment on table organisations is 'organisations of the ledger beside the founder';
`;

const tokens = `
create table requests (
  id uuid primary key,
  digital_id text not null unique,
  name text not null,
  email text not null,
  mailbox text not null,
  language text not null,
  proposed_key bytea check (octet_length(proposed_key) = 32),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  voter_id uuid references voters (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
comment on table requests is 'registrations whose mail was not confirmed yet';
create index requests_email on requests (email, created_at);
create index requests_expiry on requests (expires_at);

create table tokens (
  hash bytea primary key check (octet_length(hash) = 32),
  purpose text not null check (purpose in ('invitation', 'replace-key')),
  voter_id uuid not null references voters (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
comment on table tokens is 'mailed links of voters, as hashes';
create index tokens_voter on tokens (voter_id, purpose);

create table challenges (
  hash bytea primary key check (octet_length(hash) = 32),
  public_key bytea not null check (octet_length(public_key) = 32),
  expires_at timestamptz not null
);
create index challenges_expiry on challenges (expires_at);

create table sessions (
  hash bytea primary key check (octet_length(hash) = 32),
  voter_id uuid references voters (id) on delete cascade,
  organisation text,
  officer_key bytea check (octet_length(officer_key) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  check ((voter_id is null) = (officer_key is not null) and (officer_key is null) = (organisation is null))
);
comment on table sessions is 'who is signed in; the cookie holds what is hashed here';
create index sessions_voter on sessions (voter_id);
create index sessions_expiry on sessions (expires_at);
`;

const rolls = `
create table roll_secrets (
  election text primary key,
  organisation text not null,
  secret bytea,
  created_at timestamptz not null,
  entering_until timestamptz,
  notified_at timestamptz,
  erased_at timestamptz,
  check ((secret is null) = (erased_at is not null))
);
comment on table roll_secrets is 'the registrar''s secret of each election, encrypted; erased when the election has ended';

create table roll_entries (
  election text not null references roll_secrets (election) on delete cascade,
  voter_id uuid not null references voters (id),
  public_key bytea not null check (octet_length(public_key) = 32),
  key_source text not null,
  weight integer not null check (weight > 0),
  kind text not null check (kind in ('entered', 'proposed', 'reissued')),
  created_at timestamptz not null default now(),
  primary key (election, voter_id, public_key)
);
comment on table roll_entries is 'who is on the roll of an election that has not ended; credentials are not stored';
create index roll_entries_voter on roll_entries (voter_id);
`;

const lists = `
alter table standings add column external_id text;
create unique index standings_external_id on standings (organisation, external_id) where external_id is not null;
create index standings_groups on standings using gin (groups);

create table admission_domains (
  organisation text not null,
  domain text not null,
  primary key (organisation, domain)
);
comment on table admission_domains is 'mail domains whose registrants an organisation approves by rule';
create index admission_domains_domain on admission_domains (domain);

create table admission_addresses (
  organisation text not null,
  email text not null,
  primary key (organisation, email)
);
comment on table admission_addresses is 'mail addresses whose owners an organisation approves by rule when they register';
create index admission_addresses_email on admission_addresses (email);

alter table roll_secrets add column selection text;
`;

const signIn = `
alter table sessions add column method text not null default 'key'
  check (method in ('key', 'code', 'passkey', 'oidc'));
alter table requests add column organisation text;

create table office_members (
  organisation text not null,
  key bytea not null check (octet_length(key) = 32),
  name text not null,
  role text not null check (role in ('observer', 'registrar', 'owner')),
  appointed_at timestamptz not null,
  appointed_by bytea not null,
  primary key (organisation, key)
);
comment on table office_members is 'roles that do not follow from the ledger: registrars, observers, owners among officers';

create table mailed_sign_ins (
  browser_hash bytea primary key check (octet_length(browser_hash) = 32),
  email text not null,
  voter_id uuid references voters (id) on delete cascade,
  code_hash bytea not null check (octet_length(code_hash) = 32),
  link_hash bytea not null check (octet_length(link_hash) = 32),
  tries integer not null default 0,
  used boolean not null default false,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
comment on table mailed_sign_ins is 'mailed links and codes, for known and unknown addresses alike, deleted after a day';
create index mailed_sign_ins_email on mailed_sign_ins (email, created_at);
create index mailed_sign_ins_age on mailed_sign_ins (created_at);

create table passkeys (
  id bytea primary key check (octet_length(id) between 1 and 1023),
  voter_id uuid not null references voters (id) on delete cascade,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  backed_up boolean not null,
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
comment on table passkeys is 'public halves of voters'' passkeys: for signing in, never for ballots';
create index passkeys_voter on passkeys (voter_id);

create table passkey_challenges (
  hash bytea primary key check (octet_length(hash) = 32),
  voter_id uuid references voters (id) on delete cascade,
  expires_at timestamptz not null
);
create index passkey_challenges_expiry on passkey_challenges (expires_at);

create table oidc_attempts (
  browser_hash bytea primary key check (octet_length(browser_hash) = 32),
  organisation text not null,
  expires_at timestamptz not null
);
create index oidc_attempts_expiry on oidc_attempts (expires_at);

create table oidc_identities (
  organisation text not null,
  issuer text not null,
  subject text not null,
  voter_id uuid not null references voters (id) on delete cascade,
  created_at timestamptz not null,
  primary key (organisation, issuer, subject)
);
comment on table oidc_identities is 'who at an organisation''s identity provider is which voter';
create index oidc_identities_voter on oidc_identities (voter_id);
`;

const mailings = `
create table roll_places (
  election text primary key references roll_secrets (election) on delete cascade,
  sealed bytea not null
);
comment on table roll_places is 'whose credential stands at which place of a roll, encrypted; erased with the election''s secret';

create table mailings (
  id uuid primary key,
  organisation text not null,
  election text not null,
  kind text not null check (kind in ('reminder', 'on-roll')),
  audience text not null check (audience in ('not-voted', 'all')),
  note text not null,
  due_at timestamptz not null,
  created_at timestamptz not null,
  created_by text not null,
  state text not null check (state in ('scheduled', 'sent', 'cancelled', 'impossible')),
  letters integer,
  finished_at timestamptz
);
comment on table mailings is 'letters to many voters that officers asked for';
create index mailings_due on mailings (due_at) where state = 'scheduled';
create index mailings_election on mailings (election, created_at);

create table reconciliations (
  election text not null,
  height bigint not null,
  finding text not null,
  created_at timestamptz not null default now(),
  primary key (election, height, finding)
);
comment on table reconciliations is 'what the ledger knows and a restored registry does not';
`;

/** Letters are found by the address that they went to. */
const mailboxes = `
create index voters_mailbox on voters (lower(mailbox));
`;

const claims = `
create table admission_claims (
  organisation text not null,
  claim text not null,
  value text not null,
  primary key (organisation, claim, value)
);
comment on table admission_claims is 'what an organisation''s identity provider must say of somebody for approval by rule';
`;

export const registrationMigrations = {
  schema: registrationSchema,
  migrations: [
    { name: "voters", sql: voters },
    { name: "tokens", sql: tokens },
    { name: "rolls", sql: rolls },
    { name: "lists", sql: lists },
    { name: "sign-in", sql: signIn },
    { name: "mailings", sql: mailings },
    { name: "mailboxes", sql: mailboxes },
    { name: "claims", sql: claims },
  ],
} as const;
