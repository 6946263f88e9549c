/** The officer who is signed in on this page: in memory only, gone with the page, and after a while without any act. */
import { useSyncExternalStore } from "react";
import type { OfficeRole } from "#api/actor.js";
import { ApiError, type Http, platformRandom } from "#client/http.js";
import type { Signer } from "#client/officer.js";
import { signIn, signOut } from "#client/session.js";
import { anchorOf } from "#client/voter.js";
import type { Identity } from "#protocol/identity.js";

export interface Officer {
  readonly name: string;
  readonly organisation: string;
  readonly role: OfficeRole;
  /** Public key in hexadecimal. */
  readonly key: string;
  readonly signer: Signer;
}

/** Without any act for this long, the secret leaves memory. */
const idleMs = 30 * 60_000;

let current: Officer | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(officer: Officer | undefined): void {
  current = officer;
  touch();
  for (const each of listeners) each();
}

function touch(): void {
  clearTimeout(timer);
  if (current !== undefined) timer = setTimeout(() => set(undefined), idleMs);
}
for (const event of ["pointerdown", "keydown"]) addEventListener(event, touch, { passive: true });

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Who is signed in on this page; `undefined`: nobody, or not any more. */
export function useOfficer(): Officer | undefined {
  return useSyncExternalStore(subscribe, () => current);
}

/**
 * Signs in with an identity whose secret is at hand, for an organisation where the key has a role in several. A key without
 * a role is refused with 403.
 */
export async function enterOffice(http: Http, identity: Identity, at?: string): Promise<Officer> {
  const { actor } = await signIn(http, identity, platformRandom, at);
  if (actor?.kind !== "officer") throw new ApiError(403, "forbidden", "This key belongs to no officer.");
  const { chainId } = await anchorOf(http);
  const { name, organisation, role, key } = actor;
  const officer = { name, organisation, role, key, signer: { identity, chainId, random: platformRandom } };
  set(officer);
  return officer;
}

export async function leaveOffice(http: Http): Promise<void> {
  set(undefined);
  await signOut(http, "officer").catch(() => undefined);
}
