/** The socket: frames, strict order, limits, and the grammar of calls, with this test in CometBFT's place. */
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { concat, toHex, utf8 } from "#base/bytes.js";
import { always, blob, Fields, integer, readVarint, string, timestamp, varint } from "#evidence/cometbft/protobuf.js";
import { removeDirectory, temporaryDirectory } from "../../../test/ledger-kit.js";
import { silentLog } from "../ledger.js";
import { type AbciHandlers, decodeRequest, encodeResponse, framedSize } from "./abci-messages.js";
import { type AbciServer, serveAbci } from "./abci-server.js";

let directory: string;
let server: AbciServer;
let asked: string[];
let release: () => void;
let failing: boolean;

const handlers: AbciHandlers = {
  echo: ({ message }) => ({ message }),
  flush: () => null,
  info: () => ({ height: 7, appHash: Uint8Array.of(1, 2), appVersion: 1 }),
  "init-chain": () => ({ appHash: Uint8Array.of(3) }),
  query: () => ({ code: 1, log: "no" }),
  "check-tx": async ({ transaction }) => {
    asked.push(`check ${transaction[0]}`);
    if (transaction[0] === 1) await new Promise<void>((resolve) => (release = resolve));
    if (failing) throw new Error("out of order");
    return { code: transaction[0] as number, log: "" };
  },
  commit: () => {
    asked.push("commit");
    return { retainHeight: 0 };
  },
  "list-snapshots": () => null,
  "offer-snapshot": () => ({ accept: false }),
  "load-snapshot-chunk": () => null,
  "apply-snapshot-chunk": () => ({ accept: false }),
  "prepare-proposal": ({ transactions }) => ({ transactions }),
  "process-proposal": ({ block }) => ({ accept: block.height === 5 }),
  "extend-vote": () => null,
  "verify-vote-extension": ({ extension }) => ({ accept: extension.length === 0 }),
  "finalize-block": ({ block }) => ({
    codes: block.transactions.map((_, i) => i),
    appHash: Uint8Array.of(9),
    validatorUpdates: [],
    appVersion: null,
  }),
};

beforeEach(async () => {
  directory = await temporaryDirectory();
  asked = [];
  failing = false;
  server = await serveAbci(handlers, { path: join(directory, "s.sock") }, silentLog);
});
afterEach(async () => {
  await server.close();
  await removeDirectory(directory);
});

const NUMBERS = { echo: 1, flush: 2, info: 3, check: 8, commit: 11, offer: 13, prepare: 16, process: 17, finalize: 20 };
const frame = (number: number, body: Uint8Array = new Uint8Array(0)): Uint8Array => {
  const message = always(number, body);
  return concat(varint(message.length), message);
};
const checkOf = (byte: number) => frame(NUMBERS.check, blob(1, Uint8Array.of(byte)));

class Client {
  readonly socket: Socket;
  #bytes: Uint8Array = new Uint8Array(0);
  readonly ended: Promise<void>;

  constructor() {
    this.socket = connect(server.address.replace("unix://", ""));
    this.socket.on("data", (chunk) => {
      this.#bytes = concat(this.#bytes, new Uint8Array(chunk));
    });
    this.ended = new Promise((resolve) => this.socket.once("close", () => resolve()));
    this.socket.on("error", () => {});
  }

