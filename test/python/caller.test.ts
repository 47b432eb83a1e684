/** Graphs of Python see who calls as on the official server: fields of the user are keys and attributes, and LangGraph's runtime has it. */
import { newRun, openEngine, type TestEngine } from "../engine/open-engine.ts";
import { interpreter } from "./python-server.ts";

const USER = { identity: "ann", display_name: "Ann", is_authenticated: true, permissions: ["read"], team: "red" };

let opened: TestEngine;
beforeAll(async () => void (opened = await openEngine("python", { python: interpreter() })));
afterAll(async () => {
  opened.engine.close();
  await opened.close();
});

test("the caller's user by key, by attribute and by the runtime; stored, it is a plain object", async () => {
  const run = newRun();

  const { outcome } = await opened.run({ ...run, graph_id: "caller", kwargs: { input: {}, user: USER } });

  expect(outcome).toMatchObject({ kind: "completed" });
  expect((await opened.engine.state({ ...run, graph_id: "caller" })).values).toEqual({
    asked: {
      key: "ann",
      attribute: "ann",
      "own field": "red",
      "own attribute": "red",
      missing: false,
      runtime: "ann",
      id: "ann",
      permissions: ["read"],
    },
    user: USER,
  });
});
