import { Route, Switch } from "wouter";
import { NotFound } from "../ui/not-found.js";
import { Page } from "../ui/page.js";
import { useWords } from "../ui/words.js";

/** The pages of this room by path. */
export function BoardPages() {
  return (
    <Switch>
      <Route path="/">
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
  return <Page title={words.board.title}>{null}</Page>;
}
