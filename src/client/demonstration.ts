/**
 * What a demonstration and the tests do in one process and people do apart: reading letters out of the development
 * outbox, and playing all trustees of an election.
 */
import type { Random } from "#crypto/scalar.js";
import type { Http } from "./http.js";
import { inviteTrustee } from "./officer.js";
import { type ReplayedLedger, replayLedger } from "./record.js";
import { acceptInvitation, ceremonyStep, submit } from "./trustee.js";
import { Untrustworthy } from "./untrustworthy.js";

interface Outbox {
  readonly mails: readonly { readonly links: readonly string[] }[];
}

const OUTBOX_TRIES = 50;
const OUTBOX_PAUSE_MS = 100;

/** The secret of the newest link that would have been mailed to an address, once there is one. */
export async function mailedToken(http: Http, email: string): Promise<string> {
  for (let attempt = 0; attempt < OUTBOX_TRIES; attempt++) {
    const { mails } = await http.request<Outbox>(`/dev/outbox?to=${encodeURIComponent(email)}`);
    const token = mails.flatMap((mail) => mail.links.flatMap((link) => link.split("#").slice(1, 2)))[0];
    if (token !== undefined && token !== "") return token;
    await new Promise((resolve) => setTimeout(resolve, OUTBOX_PAUSE_MS));
  }
  throw new Error(`No letter to ${email} came.`);
}

/** Makes the invitation of each trustee of a draft and accepts it with that trustee's code, in the draft's order. */
export async function registerTrustees(
  officer: Http,
  anyone: Http,
  draft: string,
  codes: readonly string[],
  random: Random,
): Promise<void> {
  for (const [place, code] of codes.entries()) {
    const { token } = await inviteTrustee(officer, draft, place);
    await acceptInvitation(anyone, token, code, random);
  }
}

/** Enough for every phase of the largest ceremony, one step of each trustee a round. */
const MAX_ROUNDS = 20;

/** An election and the codes of all its trustees. */
export interface Ceremony {
  readonly uuid: string;
  readonly codes: readonly string[];
}

/**
 * Plays every trustee's next step until all are done, of several elections at once. The ledger is replayed once a round:
 * within a phase the trustees' steps do not depend on one another.
 */
export async function holdCeremonies(
  http: Http,
  ceremonies: readonly [Ceremony, ...Ceremony[]],
  random: Random,
): Promise<ReplayedLedger> {
  const steps = ceremonies.flatMap(({ uuid, codes }) => codes.map((code) => ({ uuid, code })));
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const ledger = await replayed(http, ceremonies[0].uuid);
    let done = 0;
    for (const { uuid, code } of steps) {
      const act = ceremonyStep(ledger, uuid, code, random);
      if (act.kind === "send") await submit(http, act.wire);
      if (act.kind === "done") done++;
    }
    if (done === steps.length) return ledger;
  }
  throw new Error("The key ceremony did not come to an end.");
}

/** The ledger, replayed; what does not hold is thrown as {@link Untrustworthy}. */
export async function replayed(http: Http, uuid: string): Promise<ReplayedLedger> {
  const ledger = await replayLedger(http, uuid);
  if (!ledger.ok) throw new Untrustworthy(ledger.error);
  return ledger.value;
}
