/**
 * The records of a run as events of its thread's stream: a fold from the run's first slot. What a record becomes depends on the records
 * before it alone, so every reader gets the same events with the same ids, whenever and wherever it reads.
 */
import type { Json } from "../../protocol/json.ts";
import type { FinalStatus } from "../run/run-row.ts";
import type { LogEvent } from "../log/slot.ts";
import { AGENT, ChildGraphs, type ChildEnd } from "./child-graphs.ts";
import { listOf, objectOf, parsed, textOf } from "./json-fields.ts";
import { MessageBlocks, type MessageData } from "./message-blocks.ts";
import { keyOf, type Namespace } from "./namespace.ts";
import type { RunRecord, StreamedRun } from "./run-record.ts";
import { seqOf } from "./sequence.ts";
import { shownState } from "./shown-state.ts";
import { checkpointOf, customOf, failureOf, toolOf, withMetadata } from "./shown-events.ts";
import { STREAM_ONLY } from "./stream-only.ts";
import type { ThreadEvent, Told } from "./thread-event.ts";

const INTERRUPT = "__interrupt__";
/** Values of a graph that has none yet, as JSON text. */
const NOTHING = /^\s*(\{\s*\}|null)\s*$/;

/** What tells a run that was cancelled from one that waits for a person. */
const CANCELLED = "The run was cancelled";

export class RunEvents {
  readonly #run: StreamedRun;
  readonly #children = new ChildGraphs();
  readonly #messages = new MessageBlocks();
  readonly #requested = new Set<string>();
  /** Values whose checkpoint is told after them, by namespace: readers want it before. */
  readonly #unpaired = new Map<string, Told>();
  /** Namespaces whose checkpoints are told before their values. */
  readonly #paired = new Set<string>();
  #attempt = 0;
  /** It runs on LangGraph for Python: a node that speaks or calls a tool is no graph of its own. */
  #isPython = false;
  /** The end of the run says it. An interrupt does not: a node may catch that of a graph in it. */
  #paused = false;
  #error = "";
  /** Keys of the error of a refused resume. */
  #refusal: object = {};

  constructor(run: StreamedRun) {
    this.#run = run;
  }

  take({ slot, written_at, events, end }: RunRecord): ThreadEvent[] {
    const all = events.flatMap((event) => this.#event(event));
    if (end) all.push(...this.#end(end));
    return all.map((one, i) => {
      const seq = seqOf(slot, i + 1);
      return { ...one, event_id: one.event_id ?? `${this.#run.run_id}/${seq}`, seq, timestamp: written_at };
    });
  }

  #event({ event, data }: LogEvent): Told[] {
    const [name = "", ...namespace] = event.split("|");
    switch (name) {
      case "metadata":
        return this.#begin(parsed(data));
      case "error":
        return this.#failed(parsed(data));
      case STREAM_ONLY.answered:
        return [{ ...told("input.answered", [], () => data), event_id: `synth:${this.#run.run_id}:in|answered` }];
      case STREAM_ONLY.refused:
        this.#refusal = objectOf(parsed(data));
        return [];
      case STREAM_ONLY.paused:
        this.#paused = true;
        return [];
      case STREAM_ONLY.python:
        this.#isPython = true;
        return [];
      case STREAM_ONLY.checkpoints:
        this.#paired.add(keyOf(namespace));
        return this.#stateOf(namespace, [told("checkpoints", namespace, () => data)]);
      case STREAM_ONLY.messages:
        return this.#message(namespace, data);
      case "messages":
        return this.#tuple(namespace, parsed(data));
      case "checkpoints":
        return this.#checkpoint(namespace, parsed(data));
      case "values":
        return this.#values(namespace, data);
      case "updates":
        return this.#updates(namespace, parsed(data));
      case "tasks":
        return this.#task(namespace, parsed(data), data);
      case "tools":
        return this.#said(
          namespace,
          told("tools", namespace, () => JSON.stringify(toolOf(parsed(data)))),
        );
      case "custom":
      case STREAM_ONLY.custom:
        return this.#in(namespace, [{ ...told("custom", namespace, () => ""), ...customOf(parsed(data)) }]);
      default:
        return [];
    }
  }

  /** What the run tells of a namespace: it has begun with that. */
  #in(namespace: Namespace, events: Told[]): Told[] {
    const held = this.#takeUnpaired(namespace);
    return [...held, ...this.#children.begin(namespace), ...events];
  }

  /** A graph has a state before its first task says whose graph it is: it begins with the task, where tasks are told. */
  #stateOf(namespace: Namespace, events: Told[]): Told[] {
    if (!this.#run.stream_mode.includes("tasks")) return this.#in(namespace, events);
    return [...this.#takeUnpaired(namespace), ...events];
  }

  #begin(metadata: Json): Told[] {
    const { attempt } = objectOf(metadata);
    if (typeof attempt !== "number" || attempt <= this.#attempt) return [];
    this.#attempt = attempt;
    this.#children.forget();
    this.#messages.forget();
    this.#unpaired.clear();
    const running = this.#root("running", {});
    return [attempt === 1 ? running : { ...running, event_id: `${running.event_id}:${attempt}` }];
  }

  #root(event: "running" | ChildEnd, more: object): Told & { event_id: string } {
    const { run_id, graph_id } = this.#run;
    const text = JSON.stringify({ event, graph_name: graph_id, ...more });
    return { ...told("lifecycle", [], () => text), event_id: `synth:${run_id}:lc||${event}` };
  }

