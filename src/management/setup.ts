/**
 * Set-up of a fresh installation: a one-time link, printed where the server was started, lets the first officer make a
 * key; its public half founds the ledger. The server never sees the officer's code.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { z } from "zod";
import type { setupAnswerSchema, setupRequestSchema } from "#api/management.js";
import { edgeProblem, ProblemError } from "#api/problem.js";
import { bytesOfHex } from "#api/values.js";
import { toHex, utf8 } from "#base/bytes.js";
import { randomBase58 } from "#crypto/base58.js";
import { isIdentity, pointFromBytes } from "#crypto/group.js";
import { type Random, scalarFromBytes } from "#crypto/scalar.js";
import { verifySignature } from "#crypto/schnorr.js";
import type { LedgerPort } from "#ledger/port.js";
import { genesisHash } from "#protocol/genesis.js";

export interface SetupDeps {
  readonly ledger: LedgerPort;
  readonly random: Random;
  /** The token of the printed link; `undefined` once set-up is done. */
  readonly setupToken: string | undefined;
}

/** Founds the ledger. The token works once: with the ledger there, set-up is over for good. */
export async function setUp(
  deps: SetupDeps,
  request: z.output<typeof setupRequestSchema>,
): Promise<z.output<typeof setupAnswerSchema>> {
  if (deps.ledger.current() !== undefined || deps.setupToken === undefined)
    throw new ProblemError(edgeProblem("gone", "This installation is set up already."));
  if (!sameSecret(request.token, deps.setupToken))
    throw new ProblemError(
      edgeProblem(
        "not-allowed",
        "This is not the set-up link of this installation. It was printed when the server started.",
      ),
    );
  const key = bytesOfHex(request.officer.key);
  if (!signedBy(request.officer.key, `setup|${request.token}`, request.signature))
    throw new ProblemError(edgeProblem("not-allowed", "The signature over the token does not hold."));
  const chainId = request.chain_id ?? `p-${randomBase58(8, deps.random).toLowerCase()}`;
  const founder = {
    id: randomBase58(14, deps.random),
    name: request.organisation.name,
    officers: [{ key, name: request.officer.name }],
    threshold: 1,
    registrarKey: deps.ledger.registrarKey,
  };
  const ledger = await deps.ledger.create({ chainId, founder });
  return { chain_id: chainId, genesis_hash: toHex(genesisHash(ledger.genesis())), organisation: founder.id };
}

/** Proof that whoever proposes a key has it: tag `confirm`, no chain yet. */
export function signedBy(
  keyHex: string,
  message: string,
  signature: { challenge: string; response: string },
  chainId = "",
): boolean {
  const key = pointFromBytes(bytesOfHex(keyHex));
  const challenge = scalarFromBytes(bytesOfHex(signature.challenge));
  const response = scalarFromBytes(bytesOfHex(signature.response));
  if (key === undefined || isIdentity(key) || challenge === undefined || response === undefined) return false;
  return verifySignature({ tag: "confirm", chainId }, key, utf8(message), { challenge, response });
}

/** Constant-time comparison through hashes of equal length (row R-03). */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
