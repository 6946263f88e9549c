/** The seal: this browser recomputes everything, shows what will be fixed and under which fingerprint, and only then asks. */
import { useState } from "react";
import { toHex } from "#base/bytes.js";
import { type ProposalAnswer, planOfDraft, seal } from "#client/officer.js";
import type { ReplayedLedger } from "#client/record.js";
import { sha256Base64 } from "#crypto/hash.js";
import { electionOf } from "#protocol/election.js";
import { electionTextOf, type Manifest, manifestHash } from "#protocol/manifest.js";
import { sealingFacts, sealingOf } from "#protocol/officer.js";
import { Button } from "../ui/button.js";
import { Checkbox } from "../ui/checkbox.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Notice } from "../ui/notice.js";
import { Progress } from "../ui/progress.js";
import { useRoomWords } from "../ui/room-words.js";
import type { ElectionView } from "./election-page.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { ProposalState } from "./proposal-state.js";
import { recomputeAway, replayAway } from "./replayer.js";
import { useAct } from "./use-act.js";

interface Checked {
  readonly ledger: ReplayedLedger;
  readonly manifest: Manifest;
}

interface SealPanelProps {
  readonly officer: Officer;
  readonly election: ElectionView;
  readonly onDone: () => void;
}

export function SealPanel({ officer, election, onDone }: SealPanelProps) {
  const { console: text } = useRoomWords();
  const http = useHttp();
  const [checked, setChecked] = useState<Checked>();
  const [progress, setProgress] = useState<number>();
  const [unique, setUnique] = useState(false);
  const [needsUnique, setNeedsUnique] = useState(false);
  const [proposal, setProposal] = useState<ProposalAnswer>();
  const { pending, problem, run } = useAct((error) =>
    error instanceof Error && error.name === "SealingRefused" ? error.message : undefined,
  );
  const { id: uuid } = election;
  const compare = () =>
    run(async () => {
      setProgress(0);
      const ledger = await replayAway(http, uuid);
      setNeedsUnique((sealingFacts(ledger.state, uuid)?.uniqueWeights ?? 0) > 0);
      const { roll, letters } = await recomputeAway(http, uuid, (done, of) => setProgress((100 * done) / of));
      const { manifest } = sealingOf(ledger.state, uuid, { letters, uniqueWeights: unique });
      setProgress(undefined);
      if (toHex(manifest.rollRoot) !== toHex(roll.root)) throw new Error(text.sealDiffers);
      setChecked({ ledger, manifest });
    });
  const go = ({ ledger }: Checked) =>
    run(async () => {
      const plan = electionOf(ledger.state, uuid)?.plan ?? (await planOfDraft(http, uuid));
      const answer = await seal(http, officer.signer, ledger, plan, {
        uniqueWeights: unique,
        recompute: recomputeAway,
      });
      setProposal(answer);
      if (answer.status === "recorded") onDone();
    });
  return (
    <section className="card">
      <h2>{text.stepSeal}</h2>
      <p>{text.sealLead}</p>
      <Problem text={problem} />
      {progress === undefined ? null : <Progress label={text.sealChecking} value={progress} />}
      {needsUnique ? <Checkbox label={text.uniqueWeights} isSelected={unique} onChange={setUnique} /> : null}
      {checked === undefined ? (
        <Button variant="primary" onPress={() => void compare()} isPending={pending}>
          {text.sealCheck}
        </Button>
      ) : (
        <>
          <Notice kind="good" title={text.sealAgrees} />
          <Frozen manifest={checked.manifest} />
          <ProposalState proposal={proposal} done={text.sealed} />
          {proposal === undefined ? (
            <Button variant="primary" onPress={() => void go(checked)} isPending={pending}>
              {text.sealGo}
            </Button>
          ) : null}
        </>
      )}
    </section>
  );
}

/** What sealing fixes, from the manifest that this browser made itself. */
function Frozen({ manifest }: { manifest: Manifest }) {
  const { console: text } = useRoomWords();
  const { plan } = manifest;
  return (
    <>
      <h3>{text.sealFreezes}</h3>
      <dl className="facts">
        <dt>{text.fingerprint}</dt>
        <dd dir="ltr">
          <code>{sha256Base64(electionTextOf(manifest))}</code>
        </dd>
        <dt>{text.manifestHash}</dt>
        <dd dir="ltr">
          <code>{toHex(manifestHash(manifest))}</code>
        </dd>
        <dt>{text.name}</dt>
        <dd>{plan.name}</dd>
        <dt>{text.questions}</dt>
        <dd>
          <ul>
            {plan.questions.map(({ question, answers, min, max }) => (
              <li key={question}>
                {question} ({answers.join(", ")}; {min}–{max})
              </li>
            ))}
          </ul>
        </dd>
        <dt>{text.opens}</dt>
        <dd>
          <Instant value={plan.opensAt} />
        </dd>
        <dt>{text.closes}</dt>
        <dd>
          <Instant value={plan.closesAt} />
        </dd>
        <dt>{text.trustees}</dt>
        <dd>
          {manifest.trustees.map(({ name }) => name).join(", ")} (
          {text.trusteesOf(manifest.threshold, manifest.trustees.length)})
        </dd>
        <dt>{text.rules}</dt>
        <dd>
          {text.ruleCasts(plan.rules.maxCasts)} {text.ruleFloor(plan.rules.privacyFloor)}{" "}
          {plan.rules.latestClose > plan.closesAt ? (
            <>
              {text.extensionUntil} <Instant value={plan.rules.latestClose} />
            </>
          ) : (
            text.noExtension
          )}
        </dd>
        <dt>{text.rollCount}</dt>
        <dd>{manifest.rollCount}</dd>
        <dt>{text.rollLetters}</dt>
        <dd>{manifest.letters}</dd>
        <dt>{text.rollRoot}</dt>
        <dd dir="ltr">
          <code>{toHex(manifest.rollRoot)}</code>
        </dd>
        <dt>{text.electionKey}</dt>
        <dd dir="ltr">
          <code>{toHex(manifest.electionKey)}</code>
        </dd>
      </dl>
    </>
  );
}
