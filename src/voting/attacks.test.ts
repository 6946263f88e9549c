/**
 * Rows of the attack catalogue, and everything that bad input can be, through the API and through the machine: both give
 * the same code, and nothing changes.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { afterAll, beforeAll, expect, describe as group, test } from "vitest";
import { Busy } from "#base/busy.js";
import { bigintFromBytes, bigintToBytes, toBase64Url, toHex, utf8 } from "#base/bytes.js";
import { formatInstant } from "#base/instant.js";
import {
  GENERATOR,
  IDENTITY,
  multiplySecret,
  ORDER,
  pointFromEighth,
  pointToAffine,
  pointToBytes,
  pointToText,
} from "#crypto/group.js";
import { suiteHash } from "#crypto/hash.js";
import { ballotSignaturePrefix } from "#crypto/proofs/knowledge.js";
import { mod, scalarToBytes } from "#crypto/scalar.js";
import { type SignatureTag, sign } from "#crypto/schnorr.js";
import { type Ledger, LedgerUnavailable } from "#ledger/ledger.js";
import { ballotMessage, plainVerdicts } from "#protocol/ballot.js";
import { sealeds } from "#protocol/election.js";
import { check, describe } from "#protocol/machine.js";
import { ballotFromText, ballotToText, trackerBytesOf } from "#protocol/suite/belenios-v1/ballot.js";
import type { Ballot } from "#protocol/suite/belenios-v1/ballot-object.js";
import { signedHash, unsignedText } from "#protocol/suite/belenios-v1/ballot-text.js";
import { electionFromText } from "#protocol/suite/belenios-v1/election.js";
import { seal } from "#protocol/suite/belenios-v1/seal.js";
import type { BallotBody, BallotSignature } from "#protocol/transactions/cast-ballot.js";
import { ballotTransaction, type FinishedBallot, signBallot } from "#protocol/voter.js";
import { envelopedWire, resignedWire } from "../../test/ballot-forge.js";
import {
  base58,
  HOUR,
  openElection,
  START,
  type TestVoter,
  trustees,
  UUID,
  votersOf,
} from "../../test/protocol-kit.js";
import { type Answer, type Board, ballotFor, startBoard, voteJson, voteJsonText } from "../../test/voting-kit.js";

const LATER = base58("an election that opens later", 14);
const QUESTIONS = [{ question: "Which?", answers: ["A", "B"], min: 0, max: 1, blank: true }];
const A = [[0, 1, 0]];
const B = [[0, 0, 1]];

let board: Board;
let voters: TestVoter[];
let failing: (() => never) | undefined;
/** Transactions that were offered to the ledger. */
let offered = 0;
const [alice, bob, carol, dave, erin] = [0, 1, 2, 3, 4].map((i) => () => voters[i] as TestVoter) as [
  () => TestVoter,
  () => TestVoter,
  () => TestVoter,
  () => TestVoter,
  () => TestVoter,
];

