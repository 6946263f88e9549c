/** Shapes of the audit log's route. */
import { z } from "zod";
import { decimal, hex32, identifier, instantOut } from "./values.js";

export const auditLogQuery = z.strictObject({
  from: decimal(1, 2 ** 50)
    .default(1)
    .describe("Number of the first entry"),
  limit: decimal(1, 1000).default(500),
});

export const auditLogSchema = z
  .strictObject({
    organisation: identifier,
    total: z.number().int(),
    head: hex32,
    anchored: z.number().int().describe("Entries whose head the ledger holds"),
    entries: z.array(
      z.strictObject({
        number: z.number().int(),
        at: instantOut,
        content: z.string().nullable().describe("JSON text as it was hashed; null once it was erased"),
        salt: hex32.nullable(),
        content_hash: hex32,
        hash: hex32,
      }),
    ),
  })
  .meta({ id: "AuditLog" });
export type AuditLogPage = z.output<typeof auditLogSchema>;
