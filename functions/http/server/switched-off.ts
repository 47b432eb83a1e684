/**
 * The routes that `http.disable_…` of langgraph.json takes away: 404, as if they were not there. Webhooks are refused where they are named.
 */
import type { HttpConfig, HttpSwitch } from "../../protocol/manifest.ts";

type Switch = Exclude<HttpSwitch, "disable_webhooks">;

/** By the path as route tables have it. What starts runs is theirs, on a thread, too. */
const ROUTES: Readonly<Record<Switch, RegExp>> = {
  disable_assistants: /^\/assistants(?:\/|$)/,
  disable_threads: /^\/threads(?!\/:thread_id\/(?:runs|commands))(?:\/|$)/,
  disable_runs: /^\/runs(?:\/|$)|^\/threads\/:thread_id\/(?:runs|commands)(?:\/|$)/,
  disable_store: /^\/store\//,
  disable_meta: /^\/(?:ok|info|metrics|docs|openapi\.json)?$/,
  disable_ui: /^\/ui\//,
  disable_mcp: /^\/mcp$/,
  disable_a2a: /^\/a2a\/|^\/\.well-known\/agent-card\.json$/,
};
const SWITCHES = Object.entries(ROUTES) as [Switch, RegExp][];

/** @param path of a route: `/threads/:thread_id` */
export const isSwitchedOff = (config: HttpConfig, path: string): boolean =>
  SWITCHES.some(([name, routes]) => config[name] === true && routes.test(path));
