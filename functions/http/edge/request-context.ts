/** What a host tells the app with a request, and what it asks of the app. */
export interface RequestContext {
  /** Aborted when the client has gone. A Function URL never tells. */
  disconnected?: AbortSignal;
  /** ms until the host ends this request by force. */
  timeLeft?: number;
}

export interface App {
  /** Never rejects: whatever goes wrong is an answer. A body that errors means: abort the connection, do not end it. */
  fetch(request: Request, context?: RequestContext): Promise<Response>;
}
