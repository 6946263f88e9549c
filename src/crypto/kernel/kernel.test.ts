/**
 * The kernel against noble, primitive by primitive and in both builds: edge points and edge scalars first, then random
 * ones (seeded; a few thousand here, 10^6 field cases with PSEPHOS_NIGHTLY=1).
 */
import { execFileSync } from "node:child_process";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { describe, expect, test } from "vitest";
import { bigintFromBytes, bigintToBytes, concat, fromHex, toHex, utf8 } from "#base/bytes.js";
import {
  multiplyPublic,
  ORDER,
  type Point,
  pointFromBytes,
  pointFromEighth,
  pointToAffine,
  pointToEighth,
  sum,
} from "../group.js";
import { type Kernel, openKernel } from "./kernel.js";
import {
  combinePowers,
  decompressPoints,
  GENERATOR_TARGET,
  KEY_TARGET,
  multiScalar,
  timesEightForms,
  timesGeneratorPowers,
} from "./points.js";

const CASES = process.env.PSEPHOS_NIGHTLY === "1" ? 1_000_000 : 2_000;
const P = 2n ** 255n - 19n;
const G = ed25519.Point.BASE;
const ZERO = ed25519.Point.ZERO;
/** A point of order 8. */
const T8 = ed25519.Point.fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");

/** 32 bytes that follow from a seed and a number. */
function bytesOf(seed: string, number: number): Uint8Array {
  return sha256(utf8(`${seed} ${number}`));
}

const little = (value: bigint, length = 32): Uint8Array => bigintToBytes(value, length).reverse();
const scalarOf = (number: number): bigint => bigintFromBytes(bytesOf("scalar", number)) % ORDER;
const EDGE_SCALARS = [0n, 1n, 2n, 8n, ORDER - 1n, ORDER - 2n, (ORDER - 1n) / 2n, 2n ** 252n, 2n ** 128n - 1n];
const torsion = Array.from({ length: 8 }, (_, i) => (i === 0 ? ZERO : T8.multiplyUnsafe(BigInt(i))));
const members = Array.from({ length: 12 }, (_, i) => G.multiply(scalarOf(1000 + i) + 1n));

