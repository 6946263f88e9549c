/** Who sends a request, as far as the session's cookie tells; `null` on a request is: nobody who signed in. */
export type Actor = VoterActor | OfficerActor;

export interface VoterActor {
  readonly kind: "voter";
  readonly voterId: string;
}

/** An officer acts for one organisation at a time. That the key still is an officer's was checked for this request. */
export interface OfficerActor {
  readonly kind: "officer";
  /** Identifier of the organisation on the ledger. */
  readonly organisation: string;
  /** The officer's public key: 64 hex digits. */
  readonly key: string;
  readonly name: string;
}

/** Name of the cookie. The prefix makes browsers refuse it unless it is secure, for this host only, and for every path. */
export const sessionCookie = "__Host-psephos";
