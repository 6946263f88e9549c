/**
 * Records of any number of ballots, made once and kept under `.cache/`: the same bytes for the same number on every
 * machine. The ballots are honest and complete (real proofs and signatures, blocks through the real machine); only the
 * voters are made up: their secrets are consecutive scalars, so that keys are sums. Workers seal; what a ballot would be
 * judged to hold is known from its sealing.
 */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { utf8 } from "#base/bytes.js";
import { ok } from "#base/result.js";
import {
  EIGHTH,
  GENERATOR,
  type Point,
  pointFromTrustedAffine,
  pointToAffine,
  pointToBytes,
  tabled,
  timesEight,
} from "#crypto/group.js";
import { kernel } from "#crypto/kernel/kernel.js";
import { combinePowers, KEY_TARGET } from "#crypto/kernel/points.js";
import type { PointForms } from "#crypto/public-data.js";
import { hedgedScalars, mod, scalarToBytes } from "#crypto/scalar.js";
import { signatureChallenge } from "#crypto/schnorr.js";
import { computeSwiftly } from "#pool/swift.js";
import { ballotMessage, electionObject, type JudgedBallot, judgedOf, type Verdicts } from "#protocol/ballot.js";
import { sealeds } from "#protocol/election.js";
import { taskOf } from "#protocol/machine.js";
import { sealWith } from "#protocol/suite/belenios-v1/seal.js";
import { ballotTransaction } from "#protocol/voter.js";
import { FIRST_SECRET, openForMany, quickBlock, StreamedLedger } from "../test/many-ballots.js";
import { seededRandom, shareWire, toDecryption, trustees, UUID } from "../test/protocol-kit.js";
import type { RecordedLedger } from "../test/record-kit.js";

const PER_BLOCK = 50;
/** Ballots that one worker seals before it sends them. */
const PORTION = 500;
/** Workers do not inherit the loader of TypeScript. */
const THIS_FILE = `
  const { workerData } = require("node:worker_threads");
  import("tsx/esm/api").then(({ tsImport }) => tsImport(workerData.file, workerData.file));
`;

