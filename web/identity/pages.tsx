import { Redirect, Route, Switch } from "wouter";
import { NotFound } from "../ui/not-found.js";
import { ConfirmPage } from "./confirm-page.js";
import { JoinPage } from "./join-page.js";
import { MePage } from "./me-page.js";

/** Registering, keys, signing in, the voter's own page. */
export function IdentityPages() {
  return (
    <Switch>
      <Route path="/join">
        <JoinPage />
      </Route>
      <Route path="/confirm">
        <ConfirmPage purpose="confirm" />
      </Route>
      <Route path="/key">
        <ConfirmPage purpose="replace" />
      </Route>
      <Route path="/sign-in">
        <Redirect to="/me" replace />
      </Route>
      <Route path="/me">
        <MePage />
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}
