/** Voters with one name side by side; what would stay of two of them and what would go for ever; and merging them. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { type Doubles, mergeVoters } from "#client/electorate.js";
import { ApiError } from "#client/http.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Notice } from "../ui/notice.js";
import { RadioGroup } from "../ui/radio-group.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";

type Voter = Doubles["doubles"][number]["voters"][number];

/** Two may have one name; the address tells them apart, or else the identity. */
const whoIs = ({ name, email, digital_id }: Voter): string => `${name} (${email === "" ? digital_id : email})`;

interface PairProps {
  readonly same: readonly Voter[];
  readonly again: () => void;
  readonly onMerged: (name: string) => void;
}

export function MergePair({ same, again, onMerged }: PairProps) {
  const { desk: text } = useRoomWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const [keptId, setKeptId] = useState<string>();
  const [goneId, setGoneId] = useState<string>();
  useEffect(() => heading.current?.focus(), []);
  const kept = same.find(({ id }) => id === keptId);
  const others = same.filter(({ id }) => id !== keptId);
  // Of two, who does not stay goes; of more it has to be said.
  const gone = others.length === 1 ? others[0] : others.find(({ id }) => id === goneId);
  return (
    <section>
      <h2 ref={heading} tabIndex={-1}>
        {text.mergeCompared}
      </h2>
      <Compared same={same} />
      <RadioGroup
        label={text.keep}
        value={keptId}
        onChange={setKeptId}
        options={same.map((each) => ({ value: each.id, label: text.keepThis(whoIs(each)) }))}
      />
      {kept !== undefined && others.length > 1 ? (
        <RadioGroup
          label={text.goesThis}
          value={gone?.id}
          onChange={setGoneId}
          options={others.map((each) => ({ value: each.id, label: whoIs(each) }))}
        />
      ) : null}
      {kept === undefined || gone === undefined ? null : (
        <Merge key={`${kept.id} ${gone.id}`} kept={kept} gone={gone} again={again} onMerged={onMerged} />
      )}
    </section>
  );
}

interface Field {
  readonly name: string;
  readonly of: (voter: Voter) => string;
  /** Whether something of the one who goes is on nobody afterwards. */
  readonly isLost: (gone: Voter, after: Voter) => boolean;
}

/** What is known of somebody, in the order of the page about one voter. */
function useFields(): readonly Field[] {
  const { console: office, letters, office: more } = useRoomWords();
  const differs = (of: (voter: Voter) => string) => (gone: Voter, after: Voter) =>
    of(gone) !== "" && of(gone) !== of(after);
  const plain = (name: string, of: (voter: Voter) => string): Field => ({ name, of, isLost: differs(of) });
  const never = () => false;
  return [
    plain(office.name, ({ name }) => name),
    plain(office.email, ({ email }) => email),
    { name: office.status, of: ({ status }) => office.voterStatuses[status] ?? status, isLost: never },
    // Two keys are never one, and none moves.
    {
      name: office.keyColumn,
      of: ({ key_bound }) => (key_bound ? office.yes : office.no),
      isLost: ({ key_bound }) => key_bound,
    },
    { name: office.group, of: ({ groups }) => groups.join(", "), isLost: never },
    plain(office.district, ({ district }) => district),
    plain(office.weight, ({ weight }) => String(weight)),
    plain(letters.externalId, ({ external_id }) => external_id ?? ""),
    plain(letters.language, ({ language }) => language),
    plain(more.digitalId, ({ digital_id }) => digital_id),
  ];
}

interface Row {
  readonly name: string;
  readonly cells: readonly ReactNode[];
}

function Compared({ same }: { same: readonly Voter[] }) {
  const { desk: text, letters } = useRoomWords();
  const rows: Row[] = useFields().map(({ name, of }) => {
    const values = same.map(of);
    const differs = values.some((value) => value !== values[0]);
    return { name, cells: same.map((each) => <Value key={each.id} value={of(each)} marked={differs} />) };
  });
  rows.push({
    name: letters.registered,
    cells: same.map(({ id, created_at }) => <Instant key={id} value={created_at} />),
  });
  return (
    <div className={same.length > 2 ? "compare many" : "compare"}>
      <Table
        caption={text.mergeCompared}
        hideCaption
        rows={rows}
        keyOf={({ name }) => name}
        columns={[
          { name: text.field, heads: true, cell: ({ name }: Row) => name },
          ...same.map((_, place) => ({
            name: text.mergeNumber(place + 1),
            cell: ({ cells }: Row) => cells[place],
          })),
        ]}
      />
    </div>
  );
}

function Value({ value, marked = false }: { value: string; marked?: boolean }) {
  const text = <bdi>{value === "" ? "–" : value}</bdi>;
  return marked ? <strong>{text}</strong> : text;
}

