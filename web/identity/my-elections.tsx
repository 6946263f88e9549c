/** The voter's elections: open, coming and past, whether the voter may vote, and where to go. Never whether they voted. */
import type { Http } from "#client/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { useWords } from "../ui/words.js";
import { useAccountWords } from "./account-words.js";

export interface MyElection {
  readonly election_id: string;
  readonly title: string;
  readonly organisation_name: string;
  readonly weight: number;
  readonly when: "open" | "upcoming" | "past";
  readonly stage: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly reissued_at: string | null;
  /** Elections of one sitting are voted on together; empty: alone. */
  readonly sitting: string;
}

/** Elections on whose roll the voter is; the public list tells what is voted on together. */
export async function electionsOf(http: Http): Promise<readonly MyElection[]> {
  const { elections } = await http.request<{ elections: readonly Omit<MyElection, "sitting">[] }>("/me/elections");
  return Promise.all(
    elections.map(async (election) => {
      if (election.when !== "open") return { ...election, sitting: "" };
      const { sitting = "" } = await http.request<{ sitting?: string }>(`/elections/${election.election_id}`);
      return { ...election, sitting };
    }),
  );
}

const groups = ["open", "upcoming", "past"] as const;

export function MyElections({ elections }: { elections: readonly MyElection[] }) {
  const { identity } = useWords();
  const text = useAccountWords();
  return (
    <>
      <h2>{identity.myElections}</h2>
      {elections.length === 0 ? <p>{identity.noElections}</p> : null}
      {groups.map((group) => {
        const found = elections.filter(({ when }) => when === group);
        if (found.length === 0) return null;
        return (
          <section key={group}>
            <h3>{text[group]}</h3>
            {found.map((election) => (
              <ElectionCard key={election.election_id} election={election} all={elections} />
            ))}
          </section>
        );
      })}
    </>
  );
}

const without: ReadonlySet<string> = new Set(["cancelled", "lapsed"]);

function ElectionCard({ election, all }: { election: MyElection; all: readonly MyElection[] }) {
  const { identity } = useWords();
  const text = useAccountWords();
  const { election_id: id, when, stage } = election;
  const together = all.filter((each) => each.sitting !== "" && each.sitting === election.sitting);
  const may = when === "open" ? text.mayVote : when === "upcoming" ? text.mayVoteLater : text.mayNot;
  return (
    <section className="card">
      <h4 dir="auto">{election.title}</h4>
      <p>{without.has(stage) ? text.wasCancelled : may}</p>
      <dl className="facts">
        <dt>{text.organisation}</dt>
        <dd dir="auto">{election.organisation_name}</dd>
        <dt>{text.opensOn}</dt>
        <dd>
          <Instant value={election.start_date} />
        </dd>
        <dt>{text.closesOn}</dt>
        <dd>
          <Instant value={election.end_date} />
        </dd>
      </dl>
      {election.weight > 1 ? <p className="quiet">{text.weight(election.weight)}</p> : null}
      {together.length > 1 ? <p className="quiet">{identity.sittings}</p> : null}
      {election.reissued_at === null ? null : (
        <p>
          {text.reissued} <Instant value={election.reissued_at} />. {text.reissuedHint}
        </p>
      )}
      <div className="actions">
        {when === "open" && stage === "open" ? (
          <Link href={`/booth/${id}`} variant="button">
            {identity.vote}
          </Link>
        ) : null}
        {when === "upcoming" || without.has(stage) ? null : (
          <Link href="/my-vote" variant="secondary">
            {text.checkMyVote}
          </Link>
        )}
        <Link href={`/board/${id}`} variant="secondary">
          {stage === "tallied" ? text.result : identity.seeBoard}
        </Link>
      </div>
    </section>
  );
}
