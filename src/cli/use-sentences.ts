/** What a proved place on the roll says, in sentences. */
import { formatInstant } from "#base/instant.js";
import type { CredentialUse } from "#client/used.js";
import { counted, paint } from "./terminal.js";

export function sentencesOf(use: Pick<CredentialUse, "status" | "lastSequence" | "tracker" | "time">): string[] {
  const at = formatInstant(use.time);
  const times = counted(use.lastSequence, "ballot");
  switch (use.status) {
    case "never-used":
      return [paint(`As of ${at} your credential was never used: nobody has voted with it.`, "good")];
    case "counted":
      return [
        paint(`As of ${at} your credential was used for ${times}, the last of which counts.`, "strong"),
        `Tracker: ${use.tracker ?? ""}`,
      ];
    case "only-spoiled":
      return [`As of ${at} your credential was used for ${times} that tested a device; no ballot of it counts.`];
    case "replaced":
      return [`As of ${at} your credential was replaced by a new one, and no ballot of the old one counts.`];
    default:
      return [`As of ${at} this credential is void: it was to replace another, which was used first.`];
  }
}
