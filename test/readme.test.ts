/** Every command of the README is run by a test or by CI: which one stands here. A command without its run fails. */
import { readFileSync } from "node:fs";

/** Command → the file that runs it, and a text by which it can be seen there. */
const RUN_BY: Record<string, [file: string, text: string]> = {
  "npm ci && npm start": ["test/local/start.test.ts", "npm start"],
  "npm ci && npm test": [".ci/run", "npm run check"],
  "npm start -- --config ../app/langgraph.json": ["test/flow/projects.test.ts", "config"],
  "npm start -- --watch": ["test/projects/watch.test.ts", "--watch"],
  "npm start -- --isolated": ["test/isolated/start.test.ts", "--isolated"],
  "npx cdk bootstrap": ["test/deploy/run-deploy.ts", "bootstrap"],
  "npx cdk deploy": ["test/deploy/run-deploy.ts", "deploy"],
  "npx cdk deploy -c config=../app/langgraph.json": ["test/deploy/run-deploy.ts", "config"],
  "npx cdk destroy": ["test/deploy/run-deploy.ts", "destroy"],
  "npm run deploy:local": ["test/deploy/run-deploy.ts", "local/ministack/deploy.ts"],
  "npm ci && npm run pack:construct": ["test/registry/run-cdk-app.ts", "pack:construct"],
  "npm run package": ["test/packaging/package-command.test.ts", "package"],
  "npm run check": [".ci/run", "npm run check"],
  "npm run check:registry": [".ci/run", "npm run check:registry"],
  "npm run bench": ["test/bench/commands.test.ts", "bench/bench.ts"],
  "npm run bench:cold": ["test/bench/commands.test.ts", "bench/cold.ts"],
  "npm run sim -- --seeds 1000": ["test/sim/sim.test.ts", "sim.ts"],
  "npm run smoke -- http://localhost:2024": ["test/smoke/smoke.test.ts", "smoke"],
  "npm run cost": ["test/cost/estimate.test.ts", "cost"],
};

const pages = ["README.md", "docs/local.md", "infra/README.md"].map((file) => readFileSync(file, "utf8")).join("\n");
const commands = [...pages.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block = ""]) => block.split("\n"))
  .map((line) => line.replace(/\s+#.*$/, "").trim())
  .filter((line) => line !== "");

describe("the README", () => {
  it.each([...new Set(commands)])("%s is run", (command) => {
    const [file = "", text = ""] = RUN_BY[command] ?? [];

    expect(file, "no test or CI step runs this command").not.toBe("");
    expect(readFileSync(file, "utf8")).toContain(text);
  });
});
