/** Port: the project's custom auth (`auth.path` of langgraph.json). It says who asks, and what they may do with which resource. */
import type { JsonObject } from "../../protocol/json.ts";
import type { AuthUser } from "../../protocol/run.ts";

export type User = AuthUser;

/** What an authenticator may look at. */
export interface AuthRequest {
  method: string;
  /** As it came, encoded. */
  path: string;
  /** Without `?`. */
  query: string;
  headers: Headers;
  /** Called only if the project's code wants it. */
  body: () => Promise<Uint8Array>;
}

export interface AccessRequest {
  /** `threads`, `assistants`, `crons` or `store`. */
  resource: string;
  /** `create`, `read`, `search` …: the events of LangGraph's SDK. */
  action: string;
  user: User;
  /** What the caller wants: ids, metadata, a namespace. */
  value: JsonObject;
}

/** The response's status, from 400 up, and `detail`. */
export interface Refusal {
  kind: "refused";
  status: number;
  detail: string;
  headers: [name: string, value: string][];
}

export type Authentication = { kind: "user"; user: User } | Refusal;

export interface Access {
  kind: "allowed";
  /** Of metadata: what does not match it is not there for this user. */
  filter: JsonObject | null;
  /** As the project's code has left it: what it has changed counts. */
  value: JsonObject;
}

/** None rejects: where the project's code does not load or fails, everything is refused with 500, and the log says why. */
export interface Auth {
  /** Loads the project's code ahead of the first request. A failure is reported by the requests that it refuses. */
  prepare(): Promise<void>;
  authenticate(request: AuthRequest): Promise<Authentication>;
  authorize(request: AccessRequest): Promise<Access | Refusal>;
  /** Whether the project lets Studio in by its header, where a server believes it. */
  readonly admitsStudio: boolean;
}
