/**
 * A new credential for a voter who lost the old one: the registry prepares it, this client recomputes it from the voter's
 * key before it proposes anything (DESIGN §5).
 */
import { bytesEqual, fromBase64Url, fromHex, toHex } from "#base/bytes.js";
import { pointFromBytes, pointFromEighth, pointToBytes } from "#crypto/group.js";
import { scalarFromBytes } from "#crypto/scalar.js";
import { blindKey } from "#protocol/credential.js";
import { decode } from "#protocol/encoding/shape.js";
import {
  type ReissueCredential,
  reissueCredential,
  reissueCredentialBody,
} from "#protocol/transactions/reissue-credential.js";
import type { Http } from "./http.js";
import { act, type ProposalAnswer, SealingRefused, type Signer } from "./officer.js";

interface ReissueAnswer {
  readonly body: string;
  readonly old: string;
  readonly credential: string;
  readonly digital_id: string;
  readonly public_key: string;
  readonly blinding: string;
}

export interface PreparedReissue {
  readonly body: ReissueCredential;
  readonly digitalId: string;
  /** The voter's identity key now, hexadecimal: the voter can say whether it is theirs. */
  readonly publicKey: string;
  /** Credentials in hexadecimal. */
  readonly old: string;
  readonly credential: string;
}

/** Asks the registry for a voter's new credential and recomputes it. Throws {@link SealingRefused} when it does not follow. */
export async function prepareReissue(http: Http, uuid: string, voterId: string): Promise<PreparedReissue> {
  const answer = await http.request<ReissueAnswer>(`/officer/elections/${uuid}/reissue`, {
    method: "POST",
    json: { voter_id: voterId },
  });
  const body = decode(reissueCredentialBody, fromBase64Url(answer.body) ?? new Uint8Array(0), "re-issue");
  const key = pointFromBytes(fromHex(answer.public_key) ?? new Uint8Array(0));
  const blinding = scalarFromBytes(fromHex(answer.blinding) ?? new Uint8Array(0));
  const fresh = body.ok ? pointFromEighth(body.value.credential) : undefined;
  const follows =
    body.ok &&
    key !== undefined &&
    blinding !== undefined &&
    fresh !== undefined &&
    body.value.uuid === uuid &&
    toHex(body.value.old) === answer.old &&
    bytesEqual(pointToBytes(fresh), pointToBytes(blindKey(key, blinding)));
  if (!follows) throw new SealingRefused("The new credential does not follow from the voter's key. Do not approve it.");
  return {
    body: body.value,
    digitalId: answer.digital_id,
    publicKey: answer.public_key,
    old: answer.old,
    credential: toHex(pointToBytes(fresh)),
  };
}

/** Proposes what was prepared and approves it. */
export function proposeReissue(http: Http, signer: Signer, prepared: PreparedReissue): Promise<ProposalAnswer> {
  return act(http, signer, reissueCredential, prepared.body);
}
