/**
 * The passkey of this device or of a password manager, for signing in: WebAuthn's JSON forms to and from what browsers take.
 * Not the passkey that protects a stored key (`passkey.ts`): this one is known to the server and opens a session.
 */
import { fromBase64Url, toBase64Url } from "#base/bytes.js";
import type { PasskeyDevice } from "#client/session.js";

/** The person declined, or the device has no passkey for this site: browsers do not tell which. */
export class PasskeyCancelled extends Error {
  override readonly name = "PasskeyCancelled";
}

/** The device has a passkey of this person already. */
export class PasskeyExists extends Error {
  override readonly name = "PasskeyExists";
}

export const canUsePasskeys = (): boolean => globalThis.isSecureContext && "PublicKeyCredential" in globalThis;

type Json = Readonly<Record<string, unknown>>;

const bytes = (text: unknown): Uint8Array<ArrayBuffer> =>
  new Uint8Array(fromBase64Url(typeof text === "string" ? text : "") ?? []);
const text = (buffer: ArrayBuffer): string => toBase64Url(new Uint8Array(buffer));

/** Identifiers in a list of passkeys, as bytes. */
function named(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list ?? []) as readonly Json[]).map(
    ({ id, transports }) =>
      ({
        type: "public-key",
        id: bytes(id),
        ...(transports === undefined ? {} : { transports }),
      }) as unknown as PublicKeyCredentialDescriptor,
  );
}

async function asked<T>(ask: Promise<Credential | null>): Promise<T> {
  try {
    const credential = await ask;
    if (credential === null) throw new PasskeyCancelled("no passkey was given");
    return credential as unknown as T;
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "InvalidStateError") throw new PasskeyExists("the device has one", { cause: error });
    if (name === "NotAllowedError" || name === "AbortError")
      throw new PasskeyCancelled("no passkey was given", { cause: error });
    throw error;
  }
}

const common = (credential: PublicKeyCredential) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: "public-key",
  clientExtensionResults: {},
});

/** Makes a passkey with the server's options. Throws {@link PasskeyCancelled} and {@link PasskeyExists}. */
export const makeOne: PasskeyDevice = async (options) => {
  const user = options.user as Json;
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: named(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = await asked<PublicKeyCredential>(navigator.credentials.create({ publicKey }));
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    ...common(made),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
};

/** Answers the server's challenge with a passkey. Throws {@link PasskeyCancelled}. */
export const useOne: PasskeyDevice = async (options) => {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: named(options.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
  const got = await asked<PublicKeyCredential>(navigator.credentials.get({ publicKey }));
  const response = got.response as AuthenticatorAssertionResponse;
  return {
    ...common(got),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      ...(response.userHandle === null ? {} : { userHandle: text(response.userHandle) }),
    },
  };
};
