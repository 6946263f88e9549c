/** What was opened on this device: kept, so that a second, different sum of one election is never opened (row K-09). */
import type { OpenedNotes } from "#client/trustee.js";

const prefix = "psephos-opened-";

export const openedNotes: OpenedNotes = {
  get: (uuid) => localStorage.getItem(prefix + uuid) ?? undefined,
  set: (uuid, tallyHash) => localStorage.setItem(prefix + uuid, tallyHash),
};