beforeAll(async () => {
  const wrap = (ledger: Ledger): Ledger =>
    new Proxy(ledger, {
      get: (target, name) => {
        if (name === "submit") offered++;
        if (name === "submit" && failing !== undefined) return async () => failing?.();
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  board = await startBoard({ wrap });
  voters = votersOf(6);
  openElection(board.memory, trustees(1, 0), 0, votersOf(3, LATER), {
    uuid: LATER,
    opensAt: START + 2n * HOUR,
    questions: QUESTIONS,
    closesAt: START + 3n * HOUR,
  });
  board.memory.time = START + HOUR / 2n;
  openElection(board.memory, trustees(1, 0), 0, voters, { questions: QUESTIONS });
  await board.perform();
});

afterAll(async () => {
  await board.close();
});

const text = (uuid = UUID): string => sealeds.get(board.ledger.state(), uuid)?.electionText as string;
const parts = (who: TestVoter, sequence = 1, uuid = UUID) =>
  ({
    type: "cast-ballot",
    chainId: board.memory.chainId,
    uuid,
    electionText: text(uuid),
    credential: who.credential,
    sequence,
  }) as const;
const random = (length: number) => board.memory.random(length);

/** What the API is sent for a transaction. */
function bodyOf(wire: Uint8Array) {
  const { type, body, signatures } = describe(wire) as { type: string; body: BallotBody; signatures: BallotSignature };
  return {
    election_id: body.uuid,
    type: type === "cast-ballot" ? "cast" : "spoil",
    ballot: toBase64Url(body.ballot),
    credential: toHex(body.credential),
    sequence: body.sequence,
    signature: { commitment: toBase64Url(signatures.commitment), response: toHex(signatures.response) },
  };
}

/** The answers of `POST /vote`, of `POST /transactions` and of the machine; and that nothing changed. */
async function refusals(wire: Uint8Array): Promise<{ codes: string[]; status: number; detail: string }> {
  const before = board.ledger.state().root;
  const voted = await board.post("/vote", bodyOf(wire));
  const sent = await board.post("/transactions", { transaction: toBase64Url(wire) });
  const machine = check(board.ledger.state(), board.ledger.now(), wire, plainVerdicts);
  expect(board.ledger.state().root).toEqual(before);
  return {
    codes: [voted.body.code, sent.body.code, machine?.code ?? "accepted"],
    status: voted.status,
    detail: voted.body.detail,
  };
}

async function expectRefused(wire: Uint8Array, code: string, status?: number): Promise<void> {
  const { codes, detail, ...answer } = await refusals(wire);
  expect(codes).toEqual([code, code, code]);
  expect(detail).toMatch(/^[A-Z].*\./);
  if (status !== undefined) expect(answer.status).toBe(status);
}

/** What only the API can be sent: its answer, and that nothing changed. */
async function expectAnswer(body: unknown, code: string, status: number): Promise<Answer> {
  const before = board.ledger.state().root;
  const answer = await board.post("/vote", body);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers["content-type"]).toContain("application/problem+json");
  expect(board.ledger.state().root).toEqual(before);
  return answer;
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const patched = (bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array => {
  const out = bytes.slice();
  out.set(part, at);
  return out;
};

group("ballots of others", () => {
  test("T-01: a copy under another credential, whoever signs around it", async () => {
    const { ballot } = ballotFor(board, alice(), A);
    await expectRefused(envelopedWire(parts(bob()), ballot, random), "bad-ballot-signature", 422);
    await expectRefused(
      envelopedWire(parts(bob()), resignedWire(ballot, text(), bob().credential, random), random),
      "bad-proof",
      422,
    );
  });

  test("T-02: the same ciphertexts and proofs in another order", async () => {
    const { ballot } = ballotFor(board, alice(), A);
    const turned = patched(patched(ballot, 128, ballot.subarray(256, 384)), 256, ballot.subarray(128, 256));
    const signed = resignedWire(turned, text(), bob().credential, random);
    await expectRefused(envelopedWire(parts(bob()), signed, random), "bad-proof");
    await expectRefused(
      envelopedWire(parts(alice()), resignedWire(turned, text(), alice().credential, random), random),
      "bad-proof",
    );
  });

  test("T-03, T-04: a ballot made for another election or for other words", async () => {
    const other = text().replace('"Which?"', '"Whose?"');
    const election = electionFromText(other);
    const sealed = election.ok ? seal(election.value, alice().credential.secret, A, random) : election;
    if (!sealed.ok) throw new Error("cannot seal");
    await expectRefused(envelopedWire(parts(alice()), sealed.value.wire, random), "bad-ballot-signature");
    await expectAnswer({ ...voteJsonText(signedAround(sealed.value.text)) }, "bad-wire", 422);
  });

  test("C-03: another voter's envelope over the same words", async () => {
    const { commitment, response, ballot } = ballotFor(board, alice(), A);
    const wire = ballotTransaction("cast-ballot", parts(bob()), bob().bytes, 1, ballot, { commitment, response });
    await expectRefused(wire, "bad-signature");
  });

  test.each(["officer", "trustee", "registrar", "login", "confirm", "voter", "log"] as SignatureTag[])(
    "C-16: an envelope signed as %s",
    async (tag) => {
      const { ballot, trackerBytes } = ballotFor(board, alice(), A);
      const message = ballotMessage("cast-ballot", UUID, alice().bytes, 1, trackerBytes);
      const signed = sign({ tag, chainId: board.memory.chainId }, alice().credential.secret, message, random);
      const envelope = {
        commitment: pointToAffine(multiplySecret(signed.commitment, 1n)),
        response: scalarToBytes(signed.response),
      };
      await expectRefused(
        ballotTransaction("cast-ballot", parts(alice()), alice().bytes, 1, ballot, envelope),
        "bad-signature",
      );
    },
  );

  test("a test of the device sent as a cast, and a cast as a test", async () => {
    const spoiled = ballotFor(board, alice(), A, 1, "spoil-ballot");
    await expectRefused(
      ballotTransaction("cast-ballot", parts(alice()), alice().bytes, 1, spoiled.ballot, spoiled),
      "bad-signature",
    );
    const cast = ballotFor(board, alice(), A);
    await expectRefused(
      ballotTransaction("spoil-ballot", parts(alice()), alice().bytes, 1, cast.ballot, cast),
      "bad-signature",
    );
  });
});

group("form of wire ballots", () => {
  const q = (value: Uint8Array): Uint8Array => bigintToBytes(bigintFromBytes(value) + ORDER, 32);

  test("C-09: scalars that are not below the order", async () => {
    const { ballot, commitment, response } = ballotFor(board, alice(), A);
    const raised = patched(ballot, ballot.length - 32, q(ballot.subarray(ballot.length - 32)));
    await expectRefused(
      ballotTransaction("cast-ballot", parts(alice()), alice().bytes, 1, raised, { commitment, response }),
      "bad-wire",
      422,
    );
    await expectRefused(
      ballotTransaction("cast-ballot", parts(alice()), alice().bytes, 1, ballot, { commitment, response: q(response) }),
      "bad-signature",
    );
  });

  test("C-06, C-09: points off the curve or with coordinates not below the field", async () => {
    const { ballot, commitment, response } = ballotFor(board, alice(), A);
    for (const bad of [flipped(ballot, 5), patched(ballot, 64, new Uint8Array(64).fill(255))])
      await expectRefused(
        ballotTransaction("cast-ballot", parts(alice()), alice().bytes, 1, bad, { commitment, response }),
        "bad-wire",
      );
    await expectRefused(
      ballotTransaction("cast-ballot", parts(alice()), alice().bytes, 1, ballot, {
        commitment: flipped(commitment, 3),
        response,
      }),
      "bad-signature",
    );
  });

  test("T-05: too short, too long, empty", async () => {
    const { ballot, commitment, response } = ballotFor(board, alice(), A);
    for (const bad of [ballot.slice(0, -1), ballot.slice(0, -32), new Uint8Array([...ballot, 0]), Uint8Array.of(0)])
      await expectRefused(
        ballotTransaction("cast-ballot", parts(alice()), alice().bytes, 1, bad, { commitment, response }),
        "bad-wire",
      );
  });

  test("T-06: a ballot made for a higher limit of marks", async () => {
    const election = electionFromText(text().replace('"max":1', '"max":2'));
    const sealed = election.ok ? seal(election.value, alice().credential.secret, [[0, 1, 1]], random) : election;
    if (!sealed.ok) throw new Error("cannot seal");
    await expectRefused(envelopedWire(parts(alice()), sealed.value.wire, random), "bad-wire");
  });

  test("C-01, C-08: a ciphertext exchanged for another valid one, or for neutral elements", async () => {
    const { ballot } = ballotFor(board, alice(), A);
    for (const point of [multiplySecret(GENERATOR, 1_000_000n), IDENTITY]) {
      for (const at of [0, 64]) {
        const changed = resignedWire(patched(ballot, at, pointToAffine(point)), text(), alice().credential, random);
        await expectRefused(envelopedWire(parts(alice()), changed, random), "bad-proof");
      }
    }
  });

  test("a proof, commitment or signature changed at any position", async () => {
    const { ballot } = ballotFor(board, alice(), A);
    const points = pointsIn(ballot);
    const codes = new Set<string>();
    for (let at = 0; at < ballot.length; at += at < 64 * points ? 64 : 32) {
      const other =
        at < 64 * points ? pointToAffine(multiplySecret(GENERATOR, BigInt(at + 2))) : scalarToBytes(BigInt(at + 2));
      const last = at >= 64 * (points - 1) && at < 64 * points;
      const changed = patched(ballot, at, other);
      // Whoever changes a proof of their own ballot signs it anew; the signature's own parts are left changed.
      const signed =
        last || at === ballot.length - 32 ? changed : resignedWire(changed, text(), alice().credential, random);
      const { codes: found } = await refusals(envelopedWire(parts(alice()), signed, random));
      expect([at, ...new Set(found)]).toEqual([at, expect.stringMatching(/^bad-(proof|ballot-signature)$/)]);
      codes.add(found[0] as string);
    }
    expect(codes).toEqual(new Set(["bad-proof", "bad-ballot-signature"]));
  });
});

/** Points of a wire ballot on these questions: the bytes that are on the curve come first. */
function pointsIn(ballot: Uint8Array): number {
  let points = 0;
  while (pointFromEighth(ballot.subarray(64 * points, 64 * points + 64)) !== undefined) points++;
  return points;
}

/** The canonical text sent by a voter who signs whatever it is. */
function signedAround(ballotText: string, who = alice(), sequence = 1): FinishedBallot {
  const envelope = signBallot("cast-ballot", parts(who), who.credential, sequence, trackerBytesOf(ballotText), random);
  const nothing = new Uint8Array(0);
  return {
    type: "cast-ballot",
    sequence,
    text: ballotText,
    tracker: "",
    trackerBytes: nothing,
    ballot: nothing,
    transaction: nothing,
    randomness: [],
    ...envelope,
  };
}

/** A ballot whose inner signature is made anew by its voter. */
function resignedText(ballot: Ballot, who = alice()): string {
  const hash = signedHash(unsignedText(ballot));
  const nonce = 987_654_321n;
  const challenge = suiteHash(ballotSignaturePrefix(hash), [multiplySecret(GENERATOR, nonce)]);
  const proof = { challenge, response: mod(nonce - challenge * who.credential.secret) };
  return ballotToText({ ...ballot, signature: { hash, proof } });
}

group("form of canonical ballots", () => {
  const genuine = (): Ballot => {
    const read = ballotFromText(ballotFor(board, alice(), A).text);
    if (!read.ok) throw new Error(read.error.reason);
    return read.value;
  };
  const answer = (ballot: Ballot) => ballot.answers[0] as Ballot["answers"][number];

  const TEXTS: [string, (text: string) => string][] = [
    [
      "C-09: upper-case digits",
      (t) => t.replace(/"alpha":"([0-9a-f]{64})"/, (_, hex: string) => `"alpha":"${hex.toUpperCase()}"`),
    ],
    ["C-09: a leading zero", (t) => t.replace('"challenge":"', '"challenge":"0')],
    [
      "C-09: a response raised by the order",
      (t) => t.replace(/"response":"(\d+)"/, (_, n: string) => `"response":"${BigInt(n) + ORDER}"`),
    ],
    ["C-06: a point of small order", (t) => t.replace(/"alpha":"[0-9a-f]{64}"/, `"alpha":"${SMALL_ORDER}"`)],
    ["an unknown field", (t) => t.replace('"overall_proof"', '"note":"x","overall_proof"')],
    ["fields in another order", (t) => t.replace(/("election_uuid":"[^"]*"),("election_hash":"[^"]*")/, "$2,$1")],
    ["T-05: no answers", (t) => t.replace(/"answers":\[.*\],"signature"/, '"answers":[],"signature"')],
    ["T-05: null for an answer", (t) => t.replace(/"answers":\[.*\],"signature"/, '"answers":[null],"signature"')],
    ["T-05: an answer twice", (t) => t.replace(/"answers":\[(.*)\],"signature"/, '"answers":[$1,$1],"signature"')],
    [
      "C-08: the neutral element as credential",
      (t) => t.replace(/"credential":"[0-9a-f]{64}"/, `"credential":"${pointToText(IDENTITY)}"`),
    ],
  ];
  test.each(TEXTS)("%s", async (_what, change) => {
    const changed = change(ballotFor(board, alice(), A).text);
    await expectAnswer(voteJsonText(signedAround(changed)), "bad-wire", 422);
  });

  test("C-04: a challenge overwritten by another number", async () => {
    const ballot = genuine();
    const [[first, ...others], ...rest] = answer(ballot).individualProofs as [
      [{ challenge: bigint; response: bigint }],
      ...never[],
    ];
    const proofs = [[{ ...first, challenge: mod(first.challenge + 1n) }, ...others], ...rest];
    const changed = { ...ballot, answers: [{ ...answer(ballot), individualProofs: proofs }] };
    await expectAnswer(voteJsonText(signedAround(resignedText(changed))), "bad-proof", 422);
    await expectAnswer(voteJsonText(signedAround(ballotToText(changed))), "bad-ballot-signature", 422);
  });

  test("C-05: both branches simulated, one branch too many, one too few", async () => {
    const ballot = genuine();
    const [first, ...rest] = answer(ballot).individualProofs as [readonly { challenge: bigint; response: bigint }[]];
    const simulated = { challenge: 5n, response: 7n };
    for (const [proof, code] of [
      [[simulated, simulated], "bad-proof"],
      [[...first, simulated], "bad-wire"],
      [first.slice(1), "bad-wire"],
    ] as const) {
      const changed = { ...ballot, answers: [{ ...answer(ballot), individualProofs: [proof, ...rest] }] };
      await expectAnswer(voteJsonText(signedAround(resignedText(changed))), code, 422);
    }
  });

  test("T-06: an overall proof for a limit of its own", async () => {
    const ballot = genuine();
    const longer = {
      ...answer(ballot),
      overallProof: [...answer(ballot).overallProof, { challenge: 5n, response: 7n }],
    };
    await expectAnswer(voteJsonText(signedAround(resignedText({ ...ballot, answers: [longer] }))), "bad-wire", 422);
    const { blankProof: _, ...without } = answer(ballot);
    await expectAnswer(voteJsonText(signedAround(resignedText({ ...ballot, answers: [without] }))), "bad-wire", 422);
  });

  test("the envelope is looked at before the proofs", async () => {
    const ballot = genuine();
    const broken = {
      ...answer(ballot),
      overallProof: answer(ballot).overallProof.map(() => ({ challenge: 5n, response: 7n })),
    };
    const body = voteJsonText(signedAround(resignedText({ ...ballot, answers: [broken] })));
    await expectAnswer(body, "bad-proof", 422);
    const { signature } = bodyOf(ballotFor(board, bob(), A).transaction);
    await expectAnswer({ ...body, signature }, "bad-signature", 422);
    await expectAnswer(
      { ...voteJsonText(ballotFor(board, alice(), A)), credential: toHex(bob().bytes) },
      "bad-wire",
      422,
    );
  });
});

/** The element of order two, in Belenios' text form. */
const SMALL_ORDER = toHex(
  ed25519.Point.fromAffine({ x: 0n, y: ed25519.Point.Fp.ORDER - 1n })
    .toBytes()
    .reverse(),
);

group("who, when, how often", () => {
  test("not on the roll, another chain, no such election", async () => {
    const stranger = votersOf(9)[8] as TestVoter;
    await expectRefused(ballotFor(board, stranger, A).transaction, "not-on-roll", 403);
    const { ballot, commitment, response } = ballotFor(board, alice(), A);
    const nowhere = ballotTransaction(
      "cast-ballot",
      { ...parts(alice()), uuid: base58("nowhere", 14) },
      alice().bytes,
      1,
      ballot,
      { commitment, response },
    );
    await expectRefused(nowhere, "unknown-election", 404);
    const foreign = ballotTransaction("cast-ballot", { chainId: "other-chain", uuid: UUID }, alice().bytes, 1, ballot, {
      commitment,
      response,
    });
    const sent = await board.post("/transactions", { transaction: toBase64Url(foreign) });
    expect([sent.status, sent.body.code]).toEqual([400, "wrong-chain"]);
    await expectRefused(
      ballotTransaction("cast-ballot", parts(alice()), pointToBytes(IDENTITY), 1, ballot, { commitment, response }),
      "not-on-roll",
    );
  });

  test("L-14, L-16: who is not on the roll, and numbers that are used or too high, cost no proof", async () => {
    const stranger = votersOf(9)[8] as TestVoter;
    const before = offered;
    for (let i = 0; i < 20; i++) {
      const { ballot, commitment, response } = ballotFor(board, stranger, A);
      const garbage = ballotTransaction("cast-ballot", parts(stranger), stranger.bytes, 1, random(ballot.length), {
        commitment,
        response,
      });
      expect((await board.post("/vote", bodyOf(garbage))).body.code).toBe("not-on-roll");
    }
    expect((await board.post("/vote", voteJson(bob(), ballotFor(board, bob(), A, 6)))).body.code).toBe(
      "sequence-too-high",
    );
    expect(offered).toBe(before);
    expect((await board.post("/vote", bodyOf(envelopedWire(parts(bob()), random(64), random)))).body.code).toBe(
      "bad-wire",
    );
    expect(offered).toBe(before + 1);
  });

  test("before opening, to the nanosecond", async () => {
    const early = votersOf(3, LATER)[0] as TestVoter;
    const wire = ballotFor(board, early, A, 1, "cast-ballot", LATER).transaction;
    await expectRefused(wire, "not-yet-open", 409);
    const canonical = voteJsonText(ballotFor(board, early, A, 1, "cast-ballot", LATER), LATER);
    await expectAnswer(canonical, "not-yet-open", 409);
  });

  test("a number too high, a number used, a jump", async () => {
    await expectRefused(ballotFor(board, alice(), A, 6).transaction, "sequence-too-high", 422);
    expect((await board.post("/vote", voteJson(dave(), ballotFor(board, dave(), A, 3)))).status).toBe(201);
    for (const sequence of [1, 2, 3])
      await expectRefused(ballotFor(board, dave(), B, sequence).transaction, "stale-sequence", 409);
    await expectAnswer(voteJsonText(ballotFor(board, dave(), B, 2)), "stale-sequence", 409);
  });

  test("T-08: an old ballot sent again after a newer one brings its old receipt and changes nothing", async () => {
    const [first, second] = [ballotFor(board, carol(), A, 1), ballotFor(board, carol(), B, 2)];
    for (const ballot of [first, second])
      expect((await board.post("/vote", voteJson(carol(), ballot))).status).toBe(201);
    const before = board.ledger.state().root;
    const again = await board.post("/vote", voteJson(carol(), first));
    expect([again.status, again.body.tracker]).toEqual([200, first.tracker]);
    expect(board.ledger.state().root).toEqual(before);
    const { body } = await board.get(`/elections/${UUID}/credentials/${toHex(carol().bytes)}`);
    expect(body.tracker).toBe(second.tracker);
    // The same ballot in other bytes: the machine calls it used, the API knows it as recorded.
    const other = envelopedWire(parts(carol(), 1), first.ballot, random);
    expect(check(board.ledger.state(), board.ledger.now(), other, plainVerdicts)?.code).toBe("stale-sequence");
    expect((await board.post("/vote", bodyOf(other))).body.tracker).toBe(first.tracker);
    expect(board.ledger.state().root).toEqual(before);
  });

  test("C-06, L-13: small-order parts in the wire vanish: the same ballot, recorded once", async () => {
    const ballot = ballotFor(board, erin(), A);
    const two = ed25519.Point.fromAffine({ x: 0n, y: ed25519.Point.Fp.ORDER - 1n });
    const eighth = ed25519.Point.fromAffine(affineOf(ballot.ballot.subarray(0, 64)));
    const twin = patched(ballot.ballot, 0, pointToAffine(eighth.add(two)));
    expect((await board.post("/vote", voteJson(erin(), ballot))).status).toBe(201);
    const before = board.ledger.state().root;
    const again = await board.post("/vote", bodyOf(envelopedWire(parts(erin(), 1), twin, random)));
    expect([again.status, again.body.tracker]).toEqual([200, ballot.tracker]);
    // Under the next number it is refused: no ciphertext is used twice.
    await expectRefused(envelopedWire(parts(erin(), 2), twin, random), "ciphertext-reused", 422);
    expect(board.ledger.state().root).toEqual(before);
  });

  test("L-11: the same transaction many times, one after the other, has one effect", async () => {
    const wire = ballotFor(board, bob(), A).transaction;
    const first = await board.ledger.submit(wire);
    const before = board.ledger.state().root;
    for (let i = 0; i < 3; i++) expect(await board.ledger.submit(wire)).toEqual(first);
    expect((await board.post("/vote", bodyOf(wire))).status).toBe(200);
    expect(board.ledger.state().root).toEqual(before);
  });

  test("casting takes no notice of a cookie, and sets none", async () => {
    const body = voteJson(bob(), ballotFor(board, bob(), B, 4));
    const answer = await board.post("/vote", body, {
      cookie: "__Host-psephos-voter=stolen",
      "sec-fetch-site": "cross-site",
    });
    expect([answer.status, answer.headers["set-cookie"]]).toEqual([201, undefined]);
  });

  test("E-04: a ballot at closing time is refused, one nanosecond before it is recorded", async () => {
    const closesAt = START + 2n * HOUR;
    board.time = closesAt - 1n;
    const last = ballotFor(board, alice(), A, 1);
    const recorded = await board.post("/vote", voteJson(alice(), last));
    expect([recorded.status, recorded.body.time]).toEqual([201, formatInstant(closesAt - 1n)]);
    board.time = closesAt;
    const { codes, status, detail } = await refusals(ballotFor(board, alice(), B, 2).transaction);
    expect([codes, status]).toEqual([["closed", "closed", "closed"], 409]);
    expect(detail).toContain("not counted");
    await expectAnswer(voteJsonText(ballotFor(board, alice(), B, 2)), "closed", 409);
  });
});

function affineOf(bytes: Uint8Array): { x: bigint; y: bigint } {
  return { x: bigintFromBytes(bytes.slice(0, 32).reverse()), y: bigintFromBytes(bytes.slice(32).reverse()) };
}

group("the edge", () => {
  const body = () => voteJson(bob(), ballotFor(board, bob(), A, 2));
  const json = (change: object) => JSON.stringify({ ...body(), ...change });

  const INPUTS: [string, () => string | Buffer, number, string][] = [
    ["malformed JSON", () => json({}).slice(0, -1), 400, "malformed-json"],
    ["nothing", () => "", 400, "malformed-json"],
    ["H-04: a name twice", () => json({}).replace("{", '{"sequence":1,'), 400, "malformed-json"],
    ["a byte order mark", () => `\ufeff${json({})}`, 400, "malformed-json"],
    ["bytes that are not UTF-8", () => Buffer.from([0x22, 0xff, 0x22]), 400, "malformed-json"],
    ["H-07: an unknown field", () => json({ role: "officer" }), 400, "invalid-request"],
    ["H-07: a list for a text", () => json({ ballot: [1, 2] }), 400, "invalid-request"],
    ["H-07: a list for a body", () => `[${json({})}]`, 400, "invalid-request"],
    ["a prototype", () => json({}).replace("{", '{"__proto__":{},'), 400, "malformed-json"],
    ["a missing field", () => json({ signature: undefined }), 400, "invalid-request"],
    ["no credential with wire bytes", () => json({ credential: undefined }), 400, "invalid-request"],
    ["another type", () => json({ type: "delete" }), 400, "invalid-request"],
    [
      "H-05: an unsafe number",
      () => json({}).replace('"sequence":2', '"sequence":9007199254740993'),
      400,
      "malformed-json",
    ],
    ["H-05: an exponent", () => json({}).replace('"sequence":2', '"sequence":2e0'), 400, "malformed-json"],
    ["H-05: minus zero", () => json({}).replace('"sequence":2', '"sequence":-0'), 400, "malformed-json"],
    ["a number as text", () => json({ sequence: "2" }), 400, "invalid-request"],
    ["a fraction", () => json({ sequence: 1.5 }), 400, "invalid-request"],
    ["zero", () => json({ sequence: 0 }), 400, "invalid-request"],
    ["H-06: hex with a prefix", () => json({ credential: `0x${"1".repeat(62)}` }), 400, "invalid-request"],
    ["H-06: upper-case hex", () => json({ credential: "A".repeat(64) }), 400, "invalid-request"],
    ["H-06: short hex", () => json({ credential: "1".repeat(62) }), 400, "invalid-request"],
    ["H-06: hex with a space", () => json({ credential: ` ${"1".repeat(63)}` }), 400, "invalid-request"],
    ["H-06: base64 with padding", () => json({ ballot: "AAAA==" }), 400, "invalid-request"],
    ["H-06: base64 with loose bits", () => json({ ballot: "AB" }), 400, "invalid-request"],
    ["H-06: the other alphabet", () => json({ ballot: "AA+/" }), 400, "invalid-request"],
    [
      "a commitment of another length",
      () => json({ signature: { ...body().signature, commitment: "AAAA" } }),
      400,
      "invalid-request",
    ],
    ["an identifier of other characters", () => json({ election_id: "../../etc/passwd" }), 400, "invalid-request"],
    ["H-01: SQL in an identifier", () => json({ election_id: "' OR 1=1--     " }), 400, "invalid-request"],
    ["NUL in a text", () => json({}).replace('"type":"cast"', '"type":"cast\\u0000"'), 400, "malformed-json"],
    ["half a surrogate pair", () => json({}).replace('"type":"cast"', '"type":"\\ud800"'), 400, "malformed-json"],
    ["H-08: deep nesting", () => `{"ballot":${"[".repeat(100_000)}`, 400, "malformed-json"],
    ["H-08: an oversized body", () => json({ ballot: "A".repeat(700_000) }), 413, "too-large"],
    ["a ballot longer than any", () => json({ ballot: "A".repeat(200_000) }), 400, "invalid-request"],
  ];
  test.each(INPUTS)("%s", async (_what, make, status, code) => {
    await expectAnswer(make(), code, status);
  });

  test("H-08: a body of ten megabytes is refused while it comes", async () => {
    const answer = await board.post("/vote", `{"ballot":"${"A".repeat(10_000_000)}"}`);
    expect([answer.status, answer.body.code]).toEqual([413, "too-large"]);
  });

  test("another content type", async () => {
    const answer = await (await board.begin()).inject({
      method: "POST",
      url: "/vote",
      headers: { "content-type": "text/plain" },
      payload: json({}),
    });
    expect([answer.statusCode, answer.json().code]).toEqual([415, "unsupported-media-type"]);
  });

  test.each([
    [`/elections/${UUID}/ballots?limit=0`, 400],
    [`/elections/${UUID}/ballots?limit=01`, 400],
    [`/elections/${UUID}/ballots?limit=1e1`, 400],
    [`/elections/${UUID}/ballots?limit=5000`, 400],
    [`/elections/${UUID}/ballots?limit=1&limit=2`, 400],
    [`/elections/${UUID}/ballots?page=1`, 400],
    [`/elections/${UUID}/ballots/${"A".repeat(42)}B`, 400],
    [`/elections/${UUID}/ballots/${"A".repeat(43)}`, 404],
    [`/elections/${UUID}/credentials/${"G".repeat(64)}`, 400],
    [`/elections/${UUID}/turnout?interval=1m`, 400],
    [`/elections/${"1".repeat(14)}/turnout`, 404],
    ["/elections/0OIl/turnout", 400],
    ["/ledger/blocks/-1", 400],
    ["/ledger/blocks/0", 400],
    ["/ledger/blocks/99999999999999999", 400],
    ["/ledger/blocks?from=x", 400],
  ])("reading %s is refused with %i", async (url, status) => {
    const answer = await board.get(url);
    expect(answer.status).toBe(status);
    expect(answer.body.code).toMatch(/^(invalid-request|unknown-election|unknown-tracker)$/);
  });

  test("L-17: recorded is never said when the ledger did not say so", async () => {
    failing = () => {
      throw new LedgerUnavailable("the disk is gone");
    };
    const unknown = await board.post("/transactions", { transaction: toBase64Url(utf8("anything at all")) });
    expect([unknown.status, unknown.body.code, unknown.headers["retry-after"]]).toEqual([503, "unavailable", "5"]);
    expect(unknown.body.detail).toContain("send exactly the same again");
    failing = () => {
      throw new Busy("ordering", 1500);
    };
    const busy = await board.post("/transactions", { transaction: toBase64Url(utf8("anything at all")) });
    expect([busy.status, busy.body.code, busy.headers["retry-after"]]).toEqual([503, "overloaded", "2"]);
    failing = undefined;
  });
});
