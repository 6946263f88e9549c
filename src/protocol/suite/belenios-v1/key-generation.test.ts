/**
 * The private files of a key generation that `belenios-tool` ran (vectors/belenios/tiny-yesno-private): polynomials and
 * shares are decrypted with the trustees' seeds and held against what our own key generation computes. The transport
 * (AES-GCM under hashed ElGamal) is theirs; we have another, so it is opened here and nowhere else.
 */
import { readFileSync } from "node:fs";
import { gcm } from "@noble/ciphers/aes.js";
import { expect, test } from "vitest";
import { fromHex } from "#base/bytes.js";
import { generatorTimes, multiplySecret, type Point, pointFromText, pointToText } from "#crypto/group.js";
import { sha256Hex } from "#crypto/hash.js";
import { mod } from "#crypto/scalar.js";
import { commitToCoefficients, evaluatePolynomial, lagrangeAtZero, shareMatches } from "#crypto/threshold.js";
import {
  coefficientsContent,
  pkiKeys,
  pkiSecretsFromSeed,
  signedMessageFromText,
  trusteeKeyFromText,
  trusteeKeyToText,
  verifyMessage,
} from "./pki.js";
import { trusteesFromText, trusteesToText, verifyTrustees } from "./trustees.js";

const directory = "vectors/belenios/tiny-yesno-private";

function file(name: string): string {
  return readFileSync(`${directory}/${name}`, "utf8").trim();
}

function point(text: string): Point {
  const found = pointFromText(text);
  if (found === undefined) throw new Error("not a point");
  return found;
}

const trustees = [1, 2, 3].map((n) => {
  const id = file(`${n}.trustee`);
  const secrets = pkiSecretsFromSeed(file(`${id}.key`));
  return {
    id,
    secrets,
    keys: pkiKeys(secrets),
    vinput: JSON.parse(file(`${id}.vinput`)),
    voutput: JSON.parse(file(`${id}.voutput`)),
  };
});
type Trustee = (typeof trustees)[number];

/** Opens what `from` sent to `to`: decrypts, checks signature and recipient. */
function receive(from: Trustee, to: Trustee, text: string): Record<string, unknown> {
  const { alpha, beta, data } = JSON.parse(text);
  const key = point(beta).subtract(multiplySecret(point(alpha), to.secrets.dk));
  const bytes = (hex: string) => fromHex(hex) as Uint8Array;
  const cipher = gcm(bytes(sha256Hex(`key|${pointToText(key)}`)), bytes(sha256Hex(`iv|${alpha}`)));
  const signed = signedMessageFromText(Buffer.from(cipher.decrypt(bytes(data))).toString("utf8"));
  if (!signed.ok) throw new Error(signed.error.reason);
  expect(verifyMessage(from.keys.verification, signed.value)).toBe(true);
  const { recipient, message } = JSON.parse(signed.value.message);
  expect(recipient).toBe(pointToText(to.keys.encryption));
  return JSON.parse(message);
}

test("every dealer's polynomial is the one it committed to, and every share a value of it", () => {
  for (const dealer of trustees) {
    const i = trustees.indexOf(dealer);
    const { polynomial } = receive(dealer, dealer, dealer.vinput.polynomial) as { polynomial: string[] };
    const coefficients = polynomial.map(BigInt);
    const content = coefficientsContent(dealer.vinput.coefexps[i].message);
    const commitments = commitToCoefficients(coefficients).map(pointToText);
    expect(content.ok && content.value.map(pointToText)).toEqual(commitments);
    for (const [j, recipient] of trustees.entries()) {
      const { secret } = receive(dealer, recipient, recipient.vinput.secrets[i]) as { secret: string };
      expect(BigInt(secret)).toBe(evaluatePolynomial(coefficients, j + 1));
      expect(content.ok && shareMatches(BigInt(secret), content.value, j + 1)).toBe(true);
    }
  }
});

test("final shares, verification keys and the election key follow", () => {
  const shares = trustees.map((recipient, j) => {
    const secrets = trustees.map((dealer, i) =>
      BigInt((receive(dealer, recipient, recipient.vinput.secrets[i]) as { secret: string }).secret),
    );
    const share = mod(secrets.reduce((total, each) => total + each));
    const kept = receive(recipient, recipient, file(`${recipient.id}.dkey`)) as { decryption_key: string };
    expect(BigInt(kept.decryption_key)).toBe(share);
    const text = JSON.stringify(recipient.voutput.public_key);
    const key = trusteeKeyFromText(text, "member");
    if (!key.ok) throw new Error(key.error.reason);
    expect(trusteeKeyToText(key.value)).toBe(text);
    expect(key.value.publicKey.equals(generatorTimes(share))).toBe(true);
    expect(
      verifyMessage(recipient.keys.verification, {
        message: pointToText(key.value.publicKey),
        signature: key.value.signature as never,
      }),
    ).toBe(true);
    return { index: j + 1, share };
  });
  const election = JSON.parse(file("election.json"));
  for (const pair of [shares.slice(0, 2), shares.slice(1)]) {
    const weights = lagrangeAtZero(pair.map((each) => each.index));
    const secret = mod(pair.reduce((total, each, at) => total + each.share * (weights[at] as bigint), 0n));
    expect(pointToText(generatorTimes(secret))).toBe(election.public_key);
  }
  const text = file("trustees.json");
  const read = trusteesFromText(text);
  expect(read.ok && trusteesToText(read.value)).toBe(text);
  const checked = read.ok ? verifyTrustees(read.value) : read;
  expect(checked.ok && pointToText(checked.value.electionKey)).toBe(election.public_key);
});
