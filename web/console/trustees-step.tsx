/** Who holds the key in parts, and the links with which they make their keys. */
import { useState } from "react";
import type { DraftBody } from "#api/management.js";
import { inviteTrustee } from "#client/officer.js";
import { Button } from "../ui/button.js";
import { Checkbox } from "../ui/checkbox.js";
import { Code } from "../ui/code.js";
import { useHttp } from "../ui/http.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextField } from "../ui/text-field.js";
import type { StepProps } from "./draft-page.js";
import { Problem } from "./problem.js";
import { wholeNumber } from "./rules.js";
import { useAct } from "./use-act.js";

type Trustee = NonNullable<DraftBody["trustees"]>[number];

const fresh: Trustee = { name: "", part: "member" };

export function TrusteesStep({ draft, body, change, save }: StepProps & { save: () => Promise<boolean> }) {
  const { console: text } = useRoomWords();
  const trustees = body.trustees ?? [];
  const members = trustees.filter(({ part }) => part === "member").length;
  const set = (index: number, changed: Partial<Trustee>) =>
    change({ trustees: trustees.map((each, i) => (i === index ? { ...each, ...changed } : each)) });
  return (
    <>
      <p>{text.trusteesLead}</p>
      {trustees.map((trustee, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: trustees have no name but what is being typed.
        <fieldset className="card trustee" key={index}>
          <legend>{text.trusteeName(index + 1)}</legend>
          <TextField label={text.name} value={trustee.name} onChange={(name) => set(index, { name })} />
          <Checkbox
            label={text.mandatory}
            isSelected={trustee.part === "mandatory"}
            onChange={(always) => set(index, { part: always ? "mandatory" : "member" })}
          />
          <p className="quiet">{draft.trustees[index]?.key == null ? text.keyMissing : text.keyThere}</p>
          <Button onPress={() => change({ trustees: trustees.filter((_each, i) => i !== index) })}>
            {text.removeTrustee(trustee.name === "" ? text.trusteeName(index + 1) : trustee.name)}
          </Button>
        </fieldset>
      ))}
      <Button onPress={() => change({ trustees: [...trustees, fresh] })}>{text.addTrustee}</Button>
      <TextField
        className="apart"
        label={text.threshold}
        value={String(body.threshold ?? (members === 0 ? 0 : Math.floor(members / 2) + 1))}
        onChange={(typed) => change({ threshold: wholeNumber(typed, 0, 32) })}
        inputMode="numeric"
      />
      {trustees.some(({ name }) => name.trim() !== "") ? <Invitations draft={draft} body={body} save={save} /> : null}
    </>
  );
}

/** A link is made for the draft as it is stored: it is saved first. */
function Invitations({ draft, body, save }: Pick<StepProps, "draft" | "body"> & { save: () => Promise<boolean> }) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const [links, setLinks] = useState<ReadonlyMap<number, string>>(new Map());
  const { pending, problem, run } = useAct();
  const invite = (place: number) =>
    run(async () => {
      if (!(await save())) return;
      const { link } = await inviteTrustee(http, draft.uuid, place);
      setLinks(new Map([...links, [place, link]]));
    });
  return (
    <>
      <p className="apart">{text.inviteLead}</p>
      <Problem text={problem} />
      {(body.trustees ?? []).map(({ name }, place) => {
        const link = links.get(place);
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what the link is made for.
        if (link !== undefined) return <Code key={place} value={link} label={text.inviteLink(name)} group={200} />;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is what the link is made for.
          <p key={place}>
            <Button onPress={() => void invite(place)} isPending={pending}>
              {text.invite(name)}
            </Button>
          </p>
        );
      })}
    </>
  );
}
