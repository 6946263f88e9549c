/** Having the registration service enter the roll; possible again and again until the seal. */
import { useState } from "react";
import type { RollSelection } from "#api/registration.js";
import { enterRoll, type RollAnswer } from "#client/officer.js";
import { useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { RadioGroup } from "../ui/radio-group.js";
import { useRoomWords } from "../ui/room-words.js";
import { Select } from "../ui/select.js";
import type { ElectionView } from "./election-page.js";
import { Problem } from "./problem.js";
import { RollCheck } from "./roll-check.js";
import { useAct } from "./use-act.js";

interface Part {
  readonly name: string;
  readonly voters: number;
  readonly ready: number;
}

interface Constituencies {
  readonly groups: readonly Part[];
  readonly districts: readonly Part[];
}

export function RollPanel({ election, onDone }: { election: ElectionView; onDone: () => void }) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const [kind, setKind] = useState("all");
  const [name, setName] = useState("");
  const [answer, setAnswer] = useState<RollAnswer>();
  const { pending, problem, run } = useAct();
  const parts = useAsk("constituencies", () => http.request<Constituencies>("/officer/voters/constituencies"));
  const offered = (kind === "group" ? parts.value?.groups : parts.value?.districts) ?? [];
  const chosen = offered.some((part) => part.name === name) ? name : (offered[0]?.name ?? "");
  const selection = (): RollSelection =>
    kind === "group" ? { kind, group: chosen } : kind === "district" ? { kind, district: chosen } : { kind: "all" };
  const enter = () =>
    run(async () => {
      setAnswer(await enterRoll(http, election.id, selection()));
      onDone();
    });
  return (
    <section className="card">
      <h2>{text.stepRoll}</h2>
      <p>{text.rollLead}</p>
      {election.roll > 0 ? (
        <>
          <p>
            {text.rollEntered(election.roll)}. {text.rollAgain}
          </p>
          <RollCheck key={election.roll_root} uuid={election.id} />
        </>
      ) : null}
      <Problem text={problem} />
      {answer === undefined ? null : <Entered answer={answer} />}
      <RadioGroup
        label={text.rollWho}
        value={kind}
        onChange={setKind}
        options={[
          { value: "all", label: text.rollAll },
          { value: "group", label: text.rollGroup },
          { value: "district", label: text.rollDistrict },
        ]}
      />
      {kind === "all" ? null : (
        <Select
          label={kind === "group" ? text.rollGroupName : text.rollDistrictName}
          value={chosen}
          onChange={setName}
          options={offered.map((part) => ({
            value: part.name,
            label: `${part.name} (${part.ready} / ${part.voters})`,
          }))}
        />
      )}
      <Button
        variant={election.roll > 0 ? "secondary" : "primary"}
        onPress={() => void enter()}
        isPending={pending}
        isDisabled={kind !== "all" && chosen === ""}
      >
        {text.rollEnter}
      </Button>
    </section>
  );
}

function Entered({ answer }: { answer: RollAnswer }) {
  const { console: text } = useRoomWords();
  return (
    <Notice kind="good" title={text.rollEntered(answer.count)}>
      <dl className="facts">
        <dt>{text.rollWeight}</dt>
        <dd>{answer.weight}</dd>
        <dt>{text.rollLetters}</dt>
        <dd>{answer.letters}</dd>
        <dt>{text.rollRoot}</dt>
        <dd dir="ltr">
          <code>{answer.root}</code>
        </dd>
      </dl>
      {answer.skipped.map(({ reason, count }) => (
        <p key={reason}>{text.rollSkipped(reason, count)}</p>
      ))}
    </Notice>
  );
}
