/** What a refused request gets: problem details (RFC 9457) with a code, in words that say what to do. */
import { z } from "zod";

/** Content type of every error answer. */
export const problemContentType = "application/problem+json";

/** The wire form. `code` is the machine's rejection code or one of {@link edgeProblems}. */
export const problemSchema = z
  .object({
    type: z.string().describe("urn:psephos:problem: followed by the code"),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().describe("A sentence for a person: what is wrong and what to do"),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .describe("For invalid requests: each faulty place as a JSON pointer"),
  })
  .meta({ id: "Problem" });

export type Problem = z.infer<typeof problemSchema>;

/** Problems of the HTTP edge itself: what no rule of an election decides. Status, title and what to do. */
export const edgeProblems = {
  "malformed-json": [400, "The body is not acceptable JSON", "Send strict JSON in UTF-8."],
  "invalid-request": [400, "The request does not have the expected form", "Correct the fields that are named."],
  "not-signed-in": [401, "You are not signed in", "Sign in and send the request again."],
  "not-allowed": [403, "You may not do this", "Sign in as somebody who may, or ask an officer."],
  "not-found": [404, "There is nothing here", "Check the address."],
  "method-not-allowed": [405, "This address does not take that method", "Use one of the methods in Allow."],
  "already-exists": [409, "This exists already", "Use what exists or choose another name."],
  conflict: [409, "This does not fit the present state", "Load the present state and decide again."],
  gone: [410, "This is no longer there", "Start again from the beginning."],
  "too-large": [413, "The body is too large", "Send less at once."],
  "unsupported-media-type": [415, "The content type is not supported", "Send application/json."],
  "too-many-requests": [429, "Too many requests", "Wait as long as Retry-After says and try again."],
  internal: [500, "Something failed on our side", "Try again; nothing was recorded unless you were told so."],
  overloaded: [503, "The server is busy", "Wait as long as Retry-After says and try again."],
  unavailable: [503, "The service is not available at the moment", "Try again in a minute."],
} as const satisfies Record<string, readonly [status: number, title: string, advice: string]>;

export type EdgeCode = keyof typeof edgeProblems;

/** A problem of the edge; `detail` replaces the general advice where there is more to say. */
export function edgeProblem(code: EdgeCode, detail?: string, errors?: Problem["errors"]): Problem {
  const [status, title, advice] = edgeProblems[code];
  return problem(code, status, title, detail ?? advice, errors);
}

/** Any other problem, for example a rejection of the machine with the status its meaning asks for. */
export function problem(
  code: string,
  status: number,
  title: string,
  detail: string,
  errors?: Problem["errors"],
): Problem {
  const plain = { type: `urn:psephos:problem:${code}`, title, status, code, detail };
  return errors === undefined ? plain : { ...plain, errors };
}

/** Thrown by a request handler, turned into the answer by the server. Never used for flow below the edge. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, options: { headers?: Readonly<Record<string, string>>; cause?: unknown } = {}) {
    super(problem.detail, options.cause === undefined ? {} : { cause: options.cause });
    this.problem = problem;
    this.headers = options.headers ?? {};
  }
}

/** Refuses the request with a problem of the edge. */
export function refuse(code: EdgeCode, detail?: string): never {
  throw new ProblemError(edgeProblem(code, detail));
}
