/**
 * The settings of a run as its graph sees them, from what was stored with it (Agent Server API). Assistant, thread and run were merged
 * before; the server's own keys are added here.
 */
import { isSelector } from "../../core/checkpoint/selected-checkpoint.ts";
import type { Invocation } from "../../core/run/execute/engine-port.ts";
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { type AuthUser, isAuthKey } from "../../protocol/run.ts";

/** `configurable` alone also serves as context and the other way round, as on the official server, for graphs read either. */
export function settingsOf(configurable: Json | undefined, given: JsonObject) {
  const own = isJsonObject(configurable) ? without(configurable, isServers) : {};
  const settings = without(own, isSelector);
  const context = isEmpty(given) ? settings : given;
  return { own, settings, fromContext: isEmpty(settings) ? without(given, isLangGraphs) : {}, context };
}

/** @param resumed the run continues from its own newest checkpoint, whatever the caller selected */
export function runSettings(
  { kwargs, run_id, thread_id, graph_id, assistant_id, attempt, metadata: own }: Invocation,
  { version, resumed }: { version: string | undefined; resumed: boolean },
): { configurable: JsonObject; metadata: JsonObject; context?: JsonObject } {
  const { configurable, metadata } = kwargs.config;
  const { own: given, settings, fromContext, context } = settingsOf(configurable, kwargs.context);
  return {
    configurable: {
      ...fromContext,
      ...(resumed ? settings : given),
      ...without(kwargs.headers ?? {}, isLangGraphs),
      ...(kwargs.user && authKeys(kwargs.user)),
      run_id,
      thread_id,
      graph_id,
      assistant_id,
    },
    metadata: {
      ...(isJsonObject(metadata) ? without(metadata, isLangGraphs) : {}),
      ...own,
      graph_id,
      assistant_id,
      run_id,
      run_attempt: attempt,
      ...(version === undefined ? {} : { langgraph_version: version }),
    },
    ...(isEmpty(context) ? {} : { context }),
  };
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

/** What custom auth says of the caller, under the names of LangGraph's servers. */
const authKeys = (user: AuthUser): JsonObject => ({
  langgraph_auth_user: user,
  langgraph_auth_user_id: user.identity,
  langgraph_auth_permissions: user.permissions,
});

/** LangGraph's internal keys are not for callers. */
const isWiring = (key: string): boolean => key.startsWith("__pregel");

/** Who the caller is nobody says of himself. */
const isServers = (key: string): boolean => isWiring(key) || isAuthKey(key);

/** Keys of `configurable` that LangGraph uses itself. In a context they stay in the context alone; headers of such names are dropped. */
const isLangGraphs = (key: string): boolean =>
  isWiring(key) || isSelector(key) || key === "thread_id" || isAuthKey(key);

function without(record: JsonObject, drop: (key: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !drop(key)));
}
