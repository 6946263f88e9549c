/** Letters as officers deal with them: what became of them, one again, many at once, and how they look. */
import type { z } from "zod";
import type {
  letterListSchema,
  mailingListSchema,
  mailingRequestSchema,
  mailingSchema,
  previewRequestSchema,
  previewSchema,
  resendRequestSchema,
  voterLettersSchema,
} from "#api/mailings.js";
import type { Http } from "./http.js";

export type LetterList = z.output<typeof letterListSchema>;
export type LetterRow = LetterList["letters"][number];
export type VoterLetter = z.output<typeof voterLettersSchema>["letters"][number];
export type Mailing = z.output<typeof mailingSchema>;
export type MailingList = z.output<typeof mailingListSchema>;
export type LetterPreview = z.output<typeof previewSchema>;

/** One page, newest first; `before` is `next` of the page before. */
export function listLetters(
  http: Http,
  filter: { readonly state?: string; readonly q?: string; readonly before?: number | undefined },
): Promise<LetterList> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter))
    if (value !== undefined && value !== "") query.set(name, String(value));
  return http.request(`/officer/letters?${query}`);
}

/** To one voter, newest first. */
export async function voterLetters(http: Http, voterId: string): Promise<readonly VoterLetter[]> {
  return (await http.request<{ letters: VoterLetter[] }>(`/officer/voters/${voterId}/letters`)).letters;
}

export async function resendLetter(
  http: Http,
  voterId: string,
  letter: z.input<typeof resendRequestSchema>,
): Promise<void> {
  await http.request(`/officer/voters/${voterId}/letters`, { method: "POST", json: letter });
}

/** What of a letter can be sent again, where it can: kinds as deliveries name them. */
export function resendable({
  kind,
  election,
}: Pick<VoterLetter, "kind" | "election">): z.input<typeof resendRequestSchema> | undefined {
  if (kind === "invitation") return { kind };
  return kind === "onRoll" && election !== null ? { kind: "on-roll", election } : undefined;
}

export function listMailings(http: Http, uuid: string): Promise<MailingList> {
  return http.request(`/officer/elections/${uuid}/mailings`);
}

export function addMailing(http: Http, uuid: string, mailing: z.input<typeof mailingRequestSchema>): Promise<Mailing> {
  return http.request(`/officer/elections/${uuid}/mailings`, { method: "POST", json: mailing });
}

export async function cancelMailing(http: Http, uuid: string, id: string): Promise<void> {
  await http.request(`/officer/elections/${uuid}/mailings/${id}`, { method: "DELETE" });
}

export function previewLetter(http: Http, letter: z.input<typeof previewRequestSchema>): Promise<LetterPreview> {
  return http.request("/officer/letters/preview", { method: "POST", json: letter });
}
