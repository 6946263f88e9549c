/** Genesis: the first facts of a ledger, fixed before its first block. SPEC 3.1 */
import { concat, utf8 } from "#base/bytes.js";
import { ok } from "#base/result.js";
import { sha256 } from "#crypto/hash.js";
import { directoryAppend } from "./directory.js";
import { bool, bytes, encode, oneOf, record, type Shape, type TypeOf, text, u64 } from "./encoding/shape.js";
import {
  faultOfValidators,
  type NetworkValidator,
  networkEntry,
  networks,
  newNetwork,
  validatorsShape,
} from "./network.js";
import {
  faultOfOfficers,
  newOrganisation,
  organisationEntry,
  organisationShape,
  organisations,
} from "./organisation.js";
import { Draft, type StateReader, slot } from "./state.js";

/** Identifiers of ledgers: short, since each transaction carries one. */
export const chainIdShape: Shape<string> = text(20, 3, /^[a-z0-9][a-z0-9-]*$/);

const FIELDS = {
  version: oneOf(["psephos1"]),
  chainId: chainIdShape,
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  time: u64,
  /** Which engine orders blocks; `engineKey` is the node's key (embedded) or the hash of the first validator set (CometBFT). */
  engine: oneOf(["embedded", "cometbft"]),
  engineKey: bytes(32),
  /** A practice ledger is marked for ever and bannered everywhere. */
  practice: bool,
  /** The founding organisation: its officers create the others. */
  founder: organisationShape,
} as const;

const lonelyShape = record(FIELDS);
const networkedShape = record({ ...FIELDS, validators: validatorsShape });

export type Genesis = TypeOf<typeof lonelyShape> & {
  /** The first validators with their operators; without them the set and the rules of a network never change. */
  readonly validators?: readonly NetworkValidator[];
};

/** Seven fields, and an eighth on a network whose validators have operators. */
export const genesisShape: Shape<Genesis> = {
  encode: (genesis) =>
    genesis.validators === undefined
      ? lonelyShape.encode(genesis)
      : networkedShape.encode({ ...genesis, validators: genesis.validators }),
  decode: (value, path) => {
    const shape: Shape<Genesis> = Array.isArray(value) && value.length === 8 ? networkedShape : lonelyShape;
    const decoded = shape.decode(value, path);
    return decoded.ok ? ok(decoded.value) : decoded;
  },
};

/** SHA-256 of the tagged genesis bytes: the ledger's fingerprint. */
export function genesisHash(genesis: Genesis): Uint8Array {
  return sha256(concat(utf8("psephos/genesis|"), encode(genesisShape, genesis)));
}

/** What is wrong with a genesis beyond its form, or `undefined`. */
export function faultOfGenesis(genesis: Genesis): string | undefined {
  const { founder, validators, engine } = genesis;
  const fault = faultOfOfficers(founder.officers, founder.threshold);
  if (fault !== undefined || validators === undefined) return fault;
  return engine === "cometbft" ? faultOfValidators(validators) : "one node has no validators";
}

export const chainShape = record({
  kind: oneOf(["chain"]),
  chainId: chainIdShape,
  genesisHash: bytes(32),
  engine: oneOf(["embedded", "cometbft"]),
  engineKey: bytes(32),
  practice: bool,
  founder: text(22, 14),
});
export type Chain = TypeOf<typeof chainShape>;

const chains = slot<Chain, []>("chain", chainShape);

/** The state that genesis gives: changes on an empty state. */
export function applyGenesis(genesis: Genesis): Draft {
  const draft = new Draft({ get: () => undefined });
  const facts: Chain = {
    kind: "chain",
    chainId: genesis.chainId,
    genesisHash: genesisHash(genesis),
    engine: genesis.engine,
    engineKey: genesis.engineKey,
    practice: genesis.practice,
    founder: genesis.founder.id,
  };
  chains.set(draft, facts);
  const chainIndex = directoryAppend(draft, encode(chainShape, facts));
  const founder = newOrganisation(genesis.founder, chainIndex + 1);
  directoryAppend(draft, organisationEntry(founder));
  organisations.set(draft, founder, genesis.founder.id);
  if (genesis.validators !== undefined) {
    const network = newNetwork(genesis.validators);
    networks.set(draft, network);
    directoryAppend(draft, networkEntry(network));
  }
  return draft;
}

/** Decoded once for as long as a reader gives the same array: every transaction asks for them. */
const decodedFacts = new WeakMap<Uint8Array, Chain>();

/** The facts of the ledger whose state this is. */
export function chainOf(reader: StateReader): Chain {
  const bytes = reader.get(chains.key());
  const known = bytes === undefined ? undefined : decodedFacts.get(bytes);
  if (known !== undefined) return known;
  const facts = chains.get(reader);
  if (bytes === undefined || facts === undefined) throw new Error("the state has no genesis");
  decodedFacts.set(bytes, facts);
  return facts;
}
