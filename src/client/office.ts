/** An organisation's people and further organisations: roles in the registry, and founding on the ledger. */
import type { OfficeRole } from "#api/actor.js";
import { compareBytes, fromHex } from "#base/bytes.js";
import { randomBase58 } from "#crypto/base58.js";
import { createOrganisation } from "#protocol/transactions/create-organisation.js";
import { ApiError, type Http } from "./http.js";
import { act, type ProposalAnswer, type Signer } from "./officer.js";

export interface MemberList {
  readonly members: readonly {
    readonly key: string;
    readonly name: string;
    readonly role: OfficeRole;
    readonly on_ledger: boolean;
  }[];
}

export function listMembers(http: Http): Promise<MemberList> {
  return http.request("/officer/members");
}

/** Gives a key a role in the registry; owners may. `name` for who is no officer on the ledger. */
export function appointMember(http: Http, key: string, role: OfficeRole, name?: string): Promise<MemberList> {
  const json = name === undefined ? { role } : { role, name };
  return http.request(`/officer/members/${key}`, { method: "PUT", json });
}

export async function dismissMember(http: Http, key: string): Promise<void> {
  await http.request(`/officer/members/${key}`, { method: "DELETE" });
}

/** The organisations in which this key has a role; to act in another one, sign in for it. */
export function ownOrganisations(http: Http): Promise<{
  readonly organisations: readonly { id: string; name: string; role: OfficeRole; current: boolean }[];
}> {
  return http.request("/officer/organisations");
}

/**
 * Proposes a further organisation with officers of its own; officers of the founding one approve it. The registration
 * service of this installation serves it, too.
 */
export async function foundOrganisation(
  http: Http,
  signer: Signer,
  organisation: {
    readonly name: string;
    readonly threshold: number;
    readonly officers: readonly { readonly name: string; readonly key: string }[];
  },
): Promise<{ readonly id: string; readonly proposal: ProposalAnswer }> {
  const founder = await http.request<{ registrar_key: string }>("/organisations");
  const officers = organisation.officers
    .map(({ name, key }) => ({ name, key: bytesOf(key) }))
    .sort((a, b) => compareBytes(a.key, b.key));
  const { name, threshold } = organisation;
  const id = randomBase58(14, signer.random);
  const registrarKey = bytesOf(founder.registrar_key);
  const proposal = await act(http, signer, createOrganisation, { id, name, officers, threshold, registrarKey });
  return { id, proposal };
}

function bytesOf(key: string): Uint8Array {
  const bytes = fromHex(key);
  if (bytes?.length !== 32) throw new ApiError(400, "bad-key", `${key} is not a public key of 64 hexadecimal digits.`);
  return bytes;
}
