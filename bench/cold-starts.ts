/** Starts functions in new processes and takes their times, medians of some rounds. Must not judge them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "../functions/api.ts";
import type { Env } from "../functions/aws/env.ts";
import { IDLE_ENVIRONMENT } from "../functions/core/timings.ts";
import { Environment } from "../local/isolated/environment.ts";
import type { FunctionConfig } from "../local/isolated/function-config.ts";
import type { Reaper } from "../local/isolated/start-reaper.ts";
import { median } from "./statistics.ts";

/** ms, from the start of the process; `graph` alone from the worker's own log line. */
export interface ColdStarts {
  empty: number;
  api: number;
  apiAnswer: number;
  worker: number;
  graph: number;
  workerRun: number;
}

export interface ColdOptions {
  env: Env;
  settings: Record<string, string | undefined>;
  /** Where the bundles are. */
  folder: string;
  reaper: Reaper;
  rounds: number;
}

interface Start {
  initialised: number;
  answered: number;
  printed: string;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function coldStarts({ env, settings, folder, reaper, rounds }: ColdOptions): Promise<ColdStarts> {
  writeFileSync(join(folder, "empty.mjs"), "export const handler = async () => null;\n");
  const app = await create(env, { logger: quiet });
  const start = (name: string, event: unknown): Promise<Start> => startOnce(name, event, { settings, folder, reaper });
  const newMessage = async (): Promise<unknown> => {
    const body = JSON.stringify({ assistant_id: "agent", input: { topic: "ice cream" } });
    const headers = { "content-type": "application/json" };
    const response = await app.fetch(new Request("http://localhost/runs", { method: "POST", headers, body }));
    return { Records: [{ messageId: "1", body: JSON.stringify(await response.json()) }] };
  };
  const ok = { version: "2.0", rawPath: "/ok", requestContext: { http: { method: "GET" } } };
  const rows: { empty: Start; api: Start; worker: Start }[] = [];
  for (let round = 0; round < rounds; round++)
    rows.push({
      empty: await start("empty", {}),
      api: await start("api", ok),
      worker: await start("worker", await newMessage()),
    });
  return {
    empty: median(rows.map(({ empty }) => empty.initialised)),
    api: median(rows.map(({ api }) => api.initialised)),
    apiAnswer: median(rows.map(({ api }) => api.answered)),
    worker: median(rows.map(({ worker }) => worker.initialised)),
    graph: median(rows.map(({ worker }) => graphTime(worker.printed))),
    workerRun: median(rows.map(({ worker }) => worker.answered)),
  };
}

async function startOnce(
  name: string,
  event: unknown,
  { settings, folder, reaper }: Pick<ColdOptions, "settings" | "folder" | "reaper">,
): Promise<Start> {
  let printed = "";
  const config: FunctionConfig = {
    name,
    handler: `${name}.handler`,
    taskRoot: folder,
    variables: { ...settings, PATH: process.env["PATH"], POWERTOOLS_LOG_LEVEL: "INFO", CORS: "off" },
    timeout: 60,
    concurrency: 1,
    keepIdle: IDLE_ENVIRONMENT,
    freeze: false,
    print: (text) => void (printed += text),
    reaper,
  };
  const environment = new Environment(config, { idle: () => undefined, exited: () => undefined });
  const began = performance.now();
  try {
    const error = await environment.start();
    if (error) throw new Error(`${name}: ${error.errorType} ${error.errorMessage ?? ""}`);
    const initialised = performance.now() - began;
    const outcome = await environment.invoke(event, { start: () => undefined, write: () => undefined });
    if (outcome.kind === "failed")
      throw new Error(`${name}: ${outcome.error.errorType} ${outcome.error.errorMessage ?? ""}`);
    return { initialised, answered: performance.now() - began, printed };
  } finally {
    environment.stop();
  }
}

/** From the line `graph loaded`. */
function graphTime(printed: string): number {
  const ms = /"message":"graph loaded"[^\n]*"ms":(\d+)/.exec(printed)?.[1];
  if (ms === undefined) throw new Error(`the worker has loaded no graph:\n${printed}`);
  return Number(ms);
}
