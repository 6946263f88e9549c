/** On a development server letters go into an outbox that anyone may read; the link is shown where one waits for it. */
import { useEffect, useState } from "react";
import { useHttp } from "../ui/http.js";
import { Notice } from "../ui/notice.js";
import { useWords } from "../ui/words.js";

interface Outbox {
  readonly mails: readonly { readonly links: readonly string[]; readonly created_at: string }[];
}

const onThisMachine = (host: string): boolean => host === "localhost" || host === "127.0.0.1" || host === "[::1]";

/** `since`: only letters from then on (RFC 3339), where older ones may lie there. */
export function DevelopmentMail({ to, since = "" }: { to: string; since?: string }) {
  const words = useWords();
  const http = useHttp();
  const [link, setLink] = useState<string>();
  useEffect(() => {
    if (!onThisMachine(location.hostname)) return;
    let stopped = false;
    const look = async () => {
      for (let tries = 0; tries < 10 && !stopped; tries++) {
        const path = `/dev/outbox?to=${encodeURIComponent(to)}`;
        const found = await http.request<Outbox>(path).catch(() => undefined);
        if (found === undefined) return;
        const fresh = found.mails.filter(
          ({ created_at }) => since === "" || Date.parse(created_at) >= Date.parse(since),
        );
        const newest = fresh.flatMap(({ links }) => links).find((each) => each.includes("#"));
        if (newest !== undefined) {
          setLink(newest);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 700));
      }
    };
    void look();
    return () => {
      stopped = true;
    };
  }, [http, to, since]);
  if (link === undefined) return null;
  const { pathname, hash } = new URL(link);
  return (
    <Notice kind="info" title={words.identity.developmentMail}>
      <p>
        <a href={`${pathname}${hash}`}>{words.identity.openLink}</a>
      </p>
    </Notice>
  );
}
