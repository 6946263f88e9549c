import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GENERATOR, generatorTimes, IDENTITY, pointFromText, pointToText } from "#crypto/group.js";
import { keyProofPrefix, messagePrefix, proveKnowledgeWith } from "#crypto/proofs/knowledge.js";
import { commitToCoefficients, evaluatePolynomial } from "#crypto/threshold.js";
import {
  certificateContent,
  makeCertificate,
  makeTrusteeKey,
  makeVerificationKey,
  pkiKeys,
  pkiSecretsFromSeed,
  signCertificates,
  signCoefficients,
  signedMessageFromText,
  signedMessageToText,
  signMessage,
  type TrusteePublicKey,
  trusteeKeyFromText,
  trusteeKeyToText,
  verifyMessage,
} from "./pki.js";
import {
  type ThresholdParameters,
  type TrusteeEntry,
  trusteesFromText,
  trusteesToText,
  verifyTrustees,
} from "./trustees.js";

const directory = "vectors/belenios";
const vectors = JSON.parse(readFileSync(`${directory}/vectors.json`, "utf8"));
const random = (length: number) => new Uint8Array(length).fill(7);

/** Texts of the JSON objects of an archive, found between the zero bytes of its padding. */
function texts(name: string): string[] {
  return readFileSync(`${directory}/${name}`, "utf8").split("\0");
}

