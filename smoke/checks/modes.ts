/** Check: every stream mode, each in a run of its own. Names, order, ids, a clean end, and rows that agree at once. */
import type { Deployment, RunRequest } from "../deployment.ts";
import type { EventStream } from "../event-stream.ts";
import { type Finding, judged, judgedUnless, skipped } from "../findings.ts";
import { differences, flawsOf, modeOf, pathOf, unknownModes } from "../flaws.ts";
import type { Subject, Subjects } from "../subjects.ts";

interface Asked {
  mode: string;
  subject: Subject;
  /** Whether any graph has events of this mode. */
  always: boolean;
}

function asked(subjects: Subjects): Asked[] {
  const { short, speaking } = subjects;
  const always = ["values", "updates", "tasks", "checkpoints", "debug", "events"];
  return [
    ...always.map((mode) => ({ mode, subject: short, always: true })),
    { mode: "messages", subject: speaking, always: !subjects.foreign },
    { mode: "messages-tuple", subject: speaking, always: !subjects.foreign },
    { mode: "custom", subject: subjects.paced(3), always: !subjects.foreign },
  ];
}

/** The name of a mode's events. */
const nameOf = (mode: string): string => (mode === "messages-tuple" ? "messages" : mode);

const UNKNOWN_MODE = "the LangGraph of this project has no such mode";
const NO_EVENT = "this assistant emitted none with this input";

export async function checkModes(deployment: Deployment, subjects: Subjects): Promise<Finding[]> {
  const found = [];
  for (const { mode, subject, always } of asked(subjects)) {
    const stream = await (await deployment.stream({ ...subject.run, stream_mode: mode })).read();
    const unknown = unknownModes(stream, [mode]).length > 0;
    const events = stream.frames.filter((frame) => modeOf(frame) === nameOf(mode));
    const strange = stream.frames.filter((frame) => !["metadata", "error", nameOf(mode)].includes(modeOf(frame)));
    const flaws = [
      ...flawsOf(stream),
      ...strange.slice(0, 1).map(({ event }) => `an event ${event} that nobody asked for`),
      ...(always && !unknown && events.length === 0 ? ["no event of this mode"] : []),
      ...(await rowFlaws(deployment, stream, ["success"])),
      ...(await replayFlaws(deployment, stream)),
    ];
    const reason = unknown ? UNKNOWN_MODE : events.length === 0 ? NO_EVENT : undefined;
    found.push(judgedUnless(reason, `mode ${mode}`, flaws, `${events.length} events`));
  }
  return [...found, await checkSubgraphs(deployment, subjects), await checkSeveral(deployment, subjects)];
}

async function checkSubgraphs(deployment: Deployment, { nested, foreign }: Subjects): Promise<Finding> {
  const run: RunRequest = { ...nested.run, stream_mode: "updates", stream_subgraphs: true };
  const stream = await (await deployment.stream(run)).read();
  const inside = stream.frames.filter(({ event }) => event.includes("|"));
  const none = inside.length === 0 && !foreign ? ["no event from inside the subgraph"] : [];
  const reason = inside.length === 0 ? "no graph inside of this assistant ran with this input" : undefined;
  const flaws = [...flawsOf(stream), ...none];
  return judgedUnless(reason, "stream_subgraphs", flaws, `${inside.length} events from inside`);
}

async function checkSeveral(deployment: Deployment, { short }: Subjects): Promise<Finding> {
  const wanted = ["values", "updates", "tasks"];
  const stream = await (await deployment.stream({ ...short.run, stream_mode: wanted })).read();
  const unknown = unknownModes(stream, wanted);
  const modes = wanted.filter((mode) => !unknown.includes(mode));
  const missing = modes.filter((mode) => !stream.frames.some((frame) => modeOf(frame) === mode));
  const flaws = [...flawsOf(stream), ...missing.map((mode) => `no ${mode}`)];
  const lacking = unknown.length > 0 ? `; its LangGraph has no ${unknown.join(", ")}` : "";
  return judged("several modes at once", flaws, `${stream.frames.length} events of ${modes.join(", ")}${lacking}`);
}

/** Flaws of the rows right after the end, when they must agree with the stream. */
export async function rowFlaws(deployment: Deployment, stream: EventStream, statuses: string[]): Promise<string[]> {
  const path = pathOf(stream);
  const { status } = await deployment.must("GET", path);
  const thread = await deployment.must("GET", path.split("/runs/")[0] ?? "");
  return [
    ...(statuses.includes(String(status)) ? [] : [`the run is ${String(status)} right after its stream`]),
    ...(thread["status"] === "busy" ? ["the thread is busy after its run"] : []),
  ];
}

/** Flaws of the replay, which has all events: a body with a clean end may have lost the last ones. */
async function replayFlaws(deployment: Deployment, stream: EventStream): Promise<string[]> {
  const replay = await (await deployment.join(`${pathOf(stream)}/stream`, "-1")).read();
  return differences(stream.frames, replay.frames).map((flaw) => `against the replay: ${flaw}`);
}

/** `approval`: a run that stops for a person, and goes on with the answer. */
export async function checkInterrupt(deployment: Deployment, { asking }: Subjects): Promise<Finding> {
  const name = "interrupt and resume";
  if (!asking) return skipped(name, "whether the assistant that was named stops for a person is not known");
  const thread = await deployment.createThread();
  const first = await (await deployment.stream({ ...asking.run, stream_mode: "updates" }, thread)).read();
  const paused = await deployment.must("GET", `/threads/${thread}`);
  const { assistant_id } = asking.run;
  const answer: RunRequest = { assistant_id, command: { resume: true }, stream_mode: "updates" };
  const second = await (await deployment.stream(answer, thread)).read();
  const flaws = [
    ...flawsOf(first),
    ...(first.frames.some(({ data }) => data.includes("__interrupt__")) ? [] : ["no interrupt in the stream"]),
    ...(paused["status"] === "interrupted" ? [] : [`the thread is ${String(paused["status"])}, not interrupted`]),
    ...flawsOf(second),
    ...(await rowFlaws(deployment, second, ["success"])),
  ];
  return judged(name, flaws, "the thread waited; the run went on with the answer");
}
