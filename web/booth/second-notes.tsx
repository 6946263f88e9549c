/** What the second node has to say: nothing (compared), silence (told), disagreement (a stop). */
import { Untrustworthy } from "#client/untrustworthy.js";
import { Button } from "../ui/button.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useWords } from "../ui/words.js";
import { saveFile } from "./save-file.js";
import type { Visit } from "./visit.js";

/** In the booth: a node that stopped answering. That it agrees is said where the marks are. */
export function Second({ visit: { second } }: { visit: Visit }) {
  const { booth } = useWords();
  if (second === undefined || !second.silent) return null;
  return <Notice kind="warn" title={booth.secondSilent(second.host)} />;
}

/** Before anything is chosen: going on without a second opinion is the voter's own decision. */
export function AlonePage({ visit, onGoOn }: { visit: Visit; onGoOn: () => void }) {
  const { booth, common } = useWords();
  return (
    <Page title={booth.aloneTitle} lead={booth.aloneLead(visit.second?.host ?? "")}>
      <div className="actions">
        <Button variant="primary" onPress={() => location.reload()}>
          {common.tryAgain}
        </Button>
        <Button onPress={onGoOn}>{booth.aloneGo}</Button>
      </div>
    </Page>
  );
}

/** Two nodes disagree, or a proof does not hold: there is no way on from here. */
export function StoppedPage({ visit }: { visit: Visit }) {
  const { booth } = useWords();
  const trouble = visit.trouble instanceof Untrustworthy ? visit.trouble : undefined;
  const evidence = trouble?.evidence ?? reportText(trouble);
  return (
    <Page title={booth.stopTitle}>
      <Notice kind="bad" title={booth.stopLead}>
        <p>{booth.stopDo}</p>
        {trouble === undefined ? null : <p lang="en">{trouble.message}</p>}
        {evidence === undefined ? null : (
          <Button onPress={() => saveFile("psephos-evidence.json", evidence)}>{booth.stopSave}</Button>
        )}
      </Notice>
      <p>
        <Link href={`/board/${visit.uuid}`}>{booth.toBoard}</Link>
      </p>
    </Page>
  );
}

function reportText(trouble: Untrustworthy | undefined): string | undefined {
  return trouble?.report === undefined ? undefined : `${JSON.stringify(trouble.report, null, 2)}\n`;
}