/** Where the record of so many ballots is; it is made when it is not there yet. */
export async function bigRecord(ballots: number): Promise<string> {
  const path = join(dirname(fileURLToPath(import.meta.url)), "..", ".cache", "records", `${ballots}.psephos`);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  computeSwiftly();
  const file = openSync(`${path}.part`, "w");
  try {
    await write(ballots, (bytes) => void writeSync(file, bytes));
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.part`, path);
  return path;
}

/** A ballot as a worker sends it. */
interface Made extends JudgedBallot {
  readonly transaction: Uint8Array;
}

interface Order {
  readonly chainId: string;
  readonly electionText: string;
  /** Voters by number, in the order of the roll: this worker's are every `step`-th portion from `first` on. */
  readonly voters: Uint32Array;
  readonly first: number;
  readonly step: number;
}

async function write(ballots: number, out: (bytes: Uint8Array) => void): Promise<void> {
  const ledger = new StreamedLedger("big record");
  out(ledger.start());
  const specs = trustees(0, 3);
  const { voters } = openForMany(ledger, ballots, specs);
  out(ledger.take());
  const text = (sealeds.get(ledger.state, UUID) as { readonly electionText: string }).electionText;
  for await (const portion of sealedBy(ledger.chainId, text, voters)) {
    for (let at = 0; at < portion.length; at += PER_BLOCK) blockOf(ledger, portion.slice(at, at + PER_BLOCK));
    out(ledger.take());
  }
  toDecryption(ledger, UUID);
  for (const { code } of specs.slice(0, 2)) ledger.must(shareWire(ledger, UUID, code));
  out(ledger.take());
  out(ledger.end());
  await ledger.close();
}

function blockOf(ledger: RecordedLedger, ballots: readonly Made[]): void {
  const known = new Map<string, JudgedBallot>();
  for (const { transaction, tracker, ciphertexts } of ballots) {
    const task = taskOf(ledger.state, transaction);
    if (task === null) throw new Error("a ballot that needs no proofs");
    known.set(task.id, { tracker, ciphertexts });
  }
  const verdicts: Verdicts = { ballot: (task) => ok(known.get(task.id) as JudgedBallot) };
  (ledger as { verdicts: Verdicts }).verdicts = verdicts;
  quickBlock(
    ledger,
    ballots.map((each) => each.transaction),
  );
}

/** Portions of ballots in the order of the roll, sealed by as many workers as there are processors. */
async function* sealedBy(chainId: string, electionText: string, voters: Uint32Array): AsyncGenerator<readonly Made[]> {
  const step = availableParallelism();
  const inbox: (readonly Made[])[][] = Array.from({ length: step }, () => []);
  let wake = (): void => {};
  let failure: unknown;
  const workers = inbox.map((box, first) => {
    const order: Order = { chainId, electionText, voters, first, step };
    const worker = new Worker(THIS_FILE, { eval: true, execArgv: [], workerData: { ...order, file: import.meta.url } });
    worker.on("message", (portion: readonly Made[]) => {
      box.push(portion);
      wake();
    });
    worker.on("error", (error) => {
      failure = error;
      wake();
    });
    return worker;
  });
  for (let portion = 0; portion * PORTION < voters.length; portion++) {
    const box = inbox[portion % step] as (readonly Made[])[];
    while (box.length === 0 && failure === undefined) await new Promise<void>((resolve) => (wake = resolve));
    if (failure !== undefined) throw failure;
    yield box.shift() as readonly Made[];
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
}

function sealPortions({ chainId, electionText, voters, first, step }: Order, send: (made: readonly Made[]) => void) {
  const election = electionObject(electionText);
  const tables = { generator: quickBase(GENERATOR), key: quickBase(election.publicKey) };
  for (let portion = first; portion * PORTION < voters.length; portion += step) {
    const made = [...voters.slice(portion * PORTION, (portion + 1) * PORTION)].map((number): Made => {
      const secret = FIRST_SECRET + BigInt(number);
      const random = seededRandom(`big record, voter ${number}`);
      const next = hedgedScalars("bench/big-record", random, scalarToBytes(secret), utf8(election.fingerprint));
      const sealed = sealWith(election, secret, [number % 3 === 0 ? [0, 1] : [1, 0]], next, tables);
      if (!sealed.ok) throw new Error(sealed.error.detail);
      const { ballot, trackerBytes, wire } = sealed.value;
      const key = pointToBytes(ballot.credential);
      // As signBallot does, with the quick base.
      const nonce = next();
      const commitment = tables.generator.multiply(mod(nonce * EIGHTH));
      const message = ballotMessage("cast-ballot", UUID, key, 1, trackerBytes);
      const challenge = signatureChallenge(
        { tag: "cast", chainId },
        ballot.credential,
        timesEight(commitment),
        message,
      );
      const response = scalarToBytes(mod(nonce + challenge * secret));
      const envelope = { commitment: pointToAffine(commitment), response };
      return {
        transaction: ballotTransaction("cast-ballot", { chainId, uuid: UUID }, key, 1, wire, envelope),
        ...judgedOf(ballot),
      };
    });
    send(made);
  }
}

/**
 * The base with the kernel's multiplication. Only here: these voters are made up and their secrets known to everybody,
 * so nothing is lost when the time that it takes tells them.
 */
function quickBase(base: Point): Point {
  const opened = kernel();
  if (opened === undefined) return tabled(base);
  const [affines, key] = [new Uint8Array(0), pointToAffine(base)];
  const multiply = (scalar: bigint): Point => {
    const scalars = scalarToBytes(scalar);
    const power = combinePowers(opened, { affines, sums: [], scalars, key }, [[{ target: KEY_TARGET, scalar: 0 }]]);
    return pointFromTrustedAffine((power as PointForms).affine);
  };
  return Object.create(base, { multiply: { value: multiply } }) as Point;
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  sealPortions(workerData as Order, (made) => port.postMessage(made));
}
