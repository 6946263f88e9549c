/** Rules that approve whoever registers: domains of mail addresses, and what the identity provider says of somebody. */
import { type FormEvent, useState } from "react";
import { type Admission, admission, setClaims, setDomains } from "#client/electorate.js";
import { ApiError } from "#client/http.js";
import { Button } from "../ui/button.js";
import { Checkbox } from "../ui/checkbox.js";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { TextArea } from "../ui/text-area.js";
import { TextField } from "../ui/text-field.js";
import { Problem } from "./problem.js";
import { type Acting, useAct } from "./use-act.js";

/** Lines with something on them, without the spaces around it. */
export function linesOf(typed: string): string[] {
  return typed.split(/[\r\n]+/).flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
}

/** Which of the domains the server could not read. */
function badDomain(error: unknown, sent: readonly string[]): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const place = /^\/body\/domains\/(\d+)/.exec(error.message)?.[1];
  return place === undefined ? undefined : sent[Number(place)];
}

interface DomainsProps {
  readonly domains: readonly string[];
  /** Some of those who waited may not wait any more. */
  readonly onApproved: () => void;
}

export function Domains({ domains, onApproved }: DomainsProps) {
  const { desk: text } = useRoomWords();
  const http = useHttp();
  const [typed, setTyped] = useState(domains.join("\n"));
  const [apply, setApply] = useState(false);
  const [fault, setFault] = useState<string>();
  const [said, setSaid] = useState<string>();
  const { pending, problem, run } = useAct();
  const save = (event: FormEvent) => {
    event.preventDefault();
    const sent = linesOf(typed);
    setSaid(undefined);
    setFault(undefined);
    void run(async () => {
      try {
        const answer = await setDomains(http, sent, apply);
        setTyped(answer.domains.join("\n"));
        setSaid(apply ? text.approvedNow(answer.approved) : text.saved);
        if (apply) onApproved();
      } catch (error) {
        const bad = badDomain(error, sent);
        if (bad === undefined) throw error;
        setFault(text.domainBad(bad));
        document.getElementById("domains")?.focus();
      }
    });
  };
  return (
    <form noValidate onSubmit={save}>
      <TextArea
        id="domains"
        label={text.domains}
        description={text.domainsHint}
        value={typed}
        onChange={setTyped}
        error={fault}
        ltr
      />
      <Checkbox label={text.applyNow} isSelected={apply} onChange={setApply} />
      <Problem text={problem} />
      {said === undefined ? null : <Notice kind="good" title={said} />}
      <div className="actions">
        <Button type="submit" variant="primary" isPending={pending}>
          {text.saveRules}
        </Button>
      </div>
    </form>
  );
}

type Claim = Admission["claims"][number];

const isSame = (one: Claim, other: Claim): boolean => one.claim === other.claim && one.value === other.value;

interface ClaimsProps {
  readonly rules: Admission;
  readonly mayChange: boolean;
  readonly again: () => void;
}

/** One rule added or taken away at a time, to what the server has by then: another officer may have changed the others. */
export function Claims({ rules: { claims, provider }, mayChange, again }: ClaimsProps) {
  const { desk: text, console: office } = useRoomWords();
  const http = useHttp();
  const [said, setSaid] = useState<string>();
  const acting = useAct();
  const change = (done: string, next: (now: readonly Claim[]) => readonly Claim[]) => {
    setSaid(undefined);
    return acting.run(async () => {
      await setClaims(http, [...next((await admission(http)).claims)]);
      setSaid(done);
      again();
    });
  };
  if (provider === null && claims.length === 0) return <p>{text.claimsNoProvider}</p>;
  const away = (rule: Claim) => (
    <Button
      aria-label={text.claimRemove(rule.claim, rule.value)}
      onPress={() =>
        void change(text.claimRemoved(rule.claim, rule.value), (now) => now.filter((each) => !isSame(each, rule)))
      }
    >
      {text.allowRemoveShort}
    </Button>
  );
  return (
    <>
      <p>{provider === null ? text.claimsNoProvider : text.claimsLead(provider)}</p>
      <Table
        caption={text.claims}
        hideCaption
        rows={claims}
        keyOf={({ claim, value }) => JSON.stringify([claim, value])}
        empty={text.claimsEmpty}
        columns={[
          { name: text.claim, heads: true, cell: ({ claim }: Claim) => <bdi>{claim}</bdi> },
          { name: text.claimValue, cell: ({ value }) => <bdi>{value}</bdi> },
          ...(mayChange ? [{ name: office.actions, cell: away }] : []),
        ]}
      />
      <Problem text={acting.problem} />
      {said === undefined ? null : <Notice kind="good" title={said} />}
      {mayChange && provider !== null ? (
        <AddClaim
          acting={acting}
          onAdd={(rule) => change(text.claimAdded(rule.claim, rule.value), (now) => [...now, rule])}
        />
      ) : null}
    </>
  );
}

function AddClaim({ acting, onAdd }: { acting: Acting; onAdd: (rule: Claim) => Promise<boolean> }) {
  const { desk: text } = useRoomWords();
  const [claim, setClaim] = useState("");
  const [value, setValue] = useState("");
  const [fault, setFault] = useState<string>();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const rule = { claim: claim.trim(), value: value.trim() };
    const good = /^[!-~]{1,200}$/.test(rule.claim) && rule.value !== "";
    setFault(good ? undefined : text.claimBad);
    if (!good) {
      document.getElementById("claim")?.focus();
      return;
    }
    if (!(await onAdd(rule))) return;
    setClaim("");
    setValue("");
  };
  return (
    <form noValidate onSubmit={(event) => void add(event)}>
      <div className="pair">
        <TextField
          id="claim"
          label={text.claim}
          description={text.claimHint}
          value={claim}
          onChange={setClaim}
          error={fault}
          autoComplete="off"
          ltr
        />
        <TextField
          label={text.claimValue}
          description={text.claimValueHint}
          value={value}
          onChange={setValue}
          autoComplete="off"
          maxLength={500}
        />
      </div>
      <div className="actions">
        <Button type="submit" isPending={acting.pending}>
          {text.claimAddGo}
        </Button>
      </div>
    </form>
  );
}
