/** Whom the project's custom auth recognises in a request. Keys play no part then: what a key opens has no owner. */
import { createHash } from "node:crypto";
import type { Auth, AuthRequest, User } from "../../core/auth/auth-port.ts";
import { CALLER_TICKET, holderOf } from "../../core/auth/caller-tickets.ts";
import type { ClientKey } from "../../protocol/client-key.ts";
import type { RequestContext } from "../edge/request-context.ts";
import { readBytes } from "../request/read-body.ts";
import { isOpenPath } from "../server/auth.ts";
import { refusedBy } from "./gate.ts";

/** LangSmith's Studio, as LangGraph's servers name it. Its header proves nothing, so it is for servers of one machine alone. */
const STUDIO: User = {
  kind: "StudioUser",
  identity: "langgraph-studio-user",
  display_name: "langgraph-studio-user",
  is_authenticated: true,
  permissions: [],
};

/** For caps of open responses, which count by key. */
export const userKey = ({ identity }: User): ClientKey => ({
  sha256: createHash("sha256").update(`user ${identity}`).digest("hex"),
});

/**
 * The context with its caller. A path that is open to everybody has none.
 * @param options.studio whether Studio's header is believed, if the project does not forbid it
 * @throws HttpError with the status and text of the refusal
 */
export async function authenticated(
  auth: Auth,
  request: Request,
  context: RequestContext,
  { studio }: { studio: boolean },
): Promise<RequestContext> {
  const url = new URL(request.url);
  if (context.caller || isOpenPath(url.pathname, request.method)) return context;
  const holder = holderOf(request.headers.get(CALLER_TICKET));
  if (holder) return { ...context, caller: holder };
  if (studio && auth.admitsStudio && request.headers.get("x-auth-scheme") === "langsmith")
    return { ...context, caller: STUDIO };
  const asked: AuthRequest = {
    method: request.method,
    path: url.pathname,
    query: url.search.slice(1),
    headers: request.headers,
    body: () => readBytes(request.clone()),
  };
  const answer = await auth.authenticate(asked);
  if (answer.kind === "refused") throw refusedBy(answer);
  return { ...context, caller: answer.user };
}
