/** The player's side of a simulation: acts become transactions, and the ledger's state is read back in the model's words. */
import { compareBytes, concat, toHex, utf8 } from "#base/bytes.js";
import { fail, ok } from "#base/result.js";
import { GENERATOR, IDENTITY, multiplySecret, pointToAffine, pointToBytes, pointToEighth } from "#crypto/group.js";
import { sha256 } from "#crypto/hash.js";
import { type Random, scalarToBytes } from "#crypto/scalar.js";
import { type BallotTask, type BallotVerdict, plainVerdicts, type Verdicts } from "#protocol/ballot.js";
import { ceremonies } from "#protocol/ceremony.js";
import { elections, sealeds, tallies } from "#protocol/election.js";
import { encodeCbor } from "#protocol/encoding/cbor.js";
import type { Genesis } from "#protocol/genesis.js";
import type { Identity } from "#protocol/identity.js";
import { apply } from "#protocol/machine.js";
import { electionKeysOf, manifestHash, manifestOf } from "#protocol/manifest.js";
import {
  anchorLogTransaction,
  approve,
  approvedTransaction,
  enterRollTransaction,
  type OfficerAct,
} from "#protocol/officer.js";
import type { Plan } from "#protocol/plan.js";
import { type RejectionCode, reject } from "#protocol/rejections.js";
import { envelopeSecret } from "#protocol/suite/belenios-v1/ceremony.js";
import { makePartialDecryption, partialDecryptionToText } from "#protocol/suite/belenios-v1/decryption.js";
import { encryptedTallyOf } from "#protocol/tally.js";
import { appointOfficer } from "#protocol/transactions/appoint-officer.js";
import { cancelElection } from "#protocol/transactions/cancel-election.js";
import { createElection } from "#protocol/transactions/create-election.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { extendElection } from "#protocol/transactions/extend-election.js";
import { reissueCredential } from "#protocol/transactions/reissue-credential.js";
import { removeOfficer } from "#protocol/transactions/remove-officer.js";
import { restartCeremony } from "#protocol/transactions/restart-ceremony.js";
import { sealElection } from "#protocol/transactions/seal-election.js";
import { shareDecryption } from "#protocol/transactions/share-decryption.js";
import {
  ballotTransaction,
  finishBallot,
  mismatchTransaction,
  type PreparedBallot,
  prepareBallot,
} from "#protocol/voter.js";
import { envelopedWire, resignedWire } from "../ballot-forge.js";
import {
  base58,
  CHAIN_ID,
  FOUNDER,
  genesisOf,
  planOf,
  REGISTRAR,
  rollSecretOf,
  seededRandom,
  signed,
  TestLedger,
} from "../protocol-kit.js";
import type { Act, ActOf, Approved, BallotFault } from "./acts.js";
import { complaintWire, officerOf, type PoolBallot, stepWire, type Template, templates } from "./people.js";

export const ORGANISATIONS: Readonly<Record<string, string>> = {
  founders: FOUNDER,
  second: base58("second", 14),
  nobody: base58("nobody", 14),
};

/** Which trust each election has; the model is told. */
export function trusts(): Map<string, Template["trust"]> {
  return new Map([...templates()].map(([name, template]) => [name, template.trust]));
}

export class World {
  readonly ledger: TestLedger;
  readonly #random: Random;
  /** Whether ballots carry real proofs. Otherwise their verdicts are injected. */
  readonly #real: boolean;
  readonly #prepared = new Map<string, PreparedBallot>();
  readonly #wires = new Map<Act, Uint8Array>();

  constructor(seed: string, real: boolean, genesis: Genesis = genesisOf()) {
    const verdicts = real ? plainVerdicts : injectedVerdicts();
    this.ledger = new TestLedger(seed, genesis, verdicts);
    this.#random = seededRandom(`world ${seed}`);
    this.#real = real;
  }

  /** Wire bytes of an act. The same act always has the same bytes, so repeating it is a replay. */
  wire(act: Act): Uint8Array {
    let wire = this.#wires.get(act);
    if (wire === undefined) {
      wire = this.#make(act);
      this.#wires.set(act, wire);
    }
    return wire;
  }

  /** One block; the codes, "ok" included. With `twice` a second machine starts from the same state and must agree. */
  block(time: bigint, acts: readonly Act[], twice: boolean): string[] {
    const transactions = acts.map((act) => this.wire(act));
    const again = twice ? apply(this.ledger.state, { time, transactions }, this.ledger.verdicts) : undefined;
    this.ledger.time = time;
    const applied = this.ledger.block(...transactions);
    if (again !== undefined && toHex(applied.root) !== toHex(again.root))
      throw new Error("L-12: two machines disagree");
    return applied.rejections.map((rejection) => rejection?.code ?? "ok");
  }

