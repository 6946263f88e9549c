/** The API of the server this page came from. */
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { createHttp, type Http } from "#client/http.js";

const HttpContext = createContext<Http | undefined>(undefined);

export function HttpProvider({ children }: { children: ReactNode }) {
  const http = useMemo(() => createHttp({ url: location.origin }), []);
  return <HttpContext value={http}>{children}</HttpContext>;
}

export function useHttp(): Http {
  const http = useContext(HttpContext);
  if (http === undefined) throw new Error("useHttp outside of HttpProvider");
  return http;
}
