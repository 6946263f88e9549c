/**
 * Everything that reads bytes of strangers, each as one function: what it accepts comes back as canonical bytes, what it
 * refuses as `undefined`. Whatever the input, it answers within a second and does not throw.
 */
import { readFileSync } from "node:fs";
import { parseInstant } from "#api/instant.js";
import { parseStrictJson } from "#api/strict-json.js";
import { encodeRecord, readRecords } from "#archive/container.js";
import { concat, fromHex, fromUtf8, utf8 } from "#base/bytes.js";
import type { Result } from "#base/result.js";
import { announcedFromText, announcedText, openingFromText, openingText } from "#client/opening.js";
import { judgeReceiptFile, parseReceiptFile } from "#client/receipt-file.js";
import { IDENTITY, pointFromBytes, pointToBytes } from "#crypto/group.js";
import { scalarFromBytes, scalarToBytes } from "#crypto/scalar.js";
import { decodeCommit, encodeCommit } from "#evidence/cometbft/commit.js";
import { decodeCometHeader, encodeCometHeader } from "#evidence/cometbft/header.js";
import { decodeFinality, encodeFinality } from "#evidence/cometbft/judge.js";
import { decodeValidators, encodeValidators } from "#evidence/cometbft/validators.js";
import { decodeHeader, encodeHeader } from "#evidence/embedded.js";
import { decodeRequest as decodeAbci } from "#ledger/cometbft/abci-messages.js";
import { genesisFromFile } from "#ledger/cometbft/genesis-file.js";
import { framed, frameReader } from "#ledger/remote/frames.js";
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from "#ledger/remote/messages.js";
import { electionObject } from "#protocol/ballot.js";
import { decodeCbor, encodeCbor } from "#protocol/encoding/cbor.js";
import { decode, encode, type Shape } from "#protocol/encoding/shape.js";
import { genesisShape } from "#protocol/genesis.js";
import { ballotProofShape, chainProofShape, electionProofShape, positionProofShape } from "#protocol/proof.js";
import { frameBytes, RecordReader } from "#protocol/record.js";
import { ballotFromText, ballotToText } from "#protocol/suite/belenios-v1/ballot.js";
import { partialDecryptionFromText, partialDecryptionToText } from "#protocol/suite/belenios-v1/decryption.js";
import { electionFromText, electionToText } from "#protocol/suite/belenios-v1/election.js";
import { signedMessageFromText, signedMessageToText } from "#protocol/suite/belenios-v1/pki.js";
import { resultFromText, resultToText } from "#protocol/suite/belenios-v1/result.js";
import { encryptedTallyFromText, encryptedTallyToText } from "#protocol/suite/belenios-v1/tally.js";
import { trusteesFromText, trusteesToText } from "#protocol/suite/belenios-v1/trustees.js";
import { decodeWire, encodeWire } from "#protocol/suite/belenios-v1/wire.js";
import { decodeTransaction, encodeTransaction } from "#protocol/transaction.js";
import { readCsv } from "#registration/csv.js";
import { type Corpus, corpus } from "./corpus.js";

export interface Target {
  readonly name: string;
  /** Inputs that are accepted, to be damaged. */
  readonly seeds: (corpus: Corpus) => readonly Uint8Array[];
  /** The accepted input as its canonical bytes; `undefined` when it is refused. */
  read(bytes: Uint8Array): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** What is accepted has one form only. False where a format allows several (stated by each such target). */
  readonly exact: boolean;
}

/** Text targets take UTF-8; other bytes are refused before. */
function text(
  name: string,
  seeds: (corpus: Corpus) => readonly string[],
  read: (text: string) => string | undefined,
  exact = true,
): Target {
  return {
    name,
    exact,
    seeds: (all) => seeds(all).map(utf8),
    read: (bytes) => {
      const decoded = fromUtf8(bytes);
      if (!decoded.ok) return undefined;
      const canonical = read(decoded.value);
      return canonical === undefined ? undefined : utf8(canonical);
    },
  };
}

function given<T>(result: Result<T, unknown>, write: (value: T) => string): string | undefined {
  return result.ok ? write(result.value) : undefined;
}

function shaped<T>(name: string, shape: Shape<T>, seeds: Target["seeds"]): Target {
  return {
    name,
    exact: true,
    seeds,
    read: (bytes) => {
      const value = decode(shape, bytes);
      return value.ok ? encode(shape, value.value) : undefined;
    },
  };
}

