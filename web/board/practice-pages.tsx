/** Everything below `/practice`: the same pages, before the practice ledger, under a banner. */
import { lazy, type ReactNode } from "react";
import { Route, Switch } from "wouter";
import { practiceApi } from "../booth/address.js";
import { HttpProvider } from "../ui/http.js";
import { useRoomWords } from "../ui/room-words.js";
import { PracticePage } from "./practice-page.js";

const BoothPage = lazy(async () => ({ default: (await import("../booth/pages.js")).BoothPages }));

export function PracticePages({ children }: { children: ReactNode }) {
  const { board } = useRoomWords();
  return (
    <HttpProvider base={practiceApi}>
      <p className="practice-banner" role="note">
        {board.practiceBanner}
      </p>
      <Switch>
        <Route path="/">
          <PracticePage />
        </Route>
        <Route path="/booth/:uuid">
          <BoothPage />
        </Route>
        <Route path="/my-vote">
          <BoothPage />
        </Route>
        <Route>{children}</Route>
      </Switch>
    </HttpProvider>
  );
}
