/** Who may vote: how many are ready, and the rules that protect them. */
import { Asked, useAsk } from "../ui/ask.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextField } from "../ui/text-field.js";
import type { StepProps } from "./draft-page.js";
import { rulesOf, wholeNumber } from "./rules.js";
import type { VoterPage } from "./voters-page.js";

export function VotersStep({ body, change }: StepProps) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const ask = useAsk("voters", async () => ({
    approved: (await http.request<VoterPage>("/officer/voters?status=approved")).total,
    pending: (await http.request<VoterPage>("/officer/voters?status=pending")).total,
  }));
  const rules = rulesOf(body);
  return (
    <>
      <p>{text.votersLead}</p>
      <Asked ask={ask}>
        {({ approved, pending }) => (
          <dl className="facts">
            <dt>{text.approvedVoters}</dt>
            <dd>{approved}</dd>
            <dt>{text.pendingVoters}</dt>
            <dd>{pending}</dd>
          </dl>
        )}
      </Asked>
      <p>
        <Link href="/console/voters">{text.manageVoters}</Link>
      </p>
      <TextField
        label={text.privacyFloor}
        description={text.privacyFloorHint}
        value={String(rules.privacy_floor)}
        onChange={(typed) => change({ rules: { ...rules, privacy_floor: wholeNumber(typed, 1, 1_000_000) } })}
        inputMode="numeric"
      />
      <TextField
        label={text.maxCasts}
        description={text.maxCastsHint}
        value={String(rules.max_casts)}
        onChange={(typed) => change({ rules: { ...rules, max_casts: wholeNumber(typed, 1, 1000) } })}
        inputMode="numeric"
      />
    </>
  );
}
