/** Words of signing in without the key and of the voter's page, which the booth does not load. */
import { createContext, type ReactNode, use, useContext } from "react";
import type { account } from "#words/web/en/account.js";
import { lateWords } from "../ui/late-words.js";
import { useLanguage } from "../ui/words.js";

export type AccountText = typeof account;

const accountIn = lateWords<AccountText>({
  en: async () => (await import("#words/web/en/account.js")).account,
  de: async () => (await import("#words/web/de/account.js")).account,
  fr: async () => (await import("#words/web/fr/account.js")).account,
  es: async () => (await import("#words/web/es/account.js")).account,
  ar: async () => (await import("#words/web/ar/account.js")).account,
});

const AccountContext = createContext<AccountText | undefined>(undefined);

/** Suspends until the words of the chosen language are there. */
export function AccountWords({ children }: { children: ReactNode }) {
  const { language } = useLanguage();
  return <AccountContext value={use(accountIn(language))}>{children}</AccountContext>;
}

export function useAccountWords(): AccountText {
  const words = useContext(AccountContext);
  if (words === undefined) throw new Error("useAccountWords outside of AccountWords");
  return words;
}
