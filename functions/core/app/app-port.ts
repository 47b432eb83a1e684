/** Port: the project's own routes and middleware (`http.app` of langgraph.json). */
import type { User } from "../auth/auth-port.ts";

export interface Beside {
  /** Whom custom auth has recognised, where it was asked before the app. */
  user?: User | undefined;
  /** Asks the server's own routes for what the app does not answer. Never rejects. */
  otherwise: (request: Request) => Promise<Response>;
}

export interface ProjectApp {
  /** Loads the project's code ahead of the first request. A failure is reported by the requests that it refuses. */
  prepare(): Promise<void>;
  /**
   * Rejects with AppLoadError, or if the app fails before its response. A failure later ends the response's body with an error. The app is
   * told when the request's signal aborts, and when the response's body is cancelled.
   */
  respond(request: Request, beside: Beside): Promise<Response>;
}

/** Nothing of the app can be asked. Its text is for clients: the reason is in the log. */
export class AppLoadError extends Error {
  override readonly name = "AppLoadError";
}
