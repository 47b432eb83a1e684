/** What a project of Python says comes as lines: with level and run, never cut into two, also when its process crashes. */
import { fileURLToPath } from "node:url";
import { OUTPUT_CHARACTERS } from "../../functions/engine/python/process/limits.ts";
import type { OutputLine } from "../../functions/engine/python/process/output.ts";
import { newRun, openEngine, type TestEngine } from "../engine/open-engine.ts";
import { interpreter } from "./python-server.ts";

const PROJECT = fileURLToPath(new URL("../fixtures/python/talkative", import.meta.url));

let lines: OutputLine[];
let opened: TestEngine;
beforeAll(async () => {
  opened = await openEngine(PROJECT, { python: interpreter(), output: (line) => void lines.push(line) });
});
beforeEach(() => void (lines = []));
afterAll(async () => {
  opened.engine.close();
  await opened.close();
});

test("prints, records, warnings and what comes from elsewhere, each with its level and the run that says it", async () => {
  const run = newRun();

  await opened.run({ ...run, graph_id: "talkative", kwargs: { input: { name: "ann" } } });

  const by = { ...run, graph_id: "talkative" };
  await expect.poll(() => lines.map(({ text }) => text)).toContain("without an end");
  expect(lines.filter(({ stream }) => stream === "stdout")).toEqual([
    { stream: "stdout", level: "info", text: "imported" },
    { stream: "stdout", level: "info", text: "ann begins, and ends", run: by },
    { stream: "stdout", level: "info", text: "from a thread of the pool, surrogates ? included", run: by },
    { stream: "stdout", level: "info", text: `long ${"x".repeat(OUTPUT_CHARACTERS - 5)}`, run: by },
    { stream: "stdout", level: "info", text: "from a thread of its own" },
    { stream: "stdout", level: "info", text: "from a subprocess" },
    { stream: "stdout", level: "info", text: "without an end", run: by },
  ]);
  expect(lines.filter(({ stream }) => stream === "stderr")).toEqual([
    { stream: "stderr", level: "warn", text: "two", run: by },
    { stream: "stderr", level: "warn", text: "lines", run: by },
    { stream: "stderr", level: "info", logger: "my.logger", text: "some information", run: by },
    {
      stream: "stderr",
      level: "error",
      logger: "my.logger",
      text: expect.stringMatching(/^an error\nTraceback.*\nValueError: a reason$/s) as string,
      run: by,
    },
    {
      stream: "stderr",
      level: "warn",
      logger: "py.warnings",
      text: expect.stringContaining("UserWarning: old things") as string,
      run: by,
    },
    { stream: "stderr", level: "warn", text: "from below Python" },
  ]);
});

test("runs side by side: no line has words of two of them", async () => {
  const names = ["ann", "bob", "cem", "dan"];

  await Promise.all(
    names.map((name) => opened.run({ ...newRun(), graph_id: "talkative", kwargs: { input: { name } } })),
  );

  const said = lines.map(({ text }) => text).filter((text) => text.includes("begins"));
  expect(said.toSorted()).toEqual(names.map((name) => `${name} begins, and ends`));
});

test("a crash: what was said before it, and the line of the project in the server's own log", async () => {
  const { outcome } = await opened.run({ ...newRun(), graph_id: "crashes", kwargs: { input: { name: "ann" } } });

  expect(outcome).toEqual({ kind: "crashed" });
  expect(lines.map(({ text }) => text)).toContain("last words");
  expect(opened.lines.at(-1)).toMatchObject({
    message: "the process of a run has ended",
    fields: { error: "the Python process has ended (SIGSEGV): Segmentation fault (crashes.py:15)" },
  });
});

test("a crash at import is the error of its graph, with its line", async () => {
  const loading = opened.engine.load("crashes_at_import");

  await expect(loading).rejects.toThrow(
    'Graph "crashes_at_import" (./crashes_at_import.py:graph) does not load: the Python process has ended (SIGSEGV): Segmentation fault (crashes_at_import.py:5)',
  );
});
