/** The metrics of graphs of Python. What they are compared with has rows of its own, since it is measured in the same run. */
import type { Metric } from "../metrics.ts";

const none = { official: "–", dev: "–" };
const ms = { unit: "ms", ...none };
const s = { unit: "s", ...none, digits: 2 };
const tokens = { unit: "tokens/s", ...none };
const MB = { unit: "MB", ...none };

export const PYTHON_METRICS: readonly Metric[] = [
  { id: "py-child", label: "Python: start of a child, with its first graph", ...ms, want: { most: 700 } },
  { id: "py-closed", label: "Python: agent, updates, sequential: body closed p50", ...ms, digits: 1 },
  { id: "py-beyond-js", label: "  beyond the same graph in JavaScript", ...ms, digits: 1, want: { most: 8 } },
  { id: "py-memory", label: "  memory of the child (PSS)", ...MB },
  {
    id: "py-tokens",
    label: "Python: 2,000 tokens, messages-tuple, no delay",
    ...tokens,
    want: { least: 5_000 },
  },
  { id: "py-plain", label: "  plain astream with JSON, no server", ...tokens },
  { id: "py-share", label: "  share of it that arrives", unit: "%", ...none, want: { least: 80 } },
  { id: "py-official-tokens", label: "  langgraph dev", ...tokens },
  { id: "py-crowd-first", label: "Python: 50 runs at once, 100 tokens at 20 ms: first token p50", ...ms },
  { id: "py-official-50-first", label: "  langgraph dev --n-jobs-per-worker 50", ...ms },
  { id: "py-official-first", label: "  langgraph dev", ...ms },
  { id: "py-crowd-done", label: "  all done (ideal 2.0 s)", ...s },
  { id: "py-official-50-done", label: "  langgraph dev --n-jobs-per-worker 50", ...s },
  { id: "py-official-done", label: "  langgraph dev", ...s },
  { id: "py-crowd-cpu", label: "  server CPU for all", ...s },
  { id: "py-crowd-memory", label: "  memory of the child (PSS)", ...MB },
];
