/**
 * Which voter's credential stands at which place of a roll. Computing a credential takes a millisecond, so for reminders
 * the order is kept from when the roll was entered: encrypted under r_e, so that a copy of the database alone still
 * links nobody to a credential, and gone with r_e when the election has ended (docs/decisions/0007).
 */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { setImmediate as breathe } from "node:timers/promises";
import { assert } from "#base/assert.js";
import { utf8 } from "#base/bytes.js";
import { pointFromTrustedBytes, pointToBytes } from "#crypto/group.js";
import { scalarToBytes } from "#crypto/scalar.js";
import { credentialForVoter } from "#protocol/credential.js";
import { type ElectionEntry, type Position, positionOf, positions, reissues } from "#protocol/election.js";
import type { StateReader } from "#protocol/state.js";
import type { Context, Tables } from "./context.js";
import { computeLines, enteredVoters } from "./roll-lines.js";

/** A digital id without `0x`. */
const idBytes = 20;
const [nonceBytes, tagBytes] = [12, 16];

function placesKey(secret: bigint, uuid: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", scalarToBytes(secret), utf8(uuid), "psephos/roll-places", 32));
}

/** Keeps the order of a roll: digital ids in the order of their credentials. */
export async function keepPlaces(
  context: Context,
  uuid: string,
  secret: bigint,
  lines: readonly { readonly digital_id: string }[],
): Promise<void> {
  const plain = Buffer.concat(lines.map((line) => Buffer.from(line.digital_id.slice(2), "hex")));
  assert(plain.length === lines.length * idBytes, "digital ids have 20 bytes");
  const nonce = context.random(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", placesKey(secret, uuid), nonce);
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  await context.tables
    .insertInto("roll_places")
    .values({ election: uuid, sealed })
    .onConflict((conflict) => conflict.column("election").doUpdateSet({ sealed }))
    .execute();
}

function openPlaces(uuid: string, secret: bigint, sealed: Buffer): string[] {
  const decipher = createDecipheriv("aes-256-gcm", placesKey(secret, uuid), sealed.subarray(0, nonceBytes));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const plain = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString(
    "hex",
  );
  return Array.from(
    { length: plain.length / (2 * idBytes) },
    (_, i) => `0x${plain.slice(i * 2 * idBytes, (i + 1) * 2 * idBytes)}`,
  );
}

/** Digital ids in the order of the roll; computed anew (slowly) for rolls that were entered before this was kept. */
async function placesOf(context: Context, uuid: string, secret: bigint): Promise<string[]> {
  const kept = await context.tables
    .selectFrom("roll_places")
    .select("sealed")
    .where("election", "=", uuid)
    .executeTakeFirst();
  if (kept !== undefined) return openPlaces(uuid, secret, kept.sealed);
  const { chainId } = context.requireLedger().status();
  const lines = await computeLines({ chainId, uuid }, secret, await enteredVoters(context.tables, uuid));
  await keepPlaces(context, uuid, secret, lines);
  return lines.map((line) => line.digital_id);
}

/** Places between two pauses: some milliseconds, so that casts go on meanwhile. */
const placesPerTurn = 2_000;

/**
 * Digital ids of the voters on a sealed roll with no ballot that counts, by the state that is given. Who voted is read
 * from the ledger, where it stands for everybody to see; that a place is this voter's, only the registrar knows.
 */
export async function notVoted(
  context: Context,
  state: StateReader,
  entry: ElectionEntry,
  secret: bigint,
): Promise<Set<string>> {
  const { uuid } = entry;
  const missing = new Set<string>();
  for (const [index, digitalId] of (await placesOf(context, uuid, secret)).entries()) {
    if (index % placesPerTurn === placesPerTurn - 1) await breathe();
    const position = positions.get(state, uuid, index);
    if (position === undefined)
      throw new Error(`the roll of ${uuid} has no place ${index}: it is not the one that was entered`);
    if (!hasVoted(state, uuid, position)) missing.add(digitalId);
  }
  for (const digitalId of await votedAnew(context.tables, context, state, entry, secret)) missing.delete(digitalId);
  return missing;
}

function hasVoted(state: StateReader, uuid: string, position: Position): boolean {
  if (position.tracker !== null) return true;
  const next = reissues.get(state, uuid, position.index);
  return next !== undefined && positions.get(state, uuid, next)?.tracker != null;
}

/** Voters of re-issued credentials who voted with the new one: few, so these are computed. */
async function votedAnew(
  tables: Tables,
  context: Context,
  state: StateReader,
  entry: ElectionEntry,
  secret: bigint,
): Promise<string[]> {
  const rows = await tables
    .selectFrom("roll_entries")
    .innerJoin("voters", "voters.id", "roll_entries.voter_id")
    .select(["voters.digital_id", "roll_entries.public_key"])
    .where("election", "=", entry.uuid)
    .where("kind", "=", "reissued")
    .execute();
  const election = { chainId: context.requireLedger().status().chainId, uuid: entry.uuid };
  return rows.flatMap(({ digital_id, public_key }) => {
    const { credential } = credentialForVoter(election, pointFromTrustedBytes(public_key), secret);
    const position = positionOf(state, entry, pointToBytes(credential));
    return position?.tracker != null ? [digital_id] : [];
  });
}
