/** Who may vote, as officers decide it: admission by rule, and one person who stands there twice. */
import type { z } from "zod";
import type {
  admissionClaimsAnswerSchema,
  admissionDomainsAnswerSchema,
  admissionSchema,
  allowListAnswerSchema,
  allowListSchema,
  doublesSchema,
} from "#api/electorate.js";
import type { Http } from "./http.js";

export type Admission = z.output<typeof admissionSchema>;
export type AllowList = z.output<typeof allowListSchema>;
export type Doubles = z.output<typeof doublesSchema>;

/** Whose registration is approved by rule. */
export function admission(http: Http): Promise<Admission> {
  return http.request("/officer/admission");
}

/** Replaces the mail domains; with `apply` those who wait already and fit are approved. */
export function setDomains(
  http: Http,
  domains: readonly string[],
  apply: boolean,
): Promise<z.output<typeof admissionDomainsAnswerSchema>> {
  return http.request("/officer/admission/domains", { method: "PUT", json: { domains, apply } });
}

/** Replaces what the identity provider must say of somebody. */
export function setClaims(
  http: Http,
  claims: Admission["claims"],
): Promise<z.output<typeof admissionClaimsAnswerSchema>> {
  return http.request("/officer/admission/claims", { method: "PUT", json: { claims } });
}

export function allowList(http: Http, page: number): Promise<AllowList> {
  return http.request(`/officer/admission/addresses?page=${page}`);
}

/** Addresses that one request may carry. */
const mostAtOnce = 10_000;

/** Adds addresses and takes others away, in as many requests as that needs; `place` of a faulty one counts in `add`. */
export async function changeAllowList(
  http: Http,
  change: { readonly add: readonly string[]; readonly remove: readonly string[]; readonly apply: boolean },
): Promise<z.output<typeof allowListAnswerSchema>> {
  const sum = { added: 0, removed: 0, total: 0, approved: 0, faulty: [] as { place: number; reason: string }[] };
  for (let at = 0; at === 0 || at < Math.max(change.add.length, change.remove.length); at += mostAtOnce) {
    const part = (list: readonly string[]) => list.slice(at, at + mostAtOnce);
    const json = { add: part(change.add), remove: part(change.remove), apply: change.apply };
    const answer = await http.request<z.output<typeof allowListAnswerSchema>>("/officer/admission/addresses", {
      method: "POST",
      json,
    });
    sum.added += answer.added;
    sum.removed += answer.removed;
    sum.approved += answer.approved;
    sum.total = answer.total;
    sum.faulty.push(...answer.faulty.map(({ place, reason }) => ({ place: place + at, reason })));
  }
  return sum;
}

/** Voters whose names have the same words. */
export function doubles(http: Http): Promise<Doubles> {
  return http.request("/officer/voters/doubles");
}

/** Makes one voter of two: `gone` leaves, `kept` stays with key, address and weight. */
export function mergeVoters(http: Http, gone: string, kept: string): Promise<{ id: string }> {
  return http.request(`/officer/voters/${encodeURIComponent(gone)}/merge`, { method: "POST", json: { into: kept } });
}
