/** Signing in as a voter; whoever types a code may have it kept on this device. Used by pages and by the booth. */
import { lazy, Suspense, useState } from "react";
import { Checkbox } from "../ui/checkbox.js";
import { useHttp } from "../ui/http.js";
import { Link } from "../ui/link.js";
import { Loading } from "../ui/loading.js";
import { useWords } from "../ui/words.js";
import { KeyEntry } from "./key-entry.js";
import { canKeep } from "./keystore.js";
import { hold, identify, type Person } from "./person.js";

const KeepForm = lazy(async () => ({ default: (await import("./keep-form.js")).KeepForm }));

export function SignIn() {
  const { identity: text, common } = useWords();
  const http = useHttp();
  const [keepIt, setKeepIt] = useState(false);
  const [keeping, setKeeping] = useState<Person>();
  if (keeping !== undefined) {
    const { name, digitalId, identity } = keeping;
    return (
      <>
        <h2>{text.keepTitle}</h2>
        <Suspense fallback={<Loading />}>
          <KeepForm person={{ role: "voter", name, digitalId }} identity={identity} onDone={() => hold(keeping)} />
        </Suspense>
      </>
    );
  }
  return (
    <>
      <KeyEntry
        whose="voter"
        unknown={text.notRegistered}
        onKey={async (identity, byCode) => {
          const person = await identify(http, identity);
          // Once the person is held, the page shows what only that person sees: the key is kept before.
          if (byCode && keepIt) setKeeping(person);
          else hold(person);
        }}
        withCode={canKeep() ? <Checkbox label={text.keepCodeToo} isSelected={keepIt} onChange={setKeepIt} /> : null}
      />
      <p>
        {text.notYet} <Link href="/join">{common.join}</Link>
      </p>
    </>
  );
}
