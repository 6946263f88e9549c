/**
 * The people of a simulation and all that is dear about them: keys, credentials, recorded key ceremonies, sealed
 * ballots. Made once and shared by all seeds; nothing here is random, so a seed alone says what happens.
 */
import { compareBytes } from "#base/bytes.js";
import { type Ciphertext, encrypt } from "#crypto/elgamal.js";
import { GENERATOR, multiplySecret, type Point, pointToBytes } from "#crypto/group.js";
import { mod, randomScalar } from "#crypto/scalar.js";
import {
  type CeremonyRecord,
  ceremonyContext,
  dealingsFor,
  memberIndex,
  ownerPlaces,
  revealedMembers,
} from "#protocol/ceremony.js";
import { credentialOfVoter } from "#protocol/credential.js";
import { type Identity, identityFromCode } from "#protocol/identity.js";
import { describe } from "#protocol/machine.js";
import { electionKeysOf } from "#protocol/manifest.js";
import type { Plan } from "#protocol/plan.js";
import { envelopeSecret, mandatorySecret, receiveShares } from "#protocol/suite/belenios-v1/ceremony.js";
import type { Kind } from "#protocol/transaction.js";
import { acceptShares } from "#protocol/transactions/accept-shares.js";
import { commitTrustee } from "#protocol/transactions/commit-trustee.js";
import { complain } from "#protocol/transactions/complain.js";
import { dealShares } from "#protocol/transactions/deal-shares.js";
import { rehearseDecryption } from "#protocol/transactions/rehearse-decryption.js";
import { restartCeremony } from "#protocol/transactions/restart-ceremony.js";
import { revealTrustee } from "#protocol/transactions/reveal-trustee.js";
import {
  announce,
  approved,
  base58,
  CHAIN_ID,
  codeOf,
  planOf,
  rollSecretOf,
  seededRandom,
  signed,
  TestLedger,
  type TrusteeSpec,
  trusteeList,
  trustees,
  trusteeWire,
} from "../protocol-kit.js";
import { type Act, type ActOf, cheatIn, STEPS, type Step, type Trust } from "./acts.js";

/** Officers by name. A to C found the ledger; the others are appointed, or never. */
export const OFFICER_NAMES = ["A", "B", "C", "D", "E"] as const;
const officers = new Map(
  OFFICER_NAMES.map((name, i) => [name as string, identityFromCode(codeOf(`officer ${i + 1}`), "officer")]),
);

export function officerOf(name: string): Identity {
  return officers.get(name) as Identity;
}

/** Credentials of each election, in the order of the roll: the first ones vote, the rest are spare. */
export const CREDENTIALS = 9;

/** A ballot that needs no proof where verdicts are injected: ciphertexts under the election's key, contents known. */
export interface PoolBallot {
  readonly choice: readonly number[];
  readonly randomness: readonly bigint[];
  readonly ciphertexts: readonly Ciphertext[];
}

const POOL = 40;

/** One election of the simulation. */
export interface Template {
  readonly name: string;
  readonly uuid: string;
  readonly trust: Trust;
  readonly specs: readonly TrusteeSpec[];
  readonly trustees: Plan["trustees"];
  readonly credentials: readonly Identity[];
  /** By ceremony number (from 1). */
  readonly ceremonies: readonly RecordedCeremony[];
}

interface RecordedCeremony {
  readonly steps: ReadonlyMap<string, Uint8Array>;
  /** The same ceremony with one wrong share, where there are members enough. */
  readonly cheated: RecordedCheat | undefined;
  /** Decryption secret of each owner, from owner 1. */
  readonly secrets: readonly bigint[];
  readonly electionKey: Point;
  readonly pool: readonly PoolBallot[];
}

interface RecordedCheat {
  /** The dealing with the wrong share. */
  readonly deal: Uint8Array;
  /** What members who got right shares accept, by place. */
  readonly accepts: ReadonlyMap<number, Uint8Array>;
  /** The victim's. */
  readonly complaint: Uint8Array;
}

const KINDS: Readonly<Record<Step, Kind<never, { challenge: bigint; response: bigint }>>> = {
  commit: commitTrustee,
  reveal: revealTrustee,
  deal: dealShares,
  accept: acceptShares,
  rehearse: rehearseDecryption,
} as never;

