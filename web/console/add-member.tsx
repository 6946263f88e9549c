/** Gives somebody who is no officer on the ledger a role in the registry: name, public key, role. */
import { type FormEvent, useState } from "react";
import type { OfficeRole } from "#api/actor.js";
import { appointMember } from "#client/office.js";
import type { people as english } from "#words/web/en/people.js";
import { Button } from "../ui/button.js";
import { ErrorSummary, type FormError } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { RadioGroup } from "../ui/radio-group.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextField } from "../ui/text-field.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";

/** A public key as people paste it, in one piece; `undefined` when it is none. */
export function keyOfText(typed: string): string | undefined {
  const plain = typed.replace(/\s/g, "").toLowerCase();
  return /^[0-9a-f]{64}$/.test(plain) ? plain : undefined;
}

function faultsOf(name: string, key: string | undefined, text: typeof english): FormError[] {
  const faults: FormError[] = [];
  if (name.trim() === "") faults.push({ id: "member-name", text: text.addNameMissing });
  if (key === undefined) faults.push({ id: "member-key", text: text.addKeyBad });
  return faults;
}

export function AddMember({ onDone }: { onDone: () => void }) {
  const { people: text } = useRoomWords();
  const http = useHttp();
  const [name, setName] = useState("");
  const [typed, setTyped] = useState("");
  const [role, setRole] = useState<OfficeRole>("observer");
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [said, setSaid] = useState<string>();
  const { pending, problem, run } = useAct();
  const errorOf = (id: string) => errors.find((each) => each.id === id)?.text;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const key = keyOfText(typed);
    const faults = faultsOf(name, key, text);
    setErrors(faults);
    setSaid(undefined);
    if (faults.length > 0 || key === undefined) return;
    void run(async () => {
      await appointMember(http, key, role, name.trim());
      setSaid(text.given(name.trim(), text.roles[role] ?? role));
      setName("");
      setTyped("");
      onDone();
    });
  };
  return (
    <form noValidate onSubmit={submit}>
      <h2>{text.add}</h2>
      <p>
        {text.addLead} <Link href="/console/new-officer">{text.addKeyPage}</Link>
      </p>
      <ErrorSummary errors={errors} />
      <Problem text={problem} />
      {said === undefined ? null : <Notice kind="good" title={said} />}
      <TextField
        id="member-name"
        label={text.addName}
        value={name}
        onChange={setName}
        error={errorOf("member-name")}
        autoComplete="off"
      />
      <TextField
        id="member-key"
        label={text.addKey}
        value={typed}
        onChange={setTyped}
        error={errorOf("member-key")}
        autoComplete="off"
        ltr
      />
      <RadioGroup
        label={text.role}
        value={role}
        onChange={(chosen) => setRole(chosen as OfficeRole)}
        options={(["observer", "registrar"] as const).map((value) => ({
          value,
          label: text.roles[value] ?? value,
          description: text.rolesFor[value] ?? "",
        }))}
      />
      <div className="actions">
        <Button type="submit" variant="primary" isPending={pending}>
          {text.addGo}
        </Button>
      </div>
    </form>
  );
}
