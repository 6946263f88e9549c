/** The ledger's marks as this device saw them first. Another ledger under the same address is not believed silently. */

import { toHex } from "#base/bytes.js";
import type { Http } from "#client/http.js";
import { anchorOf, type LedgerAnchor } from "#client/voter.js";

/** One for each API: the practice ledger is another ledger under the same origin. */
const storageKey = (http: Http): string =>
  http.url === location.origin ? "psephos-anchor" : `psephos-anchor ${new URL(http.url).pathname}`;

export interface SeenAnchor {
  readonly anchor: LedgerAnchor;
  /** The chain id this device knew before, if it is another one. */
  readonly before: string | undefined;
}

export async function seenAnchor(http: Http): Promise<SeenAnchor> {
  const anchor = await anchorOf(http);
  const now = `${anchor.chainId} ${toHex(anchor.engineKey)}`;
  const stored = localStorage.getItem(storageKey(http));
  if (stored === null) localStorage.setItem(storageKey(http), now);
  return { anchor, before: stored === null || stored === now ? undefined : (stored.split(" ")[0] ?? "") };
}

/** The person compared the marks with the letter: from now on they are the known ones. */
export function acceptAnchor(http: Http, anchor: LedgerAnchor): void {
  localStorage.setItem(storageKey(http), `${anchor.chainId} ${toHex(anchor.engineKey)}`);
}
