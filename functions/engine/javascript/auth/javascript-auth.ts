/** The port Auth where `auth.path` is JavaScript: the project's own object of LangGraph's SDK decides. */
import type { Access, AccessRequest, Auth, AuthRequest, Refusal } from "../../../core/auth/auth-port.ts";
import type { Logger } from "../../../core/ports.ts";
import type { JsonObject } from "../../../protocol/json.ts";
import { refuseFailures } from "../../auth/refuse-failures.ts";
import { isObject } from "../langgraph.ts";
import { keptUser } from "./kept-user.ts";

export interface JavaScriptAuthOptions {
  /** `auth.path`, for the log. */
  source: string;
  /** What it names, each time: rejects with what the import rejects with. */
  load: () => Promise<unknown>;
  /** The project's line that has thrown. */
  lineOf: (error: unknown) => string | undefined;
  logger: Logger;
}

type Handler = (asked: unknown) => unknown;
interface Handlers {
  authenticate: Handler;
  callbacks: Readonly<Record<string, unknown>>;
}

export function createJavaScriptAuth({ load, ...options }: JavaScriptAuthOptions): Omit<Auth, "admitsStudio"> {
  const loadHandlers = async (): Promise<Handlers> => handlersOf(await load());
  return {
    prepare: async () => void (await Promise.allSettled([load()])),
    authenticate: (request) =>
      refuseFailures({
        ...options,
        load: loadHandlers,
        ask: async ({ authenticate }) => {
          try {
            return { kind: "user", user: keptUser(await authenticate(requestOf(request))) };
          } catch (error) {
            return refusalOf(error);
          }
        },
      }),
    authorize: (request) => refuseFailures({ ...options, load: loadHandlers, ask: (all) => authorize(all, request) }),
  };
}

/** By what the SDK's class keeps, since a project may have any version and copy of it. */
function handlersOf(exported: unknown): Handlers {
  const kept = isObject(exported) ? exported["~handlerCache"] : undefined;
  if (!isObject(kept)) throw new Error("it is no Auth of @langchain/langgraph-sdk");
  const { authenticate, callbacks } = kept;
  if (!isHandler(authenticate)) throw new Error("it has no handler for authenticate");
  return { authenticate, callbacks: isObject(callbacks) ? callbacks : {} };
}

const isHandler = (value: unknown): value is Handler => typeof value === "function";

async function authorize({ callbacks }: Handlers, request: AccessRequest): Promise<Access | Refusal> {
  const { resource, action, user } = request;
  const event = `${resource}:${action}`;
  // The most specific one alone.
  const handler = [event, resource, `*:${action}`, "*"].map((name) => callbacks[name]).find(isHandler);
  const value = structuredClone(request.value);
  if (!handler) return { kind: "allowed", filter: null, value };
  let result: unknown;
  try {
    const seen = structuredClone(user);
    result = await handler({ event, resource, action, value, user: seen, permissions: seen.permissions });
  } catch (error) {
    return refusalOf(error);
  }
  if (result === false) return { kind: "refused", status: 403, detail: "Forbidden", headers: [] };
  const filter = result === true || result === undefined || result === null ? null : asJson(result);
  return { kind: "allowed", filter, value: asJson(value) };
}

function asJson(given: unknown): JsonObject {
  if (!isObject(given) || Array.isArray(given))
    throw new TypeError(`a handler of auth gives nothing, a boolean or a filter, and no ${typeof given}`);
  return JSON.parse(JSON.stringify(given)) as JsonObject;
}

/** Of the SDK's exception, by its name as there may be several copies. @throws what is a defect */
function refusalOf(error: unknown): Refusal {
  const isRefusal = error instanceof Error && error.constructor.name === "HTTPException" && "status" in error;
  const status = isRefusal ? Number(error.status) : 0;
  if (!isRefusal || !(status >= 400 && status < 600)) throw error;
  const headers = "headers" in error ? (error.headers as ConstructorParameters<typeof Headers>[0]) : {};
  return { kind: "refused", status, detail: error.message, headers: [...new Headers(headers)] };
}

/** Its body is asked for when somebody reads it. */
function requestOf({ method, path, query, headers, body }: AuthRequest): Request {
  const url = `https://localhost${path}${query === "" ? "" : `?${query}`}`;
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers });
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        controller.enqueue(await body());
        controller.close();
      },
    },
    // Nothing is read ahead.
    { highWaterMark: 0 },
  );
  return new Request(url, { method, headers, body: stream, duplex: "half" });
}
