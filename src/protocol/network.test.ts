/** Validators and rules of a network as transactions: what is refused, in which order, and what takes effect. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex, utf8 } from "#base/bytes.js";
import { IDENTITY, pointToBytes } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { testValidators } from "../../test/comet-kit.js";
import { organisationWire } from "../../test/ledger-kit.js";
import {
  agreed,
  changeAt,
  networkGenesis,
  operator,
  SECOND_RULES,
  validatorOf,
  votes,
} from "../../test/network-kit.js";
import { CHAIN_ID, genesisOf, OFFICERS, SECOND, TestLedger } from "../../test/protocol-kit.js";
import { plainVerdicts } from "./ballot.js";
import { decode, encode } from "./encoding/shape.js";
import { faultOfGenesis, genesisShape } from "./genesis.js";
import { apply, check, describe as read, unknownRules } from "./machine.js";
import { type Network, type NetworkValidator, networkOf, networks, powerOf, tooStrong } from "./network.js";
import type { NetworkApprovals } from "./network-approvals.js";
import type { RejectionCode } from "./rejections.js";
import { Draft } from "./state.js";
import { encodeTransaction } from "./transaction.js";
import { type ChangeValidators, changeValidators } from "./transactions/change-validators.js";
import { type UpgradeRules, upgradeRules } from "./transactions/upgrade-rules.js";

const KEYS = testValidators(["a", "b", "c", "d", "e", "f"]).map(({ key }) => key);
const keyOf = (n: number): Uint8Array => KEYS[n] as Uint8Array;
const FOUR = [0, 1, 2, 3].map((n) => validatorOf(n, keyOf(n)));
const genesis = networkGenesis(FOUR);
const found = (validators = FOUR): TestLedger => new TestLedger("network", networkGenesis(validators));
const network = (ledger: TestLedger): Network => networkOf(ledger.state) as Network;
const fifth = validatorOf(4, keyOf(4));

const change = (body: Partial<ChangeValidators>, operators = [0, 1, 2], officers = OFFICERS.slice(0, 2)): Uint8Array =>
  agreed(changeValidators, { revision: 0, act: "change", remove: [], add: [], ...body }, operators, officers);
const upgrade = (body: Partial<UpgradeRules>, operators = [0, 1, 2], officers = OFFICERS.slice(0, 2)): Uint8Array =>
  agreed(upgradeRules, { revision: 0, version: 2, height: 20, ...body }, operators, officers);

describe("genesis", () => {
  test("an eighth field, or none; what does not fit is refused", () => {
    for (const each of [genesis, genesisOf()])
      expect(decode(genesisShape, encode(genesisShape, each))).toEqual({ ok: true, value: each });
    expect(faultOfGenesis(genesis)).toBeUndefined();
    expect(faultOfGenesis({ ...genesis, engine: "embedded" })).toContain("one node");
    expect(faultOfGenesis({ ...genesis, validators: [...(genesis.validators ?? [])].reverse() })).toContain(
      "ascending",
    );
    const [one, two] = genesis.validators as readonly NetworkValidator[];
    const shared = [one, { ...two, operator: one?.operator }] as NetworkValidator[];
    expect(faultOfGenesis({ ...genesis, validators: shared })).toContain("one operator");
  });
});

describe("refusals", () => {
  const bad = (n: number, power: number): NetworkValidator => validatorOf(n, keyOf(n), power);
  const rows: readonly (readonly [RejectionCode, Uint8Array, string])[] = [
    ["stale-revision", change({ revision: 1, add: [fifth] }), "an approval for another state of the set"],
    ["bad-validators", change({}), "nothing"],
    ["bad-validators", change({ remove: FOUR.map(({ key }) => key) }), "R: nobody is left"],
    ["bad-validators", change({ remove: [keyOf(5)] }), "a key that is no validator's"],
    ["bad-validators", change({ remove: [keyOf(0), keyOf(0)], add: [fifth] }), "one key twice"],
    ["bad-validators", change({ add: [validatorOf(4, keyOf(0))] }), "a key that votes already"],
    ["bad-validators", change({ add: [validatorOf(0, keyOf(4))] }), "an operator with two nodes"],
    ["bad-validators", change({ add: [bad(4, 20)] }), "exactly a third of the power"],
    ["bad-validators", change({ remove: [keyOf(0)] }), "three of equal power hold a third each"],
    ["bad-validators", change({ act: "replace", remove: [keyOf(0)], add: [fifth] }), "another name and operator"],
    ["bad-validators", change({ act: "replace", add: [fifth] }), "a replacement of nobody"],
    ["bad-validators", change({ act: "replace", remove: [keyOf(0)], add: [validatorOf(0, keyOf(4), 11)] }), "power"],
    ["too-little-power", change({ add: [fifth] }, [0, 1]), "half the power"],
    ["too-little-power", change({ add: [fifth] }, [0, 1, 4, 5]), "strangers do not count"],
    ["too-few-approvals", change({ add: [fifth] }, [0, 1, 2, 3], OFFICERS.slice(0, 1)), "one officer of two"],
    ["bad-signature", change({ add: [fifth] }, [0, 1, 2, 4]), "an approval by a stranger"],
    ["bad-key", change({ add: [{ ...fifth, operator: pointToBytes(IDENTITY) }] }), "the neutral element"],
    ["bad-key", change({ add: [{ ...fifth, key: sha256(utf8("no point")) }] }), "a key that could never vote"],
    ["bad-upgrade", upgrade({ height: 10 }), "nine blocks of notice"],
    ["bad-upgrade", upgrade({ version: 1 }), "takes back what was not agreed"],
    ["stale-revision", upgrade({ revision: 3 }), "an old approval"],
    ["too-little-power", upgrade({}, [1, 2]), "half the power"],
    ["too-few-approvals", upgrade({}, [0, 1, 2], OFFICERS.slice(1, 2)), "one officer"],
  ];
  test.each(rows)("L-20: %s: %#", (code, wire, what) => {
    const ledger = found();
    const before = ledger.dump();
    expect(ledger.send(wire), what).toBe(code);
    expect(ledger.dump(), what).toBe(before);
  });

  test("L-20: signatures over another body", () => {
    const other = read(change({ remove: [keyOf(0)], add: [fifth] }));
    const body: ChangeValidators = { revision: 0, act: "change", remove: [], add: [fifth] };
    const swapped = encodeTransaction(changeValidators, CHAIN_ID, body, other?.signatures as NetworkApprovals);
    expect(found().send(swapped)).toBe("bad-signature");
  });

  test("a ledger of one node, and a network without operators, refuse both", () => {
    const without = { ...genesis };
    delete (without as { validators?: unknown }).validators;
    for (const ledger of [new TestLedger(), new TestLedger("plain", without)])
      for (const wire of [change({ add: [fifth] }), upgrade({})]) expect(ledger.send(wire)).toBe("no-network");
  });

  test("precedence: a change, repaired step by step", () => {
    const nobody = { ...fifth, operator: pointToBytes(IDENTITY) };
    const steps: readonly (readonly [string, Uint8Array])[] = [
      ["stale-revision", change({ revision: 7 }, [4], OFFICERS.slice(0, 1))],
      ["bad-validators", change({}, [4], OFFICERS.slice(0, 1))],
      ["too-little-power", change({ add: [nobody] }, [4], OFFICERS.slice(0, 1))],
      ["too-few-approvals", change({ add: [nobody] }, [0, 1, 2, 4], OFFICERS.slice(0, 1))],
      ["bad-signature", change({ add: [nobody] }, [0, 1, 2, 4])],
      ["bad-key", change({ add: [nobody] })],
      ["ok", change({ add: [fifth] })],
    ];
    for (const [code, wire] of steps) expect(found().send(wire)).toBe(code);
  });
});

describe("changes", () => {
  test("L-20: four to five, one leaves, a stolen key is replaced by the three others; each approval counts once", () => {
    const ledger = found();
    const joined = change({ add: [fifth] });
    ledger.must(joined);
    expect(ledger.send(joined)).toBe("stale-revision");
    expect(network(ledger).validators).toHaveLength(5);
    // Four of five are more than two thirds now, three are not.
    const leave = { remove: [keyOf(0)] };
    expect(ledger.send(changeAt(ledger.state, leave, [1, 2, 3]))).toBe("too-little-power");
    ledger.must(changeAt(ledger.state, leave, [1, 2, 3, 4]));
    expect(votes(ledger.state, keyOf(0))).toBe(false);
    const stolen = { act: "replace" as const, remove: [keyOf(1)], add: [validatorOf(1, keyOf(5))] };
    ledger.must(changeAt(ledger.state, stolen, [2, 3, 4]));
    expect([votes(ledger.state, keyOf(1)), votes(ledger.state, keyOf(5))]).toEqual([false, true]);
    expect(network(ledger)).toMatchObject({ revision: 3, changes: [1, 4, 5], rules: 1, upgrade: null });
  });

  test("two changes in one block stand once in the list of heights; the root covers the set", () => {
    const ledger = found();
    const root = toHex(ledger.block().root);
    const second = agreed(changeValidators, { revision: 1, act: "change", remove: [keyOf(0)], add: [] }, [0, 1, 2, 3]);
    const applied = ledger.block(change({ add: [fifth] }), second);
    expect(applied.rejections).toEqual([null, null]);
    expect(network(ledger).changes).toEqual([2]);
    expect(toHex(applied.root)).not.toBe(root);
    expect(toHex(ledger.block().root)).toBe(toHex(applied.root));
  });

  test("three of equal power may replace a key, though each holds a third", () => {
    const ledger = found(FOUR.slice(0, 3));
    ledger.must(change({ act: "replace", remove: [keyOf(0)], add: [validatorOf(0, keyOf(4))] }));
    expect(votes(ledger.state, keyOf(4))).toBe(true);
  });

  test("a network changes a hundred times, not more", () => {
    const ledger = found();
    const draft = new Draft(ledger.state);
    networks.set(draft, { ...network(ledger), changes: Array.from({ length: 100 }, (_, i) => i + 1) });
    ledger.state.commit(draft.changes());
    expect(ledger.send(change({ add: [fifth] }))).toBe("change-limit");
  });

  test("nobody comes to a third of the power who had less before", () => {
    const powers = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(powers, powers, (before, after) => {
        const sets = [before, after].map((list) => list.map((power, n) => validatorOf(n, keyOf(n), power)));
        const [one, two] = sets as [NetworkValidator[], NetworkValidator[]];
        const grown = two.some(({ power }, n) => {
          const share = power / powerOf(two);
          return power * 3 >= powerOf(two) && share - (one[n]?.power ?? 0) / powerOf(one) > 1e-12;
        });
        expect(tooStrong(one, two) !== undefined).toBe(grown);
      }),
    );
  });
});

describe("rules", () => {
  test("an agreed upgrade begins at its height, in a block with nothing else; old heights keep their rules", () => {
    const ledger = found();
    ledger.must(upgrade({ height: 11 }));
    expect(network(ledger).upgrade).toEqual({ version: 2, height: 11 });
    for (; ledger.height < 11; ) ledger.block(...(ledger.height === 10 ? [organisationWire(1)] : []));
    expect(unknownRules(ledger.state, 10)).toBeUndefined();
    expect(unknownRules(ledger.state, 11)?.message).toContain("version 2");
    const block = { height: 11, time: ledger.time, transactions: [organisationWire(2)] };
    // A program that does not know the rules does not go on; it does not guess.
    expect(() => apply(ledger.state, block, plainVerdicts)).toThrow("version 2 of the rules");
    expect(() => check(ledger.state, ledger.time, organisationWire(2), plainVerdicts, { height: 11 })).toThrow("newer");
    const applied = apply(ledger.state, block, plainVerdicts, SECOND_RULES);
    expect(applied.rejections.map((each) => each?.detail)).toEqual(["no more of them"]);
    ledger.state.commit(applied.changes);
    expect(network(ledger)).toMatchObject({ rules: 2, upgrade: null, revision: 1 });
    const later = { height: 12, time: ledger.time + SECOND, transactions: [] };
    expect(() => apply(ledger.state, later, plainVerdicts)).toThrow("version 2");
    expect(apply(ledger.state, later, plainVerdicts, SECOND_RULES).root).toEqual(applied.root);
  });

  test("what was agreed can be taken back, or moved, before it begins", () => {
    const ledger = found();
    ledger.must(upgrade({ height: 11 }));
    ledger.must(agreed(upgradeRules, { revision: 1, version: 3, height: 14 }, [0, 1, 3]));
    expect(network(ledger).upgrade).toEqual({ version: 3, height: 14 });
    ledger.must(agreed(upgradeRules, { revision: 2, version: 1, height: 1 }, [0, 2, 3]));
    expect(network(ledger).upgrade).toBeNull();
    for (; ledger.height < 16; ) ledger.block();
    expect(network(ledger).rules).toBe(1);
  });
});

test("operators' keys differ from those of the same code in other roles", () => {
  const keys = new Set([operator(0), ...OFFICERS].map(({ key }) => toHex(pointToBytes(key))));
  expect(keys.size).toBe(4);
});
