/**
 * The people whose keys this device keeps: who they are, and the locked boxes. Several people may share a device. What
 * locks and opens is in `keybox.ts`, which pages load only when somebody does it.
 */

/** Whose key it is, without the secret. */
export interface StoredPerson {
  /** Public key in hexadecimal: the name of the entry. */
  readonly key: string;
  readonly role: "voter" | "officer";
  readonly name: string;
  readonly digitalId: string;
  readonly lock: "passphrase" | "passkey";
  /** Raw id of the passkey. */
  readonly credentialId?: Uint8Array;
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
  readonly box: Uint8Array;
}

/** Browsers give no cryptography to pages that came over plain http from another machine. */
export const canKeep = (): boolean => globalThis.isSecureContext && "indexedDB" in globalThis;

/** Whether anybody's key is kept here, told without opening the store: whoever has none sees the field for a code at once. */
const kept = "psephos-people";
export const mayKnowPeople = (): boolean => localStorage.getItem(kept) !== null;

function noteKept(some: boolean): void {
  if (some) localStorage.setItem(kept, "kept");
  else localStorage.removeItem(kept);
}

export async function people(role?: StoredPerson["role"]): Promise<readonly StoredPerson[]> {
  if (!canKeep()) return [];
  const all = (await inStore("readonly", (store) => store.getAll())) as StoredPerson[];
  noteKept(all.length > 0);
  return all.filter((each) => role === undefined || each.role === role).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** An entry of the same key is replaced. */
export async function store(entry: StoredPerson): Promise<void> {
  await inStore("readwrite", (entries) => entries.put(entry));
  noteKept(true);
}

/** This device forgets the person: the entry is deleted. */
export async function forget(key: string): Promise<void> {
  await inStore("readwrite", (store) => store.delete(key));
  await people();
}

function inStore(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("psephos", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("people", { keyPath: "key" });
    asked.onerror = () => reject(new Error("this browser keeps nothing for this page", { cause: asked.error }));
    asked.onsuccess = () => {
      const transaction = asked.result.transaction("people", mode);
      const request = act(transaction.objectStore("people"));
      transaction.oncomplete = () => {
        asked.result.close();
        resolve(request.result);
      };
      transaction.onabort = () => reject(new Error("the key could not be stored", { cause: transaction.error }));
    };
  });
}
