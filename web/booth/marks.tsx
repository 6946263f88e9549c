/** The two marks that the voter's letter names, too: the one trust anchor that comes from outside of the page. */
import type { TrustedElection } from "#client/voter.js";
import { Code } from "../ui/code.js";
import { useWords } from "../ui/words.js";
import { secondNodeOf } from "./second.js";

export function Marks({ election }: { election: TrustedElection }) {
  const words = useWords();
  const second = secondNodeOf(election);
  return (
    <>
      <p>{words.booth.marksLead}</p>
      <dl className="facts">
        <dt>{words.booth.site}</dt>
        <dd dir="ltr">
          <strong>{location.host}</strong>
        </dd>
        <dt>{words.booth.ledger}</dt>
        <dd dir="ltr">
          <code>{election.chainId}</code>
        </dd>
      </dl>
      <Code plain label={words.booth.fingerprint} value={election.fingerprint} />
      <p>{second === undefined ? words.booth.secondNone : words.booth.secondNode(second.host)}</p>
    </>
  );
}
