/**
 * Every fixture project at work from an artefact for this machine's CPU, in a folder away from its source: every graph loads as it would on
 * Lambda, and streams a run from the artefact's own bundles, each invocation in a process of its own.
 */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Artefact, buildArtefact } from "../../packaging/build-artefact.ts";
import { tryGraphs } from "../../packaging/preflight/try-graphs.ts";
import { readConfig } from "../../packaging/config/read-config.ts";
import { type Emulators, startArtefact, startEmulators } from "../support/artefact-server.ts";
import { framesOf, post } from "../support/sse.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROJECTS = "test/fixtures/projects";

interface Expected {
  /** Graphs that do not load, by id, with the reason. */
  broken?: Record<string, string>;
  /** Graphs whose runs fail by their nature, with the error. */
  failing?: Record<string, string>;
  /** Inputs other than a message. */
  inputs?: Record<string, unknown>;
  /** MB unzipped that it must stay below. */
  most?: number;
}

const EXPECTED: Record<string, Expected> = {
  ".": { most: 60 },
  "test/fixtures/golden": { failing: { boom: "BoomError", unserialisable: "UnserialisableError" } },
  [`${PROJECTS}/esm`]: {},
  [`${PROJECTS}/cjs`]: {},
  [`${PROJECTS}/clients`]: {
    inputs: { parent: { job: "create", way: "no URL" } },
    failing: { inherits: "This run would wait for the run that asks for it" },
  },
  [`${PROJECTS}/network`]: {},
  [`${PROJECTS}/served`]: {
    broken: {
      missing: "There is no file",
      "no-symbol": "it exports no",
      throws: "TEST_API_KEY_OF_NOBODY is not set",
      broken: "broken.ts:2",
      "a number": "The entry must be",
    },
  },
};

let folder: string;
let emulators: Emulators;
let feed: ReturnType<typeof createServer>;
let feedUrl: string;
beforeAll(async () => {
  [folder, emulators] = await Promise.all([mkdtemp(path.join(tmpdir(), "artefacts-")), startEmulators()]);
  feed = createServer((_, res) => res.end("fed")).listen(0, "127.0.0.1");
  await once(feed, "listening");
  const address = feed.address();
  feedUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(async () => {
  feed.closeAllConnections();
  feed.close();
  await emulators[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function build(project: string): Promise<{ artefact: Artefact; env: Record<string, string> }> {
  const config = path.join(ROOT, project, "langgraph.json");
  const cpu = process.arch === "arm64" ? "arm64" : "x64";
  const artefact = await buildArtefact({ config, cpu, out: path.join(folder, project.replaceAll(/\W/g, "-")) });
  return { artefact, env: { ...readConfig(config).env.values, TEST_FEED_URL: feedUrl } };
}

/** A text that contains this one. */
const said = (part: string | undefined): unknown => (part === undefined ? undefined : expect.stringContaining(part));

test("no fixture project is forgotten", () => {
  expect(Object.keys(EXPECTED).filter((name) => name.startsWith(PROJECTS))).toEqual(
    expect.arrayContaining(readdirSync(path.join(ROOT, PROJECTS)).map((name) => `${PROJECTS}/${name}`)),
  );
});

test.each(Object.entries(EXPECTED))("%s", async (project, { broken = {}, failing = {}, inputs = {}, most = 55 }) => {
  const { artefact, env } = await build(project);
  const tried = await tryGraphs(artefact, env);
  await using server = await startArtefact(artefact.folder, emulators, env);
  const streamed: [string, string[], string | undefined, string][] = [];
  for (const graph_id of artefact.graphs) {
    const input = inputs[graph_id] ?? { messages: [{ role: "user", content: "hello" }] };
    const body = { assistant_id: graph_id, input, stream_mode: "updates" };
    const frames = framesOf(await (await post(`${server.url}/runs/stream`, body)).text());
    const error = frames.find(({ event }) => event === "error")?.data ?? "";
    const events = frames.map(({ event }) => event);
    streamed.push([graph_id, events, events.at(-1), error]);
  }

  const loads = tried.map(({ graph_id, error = "" }) => [graph_id, error === "" ? "loads" : error]);
  expect(loads).toEqual(artefact.graphs.map((id) => [id, said(broken[id]) ?? "loads"]));
  const ends = streamed.map(([graph_id, [first], last, error]) => [graph_id, first, last, error]);
  expect(ends).toEqual(
    artefact.graphs.map((id) => {
      const error = said(broken[id] ?? failing[id]);
      return [id, "metadata", error === undefined ? "updates" : "error", error ?? ""];
    }),
  );
  expect(streamed).toHaveLength(tried.length);
  expect(artefact.findings.filter(({ level }) => level === "error")).toEqual([]);
  expect(artefact.bytes).toBeLessThan(most * 1_024 * 1_024);
});

test("the example's artefact: our bundles and the project, without links, tests, types, or what develops it", async () => {
  const { artefact } = await build(".");

  const entries = await readdir(artefact.folder, { recursive: true, withFileTypes: true });
  const names = entries.map((entry) => path.relative(artefact.folder, path.join(entry.parentPath, entry.name)));
  const packages = new Set(artefact.packages.map(({ package: { name } }) => name));

  expect(entries.filter((entry) => entry.isSymbolicLink())).toEqual([]);
  expect((await readdir(artefact.folder)).toSorted()).toEqual([
    "api.mjs",
    "extend-lease.mjs",
    "pacemaker-thread.mjs",
    "project",
    "project-preload.mjs",
    "sweeper.mjs",
    "watch",
    "worker.mjs",
  ]);
  expect(names.filter((name) => /\.d\.[cm]?ts$|^project\/(?!node_modules).*\.test\.[jt]s$/.test(name))).toEqual([]);
  for (const name of ["vitest", "typescript", "aws-cdk-lib", "rolldown", "hono"]) expect(packages).not.toContain(name);
  expect([...packages]).toEqual(
    expect.arrayContaining(["@langchain/langgraph", "@langchain/openai", "@langchain/anthropic"]),
  );
});
