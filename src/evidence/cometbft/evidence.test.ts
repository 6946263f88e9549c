import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, fromHex, toHex, utf8 } from "#base/bytes.js";
import { sha256 } from "#crypto/hash.js";
import { auditPath, leafHash, listRoot, memoryStore, setLeaves } from "#crypto/merkle.js";
import {
  ABSENT,
  signedVote,
  type TestValidator,
  testCommit,
  testHeader,
  testValidators,
} from "../../../test/comet-kit.js";
import { type Commit, type CommitVote, decodeCommit, encodeCommit, voteSignBytes, ZERO_TIME } from "./commit.js";
import {
  type CometHeader,
  cometHeaderHash,
  cometTransactionAt,
  cometTransactionsFit,
  decodeCometHeader,
  encodeCometHeader,
} from "./header.js";
import {
  CometJudge,
  conflictOf,
  encodeFinality,
  encodeRootEvidence,
  type FinalHeader,
  isFresh,
  judgeFinal,
  type SetChange,
} from "./judge.js";
import { decodeValidators, encodeValidators, validatorsHash } from "./validators.js";

const hex = (text: string) => fromHex(text.replaceAll(" ", "").toLowerCase()) as Uint8Array;

describe("known answers of CometBFT's own tests", () => {
  test("TestHeaderHash", () => {
    const named = (name: string) => sha256(utf8(name));
    const header: CometHeader = {
      blockVersion: 1n,
      appVersion: 2n,
      chainId: "chainId",
      height: 3,
      time: 1_570_983_284_000_000_000n,
      lastBlockId: { hash: new Uint8Array(32), partsTotal: 6, partsHash: new Uint8Array(32) },
      lastCommitHash: named("last_commit_hash"),
      dataHash: named("data_hash"),
      validatorsHash: named("validators_hash"),
      nextValidatorsHash: named("next_validators_hash"),
      consensusHash: named("consensus_hash"),
      appHash: named("app_hash"),
      lastResultsHash: named("last_results_hash"),
      evidenceHash: named("evidence_hash"),
      proposerAddress: named("proposer_address").slice(0, 20),
    };
    const expected = "F740121F553B5418C3EFBD343C2DBFE9E007BB67B0D020A0741374BAB65242A4";
    expect(toHex(cometHeaderHash(header)).toUpperCase()).toBe(expected);
    expect(decodeCometHeader(encodeCometHeader(header))).toEqual({ ok: true, value: header });
  });

  test("TestVoteSignBytesTestVectors", () => {
    const vote = { type: 0, height: 0, round: 0, blockId: null, time: ZERO_TIME };
    expect(voteSignBytes("", vote)).toEqual(hex("0D 2A0B088092B8C398FEFFFFFF01"));
    expect(voteSignBytes("", { ...vote, type: 2, height: 1, round: 1 })).toEqual(
      hex("21 0802 110100000000000000 190100000000000000 2A0B088092B8C398FEFFFFFF01"),
    );
    expect(voteSignBytes("test_chain_id", { ...vote, height: 1, round: 1 })).toEqual(
      hex("2E 110100000000000000 190100000000000000 2A0B088092B8C398FEFFFFFF01 320D746573745F636861696E5F6964"),
    );
  });
});

const validators = testValidators(["a", "b", "c", "d"]);
const trust = { chainId: "demo-1", validatorsHash: validatorsHash(validators) };
const header = testHeader(validators);
const headerBytes = encodeCometHeader(header);

function finality(commit: Commit, set: readonly TestValidator[] = validators, changes: readonly SetChange[] = []) {
  return encodeFinality({ commit, validators: set.map(({ key, power }) => ({ key, power })), changes });
}

const good = finality(testCommit(header, validators));
const verdict = (evidence: Uint8Array, bytes = headerBytes) => judgeFinal(trust, bytes, evidence);

