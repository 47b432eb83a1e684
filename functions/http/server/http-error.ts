/**
 * The error response to a request: thrown where a request is read, turned into a response in app.ts. Must not be thrown for anything but a
 * caller's mistake: expected races are values of the use cases (outcomes.ts).
 */
export class HttpError extends Error {
  override name = "HttpError";
  readonly status: number;
  readonly headers: Record<string, string>;

  /** @param detail the text of the body `{"detail": …}` (Agent Server API) */
  constructor(status: number, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
  }
}
