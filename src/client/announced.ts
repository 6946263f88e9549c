/** The ledger of an election that officers act on, with a word of its own for one that is still a draft. */
import { ApiError, type Http } from "./http.js";
import { getDraft, SealingRefused } from "./officer.js";
import { type ReplayedLedger, replayLedger } from "./record.js";

/** The replayed ledger with an announced election; says so where the election is still a draft. */
export async function announcedLedger(http: Http, uuid: string): Promise<ReplayedLedger> {
  try {
    const ledger = await replayLedger(http, uuid);
    if (!ledger.ok) throw new SealingRefused(ledger.error);
    return ledger.value;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) throw await notAnnounced(http, uuid, error);
    throw error;
  }
}

/** In place of "no such election", where there is a draft: that it has not been announced yet. */
export async function notAnnounced(http: Http, uuid: string, error: ApiError): Promise<ApiError> {
  try {
    const { body } = await getDraft(http, uuid);
    const what = `“${body.name ?? uuid}” is a draft that has not been announced yet; announce it first.`;
    return new ApiError(error.status, error.code, what);
  } catch (cause) {
    if (cause instanceof ApiError) return error;
    throw cause;
  }
}
