/**
 * The way from a request to the ports: a route says which resource it is about to touch and how, the project's custom auth decides, and the
 * ports that come back show what the caller may see. There are no other ports in a route. Without custom auth they show everything.
 */
import type { Access, Auth, Refusal, User } from "../../core/auth/auth-port.ts";
import { scopePorts } from "../../core/auth/scope-ports.ts";
import type { Resource, Scope, Sight } from "../../core/auth/scope.ts";
import type { Ports } from "../../core/ports.ts";
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { HttpError } from "../server/http-error.ts";
import type { Asked } from "../server/routes.ts";

/** A resource and an event of LangGraph's SDK, with what the caller wants: handlers see the value and may change it. */
export interface Entry {
  resource: Resource;
  action: string;
  value: Readonly<Record<string, unknown>>;
}

export interface Pass {
  /** Throw where they are asked for a resource that was not entered. */
  ports: Ports;
  /** Undefined without custom auth. */
  user: User | undefined;
  /** The value of the last entry as the handlers have left it. */
  value: Readonly<Record<string, unknown>>;
  /** @throws HttpError with the status and text of the refusal */
  also: (entry: Entry) => Promise<Pass>;
  /** As `also` for what is not the point of the request: where it is refused, the ports show nothing of the resource. */
  alsoIfAllowed: (entry: Entry) => Promise<Pass>;
}

/** What routes are made with. */
export interface Gate extends Pick<Ports, "clock" | "ids" | "logger"> {
  /** @throws HttpError with the status and text of the refusal */
  enter: (asked: Asked, entry: Entry) => Promise<Pass>;
  /** `enter` for a request, as what goes on from it. */
  from: (asked: Asked) => Pick<Pass, "also">;
  /** What the project says of its HTTP API. */
  engine: Pick<Ports["engine"], "http">;
}

/** @param auth of the project as it is served now; undefined = it has none */
export function createGate(ports: Ports, auth: () => Auth | undefined): Gate {
  const { clock, ids, logger, engine } = ports;
  const enter: Gate["enter"] = async (asked, entry) => {
    const rules = auth();
    if (!rules) return openPass(ports, entry);
    const { caller } = asked.env;
    if (!caller) throw new Error("a route is reached without authentication");
    return entered({ ports, rules, user: caller, scope: {} }, entry);
  };
  return {
    clock,
    ids,
    logger,
    engine,
    enter,
    from: (asked) => ({ also: (entry) => enter(asked, entry) }),
  };
}

/** Everybody may do everything. */
function openPass(ports: Ports, { value }: Entry): Pass {
  const also = (entry: Entry): Promise<Pass> => Promise.resolve(openPass(ports, entry));
  return { ports, user: undefined, value, also, alsoIfAllowed: also };
}

interface Entered {
  ports: Ports;
  rules: Auth;
  user: User;
  scope: Scope;
}

async function entered(at: Entered, { resource, action, value }: Entry, otherwise?: Sight): Promise<Pass> {
  const { ports, rules, user } = at;
  const access = await rules.authorize({ resource, action, user, value: asJson(value) });
  if (access.kind === "refused" && (!otherwise || access.status >= 500)) throw refusedBy(access);
  const sight = access.kind === "refused" ? otherwise : sightOf(access);
  const next: Entered = { ...at, scope: { ...at.scope, ...(sight && { [resource]: sight }) } };
  return {
    ports: scopePorts(ports, next.scope),
    user,
    value: access.kind === "refused" ? value : access.value,
    also: (entry) => entered(next, entry),
    alsoIfAllowed: (entry) => entered(next, entry, { kind: "none" }),
  };
}

const sightOf = ({ filter }: Access): Sight =>
  filter && Object.keys(filter).length > 0 ? { kind: "filter", filter } : { kind: "all" };

export const refusedBy = ({ status, detail, headers }: Refusal): HttpError =>
  new HttpError(status, detail, Object.fromEntries(headers));

/** Handlers see `null` for what the caller has not said. */
const asJson = (value: Entry["value"]): JsonObject =>
  Object.fromEntries(Object.entries(value).map(([key, one]) => [key, (one ?? null) as Json]));

/** The body with the metadata that the handlers have left, an owner's for example; without custom auth as it came. */
export function withMetadata<Body extends object>(body: Body, { user, value }: Pass): Body {
  if (!user) return body;
  const metadata = (value["metadata"] ?? {}) as Json;
  if (!isJsonObject(metadata)) throw new TypeError("a handler of auth has left no object for metadata");
  const isUntouched = Object.keys(metadata).length === 0 && !("metadata" in body && body.metadata !== undefined);
  return isUntouched ? body : { ...body, metadata };
}