function binary<T>(
  name: string,
  seeds: Target["seeds"],
  read: (bytes: Uint8Array) => Result<T, unknown>,
  write: (value: T) => Uint8Array,
): Target {
  return {
    name,
    exact: true,
    seeds,
    read: (bytes) => {
      const value = read(bytes);
      return value.ok ? write(value.value) : undefined;
    },
  };
}

const belenios: readonly Target[] = [
  // The election object may carry fields that this program does not know; its hash is of the text as it stands.
  text(
    "belenios election",
    (all) => all.elections,
    (each) => given(electionFromText(each), electionToText),
    false,
  ),
  text(
    "belenios ballot",
    (all) => all.ballots,
    (each) => given(ballotFromText(each), ballotToText),
  ),
  text(
    "belenios trustees",
    (all) => all.trustees,
    (each) => given(trusteesFromText(each), trusteesToText),
  ),
  text(
    "belenios tally",
    (all) => all.tallies,
    (each) => given(encryptedTallyFromText(each), encryptedTallyToText),
  ),
  text(
    "belenios share",
    (all) => all.shares,
    (each) => given(partialDecryptionFromText(each), partialDecryptionToText),
  ),
  text(
    "belenios result",
    (all) => all.results,
    (each) => given(resultFromText(each), resultToText),
  ),
  text(
    "belenios signed message",
    (all) => all.messages,
    (each) => given(signedMessageFromText(each), signedMessageToText),
  ),
  {
    name: "belenios archive",
    exact: true,
    seeds: (all) => all.archives,
    read: (bytes) => {
      const parts: Uint8Array[] = [];
      for (const record of readRecords([bytes])) {
        if (!record.ok) return undefined;
        parts.push(encodeRecord(record.value.name, record.value.body, all().archiveTime));
      }
      // The end of the file is padding whose length the format leaves open.
      return concat(...parts, bytes.subarray(parts.reduce((sum, part) => sum + part.length, 0)));
    },
  },
];

const protocol: readonly Target[] = [
  binary("cbor", (all) => all.transactions, decodeCbor, encodeCbor),
  {
    name: "transaction",
    exact: true,
    seeds: (all) => all.transactions,
    read: (bytes) => {
      const decoded = decodeTransaction(all().kinds, bytes);
      if (!decoded.ok) return undefined;
      const { kind, tx } = decoded.value;
      return encodeTransaction(kind, tx.chainId, tx.body, tx.signatures);
    },
  },
  {
    name: "wire ballot",
    exact: true,
    seeds: (all) => all.wires,
    read: (bytes) => {
      const ballot = decodeWire(bytes, electionObject(all().electionText), all().credential);
      return ballot.ok ? encodeWire(ballot.value) : undefined;
    },
  },
  shaped("genesis", genesisShape, (all) => [all.genesis]),
  shaped("ballot proof", ballotProofShape, (all) => all.ballotProofs),
  shaped("position proof", positionProofShape, (all) => all.positionProofs),
  shaped("election proof", electionProofShape, (all) => all.electionProofs),
  shaped("chain proof", chainProofShape, (all) => all.chainProofs),
  {
    name: "record",
    exact: true,
    seeds: (all) => [all.record],
    read: (bytes) => {
      const reader = new RecordReader();
      const cut = bytes.length >> 1;
      const parts: Uint8Array[] = [all().record.subarray(0, all().record.indexOf(0x0a) + 1)];
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        const frames = reader.push(piece);
        if (!frames.ok) return undefined;
        parts.push(...frames.value.map(frameBytes));
      }
      return reader.finish().ok ? concat(...parts) : undefined;
    },
  },
  {
    name: "point",
    exact: true,
    seeds: () => [pointToBytes(IDENTITY), all().credentialBytes],
    read: (bytes) => {
      const point = bytes.length === 32 ? pointFromBytes(bytes) : undefined;
      return point === undefined ? undefined : pointToBytes(point);
    },
  },
  {
    name: "scalar",
    exact: true,
    seeds: () => [scalarToBytes(7n)],
    read: (bytes) => {
      const scalar = bytes.length === 32 ? scalarFromBytes(bytes) : undefined;
      return scalar === undefined ? undefined : scalarToBytes(scalar);
    },
  },
];

