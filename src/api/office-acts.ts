/**
 * What the routes for an organisation's people are for, in words that people know: for the page that shows who may do what.
 * Who may call each route stands in server/policy.ts alone; `leastRole` is generated from there.
 */
import type { OfficeRole } from "./actor.js";

/** Every route of an organisation's people, under what it is for. Those of one entry are for the same role. */
export const officeActs = {
  seeVoters: [
    "GET /officer/voters",
    "GET /officer/voters/constituencies",
    "GET /officer/admission",
    "GET /officer/voters/:id/letters",
  ],
  seeWork: [
    "GET /officer/drafts",
    "GET /officer/drafts/:uuid",
    "GET /officer/proposals",
    "GET /officer/proposals/:id",
    "GET /officer/elections/:uuid/mailings",
    "GET /officer/letters",
    "POST /officer/letters/preview",
  ],
  seePeople: ["GET /officer/organisations", "GET /officer/members"],
  seeLog: ["GET /officer/audit-log", "GET /officer/findings"],
  decideVoters: [
    "POST /officer/voters/:id/approve",
    "POST /officer/voters/:id/reject",
    "POST /officer/voters/:id/suspend",
    "POST /officer/voters/approve-all",
  ],
  importLists: [
    "POST /officer/voters/import",
    "POST /officer/voters/import/preview",
    "POST /officer/voters/import/faulty",
    "GET /officer/voters/export",
  ],
  setAdmission: [
    "PUT /officer/admission/domains",
    "PUT /officer/admission/claims",
    "GET /officer/admission/addresses",
    "POST /officer/admission/addresses",
  ],
  tidyVoters: ["GET /officer/voters/doubles", "POST /officer/voters/:id/merge", "DELETE /officer/voters/:id"],
  answerVoters: ["GET /officer/voters/:id/export", "POST /officer/voters/:id/letters"],
  prepare: [
    "POST /officer/drafts",
    "PUT /officer/drafts/:uuid",
    "DELETE /officer/drafts/:uuid",
    "POST /officer/drafts/:uuid/trustees/:place/invitation",
    "POST /officer/elections/:uuid/duplicate",
  ],
  enterRoll: [
    "POST /officer/elections/:uuid/roll-key",
    "POST /officer/elections/:uuid/roll",
    "GET /officer/elections/:uuid/roll/recomputation",
    "GET /officer/elections/:uuid/roll/check",
  ],
  reissue: ["POST /officer/elections/:uuid/reissue"],
  sendMailings: ["POST /officer/elections/:uuid/mailings", "DELETE /officer/elections/:uuid/mailings/:id"],
  decideActs: ["POST /officer/proposals", "DELETE /officer/proposals/:id", "POST /officer/proposals/:id/approvals"],
  giveRoles: ["PUT /officer/members/:key", "DELETE /officer/members/:key"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type OfficeAct = keyof typeof officeActs;

/** The least role that each takes. After a change of the policy: UPDATE_ROLES=1 npx vitest run src/server/policy.test.ts */
export const leastRole: Readonly<Record<OfficeAct, OfficeRole>> = {
  // generated: src/server/policy.test.ts
  seeVoters: "observer",
  seeWork: "observer",
  seePeople: "observer",
  seeLog: "observer",
  decideVoters: "registrar",
  importLists: "registrar",
  setAdmission: "registrar",
  tidyVoters: "registrar",
  answerVoters: "registrar",
  prepare: "officer",
  enterRoll: "officer",
  reissue: "officer",
  sendMailings: "officer",
  decideActs: "officer",
  giveRoles: "owner",
  // end
};
