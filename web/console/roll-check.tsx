/** Whether the roll is still exactly its constituency: looked at before sealing, when it can still be entered again. */
import type { z } from "zod";
import type { rollCheckSchema } from "#api/electorate.js";
import { Asked, useAsk } from "../ui/ask.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { useRoomWords } from "../ui/room-words.js";

export function RollCheck({ uuid }: { uuid: string }) {
  const { office } = useRoomWords();
  const http = useHttp();
  const ask = useAsk(uuid, () =>
    http.request<z.output<typeof rollCheckSchema>>(`/officer/elections/${uuid}/roll/check`, { fresh: true }),
  );
  return (
    <Asked ask={ask}>
      {(check) => {
        const facts: readonly [string, number][] = [
          [office.rollMissing, check.missing],
          [office.rollOutside, check.outside],
          [office.rollKeys, check.changed_keys],
          [office.rollWeights, check.changed_weights],
          [office.rollPending, check.pending],
          [office.rollNoKey, check.no_key],
        ];
        const found = facts.filter(([, count]) => count > 0);
        return (
          <Notice kind={check.exact ? "good" : "warn"} title={check.exact ? office.rollExact : office.rollNotExact}>
            {found.length === 0 ? null : (
              <dl className="facts">
                {found.map(([label, count]) => (
                  <div key={label}>
                    <dt>{label}</dt>
                    <dd>{count}</dd>
                  </div>
                ))}
              </dl>
            )}
          </Notice>
        );
      }}
    </Asked>
  );
}
