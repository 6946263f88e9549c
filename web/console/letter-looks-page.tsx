/** The letters that the system writes, as voters get them, in each language. */
import { useState } from "react";
import type { ElectionSummary } from "#api/management.js";
import { Asked, useAsk } from "../ui/ask.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Select } from "../ui/select.js";
import { useLanguage } from "../ui/words.js";
import { LetterLanguage, PreviewedLetter } from "./letter-preview.js";
import type { Officer } from "./officer.js";

const kinds = ["invitation", "confirm", "approved", "onRoll", "reminder", "keyChanged", "reissued"] as const;
type Kind = (typeof kinds)[number];
const aboutElection: ReadonlySet<Kind> = new Set<Kind>(["onRoll", "reminder"]);

export function LetterLooksPage({ officer }: { officer: Officer }) {
  const { letters: text } = useRoomWords();
  const { language } = useLanguage();
  const http = useHttp();
  const [kind, setKind] = useState<Kind>("invitation");
  const [tongue, setTongue] = useState<string>(language);
  const [chosen, setChosen] = useState("");
  const ask = useAsk(`elections ${officer.organisation}`, () =>
    http.request<{ elections: ElectionSummary[] }>(`/elections?organisation=${officer.organisation}&limit=100`),
  );
  return (
    <Page
      title={text.looks}
      lead={text.looksLead}
      width="wide"
      above={
        <p>
          <Link href="/console/letters">{text.title}</Link>
        </p>
      }
    >
      <Asked ask={ask}>
        {({ elections }) => {
          const election = chosen === "" ? elections[0]?.id : chosen;
          return (
            <>
              <div className="filter">
                <Select
                  label={text.looksLetter}
                  value={kind}
                  onChange={(value) => setKind(value as Kind)}
                  options={kinds.map((value) => ({ value, label: text.kinds[value] ?? value }))}
                />
                <LetterLanguage value={tongue} onChange={setTongue} />
                {aboutElection.has(kind) && elections.length > 0 ? (
                  <Select
                    label={text.looksElection}
                    value={election ?? ""}
                    onChange={setChosen}
                    options={elections.map(({ id, title }) => ({ value: id, label: title }))}
                  />
                ) : null}
              </div>
              {aboutElection.has(kind) && election === undefined ? (
                <p>{text.looksNoElection}</p>
              ) : (
                <PreviewedLetter
                  wanted={{ kind, language: tongue, ...(aboutElection.has(kind) ? { election } : {}) }}
                />
              )}
            </>
          );
        }}
      </Asked>
    </Page>
  );
}