describe("a final header", () => {
  test("is judged final with all, and with just more than two thirds", () => {
    expect(verdict(good)).toEqual({ ok: true, value: { ...header, hash: cometHeaderHash(header) } });
    expect(verdict(finality(testCommit(header, validators, ["absent"]))).ok).toBe(true);
    expect(verdict(finality(testCommit(header, validators, ["nil"], 3))).ok).toBe(true);
  });

  test("L-05: each of the fourteen fields changed alone is refused", () => {
    const other = new Uint8Array(32).fill(9);
    const changes: Partial<CometHeader>[] = [
      { blockVersion: 12n },
      { appVersion: 2n },
      { chainId: "demo-2" },
      { height: 13 },
      { time: header.time + 1n },
      { lastBlockId: { ...header.lastBlockId, hash: other } },
      { lastBlockId: { ...header.lastBlockId, partsTotal: 2 } },
      { lastBlockId: { ...header.lastBlockId, partsHash: other } },
      { lastCommitHash: other },
      { dataHash: other },
      { validatorsHash: other },
      { nextValidatorsHash: other },
      { consensusHash: other },
      { appHash: other },
      { lastResultsHash: other },
      { evidenceHash: other },
      { proposerAddress: other.slice(0, 20) },
    ];
    expect(new Set(changes.flatMap(Object.keys)).size).toBe(15);
    for (const change of changes) {
      const altered = encodeCometHeader({ ...header, ...change });
      expect(verdict(good, altered).ok, Object.keys(change).join()).toBe(false);
    }
  });

  test("L-05: every altered byte of header or evidence is refused", () => {
    for (const [bytes, judge] of [
      [headerBytes, (altered: Uint8Array) => verdict(good, altered)],
      [good, (altered: Uint8Array) => verdict(altered)],
    ] as const)
      for (let at = 0; at < bytes.length; at += 3) {
        const altered = bytes.slice();
        altered[at] = (altered[at] as number) ^ 1;
        expect(judge(altered).ok, `byte ${at}`).toBe(false);
      }
  });

  test("another chain id is refused: in the header, and in what was signed", () => {
    const foreign = testHeader(validators, { chainId: "demo-2" });
    const evidence = finality(testCommit(foreign, validators));
    expect(verdict(evidence, encodeCometHeader(foreign))).toMatchObject({ error: { code: "wrong-chain" } });
    const commit = testCommit(header, validators);
    const votes = validators.map((validator) => signedVote("demo-2", commit, validator));
    expect(verdict(finality({ ...commit, votes }))).toMatchObject({ error: { code: "bad-evidence" } });
  });

  test("L-04: two thirds exactly, only absent or only nil votes are refused; power counts, not heads", () => {
    const three = testValidators(["a", "b", "c"]);
    const two = testHeader(three);
    const judged = judgeFinal(
      { ...trust, validatorsHash: validatorsHash(three) },
      encodeCometHeader(two),
      finality(testCommit(two, three, ["absent"]), three),
    );
    expect(judged).toMatchObject({ error: { detail: "20 of 30 power signed" } });
    for (const flag of ["absent", "nil"] as const)
      expect(verdict(finality(testCommit(header, validators, [flag, flag, flag, flag]))).ok).toBe(false);
    const uneven = testValidators(["a", "b", "c", "d"], [100n, 1n, 1n, 1n]);
    const trustUneven = { ...trust, validatorsHash: validatorsHash(uneven) };
    const head = testHeader(uneven);
    const judge = (flags: readonly CommitVote["flag"][]) =>
      judgeFinal(trustUneven, encodeCometHeader(head), finality(testCommit(head, uneven, flags), uneven)).ok;
    expect(judge(["absent"])).toBe(false);
    expect(judge(["block", "absent", "absent", "absent"])).toBe(true);
  });

  test("one signature counted three times is refused", () => {
    const commit = testCommit(header, validators);
    const [first] = commit.votes as [CommitVote];
    expect(verdict(finality({ ...commit, votes: [first, first, first, ABSENT] })).ok).toBe(false);
    const one = validators[0] as TestValidator;
    expect(decodeValidators(encodeValidators([one, one, one]))).toMatchObject({
      error: "a validator stands there twice",
    });
    const thrice = testHeader([one, one, one]);
    expect(
      judgeFinal(
        { ...trust, validatorsHash: validatorsHash([one, one, one]) },
        encodeCometHeader(thrice),
        finality(testCommit(thrice, [one, one, one]), [one, one, one]),
      ).ok,
    ).toBe(false);
  });

  test("a set smaller than, or in another order than, the header says is refused", () => {
    const commit = testCommit(header, validators);
    const small = validators.slice(0, 3);
    expect(verdict(finality({ ...commit, votes: commit.votes.slice(0, 3) }, small)).ok).toBe(false);
    expect(verdict(finality({ ...commit, votes: commit.votes.slice(0, 3) })).ok).toBe(false);
    const turned = [...validators].reverse();
    expect(verdict(finality({ ...commit, votes: [...commit.votes].reverse() }, turned)).ok).toBe(false);
    const weaker = validators.map((validator, i) => (i < 2 ? { ...validator, power: 100n } : validator));
    expect(verdict(finality(testCommit(header, weaker, ["block", "block", "absent", "absent"]), weaker)).ok).toBe(
      false,
    );
  });

  test("L-03, L-08: votes under wrong addresses are refused", () => {
    const commit = testCommit(header, validators);
    const swapped = [commit.votes[1], commit.votes[0], commit.votes[2], commit.votes[3]] as CommitVote[];
    expect(verdict(finality({ ...commit, votes: swapped })).ok).toBe(false);
    const [first, second] = commit.votes as [CommitVote, CommitVote];
    const renamed = [{ ...first, address: second.address }, ...commit.votes.slice(1)];
    expect(verdict(finality({ ...commit, votes: renamed }))).toMatchObject({
      error: { detail: "vote 0 has another validator's address" },
    });
  });

  test("flags switched, another round, another part set, or a vote's time moved are refused", () => {
    const commit = testCommit(header, validators, ["nil"]);
    const [nil, block] = commit.votes as [CommitVote, CommitVote];
    const rest = commit.votes.slice(1);
    expect(verdict(finality({ ...commit, votes: [{ ...nil, flag: "block" }, ...rest] })).ok).toBe(false);
    expect(verdict(finality({ ...commit, votes: [nil, { ...block, flag: "nil" }, ...rest.slice(1)] })).ok).toBe(false);
    expect(verdict(finality({ ...commit, votes: [{ ...nil, flag: "absent" }, ...rest] })).ok).toBe(false);
    expect(verdict(finality({ ...commit, round: 1 })).ok).toBe(false);
    expect(verdict(finality({ ...commit, blockId: { ...commit.blockId, partsTotal: 2 } })).ok).toBe(false);
    expect(
      verdict(finality({ ...commit, votes: [nil, { ...block, time: block.time + 1n }, ...rest.slice(1)] })).ok,
    ).toBe(false);
  });

  test("a commit of another height or block is refused", () => {
    const above = testHeader(validators, { height: 13 });
    expect(verdict(finality(testCommit(above, validators))).ok).toBe(false);
    expect(verdict(finality(testCommit(testHeader(validators, { time: 5n }), validators))).ok).toBe(false);
  });
});

