/** The tables of all modules: what the server brings up to date at its start, and what docs/schema.sql shows. */
import type { ModuleMigrations } from "#db/migrations.js";

export const allMigrations: readonly ModuleMigrations[] = [];
