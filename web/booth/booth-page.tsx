/** The booth: one flow from signing in to the lasting confirmation. What comes after signing in is loaded meanwhile. */
import { lazy, Suspense, useEffect } from "react";
import { usePerson } from "../identity/person.js";
import { SignIn } from "../identity/sign-in.js";
import { whenIdle } from "../ui/fetched.js";
import { Loading } from "../ui/loading.js";
import { Page } from "../ui/page.js";
import { useWords } from "../ui/words.js";
import { hasUnsent, useVisit } from "./visit.js";

const inside = () => import("./inside.js");
const Inside = lazy(async () => ({ default: (await inside()).Inside }));

export function BoothPage({ uuid }: { uuid: string }) {
  const words = useWords();
  const person = usePerson();
  const visit = useVisit();
  useEffect(() => whenIdle(inside), []);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (hasUnsent()) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, []);
  const recorded = visit.phase === "recorded" && visit.uuid === uuid;
  if (person === undefined && !recorded) {
    const locked = visit.uuid === uuid && hasUnsent();
    return (
      <Page
        title={locked ? words.identity.lockedTitle : words.booth.signInTitle}
        lead={locked ? words.identity.lockedLead : words.booth.signInLead}
      >
        <SignIn />
      </Page>
    );
  }
  return (
    <Suspense fallback={<Loading label={words.booth.loading} />}>
      <Inside uuid={uuid} person={person} visit={visit} />
    </Suspense>
  );
}
