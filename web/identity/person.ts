/** The voter who is signed in on this page: in memory only, gone with the page, and after a while without any act. */
import { useSyncExternalStore } from "react";
import { type Http, platformRandom } from "#client/http.js";
import type { Identity } from "#protocol/identity.js";
import { fetched } from "../ui/fetched.js";

export interface Person {
  readonly identity: Identity;
  readonly name: string;
  readonly digitalId: string;
}

/** Without any act for this long, the secret leaves memory. */
const idleMs = 15 * 60_000;
/** So long before that, a warning is shown; any act extends. */
const warnMs = 2 * 60_000;

/** It signs, and what signs is large: it is loaded with the first key. */
const session = () => fetched(() => import("#client/session.js"));

let current: Person | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let warning: ReturnType<typeof setTimeout> | undefined;
let warned = false;
const listeners = new Set<() => void>();

function set(person: Person | undefined): void {
  current = person;
  touch();
  tell();
}

function tell(): void {
  for (const each of listeners) each();
}

function touch(): void {
  clearTimeout(timer);
  clearTimeout(warning);
  if (warned) {
    warned = false;
    tell();
  }
  if (current === undefined) return;
  timer = setTimeout(() => set(undefined), idleMs);
  warning = setTimeout(() => {
    warned = true;
    tell();
  }, idleMs - warnMs);
}
for (const event of ["pointerdown", "keydown"]) addEventListener(event, touch, { passive: true });

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Who is signed in on this page; `undefined`: nobody, or not any more. */
export function usePerson(): Person | undefined {
  return useSyncExternalStore(subscribe, () => current);
}

/** Whether the person is about to be signed out for want of any act. */
export function useIdleWarning(): boolean {
  return useSyncExternalStore(subscribe, () => warned);
}

/** Signs in with an identity whose secret is at hand. Throws what {@link signIn} throws. */
export async function identify(http: Http, identity: Identity): Promise<Person> {
  const { signIn } = await session();
  const { actor } = await signIn(http, identity, platformRandom);
  return {
    identity,
    name: actor?.name ?? "",
    digitalId: actor?.kind === "voter" ? actor.digital_id : "",
  };
}

/** From now on this person is signed in on this page. */
export function hold(person: Person): void {
  set(person);
}

/** {@link identify} and {@link hold}. */
export async function enter(http: Http, identity: Identity): Promise<Person> {
  const person = await identify(http, identity);
  hold(person);
  return person;
}

export async function leave(http: Http): Promise<void> {
  set(undefined);
  await session()
    .then(({ signOut }) => signOut(http, "voter"))
    .catch(() => undefined);
}
