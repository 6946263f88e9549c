import { expect, test } from "vitest";
import { toHex } from "#base/bytes.js";
import { GENERATOR, IDENTITY, multiplyPublic, pointToText } from "#crypto/group.js";
import { mod } from "#crypto/scalar.js";
import { combineFactorShares, evaluatePolynomial } from "#crypto/threshold.js";
import {
  acceptShares,
  type CeremonyContext,
  type CheckedReveal,
  checkReveal,
  commitmentOf,
  type Dealing,
  dealingMask,
  dealShares,
  envelopeSecret,
  judgeComplaint,
  mandatoryReveal,
  mandatorySecret,
  memberReveal,
  memberSecrets,
  receiveShares,
  revealsHash,
} from "./ceremony.js";
import {
  makeCertificate,
  signCoefficients,
  type TrusteePublicKey,
  trusteeKeyFromText,
  trusteeKeyToText,
} from "./pki.js";
import { type TrusteeEntry, trusteesFromText, trusteesToText, verifyTrustees } from "./trustees.js";

const CODES = [
  "Aa111-bbbbbb-ccccc-dddddd",
  "Aa222-bbbbbb-ccccc-dddddd",
  "Aa333-bbbbbb-ccccc-dddddd",
  "Aa444-bbbbbb-ccccc-dddddd",
];
const CONTEXT: CeremonyContext = {
  chainId: "test-chain",
  uuid: "4eUJG2iYJxUzQj",
  ceremony: 1,
  trusteesHash: new Uint8Array(32).fill(5),
  size: 3,
  threshold: 2,
};

function reveals(context = CONTEXT): CheckedReveal[] {
  return Array.from({ length: context.size }, (_, i) => {
    const checked = checkReveal(context, i + 1, memberReveal(CODES[i] as string, context, i + 1));
    if (!checked.ok) throw new Error(checked.error);
    return checked.value;
  });
}

/** A whole honest ceremony: shares, and the Pedersen entry. */
function ceremony(context = CONTEXT): {
  shares: bigint[];
  entry: TrusteeEntry;
  members: CheckedReveal[];
  dealings: Dealing[][];
} {
  const members = reveals(context);
  const dealt = members.map((_, i) => dealShares(CODES[i] as string, context, i + 1, members));
  const dealings = dealt.map((each) => [...each.dealings]);
  const shares = members.map((_, j) => {
    const received = receiveShares(
      CODES[j] as string,
      context,
      j + 1,
      members,
      dealings.map((row) => row[j] as Dealing),
    );
    if (!received.ok) throw new Error("complaints");
    return received.value;
  });
  const parameters = {
    threshold: context.threshold,
    certs: members.map((member) => member.certificate),
    coefexps: members.map((member) => member.coefficients),
    signatures: dealt.map((each) => each.signature),
    verificationKeys: shares.map((share, j) => acceptShares(CODES[j] as string, context, share)),
  };
  return { shares, entry: { kind: "pedersen", parameters }, members, dealings };
}

test("an honest ceremony gives trustees that verify and are read back to the same text", () => {
  const { entry } = ceremony();
  const checked = verifyTrustees([entry]);
  expect(checked.ok || checked.error).toBe(true);
  const text = trusteesToText([entry]);
  const back = trusteesFromText(text);
  expect(back.ok && trusteesToText(back.value)).toBe(text);
});

test("K-05: several mandatory trustees beside a threshold set; any t members open, n−t may be missing", () => {
  const { entry, shares } = ceremony();
  const alone: CeremonyContext = CONTEXT;
  const mandatory = ["M1", "M2"].map((code) => mandatoryReveal(code, alone, `Trustee ${code}`));
  const [first, second] = mandatory as [TrusteePublicKey, TrusteePublicKey];
  const checked = verifyTrustees([{ kind: "single", key: first }, entry, { kind: "single", key: second }]);
  if (!checked.ok) throw new Error(checked.error.detail);
  expect(checked.value.members.map((member) => member.name)).toEqual([
    "Trustee M1",
    undefined,
    undefined,
    undefined,
    "Trustee M2",
  ]);
  const alpha = multiplyPublic(GENERATOR, 77n);
  const singles = ["M1", "M2"].map((code) => multiplyPublic(alpha, mandatorySecret(code, alone)));
  const expected = multiplyPublic(checked.value.electionKey, 77n);
  for (const [a, b] of [
    [1, 2],
    [1, 3],
    [2, 3],
  ] as const) {
    const factor = (index: number) => ({ index, factor: multiplyPublic(alpha, shares[index - 1] as bigint) });
    const combined = combineFactorShares([factor(b), factor(a)], 2);
    expect(combined.ok && singles.reduce((total, each) => total.add(each), combined.value).equals(expected)).toBe(true);
  }
});

