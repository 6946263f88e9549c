/** How many have voted, live while the election is open. Never how. */
import { useEffect } from "react";
import type { z } from "zod";
import type { turnoutSchema } from "#api/voting.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Bars } from "../ui/bars.js";
import { useHttp } from "../ui/http.js";
import { instantText } from "../ui/instant.js";
import { Line } from "../ui/line.js";
import { useRoomWords } from "../ui/room-words.js";
import { useLanguage } from "../ui/words.js";

type Turnout = z.output<typeof turnoutSchema>;

const everyMs = 10_000;

export function TurnoutPanel({ uuid, live }: { uuid: string; live: boolean }) {
  const { console: text } = useRoomWords();
  const { language } = useLanguage();
  const http = useHttp();
  const ask = useAsk(`turnout ${uuid}`, () =>
    http.request<Turnout>(`/elections/${uuid}/turnout?interval=5m`, { fresh: true }),
  );
  const { again } = ask;
  useEffect(() => {
    if (!live) return;
    const timer = setInterval(again, everyMs);
    return () => clearInterval(timer);
  }, [live, again]);
  return (
    <section>
      <h2>{text.turnout}</h2>
      <p className="quiet">{text.turnoutNote}</p>
      <Asked ask={ask}>
        {(turnout) => (
          <>
            <p className="lead">
              {text.turnoutSentence(turnout.counted, turnout.roll, share(turnout.counted, turnout.roll, language))}
            </p>
            <Bars
              caption={text.turnout}
              max={turnout.roll}
              names={{ label: text.turnout, value: text.turnoutShort }}
              rows={[
                { label: text.turnoutShort, value: turnout.counted },
                { label: text.turnoutRest, value: turnout.roll - turnout.counted },
              ]}
            />
            {turnout.intervals.length < 2 ? null : (
              <Line
                caption={text.turnoutOver}
                names={{ at: text.turnoutTime, value: text.turnoutVoters }}
                max={turnout.roll}
                points={pointsOf(turnout, language)}
              />
            )}
            <dl className="facts">
              <dt>{text.spoiled}</dt>
              <dd>{turnout.spoiled}</dd>
              <dt>{text.mismatches}</dt>
              <dd>{turnout.mismatches}</dd>
            </dl>
          </>
        )}
      </Asked>
    </section>
  );
}

function share(part: number, whole: number, language: string): string {
  const format = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  return format.format(whole === 0 ? 0 : part / whole);
}

function pointsOf(turnout: Turnout, language: string) {
  let voters = 0;
  return turnout.intervals.map((interval) => {
    voters += interval.voters;
    return { at: Date.parse(interval.from), value: voters, label: instantText(interval.from, language) };
  });
}
