import { useCallback, useEffect, useState } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { NotFound } from "../ui/not-found.js";
import { AccountWords } from "./account-words.js";
import { ConfirmPage } from "./confirm-page.js";
import { JoinPage } from "./join-page.js";
import { LinkPage } from "./letter-pages.js";
import { MePage } from "./me-page.js";
import { usePerson } from "./person.js";
import { ProviderPage } from "./provider-page.js";
import { SignInPage } from "./sign-in-page.js";
import "./identity.css";

/** Registering, keys, signing in, the voter's own page. */
export function IdentityPages() {
  return (
    <AccountWords>
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
          <SignInRoute />
        </Route>
        <Route path="/sign-in/from/:organisation">
          {({ organisation }) => <FromProvider organisation={organisation} />}
        </Route>
        <Route path="/me">
          <MePage />
        </Route>
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </AccountWords>
  );
}

function useToMyPage(): () => void {
  const [, navigate] = useLocation();
  return useCallback(() => navigate("/me", { replace: true }), [navigate]);
}

/** The mailed link opens this page with its token after #; also in the tab that asked and shows it already. */
function SignInRoute() {
  const onAccount = useToMyPage();
  const person = usePerson();
  const [token, setToken] = useState(() => location.hash.slice(1));
  useEffect(() => {
    const look = () => setToken(location.hash.slice(1));
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  if (token !== "") return <LinkPage key={token} token={token} onAccount={onAccount} onOther={() => setToken("")} />;
  if (person !== undefined) return <Redirect to="/me" replace />;
  return <SignInPage onAccount={onAccount} />;
}

function FromProvider({ organisation }: { organisation: string }) {
  return <ProviderPage organisation={organisation} onAccount={useToMyPage()} />;
}
