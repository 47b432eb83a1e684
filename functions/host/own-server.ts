/**
 * Lets a graph call its own server: by the SDK without a URL (in process), by LANGGRAPH_API_URL, or by http://localhost:$PORT, with a key
 * that works. Must not open the server to anybody else: the key is of this process alone.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomBytes } from "node:crypto";
import type { Env } from "../aws/env.ts";
import type { App } from "../http/edge/request-context.ts";
import { currentCaller } from "../core/auth/current-caller.ts";
import { serveNode } from "../http/edge/node-server.ts";
import { createApp } from "../http/server/app.ts";
import { errorResponse } from "../http/server/respond.ts";
import { isLoopbackHost } from "../protocol/origin.ts";
import { createPorts, type Host } from "./backend.ts";
import { readyMadeUsers } from "./ready-made-users.ts";
import { VERSION } from "./version.ts";

/** Where LangGraph's SDK looks when it is given no URL. */
const FETCH = Symbol.for("langgraph_api:fetch");
const URL_OF_FETCH = Symbol.for("langgraph_api:url");
type Settable = Record<PropertyKey, unknown>;
const shared = globalThis as Settable;
const settings = process.env as Settable;

/** The server runs outside of the caller's async context: a run that a node starts is no part of the node's run. */
const outside = AsyncLocalStorage.snapshot();

export const newOwnKey = (): string => randomBytes(32).toString("base64url");

/** The same settings, with this process's own key added. */
export function withOwnKey(auth: Env["auth"], key: string | undefined): Env["auth"] {
  return auth.kind === "none" || key === undefined ? auth : { ...auth, sha256: [...auth.sha256, hashOf(key)] };
}

const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");

export interface OwnServer {
  app: App;
  /** Of a listener on loopback. */
  port: number;
  auth: Env["auth"];
  key: string;
  /** Of the project's routes at that listener: `http.mount_prefix`. */
  prefix?: string | undefined;
}

/**
 * Sets the address of the server for the graphs of this process, before any is loaded. Keeps an address of the environment, and a key that
 * opens this server.
 * @returns undoes it
 */
export function offerOwnServer({ app, port, auth, key, prefix = "" }: OwnServer): () => void {
  const url = `http://localhost:${port}`;
  const given = process.env["LANGGRAPH_API_KEY"];
  const needsKey = auth.kind === "key" && !(given !== undefined && auth.sha256.includes(hashOf(given)));
  const restore = [
    set(settings, "PORT", String(port)),
    set(settings, "LANGGRAPH_API_URL", process.env["LANGGRAPH_API_URL"] || url + prefix),
    needsKey ? set(settings, "LANGGRAPH_API_KEY", key) : () => undefined,
    set(shared, FETCH, fetchFrom(app, auth.kind === "key" ? key : undefined)),
    set(shared, URL_OF_FETCH, url),
  ];
  return () => restore.forEach((undo) => undo());
}

function fetchFrom(app: App, key: string | undefined) {
  return (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    if (key !== undefined && !request.headers.has("x-api-key")) request.headers.set("x-api-key", key);
    const caller = currentCaller();
    return outside(() => app.fetch(request, { disconnected: request.signal, ...(caller && { caller }) }));
  };
}

function set(target: Settable, name: PropertyKey, value: unknown): () => void {
  const before = target[name];
  target[name] = value;
  return () => {
    if (target[name] !== value) return;
    if (before === undefined) delete target[name];
    else target[name] = before;
  };
}

/** Pages of a browser on this machine can reach the port, too. They are recognised by their origin or host name and refused. */
const forGraphsAlone = (app: App): App => ({
  async fetch(request, context) {
    const host = URL.parse(`http://${request.headers.get("host")}`);
    const isGraph = host !== null && isLoopbackHost(host.hostname) && !request.headers.has("origin");
    return isGraph
      ? app.fetch(request, context)
      : errorResponse(403, "This server answers the graphs of its process alone");
  },
});

/** For a process without a server, such as a worker: an app on loopback that lives as long as the process. */
export async function startOwnServer(env: Env, host: Host): Promise<void> {
  const key = newOwnKey();
  const auth = withOwnKey(env.auth, key);
  const ports = await createPorts(env, host);
  const users = await readyMadeUsers(env, ports);
  const app = createApp({ ports, settings: { auth, cors: undefined, version: VERSION, ...users } });
  const { port } = await serveNode(forGraphsAlone(app), { port: 0, hostname: "127.0.0.1" });
  offerOwnServer({ app, port, auth, key });
}
