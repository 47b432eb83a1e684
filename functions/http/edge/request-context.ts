/** The contract between host and app: what a host passes with a request, and the app's `fetch`. */
import type { User } from "../../core/auth/auth-port.ts";

export interface RequestContext {
  /** Aborted when the client disconnects. A Function URL does not report that. */
  disconnected?: AbortSignal;
  /** ms until the host ends this request by force. */
  timeLeft?: number;
  /** Name of the key that was sent; set by the app alone. */
  keyName?: string;
  /** Holds one of the caller's open responses, if they are capped. For routes that only their body tells to be long. Set by the app. */
  hold?: (answer: () => Promise<Response>) => Promise<Response>;
  /** Whom custom auth has recognised, or whose run calls its own server: then nobody is asked again. No host takes it from a request. */
  caller?: User;
}

export interface App {
  /** Never rejects: failures are responses, too. If the body errors, abort the connection instead of ending it. */
  fetch(request: Request, context?: RequestContext): Promise<Response>;
}
