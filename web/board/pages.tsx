import { lazy, Suspense } from "react";
import { Route, Router, Switch } from "wouter";
import { Loading } from "../ui/loading.js";
import { NotFound } from "../ui/not-found.js";
import { BallotPage } from "./ballot-page.js";
import { BallotsPage } from "./ballots-page.js";
import { BlockPage } from "./block-page.js";
import "./board.css";
import { ElectionPage } from "./election-page.js";
import { ElectionsPage } from "./elections-page.js";
import { PracticePages } from "./practice-pages.js";
import { VerifyPage } from "./verify-page.js";

/** With words in all languages: loaded when somebody goes there. */
const MinutesPage = lazy(async () => ({ default: (await import("./minutes-page.js")).MinutesPage }));

/** The pages of this room by path. */
export function BoardPages() {
  return (
    <Switch>
      <Route path="/">
        <ElectionsPage />
      </Route>
      <Route path="/practice/*?">
        <Router base="/practice">
          <PracticePages>
            <PublicPages />
          </PracticePages>
        </Router>
      </Route>
      <Route>
        <PublicPages />
      </Route>
    </Switch>
  );
}

/** Pages that the practice ledger has, too. */
function PublicPages() {
  return (
    <Switch>
      <Route path="/board/blocks/:height">{({ height }) => <BlockPage height={height} />}</Route>
      <Route path="/board/:uuid">{({ uuid }) => <ElectionPage uuid={uuid} />}</Route>
      <Route path="/board/:uuid/minutes">
        {({ uuid }) => (
          <Suspense fallback={<Loading />}>
            <MinutesPage uuid={uuid} back={`/board/${uuid}`} />
          </Suspense>
        )}
      </Route>
      <Route path="/board/:uuid/ballots">{({ uuid }) => <BallotsPage uuid={uuid} />}</Route>
      <Route path="/board/:uuid/ballots/:tracker">
        {({ uuid, tracker }) => <BallotPage uuid={uuid} path={tracker} />}
      </Route>
      <Route path="/verify">
        <VerifyPage />
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}
