/** A bounded queue is full. Nothing was done; the same call may be made again after a pause. The edge answers 503. */
export class Busy extends Error {
  override readonly name = "Busy";
  /** When it makes sense to try again, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(what: string, retryAfterMs: number) {
    super(`${what}: too much is waiting already`);
    this.retryAfterMs = retryAfterMs;
  }
}