describe("changes of the set", () => {
  const second = testValidators(["b", "c", "d", "e"]);
  const third = testValidators(["x", "y", "z"]);
  const change = (from: readonly TestValidator[], to: readonly TestValidator[], height: number, signers = from) => {
    const at = testHeader(from, { height, nextValidatorsHash: validatorsHash(to) });
    return {
      header: encodeCometHeader(at),
      commit: testCommit(at, signers),
      validators: from.map(({ key, power }) => ({ key, power })),
    };
  };
  const late = testHeader(third, { height: 40 });
  const lateBytes = encodeCometHeader(late);
  const judge = (changes: readonly SetChange[]) =>
    verdict(finality(testCommit(late, third), third, changes), lateBytes);

  test("a chain in which each set signs the next one leads to the present set", () => {
    expect(judge([change(validators, second, 5), change(second, third, 20)]).ok).toBe(true);
  });

  test("L-20: a broken chain is refused wherever it breaks", () => {
    const broken: readonly (readonly SetChange[])[] = [
      [],
      [change(validators, second, 5)],
      [change(second, third, 20)],
      [change(second, third, 20), change(validators, second, 5)],
      [change(validators, second, 20), change(second, third, 20)],
      [change(validators, second, 5), change(second, third, 40)],
      [change(validators, second, 5), change(second, second, 7), change(second, third, 20)],
      // The new set cannot put itself in place.
      [change(validators, third, 5, third)],
      [{ ...change(validators, third, 5), commit: testCommit(testHeader(validators, { height: 5 }), validators) }],
      [{ ...change(validators, third, 5), validators: change(third, third, 5).validators }],
    ];
    for (const [i, changes] of broken.entries()) expect(judge(changes).ok, `chain ${i}`).toBe(false);
  });
});

