/** The results of an invocation, and where a streamed response goes: types that the environment and the Function URL share. */

/** As the runtime client reports it, or as the platform words it. */
export interface FunctionError {
  errorType: string;
  errorMessage?: string;
}

export type Outcome =
  /** A buffered answer, JSON as the handler returned it. */
  | { kind: "answered"; body: Buffer }
  /** A streamed response, ended by the handler. */
  | { kind: "streamed" }
  /** `inStream`: the handler threw while it streamed; the error came in the trailers of a response that is otherwise whole. */
  | { kind: "failed"; error: FunctionError; inStream?: boolean };

/** `throttled`: no environment was free, and the function's concurrency was reached. */
export type Invoked = Outcome | { kind: "throttled" };

/** Takes a streamed response, chunk by chunk. */
export interface ResponseSink {
  start(contentType: string): void;
  /** @returns a promise that resolves when there is room again, if there is none now. A client that has gone takes everything. */
  write(chunk: Buffer): Promise<void> | undefined;
}

export const failed = (errorType: string, errorMessage: string): Outcome & { kind: "failed" } => ({
  kind: "failed",
  error: { errorType, errorMessage },
});
