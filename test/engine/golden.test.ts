/**
 * Every recorded stream of the dev server, asked of the engine alone: the events that it hands to its sink, but for the table of
 * test/flow/golden-differences.ts. The whole server is compared in test/flow.
 */
import { systemAssistantId } from "../../functions/core/assistant/system-assistants.ts";
import { Command } from "../../functions/protocol/run.ts";
import { expectedEvents } from "../flow/golden-differences.ts";
import { type Event, normalise } from "../flow/golden-normalise.ts";
import { loadRecordings, type Recording } from "../flow/golden-recordings.ts";
import { openEngine, type TestEngine } from "./open-engine.ts";

const recordings = loadRecordings();
const streams = [...recordings.values()].filter(({ path }) => path.endsWith("/stream"));

let engine: TestEngine;
beforeAll(async () => {
  engine = await openEngine("golden");
});
afterAll(() => engine.close());

test.each(streams)("$name", async (recording) => {
  const thread_id = crypto.randomUUID();
  for (const body of recording.before) await perform(thread_id, body, recording);
  const run_id = crypto.randomUUID();

  const { events } = await perform(thread_id, recording.body, recording, run_id);

  // Metadata and the final error are the caller's: the outcome tells it what to say.
  const want = expectedEvents(recording, recordings).filter(([name]) => name !== "metadata" && name !== "error");
  expect(normalise(comparable([["metadata", { run_id }], ...events]))).toEqual(
    normalise(comparable([["metadata", { run_id: "<id-1>" }], ...want])),
  );
});

async function perform(
  thread_id: string,
  body: Recording["body"],
  { path }: Recording,
  run_id: string = crypto.randomUUID(),
): Promise<{ events: Event[] }> {
  const { assistant_id, input, command, stream_mode, stream_subgraphs, interrupt_before, interrupt_after } = body;
  const graph_id = typeof assistant_id === "string" ? assistant_id : "";
  const modes = [stream_mode ?? "values"].flat().map(String);
  return engine.run({
    thread_id,
    run_id,
    graph_id,
    assistant_id: systemAssistantId(graph_id),
    kwargs: {
      input: input ?? null,
      command: command === undefined ? null : Command.parse(command),
      stream_mode: modes.length > 0 ? modes : ["values"],
      subgraphs: stream_subgraphs === true,
      temporary: !path.includes("{thread}"),
      interrupt_before: interrupt_before ?? null,
      interrupt_after: interrupt_after ?? null,
    },
  });
}

/**
 * Tracing events and the graph's own stream are two listeners on one run: the order between them is nobody's promise. Nor is that of a
 * whole message and its node's update: LangGraph tells of the message first, the dev server made it from the update.
 */
function comparable(events: Event[]): Event[] {
  const kinds = [/^events$/, /^messages\//, /^(?!events$|messages\/)/];
  return kinds.flatMap((kind) => events.filter(([name]) => kind.test(name)));
}
