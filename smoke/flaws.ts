/** What must hold for every stream of a run, whatever the graph is. */
import { isObject } from "./deployment.ts";
import type { EventStream, Frame } from "./event-stream.ts";

/** The part of an event's name that is its mode: before the namespace and before the part of `messages`. */
export const modeOf = ({ event }: Frame): string => /^[^|/]*/.exec(event)?.[0] ?? event;

export const pathOf = (stream: EventStream): string => stream.headers.get("content-location") ?? "";

/** Of these modes, those that the project's LangGraph does not know, as the server reports. */
export function unknownModes({ frames }: EventStream, modes: readonly string[]): string[] {
  const metadata = frames.map((frame) => (frame.event === "metadata" ? dataOf(frame) : undefined));
  const unknown = metadata.flatMap((data) => (isObject(data) ? data["unsupported_stream_modes"] : undefined));
  return modes.filter((mode) => unknown.includes(mode));
}

/** The flaws of a stream that was read to its end. */
export function flawsOf(stream: EventStream): string[] {
  return [...headerFlaws(stream), ...frameFlaws(stream), ...endFlaws(stream)];
}

function headerFlaws({ headers }: EventStream): string[] {
  const flaws = [];
  if (!headers.get("content-type")?.startsWith("text/event-stream")) flaws.push("content-type is no event stream");
  if (!/^\/threads\/[^/]+\/runs\/[^/]+$/.test(headers.get("content-location") ?? ""))
    flaws.push("no content-location of the run");
  if (!headers.get("location")?.startsWith("/")) flaws.push("no location to come back to");
  return flaws;
}

function frameFlaws({ frames, headers }: EventStream): string[] {
  const flaws = [];
  const [first] = frames;
  if (!first) return ["no event"];
  const run = headers.get("content-location")?.split("/").at(-1);
  const metadata = first.event === "metadata" ? dataOf(first) : undefined;
  if (!isObject(metadata) || metadata["run_id"] !== run)
    flaws.push(`begins with ${first.event}, not the run's metadata`);
  const ids = frames.map(({ id }) => id);
  if (ids.includes(undefined)) flaws.push("events without id");
  if (new Set(ids).size !== ids.length) flaws.push("ids that repeat");
  if (frames.some((frame) => dataOf(frame) === undefined)) flaws.push("data that is no JSON");
  return [...flaws, ...frames.filter(({ event }) => event.startsWith("error")).map(({ data }) => `error ${data}`)];
}

const endFlaws = ({ end }: EventStream): string[] =>
  end?.how === "ended" ? [] : [`the body was ${end?.how ?? "not read"}: ${end?.error ?? ""}`];

/** Undefined if it is no JSON. */
export function dataOf({ data }: Frame): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** Events of `whole` that are missing, doubled or different in `parts`; empty if a reader that reconnected missed nothing. */
export function differences(parts: readonly Frame[], whole: readonly Frame[]): string[] {
  if (whole.length === 0) return ["the replay is empty"];
  const at = whole.findIndex((frame, n) => !same(frame, parts[n]));
  if (at >= 0)
    return [`event ${at + 1} of ${whole.length} is ${parts[at]?.id ?? "missing"} instead of ${whole[at]?.id}`];
  return parts.length > whole.length ? [`${parts.length - whole.length} events too many`] : [];
}

const same = (one: Frame, other: Frame | undefined): boolean =>
  one.id === other?.id && one.event === other?.event && one.data === other?.data;
