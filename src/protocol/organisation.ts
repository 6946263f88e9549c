/** Organisations and their officers: who may approve what. SPEC 2.4 */
import { bytesEqual, compareBytes } from "#base/bytes.js";
import { bytes, encode, humanText, list, record, type Shape, type TypeOf, text, uint } from "./encoding/shape.js";
import { type StateReader, slot } from "./state.js";

export const MAX_OFFICERS = 64;

/** Base58 identifier, 14 to 22 characters: organisations and elections alike. */
export const identifierShape: Shape<string> = text(22, 14, /^[1-9A-HJ-NP-Za-km-z]+$/);

export const officerShape = record({
  /** Public key, compressed. */
  key: bytes(32),
  name: humanText(100, 1),
});
export type Officer = TypeOf<typeof officerShape>;

export const organisationShape = record({
  id: identifierShape,
  name: humanText(200, 1),
  /** Ascending by key bytes; no key twice. */
  officers: list(officerShape, MAX_OFFICERS, 1),
  /** How many officers must approve an act. */
  threshold: uint(MAX_OFFICERS, 1),
  /** Key of the registration service: the only signing key that a server holds. */
  registrarKey: bytes(32),
});
export type OrganisationFields = TypeOf<typeof organisationShape>;

export const organisationEntryShape = record({
  kind: text(12),
  fields: organisationShape,
  /** Grows with each change of officers, so that an old approval cannot be used again. */
  revision: uint(2 ** 40),
  /** Number of entries and head of the anchored audit log. */
  logEntries: uint(2 ** 50),
  logHead: bytes(32),
});

export const organisationRecordShape = record({
  entry: organisationEntryShape,
  directoryIndex: uint(2 ** 40),
});
export type OrganisationRecord = TypeOf<typeof organisationRecordShape>;

export const organisations = slot<OrganisationRecord, [string]>("organisation", organisationRecordShape);

/** The entry that the directory commits to. */
export function organisationEntry(organisation: OrganisationRecord): Uint8Array {
  return encode(organisationEntryShape, organisation.entry);
}

export function newOrganisation(fields: OrganisationFields, directoryIndex: number): OrganisationRecord {
  return {
    entry: { kind: "organisation", fields, revision: 0, logEntries: 0, logHead: new Uint8Array(32) },
    directoryIndex,
  };
}

/** `undefined` when officers are sorted and distinct and the threshold fits; otherwise what is wrong. */
export function faultOfOfficers(officers: readonly Officer[], threshold: number): string | undefined {
  for (let i = 1; i < officers.length; i++) {
    const [before, here] = [officers[i - 1] as Officer, officers[i] as Officer];
    if (compareBytes(before.key, here.key) >= 0) return "officers are not in ascending order of their keys";
  }
  if (threshold < 1 || threshold > officers.length) return `threshold ${threshold} of ${officers.length} officers`;
  return undefined;
}

/** The organisation with other officers, one revision later. */
export function withOfficers(
  organisation: OrganisationRecord,
  officers: readonly Officer[],
  threshold: number,
): OrganisationRecord {
  const { entry } = organisation;
  return {
    ...organisation,
    entry: { ...entry, fields: { ...entry.fields, officers, threshold }, revision: entry.revision + 1 },
  };
}

export function isOfficer(organisation: OrganisationRecord, key: Uint8Array): boolean {
  return organisation.entry.fields.officers.some((officer) => bytesEqual(officer.key, key));
}

/** The organisation or `undefined`. */
export function organisationOf(reader: StateReader, id: string): OrganisationRecord | undefined {
  return organisations.get(reader, id);
}
