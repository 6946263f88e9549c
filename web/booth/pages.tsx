import { lazy } from "react";
import { Route, Switch } from "wouter";
import { NotFound } from "../ui/not-found.js";
import { BoothPage } from "./booth-page.js";
import "./booth.css";

const MyVotePage = lazy(async () => ({ default: (await import("./my-vote-page.js")).MyVotePage }));

/** The booth and the page that looks a receipt up. */
export function BoothPages() {
  return (
    <Switch>
      <Route path="/booth/:uuid">{({ uuid }) => <BoothPage uuid={uuid} />}</Route>
      <Route path="/my-vote">
        <MyVotePage />
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}
