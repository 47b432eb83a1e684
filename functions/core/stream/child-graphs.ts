/** Lifecycle of what runs below the root: a namespace starts with its first event, and ends with the task that its last segment names. */
import type { Json, JsonObject } from "../../protocol/json.ts";
import { objectOf, textOf } from "./json-fields.ts";
import { isWithin, keyOf, type Namespace, nodeOf } from "./namespace.ts";
import type { Told } from "./thread-event.ts";

/** Key of metadata. LangChain's agents have their names there. */
export const AGENT = "lc_agent_name";

export type ChildEnd = "completed" | "failed" | "interrupted";

interface Child {
  namespace: Namespace;
  graph_name: string;
}

export class ChildGraphs {
  readonly #running = new Map<string, Child>();
  readonly #ended = new Set<string>();
  /** By namespace: the name of the agent whose graph it is. The first one told counts. */
  readonly #agents = new Map<string, string>();
  /** By task: the tool call that it answers. */
  readonly #calls = new Map<string, string>();

  /** Of every namespace on the way that has not begun. */
  begin(namespace: Namespace): Told[] {
    return namespace.flatMap((_, depth) => {
      const path = namespace.slice(0, depth + 1);
      const key = keyOf(path);
      if (this.#running.has(key) || this.#ended.has(key)) return [];
      const [node = "", task = ""] = (path.at(-1) ?? "").split(":", 2);
      const agent = this.#agents.get(key);
      const child = { namespace: path, graph_name: agent ?? node };
      this.#running.set(key, child);
      const tool_call_id = agent === undefined ? undefined : this.#calls.get(task);
      const cause = tool_call_id === undefined ? {} : { cause: { type: "toolCall", tool_call_id } };
      return [lifecycle(child, { event: "started", ...cause })];
    });
  }

  /** @param metadata of a task there, or of a model call: a model's first words may be told before its task */
  noteAgent(namespace: Namespace, metadata: Json | undefined): void {
    const agent = textOf(objectOf(metadata)[AGENT]);
    const key = keyOf(namespace);
    if (agent !== "" && !this.#agents.has(key)) this.#agents.set(key, agent);
  }

  /** A task of this namespace begins: who runs there, and which tool call asked for it. */
  taskBegins(namespace: Namespace, { id, input, metadata }: JsonObject): void {
    this.noteAgent(namespace, metadata);
    const call = callIn(input);
    if (typeof id === "string" && call !== undefined) this.#calls.set(id, call);
  }

  /** The child with this namespace, and what runs below it. */
  end(namespace: Namespace, event: ChildEnd): Told[] {
    const ending = [...this.#running].filter(([, child]) => isWithin(child.namespace, namespace));
    return ending.toReversed().map(([key, child]) => {
      this.#running.delete(key);
      this.#ended.add(key);
      return lifecycle(child, { event });
    });
  }

  /** Those of a node, for a run that does not tell the ends of its tasks. */
  endOfNode(parent: Namespace, node: string): Told[] {
    const found = [...this.#running.values()].filter(
      ({ namespace }) =>
        namespace.length === parent.length + 1 &&
        isWithin(namespace, parent) &&
        nodeOf(namespace.at(-1) ?? "") === node,
    );
    return found.flatMap(({ namespace }) => this.end(namespace, "completed"));
  }

  /** Another attempt begins them again. */
  forget(): void {
    this.#running.clear();
    this.#ended.clear();
  }
}

function lifecycle({ namespace, graph_name }: Child, data: { event: string; cause?: object }): Told {
  const { event, ...rest } = data;
  const text = JSON.stringify({ event, graph_name, ...rest });
  return { method: "lifecycle", namespace, data: () => text };
}

/** `{ tool_call: { id } }`, or a list of calls. */
function callIn(input: Json | undefined): string | undefined {
  const calls = Array.isArray(input) ? input : [objectOf(input)["tool_call"]];
  return calls.map((call) => textOf(objectOf(call)["id"])).find((id) => id !== "");
}
