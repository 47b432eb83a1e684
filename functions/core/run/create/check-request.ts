/** What is wrong with a request for a run, as far as its thread has no say in it. */
import type { Assistant } from "../../../protocol/assistant.ts";
import { findAssistant } from "../../assistant/find-assistant.ts";
import { isServed, unknownGraph } from "../../assistant/system-assistants.ts";
import { tooLarge } from "../../json/size-limits.ts";
import type { Ports } from "../../ports.ts";
import { KEY_CHARACTERS, MAX_DELAY } from "../timings.ts";
import type { Complaint } from "./create-result.ts";
import type { RunRequest } from "./new-run.ts";

const invalid = (detail: string): Complaint => ({ kind: "invalid", detail });

/** Whether an Idempotency-Key may be looked for. */
export const isKey = (key: string | undefined): key is string =>
  key !== undefined && key !== "" && key.length <= KEY_CHARACTERS;

/** What is wrong with where a run's end is to be told. */
export const webhookProblem = ({ engine, sender }: Pick<Ports, "engine" | "sender">, url: string): string | undefined =>
  engine.http().disable_webhooks
    ? "webhook: the project of this server has switched them off (http.disable_webhooks)"
    : sender.complaint(url);

export function whyInvalid(
  ports: Pick<Ports, "engine" | "sender">,
  { thread_id, body, key }: RunRequest,
): Complaint | undefined {
  const complaint = body.webhook === undefined ? undefined : webhookProblem(ports, body.webhook);
  if (complaint !== undefined) return invalid(complaint);
  if (thread_id === null && body.command?.resume !== undefined)
    return { kind: "nothing_to_resume", detail: "You must provide a thread_id when resuming." };
  if ((body.after_seconds ?? 0) * 1_000 > MAX_DELAY)
    return invalid(`after_seconds: at most ${MAX_DELAY / 1_000} are allowed`);
  if (key !== undefined && !isKey(key)) return invalid(`Idempotency-Key: 1 to ${KEY_CHARACTERS} characters`);
  const large = tooLarge({ metadata: body.metadata, config: body.config });
  return large ? invalid(large) : undefined;
}

/** The assistant by uuid or graph id, whose graph must be there to run. */
export async function assistantOf(
  ports: Pick<Ports, "engine" | "assistants">,
  id: string,
): Promise<{ kind: "found"; assistant: Assistant } | Complaint> {
  const assistant = await findAssistant(ports, id);
  if (!assistant)
    return {
      kind: "assistant_not_found",
      detail: `No assistant found for "${id}". Make sure the assistant ID is for a valid assistant or a valid graph ID.`,
    };
  const { graph_id } = assistant;
  return isServed(ports.engine, graph_id)
    ? { kind: "found", assistant }
    : invalid(unknownGraph(ports.engine, graph_id));
}