test("everything follows from the code: a second run, on another device, gives the same bytes", () => {
  const [a, b] = [ceremony(), ceremony()];
  expect(trusteesToText([a.entry])).toBe(trusteesToText([b.entry]));
  expect(a.dealings.flat().map((d) => `${pointToText(d.alpha)} ${d.masked}`)).toEqual(
    b.dealings.flat().map((d) => `${pointToText(d.alpha)} ${d.masked}`),
  );
});

test("every part of the context, and the code, changes every secret; only the envelope key outlives a restart", () => {
  const variants: CeremonyContext[] = [
    CONTEXT,
    { ...CONTEXT, chainId: "other" },
    { ...CONTEXT, uuid: "4eUJG2iYJxUzQk" },
    { ...CONTEXT, ceremony: 2 },
    { ...CONTEXT, trusteesHash: new Uint8Array(32) },
    { ...CONTEXT, size: 4 },
    { ...CONTEXT, threshold: 3 },
  ];
  const seen = new Set<bigint>();
  let count = 0;
  for (const context of variants) {
    for (const code of CODES.slice(0, 2)) {
      const { sk, dk, coefficients } = memberSecrets(code, context);
      for (const secret of [sk, dk, ...coefficients, mandatorySecret(code, context)]) {
        seen.add(secret);
        count++;
      }
    }
  }
  expect(seen.size).toBe(count);
  expect(envelopeSecret("a", "b", "c")).not.toBe(envelopeSecret("a", "bc", ""));
});

test("K-02: what is revealed must be what was committed to; the commitment binds ceremony and kind", () => {
  const reveal = memberReveal(CODES[0] as string, CONTEXT, 1);
  const commitment = toHex(commitmentOf(CONTEXT, reveal));
  expect(toHex(commitmentOf(CONTEXT, memberReveal(CODES[0] as string, CONTEXT, 1)))).toBe(commitment);
  const { sk } = memberSecrets(CODES[0] as string, CONTEXT);
  const late = signCoefficients(sk, [GENERATOR, GENERATOR], (length) => new Uint8Array(length));
  const others = [
    commitmentOf(CONTEXT, { ...reveal, coefficients: late }),
    commitmentOf({ ...CONTEXT, ceremony: 2 }, reveal),
    commitmentOf(CONTEXT, memberReveal(CODES[1] as string, CONTEXT, 1)),
    commitmentOf(CONTEXT, mandatoryReveal(CODES[0] as string, CONTEXT)),
  ];
  expect(new Set([commitment, ...others.map(toHex)]).size).toBe(5);
});

test("a reveal is judged: place, number of coefficients, signature", () => {
  const reveal = memberReveal(CODES[0] as string, CONTEXT, 1);
  const { sk, dk } = memberSecrets(CODES[0] as string, CONTEXT);
  const zero = (length: number) => new Uint8Array(length);
  const error = (index: number, changed: typeof reveal) => {
    const checked = checkReveal(CONTEXT, index, changed);
    return checked.ok ? "none" : checked.error;
  };
  expect(error(1, reveal)).toBe("none");
  expect(error(2, reveal)).toBe("wrong-certificate-context");
  const elsewhere = makeCertificate({ sk, dk }, { size: 4, threshold: 2, index: 1 }, zero);
  expect(error(1, { ...reveal, certificate: elsewhere })).toBe("wrong-certificate-context");
  const short = signCoefficients(sk, [GENERATOR], zero);
  expect(error(1, { ...reveal, coefficients: short })).toBe("wrong-number-of-coefficients");
  expect(error(1, { ...reveal, coefficients: signCoefficients(sk, [GENERATOR, IDENTITY], zero) })).toBe(
    "bad-coefficients",
  );
  expect(error(1, { ...reveal, coefficients: signCoefficients(dk, [GENERATOR, GENERATOR], zero) })).toBe(
    "bad-coefficients-signature",
  );
});

test("K-03: the hash of all reveals differs when anybody was shown anything else", () => {
  const members = reveals();
  const all = toHex(revealsHash(CONTEXT, members, []));
  const swapped = [members[1], members[0], members[2]] as CheckedReveal[];
  expect(toHex(revealsHash(CONTEXT, members, []))).toBe(all);
  expect(toHex(revealsHash(CONTEXT, swapped, []))).not.toBe(all);
  expect(toHex(revealsHash(CONTEXT, members, [mandatoryReveal("M", CONTEXT)]))).not.toBe(all);
});

