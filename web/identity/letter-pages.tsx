/** Signing in by mail: asking for the letter, typing its code, and what its link opens. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import { mailedCode } from "#api/mailed-code.js";
import { ApiError, type Http } from "#client/http.js";
import { askForLetter, signInByLetter } from "#client/session.js";
import { Button } from "../ui/button.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { useHttp } from "../ui/http.js";
import { Loading } from "../ui/loading.js";
import { Notice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { sentenceOf } from "../ui/problem.js";
import { TextField } from "../ui/text-field.js";
import { useLanguage, useWords } from "../ui/words.js";
import { accountOf } from "./account.js";
import { type AccountText, useAccountWords } from "./account-words.js";
import { type AskedLetter, askedLetter, newLetter, rememberLetter } from "./asked-letter.js";
import { DevelopmentMail } from "./development-mail.js";

interface LetterProps {
  /** Somebody is signed in. */
  readonly onAccount: () => void;
  /** Back to the choice of ways. */
  readonly onOther: () => void;
}

/** Where a letter was sent; without the address, when the page was loaded anew since. */
interface Sent {
  readonly email: string | undefined;
  /** From when on the letter can be there, RFC 3339. */
  readonly since: string | undefined;
}

export function LetterPages(props: LetterProps) {
  const [sent, setSent] = useState<Sent | undefined>(() =>
    askedLetter() === undefined ? undefined : { email: undefined, since: undefined },
  );
  if (sent === undefined) return <AskPage {...props} onSent={setSent} />;
  return <CodePage {...props} sent={sent} onSent={setSent} onAddress={() => setSent(undefined)} />;
}

/** Asks for the letter and remembers in this tab that it did. */
async function send(http: Http, email: string, language: string): Promise<Sent> {
  const { expires_at } = await askForLetter(http, email, language);
  rememberLetter(newLetter());
  return { email, since: new Date(Date.parse(expires_at) - mailedCode.minutes * 60_000).toISOString() };
}

/** Why no letter went out, as a sentence. */
function whyNotSent(error: unknown, text: AccountText, words: ReturnType<typeof useWords>): string {
  if (error instanceof ApiError && error.code === "too-many-requests")
    return text.tooManyLetters(Math.max(1, Math.ceil((error.retryAfter ?? 60) / 60)));
  if (error instanceof ApiError && error.code === "invalid-request") return words.identity.emailMissing;
  return sentenceOf(error, words);
}

const looksLikeMail = (email: string): boolean => /^[^\s@]+@[^\s@]+$/.test(email);

function AskPage({ onSent, onOther }: LetterProps & { onSent: (sent: Sent) => void }) {
  const words = useWords();
  const text = useAccountWords();
  const http = useHttp();
  const { language } = useLanguage();
  const [email, setEmail] = useState("");
  const [fault, setFault] = useState<string>();
  const [pending, setPending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    const address = email.trim();
    setFault(looksLikeMail(address) ? undefined : words.identity.emailMissing);
    if (!looksLikeMail(address)) return;
    setPending(true);
    try {
      onSent(await send(http, address, language));
    } catch (error) {
      setFault(whyNotSent(error, text, words));
      setPending(false);
    }
  };
  return (
    <Page title={text.mailTitle} lead={text.mailLead}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <ErrorSummary errors={fault === undefined ? [] : [{ id: "email", text: fault }]} />
        <TextField
          id="email"
          type="email"
          label={words.identity.email}
          description={text.addressHint}
          value={email}
          onChange={setEmail}
          error={fault}
          autoComplete="email"
          ltr
        />
        <div className="actions">
          <Button type="submit" variant="primary" isPending={pending}>
            {text.sendCode}
          </Button>
          <Button onPress={onOther}>{text.otherWay}</Button>
        </div>
      </form>
      <p className="quiet">{text.withoutLead}</p>
    </Page>
  );
}

/** Six digits however they were typed: with spaces, or in the digits of Arabic and Persian. */
export function digitsOf(typed: string): string | undefined {
  const plain = typed
    .replace(/[\s\u00a0-]/g, "")
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15));
  return /^[0-9]{6}$/.test(plain) ? plain : undefined;
}

/** Whole minutes that are left, told anew as they pass; `undefined`: none. */
function useMinutesLeft(until: number): number | undefined {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, []);
  return now >= until ? undefined : Math.floor((until - now) / 60_000);
}

type CodeProps = LetterProps & {
  readonly sent: Sent;
  readonly onSent: (sent: Sent) => void;
  readonly onAddress: () => void;
};

