/**
 * Tables of the board: what the ledger says, arranged for paging and counting. They can be dropped and made anew from
 * the ledger. There is neither a voter nor a choice in them: a row that joined the two would end the secrecy of the ballot.
 */
import type { ModuleMigrations } from "#db/migrations.js";

export interface VotingTables {
  /** One row for each accepted ballot. */
  votes: {
    election_id: string;
    /** Place in the election's ballot log, from 0. */
    number: number;
    /** `cast` or `spoiled`. */
    kind: string;
    /** Tracker: unpadded Base64 of the canonical ballot's SHA-256. */
    tracker: string;
    /** Public credential, compressed, hex. */
    credential: string;
    sequence: number;
    weight: number;
    /** Block, and place of the transaction in it. */
    height: bigint;
    position: number;
    /** Time of the block, to the microsecond; `time_ns` is exact. */
    timestamp: Date;
    time_ns: string;
  };
  /** Ballots and first ballots of voters in five minutes of block time. */
  turnout: {
    election_id: string;
    /** Start of the five minutes. */
    since: Date;
    ballots: number;
    voters: number;
  };
}

export const votingMigrations: ModuleMigrations = {
  schema: "voting",
  migrations: [
    {
      name: "2026-11-24 votes, turnout",
      sql: `
        create table votes (
          election_id text not null,
          number integer not null,
          kind text not null check (kind in ('cast', 'spoiled')),
          tracker text not null,
          credential text not null,
          sequence integer not null,
          weight integer not null,
          height bigint not null,
          position integer not null,
          "timestamp" timestamptz not null,
          time_ns numeric(20, 0) not null,
          primary key (election_id, number),
          unique (election_id, tracker),
          unique (election_id, credential, sequence)
        );
        create index votes_by_height on votes (height, position);
        create table turnout (
          election_id text not null,
          since timestamptz not null,
          ballots integer not null,
          voters integer not null,
          primary key (election_id, since)
        );
      `,
    },
  ],
};
