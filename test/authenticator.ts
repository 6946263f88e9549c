/** A passkey's authenticator in software: ES256, no attestation, the same bytes for the same seed. For tests only. */
import { createHash } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { concat, toBase64Url, utf8 } from "#base/bytes.js";

export interface AuthenticatorSettings {
  readonly seed: string;
  readonly origin: string;
  readonly rpId: string;
}

/** What one answer may get wrong on purpose. */
export interface Twist {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly counter?: number;
  readonly userVerified?: boolean;
  readonly spoilSignature?: boolean;
}

export interface Authenticator {
  readonly id: string;
  counter: number;
  create(options: { challenge: string }, twist?: Twist): Record<string, unknown>;
  get(options: { challenge: string }, twist?: Twist): Record<string, unknown>;
}

const sha256 = (bytes: Uint8Array | string) => new Uint8Array(createHash("sha256").update(bytes).digest());
const bytes = (...values: readonly number[]) => Uint8Array.from(values);

export function createAuthenticator(settings: AuthenticatorSettings): Authenticator {
  const secret = sha256(`authenticator ${settings.seed}`);
  const point = p256.getPublicKey(secret, false);
  const id = sha256(`credential ${settings.seed}`);
  // COSE key of ES256: {1: 2, 3: -7, -1: 1, -2: x, -3: y}
  const cose = concat(
    bytes(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20),
    point.subarray(1, 33),
    bytes(0x22, 0x58, 0x20),
    point.subarray(33, 65),
  );
  const state = { counter: 0 };

  function clientData(type: string, challenge: string, twist: Twist): Uint8Array {
    return utf8(
      JSON.stringify({
        type: twist.type ?? type,
        challenge: twist.challenge ?? challenge,
        origin: twist.origin ?? settings.origin,
        crossOrigin: false,
      }),
    );
  }

  /** Relying party, flags (present, verified, attested), counter. */
  function authenticatorData(attested: Uint8Array, twist: Twist): Uint8Array {
    const flags = 0x01 | (twist.userVerified === false ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(twist.counter ?? state.counter);
    return concat(sha256(twist.rpId ?? settings.rpId), bytes(flags), counter, attested);
  }

  const common = { id: toBase64Url(id), rawId: toBase64Url(id), type: "public-key", clientExtensionResults: {} };
  return {
    id: toBase64Url(id),
    get counter() {
      return state.counter;
    },
    set counter(value) {
      state.counter = value;
    },
    create: ({ challenge }, twist = {}) => {
      const attested = concat(new Uint8Array(16), bytes(0, id.length), id, cose);
      const data = authenticatorData(attested, twist);
      const object = concat(
        bytes(0xa3, 0x63),
        utf8("fmt"),
        bytes(0x64),
        utf8("none"),
        bytes(0x67),
        utf8("attStmt"),
        bytes(0xa0, 0x68),
        utf8("authData"),
        bytes(0x58, data.length),
        data,
      );
      const response = {
        clientDataJSON: toBase64Url(clientData("webauthn.create", challenge, twist)),
        attestationObject: toBase64Url(object),
        transports: ["internal"],
      };
      return { ...common, response };
    },
    get: ({ challenge }, twist = {}) => {
      state.counter += 1;
      const data = authenticatorData(new Uint8Array(0), twist);
      const client = clientData("webauthn.get", challenge, twist);
      const signature = p256.sign(concat(data, sha256(client)), secret, { format: "der" });
      if (twist.spoilSignature === true) signature[signature.length - 1] = (signature.at(-1) as number) ^ 1;
      const response = {
        clientDataJSON: toBase64Url(client),
        authenticatorData: toBase64Url(data),
        signature: toBase64Url(signature),
      };
      return { ...common, response };
    },
  };
}
