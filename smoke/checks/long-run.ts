/**
 * Check: a run longer than the host allows a response. Shows how the server cuts the stream, whether a reader that reconnects misses
 * events, and whether the run was handed over or began again. It takes a quarter of an hour and must be asked for.
 */
import { type Deployment, isObject } from "../deployment.ts";
import type { EventStream, Frame } from "../event-stream.ts";
import { type Finding, judged, judgedUnless, note, skipped } from "../findings.ts";
import { dataOf, differences, pathOf } from "../flaws.ts";
import { ms } from "../statistics.ts";
import type { Subjects } from "../subjects.ts";
import { rowFlaws } from "./modes.ts";

/** Supersteps that a named assistant may take; LangGraph's default is 25. */
const RECURSION_LIMIT = 10_000;

/** @param seconds length of the run; that of a named assistant depends on its input */
export async function checkLongRun(deployment: Deployment, subjects: Subjects, seconds: number): Promise<Finding[]> {
  const { pace = 1_000 } = subjects.paced(1);
  const { run } = subjects.paced(Math.ceil((seconds * 1_000) / pace));
  const stream_mode = subjects.foreign ? ["updates", "custom"] : ["custom"];
  const since = performance.now();
  const first = await deployment.stream({ ...run, config: { recursion_limit: RECURSION_LIMIT }, stream_mode });
  const path = pathOf(first);
  const { connections, cut } = await follow(deployment, await first.read());
  const took = performance.now() - since;

  const uncut = cut.length === 0 ? "nothing was cut, so nothing was resumed" : undefined;
  const seen = connections.flatMap(({ frames }) => frames);
  const replay = await (await deployment.join(`${path}/stream`, "-1")).read();
  return [
    cutsSeen(cut),
    judgedUnless(
      uncut,
      "long run, resumed",
      differences(seen, replay.frames),
      `${seen.length} events, ${cut.length} cuts, none lost, none twice`,
    ),
    handOver(replay.frames, took),
    judged("long run, its end", await rowFlaws(deployment, first, ["success"]), `success after ${ms(took)}`),
  ];
}

/** Reconnects with the last id until the run is over, and once more for events that a cut at the end has lost. */
async function follow(deployment: Deployment, first: EventStream) {
  const path = pathOf(first);
  const connections = [first];
  const cut: EventStream[] = [];
  for (let current = first; ;) {
    const { status } = await deployment.must("GET", path);
    const underWay = status === "running" || status === "pending";
    if (underWay || current.end?.how === "aborted") cut.push(current);
    const last = connections.findLast(({ frames }) => frames.length > 0)?.frames.at(-1)?.id;
    current = await (await deployment.join(first.headers.get("location") ?? `${path}/stream`, last)).read();
    connections.push(current);
    if (!underWay) return { connections, cut };
  }
}

/** Counts cuts that look like a clean end, which old SDKs take for the end of the run. */
function cutsSeen(cut: readonly EventStream[]): Finding {
  const name = "a cut by the server";
  const [first] = cut;
  if (!first) return skipped(name, "none: the run was shorter than a response may last");
  const looks = cut.map(({ end }) => (end?.how === "ended" ? "a clean end" : `an abort: ${end?.error}`));
  const seen = `after ${ms(first.end?.at ?? Number.NaN)}, ${[...new Set(looks)].join(" and ")}`;
  const clean = cut.some(({ end }) => end?.how === "ended");
  return note(name, clean ? `${seen}. Clients that do not ask for the run's status take it for the end` : seen);
}

function handOver(frames: readonly Frame[], took: number): Finding {
  const metadata = frames.filter(({ event }) => event === "metadata").map(dataOf);
  const attempts = new Set(metadata.map((data) => (isObject(data) ? data["attempt"] : undefined))).size;
  const one = `one attempt in ${ms(took)}: handed over, if that is longer than a worker may run`;
  return note("hand-over", attempts === 1 ? one : `${attempts} attempts: it began again`);
}
