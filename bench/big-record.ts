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
import { compareBytes, utf8 } from "#base/bytes.js";
import { ok } from "#base/result.js";
import {
  EIGHTH,
  GENERATOR,
  multiplyPublic,
  normalize,
  type Point,
  pointToAffine,
  pointToBytes,
} from "#crypto/group.js";
import { hedgedScalars, mod, scalarToBytes } from "#crypto/scalar.js";
import { electionObject, type JudgedBallot, judgedOf, type Verdicts } from "#protocol/ballot.js";
import { sealeds } from "#protocol/election.js";
import { encode } from "#protocol/encoding/shape.js";
import { genesisShape } from "#protocol/genesis.js";
import { taskOf } from "#protocol/machine.js";
import { frameBytes, recordStart } from "#protocol/record.js";
import { sealingTables, sealWith } from "#protocol/suite/belenios-v1/seal.js";
import { enterRoll } from "#protocol/transactions/enter-roll.js";
import { ballotTransaction, signBallot } from "#protocol/voter.js";
import {
  announce,
  planOf,
  REGISTRAR,
  runCeremony,
  sealNow,
  seededRandom,
  shareWire,
  signed,
  toDecryption,
  trustees,
  UUID,
} from "../test/protocol-kit.js";
import { RecordedLedger } from "../test/record-kit.js";

const PER_BLOCK = 50;
const ROLL_CHUNK = 5_000;
/** Ballots that one worker seals before it sends them. */
const PORTION = 500;
/** Secret of the first voter; the next one's is one higher. */
const FIRST_SECRET = 10n ** 60n;

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
  const ledger = new RecordedLedger("big record");
  let written = 0;
  const flush = (): void => {
    for (; written < ledger.blocks.length; written++) {
      const block = ledger.blocks[written] as (typeof ledger.blocks)[number];
      out(frameBytes({ kind: "block", ...block }));
      ledger.blocks[written] = { ...block, transactions: [] };
    }
  };
  out(recordStart(encode(genesisShape, ledger.genesis)));
  const specs = trustees(0, 3);
  const voters = open(ledger, ballots, specs);
  flush();
  const text = (sealeds.get(ledger.state, UUID) as { readonly electionText: string }).electionText;
  for await (const portion of sealedBy(ledger.chainId, text, voters)) {
    for (let at = 0; at < portion.length; at += PER_BLOCK) blockOf(ledger, portion.slice(at, at + PER_BLOCK));
    flush();
  }
  toDecryption(ledger, UUID);
  for (const { code } of specs.slice(0, 2)) ledger.must(shareWire(ledger, UUID, code));
  flush();
  out(frameBytes({ kind: "end", height: ledger.blocks.length }));
}

/** Opens the election; gives the voters' numbers in the order of the roll. */
function open(ledger: RecordedLedger, count: number, specs: ReturnType<typeof trustees>): Uint32Array {
  const plan = planOf(specs, 2);
  announce(ledger, plan);
  runCeremony(
    ledger,
    UUID,
    specs.map((spec) => spec.code),
  );
  const keys = consecutive(FIRST_SECRET, 1n, count).map(pointToBytes);
  const eighths = consecutive(mod(FIRST_SECRET * EIGHTH), EIGHTH, count);
  const order = Array.from({ length: count }, (_, i) => i);
  order.sort((a, b) => compareBytes(keys[a] as Uint8Array, keys[b] as Uint8Array));
  for (let start = 0; start < count; start += ROLL_CHUNK) {
    const some = order.slice(start, start + ROLL_CHUNK);
    const entries = some.map((i) => ({ eighth: pointToAffine(eighths[i] as Point), weight: 1 }));
    ledger.must(signed(enterRoll, { uuid: UUID, start, entries }, "registrar", REGISTRAR.secret, ledger.chainId));
  }
  sealNow(ledger, UUID);
  ledger.time = plan.opensAt;
  return Uint32Array.from(order);
}

/** g^first, g^(first+step), …: each from the one before by one addition. */
function consecutive(first: bigint, step: bigint, count: number): readonly Point[] {
  const increment = multiplyPublic(GENERATOR, step);
  const points: Point[] = [];
  for (let point = multiplyPublic(GENERATOR, first); points.length < count; point = point.add(increment))
    points.push(point);
  return normalize(points);
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
  const { rejections } = ledger.block(...ballots.map((each) => each.transaction));
  // Blocks of a second each would not fit between opening and closing.
  ledger.time -= 999_000_000n;
  const refused = rejections.find((each) => each !== null);
  if (refused !== undefined) throw new Error(`a ballot was refused: ${refused?.code}`);
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
  const tables = sealingTables(election);
  for (let portion = first; portion * PORTION < voters.length; portion += step) {
    const made = [...voters.slice(portion * PORTION, (portion + 1) * PORTION)].map((number): Made => {
      const secret = FIRST_SECRET + BigInt(number);
      const random = seededRandom(`big record, voter ${number}`);
      const next = hedgedScalars("bench/big-record", random, scalarToBytes(secret), utf8(election.fingerprint));
      const sealed = sealWith(election, secret, [number % 3 === 0 ? [0, 1] : [1, 0]], next, tables);
      if (!sealed.ok) throw new Error(sealed.error.detail);
      const { ballot, trackerBytes, wire } = sealed.value;
      const identity = { secret, key: ballot.credential };
      const envelope = signBallot("cast-ballot", { chainId, uuid: UUID }, identity, 1, trackerBytes, random);
      const key = pointToBytes(ballot.credential);
      return {
        transaction: ballotTransaction("cast-ballot", { chainId, uuid: UUID }, key, 1, wire, envelope),
        ...judgedOf(ballot),
      };
    });
    send(made);
  }
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  sealPortions(workerData as Order, (made) => port.postMessage(made));
}
