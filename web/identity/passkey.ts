/** Passkeys whose PRF extension gives a secret to encrypt with. Not every browser and device has them. */
import { utf8 } from "#base/bytes.js";
import type { Opener } from "./keybox.js";

interface PrfResults {
  readonly prf?: { readonly enabled?: boolean; readonly results?: { readonly first?: ArrayBuffer } };
}

const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
const challenge = () => crypto.getRandomValues(new Uint8Array(32));

export async function hasPasskeys(): Promise<boolean> {
  if (!("PublicKeyCredential" in globalThis)) return false;
  try {
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false;
  }
}

/** Makes a passkey for this person; `undefined` if the device has none with the PRF extension, or the person declined. */
export async function makePasskey(name: string, salt: Uint8Array): Promise<Opener | undefined> {
  try {
    const made = (await navigator.credentials.create({
      publicKey: {
        rp: { name: "Psephos" },
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name, displayName: name },
        challenge: challenge(),
        pubKeyCredParams: [
          { type: "public-key", alg: -7 },
          { type: "public-key", alg: -257 },
        ],
        authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
        extensions: { prf: { eval: { first: own(salt) } } } as AuthenticationExtensionsClientInputs,
      },
    })) as PublicKeyCredential | null;
    if (made === null) return undefined;
    const { prf } = made.getClientExtensionResults() as PrfResults;
    const credentialId = new Uint8Array(made.rawId);
    const first = prf?.results?.first;
    if (first !== undefined) return { kind: "passkey", bytes: new Uint8Array(first), credentialId };
    return prf?.enabled === true ? await askPasskey(credentialId, salt) : undefined;
  } catch {
    return undefined;
  }
}

/** Asks the passkey for the secret of this salt. */
export async function askPasskey(credentialId: Uint8Array, salt: Uint8Array): Promise<Opener | undefined> {
  try {
    const got = (await navigator.credentials.get({
      publicKey: {
        challenge: challenge(),
        allowCredentials: [{ type: "public-key", id: own(credentialId) }],
        userVerification: "required",
        extensions: { prf: { eval: { first: own(salt) } } } as AuthenticationExtensionsClientInputs,
      },
    })) as PublicKeyCredential | null;
    const first = (got?.getClientExtensionResults() as PrfResults | undefined)?.prf?.results?.first;
    return first === undefined ? undefined : { kind: "passkey", bytes: new Uint8Array(first), credentialId };
  } catch {
    return undefined;
  }
}

/** Name under which a passkey is filed. */
export const passkeyName = (name: string): string => (utf8(name).length <= 60 ? name : `${name.slice(0, 20)}…`);
