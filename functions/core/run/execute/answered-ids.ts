/** The interrupts that a run answers by their ids. */
import { isJsonObject } from "../../../protocol/json.ts";
import type { RunKwargs } from "../../../protocol/run.ts";

/** As LangGraph makes them. */
const INTERRUPT_ID = /^[0-9a-f]{32}$/;

/** Empty for an answer that is no map of such ids alone: LangGraph takes it as the answer to all. */
export function answeredIds({ command }: Pick<RunKwargs, "command">): string[] {
  const resume = command?.resume;
  const ids = resume !== undefined && isJsonObject(resume) ? Object.keys(resume) : [];
  return ids.every((id) => INTERRUPT_ID.test(id)) ? ids : [];
}
