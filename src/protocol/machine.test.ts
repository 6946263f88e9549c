/** The machine is total and deterministic: any bytes get an answer, nothing malformed takes effect, order inside a block counts. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "#base/bytes.js";
import {
  approved,
  base58,
  FOUNDER,
  OFFICERS,
  planOf,
  REGISTRAR,
  signed,
  TestLedger,
  trustees,
} from "../../test/protocol-kit.js";
import { plainVerdicts } from "./ballot.js";
import { stateRoot } from "./directory.js";
import { type Cbor, decodeCbor, encodeCbor } from "./encoding/cbor.js";
import { decode } from "./encoding/shape.js";
import { applyGenesis, genesisShape } from "./genesis.js";
import { apply, check, describe } from "./machine.js";
import { MemoryState } from "./state.js";
import { anchorLog } from "./transactions/anchor-log.js";
import { createElection } from "./transactions/create-election.js";

interface Known {
  readonly genesis: string;
  readonly blocks: readonly { time: string; transactions: readonly string[]; codes: readonly string[] }[];
}

const known = JSON.parse(
  readFileSync(new URL("../../vectors/protocol/known-ledger-1.json", import.meta.url), "utf8"),
) as Known;
const hex = (text: string): Uint8Array => fromHex(text) as Uint8Array;

/** Visits every accepted transaction of the frozen ledger with the state and time in which it was accepted. */
function everyAccepted(visit: (state: MemoryState, time: bigint, wire: Uint8Array) => void): void {
  const genesis = decode(genesisShape, hex(known.genesis));
  if (!genesis.ok) throw new Error(genesis.error);
  const state = new MemoryState();
  state.commit(applyGenesis(genesis.value).changes());
  for (const { time, transactions, codes } of known.blocks) {
    const first = transactions[codes.indexOf("ok")];
    if (first !== undefined && codes.indexOf("ok") === 0) visit(state, BigInt(time), hex(first));
    state.commit(apply(state, { time: BigInt(time), transactions: transactions.map(hex) }, plainVerdicts).changes);
  }
}

test("L-13: no accepted transaction stays acceptable with a byte changed, dropped or added", () => {
  let seed = 1;
  const next = (n: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % n;
  };
  everyAccepted((state, time, wire) => {
    const codeOf = (bytes: Uint8Array): string => check(state, time, bytes, plainVerdicts)?.code ?? "ok";
    expect(codeOf(wire)).toBe("ok");
    for (let i = 0; i < 12; i++) {
      const changed = wire.slice();
      const at = next(wire.length);
      changed[at] = (changed[at] as number) ^ (1 + next(255));
      expect(codeOf(changed), `${describe(wire)?.type} with byte ${at} changed`).not.toBe("ok");
    }
    expect(codeOf(wire.slice(0, next(wire.length)))).toBe("malformed");
    expect(codeOf(Uint8Array.from([...wire, 0]))).toBe("malformed");
  });
});

test("L-13, L-12: fields dropped, added, exchanged or of another type are malformed, whatever the type", () => {
  everyAccepted((state, time, wire) => {
    const value = decodeCbor(wire);
    if (!value.ok) throw new Error(value.error);
    const parts = value.value as readonly Cbor[];
    const body = parts[3] as readonly Cbor[];
    const bodies: Cbor[] = [
      body.slice(1),
      [...body, null],
      [...body].reverse(),
      ...body.map((_, i) => replaced(body, i, -1)),
    ];
    for (const changed of bodies) {
      if (toHex(encodeCbor(changed)) === toHex(encodeCbor(body))) continue;
      const code = check(state, time, encodeCbor(replaced(parts, 3, changed)), plainVerdicts)?.code;
      expect(["malformed"], `${parts[2]}`).toContain(code);
    }
  });
});

/** −1 stands for a value of a type that no field has in its place. */
function replaced(list: readonly Cbor[], at: number, value: Cbor | -1): Cbor[] {
  const old = list[at] as Cbor;
  const other: Cbor =
    typeof old === "string" ? 7 : typeof old === "boolean" ? null : Array.isArray(old) ? "list" : [[[]]];
  return list.map((each, i) => (i === at ? (value === -1 ? other : value) : each));
}

test("law: any bytes get an answer, the same from check and apply, and change nothing", () => {
  const ledger = new TestLedger();
  const root = toHex(stateRoot(ledger.state));
  const types = ["cast-ballot", "create-election", "enter-roll", "appoint-officer", "share-decryption", "complain"];
  const leaf: fc.Arbitrary<Cbor> = fc.oneof(
    fc.nat(),
    fc.uint8Array({ maxLength: 70 }),
    fc.string({ maxLength: 25 }),
    fc.constant(null),
    fc.boolean(),
  );
  const body = fc.array(fc.oneof(leaf, fc.array(leaf, { maxLength: 4 })), { maxLength: 6 });
  const shaped = fc
    .tuple(fc.constantFrom(...types), body, body)
    .map(([type, a, b]) => encodeCbor([1, "test-chain", type, a, b]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), shaped), (wire) => {
      const before = check(ledger.state, ledger.time, wire, plainVerdicts)?.code;
      const applied = apply(ledger.state, { time: ledger.time, transactions: [wire] }, plainVerdicts);
      expect(before).toBeDefined();
      expect(applied.rejections[0]?.code).toBe(before);
      expect(toHex(applied.root)).toBe(root);
      expect(applied.changes.size).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test("L-11, L-12: inside a block each transaction sees what the ones before it did; a refused one leaves no trace", () => {
  const anchor = (entries: number): Uint8Array =>
    signed(
      anchorLog,
      { organisation: FOUNDER, entries, head: new Uint8Array(32).fill(entries) },
      "log",
      REGISTRAR.secret,
    );
  const plan = planOf(trustees(1, 0), 0, { uuid: base58("blocks", 14) });
  const create = approved(createElection, plan);
  const few = approved(createElection, plan, OFFICERS.slice(0, 1));
  const codes = (ledger: TestLedger, ...wires: Uint8Array[]): string[] =>
    ledger.block(...wires).rejections.map((each) => each?.code ?? "ok");
  const one = new TestLedger();
  expect(codes(one, anchor(2), anchor(1), few, create, create, anchor(3))).toEqual([
    "ok",
    "already-done",
    "too-few-approvals",
    "ok",
    "election-exists",
    "ok",
  ]);
  const two = new TestLedger();
  // The same effects in the same order, in several blocks and without the refused ones: the same root.
  expect(codes(two, anchor(2))).toEqual(["ok"]);
  two.time = one.time - 1_000_000_000n;
  expect(codes(two, create)).toEqual(["ok"]);
  expect(codes(two, anchor(3))).toEqual(["ok"]);
  expect(toHex(stateRoot(two.state))).toBe(toHex(stateRoot(one.state)));
});
