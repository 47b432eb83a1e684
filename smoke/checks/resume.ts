/** Check: readers that leave and come back, in the middle, before the first event and after the end, and a second reader. */
import { type Deployment, isObject } from "../deployment.ts";
import type { EventStream, Frame } from "../event-stream.ts";
import { type Finding, judged, judgedUnless } from "../findings.ts";
import { dataOf, differences, flawsOf, pathOf } from "../flaws.ts";
import { ms } from "../statistics.ts";
import type { Subjects } from "../subjects.ts";

const EVENTS = 10;
/** Events of the first connection: some events of the graph, with more to come. Of a named assistant the number is not known. */
const SEEN = 4;
const SEEN_OF_NAMED = 2;

export async function checkResume(deployment: Deployment, subjects: Subjects): Promise<Finding[]> {
  const { run } = subjects.paced(EVENTS);
  const first = await deployment.stream({ ...run, stream_mode: subjects.foreign ? ["values", "updates"] : "custom" });
  let count = 0;
  await first.read(() => ++count === (subjects.foreign ? SEEN_OF_NAMED : SEEN));
  const path = pathOf(first);
  const other = deployment.join(`${path}/stream`, "-1").then((stream) => stream.read());

  const rest = await (await deployment.join(locationOf(first), first.frames.at(-1)?.id)).read();
  const second = await other;
  const replay = await (await deployment.join(`${path}/stream`, "-1")).read();
  const early = await (await deployment.join(locationOf(first))).read();
  const after = await (await deployment.join(`${path}/stream`, replay.frames.at(-1)?.id)).read();

  const whole = replay.frames;
  const cut = first.frames.length;
  const nothingLeft =
    cut === whole.length ? `all ${cut} events of this run were there at once: none was left` : undefined;
  return [
    judgedUnless(
      nothingLeft,
      "resume from the middle",
      [...differences([...first.frames, ...rest.frames], whole), ...endFlaws(rest)],
      `left after ${cut} events, got the other ${whole.length - cut}; first of them after ${ms(rest.frames[0]?.at ?? rest.headersAt)}`,
    ),
    judged(
      "a second reader",
      [...differences(second.frames, whole), ...endFlaws(second)],
      "the same events, the same ids",
    ),
    judged(
      "replay of a finished run",
      [...flawsOf(replay), ...attemptFlaws(whole)],
      `${whole.length} events in ${ms(replay.end?.at ?? Number.NaN)}`,
    ),
    judged("resume before the first event", differences(early.frames, whole), "Location alone gives everything"),
    judged(
      "resume after the last event",
      [...(after.frames.length ? [`${after.frames.length} events again`] : []), ...endFlaws(after)],
      "empty, closes at once",
    ),
  ];
}

const locationOf = (stream: EventStream): string => stream.headers.get("location") ?? `${pathOf(stream)}/stream`;

const endFlaws = ({ end }: EventStream): string[] => (end?.how === "ended" ? [] : [`the body was ${end?.how}`]);

/** A reader that leaves must not restart the run. */
const attemptFlaws = (frames: readonly Frame[]): string[] => {
  const metadata = frames.filter(({ event }) => event === "metadata").map(dataOf);
  const attempts = new Set(metadata.map((data) => (isObject(data) ? data["attempt"] : undefined)));
  return attempts.size === 1 ? [] : [`${attempts.size} attempts`];
};
