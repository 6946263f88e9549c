/** The paper as voters will see it, to be filled in once before it is announced. Nothing leaves this page. */
import { useState } from "react";
import { Button } from "../ui/button.js";
import { Checkbox } from "../ui/checkbox.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { Notice } from "../ui/notice.js";
import { useRoomWords } from "../ui/room-words.js";
import type { StepProps } from "./draft-page.js";

export function RehearsalStep({ body }: StepProps) {
  const { console: text } = useRoomWords();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [checked, setChecked] = useState(false);
  const questions = body.questions ?? [];
  const set = (name: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(name);
    else next.delete(name);
    setChosen(next);
    setChecked(false);
  };
  const faults = questions.flatMap(({ question, answers, min, max, blank }, index) => {
    const count = answers.filter((_answer, i) => chosen.has(`${index}-${i}`)).length;
    const asBlank = blank && chosen.has(`${index}-blank`);
    const good = asBlank ? count === 0 : count >= min && count <= max;
    return good ? [] : [{ id: `paper-${index}`, text: text.rehearsalBad(question, min, max) }];
  });
  return (
    <>
      <p>{text.rehearsalLead}</p>
      <ErrorSummary errors={checked ? faults : []} />
      {checked && faults.length === 0 ? <Notice kind="good" title={text.rehearsalGood} /> : null}
      {questions.map(({ question, answers, blank }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: questions have no name but their place.
        <fieldset className="card" key={index} id={`paper-${index}`} tabIndex={-1}>
          <legend dir="auto">{question}</legend>
          {answers.map((answer, i) => (
            <Checkbox
              // biome-ignore lint/suspicious/noArrayIndexKey: answers have no name but their place.
              key={i}
              label={answer}
              isSelected={chosen.has(`${index}-${i}`)}
              onChange={(on) => set(`${index}-${i}`, on)}
            />
          ))}
          {blank ? (
            <Checkbox
              label={text.blank}
              isSelected={chosen.has(`${index}-blank`)}
              onChange={(on) => set(`${index}-blank`, on)}
            />
          ) : null}
        </fieldset>
      ))}
      <Button onPress={() => setChecked(true)}>{text.rehearsalCheck}</Button>
      <p className="apart">{text.rehearsalTrustees}</p>
    </>
  );
}