  /** Field numbers and bodies of the responses so far. */
  get responses(): [number, Uint8Array][] {
    const out: [number, Uint8Array][] = [];
    let at = 0;
    for (;;) {
      const length = readVarint(this.#bytes, at);
      if (length === undefined || length.next + Number(length.value) > this.#bytes.length) return out;
      const end = length.next + Number(length.value);
      const fields = Fields.of(this.#bytes.slice(length.next, end));
      if (!fields.ok) throw new Error(fields.error);
      const number = [...Array(30).keys()].find((n) => fields.value.has(n)) as number;
      out.push([number, fields.value.blob(number)]);
      at = end;
    }
  }

  async have(count: number): Promise<[number, Uint8Array][]> {
    for (let i = 0; i < 200 && this.responses.length < count; i++) await new Promise((go) => setTimeout(go, 10));
    return this.responses;
  }
}

test("answers come in the order of the requests, however long one takes; checks overlap, nothing else does", async () => {
  const client = new Client();
  client.socket.write(concat(checkOf(1), checkOf(2), frame(NUMBERS.flush), frame(NUMBERS.commit), checkOf(3)));
  await new Promise((go) => setTimeout(go, 50));
  expect(asked).toEqual(["check 1", "check 2", "check 3"]);
  expect(client.responses).toEqual([]);
  release();
  const responses = await client.have(5);
  expect(responses.map(([number]) => number)).toEqual([9, 9, 3, 12, 9]);
  expect(asked.at(-1)).toBe("commit");
  expect(toHex(responses[1]?.[1] as Uint8Array)).toContain(toHex(integer(1, 2)));
});

test("frames may arrive byte by byte, or many at once", async () => {
  const client = new Client();
  for (const byte of concat(frame(NUMBERS.echo, string(1, "ψ")), frame(NUMBERS.info))) {
    client.socket.write(Uint8Array.of(byte));
    if (byte % 7 === 0) await new Promise((go) => setImmediate(go));
  }
  const [echo, info] = await client.have(2);
  expect(echo).toEqual([2, string(1, "ψ")]);
  const fields = Fields.of(info?.[1] as Uint8Array);
  expect(fields.ok && fields.value.int(4)).toBe(7n);
});

test("what is no request, or too long, gets an exception and ends the connection; others live on", async () => {
  for (const bad of [
    frame(21),
    concat(varint(3), Uint8Array.of(0xff, 0xff, 0xff)),
    varint(40_000_000),
    new Uint8Array(11).fill(0xff),
    frame(NUMBERS.process, integer(5, 1).slice(0, 1)),
  ]) {
    const client = new Client();
    client.socket.write(bad);
    await client.ended;
    expect(client.responses[0]?.[0]).toBe(1);
  }
  const alive = new Client();
  alive.socket.write(frame(NUMBERS.flush));
  expect((await alive.have(1))[0]?.[0]).toBe(3);
});

test("an application that fails says so at its turn, and nothing after it is answered", async () => {
  const client = new Client();
  failing = true;
  client.socket.write(concat(frame(NUMBERS.flush), checkOf(5), frame(NUMBERS.flush)));
  await client.ended;
  expect(client.responses.map(([number]) => number)).toEqual([3, 1]);
});

test("L-14: a connection that sends without end is not read without end", async () => {
  const client = new Client();
  client.socket.write(concat(...Array.from({ length: 500 }, () => checkOf(1))));
  await new Promise((go) => setTimeout(go, 50));
  for (let i = 0; i < 200; i++) client.socket.write(concat(...Array.from({ length: 500 }, () => checkOf(1))));
  await new Promise((go) => setTimeout(go, 200));
  // One read beyond the limit at most; the other 100,000 wait in the socket.
  expect(asked.length).toBeLessThan(20_000);
  client.socket.destroy();
});

test("requests and responses have CometBFT's numbers and forms", () => {
  const block = concat(
    always(1, utf8("a")),
    always(1, new Uint8Array(0)),
    always(3, concat(integer(1, 1), always(2, blob(1, utf8("a validator"))), integer(3, 4))),
    blob(4, utf8("hash")),
    integer(5, 5),
    always(6, timestamp(1_000_000_007n)),
    blob(8, utf8("unknown fields are skipped")),
  );
  for (const [number, kind] of [
    [NUMBERS.process, "process-proposal"],
    [NUMBERS.finalize, "finalize-block"],
  ] as const)
    expect(decodeRequest(always(number, block))).toEqual({
      ok: true,
      value: {
        kind,
        block: {
          transactions: [utf8("a"), new Uint8Array(0)],
          hash: utf8("hash"),
          height: 5,
          time: 1_000_000_007n,
          misconduct: [{ kind: "two-votes", address: utf8("a validator"), height: 4 }],
        },
      },
    });
  expect(toHex(encodeResponse("process-proposal", { accept: true }))).toBe("9201020801");
  expect(toHex(encodeResponse("process-proposal", { accept: false }))).toBe("9201020802");
  // One result for each transaction, also for those with code 0, whose message is empty.
  expect(
    toHex(
      encodeResponse("finalize-block", {
        codes: [0, 7],
        appHash: Uint8Array.of(9),
        validatorUpdates: [],
        appVersion: null,
      }),
    ),
  ).toBe("aa010912001202080 72a0109".replace(" ", ""));
  for (const length of [0, 1, 127, 128, 16_384])
    expect(framedSize(new Uint8Array(length))).toBe(always(1, new Uint8Array(length)).length);
});
