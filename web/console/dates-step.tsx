/** When the election opens and closes, and what follows closing. Times are typed in this device's zone. */
import type { DraftBody } from "#api/management.js";
import type { Rooms } from "#words/web/en-rooms.js";
import type { FormError } from "../ui/error-summary.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextField } from "../ui/text-field.js";
import type { StepProps } from "./draft-page.js";
import { rulesOf, wholeNumber } from "./rules.js";

export function faultsOfDates(body: DraftBody, text: Rooms["console"]): FormError[] {
  const opens = Date.parse(body.opens_at ?? "");
  const closes = Date.parse(body.closes_at ?? "");
  const faults: FormError[] = [];
  if (Number.isNaN(opens)) faults.push({ id: "opens", text: `${text.opensAt}: ${text.badDate}` });
  if (Number.isNaN(closes)) faults.push({ id: "closes", text: `${text.closesAt}: ${text.badDate}` });
  if (closes <= opens) faults.push({ id: "closes", text: text.closeBeforeOpen });
  return faults;
}

/** RFC 3339 -> what a field for local times holds. */
export function localOf(instant: string | null | undefined): string {
  const date = new Date(instant ?? "");
  if (Number.isNaN(date.getTime())) return "";
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What a field for local times holds -> RFC 3339, or `undefined`. */
export function instantOf(local: string): string | undefined {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

export const zoneHere = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function DatesStep({ body, change, errorOf }: StepProps) {
  const { console: text } = useRoomWords();
  const rules = rulesOf(body);
  const { latest_close, ...rest } = rules;
  const setLatest = (typed: string) => {
    const instant = instantOf(typed);
    change({ rules: instant === undefined ? rest : { ...rest, latest_close: instant } });
  };
  return (
    <>
      <p>{text.inZone(zoneHere())}</p>
      <TextField
        id="opens"
        type="datetime-local"
        label={text.opensAt}
        value={localOf(body.opens_at)}
        onChange={(typed) => change({ opens_at: instantOf(typed) ?? null })}
        error={errorOf("opens")}
      />
      <TextField
        id="closes"
        type="datetime-local"
        label={text.closesAt}
        value={localOf(body.closes_at)}
        onChange={(typed) => change({ closes_at: instantOf(typed) ?? null })}
        error={errorOf("closes")}
      />
      <TextField
        type="datetime-local"
        label={text.latestClose}
        description={text.latestCloseHint}
        value={localOf(latest_close)}
        onChange={setLatest}
      />
      <TextField
        label={text.objectionHours}
        value={String(rules.objection_seconds / 3600)}
        onChange={(typed) => change({ rules: { ...rules, objection_seconds: 3600 * wholeNumber(typed, 0, 8760) } })}
        inputMode="numeric"
      />
      <TextField
        label={text.decryptionDays}
        value={String(rules.decryption_seconds / 86_400)}
        onChange={(typed) => change({ rules: { ...rules, decryption_seconds: 86_400 * wholeNumber(typed, 0, 3650) } })}
        inputMode="numeric"
      />
    </>
  );
}
