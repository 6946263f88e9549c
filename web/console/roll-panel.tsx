/** Having the registration service enter the roll; possible again and again until the seal. */
import { useState } from "react";
import type { RollSelection } from "#api/registration.js";
import { enterRoll, type RollAnswer } from "#client/officer.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { RadioGroup } from "../ui/radio-group.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextField } from "../ui/text-field.js";
import type { ElectionView } from "./election-page.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";

export function RollPanel({ election, onDone }: { election: ElectionView; onDone: () => void }) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const [kind, setKind] = useState("all");
  const [name, setName] = useState("");
  const [answer, setAnswer] = useState<RollAnswer>();
  const { pending, problem, run } = useAct();
  const selection = (): RollSelection =>
    kind === "group" ? { kind, group: name } : kind === "district" ? { kind, district: name } : { kind: "all" };
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
        <p>
          {text.rollEntered(election.roll)}. {text.rollAgain}
        </p>
      ) : null}
      <Problem text={problem} />
      {answer === undefined ? null : (
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
      )}
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
        <TextField
          label={kind === "group" ? text.rollGroupName : text.rollDistrictName}
          value={name}
          onChange={setName}
        />
      )}
      <Button variant={election.roll > 0 ? "secondary" : "primary"} onPress={() => void enter()} isPending={pending}>
        {text.rollEnter}
      </Button>
    </section>
  );
}
