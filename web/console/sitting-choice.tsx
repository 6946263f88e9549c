/** Which elections are voted on in one go. A sitting is a random name that its elections share. */
import type { ElectionSummary } from "#api/management.js";
import { platformRandom } from "#client/http.js";
import type { DraftAnswer } from "#client/officer.js";
import { randomBase58 } from "#crypto/base58.js";
import { useAsk } from "../ui/ask.js";
import { useHttp } from "../ui/http.js";
import { useRoomWords } from "../ui/room-words.js";
import { Select } from "../ui/select.js";
import type { StepProps } from "./draft-page.js";

interface Known {
  readonly sitting: string;
  readonly names: string;
}

const fresh = "new";

export function SittingChoice({ draft, body, change }: StepProps) {
  const { console: text, office } = useRoomWords();
  const http = useHttp();
  const ask = useAsk(`sittings ${draft.uuid}`, async (): Promise<readonly Known[]> => {
    const path = `/elections?organisation=${draft.organisation}&when=upcoming&limit=100`;
    const { elections } = await http.request<{ elections: readonly ElectionSummary[] }>(path);
    const { drafts } = await http.request<{ drafts: readonly DraftAnswer[] }>("/officer/drafts");
    const all = [
      ...elections.map(({ id, title, sitting }) => ({ id, name: title, sitting })),
      ...drafts.map((each) => ({ id: each.uuid, name: each.body.name ?? "", sitting: each.body.sitting ?? "" })),
    ].filter(({ id, sitting }) => sitting !== "" && id !== draft.uuid);
    return [...new Set(all.map(({ sitting }) => sitting))].map((sitting) => {
      const names = all.filter((each) => each.sitting === sitting).map(({ name }) => name || text.untitled);
      return { sitting, names: [...new Set(names)].join(", ") };
    });
  });
  const known = ask.value ?? [];
  const own = body.sitting ?? "";
  const alone = own !== "" && !known.some(({ sitting }) => sitting === own);
  return (
    <Select
      label={office.sitting}
      description={office.sittingHint}
      value={own}
      onChange={(chosen) => change({ sitting: chosen === fresh ? randomBase58(14, platformRandom) : chosen })}
      options={[
        { value: "", label: office.sittingAlone },
        ...known.map(({ sitting, names }) => ({ value: sitting, label: office.sittingOf(names) })),
        ...(alone ? [{ value: own, label: office.sittingOwn }] : [{ value: fresh, label: office.sittingNew }]),
      ]}
    />
  );
}
