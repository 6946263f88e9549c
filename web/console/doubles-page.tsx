/** Perhaps one person twice: voters whose names have the same words, to be compared and, if they are one, merged. */
import { useState } from "react";
import { type Doubles, doubles } from "#client/electorate.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { MergePair } from "./merge-pair.js";

type Same = Doubles["doubles"][number]["voters"];

/** A pair or more is named by who is in it: after a merge it is another one. */
const keyOf = (same: Same): string => same.map(({ id }) => id).join(" ");
const nameOf = (same: Same): string => same[0]?.name ?? "";

export function DoublesPage() {
  const { console: office, desk: text } = useRoomWords();
  const http = useHttp();
  const ask = useAsk("doubles", () => doubles(http));
  const [compared, setCompared] = useState<string>();
  const [said, setSaid] = useState<string>();
  return (
    <Page
      title={text.doubles}
      lead={text.doublesLead}
      width="wide"
      above={
        <p>
          <Link href="/console/voters">{office.manageVoters}</Link>
        </p>
      }
    >
      {said === undefined ? null : <Notice kind="good" title={said} />}
      <Asked ask={ask}>
        {(found) => {
          const same = found.doubles.find(({ voters }) => keyOf(voters) === compared)?.voters;
          return (
            <>
              <Found
                found={found}
                compared={compared}
                onCompare={(key) => {
                  setSaid(undefined);
                  setCompared(key);
                }}
              />
              {same === undefined ? null : (
                <MergePair
                  key={compared}
                  same={same}
                  again={ask.again}
                  onMerged={(name) => {
                    setSaid(text.merged(name));
                    setCompared(undefined);
                    ask.again();
                  }}
                />
              )}
            </>
          );
        }}
      </Asked>
    </Page>
  );
}

interface FoundProps {
  readonly found: Doubles;
  readonly compared: string | undefined;
  readonly onCompare: (key: string) => void;
}

function Found({ found: { total, doubles: all }, compared, onCompare }: FoundProps) {
  const { console: office, desk: text } = useRoomWords();
  if (total === 0) return <p>{text.doublesEmpty}</p>;
  return (
    <>
      <p>
        {text.doublesTotal(total)} {total > all.length ? text.doublesFirst(all.length) : null}
      </p>
      <Table
        caption={text.doubles}
        hideCaption
        rows={all.map(({ voters }) => voters)}
        keyOf={keyOf}
        columns={[
          {
            name: office.name,
            heads: true,
            cell: (same: Same) => (
              <>
                <bdi>{nameOf(same)}</bdi>
                {same.map(({ id, email }) => (
                  <div key={id} className="quiet">
                    <span dir="ltr">{email === "" ? "–" : email}</span>
                  </div>
                ))}
              </>
            ),
          },
          {
            name: office.actions,
            cell: (same) => (
              <Button
                aria-label={text.compareThese(nameOf(same))}
                isDisabled={keyOf(same) === compared}
                onPress={() => onCompare(keyOf(same))}
              >
                {text.compare}
              </Button>
            ),
          },
        ]}
      />
    </>
  );
}
