/**
 * The metrics of the bench: the target of each, and what LangGraph's two servers reach with the same graphs on the same kind of machine (2
 * cores; the dev server's crowd and short runs with 50 workers).
 */
export interface Metric {
  id: string;
  label: string;
  unit: string;
  /** The official server in memory, and the JavaScript dev server. */
  official: string;
  dev: string;
  /** Absent = shown for information. */
  want?: { most: number } | { least: number };
  digits?: number;
}

const ms = { unit: "ms" };
const sequential = { official: "1,001", dev: "47.6", ...ms, digits: 1 };
const cpu = { unit: "s", official: "–", digits: 2 };
const none = { official: "–", dev: "–" };

export const METRICS: readonly Metric[] = [
  { id: "first-p50", label: "agent, updates, sequential: first event p50", ...sequential, want: { most: 10 } },
  { id: "first-p95", label: "  first event p95", ...sequential, official: "1,005", dev: "153", want: { most: 30 } },
  { id: "graph-p50", label: "  first graph event p50", ...sequential, want: { most: 20 } },
  {
    id: "graph-p95",
    label: "  first graph event p95",
    ...sequential,
    official: "1,005",
    dev: "153",
    want: { most: 50 },
  },
  { id: "closed-p50", label: "  body closed p50", ...sequential, official: "1,005", dev: "548", want: { most: 30 } },
  { id: "sequential-cpu", label: "  server CPU for 50 runs", ...cpu, dev: "1.17", want: { most: 1.1 } },
  {
    id: "chunks",
    label: "5,000 custom chunks, no delay",
    unit: "events/s",
    official: "4,670",
    dev: "15,700",
    want: { least: 35_000 },
  },
  {
    id: "tokens",
    label: "2,000 tokens, messages-tuple, no delay",
    unit: "tokens/s",
    official: "1,385",
    dev: "6,740",
    want: { least: 13_000 },
  },
  {
    id: "crowd-first-p50",
    label: "50 runs at once, 100 tokens at 20 ms: first token p50",
    ...ms,
    official: "48,000",
    dev: "334",
    want: { most: 150 },
  },
  { id: "crowd-first", label: "  first token p95", ...ms, official: "–", dev: "789", want: { most: 200 } },
  {
    id: "crowd-done",
    label: "  all done (ideal 2.0 s)",
    unit: "s",
    official: "100",
    dev: "11.3",
    want: { most: 2.8 },
    digits: 2,
  },
  {
    id: "crowd-lag-p50",
    label: "  emission to arrival p50",
    ...ms,
    ...none,
    dev: "0.4",
    want: { most: 15 },
    digits: 1,
  },
  {
    id: "crowd-lag-p95",
    label: "  emission to arrival p95",
    ...ms,
    ...none,
    dev: "1.0",
    want: { most: 40 },
    digits: 1,
  },
  {
    id: "crowd-late-p95",
    label: "  gap between tokens, over 20 ms: p95",
    ...ms,
    ...none,
    dev: "11",
    want: { most: 30 },
    digits: 1,
  },
  { id: "crowd-cpu", label: "  server CPU for all", ...cpu, dev: "–" },
  {
    id: "short-rate",
    label: "200 short runs from 50 clients",
    unit: "runs/s",
    official: "88",
    dev: "81",
    want: { least: 130 },
    digits: 1,
  },
  { id: "short-cpu", label: "  server CPU for all", ...cpu, dev: "1.38", want: { most: 1.8 } },
  {
    id: "memory",
    label: "  memory of all processes (PSS)",
    unit: "MB",
    official: "–",
    dev: "335",
    want: { most: 350 },
  },
  { id: "short-calls", label: "  SDK calls per two-node run", unit: "calls", ...none, want: { most: 26 }, digits: 1 },
  {
    id: "units",
    label: "1,000 tokens at 60 tokens/s: write units of log slots",
    unit: "units",
    ...none,
    want: { most: 165 },
  },
  { id: "paced-lag-p50", label: "  emission to arrival p50", ...ms, ...none, digits: 1 },
  { id: "paced-lag-p95", label: "  emission to arrival p95", ...ms, ...none, digits: 1 },
  { id: "tabs-reads", label: "100 tabs on a thread, while a run speaks: reads of the table", unit: "reads/s", ...none },
  { id: "tabs-memory", label: "  memory that they add (PSS)", unit: "MB", ...none },
  { id: "create-p50", label: "a delayed run is created on a thread: p50", ...ms, ...none, digits: 1 },
  { id: "create-users", label: "  more with custom auth", ...ms, ...none, want: { most: 2 }, digits: 1 },
  {
    id: "start",
    label: "npm start to the first 200 on /ok",
    unit: "s",
    official: "0.86",
    dev: "1.83",
    want: { most: 1.2 },
    digits: 2,
  },
];

/** Whether a value reaches the target; undefined without a target. */
export function reached({ want }: Metric, value: number): boolean | undefined {
  if (!want) return undefined;
  return "most" in want ? value <= want.most : value >= want.least;
}