test("K-04: a share off by one is complained about, with a proof that convicts the dealer", () => {
  const { members, dealings } = ceremony();
  const good = dealings[0]?.[1] as Dealing;
  const bad = { ...good, masked: mod(good.masked + 1n) };
  const row = [bad, dealings[1]?.[1] as Dealing, dealings[2]?.[1] as Dealing];
  const received = receiveShares(CODES[1] as string, CONTEXT, 2, members, row);
  if (received.ok) throw new Error("a bad share was taken");
  expect(received.error.map((complaint) => [complaint.dealer, complaint.recipient])).toEqual([[1, 2]]);
  const complaint = received.error[0];
  if (complaint === undefined) throw new Error("no complaint");
  expect(judgeComplaint(CONTEXT, complaint, members, bad)).toBe("dealer-guilty");
  // The same words about the honest dealing convict the complainer; about anything else they prove nothing.
  expect(judgeComplaint(CONTEXT, complaint, members, good)).toBe("complainer-guilty");
  expect(judgeComplaint(CONTEXT, { ...complaint, shared: complaint.shared.add(GENERATOR) }, members, bad)).toBe(
    "invalid",
  );
  expect(judgeComplaint(CONTEXT, { ...complaint, recipient: 3 }, members, bad)).toBe("invalid");
  expect(judgeComplaint(CONTEXT, { ...complaint, dealer: 2 }, members, bad)).toBe("invalid");
  expect(judgeComplaint(CONTEXT, { ...complaint, dealer: 9 }, members, bad)).toBe("invalid");
  expect(judgeComplaint({ ...CONTEXT, ceremony: 2 }, complaint, members, bad)).toBe("invalid");
  const response = mod(complaint.proof.response + 1n);
  expect(judgeComplaint(CONTEXT, { ...complaint, proof: { ...complaint.proof, response } }, members, bad)).toBe(
    "invalid",
  );
});

test("a dealing meant for another member is a bad dealing; so is a right share behind a neutral α, open to all", () => {
  const { members, dealings } = ceremony();
  const rest = [dealings[1]?.[1] as Dealing, dealings[2]?.[1] as Dealing];
  const share = evaluatePolynomial(memberSecrets(CODES[0] as string, CONTEXT).coefficients, 2);
  const bad: Dealing[] = [dealings[0]?.[0] as Dealing, { alpha: IDENTITY, masked: 5n }];
  const encryption = (members[1] as CheckedReveal).encryption;
  bad.push({ alpha: IDENTITY, masked: mod(share + dealingMask(CONTEXT, 1, 2, encryption, IDENTITY, IDENTITY)) });
  for (const dealing of bad) {
    const received = receiveShares(CODES[1] as string, CONTEXT, 2, members, [dealing, ...rest]);
    const complaint = received.ok ? undefined : received.error[0];
    if (complaint === undefined) throw new Error("a bad share was taken");
    expect(judgeComplaint(CONTEXT, complaint, members, dealing)).toBe("dealer-guilty");
  }
});

test("a threshold of 1: every member alone opens, and all hold the same key", () => {
  const context = { ...CONTEXT, threshold: 1 };
  const { entry, shares } = ceremony(context);
  const checked = verifyTrustees([entry]);
  expect(checked.ok || checked.error).toBe(true);
  expect(new Set(shares).size).toBe(1);
});

test("verification keys carry a signature, mandatory keys do not, and readers insist", () => {
  const { entry } = ceremony();
  const member = entry.kind === "pedersen" ? entry.parameters.verificationKeys[0] : undefined;
  if (member === undefined) throw new Error("no key");
  const mandatory = mandatoryReveal("M", CONTEXT, 'Dr. "Ärztin" \\ Söhne');
  for (const [key, kind, other] of [
    [member, "member", "mandatory"],
    [mandatory, "mandatory", "member"],
  ] as const) {
    const text = trusteeKeyToText(key);
    const back = trusteeKeyFromText(text, kind);
    expect(back.ok && trusteeKeyToText(back.value)).toBe(text);
    expect(trusteeKeyFromText(text, other).ok).toBe(false);
  }
});

test("a code that belongs to another place is noticed before anything is dealt", () => {
  expect(() => dealShares(CODES[1] as string, CONTEXT, 1, reveals())).toThrow("another place");
});
