/** The contract between host and app: what a host passes with a request, and the app's `fetch`. */
export interface RequestContext {
  /** Aborted when the client disconnects. A Function URL does not report that. */
  disconnected?: AbortSignal;
  /** ms until the host ends this request by force. */
  timeLeft?: number;
  /** Name of the key that was sent; set by the app alone. */
  keyName?: string;
  /** Holds one of the caller's open responses, if they are capped. For routes that only their body tells to be long. Set by the app. */
  hold?: (answer: () => Promise<Response>) => Promise<Response>;
}

export interface App {
  /** Never rejects: failures are responses, too. If the body errors, abort the connection instead of ending it. */
  fetch(request: Request, context?: RequestContext): Promise<Response>;
}
