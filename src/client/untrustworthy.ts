/** A file of its own: pages tell this trouble from others before they load what can judge proofs. */
import type { Report } from "#verify/report.js";

/** What the server or the ledger shows does not hold: stop, keep what was shown, tell the organiser. */
export class Untrustworthy extends Error {
  override readonly name = "Untrustworthy";
  readonly report: Report | undefined;
  /** Text of a file that shows what does not fit, where there is such a thing: two nodes that disagree. */
  readonly evidence: string | undefined;

  constructor(sentence: string, report?: Report, evidence?: string) {
    super(sentence);
    this.report = report;
    this.evidence = evidence;
  }
}
