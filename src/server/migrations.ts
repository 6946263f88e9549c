/** The tables of all rooms that keep some: what the server brings up to date at its start, and what docs/schema.sql shows. */
import type { ModuleMigrations } from "#db/migrations.js";
import { mailMigrations } from "#mail/tables.js";
import { managementMigrations } from "#management/tables.js";
import { registrationMigrations } from "#registration/tables.js";
import { votingMigrations } from "#voting/tables.js";
import { auditMigrations } from "./audit-tables.js";

export const allMigrations: readonly ModuleMigrations[] = [
  mailMigrations,
  registrationMigrations,
  managementMigrations,
  votingMigrations,
  auditMigrations,
];
