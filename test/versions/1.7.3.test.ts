import { type ModelStandIn, startModelStandIn } from "../projects/model-stand-in.ts";
import { describeVersion, type Served } from "./describe-version.ts";

let models: ModelStandIn;
afterAll(() => models.stop());

async function env(): Promise<Record<string, string>> {
  models = await startModelStandIn();
  return { ANTHROPIC_BASE_URL: models.anthropicUrl, ANTHROPIC_API_KEY: "any" };
}

describeVersion({ version: "1.7.3", taskModes: true, env, more: describeNeighbors });

/** What projects have beside LangGraph: agents, models named by strings, packages that are not all JavaScript. */
function describeNeighbors(served: () => Served): void {
  const input = { messages: [{ role: "user", content: "How is it in Rome?" }] };
  interface Values {
    messages: { type: string; content: string; name?: string }[];
  }
  async function answers(graph: string, config: object = {}): Promise<Values> {
    return (await served().client.runs.wait(null, graph, { input, config })) as unknown as Values;
  }

  test.each(["agent-esm", "agent-cjs"])("createAgent, its model named by a string: %s", async (graph) => {
    const { messages } = await answers(graph);

    expect(messages.map(({ type }) => type)).toEqual(["human", "ai", "tool", "ai"]);
    expect(messages[2]?.content).toBe("In something the sun shines.");
    expect(messages[3]?.content).toBe("You asked: How is it in Rome?");
  });

  test("createDeepAgent", async () => {
    const { messages } = await answers("deep-esm");

    expect(messages.at(-1)).toMatchObject({ type: "ai", content: "You asked: How is it in Rome?" });
  });

  test("a model that the run names, loaded while the module is evaluated", async () => {
    const { messages } = await answers("chosen-esm", { configurable: { model: "claude-sonnet-4-5" } });

    expect(messages.at(-1)).toMatchObject({ type: "ai", content: "You asked: How is it in Rome?" });
    expect(models.paths.at(-1)).toBe("/v1/messages");
  });

  test.each(["packages-esm", "packages-cjs"])(
    "packages with WebAssembly and with a native addon: %s",
    async (graph) => {
      const values = await served().client.runs.wait(null, graph, { input: {} });

      expect(values).toMatchObject({ rows: [[6]], hash: expect.any(Number) });
    },
  );

  test("top-level await in CommonJS is told with file and cause", async () => {
    const { thread_id } = await served().client.threads.create();

    const { run_id } = await served().client.runs.create(thread_id, "chosen-cjs", { input });
    await served()
      .client.runs.join(thread_id, run_id)
      .catch(() => undefined);

    expect(await served().client.runs.get(thread_id, run_id)).toMatchObject({ status: "error" });
    await expect.poll(() => served().server.output()).toMatch(/chosen-cjs +\S*chosen\.ts +does not load: /);
  });
}
