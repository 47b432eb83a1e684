/** Starts functions in new processes and measures each part of the start. Returns medians over some rounds. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "../functions/api.ts";
import type { Env } from "../functions/aws/env.ts";
import { IDLE_ENVIRONMENT } from "../local/isolated/timings.ts";
import { Environment } from "../local/isolated/environment.ts";
import type { FunctionConfig } from "../local/isolated/function-config.ts";
import type { Reaper } from "../local/isolated/start-reaper.ts";
import { limitCpu, shareOf } from "./cpu-share.ts";
import { median } from "../command-line/percentiles.ts";

/** ms. `initialised` from the start of the process with a whole CPU, `answered` from there with the share of the function's memory. */
export interface ColdStart {
  initialised: number;
  answered: number;
}

/** `empty`: a function that does nothing, answered with the share of an API. */
export interface ColdStarts {
  empty: ColdStart;
  api: ColdStart;
  /** The API three times more, asked for `/ok`, for the state of a thread whose run has ended, and for the schemas of a graph. */
  ok: ColdStart;
  state: ColdStart;
  schemas: ColdStart;
  worker: ColdStart;
}

/** MB, as `infra/` deploys them by default. */
export const MEMORY = { api: 512, worker: 1_024 };

export interface ColdOptions {
  env: Env;
  settings: Record<string, string | undefined>;
  /** Where the bundles are. */
  folder: string;
  reaper: Reaper;
  rounds: number;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function coldStarts({ env, settings, folder, reaper, rounds }: ColdOptions): Promise<ColdStarts> {
  writeFileSync(join(folder, "empty.mjs"), "export const handler = async () => null;\n");
  const app = await create(env, { logger: quiet });
  const start = (name: string, memory: number, event: unknown): Promise<ColdStart> =>
    startOnce(name, memory, event, { settings, folder, reaper });
  const newRun = async (thread_id: string): Promise<unknown> => {
    const body = JSON.stringify({ assistant_id: "agent", input: { topic: "ice cream" }, if_not_exists: "create" });
    const headers = { "content-type": "application/json" };
    const request = new Request(`http://localhost/threads/${thread_id}/runs`, { method: "POST", headers, body });
    const response = await app.fetch(request);
    return { Records: [{ messageId: "1", body: JSON.stringify(await response.json()) }] };
  };
  const get = (rawPath: string) => ({ version: "2.0", rawPath, requestContext: { http: { method: "GET" } } });
  const rows: ColdStarts[] = [];
  for (let round = 0; round < rounds; round++) {
    const thread_id = randomUUID();
    rows.push({
      empty: await start("empty", MEMORY.api, {}),
      // A thread that does not exist: the answer needs a read of the table.
      api: await start("api", MEMORY.api, get(`/threads/${randomUUID()}`)),
      worker: await start("worker", MEMORY.worker, await newRun(thread_id)),
      ok: await start("api", MEMORY.api, get("/ok")),
      state: await start("api", MEMORY.api, get(`/threads/${thread_id}/state`)),
      schemas: await start("api", MEMORY.api, get("/assistants/agent/schemas")),
    });
  }
  const middle = (of: (row: ColdStarts) => ColdStart): ColdStart => ({
    initialised: median(rows.map((row) => of(row).initialised)),
    answered: median(rows.map((row) => of(row).answered)),
  });
  return {
    empty: middle(({ empty }) => empty),
    api: middle(({ api }) => api),
    ok: middle(({ ok }) => ok),
    state: middle(({ state }) => state),
    schemas: middle(({ schemas }) => schemas),
    worker: middle(({ worker }) => worker),
  };
}

async function startOnce(
  name: string,
  memory: number,
  event: unknown,
  { settings, folder, reaper }: Pick<ColdOptions, "settings" | "folder" | "reaper">,
): Promise<ColdStart> {
  const config: FunctionConfig = {
    name,
    handler: `${name}.handler`,
    taskRoot: folder,
    variables: { ...settings, PATH: process.env["PATH"], THREADLINE_LOG_LEVEL: "warn", THREADLINE_CORS: "off" },
    timeout: 60,
    concurrency: 1,
    keepIdle: IDLE_ENVIRONMENT,
    freeze: false,
    print: () => undefined,
    reaper,
  };
  const temporary = mkdtempSync(join(folder, "tmp-"));
  const environment = new Environment(config, temporary, { idle: () => undefined, exited: () => undefined });
  const began = performance.now();
  try {
    const error = await environment.start();
    if (error) throw new Error(`${name}: ${error.errorType} ${error.errorMessage ?? ""}`);
    const initialised = performance.now() - began;
    const whole = limitCpu(environment.pid ?? Number.NaN, shareOf(memory));
    const outcome = await environment.invoke(event, { start: () => undefined, write: () => undefined }).finally(whole);
    if (outcome.kind === "failed")
      throw new Error(`${name}: ${outcome.error.errorType} ${outcome.error.errorMessage ?? ""}`);
    return { initialised, answered: performance.now() - began - initialised };
  } finally {
    environment.stop();
  }
}