function record(uuid: string, specs: readonly TrusteeSpec[], threshold: number, count: number): RecordedCeremony[] {
  const ledger = new TestLedger(`ceremonies of ${uuid}`);
  announce(ledger, planOf(specs, threshold, { uuid }));
  const out: RecordedCeremony[] = [];
  for (let number = 1; number <= count; number++) {
    if (number > 1)
      ledger.must(approved(restartCeremony, { uuid, ceremony: number, trustees: trusteeList(specs, uuid), threshold }));
    const steps = new Map<string, Uint8Array>();
    let cheated: RecordedCheat | undefined;
    for (const step of STEPS) {
      if (ledger.ceremony(uuid).phase !== step) continue;
      if (step === "deal" && number === 1) cheated = recordCheat(ledger.fork(), uuid, specs, threshold);
      for (const [place, { code }] of specs.entries()) {
        const wire = trusteeWire(ledger, uuid, code);
        if (wire === undefined) continue;
        ledger.must(wire);
        steps.set(`${step}/${place}`, wire);
      }
    }
    const { electionKey } = electionKeysOf(ledger.state, ledger.entry(uuid)) as { electionKey: Point };
    const secrets = secretsOf(uuid, specs, ledger.ceremony(uuid));
    out.push({ steps, cheated, secrets, electionKey, pool: poolOf(electionKey, `${uuid}/${number}`) });
  }
  return out;
}

/** The accepting phase after a wrong share; `ledger` stands at the beginning of the dealing. */
function recordCheat(
  ledger: TestLedger,
  uuid: string,
  specs: readonly TrusteeSpec[],
  threshold: number,
): RecordedCheat | undefined {
  const cheat = cheatIn({ parts: specs.map(({ part }) => part), threshold });
  if (cheat === undefined) return undefined;
  const wireOf = (place: number): Uint8Array => trusteeWire(ledger, uuid, specs[place]?.code as string) as Uint8Array;
  const members = specs.flatMap(({ part }, place) => (part === "member" ? [place] : []));
  const { body } = describe(wireOf(cheat.dealer)) as { body: { shares: readonly { masked: bigint }[] } };
  const wronged = members.indexOf(cheat.victim);
  const shares = body.shares.map((share, i) => (i === wronged ? { ...share, masked: mod(share.masked + 1n) } : share));
  const secret = envelopeSecret(specs[cheat.dealer]?.code as string, CHAIN_ID, uuid);
  const deal = signed(dealShares, { ...body, shares } as never, "trustee", secret);
  for (const place of members) ledger.must(place === cheat.dealer ? deal : wireOf(place));
  const others = members.filter((place) => place !== cheat.dealer && place !== cheat.victim);
  return { deal, accepts: new Map(others.map((place) => [place, wireOf(place)])), complaint: wireOf(cheat.victim) };
}

function secretsOf(uuid: string, specs: readonly TrusteeSpec[], ceremony: CeremonyRecord): bigint[] {
  const context = ceremonyContext(CHAIN_ID, uuid, ceremony);
  return ownerPlaces(ceremony).map((place) => {
    const code = specs[place]?.code as string;
    const index = memberIndex(ceremony, place);
    if (index === 0) return mandatorySecret(code, context);
    const dealings = dealingsFor(ceremony, index) ?? [];
    const received = receiveShares(code, context, index, revealedMembers(ceremony), dealings);
    if (!received.ok) throw new Error("a recorded share is wrong");
    return received.value;
  });
}

function poolOf(key: Point, seed: string): PoolBallot[] {
  const random = seededRandom(`pool ${seed}`);
  return Array.from({ length: POOL }, (_, i) => {
    const choice = CHOICES[i % CHOICES.length] as readonly number[];
    const randomness = choice.map(() => randomScalar(random));
    return {
      choice,
      randomness,
      ciphertexts: choice.map((mark, at) => encrypt(key, BigInt(mark), randomness[at] as bigint)),
    };
  });
}

/** Yes, no, neither. */
export const CHOICES: readonly (readonly number[])[] = [
  [1, 0],
  [0, 1],
  [0, 0],
];

