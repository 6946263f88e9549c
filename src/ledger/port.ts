/** The ledger as modules reach it: before set-up there is none, afterwards always the same. */
import type { OrganisationFields } from "#protocol/organisation.js";
import type { Ledger } from "./ledger.js";

/** What set-up decides: the genesis says the rest. */
export interface Founding {
  readonly chainId: string;
  readonly founder: OrganisationFields;
}

export interface LedgerPort {
  /** `undefined` until set-up. */
  current(): Ledger | undefined;
  /** Creates the ledger, once; rejects when there is one already. */
  create(founding: Founding): Promise<Ledger>;
  /** The public half of the registration service's key, compressed. */
  readonly registrarKey: Uint8Array;
}
