/**
 * A validator's key in hands of its own: CometBFT asks for each vote over a socket file (`priv_validator_laddr`), and gets it
 * with another time than it said. Such a validator is otherwise like every other.
 */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { concat } from "#base/bytes.js";
import { ed25519Key, ed25519Sign } from "#crypto/ed25519.js";
import { voteSignBytes } from "#evidence/cometbft/commit.js";
import { decodeBlockId, encodeBlockId } from "#evidence/cometbft/header.js";
import {
  always,
  blob,
  Fields,
  fixed64,
  integer,
  readSmall,
  string,
  timeOf,
  timestamp,
  varint,
} from "#evidence/cometbft/protobuf.js";
import { cometHome } from "#ledger/cometbft/home.js";

/** Fields of `tendermint.privval.Message`; an answer stands one above its question. */
const PUBLIC_KEY = 1;
const SIGN_VOTE = 3;
const SIGN_PROPOSAL = 5;
const PING = 7;

export interface Signer {
  /** Votes signed so far. */
  votes(): number;
  close(): void;
}

/** Signs for the node of a directory at its socket, from when it listens on; `bend` gives a vote's time from the right one. */
export function bendingSigner(directory: string, path: string, bend: (time: bigint) => bigint): Signer {
  const file = join(cometHome(directory), "config", "priv_validator_key.json");
  const { priv_key: secret } = JSON.parse(readFileSync(file, "utf8")) as { priv_key: { value: string } };
  const seed = new Uint8Array(Buffer.from(secret.value, "base64").subarray(0, 32));
  let votes = 0;
  let socket: Socket | undefined;
  let closed = false;

  const answer = (message: Uint8Array): Uint8Array => {
    const asked = fieldsOf(message);
    if (asked.has(PUBLIC_KEY)) return always(PUBLIC_KEY + 1, always(1, blob(1, ed25519Key(seed))));
    if (asked.has(PING)) return always(PING + 1, new Uint8Array(0));
    if (asked.has(SIGN_VOTE)) {
      votes++;
      return always(SIGN_VOTE + 1, always(1, signedVote(seed, fieldsOf(asked.blob(SIGN_VOTE)), bend)));
    }
    return always(SIGN_PROPOSAL + 1, always(1, signedProposal(seed, fieldsOf(asked.blob(SIGN_PROPOSAL)))));
  };
  const dial = (): void => {
    if (closed) return;
    let unread: Uint8Array = new Uint8Array(0);
    const dialled = connect(path);
    socket = dialled;
    dialled.on("error", () => {});
    dialled.on("close", () => setTimeout(dial, 50));
    dialled.on("data", (chunk: Uint8Array) => {
      unread = concat(unread, new Uint8Array(chunk));
      for (let length = readSmall(unread, 0); length !== undefined; length = readSmall(unread, 0)) {
        const end = length.next + length.value;
        if (unread.length < end) return;
        const said = answer(unread.slice(length.next, end));
        dialled.write(concat(varint(said.length), said));
        unread = unread.slice(end);
      }
    });
  };
  dial();
  return {
    votes: () => votes,
    close: () => {
      closed = true;
      socket?.destroy();
    },
  };
}

function fieldsOf(bytes: Uint8Array): Fields {
  const fields = Fields.of(bytes);
  if (!fields.ok) throw new Error(fields.error);
  return fields.value;
}

/** The vote of a request with its time bent, signed. */
function signedVote(seed: Uint8Array, request: Fields, bend: (time: bigint) => bigint): Uint8Array {
  const vote = fieldsOf(request.blob(1));
  const [type, height, round] = [1, 2, 3].map((field) => Number(vote.int(field))) as [number, number, number];
  const blockId = decodeBlockId(vote.blob(4));
  if (blockId === undefined) throw new Error("a vote without a block id");
  const time = bend(timeOf(vote.blob(5)) as bigint);
  const target = blockId.hash.length === 0 ? null : blockId;
  const message = voteSignBytes(chainIdOf(request), { type, height, round, blockId: target, time });
  return concat(
    integer(1, type),
    integer(2, height),
    integer(3, round),
    always(4, encodeBlockId(blockId)),
    always(5, timestamp(time)),
    blob(6, vote.blob(6)),
    integer(7, vote.int(7)),
    blob(8, ed25519Sign(seed, message)),
  );
}

/** The proposal of a request as it is, signed (`CanonicalProposal`). */
function signedProposal(seed: Uint8Array, request: Fields): Uint8Array {
  const proposal = fieldsOf(request.blob(1));
  const canonical = concat(
    integer(1, proposal.int(1)),
    fixed64(2, proposal.int(2)),
    fixed64(3, proposal.int(3)),
    integer(4, proposal.int(4)),
    always(5, proposal.blob(5)),
    always(6, proposal.blob(6)),
    string(7, chainIdOf(request)),
  );
  const signature = ed25519Sign(seed, concat(varint(canonical.length), canonical));
  return concat(request.blob(1), blob(7, signature));
}

function chainIdOf(request: Fields): string {
  return Buffer.from(request.blob(2)).toString("utf8");
}
