/** Real answers of every subject are what the API document says: no field less, none more. */
import { OPERATIONS } from "../../functions/http/openapi/document.ts";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";

let server: SharedServer;
beforeAll(async () => {
  server = await goldenServer();
});
afterAll(() => server.stop());

const documented = Object.assign({}, ...Object.values(OPERATIONS)) as (typeof OPERATIONS)[string];

interface Ids {
  assistant_id: string;
  thread_id: string;
  run_id: string;
  cron_id: string;
  checkpoint_id: string;
}

interface Compared {
  route: string;
  status: number;
  answered: unknown;
  /** The answer as far as its schema knows it, or what the schema has against it; undefined without a schema. */
  documented: unknown;
}

let compared: Compared[] = [];
beforeEach(() => {
  compared = [];
});
const expected = () => compared.map((one) => ({ ...one, documented: one.answered }));

/** Asks a route and compares the answer with its schema. @param parts of the path */
async function ask(route: string, parts: Partial<Ids> = {}, body?: object, query = ""): Promise<Ids> {
  const [method = "", path = ""] = route.split(" ");
  const filled = path.replaceAll(/:(\w+)/g, (_, name: keyof Ids) => parts[name] ?? name);
  const init = body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await fetch(`${server.url}${filled}${query}`, { method, ...init });
  const answer = (await response.json()) as Ids;

  const schema = documented[route]?.answers[response.status]?.content?.["application/json"];
  const parsed = schema?.safeParse(answer);
  compared.push({ route, status: response.status, answered: answer, documented: parsed?.error ?? parsed?.data });
  return answer;
}

const hitl = { assistant_id: "hitl", input: { topic: "ice cream" } };

test("assistants", async () => {
  const made = await ask("POST /assistants", {}, { graph_id: "parent", name: "Mine", metadata: { a: 1 } });
  await ask("PATCH /assistants/:assistant_id", made, { description: "Theirs" });
  await ask("POST /assistants/:assistant_id/versions", made, {});
  await ask("POST /assistants/:assistant_id/latest", made, { version: 1 });
  await ask("GET /assistants/:assistant_id", { assistant_id: "parent" });
  await ask("POST /assistants/search", {}, { select: ["name"] });
  await ask("POST /assistants/count", {}, {});
  await ask("GET /assistants/:assistant_id/graph", made, undefined, "?xray=true");
  await ask("GET /assistants/:assistant_id/schemas", made);
  await ask("GET /assistants/:assistant_id/subgraphs", made, undefined, "?recurse=1");

  expect(compared).toEqual(expected());
});

test("threads, their runs, state and history", async () => {
  const thread = await ask("POST /threads", {}, { metadata: { a: 1 }, ttl: 60 });
  await ask("POST /threads/:thread_id/runs/wait", thread, hitl);
  await ask("GET /threads/:thread_id", thread, undefined, "?include=ttl");
  await ask("GET /threads/:thread_id/state", thread, undefined, "?subgraphs=true");
  await ask("GET /threads/:thread_id/history", thread, undefined, "?limit=5");
  const { checkpoint_id } = await ask("POST /threads/:thread_id/state", thread, { values: { topic: "cats" } });
  await ask("POST /threads/:thread_id/state/checkpoint", thread, { checkpoint: { checkpoint_id } });
  await ask("POST /threads/:thread_id/history", thread, { limit: 10 });
  await ask("GET /threads/:thread_id/storage", thread);
  await ask("POST /threads/:thread_id/copy", thread);
  await ask("POST /threads/search", {}, { ids: [thread.thread_id], extract: { t: "values.topic" } });
  await ask("POST /threads/count", {}, {});

  const run = await ask("POST /threads/:thread_id/runs", thread, { assistant_id: "agent", input: { topic: "dogs" } });
  await ask("GET /threads/:thread_id/runs/:run_id/join", run);
  await ask("GET /threads/:thread_id/runs/:run_id", run);
  await ask("GET /threads/:thread_id/runs", thread, undefined, "?limit=3");
  await ask("POST /threads/:thread_id/runs/:run_id/cancel", run, undefined, "?wait=true");
  const failed = await ask("POST /threads", {}, {});
  await ask("POST /threads/:thread_id/runs/wait", failed, { assistant_id: "boom", input: {} });
  await ask("GET /threads/:thread_id", failed);
  await ask("GET /threads/:thread_id/state", failed);

  expect(compared).toEqual(expected());
});

test("crons, the store and the server", async () => {
  const cron = await ask("POST /runs/crons", {}, { ...hitl, schedule: "0 9 * * 1", end_time: "2099-01-01T00:00:00Z" });
  await ask("PATCH /runs/crons/:cron_id", cron, { enabled: false });
  await ask("GET /runs/crons/:cron_id", cron);
  await ask("POST /runs/crons/search", {}, {});
  await ask("POST /runs/crons/count", {}, {});

  const item = { namespace: ["a", "b"], key: "k", value: { x: 1 } };
  const put = await fetch(`${server.url}/store/items`, {
    method: "PUT",
    body: JSON.stringify(item),
    headers: { "content-type": "application/json" },
  });
  expect(put.status).toBe(204);
  await ask("GET /store/items", {}, undefined, "?namespace=a.b&key=k");
  await ask("GET /store/items", {}, undefined, "?namespace=a.b&key=none");
  await ask("POST /store/items/search", {}, { namespace_prefix: ["a"] });
  await ask("POST /store/namespaces", {}, {});

  await ask("GET /", {});
  await ask("GET /ok", {}, undefined, "?check_db=1");
  await ask("GET /info");
  await ask("GET /metrics", {}, undefined, "?format=json&in_flight=1");

  expect(compared).toEqual(expected());
});
