/** An officer's lists of voters: compared with the registry first, then stored exactly as they were shown. */
import type { ImportAnswer, ListPreview } from "#api/registration.js";
import type { Http } from "./http.js";

/** What happens to voters whom the list does not name, and whether new voters without a key get a letter. */
export interface ListChoices {
  readonly gone: "keep" | "suspend" | "remove";
  readonly invite: boolean;
}

const queryOf = ({ gone, invite }: ListChoices): string => `gone=${gone}&invite=${invite}`;
const bodyOf = (file: Uint8Array) => ({ method: "POST" as const, body: { type: "text/csv", content: file } });

/** Compares a list with the registry; nothing is stored. `file`: as it is, its encoding is found by the server. */
export function previewList(http: Http, file: Uint8Array, choices: ListChoices): Promise<ListPreview> {
  return http.request(`/officer/voters/import/preview?${queryOf(choices)}`, bodyOf(file));
}

/** Stores what the preview of this name showed, all of it or nothing; 409 when that would be something else by now. */
export function importList(http: Http, file: Uint8Array, choices: ListChoices, preview: string): Promise<ImportAnswer> {
  return http.request(`/officer/voters/import?${queryOf(choices)}&preview=${preview}`, bodyOf(file));
}

/** The faulty lines as a file, each with its number and what is wrong with it. */
export async function faultyLines(http: Http, file: Uint8Array): Promise<string> {
  return (await http.raw("/officer/voters/import/faulty", bodyOf(file))).text();
}
