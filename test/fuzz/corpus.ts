/** What the targets accept: pieces of whole elections, of the archives in vectors/, and of a test network's blocks. */
import { readdirSync, readFileSync } from "node:fs";
import { type ArchiveRecord, readRecords } from "#archive/container.js";
import { concat, fromHex, fromUtf8, toBase64Url } from "#base/bytes.js";
import { announcedText, openingText } from "#client/opening.js";
import { receiptFileText } from "#client/receipt-file.js";
import type { Point } from "#crypto/group.js";
import { encodeCommit } from "#evidence/cometbft/commit.js";
import { encodeCometHeader } from "#evidence/cometbft/header.js";
import { encodeFinality } from "#evidence/cometbft/judge.js";
import { encodeValidators } from "#evidence/cometbft/validators.js";
import { cometGenesis, engineKeyOf } from "#ledger/cometbft/genesis-file.js";
import { sealeds } from "#protocol/election.js";
import { encode } from "#protocol/encoding/shape.js";
import { genesisShape } from "#protocol/genesis.js";
import { describe, RULEBOOK } from "#protocol/machine.js";
import {
  ballotProofShape,
  chainProofShape,
  electionProofShape,
  encodeProof,
  positionProofShape,
  proveBallot,
  proveChain,
  proveElection,
  provePosition,
} from "#protocol/proof.js";
import { decodeTransaction, type Kind } from "#protocol/transaction.js";
import { testCommit, testHeader, testValidators } from "../comet-kit.js";
import { genesisOf, trustees, UUID } from "../protocol-kit.js";
import { RecordedLedger, recordOf, resigned, wholeLife } from "../record-kit.js";

export interface Corpus {
  readonly elections: readonly string[];
  readonly ballots: readonly string[];
  readonly trustees: readonly string[];
  readonly tallies: readonly string[];
  readonly shares: readonly string[];
  readonly results: readonly string[];
  readonly messages: readonly string[];
  readonly archives: readonly Uint8Array[];
  readonly archiveTime: number;
  readonly kinds: ReadonlyMap<string, Kind<unknown, unknown>>;
  readonly transactions: readonly Uint8Array[];
  readonly wires: readonly Uint8Array[];
  readonly electionText: string;
  readonly credential: Point;
  readonly credentialBytes: Uint8Array;
  readonly genesis: Uint8Array;
  readonly ballotProofs: readonly Uint8Array[];
  readonly positionProofs: readonly Uint8Array[];
  readonly electionProofs: readonly Uint8Array[];
  readonly chainProofs: readonly Uint8Array[];
  readonly record: Uint8Array;
  readonly headers: readonly Uint8Array[];
  readonly cometHeaders: readonly Uint8Array[];
  readonly commits: readonly Uint8Array[];
  readonly validators: readonly Uint8Array[];
  readonly finalities: readonly Uint8Array[];
  readonly abci: readonly Uint8Array[];
  readonly genesisFiles: readonly string[];
  readonly bodies: readonly string[];
  readonly receiptFile: string;
  readonly announcement: string;
  readonly opening: string;
}

let made: Corpus | undefined;

export function corpus(): Corpus {
  made ??= { ...fromArchives(), ...fromLedger(), ...fromNetwork() };
  return made;
}

