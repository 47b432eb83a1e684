/**
 * Check: whether something on the way holds small chunks back. Measures when events of a known pace arrive, and the keep-alives between
 * them. Only missing keep-alives are a failure.
 */
import type { Deployment } from "../deployment.ts";
import type { EventStream } from "../event-stream.ts";
import { type Finding, judged, note, skipped } from "../findings.ts";
import { modeOf } from "../flaws.ts";
import { percentile } from "../../command-line/percentiles.ts";
import { gaps, ms, spread } from "../statistics.ts";
import type { Subjects } from "../subjects.ts";

/** 12 s of the example's `progress`: two keep-alives. */
const EVENTS = 40;
/** Advice for a URL that holds the last chunk back until the next one comes. */
const PAD = "deploy with -c pad=true (THREADLINE_STREAM_PAD=on)";
/** ms. The server sends one every 5 s, events or not; proxies and clients give up after 15 to 60. */
const KEEP_ALIVE_WITHIN = 7_500;

export async function checkPace(deployment: Deployment, subjects: Subjects): Promise<Finding[]> {
  const { run, pace } = subjects.paced(EVENTS);
  const modes = subjects.foreign ? ["updates", "messages-tuple", "custom"] : ["custom"];
  const stream = await (await deployment.stream({ ...run, stream_mode: modes })).read();
  const events = stream.frames.filter((frame) => modeOf(frame) !== "metadata");
  const arrivals = events.map(({ at }) => at);
  if (events.length < 2) {
    const reason = `${events.length} events: too few to tell`;
    return [skipped("small chunks", reason), skipped("inter-arrival", reason), checkKeepAlive(stream)];
  }
  return [
    note("small chunks", pace === undefined ? withoutPace(stream, arrivals) : verdictOf(stream, arrivals, pace)),
    note(
      "inter-arrival",
      `${spread(gaps(arrivals))}, longest ${ms(Math.max(0, ...gaps(arrivals)))} of ${events.length} events`,
    ),
    checkKeepAlive(stream),
  ];
}

const chunksOf = ({ frames }: EventStream): number =>
  new Set(frames.filter((frame) => modeOf(frame) !== "metadata").map(({ chunk }) => chunk)).size;

/** @param pace ms between two events, and from the start of the graph to its first */
function verdictOf(stream: EventStream, arrivals: readonly number[], pace: number): string {
  const lasted = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
  const emitted = (arrivals.length - 1) * pace;
  const chunks = chunksOf(stream);
  // `metadata` is written with the headers, the graph's first event one pace later: a `metadata` as late as that was held back.
  const head = (stream.frames[0]?.at ?? 0) - stream.headersAt;
  if (lasted < emitted / 2)
    return `HELD BACK: ${arrivals.length} events of ${ms(emitted)} came within ${ms(lasted)}; ${PAD}`;
  if (chunks < arrivals.length / 2) return `HELD BACK in bursts: ${arrivals.length} events in ${chunks} chunks; ${PAD}`;
  if (head > pace * 0.8)
    return `HELD BACK by one: the first event came ${ms(head)} after the headers, with the next one; ${PAD}`;
  return `pass as written: ${arrivals.length} events, one each ${ms(pace)}, came in ${chunks} chunks over ${ms(lasted)}`;
}

const withoutPace = (stream: EventStream, arrivals: readonly number[]): string =>
  `${arrivals.length} events in ${chunksOf(stream)} chunks over ${ms((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0))}; the pace of this graph is not known`;

function checkKeepAlive({ comments, end }: EventStream): Finding {
  const lasted = end?.at ?? 0;
  if (lasted < KEEP_ALIVE_WITHIN) return skipped("keep-alive", `the run was over after ${ms(lasted)}`);
  const silences = gaps([0, ...comments, lasted]);
  const longest = Math.max(...silences);
  const flaws = longest > KEEP_ALIVE_WITHIN ? [`none for ${ms(longest)}`] : [];
  return judged(
    "keep-alive",
    flaws,
    `${comments.length} in ${ms(lasted)}, each ${ms(percentile(gaps([0, ...comments]), 0.5))}`,
  );
}
