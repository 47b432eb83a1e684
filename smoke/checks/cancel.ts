/** Check: a running run is cancelled. Its stream ends, its rows say so, and a second cancel changes nothing. */
import type { Deployment } from "../deployment.ts";
import { type Finding, judged, skipped } from "../findings.ts";
import { modeOf, pathOf } from "../flaws.ts";
import { ms } from "../statistics.ts";
import type { Subjects } from "../subjects.ts";
import { rowFlaws } from "./modes.ts";

/** A minute of work, of which a second is done. */
const EVENTS = 200;

export async function checkCancel(deployment: Deployment, subjects: Subjects): Promise<Finding> {
  const { run } = subjects.paced(EVENTS);
  const modes = subjects.foreign ? ["updates", "messages-tuple"] : ["custom"];
  const stream = await deployment.stream({ ...run, stream_mode: modes });
  const begun = Promise.withResolvers<void>();
  const reading = stream
    .read((frame) => {
      if (modeOf(frame) !== "metadata") begun.resolve();
      return false;
    })
    .finally(begun.resolve);
  await begun.promise;
  const path = pathOf(stream);

  const since = performance.now();
  const first = await deployment.ask("POST", `${path}/cancel?wait=1`);
  const again = await deployment.ask("POST", `${path}/cancel`);
  await reading;
  const took = performance.now() - since;

  const { status } = await deployment.must("GET", path);
  if (status === "success" && subjects.foreign)
    return skipped("cancel", "the run had ended before it could be cancelled; it takes an input of a longer one");
  const flaws = [
    ...[first, again].flatMap((answer, n) => (answer.status < 300 ? [] : [`cancel ${n + 1}: ${answer.status}`])),
    ...(stream.end?.how === "ended" ? [] : [`the stream was ${stream.end?.how}`]),
    ...stream.frames.filter(({ event }) => event === "error").map(({ data }) => `error ${data}`),
    ...(await rowFlaws(deployment, stream, ["interrupted"])),
  ];
  return judged("cancel", flaws, `interrupted, stream ended ${ms(took)} after the request; asked twice`);
}