function fromArchives() {
  const directory = new URL("../../vectors/belenios/", import.meta.url);
  const names = readdirSync(directory).filter((name) => /^(minimal|three|tiny|blank).*\.bel$/.test(name));
  const archives = names.map((name) => new Uint8Array(readFileSync(new URL(name, directory))));
  const texts = archives.flatMap((archive) => [...readRecords([archive])].map((each) => textOf(each)));
  const having = (...words: readonly string[]): string[] =>
    texts.filter((each) => words.every((word) => each.includes(`"${word}"`))).slice(0, 12);
  const smallest = archives.reduce((least, each) => (each.length < least.length ? each : least));
  const first = [...readRecords([smallest])][0];
  if (first?.ok !== true) throw new Error("the smallest archive has records");
  const shares = having("decryption_factors", "decryption_proofs");
  return {
    elections: having("questions", "group"),
    ballots: having("election_uuid", "answers", "signature"),
    trustees: texts.filter((each) => /^\[\["(Single|Pedersen)"/.test(each)).slice(0, 6),
    tallies: having("alpha", "beta").filter((each) => each.startsWith("[[")),
    shares,
    results: having("result"),
    messages: texts.filter((each) => each.includes('"Pedersen"')).flatMap(signedMessagesIn),
    archives: [smallest],
    archiveTime: timeOf(smallest),
  };
}

function textOf(record: ReturnType<typeof readRecords> extends Iterable<infer R> ? R : never): string {
  if (!record.ok) return "";
  const text = fromUtf8((record.value as ArchiveRecord).body);
  return text.ok ? text.value : "";
}

/** Seconds since 1970 in the headers: octal digits at a fixed place of the format. */
function timeOf(archive: Uint8Array): number {
  return Number.parseInt(Buffer.from(archive.subarray(136, 147)).toString("latin1"), 8);
}

function signedMessagesIn(trusteesText: string): string[] {
  const found: string[] = [];
  JSON.parse(trusteesText, (_, value) => {
    if (typeof value === "object" && value !== null && "message" in value && "signature" in value)
      found.push(JSON.stringify(value));
    return value;
  });
  return found.slice(0, 4);
}

function fromLedger() {
  const specs = trustees(1, 2);
  const life = new RecordedLedger("fuzz");
  const people = wholeLife(life, specs, 1, [0, 1]);
  const kinds = RULEBOOK.get(1) as ReadonlyMap<string, Kind<unknown, unknown>>;
  const genesis = genesisOf();
  const blocks = resigned(genesis, life.blocks);
  const transactions = blocks.flatMap((block) => block.transactions);
  const [voter] = people.voters as [(typeof people.voters)[number]];
  const bodies = transactions.map((wire) => {
    const decoded = decodeTransaction(kinds, wire);
    return decoded.ok ? (decoded.value.tx.body as { ballot?: Uint8Array; credential?: Uint8Array }) : {};
  });
  const electionText = sealeds.get(life.state, UUID)?.electionText as string;
  const trackers = [...life.state.entries.keys()]
    .filter((key) => key.startsWith(`ballot/${UUID}/`))
    .map((key) => fromHex(key.split("/")[2] as string) as Uint8Array);
  const ballotProofs = trackers
    .map((tracker) => proveBallot(life.state, UUID, tracker))
    .flatMap((proof) => (proof === undefined ? [] : [encodeProof(ballotProofShape, proof)]));
  const position = provePosition(life.state, UUID, voter.bytes);
  const election = proveElection(life.state, UUID);
  if (position === undefined || election === undefined) throw new Error("the election is on the ledger");
  const last = blocks.at(-1) as (typeof blocks)[number];
  const tracker = trackers[0] as Uint8Array;
  const trust = { chainId: genesis.chainId, engine: "embedded", engineKey: genesis.engineKey } as const;
  const hash = toBase64Url(new Uint8Array(32));
  return {
    kinds,
    transactions: smallestOfEachType(transactions),
    wires: bodies.flatMap(({ ballot }) => (ballot === undefined ? [] : [ballot])).slice(0, 4),
    electionText,
    credential: voter.credential.key,
    credentialBytes: voter.bytes,
    genesis: encode(genesisShape, genesis),
    ballotProofs: ballotProofs.slice(0, 4),
    positionProofs: [encodeProof(positionProofShape, position)],
    electionProofs: [encodeProof(electionProofShape, election)],
    chainProofs: [encodeProof(chainProofShape, proveChain(life.state))],
    record: recordOf(genesis, blocks.slice(0, 4)),
    headers: blocks.slice(-2).map((block) => block.header),
    bodies: transactions.slice(-6).map((wire) => JSON.stringify(describe(wire), plain)),
    receiptFile: receiptFileText(
      { uuid: UUID, fingerprint: hash, chainId: genesis.chainId, electionText, trust } as never,
      toBase64Url(tracker),
      {
        chain_id: genesis.chainId,
        height: last.height,
        time: "2026-11-24T10:00:00Z",
        proof: toBase64Url(ballotProofs[0] as Uint8Array),
        header: toBase64Url(last.header),
        evidence: toBase64Url(last.evidence),
      } as never,
    ),
    announcement: announcedText({ uuid: UUID, tracker: hash, fingerprint: hash }),
    opening: openingText({ uuid: UUID, tracker: hash, choices: [[1, 0]], randomness: [[5n, 7n]] }),
  };
}

function smallestOfEachType(transactions: readonly Uint8Array[]): Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  for (const wire of transactions) {
    const { type } = describe(wire) as { type: string };
    const known = found.get(type);
    if (known === undefined || wire.length < known.length) found.set(type, wire);
  }
  return [...found.values()];
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}`;
  return value instanceof Uint8Array ? toBase64Url(value) : value;
}

function fromNetwork() {
  const validators = testValidators(["a", "b", "c", "d"]);
  const header = testHeader(validators);
  const commit = testCommit(header, validators, ["block", "nil", "absent"]);
  const set = validators.map(({ key, power }) => ({ key, power }));
  const genesis = genesisOf({ engine: "cometbft", engineKey: engineKeyOf(validators) });
  const named = validators.map((validator, i) => ({ ...validator, name: `node ${i}` }));
  const bytes = (number: number, ...content: readonly Uint8Array[]): Uint8Array => {
    const all = concat(...content);
    return concat(Uint8Array.of(8 * number + 2, all.length), all);
  };
  const time = bytes(6, Uint8Array.of(8, 3, 16, 7));
  const block = concat(bytes(1, Uint8Array.of(1, 2)), bytes(4, Uint8Array.of(9)), Uint8Array.of(0x28, 5), time);
  return {
    cometHeaders: [encodeCometHeader(header)],
    commits: [encodeCommit(commit)],
    validators: [encodeValidators(set)],
    finalities: [encodeFinality({ commit, validators: set, changes: [] })],
    abci: [bytes(8, bytes(1, Uint8Array.of(1, 2, 3))), concat(Uint8Array.of(0x8a, 0x01, block.length), block)],
    genesisFiles: [cometGenesis(genesis, named)],
  };
}