/** What the one who stays has afterwards, as the server does it. */
function afterMerging(kept: Voter, gone: Voter): Voter {
  return {
    ...kept,
    status: gone.status === "approved" ? "approved" : kept.status,
    groups: [...new Set([...kept.groups, ...gone.groups])].sort(),
    district: kept.district === "" ? gone.district : kept.district,
    external_id: kept.external_id ?? gone.external_id,
  };
}

interface MergeProps {
  readonly kept: Voter;
  readonly gone: Voter;
  readonly again: () => void;
  readonly onMerged: (name: string) => void;
}

/** Why these two cannot be merged this way; `undefined`: they can, as far as is known here. */
function useObstacle({ kept, gone }: Pick<MergeProps, "kept" | "gone">): string | undefined {
  const { desk: text } = useRoomWords();
  if ([kept, gone].some(({ status }) => status === "rejected" || status === "suspended")) return text.mergeState;
  return gone.key_bound && !kept.key_bound ? text.mergeOtherWay : undefined;
}

function Merge({ kept, gone, again, onMerged }: MergeProps) {
  const { desk: text, console: office, common } = useRoomWords();
  const http = useHttp();
  const [asked, setAsked] = useState(false);
  const [moved, setMoved] = useState(false);
  const obstacle = useObstacle({ kept, gone });
  const { pending, problem, run } = useAct((error) => {
    if (!(error instanceof ApiError)) return undefined;
    if (error.code === "not-found") return text.mergeMoved;
    return error.code === "conflict" && error.message.includes("on the roll") ? text.mergeOnRoll : undefined;
  });
  const merge = async () => {
    setAsked(false);
    const good = await run(() => mergeVoters(http, gone.id, kept.id));
    if (good) onMerged(kept.name);
    else setMoved(true);
  };
  return (
    <>
      <h2>{text.mergeStays}</h2>
      <p>{text.mergeWho(whoIs(gone), whoIs(kept))}</p>
      <Outcome kept={kept} gone={gone} />
      <p>{text.mergeLead}</p>
      {obstacle === undefined ? null : <Notice kind="warn" title={obstacle} />}
      <Problem text={problem} />
      {moved && !pending ? (
        <div className="actions">
          <Button onPress={again}>{office.refresh}</Button>
        </div>
      ) : null}
      {obstacle === undefined ? (
        <>
          <p>
            <strong>{text.mergeNoUndo}</strong>
          </p>
          <div className="actions">
            <Button variant="danger" onPress={() => setAsked(true)} isPending={pending}>
              {text.mergeGo}
            </Button>
          </div>
        </>
      ) : null}
      <Dialog title={text.mergeSure} isOpen={asked} onClose={() => setAsked(false)}>
        <p>{text.mergeWho(whoIs(gone), whoIs(kept))}</p>
        <p>
          <strong>{text.mergeNoUndo}</strong>
        </p>
        <div className="actions">
          <Button variant="danger" onPress={() => void merge()}>
            {text.mergeGo}
          </Button>
          <Button onPress={() => setAsked(false)}>{common.cancel}</Button>
        </div>
      </Dialog>
    </>
  );
}

/** Field by field: what the one who stays has now and afterwards, and what of the other goes for ever. */
function Outcome({ kept, gone }: Pick<MergeProps, "kept" | "gone">) {
  const { desk: text } = useRoomWords();
  const after = afterMerging(kept, gone);
  const rows: Row[] = useFields().map(({ name, of, isLost }) => ({
    name,
    cells: [
      <Stays key="stays" now={of(kept)} then={of(after)} />,
      <Leaves key="leaves" value={of(gone)} isLost={isLost(gone, after)} />,
    ],
  }));
  return (
    <div className="compare">
      <Table
        caption={text.mergeStays}
        hideCaption
        rows={rows}
        keyOf={({ name }) => name}
        columns={[
          { name: text.field, heads: true, cell: ({ name }: Row) => name },
          { name: text.after, cell: ({ cells }) => cells[0] },
          { name: text.goesThis, cell: ({ cells }) => cells[1] },
        ]}
      />
    </div>
  );
}

/** What there is afterwards; where that is something else than now, now as well. */
function Stays({ now, then }: { now: string; then: string }) {
  const { desk: text } = useRoomWords();
  if (now === then) return <Value value={now} />;
  return (
    <>
      <Value value={then} marked />
      <div className="quiet">
        <bdi>{text.before(now === "" ? "–" : now)}</bdi>
      </div>
    </>
  );
}

function Leaves({ value, isLost }: { value: string; isLost: boolean }) {
  const { desk: text } = useRoomWords();
  if (!isLost) return <Value value={value} />;
  return (
    <>
      <del>
        <bdi>{value}</bdi>
      </del>{" "}
      <span className="lost">{text.gone}</span>
    </>
  );
}
