/** A code of an election whose ceremony is begun anew: made here, read back, and only the public key handed over. */
import { useState } from "react";
import { toHex } from "#base/bytes.js";
import { anchorOf } from "#client/voter.js";
import { keyBytes } from "#protocol/identity.js";
import { envelopeIdentity } from "#protocol/trustee.js";
import { useAct } from "../console/use-act.js";
import { Code } from "../ui/code.js";
import { useHttp } from "../ui/http.js";
import { Page } from "../ui/page.js";
import { Qr } from "../ui/qr.js";
import { useRoomWords } from "../ui/room-words.js";
import { Steps } from "../ui/steps.js";
import { OfficeCode } from "./office-code.js";

export function KeyForRestart({ uuid }: { uuid: string }) {
  const { ceremony: text, office } = useRoomWords();
  const http = useHttp();
  const [key, setKey] = useState<string>();
  const { pending, problem, run } = useAct();
  const make = (code: string) =>
    run(async () => {
      const { chainId } = await anchorOf(http);
      setKey(toHex(keyBytes(envelopeIdentity(code, chainId, uuid))));
    });
  if (key === undefined)
    return (
      <OfficeCode
        title={text.codeTitle}
        lead={office.trusteeKeyLead}
        go={office.trusteeKeyMake}
        steps={text.steps}
        first={1}
        onCode={(code) => void make(code)}
        isPending={pending}
        problem={problem}
        sheet={`${text.code} · ${uuid}`}
      />
    );
  return (
    <Page title={office.trusteeKeyDone} lead={text.doneLead} above={<Steps names={text.steps} current={3} />}>
      <Code value={key} label={office.restartKey} group={8} />
      <Qr value={key} label={office.restartKey} />
    </Page>
  );
}