const engines: readonly Target[] = [
  binary("embedded header", (all) => all.headers, decodeHeader, encodeHeader),
  binary("cometbft header", (all) => all.cometHeaders, decodeCometHeader, encodeCometHeader),
  binary("cometbft commit", (all) => all.commits, decodeCommit, encodeCommit),
  binary("cometbft validators", (all) => all.validators, decodeValidators, encodeValidators),
  binary("cometbft finality", (all) => all.finalities, decodeFinality, encodeFinality),
  {
    // Protobuf has many forms of one message, and CometBFT on this machine is the only one that writes here.
    name: "abci request",
    exact: false,
    seeds: (all) => all.abci,
    read: (bytes) => (decodeAbci(bytes).ok ? bytes : undefined),
  },
  text(
    "cometbft genesis file",
    (all) => all.genesisFiles,
    (each) => (genesisFromFile(each).ok ? each : undefined),
    false,
  ),
  {
    name: "node request",
    exact: true,
    seeds: () => [encodeRequest({ id: 7, kind: "block", parts: [3] })],
    read: (bytes) => {
      const request = decodeRequest(bytes);
      return request === undefined ? undefined : encodeRequest(request);
    },
  },
  {
    name: "node answer",
    exact: true,
    seeds: () => [encodeAnswer({ id: 7, outcome: "answer", value: [1, Uint8Array.of(2)] })],
    read: (bytes) => {
      const answer = decodeAnswer(bytes);
      return answer === undefined ? undefined : encodeAnswer(answer);
    },
  },
  {
    name: "node frames",
    exact: true,
    seeds: () => [concat(framed(Uint8Array.of(1, 2, 3)), framed(new Uint8Array(0)))],
    read: (bytes) => {
      const read = frameReader(1000);
      const payloads: Uint8Array[] = [];
      for (const piece of [bytes.subarray(0, 3), bytes.subarray(3)]) {
        const more = read(piece);
        if (more === undefined) return undefined;
        payloads.push(...more);
      }
      const whole = concat(...payloads.map(framed));
      return concat(whole, bytes.subarray(whole.length));
    },
  },
];

const people: readonly Target[] = [
  {
    // JSON has many forms of one value; what is strict is which values there are.
    name: "json body",
    exact: false,
    seeds: (all) => all.bodies.map(utf8),
    read: (bytes) => (parseStrictJson(bytes).ok ? bytes : undefined),
  },
  {
    name: "receipt file",
    exact: false,
    seeds: (all) => [utf8(all.receiptFile)],
    read: (bytes) => {
      const file = parseReceiptFile(new TextDecoder().decode(bytes));
      if (file === undefined) return undefined;
      judgeReceiptFile(file);
      return bytes;
    },
  },
  text(
    "announcement",
    () => [all().announcement],
    (each) => {
      const announced = announcedFromText(each);
      return announced === undefined ? undefined : announcedText(announced);
    },
    false,
  ),
  text(
    "opening",
    () => [all().opening],
    (each) => {
      const opening = openingFromText(each);
      return opening === undefined ? undefined : openingText(opening);
    },
    false,
  ),
  text(
    "instant",
    () => ["2026-11-24T10:00:00Z", "2026-11-24T10:00:00.123456789Z"],
    (each) => (parseInstant(each).ok ? each : undefined),
    false,
  ),
  {
    name: "voters' list",
    exact: false,
    seeds: () => [utf8('name,email,group\r\n"Ann ""A""",ann@example.org,"a;b"\r\nBob,bob@example.org,\r\n')],
    read: async (bytes) => {
      async function* pieces(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
      }
      for await (const record of readCsv(pieces())) if ("fault" in record) return undefined;
      return bytes;
    },
  },
];

export const TARGETS: readonly Target[] = [...belenios, ...protocol, ...engines, ...people];

function all(): Corpus {
  return corpus();
}

/** Inputs that earlier runs kept because they reached code that no other one did. */
export function keptInputs(name: string): readonly Uint8Array[] {
  const file = new URL("../../vectors/fuzz/corpus.json", import.meta.url);
  const kept = JSON.parse(readFileSync(file, "utf8")) as Record<string, readonly string[]>;
  return (kept[name] ?? []).map((hex) => fromHex(hex) as Uint8Array);
}
