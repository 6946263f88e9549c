/**
 * Records of any number of ballots in a moment: everything about them is genuine (roll, signatures of blocks, roots) but
 * the proofs, which are noise; what they would show is said by {@link noiseVerdicts}. For measuring what a verifier needs
 * beside the proofs. The voters' secrets are consecutive scalars, so that keys are sums. State and blocks are not kept
 * in memory, so that what a test measures is the verifier's.
 */
import { compareBytes, concat } from "#base/bytes.js";
import { ok } from "#base/result.js";
import {
  EIGHTH,
  GENERATOR,
  generatorTimes,
  multiplyPublic,
  normalize,
  type Point,
  pointToAffine,
  pointToBytes,
} from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { mod } from "#crypto/scalar.js";
import { type ScratchState, scratchState } from "#ledger/scratch.js";
import type { Verdicts } from "#protocol/ballot.js";
import { encode } from "#protocol/encoding/shape.js";
import { applyGenesis, genesisShape } from "#protocol/genesis.js";
import { frameBytes, recordStart } from "#protocol/record.js";
import type { MemoryState } from "#protocol/state.js";
import { encodeTransaction } from "#protocol/transaction.js";
import { castBallot } from "#protocol/transactions/cast-ballot.js";
import { enterRoll } from "#protocol/transactions/enter-roll.js";
import {
  announce,
  planOf,
  REGISTRAR,
  runCeremony,
  sealNow,
  signed,
  type TrusteeSpec,
  trustees,
  UUID,
} from "./protocol-kit.js";
import { RecordedLedger } from "./record-kit.js";

/** Secret of the first of many voters; the next one's is one higher. */
export const FIRST_SECRET = 10n ** 60n;
const ROLL_CHUNK = 5_000;

/** A recorded ledger whose state is not in memory and whose blocks are forgotten once they are taken. */
export class StreamedLedger extends RecordedLedger {
  readonly #scratch: ScratchState;
  #taken = 0;

  constructor(seed: string) {
    super(seed);
    this.#scratch = scratchState({ pages: 1024 });
    this.#scratch.commit(applyGenesis(this.genesis).changes());
    // Only tests that this ledger is not used for look into the entries of a state.
    (this as unknown as { state: unknown }).state = this.#scratch satisfies Pick<MemoryState, "get" | "commit">;
  }

  /** The first bytes of the record. */
  start(): Uint8Array {
    return recordStart(encode(genesisShape, this.genesis));
  }

  /** Bytes of the blocks that were made since. */
  take(): Uint8Array {
    const frames: Uint8Array[] = [];
    for (; this.#taken < this.blocks.length; this.#taken++) {
      const block = this.blocks[this.#taken] as (typeof this.blocks)[number];
      frames.push(frameBytes({ kind: "block", ...block }));
      this.blocks[this.#taken] = { ...block, transactions: [] };
    }
    return concat(...frames);
  }

  end(): Uint8Array {
    return frameBytes({ kind: "end", height: this.blocks.length });
  }

  close(): Promise<void> {
    return this.#scratch.close();
  }
}

/** The voters of an election. */
export interface Many {
  /** Their numbers in the order of the roll. */
  readonly voters: Uint32Array;
  /** Their public credentials by number: 32 bytes each, in a row. */
  readonly keys: Uint8Array;
}

/** Opens an election of so many voters. */
export function openForMany(
  ledger: RecordedLedger,
  count: number,
  specs: readonly TrusteeSpec[],
  chunk = ROLL_CHUNK,
): Many {
  const plan = planOf(specs, 2);
  announce(ledger, plan);
  runCeremony(
    ledger,
    UUID,
    specs.map((spec) => spec.code),
  );
  const keys = consecutive(FIRST_SECRET, 1n, count, pointToBytes);
  const eighths = consecutive(mod(FIRST_SECRET * EIGHTH), EIGHTH, count, pointToAffine);
  const keyOf = (i: number): Uint8Array => keys.subarray(32 * i, 32 * i + 32);
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => compareBytes(keyOf(a), keyOf(b)));
  for (let start = 0; start < count; start += chunk) {
    const entries = Array.from(order.subarray(start, start + chunk), (i) => ({
      eighth: eighths.slice(64 * i, 64 * i + 64),
      weight: 1,
    }));
    ledger.must(signed(enterRoll, { uuid: UUID, start, entries }, "registrar", REGISTRAR.secret, ledger.chainId));
  }
  sealNow(ledger, UUID);
  ledger.time = plan.opensAt;
  return { voters: order, keys };
}

/** Bytes of g^first, g^(first+step), … in a row: each point from the one before by one addition. */
function consecutive(first: bigint, step: bigint, count: number, bytesOf: (point: Point) => Uint8Array): Uint8Array {
  const size = bytesOf(GENERATOR).length;
  const out = new Uint8Array(size * count);
  const increment = multiplyPublic(GENERATOR, step);
  let point = multiplyPublic(GENERATOR, first);
  for (let from = 0; from < count; from += 1000) {
    const some: Point[] = [];
    for (; some.length < Math.min(1000, count - from); point = point.add(increment)) some.push(point);
    for (const [i, each] of normalize(some).entries()) out.set(bytesOf(each), size * (from + i));
  }
  return out;
}

/** One block of these transactions. Blocks of a second each would not fit between opening and closing. */
export function quickBlock(ledger: RecordedLedger, transactions: readonly Uint8Array[]): void {
  const { rejections } = ledger.block(...transactions);
  ledger.time -= 999_000_000n;
  const refused = rejections.find((each) => each !== null);
  if (refused !== undefined) throw new Error(`a ballot was refused: ${refused?.code}`);
}

/** Bytes of a yes/no ballot. */
const NOISE_BYTES = 1_150;

/** Ciphertexts that a ballot of noise is said to hold: some that take turns. */
const CIPHERTEXTS: readonly Uint8Array[] = Array.from({ length: 64 }, (_, i) =>
  concat(...[1n, 2n, 3n, 4n].map((k) => pointToAffine(generatorTimes(10n * BigInt(i + 1) + k)))),
);

/** What the noise of {@link noiseRecord} is said to prove. */
export const noiseVerdicts: Verdicts = {
  ballot: ({ wire }) =>
    ok({ tracker: sha256(wire), ciphertexts: (CIPHERTEXTS[(wire[0] as number) & 63] as Uint8Array).slice() }),
};

/** The record of an election in which each of `count` voters cast one ballot; the same bytes for the same number. */
export async function* noiseRecord(count: number, perBlock = 50, rollChunk = ROLL_CHUNK): AsyncGenerator<Uint8Array> {
  const ledger = new StreamedLedger("noise");
  (ledger as { verdicts: Verdicts }).verdicts = noiseVerdicts;
  yield ledger.start();
  const { voters, keys } = openForMany(ledger, count, trustees(0, 3), rollChunk);
  yield ledger.take();
  const noise = new Uint8Array(NOISE_BYTES);
  for (let from = 0; from < count; from += perBlock) {
    const some = voters.subarray(from, from + perBlock);
    quickBlock(
      ledger,
      Array.from(some, (number, i) => {
        noise.set(sha256(Uint8Array.of(...[0, 8, 16, 24].map((bit) => (from + i) >>> bit))));
        const credential = keys.slice(32 * number, 32 * number + 32);
        const body = { uuid: UUID, credential, sequence: 1, ballot: noise.slice() };
        const signatures = { commitment: new Uint8Array(64), response: new Uint8Array(32) };
        return encodeTransaction(castBallot, ledger.chainId, body, signatures);
      }),
    );
    yield ledger.take();
  }
  yield ledger.end();
  await ledger.close();
}
