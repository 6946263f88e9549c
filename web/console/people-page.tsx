/** Everybody with a role in the organisation: who they are, what they may do, giving and taking roles. */
import { Fragment, useState } from "react";
import { mayActAs, type OfficeRole, officeRoles } from "#api/actor.js";
import { leastRole, type OfficeAct } from "#api/office-acts.js";
import { appointMember, dismissMember, listMembers, type MemberList } from "#client/office.js";
import { Asked, useAsk } from "../ui/ask.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { AddMember } from "./add-member.js";
import { MayNot, useMay } from "./allowed.js";
import type { Officer } from "./officer.js";
import { Problem } from "./problem.js";
import { useAct } from "./use-act.js";

type Member = MemberList["members"][number];

export function PeoplePage({ officer }: { officer: Officer }) {
  const { people: text } = useRoomWords();
  const http = useHttp();
  const ask = useAsk(`members ${officer.organisation}`, () => listMembers(http));
  return (
    <Page title={text.title} lead={text.lead} width="wide">
      <p>{text.yourRole(text.roles[officer.role] ?? officer.role)}</p>
      <Asked ask={ask}>{({ members }) => <Members officer={officer} members={members} again={ask.again} />}</Asked>
      <WhoMay />
      <p>
        <Link href="/console/organisations">{text.organisations}</Link>
      </p>
    </Page>
  );
}

/** Enough to know a key by; the whole one stands where it is given (and officers' on their page). */
const shortKey = (key: string): string => `${key.slice(0, 8)}…${key.slice(-8)}`;

interface MembersProps {
  readonly officer: Officer;
  readonly members: readonly Member[];
  readonly again: () => void;
}

/** Giving and taking roles, and what was done last. */
function useGiving(again: () => void) {
  const { people: text } = useRoomWords();
  const http = useHttp();
  const { pending, problem, run } = useAct();
  const [said, setSaid] = useState<string>();
  const change = (done: string, act: () => Promise<unknown>) =>
    void run(async () => {
      setSaid(undefined);
      await act();
      setSaid(done);
      again();
    });
  return {
    pending,
    problem,
    said,
    give: ({ key, name, on_ledger }: Member, role: OfficeRole) =>
      change(text.given(name, text.roles[role] ?? role), () =>
        appointMember(http, key, role, on_ledger ? undefined : name),
      ),
    take: ({ key, name }: Member) => change(text.taken(name), () => dismissMember(http, key)),
  };
}

function Members({ officer, members, again }: MembersProps) {
  const { console: office, people: text } = useRoomWords();
  const mayGive = useMay("owner");
  const { pending, problem, said, give, take } = useGiving(again);
  const [asking, setAsking] = useState<Member>();
  const owners = members.filter(({ role }) => role === "owner");
  const unnamed = members.every(({ role, on_ledger }) => !on_ledger || role === "owner");
  return (
    <>
      <Problem text={problem} />
      {said === undefined ? null : <Notice kind="good" title={said} />}
      <Table
        caption={text.title}
        hideCaption
        rows={members}
        keyOf={({ key }) => key}
        columns={[
          {
            name: office.name,
            heads: true,
            cell: ({ name, key }: Member) => (key === officer.key ? `${name} (${text.onlyYou})` : name),
          },
          { name: text.role, cell: ({ role }) => text.roles[role] ?? role },
          { name: text.stands, cell: ({ on_ledger }) => (on_ledger ? text.onLedger : text.inRegistry) },
          { name: office.key, cell: ({ key }) => <code dir="ltr">{shortKey(key)}</code> },
          ...(mayGive
            ? [
                {
                  name: text.change,
                  cell: (member: Member) => (
                    <Changes
                      member={member}
                      isOnly={owners.length === 1 && member.role === "owner"}
                      pending={pending}
                      onGive={(role) => give(member, role)}
                      onTake={() => setAsking(member)}
                    />
                  ),
                },
              ]
            : []),
        ]}
      />
      {unnamed ? <p className="quiet">{text.everyOwner}</p> : null}
      <MayNot least="owner" />
      {mayGive ? null : <p>{text.ownersAre(owners.map(({ name }) => name).join(", "))}</p>}
      <p>
        {text.officersElsewhere} <Link href="/console/officers">{office.navOfficers}</Link>
      </p>
      {mayGive ? <AddMember onDone={again} /> : null}
      <TakeAway member={asking} onTake={take} onClose={() => setAsking(undefined)} />
    </>
  );
}

interface TakeAwayProps {
  readonly member: Member | undefined;
  readonly onTake: (member: Member) => void;
  readonly onClose: () => void;
}

function TakeAway({ member, onTake, onClose }: TakeAwayProps) {
  const { common, people: text } = useRoomWords();
  const take = () => {
    onClose();
    if (member !== undefined) onTake(member);
  };
  return (
    <Dialog title={text.dismissTitle(member?.name ?? "")} isOpen={member !== undefined} onClose={onClose}>
      <p>{text.dismissLead}</p>
      <div className="actions">
        <Button variant="danger" onPress={take}>
          {text.dismissShort}
        </Button>
        <Button onPress={onClose}>{common.cancel}</Button>
      </div>
    </Dialog>
  );
}

interface ChangesProps {
  readonly member: Member;
  /** The organisation's only owner, who stays one. */
  readonly isOnly: boolean;
  readonly pending: boolean;
  readonly onGive: (role: OfficeRole) => void;
  readonly onTake: () => void;
}

/** An officer of the ledger becomes an owner or ceases to be; others change between the two roles of the registry. */
function Changes({ member, isOnly, pending, onGive, onTake }: ChangesProps) {
  const { people: text } = useRoomWords();
  const { name, role, on_ledger } = member;
  if (isOnly) return <span className="quiet">{text.onlyOwner}</span>;
  const choices: readonly OfficeRole[] = on_ledger ? ["officer", "owner"] : ["observer", "registrar"];
  return (
    <div className="row-actions">
      {choices
        .filter((each) => each !== role)
        .map((each) => {
          const called = text.roles[each] ?? each;
          return (
            <Button
              key={each}
              onPress={() => onGive(each)}
              isPending={pending}
              aria-label={text.makeRole(name, called)}
            >
              {text.makeShort(called)}
            </Button>
          );
        })}
      {on_ledger ? null : (
        <Button variant="danger" onPress={onTake} aria-label={text.dismiss(name)}>
          {text.dismissShort}
        </Button>
      )}
    </div>
  );
}

/** What each role may do, as the server's own table has it. */
function WhoMay() {
  const { people: text } = useRoomWords();
  const acts = Object.keys(leastRole) as OfficeAct[];
  return (
    <>
      <h2>{text.whoMay}</h2>
      <dl className="facts">
        {officeRoles.map((role) => (
          <Fragment key={role}>
            <dt>{text.roles[role]}</dt>
            <dd>{text.rolesFor[role]}</dd>
          </Fragment>
        ))}
      </dl>
      <Table
        caption={text.whoMay}
        hideCaption
        rows={acts}
        keyOf={(act) => act}
        columns={[
          { name: text.act, heads: true, cell: (act: OfficeAct) => text.acts[act] ?? act },
          ...officeRoles.map((role) => ({
            name: text.roles[role] ?? role,
            cell: (act: OfficeAct) => (mayActAs(role, leastRole[act]) ? text.may : text.maynt),
          })),
        ]}
      />
    </>
  );
}