describe.each(["simd", "scalar"] as const)("%s", (build) => {
  const kernel = openKernel(build) as Kernel;

  test("field operations agree with integers modulo 2^255 − 19", { timeout: 600_000 }, () => {
    const edges = [
      0n,
      1n,
      2n,
      19n,
      P - 1n,
      P - 2n,
      P - 19n,
      2n ** 255n - 20n,
      2n ** 254n,
      2n ** 51n - 1n,
      (P - 1n) / 2n,
    ];
    kernel.within((space) => {
      const [out, a, b] = [space.reserve(32), space.reserve(32), space.reserve(32)];
      const run = (operation: number): bigint => {
        kernel.exports.fieldOperation(operation, out, a, b);
        return bigintFromBytes(space.read(out, 32).reverse());
      };
      for (let i = 0; i < CASES + edges.length ** 2; i++) {
        const edge = i - CASES;
        const x = edge < 0 ? bigintFromBytes(bytesOf("x", i)) % P : (edges[edge % edges.length] as bigint);
        const y = edge < 0 ? bigintFromBytes(bytesOf("y", i)) % P : (edges[Math.floor(edge / edges.length)] as bigint);
        space.write(a, little(x));
        space.write(b, little(y));
        const got = [run(0), run(1), run(2), run(3)];
        const expected = [(x + y) % P, (x - y + P) % P, (x * y) % P, (x * x) % P];
        if (got.some((value, k) => value !== expected[k])) throw new Error(`${x} and ${y}: ${got}`);
        if (edge >= 0 || i % 16 === 0) expect((run(4) * x) % P).toBe(x === 0n ? 0n : 1n);
      }
    });
  });

  test("four field elements at once agree with integers too, the largest limbs included", { timeout: 600_000 }, () => {
    // Limbs of 13 bits at their greatest, least and middle values, in all places and by turns.
    const patterns = [0x1fffn, 0x1000n, 0xfffn, 1n, 0n].flatMap((one) =>
      [0x1fffn, 0x1000n, 0n].map((other) => {
        let value = 0n;
        for (let i = 0n; i < 20n; i++) value += (i % 2n === 0n ? one : other) << (13n * i);
        return (value % 2n ** 255n) % P;
      }),
    );
    const edges = [0n, 1n, 19n, P - 1n, P - 19n, 2n ** 254n, (P - 1n) / 2n, ...patterns];
    kernel.within((space) => {
      const [out, a, b] = [space.reserve(128), space.reserve(128), space.reserve(128)];
      const run = (operation: number): bigint[] => {
        kernel.exports.fieldOperation4(operation, out, a, b);
        return [0, 1, 2, 3].map((lane) => bigintFromBytes(space.read(out + 32 * lane, 32).reverse()));
      };
      for (let i = 0; i < CASES / 4 + edges.length ** 2; i++) {
        const lanes = [0, 1, 2, 3].map((lane): [bigint, bigint] => {
          const edge = i - CASES / 4 + lane;
          if (edge < 0)
            return [bigintFromBytes(bytesOf("x4", 4 * i + lane)) % P, bigintFromBytes(bytesOf("y4", 4 * i + lane)) % P];
          return [
            edges[edge % edges.length] as bigint,
            edges[Math.floor(edge / edges.length) % edges.length] as bigint,
          ];
        });
        for (const [lane, [x, y]] of lanes.entries()) {
          space.write(a + 32 * lane, little(x));
          space.write(b + 32 * lane, little(y));
        }
        expect(run(0)).toEqual(lanes.map(([x, y]) => (x * y) % P));
        expect(run(1)).toEqual(lanes.map(([x]) => (x * x) % P));
        expect(run(2)).toEqual(lanes.map(([x, y]) => (P - ((6n * x * y) % P)) % P));
        if (i % 16 === 0)
          expect(run(3).map((inverse, k) => (inverse * (lanes[k]?.[0] as bigint)) % P)).toEqual(
            lanes.map(([x]) => (x === 0n ? 0n : 1n)),
          );
      }
    });
  });

  test("SHA-256 and SHA-512 of every length around the blocks' borders", () => {
    const message = concat(...Array.from({ length: 10 }, (_, i) => bytesOf("message", i)));
    kernel.within((space) => {
      const [out, at] = [space.reserve(64), space.put(message)];
      for (let length = 0; length <= 300; length++) {
        kernel.exports.sha256(out, at, length);
        expect(toHex(space.read(out, 32))).toBe(toHex(sha256(message.subarray(0, length))));
        kernel.exports.sha512(out, at, length);
        expect(toHex(space.read(out, 64))).toBe(toHex(sha512(message.subarray(0, length))));
      }
    });
  });

  test("wide integers are reduced modulo q", () => {
    const wide = [0n, ORDER - 1n, ORDER, ORDER + 1n, 2n ** 512n - 1n, ORDER * ORDER, ORDER * 2n ** 259n - 1n];
    for (let i = 0; i < 500; i++) wide.push(bigintFromBytes(sha512(bytesOf("wide", i))));
    kernel.within((space) => {
      const [out, at] = [space.reserve(32), space.reserve(64)];
      for (const value of wide) {
        space.write(at, bigintToBytes(value, 64));
        kernel.exports.reduceWide(out, at);
        expect(bigintFromBytes(space.read(out, 32).reverse())).toBe(value % ORDER);
      }
    });
  });

  test("compressed points: as strict as the plain decoder, subgroup included (RFC 8032 §5.1.3)", () => {
    const texts = [
      "0000000000000000000000000000000000000000000000000000000000000000", // order 4
      "0000000000000000000000000000000000000000000000000000000000000080",
      "0100000000000000000000000000000000000000000000000000000000000000", // neutral
      "0100000000000000000000000000000000000000000000000000000000000080", // neutral, wrong sign
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 2
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p: not canonical
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p + 1: the neutral element, not canonical
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "0200000000000000000000000000000000000000000000000000000000000000", // off the curve
      // Public keys of RFC 8032 §7.1, tests 1 to 3.
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    ];
    const inputs = texts.map((text) => fromHex(text) as Uint8Array);
    for (const member of [ZERO, ...members]) for (const small of torsion) inputs.push(member.add(small).toBytes());
    for (let i = 0; i < 100; i++) inputs.push(bytesOf("point", i));
    inputs.push(new Uint8Array(31), new Uint8Array(0));
    const got = decompressPoints(kernel, inputs).map((affine) => affine && toHex(affine));
    const expected = inputs.map((bytes) => {
      const point = pointFromBytes(bytes);
      return point && toHex(pointToAffine(point));
    });
    expect(got).toEqual(expected);
    expect(expected.filter((each) => each !== undefined).length).toBeGreaterThanOrEqual(16);
  });

  test("eighths: any curve point is taken times 8, anything else refused", () => {
    const points = [...torsion, ...members.map((member, i) => member.add(torsion[i % 8] as Point))];
    const forms = timesEightForms(kernel, concat(...points.map(pointToAffine)));
    const expected = points.map((point) => point.multiplyUnsafe(8n));
    expect(toHex(forms?.compressed as Uint8Array)).toBe(toHex(concat(...expected.map((point) => point.toBytes()))));
    expect(toHex(forms?.affine as Uint8Array)).toBe(toHex(concat(...expected.map(pointToAffine))));
    const good = pointToEighth(members[0] as Point);
    const bad = [
      concat(little(P), good.slice(32)),
      concat(good.slice(0, 32), little(P + 1n)),
      concat(new Uint8Array(32), little(P + 1n)),
      concat(good.slice(32), good.slice(0, 32)),
      new Uint8Array(64),
      new Uint8Array(64).fill(255),
      good.map((byte, i) => (i === 31 ? byte | 0x80 : byte)),
    ];
    for (const bytes of [good, ...bad]) {
      const plain = pointFromEighth(bytes);
      const fast = timesEightForms(kernel, bytes)?.affine;
      expect(fast && toHex(fast)).toBe(plain && toHex(pointToAffine(plain)));
    }
  });

  test("products of powers: fixed bases, up to three others, edge scalars, points of small order", () => {
    const points = [...torsion, ...members];
    const scalars = [...EDGE_SCALARS, ...Array.from({ length: 11 }, (_, i) => scalarOf(i))];
    const key = members[3] as Point;
    const products = Array.from({ length: 60 }, (_, i) => [
      ...(i % 7 === 0 ? [] : [{ target: GENERATOR_TARGET, scalar: (i * 3) % scalars.length }]),
      ...(i % 5 === 0 ? [] : [{ target: KEY_TARGET, scalar: (i * 5 + 1) % scalars.length }]),
      ...Array.from({ length: i % 4 }, (_, k) => ({ target: (i + 7 * k) % 21, scalar: (i * 7 + k) % scalars.length })),
    ]);
    const sums = [[8, 9, 10, 1]];
    const forms = combinePowers(
      kernel,
      {
        affines: concat(...points.map(pointToAffine)),
        sums,
        scalars: concat(...scalars.map((scalar) => bigintToBytes(scalar, 32))),
        key: pointToAffine(key),
      },
      products,
    );
    const numbered = [...points, sum((sums[0] as number[]).map((i) => points[i] as Point))];
    const base = (target: number): Point =>
      target === GENERATOR_TARGET ? G : target === KEY_TARGET ? key : (numbered[target] as Point);
    const expected = products.map((terms) =>
      sum(terms.map(({ target, scalar }) => multiplyPublic(base(target), scalars[scalar] as bigint))),
    );
    const all = [numbered.at(-1) as Point, ...expected];
    expect(toHex(forms?.compressed as Uint8Array)).toBe(toHex(concat(...all.map((point) => point.toBytes()))));
    const wrong = { affines: pointToAffine(key), sums: [], scalars: bigintToBytes(ORDER, 32) };
    expect(combinePowers(kernel, wrong, [[{ target: 0, scalar: 0 }]])).toBeUndefined();
  });

  test("multi-scalar multiplication: every size of window, long and short scalars, edges", () => {
    const points = [...members, ...torsion];
    for (const [longs, shorts] of [
      [1, 0],
      [0, 1],
      [2, 3],
      [9, 20],
      [40, 100],
      [300, 700],
    ] as const) {
      const of = (i: number): Point => points[i % points.length] as Point;
      const long = Array.from({ length: longs }, (_, i) => EDGE_SCALARS[i] ?? scalarOf(i));
      const short = Array.from({ length: shorts }, (_, i) => (i === 0 ? 2n ** 128n - 1n : scalarOf(i) % 2n ** 128n));
      const affines = concat(...Array.from({ length: longs + shorts }, (_, i) => pointToAffine(of(i))));
      const got = multiScalar(
        kernel,
        affines,
        concat(...long.map((scalar) => little(scalar))),
        concat(...short.map((scalar) => little(scalar, 16))),
      );
      // Few points, many scalars: the sums of scalars by point, over the integers modulo 8q.
      const totals = points.map(() => 0n);
      const note = (i: number, scalar: bigint): void => {
        totals[i % points.length] = (totals[i % points.length] as bigint) + scalar;
      };
      long.forEach((scalar, i) => void note(i, scalar));
      short.forEach((scalar, i) => void note(longs + i, -scalar));
      const expected = sum(
        points.map((point, i) => {
          const order = i < members.length ? ORDER : 8n;
          const scalar = (((totals[i] as bigint) % order) + order) % order;
          return multiplyPublic(point, scalar);
        }),
      );
      expect(toHex(got as Uint8Array)).toBe(toHex(expected.toBytes()));
    }
  });

  test("rolls: X·g^h for many X", () => {
    const scalars = members.map((_, i) => EDGE_SCALARS[i] ?? scalarOf(i));
    const forms = timesGeneratorPowers(
      kernel,
      concat(...members.map(pointToAffine)),
      concat(...scalars.map((scalar) => bigintToBytes(scalar, 32))),
    );
    const expected = members.map((member, i) => member.add(multiplyPublic(G, scalars[i] as bigint)).toBytes());
    expect(toHex(forms?.compressed as Uint8Array)).toBe(toHex(concat(...expected)));
    expect(timesGeneratorPowers(kernel, pointToAffine(G), bigintToBytes(ORDER, 32))).toBeUndefined();
  });

  test("working space is given back, also after a failure", () => {
    const address = (): number => kernel.within((space) => space.reserve(16));
    const before = address();
    expect(() =>
      kernel.within((space) => {
        space.reserve(1_000_000);
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(address()).toBe(before);
  });
});

test("W-13: the committed modules are what their sources make, byte for byte", { timeout: 120_000 }, () => {
  execFileSync(process.execPath, ["scripts/kernel.mjs", "--check"], { stdio: "pipe" });
});
