/**
 * The second opinion of the booth: every proof is compared with another node that the election names. One that does not
 * answer is told; one that shows something else stops everything.
 */
import { ApiError, createHttp, type Http, Unreachable } from "#client/http.js";
import { comparing } from "#client/second-node.js";
import { electionOf, type LedgerAnchor, type TrustedElection } from "#client/voter.js";

/** The second node did not answer. Nothing was shown that would be wrong; nothing could be compared either. */
export class SecondNodeSilent extends Error {
  override readonly name = "SecondNodeSilent";
  readonly host: string;

  constructor(host: string, cause: unknown) {
    super(`${host} does not answer`, { cause });
    this.host = host;
  }
}

/** The first node that is not this very server; `undefined` where the election names none. */
export function secondNodeOf(election: TrustedElection): URL | undefined {
  return election.manifest.plan.nodes
    .flatMap((address) => (URL.canParse(address) ? [new URL(address)] : []))
    .find(({ origin }) => origin !== location.origin);
}

export interface SecondOpinion {
  /** What the voter decided when the node did not answer. */
  readonly without: boolean;
  /** Hears of a node that stops answering on the way. */
  readonly onSilence: () => void;
}

const isSilence = (error: unknown): boolean => error instanceof Unreachable || error instanceof ApiError;

/**
 * An election with its proofs, compared with the second node from here on. Throws {@link SecondNodeSilent} when that node
 * does not answer at the start, and what `client/second-node` throws when it shows something else.
 */
export async function comparedElection(
  http: Http,
  uuid: string,
  anchor: LedgerAnchor,
  opinion: SecondOpinion,
  fingerprint?: string,
): Promise<TrustedElection> {
  const election = await electionOf(http, uuid, anchor, fingerprint);
  const node = secondNodeOf(election);
  if (node === undefined || opinion.without) return election;
  const second = createHttp({ url: node.origin, tries: 2 });
  try {
    const compare = await comparing(http, second, anchor);
    return await electionOf(http, uuid, anchor, fingerprint, async (receipt) => {
      try {
        await compare(receipt);
      } catch (error) {
        if (!isSilence(error)) throw error;
        opinion.onSilence();
      }
    });
  } catch (error) {
    if (isSilence(error)) throw new SecondNodeSilent(node.host, error);
    throw error;
  }
}

/**
 * For looking up, where nothing is at stake that could not be looked up again: compared where the second node answers;
 * `silent` is the host of one that does not.
 */
export async function electionOrAlone(http: Http, uuid: string, anchor: LedgerAnchor, fingerprint?: string) {
  const opinion = { without: false, onSilence: () => undefined };
  try {
    return { election: await comparedElection(http, uuid, anchor, opinion, fingerprint), silent: undefined };
  } catch (error) {
    if (!(error instanceof SecondNodeSilent)) throw error;
    const alone = { ...opinion, without: true };
    return { election: await comparedElection(http, uuid, anchor, alone, fingerprint), silent: error.host };
  }
}
