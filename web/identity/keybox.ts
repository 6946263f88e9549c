/**
 * Locks and opens people's keys on this device. What is stored is encrypted under a passphrase or a passkey; the secret
 * itself is in memory only while somebody is signed in.
 */
import { fromHex, toHex, utf8 } from "#base/bytes.js";
import { pointFromBytes } from "#crypto/group.js";
import { scalarFromBytes, scalarToBytes } from "#crypto/scalar.js";
import { type Identity, keyBytes } from "#protocol/identity.js";
import { type StoredPerson, store } from "./keystore.js";

/** What opens an entry: a typed passphrase, or the 32 bytes that a passkey gives for the entry's salt. */
export type Opener =
  | { readonly kind: "passphrase"; readonly text: string }
  | { readonly kind: "passkey"; readonly bytes: Uint8Array; readonly credentialId: Uint8Array };

/** OWASP's advice for PBKDF2 with SHA-256. */
const ROUNDS = 600_000;

const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

async function boxKey(opener: Opener, salt: Uint8Array): Promise<CryptoKey> {
  const use = { name: "AES-GCM", length: 256 };
  if (opener.kind === "passphrase") {
    const base = await crypto.subtle.importKey("raw", own(utf8(opener.text.normalize("NFKC"))), "PBKDF2", false, [
      "deriveKey",
    ]);
    const way = { name: "PBKDF2", hash: "SHA-256", salt: own(salt), iterations: ROUNDS };
    return crypto.subtle.deriveKey(way, base, use, false, ["encrypt", "decrypt"]);
  }
  const base = await crypto.subtle.importKey("raw", own(opener.bytes), "HKDF", false, ["deriveKey"]);
  const way = { name: "HKDF", hash: "SHA-256", salt: own(salt), info: own(utf8("psephos/keystore")) };
  return crypto.subtle.deriveKey(way, base, use, false, ["encrypt", "decrypt"]);
}

export const newSalt = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));

/** Encrypts and stores. An entry of the same key is replaced. */
export async function keep(
  person: { readonly role: StoredPerson["role"]; readonly name: string; readonly digitalId: string },
  identity: Identity,
  opener: Opener,
  salt: Uint8Array,
): Promise<void> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const key = toHex(keyBytes(identity));
  const way = { name: "AES-GCM", iv: nonce, additionalData: own(utf8(key)) };
  const box = await crypto.subtle.encrypt(way, await boxKey(opener, salt), own(scalarToBytes(identity.secret)));
  const entry: StoredPerson = {
    ...person,
    key,
    lock: opener.kind,
    ...(opener.kind === "passkey" ? { credentialId: opener.credentialId } : {}),
    salt,
    nonce,
    box: new Uint8Array(box),
  };
  await store(entry);
}

/** Decrypts; `undefined` if the passphrase or passkey is not that of the entry. */
export async function open(person: StoredPerson, opener: Opener): Promise<Identity | undefined> {
  const way = { name: "AES-GCM", iv: own(person.nonce), additionalData: own(utf8(person.key)) };
  try {
    const plain = await crypto.subtle.decrypt(way, await boxKey(opener, person.salt), own(person.box));
    const secret = scalarFromBytes(new Uint8Array(plain));
    const key = fromHex(person.key);
    const point = key === undefined ? undefined : pointFromBytes(key);
    return secret === undefined || point === undefined ? undefined : { secret, key: point };
  } catch {
    return undefined;
  }
}
