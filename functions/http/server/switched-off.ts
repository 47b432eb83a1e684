/**
 * The routes that `http.disable_…` of langgraph.json takes away: 404, as if they were not there. (MCP and A2A look at their own switches,
 * and webhooks are refused where they are named.)
 */
import type { HttpConfig } from "../../protocol/manifest.ts";

type Switch =
  | "disable_assistants"
  | "disable_threads"
  | "disable_runs"
  | "disable_store"
  | "disable_meta"
  | "disable_ui";

/** By the path as route tables have it. What starts runs is theirs, on a thread, too. */
const ROUTES: Readonly<Record<Switch, RegExp>> = {
  disable_assistants: /^\/assistants(?:\/|$)/,
  disable_threads: /^\/threads(?!\/:thread_id\/(?:runs|commands))(?:\/|$)/,
  disable_runs: /^\/runs(?:\/|$)|^\/threads\/:thread_id\/(?:runs|commands)(?:\/|$)/,
  disable_store: /^\/store\//,
  disable_meta: /^\/(?:ok|info|metrics|docs|openapi\.json)?$/,
  disable_ui: /^\/ui\//,
};
const SWITCHES = Object.entries(ROUTES) as [Switch, RegExp][];

/** @param path of a route: `/threads/:thread_id` */
export const isSwitchedOff = (config: HttpConfig, path: string): boolean =>
  SWITCHES.some(([name, routes]) => config[name] === true && routes.test(path));
