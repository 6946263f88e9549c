import { Redirect, Route, Switch } from "wouter";
import { NotFound } from "../ui/not-found.js";
import { CeremonyPage } from "./ceremony-page.js";
import { TrusteePage } from "./trustee-page.js";
import "../console/console.css";

/** The trustees' pages: the invitation, and the ceremony of an election from commitment to count. */
export function CeremonyPages() {
  return (
    <Switch>
      <Route path="/trustee">
        <TrusteePage />
      </Route>
      <Route path="/ceremony">
        <Redirect to="/trustee" replace />
      </Route>
      <Route path="/ceremony/:uuid">{({ uuid }) => <CeremonyPage key={uuid} uuid={uuid} />}</Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}
