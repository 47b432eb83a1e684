/** Runs and assistants, as the API has them. */
import type { Assistant } from "../../functions/protocol/assistant.ts";
import type { Json, JsonObject } from "../../functions/protocol/json.ts";
import type { MultitaskStrategy, Run, StreamMode } from "../../functions/protocol/run.ts";
import { LISTED_ASSISTANTS, LISTED_RUNS } from "../limits.ts";
import { ask, pathOf } from "./request.ts";

export const listRuns = (thread_id: string): Promise<Run[]> =>
  ask(`GET ${pathOf`threads/${thread_id}/runs`}?limit=${LISTED_RUNS}`);

export interface NewRun {
  assistant_id: string;
  input?: Json;
  command?: { resume: Json };
  checkpoint?: { checkpoint_id: string };
  stream_mode: StreamMode[];
  stream_subgraphs?: boolean;
  stream_resumable?: boolean;
  interrupt_before?: string[];
  interrupt_after?: string[];
  multitask_strategy?: MultitaskStrategy;
}

export const createRun = (thread_id: string, run: NewRun): Promise<Run> =>
  ask(`POST ${pathOf`threads/${thread_id}/runs`}`, run);

export const cancelRun = ({ thread_id, run_id }: Run): Promise<void> =>
  ask(`POST ${pathOf`threads/${thread_id}/runs/${run_id}/cancel`}?wait=0`);

export const searchAssistants = (): Promise<Assistant[]> => ask("POST assistants/search", { limit: LISTED_ASSISTANTS });

export interface Drawing {
  nodes: { id: string | number; data?: unknown; type?: string }[];
  edges: { source: string | number; target: string | number; conditional?: boolean; data?: unknown }[];
}

/** @param xray with the nodes of subgraphs */
export const getDrawing = (assistant_id: string, xray: boolean): Promise<Drawing> =>
  ask(`GET ${pathOf`assistants/${assistant_id}/graph`}?xray=${xray}`);

export const getSchemas = (assistant_id: string): Promise<{ input_schema: JsonObject | null }> =>
  ask(`GET ${pathOf`assistants/${assistant_id}/schemas`}`);