  #failed(error: Json): Told[] {
    const { error: name, message } = objectOf(error);
    this.#error = textOf(message) || textOf(name);
    return [];
  }

  #end(status: FinalStatus): Told[] {
    const isDone = status === "success" && !this.#paused;
    const fate: ChildEnd = status === "error" ? "failed" : isDone ? "completed" : "interrupted";
    const rest = [...this.#unpaired.values()];
    this.#unpaired.clear();
    const failed = fate === "failed" && { error: this.#error || "The run has failed", ...this.#refusal };
    const isCancelled = fate === "interrupted" && status !== "success";
    const more = { ...failed, ...(isCancelled && { error: CANCELLED }) };
    return [
      ...rest,
      ...this.#blocks(this.#messages.endTask([])),
      ...this.#children.end([], fate),
      this.#root(fate, more),
    ];
  }

  #message(namespace: Namespace, data: string): Told[] {
    const { node, agent, data: shown = null } = objectOf(parsed(data));
    this.#children.noteAgent(this.#isPython ? namespace : namespace.slice(0, -1), { [AGENT]: agent ?? null });
    const one = told("messages", namespace, () => JSON.stringify(withMetadata(objectOf(shown))));
    return this.#said(namespace, typeof node === "string" ? { ...one, node } : one);
  }

  #tuple(graph: Namespace, tuple: Json): Told[] {
    this.#children.noteAgent(graph, listOf(tuple)[1]);
    return this.#blocks(this.#messages.take(tuple, { graph, byGraph: this.#isPython }));
  }

  #blocks(messages: readonly MessageData[]): Told[] {
    return messages.flatMap(({ namespace, node, data }) => {
      const one = told("messages", namespace, () => JSON.stringify(withMetadata(data)));
      return this.#said(namespace, node === undefined ? one : { ...one, node });
    });
  }

  #said(namespace: Namespace, one: Told): Told[] {
    return this.#in(namespace, [this.#isPython || namespace.length === 0 ? one : { ...one, ofNode: true }]);
  }

  #checkpoint(namespace: Namespace, payload: Json): Told[] {
    const text = JSON.stringify(checkpointOf(payload));
    const values = this.#takeUnpaired(namespace);
    return [...this.#stateOf(namespace, [told("checkpoints", namespace, () => text)]), ...values];
  }

  #takeUnpaired(namespace: Namespace): Told[] {
    const key = keyOf(namespace);
    const values = this.#unpaired.get(key);
    this.#unpaired.delete(key);
    return values ? [values] : [];
  }

  #values(namespace: Namespace, data: string): Told[] {
    const interrupts = data.includes(`"${INTERRUPT}"`) ? listIn(parsed(data), INTERRUPT) : undefined;
    const values = told("values", namespace, () => JSON.stringify(shownState(parsed(data))));
    // The state beside it was told before.
    if (interrupts) return this.#in(namespace, this.#request(namespace, interrupts));
    if (NOTHING.test(data)) return this.#stateOf(namespace, []);
    const key = keyOf(namespace);
    if (this.#paired.has(key) || !this.#run.stream_mode.includes("checkpoints"))
      return this.#stateOf(namespace, [values]);
    const before = this.#stateOf(namespace, []);
    this.#unpaired.set(key, values);
    return before;
  }

  #request(namespace: Namespace, interrupts: readonly Json[]): Told[] {
    return interrupts.flatMap((interrupt) => {
      const { id, value = null } = objectOf(interrupt);
      if (typeof id !== "string" || this.#requested.has(id)) return [];
      this.#requested.add(id);
      // LangGraph's own schema names it payload; the Python SDK reads value.
      const text = JSON.stringify({ interrupt_id: id, payload: value, value });
      return [told("input.requested", namespace, () => text)];
    });
  }

  #updates(namespace: Namespace, payload: Json): Told[] {
    const interrupts = listIn(payload, INTERRUPT);
    if (interrupts) return this.#in(namespace, this.#request(namespace, interrupts));
    const nodes = Object.entries(objectOf(payload)).filter(([node]) => !node.startsWith("__"));
    const showsEnds = this.#run.stream_mode.includes("tasks");
    return this.#in(
      namespace,
      nodes.flatMap(([node, delta]) => {
        const update = told("updates", namespace, () => JSON.stringify(shownState(delta ?? {})));
        return [{ ...update, node }, ...(showsEnds ? [] : this.#children.endOfNode(namespace, node))];
      }),
    );
  }

  #task(namespace: Namespace, payload: Json, data: string): Told[] {
    const task = objectOf(payload);
    const { error = null } = task;
    const shown = told("tasks", namespace, () =>
      error === null ? data : JSON.stringify({ ...task, error: failureOf(error) }),
    );
    if (!("result" in task)) {
      this.#children.taskBegins(namespace, task);
      return this.#in(namespace, [shown]);
    }
    const own = [...namespace, `${textOf(task["name"])}:${textOf(task["id"])}`];
    const interrupts = listOf(task["interrupts"]);
    const requests = interrupts.length > 0 ? this.#request(namespace, interrupts) : [];
    const messages = this.#blocks(this.#messages.endTask(own));
    return [
      ...this.#in(namespace, [...requests, ...messages, shown]),
      ...this.#children.end(own, error !== null ? "failed" : "completed"),
    ];
  }
}

const told = (method: Told["method"], namespace: Namespace, data: () => string): Told => ({ method, namespace, data });

function listIn(value: Json, key: string): Json[] | undefined {
  const list = objectOf(value)[key];
  return Array.isArray(list) ? list : undefined;
}