  #make(act: Act): Uint8Array {
    switch (act.kind) {
      case "garbage":
        return garbage(act.form);
      case "create-organisation":
        return this.#approved(createOrganisation, act, {
          id: ORGANISATIONS[act.organisation] as string,
          name: act.organisation,
          officers: act.officers
            .map((name) => ({ key: keyOf(officerOf(name)), name }))
            .sort((a, b) => compareBytes(a.key, b.key)),
          threshold: act.threshold,
          registrarKey: act.soundKeys ? keyOf(REGISTRAR) : pointToBytes(IDENTITY),
        });
      case "appoint-officer": {
        const { revision, officer, threshold } = act;
        const organisation = ORGANISATIONS[act.organisation] as string;
        return this.#approved(appointOfficer, act, {
          organisation,
          revision,
          officer: { key: keyOf(officerOf(officer)), name: officer },
          threshold,
        });
      }
      case "remove-officer": {
        const { revision, officer, threshold } = act;
        return this.#approved(removeOfficer, act, {
          organisation: ORGANISATIONS[act.organisation] as string,
          revision,
          key: keyOf(officerOf(officer)),
          threshold,
        });
      }
      case "anchor-log": {
        const body = {
          organisation: ORGANISATIONS[act.organisation] as string,
          entries: act.entries,
          head: new Uint8Array(32).fill(act.entries),
        };
        return anchorLogTransaction(CHAIN_ID, body, act.signed ? REGISTRAR.secret : 5n, this.#random);
      }
      case "create-election":
        return this.#approved(createElection, act, this.#plan(act));
      default:
        return this.#inElection(act, templates().get(act.election) as Template);
    }
  }

  #inElection(
    act: Exclude<
      Act,
      {
        kind:
          | "garbage"
          | "create-organisation"
          | "appoint-officer"
          | "remove-officer"
          | "anchor-log"
          | "create-election";
      }
    >,
    template: Template,
  ): Uint8Array {
    const { uuid } = template;
    switch (act.kind) {
      case "trustee-step":
        return stepWire(template, act) as Uint8Array;
      case "complain":
        return complaintWire(template, act) as Uint8Array;
      case "restart-ceremony":
        return this.#approved(restartCeremony, act, {
          uuid,
          ceremony: act.ceremony,
          trustees: template.trustees,
          threshold: template.trust.threshold,
        });
      case "enter-roll": {
        const entries = act.entries.map(({ who, weight }) => ({
          eighth: eighthOf(template, who, act.soundPoints),
          weight,
        }));
        return enterRollTransaction(
          CHAIN_ID,
          { uuid, start: act.start, entries },
          act.signed ? REGISTRAR.secret : 5n,
          this.#random,
        );
      }
      case "seal-election":
        return this.#seal(act, uuid);
      case "cast-ballot":
      case "spoil-ballot":
        return this.#real ? this.#realBallot(act, template) : injectedBallot(act, template, this.ledger);
      case "report-mismatch": {
        const tracker = this.#trackerOf(act.election, act.ballot);
        return mismatchTransaction(
          CHAIN_ID,
          { uuid, tracker, kind: "other-choice" },
          template.credentials[act.who] as Identity,
          this.#random,
        );
      }
      case "reissue-credential": {
        const old = keyOf(template.credentials[act.old] as Identity);
        return this.#approved(reissueCredential, act, {
          uuid,
          old,
          credential: eighthOf(template, act.fresh, act.soundPoint),
        });
      }
      case "extend-election":
        return this.#approved(extendElection, act, { uuid, closesAt: act.closesAt });
      case "cancel-election":
        return this.#approved(cancelElection, act, { uuid, reason: "a name is missing" });
      case "share-decryption":
        return this.#share(act, template);
    }
  }

  #approved<B>(kind: OfficerAct<B>, { by, forged }: Approved, body: B): Uint8Array {
    // A forged approval signs another ledger's message: right key, wrong bytes.
    const chain = forged ? "other-chain" : CHAIN_ID;
    const approvals = by.map((name) => approve(kind, chain, body, officerOf(name), this.#random));
    return approvedTransaction(kind, CHAIN_ID, body, approvals);
  }

  #plan(act: ActOf<"create-election">): Plan {
    const { opensAt, closesAt, ...rest } = act.rules;
    const template = templates().get(act.election) as Template;
    const base = planOf([], 0, { uuid: template.uuid, trustees: template.trustees });
    const rollKey = act.soundKeys
      ? pointToBytes(multiplySecret(GENERATOR, rollSecretOf(template.uuid)))
      : new Uint8Array(32).fill(2);
    return {
      ...base,
      organisation: ORGANISATIONS[act.organisation] as string,
      opensAt,
      closesAt,
      rules: { ...base.rules, ...rest },
      threshold: template.trust.threshold,
      rollKey,
    };
  }

  #seal(act: ActOf<"seal-election">, uuid: string): Uint8Array {
    const { state } = this.ledger;
    const found = elections.get(state, uuid);
    const choices = { letters: act.letters, uniqueWeights: act.override };
    const ready = found !== undefined && electionKeysOf(state, found.entry) !== undefined && found.entry.rollCount > 0;
    const hash =
      ready && act.rightManifest ? manifestHash(manifestOf(state, uuid, choices)) : new Uint8Array(32).fill(7);
    const rollRoot = act.rightRoot && found !== undefined ? found.entry.rollRoot : new Uint8Array(32).fill(8);
    const { rollCount, rollWeight } = act;
    return this.#approved(sealElection, act, { uuid, rollCount, rollWeight, rollRoot, manifestHash: hash, ...choices });
  }

  #realBallot(act: ActOf<"cast-ballot" | "spoil-ballot">, template: Template): Uint8Array {
    const electionText = sealeds.get(this.ledger.state, template.uuid)?.electionText;
    const credential = template.credentials[act.who] as Identity;
    if (electionText === undefined) return junkBallot(act, template);
    const election = { chainId: CHAIN_ID, uuid: template.uuid, electionText };
    const name = `${act.election}/${act.ballot}`;
    const prepared = this.#prepared.get(name) ?? this.#prepare(election, credential, act.choice);
    this.#prepared.set(name, prepared);
    const parts = { ...election, type: act.kind, credential, sequence: act.sequence };
    const spoilt = spoiltWire(act.fault, prepared.ballot, electionText, credential, this.#random);
    if (spoilt !== undefined) return envelopedWire(parts, spoilt, this.#random);
    const finished = finishBallot(act.kind, election, credential, act.sequence, prepared, this.#random);
    if (act.fault !== "envelope") return finished.transaction;
    const wrong = { commitment: finished.commitment, response: scalarToBytes(9n) };
    return ballotTransaction(act.kind, election, keyOf(credential), act.sequence, prepared.ballot, wrong);
  }

  #prepare(
    election: Parameters<typeof prepareBallot>[0],
    credential: Identity,
    choice: readonly number[],
  ): PreparedBallot {
    const prepared = prepareBallot(election, credential, [choice], this.#random);
    if (!prepared.ok) throw new Error(prepared.error.detail);
    return prepared.value;
  }

  #trackerOf(election: string, ballot: number): Uint8Array {
    if (!this.#real) return injectedTracker(election, ballot);
    return this.#prepared.get(`${election}/${ballot}`)?.trackerBytes ?? new Uint8Array(32).fill(9);
  }

  #share(act: ActOf<"share-decryption">, template: Template): Uint8Array {
    const { uuid } = template;
    const { state } = this.ledger;
    const [sealed, tally, ceremony] = [sealeds.get(state, uuid), tallies.get(state, uuid), ceremonies.get(state, uuid)];
    const owner = Math.min(act.owner, template.specs.length);
    let share = '{"decryption_factors":[],"decryption_proofs":[]}';
    if (sealed !== undefined && tally !== undefined && ceremony !== undefined && ceremony.phase === "done") {
      const secret = template.ceremonies[ceremony.number - 1]?.secrets[owner - 1] as bigint;
      const wrong = act.fault === "content" ? 1n : 0n;
      const encrypted = encryptedTallyOf([{ answers: ["Yes", "No"], blank: false }], tally.sums);
      share = partialDecryptionToText(
        makePartialDecryption(encrypted, sealed.fingerprint, secret + wrong, this.#random),
      );
    }
    const signer = template.specs[act.fault === "signature" ? owner % template.specs.length : owner - 1]
      ?.code as string;
    const secret =
      act.fault === "signature" && template.specs.length === 1 ? 11n : envelopeSecret(signer, CHAIN_ID, uuid);
    return signed(shareDecryption, { uuid, owner: act.owner, share }, "trustee", secret);
  }
}

function keyOf(identity: Identity): Uint8Array {
  return pointToBytes(identity.key);
}

function eighthOf(template: Template, who: number, sound: boolean): Uint8Array {
  return sound ? (eighths(template)[who] as Uint8Array) : new Uint8Array(64).fill(1);
}

const eighthsOf = new Map<Template, readonly Uint8Array[]>();
function eighths(template: Template): readonly Uint8Array[] {
  let known = eighthsOf.get(template);
  known ??= template.credentials.map((each) => pointToEighth(each.key));
  eighthsOf.set(template, known);
  return known;
}

function garbage(form: ActOf<"garbage">["form"]): Uint8Array {
  switch (form) {
    case "too-large":
      return new Uint8Array(400_001);
    case "malformed":
      return concat(encodeCbor([1, CHAIN_ID, "cast-ballot", [], []]), Uint8Array.of(0));
    case "unknown-type":
      return encodeCbor([1, CHAIN_ID, "vote", [], []]);
    case "wrong-chain":
      return anchorLogTransaction(
        "other-chain",
        { organisation: FOUNDER, entries: 1, head: new Uint8Array(32) },
        REGISTRAR.secret,
        seededRandom("garbage"),
      );
  }
}

/** A real ballot with one thing wrong, signed by its owner; `undefined` when the fault is not inside. */
function spoiltWire(
  fault: BallotFault | null,
  ballot: Uint8Array,
  electionText: string,
  credential: Identity,
  random: Random,
): Uint8Array | undefined {
  const wrong = ballot.slice();
  switch (fault) {
    case "wire":
      return ballot.slice(1);
    case "signature":
      wrong.set(scalarToBytes(3n), wrong.length - 32);
      return wrong;
    case "proof":
      wrong.set(scalarToBytes(3n), wrong.length - 64);
      return resignedWire(wrong, electionText, credential, random);
    default:
      return undefined;
  }
}

function junkBallot(act: ActOf<"cast-ballot" | "spoil-ballot">, template: Template): Uint8Array {
  const envelope = { commitment: new Uint8Array(64), response: new Uint8Array(32) };
  const election = { chainId: CHAIN_ID, uuid: template.uuid };
  return ballotTransaction(
    act.kind,
    election,
    keyOf(template.credentials[act.who] as Identity),
    act.sequence,
    utf8("junk"),
    envelope,
  );
}

// Injected verdicts: the wire ballot names a ballot of the pool and what is to be said of it.

const INJECTED: Readonly<Record<BallotFault | "none", RejectionCode | null>> = {
  none: null,
  wire: "bad-wire",
  envelope: "bad-signature",
  signature: "bad-ballot-signature",
  proof: "bad-proof",
};

function injectedBallot(
  act: ActOf<"cast-ballot" | "spoil-ballot">,
  template: Template,
  ledger: TestLedger,
): Uint8Array {
  const ceremony = ceremonies.get(ledger.state, template.uuid)?.number ?? 1;
  const wire = utf8([act.election, ceremony, act.ballot, act.fault ?? "none"].join("/"));
  const envelope = { commitment: new Uint8Array(64), response: new Uint8Array(32) };
  const election = { chainId: CHAIN_ID, uuid: template.uuid };
  return ballotTransaction(
    act.kind,
    election,
    keyOf(template.credentials[act.who] as Identity),
    act.sequence,
    wire,
    envelope,
  );
}

export function injectedTracker(election: string, ballot: number): Uint8Array {
  return sha256(utf8(`tracker ${election}/${ballot}`));
}

export function injectedVerdicts(): Verdicts {
  return {
    ballot: (task: BallotTask): BallotVerdict => {
      const [election, ceremony, number, fault] = String.fromCharCode(...task.wire).split("/") as [
        string,
        string,
        string,
        BallotFault | "none",
      ];
      const code = INJECTED[fault];
      if (code !== null) return fail(reject(code, "injected"));
      return ok({
        tracker: injectedTracker(election, Number(number)),
        ciphertexts: poolBytes(poolBallot(election, Number(ceremony), Number(number))),
      });
    },
  };
}

export function poolBallot(election: string, ceremony: number, number: number): PoolBallot {
  const { pool } = (templates().get(election) as Template).ceremonies[ceremony - 1] as { pool: readonly PoolBallot[] };
  return pool[number % pool.length] as PoolBallot;
}

const bytesOfPool = new Map<PoolBallot, Uint8Array>();
function poolBytes(ballot: PoolBallot): Uint8Array {
  let known = bytesOfPool.get(ballot);
  known ??= concat(...ballot.ciphertexts.flatMap(({ alpha, beta }) => [pointToAffine(alpha), pointToAffine(beta)]));
  bytesOfPool.set(ballot, known);
  return known;
}