function trusteesOf(name: string): string {
  return texts(name).find((text) => /^\[\["(Single|Pedersen)"/.test(text)) as string;
}

function parsed(text: string): readonly TrusteeEntry[] {
  const read = trusteesFromText(text);
  if (!read.ok) throw new Error(`${read.error.path}: ${read.error.reason}`);
  return read.value;
}

function faultOf(trustees: readonly TrusteeEntry[]): string {
  const checked = verifyTrustees(trustees);
  return checked.ok ? "none" : `${checked.error.code}@${checked.error.owner}`;
}

const tiny = parsed(trusteesOf("tiny-yesno-ALMYGqHaLyCN8x.bel"))[0] as TrusteeEntry & { kind: "pedersen" };
const PARAMETERS: ThresholdParameters = tiny.parameters;

function tampered(change: Partial<ThresholdParameters>): string {
  return faultOf([{ kind: "pedersen", parameters: { ...PARAMETERS, ...change } }]);
}

function swapped<T>(list: readonly T[], i: number, item: T): T[] {
  return list.map((old, at) => (at === i ? item : old));
}

test("vectors.json: a trustee's key and proof, byte by byte", () => {
  const v = vectors.trustee;
  const secret = BigInt(v.private_key);
  const publicKey = generatorTimes(secret);
  const pok = proveKnowledgeWith(keyProofPrefix(publicKey), secret, BigInt(v.nonce));
  expect(trusteeKeyToText({ pok, publicKey })).toBe(v.json);
  expect(trusteeKeyFromText(v.json, "mandatory").ok).toBe(true);
  expect(trusteeKeyFromText(v.json, "member").ok).toBe(false);
});

test("vectors.json: PKI keys of a seed and a signed message", () => {
  const v = vectors.pki;
  const secrets = pkiSecretsFromSeed(v.seed);
  expect(secrets).toEqual({ sk: BigInt(v.sk), dk: BigInt(v.dk) });
  const keys = pkiKeys(secrets);
  expect([pointToText(keys.verification), pointToText(keys.encryption)]).toEqual([v.vk, v.ek]);
  const m = v.signed_message;
  const signature = proveKnowledgeWith(messagePrefix(m.message), secrets.sk, BigInt(m.nonce));
  expect(pointToText(signature.commitment)).toBe(m.commitment);
  expect([signature.challenge, signature.response]).toEqual([BigInt(m.challenge), BigInt(m.response)]);
  expect(verifyMessage(keys.verification, { message: m.message, signature })).toBe(true);
  expect(verifyMessage(keys.encryption, { message: m.message, signature })).toBe(false);
  expect(verifyMessage(keys.verification, { message: "hellp", signature })).toBe(false);
});

test("tiny-yesno: the three private seeds give the certificates of the archive", () => {
  for (const [i, id] of ["1", "2", "3"].entries()) {
    const file = readFileSync(`${directory}/tiny-yesno-private/${id}.trustee`, "utf8").trim();
    const seed = readFileSync(`${directory}/tiny-yesno-private/${file}.key`, "utf8").trim();
    const text = readFileSync(`${directory}/tiny-yesno-private/${file}.cert`, "utf8").trim();
    const cert = signedMessageFromText(text);
    if (!cert.ok) throw new Error(cert.error.reason);
    expect(signedMessageToText(cert.value)).toBe(text);
    expect(cert.value).toEqual(PARAMETERS.certs[i]);
    const content = certificateContent(cert.value.message);
    const keys = pkiKeys(pkiSecretsFromSeed(seed));
    expect(content).toEqual({ ok: true, value: { context: { size: 3, threshold: 2, index: i + 1 }, ...keys } });
  }
});

test("every genuine archive's trustees verify, make up its election key, and are written back to the same text", () => {
  for (const name of readdirSync(directory).filter((file) => file.endsWith(".bel"))) {
    const text = trusteesOf(name);
    const trustees = parsed(text);
    expect(trusteesToText(trustees)).toBe(text);
    const checked = verifyTrustees(trustees);
    const election = texts(name).find((piece) => piece.startsWith('{"version":1,"description"')) as string;
    expect(checked.ok && pointToText(checked.value.electionKey), name).toBe(JSON.parse(election).public_key);
  }
});

test("owners are numbered through mandatory trustees and members of threshold sets", () => {
  const checked = verifyTrustees(parsed(trusteesOf("mixed-B68LvrNoAWBNSB.bel")));
  if (!checked.ok) throw new Error(checked.error.detail);
  expect(checked.value.groups.map((group) => [group.kind, group.threshold, group.members.map((m) => m.owner)])).toEqual(
    [
      ["single", 1, [1]],
      ["pedersen", 2, [2, 3, 4]],
    ],
  );
  expect(checked.value.members.map((member) => member.owner)).toEqual([1, 2, 3, 4]);
});

test("K-01: a rogue key that cancels the others is refused, for want of a proof of knowledge", () => {
  const honest = [makeTrusteeKey(11n, random), makeTrusteeKey(22n, random)];
  const target = generatorTimes(99n);
  const rogue = target.subtract(generatorTimes(33n));
  const entries = (key: TrusteePublicKey): TrusteeEntry[] => [
    ...honest.map((each) => ({ kind: "single" as const, key: each })),
    { kind: "single", key },
  ];
  expect(faultOf(entries({ publicKey: rogue, pok: makeTrusteeKey(99n, random).pok }))).toBe("bad-key-proof@3");
  expect(faultOf(entries(makeTrusteeKey(99n, random)))).toBe("none");
});

test("keys that cancel each other, and one key used twice, are refused even with proofs", () => {
  const single = (secret: bigint): TrusteeEntry => ({ kind: "single", key: makeTrusteeKey(secret, random) });
  const order = 7237005577332262213973186563042994240857116359379907606001950938285454250989n;
  expect(faultOf([single(5n), single(order - 5n)])).toBe("neutral-key@0");
  expect(faultOf([single(5n), single(6n), single(5n)])).toBe("duplicate-key@3");
});

test("C-08: the neutral element is not read as a key", () => {
  const text = trusteeKeyToText({ ...makeTrusteeKey(5n, random), publicKey: IDENTITY });
  expect(trusteeKeyFromText(text, "mandatory")).toMatchObject({ ok: false, error: { path: "public_key" } });
  expect(trusteesFromText(`[["Single",${text}]]`).ok).toBe(false);
});

test("each part of a threshold set, tampered, is refused with its own name and owner", () => {
  const { certs, coefexps, signatures, verificationKeys } = PARAMETERS;
  const key = verificationKeys[1] as TrusteePublicKey;
  const sk = pkiSecretsFromSeed("SLzhF3B3MXTE8JhnjqbKmm").sk; // trustee 1
  expect(tampered({})).toBe("none");
  expect(tampered({ threshold: 3 })).toBe("threshold-out-of-range@1");
  expect(tampered({ threshold: 0 })).toBe("threshold-out-of-range@1");
  expect(tampered({ threshold: 1 })).toBe("wrong-certificate-context@1");
  expect(tampered({ signatures: signatures.slice(1) })).toBe("wrong-number-of-parts@1");
  expect(tampered({ certs: [...certs].reverse() })).toBe("wrong-certificate-context@1");
  expect(tampered({ certs: swapped(certs, 1, { ...certs[1], message: "{}" } as never) })).toBe("bad-certificate@2");
  const forged = { message: certs[1]?.message ?? "", signature: certs[0]?.signature } as never;
  expect(tampered({ certs: swapped(certs, 1, forged) })).toBe("bad-certificate-signature@2");
  expect(tampered({ coefexps: [...coefexps].reverse() })).toBe("bad-coefficients-signature@1");
  expect(tampered({ coefexps: swapped(coefexps, 0, signMessage(sk, "{}", random)) })).toBe("bad-coefficients@1");
  const long = signCoefficients(sk, [GENERATOR, GENERATOR, GENERATOR], random);
  expect(tampered({ coefexps: swapped(coefexps, 0, long) })).toBe("wrong-number-of-coefficients@1");
  const other = signCoefficients(sk, [GENERATOR, GENERATOR], random);
  expect(tampered({ coefexps: swapped(coefexps, 0, other) })).toBe("bad-certificates-signature@1");
  expect(tampered({ signatures: [...signatures].reverse() })).toBe("bad-certificates-signature@1");
  const resigned = signCertificates(sk, certs, [GENERATOR, GENERATOR], random);
  const replaced = { coefexps: swapped(coefexps, 0, other), signatures: swapped(signatures, 0, resigned) };
  expect(tampered(replaced)).toBe("wrong-verification-key@1");
  const wrongKey = { ...key, publicKey: key.publicKey.add(GENERATOR) };
  expect(tampered({ verificationKeys: swapped(verificationKeys, 1, wrongKey) })).toBe("wrong-verification-key@2");
  const wrongPok = { ...key, pok: (verificationKeys[0] as TrusteePublicKey).pok };
  expect(tampered({ verificationKeys: swapped(verificationKeys, 1, wrongPok) })).toBe("bad-key-proof@2");
  const wrongSignature = { ...key, signature: key.pok };
  expect(tampered({ verificationKeys: swapped(verificationKeys, 1, wrongSignature) })).toBe(
    "bad-verification-key-signature@2",
  );
  const { signature: _, ...unsigned } = key;
  expect(tampered({ verificationKeys: swapped(verificationKeys, 1, unsigned) })).toBe(
    "bad-verification-key-signature@2",
  );
});

test("K-03: a member who saw another certificate of somebody else cannot have signed this set", () => {
  const secrets = [1n, 2n, 3n].map((k) => ({ sk: 1000n + k, dk: 2000n + k }));
  const polynomials = [
    [5n, 6n],
    [7n, 8n],
    [9n, 10n],
  ];
  const commitments = polynomials.map(commitToCoefficients);
  const certs = secrets.map((each, i) => makeCertificate(each, { size: 3, threshold: 2, index: i + 1 }, random));
  const shown = swapped(certs, 2, makeCertificate({ sk: 1003n, dk: 6n }, { size: 3, threshold: 2, index: 3 }, random));
  const build = (view: typeof certs): TrusteeEntry => ({
    kind: "pedersen",
    parameters: {
      threshold: 2,
      certs,
      coefexps: secrets.map(({ sk }, i) => signCoefficients(sk, commitments[i] ?? [], random)),
      signatures: secrets.map(({ sk }, i) =>
        signCertificates(sk, i === 0 ? view : certs, commitments[i] ?? [], random),
      ),
      verificationKeys: secrets.map(({ sk }, i) => {
        const share = polynomials.reduce((total, polynomial) => total + evaluatePolynomial(polynomial, i + 1), 0n);
        return makeVerificationKey(share, sk, random);
      }),
    },
  });
  expect(faultOf([build(certs)])).toBe("none");
  expect(faultOf([build(shown)])).toBe("bad-certificates-signature@1");
});

test("reading is strict: form, order, size, threshold, group membership", () => {
  const text = trusteesOf("tiny-yesno-ALMYGqHaLyCN8x.bel");
  const torsion = "0000000000000000000000000000000000000000000000000000000000000000";
  const minimal = trusteesOf("minimal-4eUJG2iYJxUzQj.bel");
  for (const bad of [
    "[]",
    "{}",
    ` ${text}`,
    text.replace('"threshold":2', '"threshold":3'),
    text.replace('"threshold":2', '"threshold":02'),
    text.replace('"Pedersen"', '"Feldman"'),
    text.replace('"threshold":2,', '"threshold":2,"extra":1,'),
    minimal.replace(/"public_key":"[0-9a-f]{64}"/, `"public_key":"${torsion}"`),
    minimal.replace(/"public_key":"[0-9a-f]{64}"/, (field) => field.toUpperCase().replace("PUBLIC_KEY", "public_key")),
  ]) {
    expect(trusteesFromText(bad).ok, bad.slice(0, 80)).toBe(false);
  }
  expect(pointFromText(torsion)).toBeUndefined();
});

test("C-06: coefficients outside the prime-order subgroup are refused where they are read", () => {
  const order4 = "0000000000000000000000000000000000000000000000000000000000000000";
  const message = `{"coefexps":["${order4}","${pointToText(GENERATOR)}"]}`;
  const signed = signMessage(pkiSecretsFromSeed("SLzhF3B3MXTE8JhnjqbKmm").sk, message, random);
  expect(tampered({ coefexps: swapped(PARAMETERS.coefexps, 0, signed) })).toBe("bad-coefficients@1");
});
