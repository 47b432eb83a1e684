/**
 * Check: how long a client waits for the first event, for the graph's first event and for the end, in short runs one after the other.
 * Slowness is not a failure.
 */
import type { Deployment } from "../deployment.ts";
import { type Finding, note, skipped } from "../findings.ts";
import { flawsOf, modeOf } from "../flaws.ts";
import { ms, spread } from "../statistics.ts";
import type { Subjects } from "../subjects.ts";

interface Sample {
  first: number;
  graph: number;
  closed: number;
}

/** @param runs how many are measured, after one that warms the server up */
export async function checkLatency(deployment: Deployment, { short }: Subjects, runs: number): Promise<Finding[]> {
  const samples: Sample[] = [];
  for (let n = 0; n <= runs; n++) {
    const stream = await (await deployment.stream({ ...short.run, stream_mode: "updates" })).read();
    const flaws = flawsOf(stream);
    if (flaws.length) return [{ check: "latency", outcome: "FAILED", seen: flaws.join("; ") }];
    samples.push({
      first: stream.frames[0]?.at ?? Number.NaN,
      graph: stream.frames.find((frame) => modeOf(frame) !== "metadata")?.at ?? Number.NaN,
      closed: stream.end?.at ?? Number.NaN,
    });
  }
  const warm = samples.slice(1);
  return [
    note("first event", spread(warm.map(({ first }) => first))),
    graphEvent(warm.map(({ graph }) => graph)),
    note("stream closed", `${spread(warm.map(({ closed }) => closed))} (${runs} runs one after the other)`),
  ];
}

function graphEvent(times: readonly number[]): Finding {
  const name = "first graph event";
  return times.some(Number.isNaN)
    ? skipped(name, "this assistant has none with this input")
    : note(name, spread(times));
}

/** The first run of all, which shows a cold start on a deployment without use. */
export async function checkFirstRun(deployment: Deployment, { short }: Subjects): Promise<Finding> {
  const stream = await (await deployment.stream({ ...short.run, stream_mode: "updates" })).read();
  const graph = stream.frames.find((frame) => modeOf(frame) !== "metadata")?.at ?? Number.NaN;
  return note(
    "first run of all",
    `first event ${ms(stream.frames[0]?.at ?? Number.NaN)}, ${Number.isNaN(graph) ? "no graph event" : `first graph event ${ms(graph)}`}`,
  );
}
