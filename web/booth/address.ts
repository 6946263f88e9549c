/** Addresses that QR codes hold. The practice ledger lies under the same origin: its codes lead to its own pages. */
import type { Http } from "#client/http.js";
import { trackerPath } from "#client/receipt-file.js";

/** Where the practice ledger's API lies under this origin. */
export const practiceApi = "/practice/api";

const isPractice = (http: Http): boolean => http.url === location.origin + practiceApi;

/** Address that a phone's camera opens: the check page of this site, with the text after #, which goes to no server. */
export const checkAddress = (http: Http, text: string): string =>
  `${location.origin}/check${isPractice(http) ? "?practice" : ""}#${text}`;

/** Address under which a receipt code is looked up. */
export const myVoteAddress = (http: Http, uuid: string, tracker: string): string =>
  `${location.origin}${isPractice(http) ? "/practice" : ""}/my-vote#${uuid}.${trackerPath(tracker)}`;
