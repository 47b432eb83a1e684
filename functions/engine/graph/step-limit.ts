/** The recursion limit over a whole run. LangGraph counts from each start, and a run is started again after hand-overs and crashes. */
import type { CheckpointHead } from "../../core/checkpoint/checkpoint-port.ts";

/** Metadata of a checkpoint, as LangGraph hands it to `put`. */
export interface StepMetadata {
  step: number;
  source: string;
}

/** The step at which the call began that this checkpoint belongs to; `parent` if it is of the same run. */
export const firstStep = ({ step, source }: StepMetadata, parent: CheckpointHead | undefined): number =>
  source === "loop" ? (parent?.first_step ?? step) : step;

/** Whether LangGraph would stop, had it counted from the call's beginning. */
export const isAtLimit = (step: number, first_step: number, recursionLimit: number | undefined): boolean =>
  recursionLimit !== undefined && step > first_step + recursionLimit;
