/** What a project of Python says in a function: lines of JSON with level and ids. Ours tell nothing of what it was asked. */
import { fileURLToPath } from "node:url";
import type { TestServer } from "../support/server.ts";
import { json, post } from "../support/sse.ts";
import { startPython } from "./python-server.ts";

const CONFIG = fileURLToPath(new URL("../fixtures/python/talkative/langgraph.json", import.meta.url));
/** In the run's input alone; the graph prints it. */
const NAME = "ann-of-the-input";

interface LogLine {
  service: string;
  level: string;
  message: string;
  [field: string]: unknown;
}

let server: TestServer;
beforeAll(async () => {
  server = await startPython({ config: CONFIG, isolated: true, env: { THREADLINE_LOG_LEVEL: "debug" } });
});
afterAll(() => server.stop());

/** The host's own lines are no JSON. */
const logged = (): LogLine[] =>
  server
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as LogLine);

test("a print, a record and a warning are lines of JSON with their level and the ids of their run", async () => {
  const { thread_id } = await json(post(`${server.url}/threads`, {}));
  const runs = `${server.url}/threads/${String(thread_id)}/runs`;
  const { run_id } = await json(post(runs, { assistant_id: "talkative", input: { name: NAME } }));
  await json(fetch(`${runs}/${String(run_id)}/join`));

  const ofProject = (): LogLine[] => logged().filter(({ service }) => service === "project");
  await expect.poll(() => ofProject().map(({ message }) => message)).toContain("without an end");
  const ids = { run_id, thread_id, graph_id: "talkative" };
  const told = (line: object): unknown => expect.objectContaining({ ...line, ...ids });
  const containing = (text: string): string => expect.stringContaining(text) as string;
  expect(ofProject()).toEqual(
    expect.arrayContaining([
      told({ level: "INFO", message: `${NAME} begins, and ends` }),
      told({ level: "INFO", logger: "my.logger", message: "some information" }),
      told({ level: "ERROR", logger: "my.logger", message: containing("ValueError: a reason") }),
      told({ level: "WARN", logger: "py.warnings", message: containing("UserWarning: old things") }),
    ]),
  );
  const ours = logged().filter(({ service }) => service !== "project");
  expect(ours.length).toBeGreaterThan(0);
  expect(JSON.stringify(ours)).not.toContain(NAME);
});
