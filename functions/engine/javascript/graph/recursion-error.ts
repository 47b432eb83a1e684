/** The error of a run that has used up its steps over several claims. */
import type { LangGraph } from "../langgraph.ts";

/** LangGraph's own error. */
export const recursionError = (lg: LangGraph, recursionLimit: number | undefined): Error =>
  new lg.GraphRecursionError(
    [
      `Recursion limit of ${recursionLimit} reached`,
      "without hitting a stop condition. You can increase the",
      `limit by setting the "recursionLimit" config key.`,
    ].join(" "),
    { lc_error_code: "GRAPH_RECURSION_LIMIT" },
  );
