/** The guide's examples, asked by the SDK that it uses, of the graphs that it shows: both as written there. The model is on loopback. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startModelStandIn } from "../projects/model-stand-in.ts";
import { startServer } from "../support/server.ts";
import { interpreter } from "./python-server.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const execute = promisify(execFile);

const SAID = {
  "Generate a joke about ice cream": "Why did the ice cream cone take a nap? It was melting.",
  "joke: cats": "Cats never melt.",
  "poem: cats": "Soft snow, soft paws.",
  "verdict: Cats never melt.": "not for readers",
};

test("all examples of the guide print what it says, with its own graphs", async ({ skip }) => {
  const python = interpreter();
  const isThere = await execute(python, ["-c", "import langchain_openai, langgraph_sdk"]).catch(() => undefined);
  if (!isThere) return skip("TEST_PYTHON has no langchain-openai, whose model the guide's graph calls");
  const model = await startModelStandIn(0, SAID);
  const server = await startServer({
    config: here("../fixtures/guide/langgraph.json"),
    isolated: false,
    flags: ["--python", python],
    env: { OPENAI_BASE_URL: model.openaiUrl, OPENAI_API_KEY: "any" },
  });
  try {
    const { stdout } = await execute(python, ["-B", here("../registry/python/guide.py")], {
      env: { ...process.env, THREADLINE_URL: server.url, GUIDE_GRAPHS: "python" },
    }).catch((failed: { stdout: string }) => failed);

    expect(stdout).toContain("12 of 12 examples of the guide print what it says");
  } finally {
    await server.stop();
    await model.stop();
  }
});
