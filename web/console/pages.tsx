import { lazy, type ReactNode, Suspense } from "react";
import { Route, Switch, useLocation } from "wouter";
import type { OfficeRole } from "#api/actor.js";
import type { Rooms } from "#words/web/en-rooms.js";
import { Button } from "../ui/button.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Loading } from "../ui/loading.js";
import { NotFound } from "../ui/not-found.js";
import { useRoomWords } from "../ui/room-words.js";
import { AdmissionPage } from "./admission-page.js";
import { AllowedPage } from "./allowed.js";
import { ApprovalPage, ApprovalsPage } from "./approvals-page.js";
import { DoublesPage } from "./doubles-page.js";
import { DraftPage } from "./draft-page.js";
import { ElectionPage } from "./election-page.js";
import { ImportPage } from "./import-page.js";
import { LetterLooksPage } from "./letter-looks-page.js";
import { LettersPage } from "./letters-page.js";
import { LogPage } from "./log-page.js";
import { MailingsPage } from "./mailings-page.js";
import { NewOfficerPage } from "./new-officer-page.js";
import { leaveOffice, type Officer, useOfficer } from "./officer.js";
import { OfficerSignIn } from "./officer-sign-in.js";
import { OfficersPage } from "./officers-page.js";
import { OrganisationsPage } from "./organisations-page.js";
import { OverviewPage } from "./overview-page.js";
import { PeoplePage } from "./people-page.js";
import { SamplePage } from "./sample-page.js";
import { SetupPage } from "./setup-page.js";
import { ValidatorsPage } from "./validators-page.js";
import { VoterPage } from "./voter-page.js";
import { VotersPage } from "./voters-page.js";
import "./console.css";

/** With the words of minutes in all languages: loaded when somebody goes there. */
const OfficerMinutesPage = lazy(async () => ({ default: (await import("./minutes-page.js")).OfficerMinutesPage }));

/** Founding the ledger, and the officers' console. */
export function ConsolePages() {
  return (
    <Switch>
      <Route path="/setup">
        <SetupPage />
      </Route>
      <Route path="/console/new-officer">
        <NewOfficerPage />
      </Route>
      <Route path="/console">
        <Office>{(officer) => <OverviewPage officer={officer} />}</Office>
      </Route>
      <Route path="/console/drafts/:uuid/:step?">
        {({ uuid, step }) => (
          <Office>{(officer) => <DraftPage officer={officer} uuid={uuid} step={Number(step ?? 1)} />}</Office>
        )}
      </Route>
      <Route path="/console/elections/*">
        <OneElection />
      </Route>
      <Route path="/console/log">
        <Office>{(officer) => <LogPage officer={officer} />}</Office>
      </Route>
      <Route path="/console/validators">
        <Office>{(officer) => <ValidatorsPage officer={officer} />}</Office>
      </Route>
      <Route path="/console/voters">
        <Office>{() => <VotersPage />}</Office>
      </Route>
      <Route path="/console/voters/import">
        <Office least="registrar">{() => <ImportPage />}</Office>
      </Route>
      <Route path="/console/voters/:digitalId">
        {({ digitalId }) => <Office>{() => <VoterPage key={digitalId} digitalId={digitalId} />}</Office>}
      </Route>
      <Route path="/console/admission">
        <Office>{() => <AdmissionPage />}</Office>
      </Route>
      <Route path="/console/doubles">
        <Office least="registrar">{() => <DoublesPage />}</Office>
      </Route>
      <Route path="/console/letters">
        <Office>{() => <LettersPage />}</Office>
      </Route>
      <Route path="/console/letters/looks">
        <Office>{(officer) => <LetterLooksPage officer={officer} />}</Office>
      </Route>
      <Route path="/console/officers">
        <Office>{(officer) => <OfficersPage officer={officer} />}</Office>
      </Route>
      <Route path="/console/people">
        <Office>{(officer) => <PeoplePage officer={officer} />}</Office>
      </Route>
      <Route path="/console/organisations">
        <Office>{(officer) => <OrganisationsPage key={officer.organisation} officer={officer} />}</Office>
      </Route>
      <Route path="/console/approvals">
        <Office>{(officer) => <ApprovalsPage officer={officer} />}</Office>
      </Route>
      <Route path="/console/approvals/:id">
        {({ id }) => <Office>{(officer) => <ApprovalPage officer={officer} id={id} />}</Office>}
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

/** The pages about one election on the ledger. */
function OneElection() {
  return (
    <Switch>
      <Route path="/console/elections/:uuid">
        {({ uuid }) => <Office>{(officer) => <ElectionPage key={uuid} officer={officer} uuid={uuid} />}</Office>}
      </Route>
      <Route path="/console/elections/:uuid/sample">
        {({ uuid }) => <Office least="officer">{() => <SamplePage uuid={uuid} />}</Office>}
      </Route>
      <Route path="/console/elections/:uuid/letters">
        {({ uuid }) => <Office>{() => <MailingsPage uuid={uuid} />}</Office>}
      </Route>
      <Route path="/console/elections/:uuid/minutes">
        {({ uuid }) => <Office>{(officer) => <OfficerMinutesPage officer={officer} uuid={uuid} />}</Office>}
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

const places = [
  { href: "/console", name: ({ console: text }) => text.navElections, match: /^\/console(\/(drafts|elections).*)?$/ },
  {
    href: "/console/voters",
    name: ({ console: text }) => text.navVoters,
    match: /^\/console\/(voters|admission|doubles)/,
  },
  { href: "/console/letters", name: ({ letters: text }) => text.nav, match: /^\/console\/letters/ },
  { href: "/console/approvals", name: ({ console: text }) => text.navApprovals, match: /^\/console\/approvals/ },
  {
    href: "/console/officers",
    name: ({ console: text }) => text.navOfficers,
    match: /^\/console\/(officers|validators)/,
  },
  { href: "/console/people", name: ({ people: text }) => text.nav, match: /^\/console\/(people|organisations)/ },
  { href: "/console/log", name: ({ desk: text }) => text.logNav, match: /^\/console\/log/ },
] as const satisfies readonly { href: string; name: (words: Rooms) => string; match: RegExp }[];

interface OfficeProps {
  readonly children: (officer: Officer) => ReactNode;
  /** What the page is of no use without. */
  readonly least?: OfficeRole;
}

/** The console's own navigation around what only an officer sees; the sign-in for everybody else. */
function Office({ children, least = "observer" }: OfficeProps) {
  const words = useRoomWords();
  const { console: text } = words;
  const http = useHttp();
  const officer = useOfficer();
  const [path] = useLocation();
  if (officer === undefined) return <OfficerSignIn />;
  return (
    <>
      <div className="office-bar">
        <nav aria-label={text.navLabel}>
          <ul>
            {places.map(({ href, name, match }) => (
              <li key={href}>
                <Link href={href} current={match.test(path)}>
                  {name(words)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <p>{text.signedInAs(officer.name)}</p>
        <Button onPress={() => void leaveOffice(http)}>{text.signOut}</Button>
      </div>
      <AllowedPage least={least}>
        <Suspense fallback={<Loading />}>{children(officer)}</Suspense>
      </AllowedPage>
    </>
  );
}
