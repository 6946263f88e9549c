/** Using an election again: a new draft like it, with what is copied, what is moved, and what is not. */
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { duplicateElection } from "#client/officer.js";
import { Button } from "../ui/button.js";
import { Disclosure } from "../ui/disclosure.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextField } from "../ui/text-field.js";
import { Allowed } from "./allowed.js";
import { instantOf, zoneHere } from "./dates-step.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";

/** `uuid`: of an election, or of a draft. */
export function AgainPanel({ uuid }: { uuid: string }) {
  const { people: text } = useRoomWords();
  return (
    <Allowed least="officer">
      <Disclosure title={text.again}>
        <AgainForm uuid={uuid} />
      </Disclosure>
    </Allowed>
  );
}

function AgainForm({ uuid }: { uuid: string }) {
  const { console: office, people: text } = useRoomWords();
  const http = useHttp();
  const [, navigate] = useLocation();
  const [opens, setOpens] = useState("");
  const [fault, setFault] = useState<string>();
  const { pending, problem, run } = useAct();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const opensAt = opens === "" ? undefined : instantOf(opens);
    const bad = opens !== "" && opensAt === undefined;
    setFault(bad ? office.badDate : undefined);
    if (bad) return;
    void run(async () => navigate(`/console/drafts/${(await duplicateElection(http, uuid, opensAt)).uuid}/1`));
  };
  return (
    <form noValidate onSubmit={submit}>
      <p>{text.againLead}</p>
      <ul>
        <li>{text.againSame}</li>
        <li>{text.againMoved}</li>
        <li>{text.againNot}</li>
      </ul>
      <ErrorSummary errors={fault === undefined ? [] : [{ id: "again-opens", text: fault }]} />
      <Problem text={problem} />
      <TextField
        id="again-opens"
        type="datetime-local"
        label={text.againOpens}
        description={`${text.againOpensHint} ${office.inZone(zoneHere())}`}
        value={opens}
        onChange={setOpens}
        error={fault}
      />
      <Button type="submit" isPending={pending}>
        {text.againGo}
      </Button>
    </form>
  );
}
