/** The app over the real storage with a scripted graph named `scripted`; runs are worked on when the test says so. */
import { systemIds } from "../../functions/host/clock-and-ids.ts";
import type { RequestContext } from "../../functions/http/edge/request-context.ts";
import { type AppSettings, createApp } from "../../functions/http/server/app.ts";
import { type CorePorts, corePorts, type Script } from "../support/core-ports.ts";
import type { TestTable } from "../support/dynamodb.ts";
import { handleAll } from "../support/run-steps.ts";

export interface AppUnderTest {
  ports: CorePorts;
  /** A request by method and path; objects become JSON bodies. */
  ask(route: string, body?: unknown, headers?: Record<string, string>, host?: RequestContext): Promise<Response>;
  /** Works on everything that was sent to the queue. */
  work(): Promise<void>;
  thread(): Promise<string>;
}

export function appUnderTest(table: TestTable, script: Script, settings: Partial<AppSettings> = {}): AppUnderTest {
  const ports = { ...corePorts(table, script), ids: systemIds };
  const app = createApp({
    ports,
    settings: { auth: { kind: "none" }, cors: undefined, version: "1.2.3", ...settings },
  });
  const ask: AppUnderTest["ask"] = (route, body, headers = {}, host = {}) => {
    const [method = "", path = ""] = route.split(" ");
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const typed = text === undefined ? headers : { "content-type": "application/json", ...headers };
    const init = { method, headers: typed, ...(text !== undefined && { body: text }) };
    return app.fetch(new Request(`http://localhost${path}`, init), host);
  };
  return {
    ports,
    ask,
    work: () => handleAll(ports),
    async thread() {
      return (await jsonOf(await ask("POST /threads", {}))).thread_id;
    },
  };
}

/** Emits three updates and a custom event, and completes. */
export const threeSteps: Script = async (_, { sink }) => {
  for (const n of [1, 2, 3]) sink.emit({ event: "updates", data: JSON.stringify({ n }) }, "structural");
  sink.emit({ event: "custom|child:1", data: '"c"' }, "structural");
  return { kind: "completed" };
};

/** What of the resources the tests look at; a field that is not there shows in the comparison. */
interface Answer {
  thread_id: string;
  run_id: string;
  assistant_id: string;
  status: string;
  metadata: object;
  kwargs: object;
  detail: string;
}

export const jsonOf = async (response: Response): Promise<Answer> => (await response.json()) as Answer;

export const detailOf = async (response: Response): Promise<[number, string]> => {
  const { detail } = await jsonOf(response);
  return [response.status, detail];
};

export const runBody = (fields: object = {}) => ({ assistant_id: "scripted", ...fields });

export const located = (response: Response) => ({
  contentLocation: response.headers.get("content-location"),
  location: response.headers.get("location"),
});

/** A finished run on a thread of its own. */
export async function aFinishedRun(app: AppUnderTest) {
  const thread_id = await app.thread();
  const { run_id } = await jsonOf(await app.ask(`POST /threads/${thread_id}/runs`, runBody()));
  await app.work();
  return { thread_id, run_id, path: `/threads/${thread_id}/runs/${run_id}` };
}
