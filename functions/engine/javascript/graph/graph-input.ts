/** The input of a graph: the run's input, or a command in the project's own classes (Agent Server API). */
import type { RunKwargs } from "../../../protocol/run.ts";
import type { LangGraph } from "../langgraph.ts";

/** A command takes precedence over the input. `null` continues from the thread's newest checkpoint. */
export function graphInput({ input, command }: Pick<RunKwargs, "input" | "command">, lg: LangGraph): unknown {
  if (!command) return input;
  const { update, resume, goto } = command;
  return new lg.Command({
    ...(update === undefined ? {} : { update }),
    ...(resume === undefined ? {} : { resume }),
    ...(goto === undefined ? {} : { goto: Array.isArray(goto) ? goto.map((to) => target(to, lg)) : target(goto, lg) }),
  });
}

type Target = Exclude<NonNullable<RunKwargs["command"]>["goto"], undefined | unknown[]>;

/** A node's name, or `{node, input}`: the node with an input of its own. */
function target(to: Target, lg: LangGraph): string | InstanceType<LangGraph["Send"]> {
  return typeof to === "string" ? to : new lg.Send(to.node, to.input ?? to.args ?? {});
}