/** The letter's state in this tab, and trying a code of it. */
function useCode({ sent, onSent, onAccount, onAddress }: CodeProps) {
  const words = useWords();
  const text = useAccountWords();
  const http = useHttp();
  const { language } = useLanguage();
  const [letter, setLetter] = useState<AskedLetter>(() => askedLetter() ?? newLetter());
  const [fault, setFault] = useState<string>();
  const [notSent, setNotSent] = useState<string>();
  const [again, setAgain] = useState(false);
  const [pending, setPending] = useState(false);
  const minutes = useMinutesLeft(letter.until);
  const dead = minutes === undefined || letter.tries >= mailedCode.tries;
  useSignedInElsewhere(onAccount);
  const judge = (error: unknown): string => {
    if (!(error instanceof ApiError) || error.status !== 401) return sentenceOf(error, words);
    const next = { ...letter, tries: letter.tries + 1 };
    setLetter(next);
    rememberLetter(next);
    const left = mailedCode.tries - next.tries;
    return left > 0 ? text.codeWrong(left) : text.codeSpent;
  };
  const attempt = async (act: () => Promise<unknown>, fail: (error: unknown) => void) => {
    if (pending) return;
    setPending(true);
    setFault(undefined);
    setNotSent(undefined);
    setAgain(false);
    await act().catch(fail);
    setPending(false);
  };
  return {
    fault: notSent ?? (minutes === undefined ? text.codeOver : fault),
    again,
    pending,
    minutes,
    dead,
    tryCode: (typed: string) => {
      const code = digitsOf(typed);
      if (code === undefined) return setFault(text.codeMalformed);
      return attempt(
        async () => {
          await signInByLetter(http, { code });
          rememberLetter(undefined);
          onAccount();
        },
        (error) => setFault(judge(error)),
      );
    },
    sendAgain: () => {
      const { email } = sent;
      // After a new load of the page the address has to be typed again: it is kept nowhere.
      if (email === undefined) return onAddress();
      return attempt(
        async () => {
          onSent(await send(http, email, language));
          setLetter(askedLetter() ?? newLetter());
          setAgain(true);
        },
        (error) => setNotSent(whyNotSent(error, text, words)),
      );
    },
  };
}

function CodePage(props: CodeProps) {
  const words = useWords();
  const text = useAccountWords();
  const [typed, setTyped] = useState("");
  const { fault, again, pending, minutes, dead, tryCode, sendAgain } = useCode(props);
  const { email, since } = props.sent;
  return (
    <Page title={text.sentTitle} lead={email === undefined ? text.sentLeadAgain : text.sentLead(email)}>
      {email === undefined || since === undefined ? null : <DevelopmentMail key={since} to={email} since={since} />}
      {again ? <Notice kind="good" title={text.sentAgain} /> : null}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!dead) void tryCode(typed);
        }}
      >
        <ErrorSummary errors={fault === undefined ? [] : [{ id: dead ? "again" : "digits", text: fault }]} />
        {dead ? null : (
          <TextField
            id="digits"
            label={text.code}
            description={text.minutesLeft(minutes ?? 0)}
            value={typed}
            onChange={setTyped}
            error={fault}
            autoComplete="one-time-code"
            inputMode="numeric"
            ltr
            className="digits-field"
          />
        )}
        <div className="actions">
          {dead ? null : (
            <Button type="submit" variant="primary" isPending={pending}>
              {text.codeGo}
            </Button>
          )}
          <Button id="again" variant={dead ? "primary" : "secondary"} onPress={() => void sendAgain()}>
            {text.sendAgain}
          </Button>
        </div>
      </form>
      <p>{text.sentSame}</p>
      <p>{words.identity.mailNone}</p>
      <div className="actions">
        <Button onPress={() => leave(props.onAddress)}>{text.otherAddress}</Button>
        <Button onPress={() => leave(props.onOther)}>{text.otherWay}</Button>
      </div>
    </Page>
  );
}

function leave(next: () => void): void {
  rememberLetter(undefined);
  next();
}

/** Whoever opens the mailed link in another tab is signed in here, too, on coming back. */
function useSignedInElsewhere(onAccount: () => void): void {
  const http = useHttp();
  const latest = useRef(onAccount);
  latest.current = onAccount;
  useEffect(() => {
    const look = () => {
      if (document.visibilityState !== "visible") return;
      accountOf(http).then(
        (account) => {
          if (account === undefined) return;
          rememberLetter(undefined);
          latest.current();
        },
        () => undefined,
      );
    };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [http]);
}

/** What the mailed link opens: it signs in at once, or says why not. */
export function LinkPage({ token, onAccount, onOther }: LetterProps & { token: string }) {
  const words = useWords();
  const text = useAccountWords();
  const http = useHttp();
  const [fault, setFault] = useState<unknown>();
  const used = useRef(false);
  useEffect(() => {
    if (used.current) return;
    used.current = true;
    // The link has done its work, whatever comes of it; it does not stay in the history.
    history.replaceState(null, "", location.pathname);
    signInByLetter(http, { token }).then(() => {
      rememberLetter(undefined);
      onAccount();
    }, setFault);
  }, [http, token, onAccount]);
  if (fault === undefined)
    return (
      <Page title={words.identity.signInTitle}>
        <Loading label={text.signingIn} />
      </Page>
    );
  const stale = fault instanceof ApiError && (fault.status === 401 || fault.status === 400);
  return (
    <Page title={stale ? text.linkTitle : words.common.failed}>
      <Notice kind="bad" title={stale ? text.linkTitle : words.common.failed}>
        <p>{stale ? text.linkLead : sentenceOf(fault, words)}</p>
      </Notice>
      <div className="actions">
        <Button variant="primary" onPress={onOther}>
          {text.otherWay}
        </Button>
      </div>
    </Page>
  );
}
