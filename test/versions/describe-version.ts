/** What must hold for a project of any version of LangGraph, as ES modules and as CommonJS: one journey with a restart in it. */
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";
import { type InstalledProject, installProject } from "./install-project.ts";

export interface Version {
  version: string;
  /** It knows the modes `tasks` and `checkpoints`. */
  taskModes: boolean;
  /** Environment of its server. */
  env?: () => Promise<Record<string, string>>;
  /** Tests of what else the project of this version has. */
  more?: (served: () => Served) => void;
}

export interface Served {
  client: Client;
  server: TestServer;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const ALL_MODES = ["values", "updates", "messages-tuple", "custom", "debug", "events", "tasks", "checkpoints"] as const;

export async function serveVersion(version: string, env: Record<string, string> = {}, data?: string): Promise<Served> {
  const project: InstalledProject = await installProject(version);
  const options = { config: project.config, data: data ?? project.data, env };
  const served: Served = {
    ...connected(await startServer(options)),
    restart: async () => {
      await served.server.stop();
      Object.assign(served, connected(await startServer(options)));
    },
    stop: async () => {
      await served.server.stop();
      await project.remove();
    },
  };
  return served;
}

const connected = (server: TestServer) => ({ server, client: new Client({ apiUrl: server.url, apiKey: null }) });

interface Values {
  messages: { type: string; content: string }[];
  log: string[];
}

/** Names of events; what identifies a task becomes `*`. */
export async function eventsOf(
  { client }: Served,
  thread_id: string,
  graph: string,
  payload: object,
): Promise<string[]> {
  const names = new Set<string>();
  const asked = { streamMode: [...ALL_MODES], streamSubgraphs: true, ...payload };
  for await (const { event, data } of client.runs.stream(thread_id, graph, asked)) {
    if (event === "error") throw new Error(JSON.stringify(data));
    names.add(event.replace(/:[0-9a-f-]{36}/g, ":*"));
  }
  return [...names].toSorted();
}

export const begin = { input: { messages: [{ role: "user", content: "Shall we?" }] } };
export const LOG = ["ask", "part 1", "part 2: left", "rest: long", "classes: true,true,true", "settle"];

export function describeVersion({ version, taskModes, env, more }: Version): void {
  describe(`LangGraph ${version}`, () => {
    let served: Served;
    const threads: Record<string, string> = {};
    const threadOf = (format: string): string => threads[format] ?? "";
    const stateOf = async (format: string, subgraphs = false) =>
      served.client.threads.getState<Values>(threadOf(format), undefined, { subgraphs });
    beforeAll(async () => {
      served = await serveVersion(version, await env?.());
    });
    afterAll(() => served.stop());

    const structural = ["debug", "updates", "values", ...(taskModes ? ["checkpoints", "tasks"] : [])];
    const formats = ["esm", "cjs"];

    test.each(formats)("%s: streams in every mode it knows, Sends, and stops at an interrupt", async (format) => {
      const { thread_id } = await served.client.threads.create();
      threads[format] = thread_id;

      const events = await eventsOf(served, thread_id, `journey-${format}`, begin);

      expect(events).toEqual([...structural, "custom", "events", "messages", "metadata"].toSorted());
      expect(await served.client.threads.get(thread_id)).toMatchObject({ status: "interrupted" });
    });

    test("modes it does not know are noted", () => {
      expect(served.server.output().includes("stream modes unknown")).toBe(!taskModes);
    });

    test.each(formats)("%s: state is as it was, after a restart of the server, too", async (format) => {
      const before = await stateOf(format);
      if (format === "esm") await served.restart();

      const state = await stateOf(format);

      expect(state).toEqual(before);
      expect(state.next).toEqual(["part"]);
      expect(state.tasks.map(({ name }) => name)).toEqual(["part", "part"]);
      expect(state.tasks.flatMap(({ interrupts }) => interrupts)).toMatchObject([
        { value: { question: "which way?" } },
      ]);
    });

    test.each(formats)("%s: resumes into a subgraph, whose interrupt shows in the state", async (format) => {
      const events = await eventsOf(served, threadOf(format), `journey-${format}`, { command: { resume: "left" } });

      const { values, next, tasks } = await stateOf(format, true);
      expect(events).toEqual(expect.arrayContaining([...structural, "values|visit:*", "debug|visit:*"]));
      expect(values.log).toEqual(LOG.slice(0, 3));
      expect(next).toEqual(["visit"]);
      expect(tasks).toMatchObject([{ interrupts: [{ value: "how long?" }], state: { next: ["rest"] } }]);
    });

    test.each(formats)(
      "%s: ends; nodes saw messages, Command and GraphInterrupt of their own classes",
      async (format) => {
        await eventsOf(served, threadOf(format), `journey-${format}`, { command: { resume: "long" } });

        const { values, next } = await stateOf(format);
        expect(next).toEqual([]);
        expect(values.log).toEqual(LOG);
        expect(values.messages.map(({ type, content }) => [type, content])).toEqual([
          ["human", "Shall we?"],
          ["ai", "Off we go"],
        ]);
      },
    );

    test.each(formats)("%s: history, step by step", async (format) => {
      const history = await served.client.threads.getHistory<Values>(threadOf(format), { limit: 100 });

      const steps = history.map(({ next }) => next.join("+"));
      expect(steps).toEqual(["", "settle", "arrive", "visit", "part+part", "ask", "__start__"]);
    });

    test.each(formats)("%s: state and tools by zod", async (format) => {
      const values = await served.client.runs.wait(null, `checked-${format}`, { input: { a: 3 } });

      expect(values).toMatchObject({ a: 3, sum: "5" });
    });

    test.each(formats)("%s: tells its drawing, schemas and subgraphs", async (format) => {
      const { assistants } = served.client;
      const ids = (await assistants.getGraph(`journey-${format}`, { xray: true })).nodes.map(({ id }) => String(id));
      const { input_schema, state_schema } = await assistants.getSchemas(`checked-${format}`);
      const subgraphs = await assistants.getSubgraphs(`journey-${format}`, { recurse: true });

      expect(ids).toEqual(expect.arrayContaining(["__start__", "ask", "settle"]));
      expect(Object.keys(input_schema?.properties ?? {})).toContain("a");
      expect(Object.keys(state_schema?.properties ?? {})).toContain("a");
      // Where a node calls a graph, nobody knows of it before.
      expect(Object.keys(subgraphs).every((name) => ids.some((id) => id.startsWith(name)))).toBe(true);
    });

    more?.(() => served);
  });
}
