/** Breaks of the part "Web client" of docs/attacks.md. */
import type { Break } from "./break.js";

export const BREAKS: readonly Break[] = [
  {
    row: "W-03",
    file: "src/server/pages.ts",
    find: `  "default-src 'none'",`,
    put: `  "default-src 'self'",`,
    test: "src/server/pages.test.ts",
  },
  {
    row: "W-02",
    file: "src/server/pages.ts",
    find: '(rule === "connect-src \'self\'" ? `${rule} ${nodes.join(" ")}` : rule)',
    put: '(rule.endsWith("\'self\'") ? `${rule} ${nodes.join(" ")}` : rule)',
    test: "src/server/pages.test.ts",
  },
  {
    row: "W-04",
    file: "src/client/booth-files.ts",
    find: "holds: toHex(sha256(bytes)) === file.sha256",
    put: "holds: bytes.length > 0",
    test: "src/client/booth-files.test.ts",
  },
  {
    row: "W-12",
    file: "src/server/pages.ts",
    find: "  \"frame-ancestors 'none'\",",
    put: "  \"frame-ancestors 'self'\",",
    test: "src/server/pages.test.ts",
  },
  {
    row: "W-01",
    file: "web/ui/http.tsx",
    find: "createHttp({ url: location.origin + base })",
    put: 'createHttp({ url: (/^https?:\\/\\/[^/]+/.exec(new URLSearchParams(location.search).get("election_url") ?? "")?.[0] ?? location.origin) + base })',
    test: "test/browser/second-node.slow.test.ts",
  },
  {
    row: "W-06",
    file: "web/check/check-page.tsx",
    find: "  if (url?.origin !== location.origin) return undefined;",
    put: "  if (url === undefined) return undefined;",
    test: "test/browser/second-node.slow.test.ts",
  },
  {
    row: "W-11",
    file: "web/booth/recorded-page.tsx",
    find: '      <p className="quiet">{booth.codeHint}</p>',
    put: '      <p className="quiet">{booth.codeHint} {paper.questions.map((question) => question.text).join()}</p>',
    test: "test/browser/booth.slow.test.ts",
    whole: true,
  },
  {
    row: "W-08",
    file: "web/booth/session.ts",
    find: "export function choose(at: number, choice: Choice): void {",
    put: 'export function choose(at: number, choice: Choice): void {\n  sessionStorage.setItem("choices", JSON.stringify({ at, ...choice }));',
    test: "test/browser/second-node.slow.test.ts",
  },
  {
    row: "W-10",
    file: "web/booth/sealed-page.tsx",
    find: "value={(prepared as PreparedBallot).tracker}",
    put: "value={(prepared as PreparedBallot).tracker.slice(0, 8)}",
    test: "test/browser/second-node.slow.test.ts",
  },
  {
    row: "W-09",
    file: "src/protocol/suite/belenios-v1/wire.ts",
    find: '  assert(offset === out.length, "wire length follows from the layout");\n  return out;',
    put: '  assert(offset === out.length, "wire length follows from the layout");\n  return (out.at(-1) ?? 0) < 128 ? out.slice(0, -1) : out;',
    test: "src/protocol/suite/belenios-v1/ballot.test.ts",
  },
];
