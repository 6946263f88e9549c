/** From what a person types, or from what a passkey gives, to the key. */
import { codeFromTyped } from "#crypto/base58.js";
import { type Identity, identityFromCode } from "#protocol/identity.js";
import type { Words } from "#words/web/en.js";
import { open } from "./keybox.js";
import type { StoredPerson } from "./keystore.js";
import { askPasskey } from "./passkey.js";

/** The identity, or the sentence that says why not. */
export async function identityOf(
  person: StoredPerson | undefined,
  role: StoredPerson["role"],
  typed: string,
  text: Words["identity"],
): Promise<Identity | string> {
  if (person === undefined) {
    const code = codeFromTyped(typed);
    return code === undefined ? text.codeMalformed : identityFromCode(code, role);
  }
  if (person.lock === "passphrase")
    return (await open(person, { kind: "passphrase", text: typed })) ?? text.passphraseWrong;
  const opener = await askPasskey(person.credentialId ?? new Uint8Array(), person.salt);
  return (opener === undefined ? undefined : await open(person, opener)) ?? text.passkeyWrong;
}
