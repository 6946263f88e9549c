/** The ledger's marks as this device saw them first. Another ledger under the same address is not believed silently. */

import { toHex } from "#base/bytes.js";
import type { Http } from "#client/http.js";
import { anchorOf, type LedgerAnchor } from "#client/voter.js";

const storageKey = "psephos-anchor";

export interface SeenAnchor {
  readonly anchor: LedgerAnchor;
  /** The chain id this device knew before, if it is another one. */
  readonly before: string | undefined;
}

export async function seenAnchor(http: Http): Promise<SeenAnchor> {
  const anchor = await anchorOf(http);
  const now = `${anchor.chainId} ${toHex(anchor.engineKey)}`;
  const stored = localStorage.getItem(storageKey);
  if (stored === null) localStorage.setItem(storageKey, now);
  return { anchor, before: stored === null || stored === now ? undefined : (stored.split(" ")[0] ?? "") };
}

/** The person compared the marks with the letter: from now on they are the known ones. */
export function acceptAnchor(anchor: LedgerAnchor): void {
  localStorage.setItem(storageKey, `${anchor.chainId} ${toHex(anchor.engineKey)}`);
}
