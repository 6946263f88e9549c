/** Networks whose validators have operators, and what officers and operators approve together. */
import { bytesEqual, compareBytes } from "#base/bytes.js";
import { pointToBytes } from "#crypto/group.js";
import { inSetOrder, type Validator, validatorsHash } from "#evidence/cometbft/validators.js";
import type { Genesis } from "#protocol/genesis.js";
import { type Identity, identityFromCode } from "#protocol/identity.js";
import { RULEBOOK, type Rulebook } from "#protocol/machine.js";
import { type NetworkValidator, networkOf } from "#protocol/network.js";
import { approveAsOperator, type NetworkApprovals } from "#protocol/network-approvals.js";
import { approve } from "#protocol/officer.js";
import { reject } from "#protocol/rejections.js";
import type { StateReader } from "#protocol/state.js";
import { encodeTransaction, type Kind } from "#protocol/transaction.js";
import { type ChangeValidators, changeValidators } from "#protocol/transactions/change-validators.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { CHAIN_ID, codeOf, genesisOf, OFFICERS, seededRandom } from "./protocol-kit.js";

/** The operator of the n-th node, from 0. */
export function operator(n: number): Identity {
  return identityFromCode(codeOf(`operator ${n}`), "operator");
}

/** A validator that the n-th operator runs. */
export function validatorOf(n: number, key: Uint8Array, power = 10): NetworkValidator {
  return { name: `node ${n + 1}`, key, power, operator: pointToBytes(operator(n).key) };
}

const voting = ({ key, power }: NetworkValidator): Validator => ({ key, power: BigInt(power) });

/** The kit's genesis with these validators. */
export function networkGenesis(validators: readonly NetworkValidator[], change: Partial<Genesis> = {}): Genesis {
  return genesisOf({
    engine: "cometbft",
    engineKey: validatorsHash(inSetOrder(validators.map(voting))),
    validators: [...validators].sort((a, b) => compareBytes(a.key, b.key)),
    ...change,
  });
}

/** A transaction that officers and operators approved: two of three officers, and the operators named by number. */
export function agreed<B>(
  kind: Kind<B, NetworkApprovals>,
  body: B,
  operators: readonly number[],
  officers: readonly Identity[] = OFFICERS.slice(0, 2),
): Uint8Array {
  const random = seededRandom("agreed");
  const sorted = <T extends { key: Uint8Array }>(list: T[]): T[] => list.sort((a, b) => compareBytes(a.key, b.key));
  return encodeTransaction(kind, CHAIN_ID, body, {
    officers: sorted(officers.map((each) => approve(kind, CHAIN_ID, body, each, random))),
    operators: sorted(operators.map((n) => approveAsOperator(kind, CHAIN_ID, body, operator(n), random))),
  });
}

/** A change at the network's present revision. */
export function changeAt(
  state: StateReader,
  change: Partial<ChangeValidators>,
  operators: readonly number[],
): Uint8Array {
  const revision = networkOf(state)?.revision ?? 0;
  return agreed(changeValidators, { revision, act: "change", remove: [], add: [], ...change }, operators);
}

/** Whether the set now holds this key. */
export function votes(state: StateReader, key: Uint8Array): boolean {
  return networkOf(state)?.validators.some((each) => bytesEqual(each.key, key)) ?? false;
}

/** Rules that exist in tests only: version 2 refuses further organisations. */
export const SECOND_RULES: Rulebook = new Map([
  ...RULEBOOK,
  [
    2,
    new Map([
      ...(RULEBOOK.get(1) as NonNullable<ReturnType<Rulebook["get"]>>),
      [
        createOrganisation.type,
        { ...createOrganisation, check: () => reject("organisation-exists", "no more of them") } as Kind<
          unknown,
          unknown
        >,
      ],
    ]),
  ],
]);
