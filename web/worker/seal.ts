/** Seals ballots away from the page, so that it stays quick. The tables are made while the voter still reads. */
import { platformRandom } from "#client/http.js";
import { GENERATOR, multiplySecret } from "#crypto/group.js";
import { electionObject } from "#protocol/ballot.js";
import { type Choices, type SealingTables, sealingTables } from "#protocol/suite/belenios-v1/seal.js";
import { type PreparedBallot, prepareBallot } from "#protocol/voter.js";

export type SealOrder =
  | { readonly kind: "warm"; readonly electionText: string }
  | {
      readonly kind: "seal";
      readonly number: number;
      readonly chainId: string;
      readonly uuid: string;
      readonly electionText: string;
      readonly secret: bigint;
      readonly choices: Choices;
    };

export type SealAnswer =
  | { readonly number: number; readonly ok: true; readonly prepared: PreparedBallot }
  | { readonly number: number; readonly ok: false; readonly detail: string };

const tables = new Map<string, SealingTables>();

function tablesOf(electionText: string): SealingTables {
  const known = tables.get(electionText);
  if (known !== undefined) return known;
  const made = sealingTables(electionObject(electionText));
  tables.set(electionText, made);
  return made;
}

addEventListener("message", ({ data }: MessageEvent<SealOrder>) => {
  if (data.kind === "warm") {
    const made = tablesOf(data.electionText);
    // The tables are filled by their first use.
    multiplySecret(made.key, 2n);
    multiplySecret(made.generator, 2n);
    return;
  }
  const { number, secret, choices, ...election } = data;
  const credential = { secret, key: multiplySecret(GENERATOR, secret) };
  const made = prepareBallot(election, credential, choices, platformRandom, tablesOf(election.electionText));
  const answer: SealAnswer = made.ok
    ? { number, ok: true, prepared: made.value }
    : { number, ok: false, detail: made.error.detail };
  postMessage(answer);
});
