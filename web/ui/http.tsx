/** The API of the server this page came from. */
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { createHttp, type Http } from "#client/http.js";

const HttpContext = createContext<Http | undefined>(undefined);

interface HttpProviderProps {
  readonly children: ReactNode;
  /** Where the API lies under this origin: empty, or that of the practice ledger. */
  readonly base?: string;
}

export function HttpProvider({ children, base = "" }: HttpProviderProps) {
  const http = useMemo(() => createHttp({ url: location.origin + base }), [base]);
  return <HttpContext value={http}>{children}</HttpContext>;
}

export function useHttp(): Http {
  const http = useContext(HttpContext);
  if (http === undefined) throw new Error("useHttp outside of HttpProvider");
  return http;
}
