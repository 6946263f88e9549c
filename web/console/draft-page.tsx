/** An election in preparation: one thing a page, saved as a draft at each, with what still blocks the announcement. */
import { useState } from "react";
import { useLocation } from "wouter";
import type { DraftBody } from "#api/management.js";
import { ApiError } from "#client/http.js";
import { type DraftAnswer, getDraft, updateDraft } from "#client/officer.js";
import type { Rooms } from "#words/web/en-rooms.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { ErrorSummary, type FormError } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { NotFound } from "../ui/not-found.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Steps } from "../ui/steps.js";
import { AgainPanel } from "./again-panel.js";
import { MayNot, useMay } from "./allowed.js";
import { AnnounceStep } from "./announce-step.js";
import { DatesStep, faultsOfDates } from "./dates-step.js";
import { LetterStep } from "./letter-step.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { faultsOfQuestions, QuestionsStep } from "./questions-step.js";
import { RehearsalStep } from "./rehearsal-step.js";
import { faultsOfSafeguards, SafeguardsStep } from "./safeguards-step.js";
import { faultsOfTranslations, TranslationsStep } from "./translations-step.js";
import { TrusteesStep } from "./trustees-step.js";
import { useAct } from "./use-act.js";
import { VotersStep } from "./voters-step.js";

interface DraftPageProps {
  readonly officer: Officer;
  readonly uuid: string;
  /** From 1. */
  readonly step: number;
}

export function DraftPage({ officer, uuid, step }: DraftPageProps) {
  const http = useHttp();
  const { console: text } = useRoomWords();
  const ask = useAsk(`${uuid} ${step}`, () => getDraft(http, uuid));
  if (!(step >= 1 && step <= text.wizardSteps.length)) return <NotFound />;
  return (
    <Asked ask={ask}>
      {(draft) => (
        <Step key={`${step} ${draft.revision}`} officer={officer} draft={draft} step={step} again={ask.again} />
      )}
    </Asked>
  );
}

/** What a step of the wizard edits. */
export interface StepProps {
  readonly draft: DraftAnswer;
  readonly body: DraftBody;
  readonly change: (changed: Partial<DraftBody>) => void;
  readonly errorOf: (id: string) => string | undefined;
}

interface OneStepProps {
  readonly officer: Officer;
  readonly draft: DraftAnswer;
  readonly step: number;
  readonly again: () => void;
}

function Step({ officer, draft, step, again }: OneStepProps) {
  const words = useRoomWords();
  const { console: text } = words;
  const [, navigate] = useLocation();
  const [body, setBody] = useState<DraftBody>(draft.body);
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const saving = useSaving(draft, body, again);
  const edits = step <= 6;
  const may = useMay("officer");
  const last = step === text.wizardSteps.length;
  const props: StepProps = {
    draft,
    body,
    change: (changed) => setBody({ ...body, ...changed }),
    errorOf: (id) => errors.find((each) => each.id === id)?.text,
  };
  const faults = () => faultsOfStep(step, body, words);
  const go = async () => {
    const found = may ? faults() : [];
    setErrors(found);
    if (found.length > 0) return;
    if (!edits || !may || (await saving.save())) navigate(`/console/drafts/${draft.uuid}/${step + 1}`);
  };
  return (
    <Page title={text.wizardSteps[step - 1] ?? ""} above={<Steps names={text.wizardSteps} current={step - 1} />}>
      <MayNot least="officer" />
      <ErrorSummary errors={errors} />
      <Problem text={saving.problem} />
      {saving.saved ? <Notice kind="good" title={text.draftSaved} /> : null}
      {saving.stale ? <Button onPress={again}>{text.reload}</Button> : null}
      <fieldset className="whole" disabled={!may}>
        {step === 1 ? <QuestionsStep {...props} /> : null}
        {step === 2 ? <TranslationsStep {...props} /> : null}
        {step === 3 ? <VotersStep {...props} /> : null}
        {step === 4 ? <TrusteesStep {...props} save={saving.save} /> : null}
        {step === 5 ? <DatesStep {...props} /> : null}
        {step === 6 ? <SafeguardsStep {...props} /> : null}
        {step === 7 ? <LetterStep {...props} officer={officer} /> : null}
        {step === 8 ? <RehearsalStep {...props} /> : null}
        {last ? <AnnounceStep {...props} officer={officer} again={again} /> : null}
      </fieldset>
      <div className="actions">
        {last ? null : (
          <Button variant="primary" onPress={() => void go()} isPending={saving.pending}>
            {words.common.next}
          </Button>
        )}
        {edits && may ? (
          <Button onPress={() => void saving.save()} isPending={saving.pending}>
            {text.saveDraft}
          </Button>
        ) : null}
        {step > 1 ? (
          <Button onPress={() => navigate(`/console/drafts/${draft.uuid}/${step - 1}`)}>{words.common.back}</Button>
        ) : null}
        {may ? <Discard uuid={draft.uuid} /> : null}
      </div>
      <AgainPanel uuid={draft.uuid} />
    </Page>
  );
}

/** What must be mended before going on. An unfinished draft may be saved as it is. */
function faultsOfStep(step: number, body: DraftBody, words: Rooms): readonly FormError[] {
  if (step === 1) return faultsOfQuestions(body, words.console);
  if (step === 2) return faultsOfTranslations(body, words.office);
  if (step === 5) return faultsOfDates(body, words.console);
  return step === 6 ? faultsOfSafeguards(body, words.office) : [];
}

/** Saves the whole body over the revision that was read; somebody else's change meanwhile is told, not overwritten. */
function useSaving(draft: DraftAnswer, body: DraftBody, again: () => void) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const [revision, setRevision] = useState(draft.revision);
  const [saved, setSaved] = useState(false);
  const [stale, setStale] = useState(false);
  const { pending, problem, run } = useAct((error) => {
    if (!(error instanceof ApiError && (error.status === 409 || error.status === 412))) return undefined;
    setStale(true);
    return text.changedMeanwhile;
  });
  const save = async (): Promise<boolean> => {
    setSaved(false);
    return run(async () => {
      const { revision: next } = await updateDraft(http, draft.uuid, revision, body);
      setRevision(next);
      setSaved(true);
    });
  };
  return { pending, problem, save, saved, stale, again };
}

function Discard({ uuid }: { uuid: string }) {
  const words = useRoomWords();
  const { console: text } = words;
  const http = useHttp();
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState(false);
  const { pending, problem, run } = useAct();
  const discard = () =>
    run(async () => {
      await http.request(`/officer/drafts/${uuid}`, { method: "DELETE" });
      navigate("/console");
    });
  return (
    <>
      <Button variant="danger" onPress={() => setAsking(true)}>
        {text.discard}
      </Button>
      <Dialog title={text.discardTitle} isOpen={asking} onClose={() => setAsking(false)}>
        <p>{text.discardLead}</p>
        <Problem text={problem} />
        <div className="actions">
          <Button variant="danger" onPress={() => void discard()} isPending={pending}>
            {text.discard}
          </Button>
          <Button onPress={() => setAsking(false)}>{words.common.cancel}</Button>
        </div>
      </Dialog>
    </>
  );
}