function templateOf(name: string, mandatory: number, members: number, threshold: number, ceremonies: number): Template {
  const uuid = base58(`simulated ${name}`, 14);
  const specs = trustees(mandatory, members, name);
  const rollKey = multiplySecret(GENERATOR, rollSecretOf(uuid));
  const credentials = Array.from({ length: CREDENTIALS }, (_, i) =>
    credentialOfVoter({ chainId: CHAIN_ID, uuid }, identityFromCode(codeOf(`voter ${i + 1}`), "voter"), rollKey),
  ).sort((a, b) => compareBytes(pointToBytes(a.key), pointToBytes(b.key)));
  return {
    name,
    uuid,
    trust: { parts: specs.map((spec) => spec.part), threshold },
    specs,
    trustees: trusteeList(specs, uuid),
    credentials,
    ceremonies: record(uuid, specs, threshold, ceremonies),
  };
}

let made: ReadonlyMap<string, Template> | undefined;

/** Elections with one mandatory trustee; with any 2 of 3; with one mandatory trustee and any 1 of 2. */
export function templates(): ReadonlyMap<string, Template> {
  made ??= new Map(
    [templateOf("one", 1, 0, 0, 3), templateOf("two-of-three", 0, 3, 2, 2), templateOf("mixed", 1, 2, 1, 1)].map(
      (each) => [each.name, each],
    ),
  );
  return made;
}

/** The recorded transaction of a step, or one with a fault; `undefined` when no such step was recorded. */
export function stepWire(template: Template, act: ActOf<"trustee-step">): Uint8Array | undefined {
  const { steps } = template.ceremonies[act.ceremony - 1] ?? { steps: new Map<string, Uint8Array>() };
  const { cheated } = template.ceremonies[act.ceremony - 1] ?? {};
  if (act.fault === "share") return cheated?.deal;
  const seen = act.step === "accept" && act.saw === "cheated" ? cheated?.accepts.get(act.place) : undefined;
  const wire = act.step === "accept" && act.saw === "cheated" ? seen : steps.get(`${act.step}/${act.place}`);
  if (wire === undefined || act.fault === null) return wire;
  const body = { ...((describe(wire) as { body: object }).body as Record<string, unknown>) };
  if (act.fault === "content") Object.assign(body, faulty(act.step, template, act, steps));
  const signer = act.fault === "signature" ? act.place + 1 : act.place;
  const { code } = (template.specs[signer] ?? { code: codeOf("nobody") }) as { code: string };
  return signed(KINDS[act.step], body as never, "trustee", envelopeSecret(code, CHAIN_ID, template.uuid));
}

function faulty(
  step: Step,
  template: Template,
  act: ActOf<"trustee-step">,
  steps: ReadonlyMap<string, Uint8Array>,
): object {
  const otherPlace = template.specs.findIndex(
    (spec, place) => place !== act.place && steps.has(`${step}/${place}`) && spec.part !== undefined,
  );
  const other = steps.get(`${step}/${otherPlace}`);
  const otherBody = other === undefined ? {} : ((describe(other) as { body: Record<string, unknown> }).body ?? {});
  switch (step) {
    case "commit":
      return {};
    case "reveal":
      return { reveal: otherBody.reveal ?? ["{}"] };
    case "deal":
      return { signature: { challenge: 1n, response: 1n } };
    case "accept":
      return { verificationKey: otherBody.verificationKey };
    case "rehearse":
      return { factor: GENERATOR };
  }
}

/** The recorded complaint, in whatever name and about whomever. */
export function complaintWire(template: Template, act: ActOf<"complain">): Uint8Array | undefined {
  const wire = template.ceremonies[0]?.cheated?.complaint;
  const { code } = template.specs[act.place] ?? { code: codeOf("nobody") };
  if (wire === undefined) return undefined;
  const { body } = describe(wire) as { body: object };
  const changed = { ...body, ceremony: act.ceremony, trustee: act.place, accused: act.accused };
  return signed(complain, changed as never, "trustee", envelopeSecret(code, CHAIN_ID, template.uuid));
}

/** Whether an act is one of those whose bytes need a recorded ceremony that does not exist. */
export function isRecorded(act: Act): boolean {
  if (act.kind !== "trustee-step" && act.kind !== "complain") return true;
  const template = templates().get(act.election) as Template;
  if (act.kind === "complain") return complaintWire(template, act) !== undefined;
  return stepWire(template, act.fault === "share" ? act : { ...act, fault: null }) !== undefined;
}
