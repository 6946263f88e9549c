/**
 * What can happen in a simulated election, in words that have no bytes: the player turns an act into a transaction, the
 * model says what becomes of it. People are named: officers by letters, credentials by their place in the order of keys.
 */

/** Who approved, and whether they approved this very act or another one. */
export interface Approved {
  readonly by: readonly string[];
  readonly forged: boolean;
}

export interface Rules {
  readonly opensAt: bigint;
  readonly closesAt: bigint;
  readonly latestClose: bigint;
  readonly maxCasts: number;
  readonly privacyFloor: number;
  readonly objectionPeriod: bigint;
  readonly decryptionPeriod: bigint;
  readonly reissueDelay: bigint;
  readonly reissueCap: number;
  readonly phaseLimit: bigint;
}

export const STEPS = ["commit", "reveal", "deal", "accept", "rehearse"] as const;
export type Step = (typeof STEPS)[number];

/** All shares right, or the one that {@link cheatIn} names wrong. */
export type Dealings = "honest" | "cheated";

/** A ballot is wrong in one place at most. */
export type BallotFault = "wire" | "envelope" | "signature" | "proof";

export type Act =
  | { readonly kind: "garbage"; readonly form: "too-large" | "malformed" | "unknown-type" | "wrong-chain" }
  | ({
      readonly kind: "create-organisation";
      readonly organisation: string;
      readonly officers: readonly string[];
      readonly threshold: number;
      readonly soundKeys: boolean;
    } & Approved)
  | ({
      readonly kind: "appoint-officer";
      readonly organisation: string;
      readonly revision: number;
      readonly officer: string;
      readonly threshold: number;
    } & Approved)
  | ({
      readonly kind: "remove-officer";
      readonly organisation: string;
      readonly revision: number;
      readonly officer: string;
      readonly threshold: number;
    } & Approved)
  | { readonly kind: "anchor-log"; readonly organisation: string; readonly entries: number; readonly signed: boolean }
  | ({
      readonly kind: "create-election";
      readonly election: string;
      readonly organisation: string;
      readonly rules: Rules;
      readonly soundKeys: boolean;
    } & Approved)
  | {
      readonly kind: "trustee-step";
      readonly election: string;
      readonly step: Step;
      readonly ceremony: number;
      readonly place: number;
      /** `content`: what is said is wrong; `signature`: another trustee signed; `share`: a dealing that only its recipient can judge. */
      readonly fault: "content" | "signature" | "share" | null;
      /** Which dealings the sender has seen. */
      readonly saw: Dealings;
    }
  | {
      /** Of a share: in the name of the member at `place`, about the dealing of the one at `accused`. */
      readonly kind: "complain";
      readonly election: string;
      readonly ceremony: number;
      readonly place: number;
      readonly accused: number;
    }
  | ({ readonly kind: "restart-ceremony"; readonly election: string; readonly ceremony: number } & Approved)
  | {
      readonly kind: "enter-roll";
      readonly election: string;
      /** Tells this message from every other, also from one with the same content. */
      readonly number: number;
      readonly start: number;
      readonly entries: readonly { readonly who: number; readonly weight: number }[];
      readonly soundPoints: boolean;
      readonly signed: boolean;
    }
  | ({
      readonly kind: "seal-election";
      readonly election: string;
      readonly rollCount: number;
      readonly rollWeight: number;
      readonly rightRoot: boolean;
      readonly rightManifest: boolean;
      readonly letters: number;
      readonly override: boolean;
    } & Approved)
  | {
      readonly kind: "cast-ballot" | "spoil-ballot";
      readonly election: string;
      readonly who: number;
      readonly sequence: number;
      /** Number of the sealed ballot: the same number has the same ciphertexts and tracker. */
      readonly ballot: number;
      /** Mark for each answer. */
      readonly choice: readonly number[];
      readonly fault: BallotFault | null;
    }
  | { readonly kind: "report-mismatch"; readonly election: string; readonly ballot: number; readonly who: number }
  | ({
      readonly kind: "reissue-credential";
      readonly election: string;
      readonly old: number;
      readonly fresh: number;
      readonly soundPoint: boolean;
    } & Approved)
  | ({ readonly kind: "extend-election"; readonly election: string; readonly closesAt: bigint } & Approved)
  | ({ readonly kind: "cancel-election"; readonly election: string } & Approved)
  | {
      readonly kind: "share-decryption";
      readonly election: string;
      readonly owner: number;
      readonly fault: "content" | "signature" | null;
    };

export type ActOf<K extends Act["kind"]> = Extract<Act, { readonly kind: K }>;

/** Trustees of an election: mandatory ones first in the order of owners. */
export interface Trust {
  readonly parts: readonly ("mandatory" | "member")[];
  readonly threshold: number;
}

/** Who deals a wrong share, where anybody does, and to whom: the first member of the threshold set, to the second. */
export function cheatIn({ parts }: Trust): { readonly dealer: number; readonly victim: number } | undefined {
  const [dealer, victim] = parts.flatMap((part, place) => (part === "member" ? [place] : []));
  return dealer === undefined || victim === undefined ? undefined : { dealer, victim };
}
