/** What a host tells the app with a request, and what it asks of the app. Must not know any host. */
export interface HostContext {
  /** Aborted when the client has gone. A Function URL never tells. */
  gone?: AbortSignal;
  /** ms until the host ends this request by force. */
  timeLeft?: number;
}

export interface App {
  /** Never rejects: whatever goes wrong is an answer. A body that errors means: abort the connection, do not end it. */
  fetch(request: Request, context?: HostContext): Promise<Response>;
}
