import { Route, Switch } from "wouter";
import { NotFound } from "../ui/not-found.js";
import { Page } from "../ui/page.js";
import { useWords } from "../ui/words.js";

/** The pages of this room by path. */
export function ConsolePages() {
  return (
    <Switch>
      <Route path="/console">
        <First />
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

function First() {
  const words = useWords();
  return <Page title={words.console.title}>{null}</Page>;
}
