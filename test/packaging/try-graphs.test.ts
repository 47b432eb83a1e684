/** Graphs loaded once from an artefact as Lambda would load them: a failure is told, and stops nothing. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Manifest } from "../../functions/protocol/manifest.ts";
import { type Artefact, buildArtefact } from "../../packaging/build-artefact.ts";
import { recordShapes } from "../../packaging/preflight/record-shapes.ts";
import { tryGraphs } from "../../packaging/preflight/try-graphs.ts";

const config = fileURLToPath(new URL("../fixtures/hurtful/langgraph.json", import.meta.url));

let folder: string;
let artefact: Artefact;
beforeAll(async () => {
  // Not below /tmp, where Lambda's disk can be written to.
  folder = await mkdtemp(path.join(tmpdir() === "/tmp" ? "/var/tmp" : tmpdir(), "try-graphs-"));
  artefact = await buildArtefact({
    config,
    cpu: process.arch === "arm64" ? "arm64" : "x64",
    out: path.join(folder, "a"),
  });
  vi.stubEnv("SET_BY_NOBODY", "yes");
});
afterAll(() => rm(folder, { recursive: true }));

test("S1: each graph is tried, also those behind one that ends the process; what would fail on Lambda fails", async () => {
  const tried = await tryGraphs(artefact, {});

  expect(tried.map(({ graph_id, error }) => [graph_id, error ?? "loads"])).toEqual([
    ["good", "loads"],
    [
      "writes",
      expect.stringMatching(
        /does not load: it writes cache\.json, and only \/tmp can be written to on Lambda(?: \(writes\.ts:\d+\))?$/,
      ),
    ],
    ["temporary", "loads"],
    ["ends", "It ended the process (code 3) when it was loaded. no license"],
    ["wants", expect.stringContaining("TEST_SECRET_OF_NOBODY is not set")],
    ["mistaken", expect.stringContaining('it exports no "grapf", only graph')],
    ["lambda", "loads"],
    ["upward", expect.stringContaining("Cannot find module 'hono'")],
  ]);
});

test("the project's own variables are there", async () => {
  const tried = await tryGraphs({ ...artefact, graphs: ["wants"] }, { TEST_SECRET_OF_NOBODY: "known" });

  // P16: what it can be tried with, too.
  expect(tried).toMatchObject([{ graph_id: "wants", ms: expect.any(Number), input: { said: "Hello" } }]);
});

test("what graphs tell of themselves is recorded in the artefact, the same for the same content", async () => {
  const read = async (name: string) => readFile(path.join(artefact.folder, "project", name), "utf8");
  const topologies = async (): Promise<unknown[]> => {
    const { graphs } = Manifest.parse(JSON.parse(await read("manifest.json")));
    return ["good", "wants"].map((id) => graphs[id]?.topology);
  };
  const record = async (): Promise<string[]> => {
    recordShapes(artefact, await tryGraphs({ ...artefact, graphs: ["good", "wants"] }, {}));
    return [await read("manifest.json"), await read("shapes.json")];
  };
  const [good, wants] = await topologies();

  const once = await record();

  expect(await record()).toEqual(once);
  const drawings = [{ nodes: expect.any(Array), edges: expect.any(Array) }];
  expect(JSON.parse(once[1] ?? "")).toEqual({
    good: { schemas: expect.objectContaining({ graph_id: "good" }), subgraphs: {}, drawings },
  });
  expect(await topologies()).toEqual([expect.not.stringMatching(`^${String(good)}$`), wants]);
});