describe("a final state root", () => {
  const root = sha256(utf8("state"));
  const lastBlockId = { hash: cometHeaderHash(header), partsTotal: 1, partsHash: sha256(utf8("parts")) };
  const next = testHeader(validators, { height: 13, time: header.time + 5n, appHash: root, lastBlockId });
  const evidence = encodeRootEvidence(encodeCometHeader(next), finality(testCommit(next, validators)));

  test("is that of the header above, at the height and time of the one below", () => {
    const judged = new CometJudge(trust).root(headerBytes, evidence);
    expect(judged).toMatchObject({ ok: true, value: { height: 12, time: header.time, stateRoot: root } });
  });

  test("is refused when the two headers do not stand on each other", () => {
    const judge = new CometJudge(trust);
    const moved = testHeader(validators, { time: header.time - 1n });
    expect(judge.root(encodeCometHeader(moved), evidence)).toMatchObject({ error: { code: "bad-evidence" } });
    const skipped = testHeader(validators, { ...next, height: 14 });
    const jump = encodeRootEvidence(encodeCometHeader(skipped), finality(testCommit(skipped, validators)));
    expect(judge.root(headerBytes, jump)).toMatchObject({ error: { code: "bad-evidence" } });
    expect(judge.root(headerBytes, good)).toMatchObject({ ok: false });
    expect(judge.root(headerBytes, concat(evidence, Uint8Array.of(0x18, 1)))).toMatchObject({
      error: { code: "malformed-evidence" },
    });
  });

  test("a further receipt of a known height costs little, and a known verdict is the same one", () => {
    const judge = new CometJudge(trust);
    const first = judge.root(headerBytes, evidence);
    const started = performance.now();
    for (let i = 0; i < 20; i++) expect(judge.root(headerBytes, evidence)).toEqual(first);
    expect((performance.now() - started) / 20).toBeLessThan(15);
    const bad = evidence.slice();
    bad[bad.length - 5] = (bad[bad.length - 5] as number) ^ 1;
    expect(judge.root(headerBytes, bad).ok).toBe(false);
    expect(judge.root(headerBytes, bad).ok).toBe(false);
  });

  test("L-07: a header that is too old is not the present state", () => {
    expect(isFresh(header.time, header.time + 60n, 60n)).toBe(true);
    expect(isFresh(header.time, header.time + 61n, 60n)).toBe(false);
  });

  test("L-01, L-02: two final blocks of one height are a conflict that names who signed both", () => {
    const judged = (some: CometHeader, bytes: Uint8Array) => {
      const result = judgeFinal(trust, encodeCometHeader(some), bytes);
      if (!result.ok) throw new Error(result.error.detail);
      return { header: result.value as FinalHeader, finality: bytes };
    };
    const twin = testHeader(validators, { appHash: sha256(utf8("other")) });
    const twinFinality = finality(testCommit(twin, validators, ["absent"]));
    const conflict = conflictOf(judged(header, good), judged(twin, twinFinality));
    expect(conflict).toMatchObject({ height: 12 });
    expect(conflict?.signers).toHaveLength(3);
    expect(conflictOf(judged(header, good), judged(header, good))).toBeNull();
  });
});

describe("form", () => {
  test("what decodes has one encoding, and any bytes get a verdict", () => {
    const commit = testCommit(header, validators, ["nil", "absent"], 7);
    expect(decodeCommit(encodeCommit(commit))).toEqual({ ok: true, value: commit });
    const set = validators.map(({ key, power }) => ({ key, power }));
    expect(decodeValidators(encodeValidators(set))).toEqual({ ok: true, value: set });
    for (const bytes of [headerBytes, good])
      expect(decodeCometHeader(concat(bytes, Uint8Array.of(0x78, 1))).ok).toBe(false);
    expect(verdict(concat(good, Uint8Array.of(0x20, 1)))).toMatchObject({ error: { code: "malformed-evidence" } });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (some, other) => {
        expect(judgeFinal(trust, some, other).ok).toBe(false);
        expect(verdict(some).ok).toBe(false);
        expect(new CometJudge(trust).root(headerBytes, some).ok).toBe(false);
      }),
    );
  });

  test("transactions fit their header in this order only, and each has a path", () => {
    const transactions = ["a", "b", "c", "d", "e"].map(utf8);
    const items = transactions.map(sha256);
    const block = { ...header, dataHash: listRoot(items) };
    expect(cometTransactionsFit(block, transactions)).toBe(true);
    expect(cometTransactionsFit(block, [...transactions].reverse())).toBe(false);
    expect(cometTransactionsFit({ ...header, dataHash: sha256(new Uint8Array(0)) }, [])).toBe(true);
    const store = memoryStore();
    setLeaves(store, 5, new Map(items.map((item, i) => [i, leafHash(item)])));
    const path = auditPath(store, 5, 3);
    expect(cometTransactionAt(block, utf8("d"), { index: 3, total: 5, path })).toBe(true);
    expect(cometTransactionAt(block, utf8("c"), { index: 3, total: 5, path })).toBe(false);
    expect(cometTransactionAt(block, utf8("d"), { index: 2, total: 5, path })).toBe(false);
    expect(cometTransactionAt(block, utf8("d"), { index: 3, total: 5, path: path.slice(1) })).toBe(false);
  });
});
