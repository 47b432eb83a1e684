/**
 * Each command of the README and of the pages for users is run by a test or by CI. This file lists which; one that is missing here fails.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Command → the file that runs it, and the call by which it does. */
const RUN_BY: Record<string, [file: string, text: string]> = {
  "npm ci && npm start": ["test/local/start.test.ts", 'spawn("npm", args'],
  "npm ci && npm test": [".ci/run", "npm run check"],
  "npm start -- --config ../app/langgraph.json": ["test/flow/projects.test.ts", "startServer({ config:"],
  "npm start -- --watch": ["test/projects/watch.test.ts", "watch: true"],
  "npm start -- --isolated": ["test/isolated/start.test.ts", "isolated: true"],
  "npx cdk bootstrap": ["test/deploy/run-deploy.ts", 'cdk("bootstrap",'],
  "npx cdk deploy": ["test/deploy/run-deploy.ts", 'cdk(["deploy",'],
  "npx cdk deploy -c config=../app/langgraph.json": ["test/deploy/run-deploy.ts", "Object.entries({ config: CONFIG,"],
  "npx cdk destroy": ["test/deploy/run-deploy.ts", 'cdk(["destroy",'],
  "npm run deploy:local": ["test/deploy/run-deploy.ts", "local/ministack/deploy.ts"],
  "npm ci && npm run pack:construct": ["test/registry/run-cdk-app.ts", '"npm", ["run", "--silent", "pack:construct"]'],
  "npm run package": ["test/packaging/package-command.test.ts", "packaging/package.ts"],
  "npm run check": [".ci/run", "npm run check"],
  "npm run check:registry": [".ci/run", "npm run check:registry"],
  "npm run bench": ["test/bench/commands.test.ts", "bench/bench.ts"],
  "npm run bench:cold": ["test/bench/commands.test.ts", "bench/cold.ts"],
  "npm run sim -- --seeds 1000": ["test/sim/sim.test.ts", "sim.ts"],
  "npm run smoke -- http://localhost:2024": ["test/smoke/smoke.test.ts", "runSmoke(server.url"],
  "npm run cost": ["test/cost/estimate.test.ts", "cost/cost.ts"],
};

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "infra/README.md",
  "examples/chat/README.md",
  "examples/jwt-auth/README.md",
  "examples/own-routes/README.md",
  ...readdirSync("docs").flatMap((file) => (file.endsWith(".md") ? [`docs/${file}`] : [])),
];
const pages = PAGES.map((file) => readFileSync(file, "utf8")).join("\n");
const commands = [...pages.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block = ""]) => block.split("\n"))
  .map((line) => line.replace(/\s+#.*$/, "").trim())
  .filter((line) => line !== "");

/** As GitHub makes them of headings. */
const anchorsOf = (page: string): string[] =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

test.each(PAGES)("the links of %s lead somewhere", (page) => {
  const links = [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];

  const dangling = links.filter(([, file = "", anchor]) => {
    const target = file === "" ? page : join(dirname(page), file);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(target, "utf8")).includes(anchor);
  });

  expect(dangling.map(([link]) => link)).toEqual([]);
});

describe("the pages for users", () => {
  it.each([...new Set(commands)])("%s is run", (command) => {
    const [file = "", text = ""] = RUN_BY[command] ?? [];

    expect(file, "no test or CI step runs this command").not.toBe("");
    expect(readFileSync(file, "utf8")).toContain(text);
  });
});
