/**
 * Stream transformers that a graph was compiled with (version 3 of LangGraph's events): they see each event, may change or drop it, and
 * tell things in channels of their own. Those that make handles for callers in the same process are left out: nobody would read them.
 */
import type { LangGraph } from "../langgraph.ts";
import { isObject } from "../langgraph.ts";
import { FINAL_VALUES } from "../timings.ts";

type Namespace = string[];
type Chunk = [namespace: Namespace, mode: string, payload: unknown];

export interface StreamTransformers {
  /** @returns the chunk as they leave it; undefined if they drop it. @throws what they throw */
  take(chunk: unknown): unknown;
  /** The graph has stopped: what they know only then is told, too. */
  finish(signal: AbortSignal): Promise<void>;
  fail(error: unknown): void;
}

/** What is told in a channel of this name. */
export type Tell = (namespace: Namespace, name: string, item: unknown) => void;

/** What a dropped event of these modes says goes on: it is what the run does next. */
const ALWAYS_TOLD = new Set(["updates", "tasks", "checkpoints"]);
const OWN_CHANNEL = "custom:";

/** Where LangGraph's own stream has them; its class for it is not exported. */
type Transformer = ReturnType<LangGraph["createValuesTransformer"]>;
type ProtocolEvent = Parameters<Transformer["process"]>[0];

/** @returns undefined if there is nothing to do */
export function streamTransformers(lg: LangGraph, graph: object, tell: Tell): StreamTransformers | undefined {
  const factories = "streamTransformers" in graph ? graph.streamTransformers : undefined;
  if (!Array.isArray(factories)) return undefined;
  const made = (factories as (() => Transformer)[]).map((factory) => factory());
  const own = made.filter((transformer) => !lg.isNativeTransformer(transformer));
  return own.length > 0 ? new Pipeline(lg, own, tell) : undefined;
}

class Pipeline implements StreamTransformers {
  readonly #lg: LangGraph;
  readonly #transformers: Transformer[];
  readonly #tell: Tell;
  readonly #channels: { close(): void; fail(error: unknown): void }[] = [];
  /** By name: what is told at the end. */
  readonly #finals: { name: string; value: PromiseLike<unknown> }[] = [];
  /** Of the event that is being seen. */
  #namespace: Namespace = [];

  constructor(lg: LangGraph, transformers: Transformer[], tell: Tell) {
    this.#lg = lg;
    this.#transformers = transformers;
    this.#tell = tell;
    for (const transformer of transformers) {
      transformer.onRegister?.({ push: (namespace, event) => this.#told([...namespace], event) });
      this.#wire(transformer.init());
    }
  }

  take(chunk: unknown): unknown {
    if (!isChunk(chunk)) return chunk;
    const [namespace, mode, payload] = chunk;
    const [event] = this.#lg.convertToProtocolEvent({ namespace, mode: mode as "values", payload, seq: 0 });
    if (!event) return chunk;
    const isKept = this.#see(namespace, event);
    if (ALWAYS_TOLD.has(mode)) return chunk;
    return isKept ? [namespace, mode, asStreamed(mode, event.params.data, payload)] : undefined;
  }

  async finish(signal: AbortSignal): Promise<void> {
    const ends = this.#transformers.map((transformer) => transformer.finalize?.());
    for (const channel of this.#channels) channel.close();
    const told = this.#finals.map(async ({ name, value }) => this.#tell([], name, await value));
    const limit = AbortSignal.any([signal, AbortSignal.timeout(FINAL_VALUES)]);
    const late = new Promise<unknown>((resolve) => {
      if (limit.aborted) resolve(undefined);
      else limit.addEventListener("abort", resolve, { once: true });
    });
    await Promise.race([Promise.allSettled([...ends, ...told]), late]);
  }

  fail(error: unknown): void {
    for (const transformer of this.#transformers) transformer.fail?.(error);
    for (const channel of this.#channels) channel.fail(error);
  }

  #see(namespace: Namespace, event: ProtocolEvent): boolean {
    const outer = this.#namespace;
    this.#namespace = namespace;
    try {
      return this.#transformers.map((transformer) => transformer.process(event)).every(Boolean);
    } finally {
      this.#namespace = outer;
    }
  }

  /** An event of a transformer itself, which the others see, too. */
  #told(namespace: Namespace, event: ProtocolEvent): void {
    if (!this.#see(namespace, event) || !event.method.startsWith(OWN_CHANNEL)) return;
    this.#tell(namespace, event.method.slice(OWN_CHANNEL.length), event.params.data);
  }

  #wire(projection: unknown): void {
    for (const [key, value] of Object.entries(isObject(projection) ? projection : {})) {
      if (this.#lg.StreamChannel.isInstance(value)) {
        const { channelName: name } = value;
        this.#channels.push(value);
        if (name !== undefined) value._wire((item) => this.#tell(this.#namespace, name, item));
      } else if (isPromise(value)) {
        this.#finals.push({ name: key, value });
        // One that rejects tells nothing.
        value.then(undefined, () => undefined);
      }
    }
  }
}

/** An event's data as LangGraph's stream has it. */
function asStreamed(mode: string, data: unknown, payload: unknown): unknown {
  if (mode === "messages" && Array.isArray(payload)) return [data, payload[1]];
  if (mode !== "custom") return data;
  const isWrapped = !isObject(payload) || !("name" in payload);
  return isWrapped && isObject(data) && "payload" in data ? data["payload"] : data;
}

const isChunk = (chunk: unknown): chunk is Chunk =>
  Array.isArray(chunk) && chunk.length === 3 && Array.isArray(chunk[0]) && typeof chunk[1] === "string";

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  isObject(value) && typeof value["then"] === "function";
