/**
 * Stops a run after its current superstep when its host has little time left: by LangGraph's RunControl where the version has it, else by
 * breakpoints at every node.
 */
import type { Invocation } from "../../../core/run/execute/engine-port.ts";
import { isObject, type LangGraph } from "../langgraph.ts";

export interface Drain {
  /** Options for `stream`; they may replace `interruptBefore`. */
  options: object;
  /** Whether LangGraph threw this error because of the request. */
  caused(error: unknown): boolean;
  /** Whether a pause may be due to the request: the node has no breakpoint of its own. */
  mayPause(): boolean;
  dispose(): void;
}

export function prepareDrain(
  lg: Partial<LangGraph>,
  asked: AbortSignal,
  before: Invocation["kwargs"]["interrupt_before"] | undefined,
): Drain {
  const { RunControl } = lg;
  if (!RunControl) {
    // `*` stops before every node anyway.
    const options = before === "*" ? {} : { interruptBefore: new Breakpoints(before ?? [], asked) };
    return { options, caused: () => false, mayPause: () => asked.aborted, dispose: () => {} };
  }
  const control = new RunControl();
  const request = (): void => control.requestDrain("hand-over");
  if (asked.aborted) request();
  asked.addEventListener("abort", request, { once: true });
  return {
    options: { control },
    caused: (error) => asked.aborted && isObject(error) && error["name"] === "GraphDrained",
    mayPause: () => false,
    dispose: () => asked.removeEventListener("abort", request),
  };
}

/** LangGraph checks it before each superstep, in all versions by `includes`. */
class Breakpoints extends Array<string> {
  readonly #asked: AbortSignal;

  constructor(nodes: readonly string[], asked: AbortSignal) {
    super();
    this.push(...nodes);
    this.#asked = asked;
  }

  override includes(node: string): boolean {
    return this.#asked.aborted || super.includes(node);
  }
}
