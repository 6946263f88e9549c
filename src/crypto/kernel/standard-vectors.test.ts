/**
 * Published vectors, where they apply: signatures of RFC 8032 and of Project Wycheproof, judged with nothing but what the
 * kernel offers (decoding, SHA-512, reduction mod q, products of powers), and the multiples of the generator of RFC 9496.
 */
import { readFileSync } from "node:fs";
import { ristretto255 } from "@noble/curves/ed25519.js";
import { describe, expect, test } from "vitest";
import { bigintFromBytes, bigintToBytes, concat, fromHex, toHex } from "#base/bytes.js";
import { ed25519Verify } from "../ed25519.js";
import { GENERATOR, ORDER, pointFromTrustedAffine, pointToAffine } from "../group.js";
import { mod } from "../scalar.js";
import { type Kernel, openKernel } from "./kernel.js";
import { combinePowers, decompressPoints, GENERATOR_TARGET, multiScalar } from "./points.js";

const hex = (text: string): Uint8Array => fromHex(text) as Uint8Array;
const little = (bytes: Uint8Array): bigint => bigintFromBytes(bytes.slice().reverse());

interface Signed {
  readonly key: string;
  readonly message: string;
  readonly signature: string;
}

/** RFC 8032 §7.1, TEST 1 to TEST 3. */
const RFC_8032: readonly Signed[] = [
  {
    key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
];

/** RFC 9496 §A.1: 0 to 15 times the generator. */
const RFC_9496 = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
  "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
  "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
  "da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
  "e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e",
  "f64746d3c92b13050ed8d80236a7f0007c3b3f962f5ba793d19a601ebb1df403",
  "44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d",
  "903293d8f2287ebe10e2374dc1a53e0bc887e592699f02d077d5263cdd55601c",
  "02622ace8f7303a31cafc63f8fc48fdc16e1c8c8d234b2f0d6685282a9076031",
  "20706fd788b2720a1ed2a5dad4952b01f413bcf0e7564de8cdc816689e2db95f",
  "bce83f8ba5dd2fa572864c24ba1810f9522bc6004afe95877ac73241cafdab42",
  "e4549ee16b9aa03099ca208c67adafcafa4c3f3e4e5303de6026e3ca8ff84460",
  "aa52e000df2e16f55fb1032fc33bc42742dad6bd5a8fc0be0167436c5948501f",
  "46376b80f409b29dc2b5f6f0c52591990896e5716f41477cd30085ab7f10301e",
  "e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e",
];

interface WycheproofFile {
  readonly keys: readonly {
    readonly key: string;
    readonly tests: readonly (Omit<Signed, "key"> & { readonly number: number; readonly valid: boolean })[];
  }[];
}

const wycheproof = JSON.parse(readFileSync("vectors/wycheproof/ed25519.json", "utf8")) as WycheproofFile;

/** SHA-512(R ‖ A ‖ M) mod q, by the kernel. */
function challenge(kernel: Kernel, bytes: Uint8Array): bigint {
  return kernel.within((space) => {
    const [digest, out] = [space.reserve(64), space.reserve(32)];
    kernel.exports.sha512(digest, space.put(bytes), bytes.length);
    kernel.exports.reduceWide(out, space.put(space.read(digest, 64).reverse()));
    return little(space.read(out, 32));
  });
}

/** RFC 8032 §5.1.7, stricter: A and R lie in the prime-order subgroup. */
function holds(kernel: Kernel, key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const [r, s] = [signature.slice(0, 32), little(signature.slice(32))];
  const [a, commitment] = decompressPoints(kernel, [key, r]);
  if (a === undefined || commitment === undefined || s >= ORDER) return false;
  const k = challenge(kernel, concat(r, key, message));
  const scalars = concat(bigintToBytes(s, 32), bigintToBytes(mod(-k), 32));
  const terms = [
    { target: GENERATOR_TARGET, scalar: 0 },
    { target: 0, scalar: 1 },
  ];
  const forms = combinePowers(kernel, { affines: a, sums: [], scalars }, [terms]);
  return forms !== undefined && toHex(forms.compressed) === toHex(r);
}

describe.each(["simd", "scalar"] as const)("%s", (build) => {
  const kernel = openKernel(build) as Kernel;

  test("signatures of RFC 8032", () => {
    for (const { key, message, signature } of RFC_8032) {
      expect(holds(kernel, hex(key), hex(message), hex(signature))).toBe(true);
      expect(holds(kernel, hex(key), concat(hex(message), Uint8Array.of(0)), hex(signature))).toBe(false);
    }
  });

  test("signatures of Project Wycheproof: what it calls valid, and nothing else", () => {
    let count = 0;
    for (const { key, tests } of wycheproof.keys) {
      for (const { number, message, signature, valid } of tests) {
        const bytes = fromHex(signature) ?? new Uint8Array(0);
        expect({ number, valid: holds(kernel, hex(key), hex(message), bytes) }).toEqual({ number, valid });
        expect({ number, valid: ed25519Verify(hex(key), hex(message), bytes) }).toEqual({ number, valid });
        count++;
      }
    }
    expect(count).toBe(151);
  });

  test("multiples of the generator of RFC 9496, three ways", () => {
    const encoded = (affine: Uint8Array): string => new ristretto255.Point(pointFromTrustedAffine(affine)).toHex();
    const multiples = RFC_9496.map((_, i) => bigintToBytes(BigInt(i), 32));
    const powers = (target: number): Uint8Array => {
      const products = multiples.map((_, i) => [{ target, scalar: i }]);
      const given = { affines: pointToAffine(GENERATOR), sums: [], scalars: concat(...multiples) };
      return combinePowers(kernel, given, products)?.affine as Uint8Array;
    };
    for (const affines of [powers(GENERATOR_TARGET), powers(0)])
      expect(RFC_9496.map((_, i) => encoded(affines.slice(64 * i, 64 * i + 64)))).toEqual(RFC_9496);
    const sums = multiples.map((scalar) =>
      multiScalar(kernel, pointToAffine(GENERATOR), scalar.slice().reverse(), new Uint8Array(0)),
    );
    expect(sums.map((bytes) => encoded(decompressPoints(kernel, [bytes as Uint8Array])[0] as Uint8Array))).toEqual(
      RFC_9496,
    );
  });
});
