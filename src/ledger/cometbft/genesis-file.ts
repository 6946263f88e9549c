/**
 * CometBFT's genesis file, made from ours: ours is inside it (`app_state`), so the file alone founds a node. Its time
 * is one nanosecond after ours, because CometBFT gives the first block its genesis time, and block times rise from the
 * genesis on. SPEC 6.5
 */
import { createHash } from "node:crypto";
import { bytesEqual, compareBytes, fromBase64Url, fromUtf8, toBase64Url, toHex } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { addressOf, inSetOrder, type Validator, validatorsHash } from "#evidence/cometbft/validators.js";
import { decode, encode } from "#protocol/encoding/shape.js";
import { faultOfGenesis, type Genesis, genesisShape } from "#protocol/genesis.js";

/** A validator of a new network, by the name of who runs it. */
export interface NamedValidator extends Validator {
  readonly name: string;
  /** Key of who runs it, compressed; without it the network's set never changes. */
  readonly operator?: Uint8Array;
}

/** What the genesis says of the validators: nothing unless each has an operator. */
export function operatedValidators(validators: readonly NamedValidator[]): Pick<Genesis, "validators"> {
  const list = validators.flatMap(({ name, key, power, operator }) =>
    operator === undefined ? [] : [{ name, key, power: Number(power), operator }],
  );
  if (list.length === 0) return {};
  if (list.length < validators.length) throw new Error("Either every validator has an operator's key, or none.");
  return { validators: list.sort((a, b) => compareBytes(a.key, b.key)) };
}

/** Bytes of transactions in a block, with everything around them: small blocks travel quickly. */
export const MAX_BLOCK_BYTES = 2 * 1024 * 1024;

/** What is wrong with a genesis as a network's, or `undefined`. */
export function faultOfNetworkGenesis(genesis: Genesis): string | undefined {
  const fault = faultOfGenesis(genesis) ?? (genesis.engine === "cometbft" ? undefined : `engine ${genesis.engine}`);
  if (fault !== undefined || genesis.validators === undefined) return fault;
  const key = engineKeyOf(genesis.validators.map(({ key, power }) => ({ key, power: BigInt(power) })));
  return bytesEqual(key, genesis.engineKey) ? undefined : "its validators are not those of its engine key";
}

/** What the genesis names as its engine key: the hash of the first set. */
export function engineKeyOf(validators: readonly Validator[]): Uint8Array {
  return validatorsHash(inSetOrder(validators));
}

/** Text of CometBFT's genesis.json. The genesis names these validators. */
export function cometGenesis(genesis: Genesis, validators: readonly NamedValidator[]): string {
  const fault = faultOfNetworkGenesis(genesis);
  if (fault !== undefined) throw new Error(`This genesis cannot found a network: ${fault}.`);
  if (!bytesEqual(engineKeyOf(validators), genesis.engineKey))
    throw new Error("The genesis names another set of validators.");
  return `${JSON.stringify(
    {
      genesis_time: rfc3339(genesis.time + 1n),
      chain_id: genesis.chainId,
      initial_height: "1",
      consensus_params: {
        block: { max_bytes: String(MAX_BLOCK_BYTES), max_gas: "-1" },
        evidence: { max_age_num_blocks: "100000", max_age_duration: "1209600000000000", max_bytes: "65536" },
        validator: { pub_key_types: ["ed25519"] },
        version: { app: "0" },
        abci: { vote_extensions_enable_height: "0" },
      },
      validators: inSetOrder(validators).map(({ key, power, name }) => ({
        address: toHex(addressOf(key)).toUpperCase(),
        pub_key: { type: "tendermint/PubKeyEd25519", value: Buffer.from(key).toString("base64") },
        power: String(power),
        name,
      })),
      app_hash: "",
      app_state: { genesis: toBase64Url(encode(genesisShape, genesis)) },
    },
    null,
    2,
  )}\n`;
}

/** Our genesis from CometBFT's `app_state`, with the SHA-256 of its bytes. */
export function genesisFromAppState(
  bytes: Uint8Array,
): Result<{ readonly genesis: Genesis; readonly hash: Uint8Array }, string> {
  const text = fromUtf8(bytes);
  if (!text.ok) return fail("app_state is not UTF-8");
  let value: unknown;
  try {
    value = JSON.parse(text.value);
  } catch {
    return fail("app_state is not JSON");
  }
  const inner = typeof value === "object" && value !== null && "genesis" in value ? value.genesis : undefined;
  const encoded = typeof inner === "string" ? fromBase64Url(inner) : undefined;
  if (encoded === undefined) return fail("app_state carries no genesis");
  const genesis = decode(genesisShape, encoded);
  if (!genesis.ok) return fail(`the genesis in app_state: ${genesis.error}`);
  return ok({ genesis: genesis.value, hash: new Uint8Array(createHash("sha256").update(encoded).digest()) });
}

/** Our genesis from the text of CometBFT's genesis.json. */
export function genesisFromFile(text: string): Result<Genesis, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail("not JSON");
  }
  const state = typeof value === "object" && value !== null && "app_state" in value ? value.app_state : undefined;
  const found = genesisFromAppState(Buffer.from(JSON.stringify(state ?? null), "utf8"));
  return found.ok ? ok(found.value.genesis) : found;
}

/** Nanoseconds as CometBFT writes times. */
function rfc3339(time: bigint): string {
  const nanos = time % 1_000_000_000n;
  const seconds = new Date(Number((time - nanos) / 1_000_000n)).toISOString().slice(0, 19);
  const digits = nanos.toString().padStart(9, "0").replace(/0+$/, "");
  return `${seconds}${digits === "" ? "" : `.${digits}`}Z`;
}
