/** Asking for letters to the roll: which, to whom, with which note, when; seen first, in each language. */
import { useState } from "react";
import { addMailing } from "#client/letters.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { RadioGroup } from "../ui/radio-group.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextArea } from "../ui/text-area.js";
import { TextField } from "../ui/text-field.js";
import { useLanguage } from "../ui/words.js";
import { instantOf, localOf, zoneHere } from "./dates-step.js";
import type { ElectionView } from "./election-page.js";
import { LetterLanguage, PreviewedLetter } from "./letter-preview.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";

type Kind = "reminder" | "on-roll";
type Audience = "not-voted" | "all";
type When = "now" | "later";

interface FormProps {
  readonly election: ElectionView;
  /** Voters with a counted ballot: public, like the turnout. */
  readonly voted: number;
  readonly onDone: () => void;
}

export function MailingForm({ election, voted, onDone }: FormProps) {
  const { letters: text, console: office, common } = useRoomWords();
  const http = useHttp();
  const [kind, setKind] = useState<Kind>("reminder");
  const [audience, setAudience] = useState<Audience>("not-voted");
  const [note, setNote] = useState("");
  const [when, setWhen] = useState<When>("now");
  const [due, setDue] = useState(localOf(election.end_date));
  const [error, setError] = useState<string>();
  const [asked, setAsked] = useState(false);
  const [said, setSaid] = useState<string>();
  const { pending, problem, run } = useAct();
  // The number of those who have voted is public; who they are stays with the server.
  const most = audience === "all" ? election.roll : election.roll - voted;
  const ask = () => {
    setSaid(undefined);
    const fault = when === "now" ? undefined : faultOf(due, election.end_date, { office, text });
    setError(fault);
    if (fault === undefined) setAsked(true);
  };
  const send = async () => {
    const at = when === "now" ? {} : { due_at: instantOf(due) as string };
    const good = await run(() => addMailing(http, election.id, { kind, audience, note: note.trim(), ...at }));
    setAsked(false);
    if (!good) return;
    setSaid(when === "now" ? text.sentNow : text.scheduled);
    onDone();
  };
  return (
    <form
      noValidate
      className="mailing"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <WhatAndWhom kind={kind} onKind={setKind} audience={audience} onAudience={setAudience} />
      <div className="card reach" role="status">
        <p className="lead">{text.atMost(most, election.roll)}</p>
        <p className="quiet">{text.atMostWhy}</p>
      </div>
      {kind === "reminder" ? (
        <TextArea label={text.note} description={text.noteHint} value={note} onChange={setNote} />
      ) : null}
      <Preview kind={kind} election={election.id} note={note} />
      <WhenToSend when={when} onWhen={setWhen} due={due} onDue={setDue} error={error} />
      <Problem text={problem} />
      {said === undefined ? null : <Notice kind="good" title={said} />}
      <Button type="submit" variant="primary">
        {when === "now" ? text.send : text.schedule}
      </Button>
      <Dialog title={text.sure} isOpen={asked} onClose={() => setAsked(false)}>
        <p>{text.atMost(most, election.roll)}</p>
        <p>{when === "now" ? text.sureOnce : text.scheduled}</p>
        <div className="actions">
          <Button variant="primary" onPress={() => void send()} isPending={pending}>
            {when === "now" ? text.send : text.schedule}
          </Button>
          <Button onPress={() => setAsked(false)}>{common.cancel}</Button>
        </div>
      </Dialog>
    </form>
  );
}

interface WhatProps {
  readonly kind: Kind;
  readonly onKind: (kind: Kind) => void;
  readonly audience: Audience;
  readonly onAudience: (audience: Audience) => void;
}

function WhatAndWhom({ kind, onKind, audience, onAudience }: WhatProps) {
  const { letters: text } = useRoomWords();
  return (
    <>
      <RadioGroup
        label={text.what}
        value={kind}
        onChange={(value) => onKind(value as Kind)}
        options={[
          { value: "reminder", label: text.reminder, description: text.reminderHint },
          { value: "on-roll", label: text.onRoll, description: text.onRollHint },
        ]}
      />
      <RadioGroup
        label={text.whom}
        value={audience}
        onChange={(value) => onAudience(value as Audience)}
        options={[
          { value: "not-voted", label: text.notVoted },
          { value: "all", label: text.everybody },
        ]}
      />
    </>
  );
}

interface WhenProps {
  readonly when: When;
  readonly onWhen: (when: When) => void;
  readonly due: string;
  readonly onDue: (typed: string) => void;
  readonly error: string | undefined;
}

function WhenToSend({ when, onWhen, due, onDue, error }: WhenProps) {
  const { letters: text, console: office } = useRoomWords();
  return (
    <>
      <RadioGroup
        label={text.when}
        value={when}
        onChange={(value) => onWhen(value as When)}
        options={[
          { value: "now", label: text.atOnce },
          { value: "later", label: text.atTime },
        ]}
      />
      {when === "later" ? (
        <TextField
          type="datetime-local"
          label={text.dueAt}
          description={office.inZone(zoneHere())}
          value={due}
          onChange={onDue}
          error={error}
        />
      ) : null}
    </>
  );
}

/** The letter as it would go, once somebody asks for it. */
function Preview({ kind, election, note }: { kind: Kind; election: string; note: string }) {
  const { letters: text } = useRoomWords();
  const { language } = useLanguage();
  const [shown, setShown] = useState(false);
  const [tongue, setTongue] = useState<string>(language);
  if (!shown)
    return (
      <p>
        <Button onPress={() => setShown(true)}>{text.preview}</Button>
      </p>
    );
  return (
    <>
      <LetterLanguage value={tongue} onChange={setTongue} />
      <PreviewedLetter
        wanted={{ kind: kind === "reminder" ? kind : "onRoll", language: tongue, election, note: note.trim() }}
      />
    </>
  );
}

interface Sentences {
  readonly office: { readonly badDate: string };
  readonly text: { readonly late: string; readonly past: string };
}

function faultOf(typed: string, closes: string, { office, text }: Sentences): string | undefined {
  const instant = instantOf(typed);
  if (instant === undefined) return office.badDate;
  if (Date.parse(instant) >= Date.parse(closes)) return text.late;
  return Date.parse(instant) <= Date.now() ? text.past : undefined;
}
