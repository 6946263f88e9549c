/** Sets of validators with Ed25519 keys: bytes, hash, addresses. SPEC 6.2 */
import { compareBytes, concat, toHex } from "#base/bytes.js";
import { fail, ok, type Result } from "#base/result.js";
import { sha256 } from "#crypto/hash.js";
import { listRoot } from "#crypto/merkle.js";
import { always, blob, Fields, integer } from "./protobuf.js";

export interface Validator {
  /** Ed25519 public key, 32 bytes. */
  readonly key: Uint8Array;
  /** Voting power, at least 1. */
  readonly power: bigint;
}

/** Validators of one network: more would make receipts long and blocks slow. */
export const MAX_VALIDATORS = 150;
/** CometBFT's limit on the sum of powers. */
export const MAX_TOTAL_POWER = 1n << 60n;

/** `tendermint.types.SimpleValidator`: what the set's hash covers. */
function encodeValidator(validator: Validator): Uint8Array {
  return concat(always(1, blob(1, validator.key)), integer(2, validator.power));
}

/** Bytes of a set in its own order (power descending, then address): the hash depends on the order. */
export function encodeValidators(validators: readonly Validator[]): Uint8Array {
  return concat(...validators.map((validator) => always(1, encodeValidator(validator))));
}

/** Strict inverse of {@link encodeValidators}: a set that CometBFT could have, or the reason why not. */
export function decodeValidators(bytes: Uint8Array): Result<readonly Validator[], string> {
  // A validator's bytes, its tag and its length.
  if (bytes.length > MAX_VALIDATORS * 64) return fail("too many validators");
  const fields = Fields.of(bytes);
  if (!fields.ok) return fields;
  const items = fields.value.blobs(1);
  if (items.length === 0 || items.length > MAX_VALIDATORS) return fail(`${items.length} validators`);
  const validators: Validator[] = [];
  const seen = new Set<string>();
  let total = 0n;
  for (const item of items) {
    const validator = decodeValidator(item);
    if (validator === undefined) return fail("a validator is malformed");
    total += validator.power;
    seen.add(toHex(validator.key));
    validators.push(validator);
  }
  if (seen.size !== validators.length) return fail("a validator stands there twice");
  if (total > MAX_TOTAL_POWER) return fail("more power than there can be");
  const again = encodeValidators(validators);
  return toHex(again) === toHex(bytes) ? ok(validators) : fail("not in the one canonical form");
}

function decodeValidator(bytes: Uint8Array): Validator | undefined {
  const fields = Fields.of(bytes);
  const keyFields = fields.ok ? Fields.of(fields.value.blob(1)) : fields;
  if (!fields.ok || !keyFields.ok) return undefined;
  const key = keyFields.value.blob(1);
  const power = fields.value.int(2);
  return key.length === 32 && power > 0n ? { key, power } : undefined;
}

/** `validators_hash` of a header whose block this set signs. */
export function validatorsHash(validators: readonly Validator[]): Uint8Array {
  return listRoot(validators.map(encodeValidator));
}

/** 20 bytes by which commits name a validator. */
export function addressOf(key: Uint8Array): Uint8Array {
  return sha256(key).slice(0, 20);
}

export function totalPower(validators: readonly Validator[]): bigint {
  return validators.reduce((sum, validator) => sum + validator.power, 0n);
}

/** The order in which CometBFT keeps a set: power descending, then address. */
export function inSetOrder<V extends Validator>(validators: readonly V[]): readonly V[] {
  return [...validators].sort((a, b) =>
    a.power === b.power ? compareBytes(addressOf(a.key), addressOf(b.key)) : b.power > a.power ? 1 : -1,
  );
}
